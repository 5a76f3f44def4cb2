"""Views of how well a sentence answers: each between 0 and 1, each by the words it is about."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import analysis, features
from retrieval.asked import Asked, view
from retrieval.features import FEATURES, Candidate, Context
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, DateRange, Hit, Passage, Question, Sentence, Span
from retrieval.questions import understand

MARCH = DateRange(dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def written(*sentences: str, title: str = "", date: dt.date | None = None, number: int = 0) -> tuple[Article, Passage]:
    """An article of one passage."""
    text = " ".join(sentences)
    spans, end = [], 0
    for sentence in sentences:
        start = text.index(sentence, end)
        end = start + len(sentence)
        spans.append(Span(start, end))
    found = tuple(Sentence(span, span.of(text), tuple(analysis.terms(span.of(text)))) for span in spans)
    article = Article("a", title, "stated", date, "stated" if date else "unknown", "", "", text)
    return article, Passage("a", number, Span(0, len(text)), found)


def asked_of(article: Article, passage: Passage, question: str | Question, **more: object) -> list[dict[str, float]]:
    """The features of each sentence of a passage for a question."""
    index = MemoryIndex({"a": article}, [passage])
    if isinstance(question, str):
        question = understand(question, index)
    question = replace(question, **more)
    hit = Hit(passage, 1.0, 0)
    asked = Asked(question, [hit], index.idf)
    context = Context(hit, article, 1.0, True, tuple(map(asked.held, passage.sentences)))
    shared = features.passage_features(asked, context)
    return [
        dict(zip(FEATURES, features.measure(asked, Candidate(context, at), shared), strict=True))
        for at in range(len(passage.sentences))
    ]


def measured(question: str, *sentences: str, title: str = "", **more: object) -> dict[str, float]:
    """The features of the first of some sentences."""
    return asked_of(*written(*sentences, title=title), question, **more)[0]


def test_coverage():
    """Coverage is the weight of the question's terms in the sentence, in its passage, next to it, and in the title."""
    article, passage = written("The mill burned.", "Nobody knew.", "Bergen was far.", title="A mill")
    first, second, third = asked_of(article, passage, "Did the mill in Bergen burn?")
    assert (
        pytest.approx(1.0)
        == first["passage_coverage"]
        == second["passage_coverage"]
        == third["neighbour_coverage"] + (first["coverage"])
    )
    assert 0 == second["coverage"]
    assert pytest.approx(first["coverage"]) == first["neighbour_coverage"]
    assert pytest.approx(1.0) == second["neighbour_coverage"]
    assert pytest.approx(2 / 3) == first["flat_coverage"]
    assert 0 < first["title_coverage"] < first["coverage"]


def test_exact():
    """A word in the very form that was asked counts besides its stem."""
    assert pytest.approx(1.0) == measured("mills burned", "The mills burned.")["exact"]
    other = measured("mills burned", "The mill burned.")
    assert 0 < other["exact"] < other["coverage"]


def test_related():
    """A related word counts where the word itself is missing, and not besides it."""
    assert measured("Which ship burned?", "The boat burned.")["related"] > 0
    assert 0 == measured("Which ship burned?", "The boat and the ship burned.")["related"]


def test_dated_words_are_held_by_the_time():
    """A sentence of the right time holds the question's date without saying it."""
    article, passage = written("The mill burned.")
    index = MemoryIndex({"a": article}, [passage])
    question = understand("Did the mill burn in March 2025?", index)
    asked = Asked(question, [], index.idf)
    assert pytest.approx(1.0) == asked.coverage({"mill", "burn"}, in_time=True)
    assert asked.coverage({"mill", "burn"}) < 1


@pytest.mark.parametrize(("when", "all_held"), [("on 5 March 2025", True), ("since 5 March 2025", False)])
def test_dates_are_held_word_for_word(when, all_held):
    """Of the right days no sentence is better for saying them; of all days since one, those near it may say it."""
    article, passage = written("The mill burned.", date=dt.date(2025, 3, 5))
    index = MemoryIndex({"a": article}, [passage])
    hit = Hit(passage, 1.0, 0)
    asked = Asked(understand(f"Did the mill burn {when}?", index, article.date), [hit], index.idf)
    context = Context(hit, article, 1.0, True, (asked.held(passage.sentences[0]),))
    shared = features.passage_features(asked, context)
    found = dict(zip(FEATURES, features.measure(asked, Candidate(context, 0, in_time=True), shared), strict=True))
    assert pytest.approx(1.0) == found["coverage"]
    assert (all_held, all_held) == (found["flat_coverage"] == 1, found["exact"] > found["coverage"] / 2)


def test_anybodys_words():
    """Where no speaker is named, any verb of saying speaks."""
    sentences = ("Olga said that it burned.", "It burned.")
    article, passage = written(*sentences, date=dt.date(2025, 3, 5))
    index = MemoryIndex({"a": article}, [passage])
    question = understand("What was said on 5 March 2025?", index, article.date)
    assert [1, 0] == [row["speaker"] for row in asked_of(article, passage, question)]


