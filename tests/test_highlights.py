"""The shortest phrase of a sentence that answers a question."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import kinds
from retrieval.analysis import tokens, with_phrases
from retrieval.highlights import highlights
from retrieval.models import Question, QuestionTerm
from retrieval.sentences import view


def asked(text):
    terms = [
        QuestionTerm(
            token.term,
            token.word,
            0.5 if kinds.type_words(text).start <= token.start < kinds.type_words(text).end else 1.0,
        )
        for token in with_phrases(tokens(text))
    ]
    return Question(text, tuple({term.term: term for term in terms}.values()), kinds.expected(text))


def marked(question, sentence, before=""):
    return [sentence[start:end] for start, end in highlights(asked(question), view(sentence), before)]


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Who opened the bridge?", "The bridge was opened by Ann Berg near the Roy Hotel.", "Ann Berg"),
        ("Who built the bridge?", "The bridge was built by the Berg Company in 1990.", "Berg Company"),
        ("Who is the president of Poland?", "Polish President Jan Kowal met French President Max Roy.", "Jan Kowal"),
        ("who is roy's wife", "Max Roy came with Ann Lind, with Jan Berg and with his wife, Eva.", "Eva"),
        ("Who is Ann Berg?", "Ann Berg, a specialist in old maps, met Max Roy, the mayor.", "a specialist in old maps"),
        ("What is Berg's job?", "Berg is now an adviser to the city.", "an adviser to the city"),
        ("Where did Berg propose to meet?", "Berg proposed Oslo to meet, officials in Rome said.", "Oslo"),
        ("Where is the bridge?", "The bridge stands in the old town of Lima.", "the old town of Lima"),
        ("When was the bridge opened?", "Planned in 1980, the bridge was opened on 5 March 1990.", "5 March 1990"),
        ("How many soldiers came?", "Of 37 countries, twelve sent 5,000 soldiers within two years.", "5,000"),
        ("How long did the truce last?", "In 1990 the truce lasted three weeks.", "three weeks"),
        ("How much did the bridge cost?", "The bridge of 300 metres cost $5 million.", "$5 million"),
        ("What share of the town burned?", "About 30% of the town burned within two days.", "About 30%"),
        ("How tall is the tower?", "The tower is 120 metres tall and cost $5.", "120 metres"),
        ("How old is Berg?", "Berg, 51, came with 12 others.", "51"),
        ("Why did it fall?", "It fell because nobody had cared.", "because nobody had cared."),
        ("What did Berg say about it?", "“It is safe enough,” said Berg.", "“It is safe enough,”"),
        ("What did Berg say about it?", "Berg said that it was safe enough.", "it was safe enough."),
        (
            "Which company built the bridge?",
            "The bridge was built by Nordic Steel for the mayor, Ann Berg.",
            "Nordic Steel",
        ),
        ("Which film did Berg make?", "Berg made the comedy film The Grove in Oslo.", "The Grove"),
        ("What kind of crabs live there?", "On the shore live ghost crabs.", "ghost"),
        ("Which war ended the empire?", "The empire ended with the Second River War.", "Second River War"),
        ("What did Berg win?", "In 1990 Berg won the golden cup at the fair.", "the golden cup"),
        ("What are the monks called?", "The monks are called anagami in Pali.", "anagami"),
        ("What is a solar chimney?", "A solar chimney is a way of cooling houses, and old.", "a way of cooling houses"),
        ("What kind of talks were they?", "They were face-to-face talks.", "face-to-face"),
        ("Who leads the group?", "The group is led by the United Kingdom.", "United Kingdom"),
        ("who brought it to anna lind", "It was brought to Minister Anna Lind by Secretary Max Roy.", "Max Roy"),
        ("what did berg call the town", "Berg called the town “a key place” for trade.", "“a key place”"),
    ],
)
def test_the_phrase_that_answers(question, sentence, expected):
    """Of the expected kind, near what is asked, and none of the question's own words."""
    assert marked(question, sentence) == [expected]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who opened the bridge?", "The bridge was opened on Monday."),
        ("Who is Ann Berg?", "Ann Berg came on Monday."),
        ("How many soldiers came?", "The soldiers came in 1990."),
        ("Did Berg come?", "Berg came on Monday with 12 others."),
        ("Which language do they speak?", "They speak as they always have."),
        ("What did the mayor of the town do?", "Berg, the mayor of the town, came on Monday."),
        ("Where is Oslo?", "Oslo is old."),
        ("Which film did Berg make?", "Berg went to Oslo on Monday."),
    ],
)
def test_nothing_is_better_than_something_wrong(question, sentence):
    """Where no phrase is the answer as far as can be told, none is marked."""
    assert marked(question, sentence) == []


def test_several():
    """Two that belong together are both marked where a question asks for more than one."""
    sentence = "The bridges were opened by Ann Berg and Max Roy."

    assert marked("Who are the mayors that opened the bridges?", sentence) == ["Ann Berg", "Max Roy"]
    assert marked("Which two mayors opened the bridges?", sentence) == ["Ann Berg", "Max Roy"]
    assert marked("Who opened the bridges?", sentence) == ["Ann Berg"]


def test_the_sentence_before():
    """Whose wife "his wife" is, the sentence before tells."""
    assert marked("who is roy's wife", "His wife, Eva, met Ann Lind.", before="Max Roy came.") == ["Eva"]


QUESTIONS = ("Who came?", "What is a truce called?", "Which war did Berg win?", "What kind of war is it?", "Why?")


@settings(max_examples=60)
@given(
    st.sampled_from(QUESTIONS),
    st.lists(
        st.sampled_from(["Ann ", "war ", "is ", "called ", "Berg ", "“", "”", ", ", "won ", "because ", "é", "of "])
    ),
)
def test_any_words(question, words):
    """What is marked lies in the sentence, and there are at most two."""
    sentence = "".join(words)
    found = highlights(asked(question), view(sentence))

    assert len(found) <= 2
    assert all(0 <= start < end <= len(sentence) for start, end in found)


@pytest.mark.parametrize("part", ["war ", "Ann ", "called ", "Ann’s war, ", "what did ", "is a ", "“a ", "won the "])
def test_long_texts(part):
    """Work grows with length alone, in sentences and in questions."""
    text = part * (5_000 // len(part))

    for question in QUESTIONS:
        assert len(marked(question, text)) <= 2
    assert len(marked(f"what {text[:1_000]}", "Ann Berg won the war.")) <= 2