def test_nothing_asked():
    """A question without terms is covered by nothing, and divides nothing by zero."""
    found = measured("?", "The mill burned.")
    assert (0, 0, 0, 0) == tuple(found[name] for name in ("coverage", "flat_coverage", "bigrams", "proximity"))


def test_light_words_are_not_all():
    """A question of light words only asks for more than it says."""
    assert 0 < measured("who works", "He works.")["coverage"] < 0.5


def test_names():
    """Names are the capitals of a question, and words that the hits' sentences print in capitals wherever they can."""
    for opening in ("Then Berg came.", "Berg came."):
        article, passage = written(opening, "And so did Berg, the miller.", "The miller left.")
        [first, *_, last] = asked_of(article, passage, "did berg or the miller come")
        assert (1, 0) == (first["names"], last["names"])


def test_no_names():
    """Where no name is asked for, every sentence has all of them."""
    assert 1 == measured("did the mill burn", "The mill burned.")["names"]


def test_word_that_only_begins_sentences_is_no_name():
    """A capital at the start of a sentence says nothing."""
    article, passage = written("Mills burn.", "Mills fall.")
    assert 1 == asked_of(article, passage, "which mills burn")[0]["names"]


def test_foreign_name():
    """A name that no article knows is told apart from one that they know."""
    assert 1 == measured("Does Olga Tarn burn?", "The mill burned.")["foreign_name"]
    assert 0 == measured("Does the mill of Bergen burn?", "The mill of Bergen burned.")["foreign_name"]
    assert 0 == measured("Did the mill burn in April?", "The mill burned.")["foreign_name"]


def test_bigrams():
    """Neighbours in the question count where they are neighbours in the sentence, in that order."""
    assert 1 == measured("water mill", "A water mill burned.")["bigrams"]
    assert 0 == measured("water mill", "A mill by the water burned.")["bigrams"]
    assert 0.5 == measured("old water mill", "A water mill.")["bigrams"]


def test_proximity():
    """Terms side by side are nearest; one term alone is near nothing."""
    near = measured("mill burned", "The mill burned.")["proximity"]
    wide = measured("mill burned", "The mill that Olga bought from her uncle in Bergen burned.")["proximity"]
    assert 1 == near > wide > 0
    assert 0 == measured("mill burned", "The mill stands.")["proximity"]


def test_kind():
    """A sentence with a phrase of the expected kind, near to what was asked, is told from one without."""
    near = measured("When did the mill burn?", "The mill burned on Tuesday.")
    far = measured(
        "When did the mill burn?",
        "On Tuesday Olga and her old uncle from Bergen told many weeping neighbours that the mill burned.",
    )
    none = measured("When did the mill burn?", "The mill burned.")
    assert (1, 1) == (near["kind"], near["kind_near"])
    assert (1, 0) == (far["kind"], far["kind_near"])
    assert (0, 0) == (none["kind"], none["kind_near"])


def test_own_words_are_no_answer():
    """A phrase of the expected kind that the question itself says is no evidence."""
    article, passage = written("In 1999 the mill burned.")
    question = understand("In which year after 1999 did the mill burn?", MemoryIndex({"a": article}, [passage]))
    assert [] == features.evidence(question, view(passage.sentences[0].text))


def test_figures():
    """What is measured lacks its figure, or has it near what is counted."""
    counted = measured("How many workers has the mill?", "The mill of Bergen has forty workers.")
    assert (0, 1) == (counted["lacks_figure"], counted["figure_near"])
    assert 1 == measured("How many workers has the mill?", "The mill has workers.")["lacks_figure"]
    assert 0 == measured("Who has the mill?", "The mill has forty workers.")["figure_near"]


def test_counted_before_all_else():
    """A figure counts by how near it is to what is counted, not to another word of the question."""
    right, wrong = asked_of(
        *written("In the mill there are forty workers.", "The mill has 3 floors and in each a few good workers."),
        "How many workers has the mill?",
    )
    assert right["figure_near"] > wrong["figure_near"]


@pytest.mark.parametrize(
    ("sentence", "lacking"),
    [
        ("The mill has 40 workers.", 0),
        ("The mill has 40 happy old workers.", 1),
        ("The mill has forty good workers.", 0),
        ("Another 40 mills would share their wheat with workers.", 1),
        ("Of the workers, 40 left.", 1),
    ],
)
def test_figure_of_something_else(sentence, lacking):
    """A figure that does not stand before what is to be counted counts something else."""
    assert lacking == measured("How many workers has the mill?", sentence)["lacks_figure"]


def test_any_figure():
    """Where the question names nothing that it holds of what is to be counted, any figure will do."""
    assert 0 == measured("What is the number?", "The mill has 40 workers.")["lacks_figure"]


@pytest.mark.parametrize(
    ("question", "sentence", "unspoken"),
    [
        ("What did Olga say?", "Olga said that the mill burned.", 0),
        ("What did Olga say?", "Olga also came.", 1),
        ("What did Olga call the mill?", "Olga came to the “sad old mill”.", 0),
        ("Why did Olga come?", "Olga also came.", 0),
    ],
)
def test_unspoken(question, sentence, unspoken):
    """A sentence in which who was asked about says nothing is no statement; a name for something needs no verb."""
    assert unspoken == measured(question, sentence)["unspoken"]


def test_speaker():
    """The speaker must stand close to a verb of saying; who only takes part has said nothing."""
    question = "What did Olga Berg say about the mill?"
    assert 1 == measured(question, "Olga Berg said the mill would stay.")["speaker"]
    assert 1 == measured(question, "“The mill stays,” said Olga Berg.")["speaker"]
    assert 0 == measured(question, "Olga Berg saw the mill.")["speaker"]
    half = measured(question, "Berg saw how the old mill of her uncle in the valley of Bergen fell, said Olga.")
    assert 0.5 == half["speaker"]


def test_anybody_speaks():
    """Where the question names no speaker, whoever it names may be the one."""
    assert measured("what was said by Olga", "Olga said no.")["speaker"] > 0


def test_naming():
    """What somebody called something may stand in quotation marks, near to what it was called."""
    question = "What did Olga call the mill?"
    assert measured(question, "Olga called the mill a “ruin of the valley”.")["kind_near"] > 0
    assert 0 == measured(question, "Olga called the mill.")["kind_near"]


def test_place_of_passage():
    """The opening passage counts most; a short sentence is marked."""
    article, passage = written("It burned.", "The mill of Bergen burned to the ground last night.", number=3)
    short, long = asked_of(article, passage, "mill")
    assert (0.25, 1, 0) == (short["opening"], short["short"], long["short"])


def test_newest():
    """The newest article counts for a question about the latest, and only for that."""
    assert 1 == measured("the latest on the mill", "The mill burned.")["newest"]
    assert 0 == measured("what of the mill", "The mill burned.")["newest"]


def test_turn_before():
    """Sentences beside the answer before are near it, those of it were said; another article's are neither."""
    article, passage = written("The mill burned.", "It was old.", "Olga wept.")
    before = Span(0, passage.sentences[1].span.end)
    rows = asked_of(article, passage, "who wept", near=("a", before))
    assert [(1, 1), (1, 1), (1, 0)] == [(row["near_before"], row["said_before"]) for row in rows]
    rows = asked_of(article, passage, "who wept", near=("b", before))
    assert {(0, 0)} == {(row["near_before"], row["said_before"]) for row in rows}


@pytest.mark.parametrize(
    ("sentence", "date", "expected"),
    [
        ("The mill burned on 5 March 2025.", None, True),
        ("The mill burned in March 2025.", dt.date(2024, 1, 1), True),
        ("The mill burned on 5 April 2025.", None, False),
        ("The mill burned on 5 February 2025.", dt.date(2025, 3, 3), False),
        ("The mill burned in 2019.", dt.date(2025, 3, 3), False),
        ("Ana said that the mill burned in 2019.", dt.date(2025, 3, 3), True),
        ("Ana said that the mill burned on 5 May 2019.", dt.date(2025, 3, 3), False),
        ("The mill will open on 5 April 2025.", dt.date(2025, 3, 3), None),
        ("The mill will open on 5 April 2025.", dt.date(2025, 2, 3), False),
        ("The mill of Bergen on Monday, they say.", dt.date(2025, 3, 31), True),
        ("The mill burned in 2025.", dt.date(2025, 4, 3), None),
        ("The mill burned.", dt.date(2025, 3, 3), True),
        ("The mill burned.", dt.date(2025, 4, 3), False),
        ("The mill burned on Monday.", dt.date(2025, 4, 3), True),
        ("The mill burned.", None, None),
    ],
)
def test_in_time(sentence, date, expected):
    """A sentence's own date goes before its article's, but for plans and years that are told of; vague ones may fit."""
    article, passage = written(sentence, date=date)
    assert features.in_time(MARCH, article, passage.sentences[0]) is expected


def test_nearest():
    """Phrases come by how near they stand to a word of the question."""
    own = view("In May Olga wept, and on Tuesday the mill burned.")
    question = Question("mill", terms=understand("mill", MemoryIndex({}, ())).terms)
    spans = [(3, 6), (25, 32)]
    assert [(25, 32), (3, 6)] == features.nearest(question, own, spans)
    assert spans == features.nearest(Question(""), own, spans)


_word = st.sampled_from(
    [
        "Olga",
        "said",
        "the",
        "mill",
        "Mills",
        "of",
        "“Bergen",
        "burned”",
        "5%",
        "2025",
        "May",
        "he",
        "\u202eİß",
        "\u00a0",
    ]
)
_text = st.lists(_word, max_size=12).map(" ".join) | st.text(max_size=20)
_question = _text | st.sampled_from(
    ["What did Olga say?", "How many mills in 2025?", "latest on the mill", "Who is Olga?", "and she?", "mill mill"]
)


@settings(max_examples=60, deadline=None)
@given(_question, st.lists(_text, min_size=1, max_size=3), _text, st.none() | st.dates())
def test_between_0_and_1(question, sentences, title, date):
    """For any texts every feature lies between 0 and 1."""
    for row in asked_of(*written(*sentences, title=title, date=date), question):
        assert {name: value for name, value in row.items() if not -1e-9 <= value <= 1 + 1e-9} == {}
