"""Who holds an office or a relation, in questions and in sentences."""

import pytest

from retrieval.analysis import term_of
from retrieval.roles import holder, holds_role, role_asked


@pytest.mark.parametrize(
    ("question", "head", "of"),
    [
        ("Who is the president of Poland?", "president", ["poland"]),
        ("who is fischer's national security adviser", "advisor", ["fischer"]),
        ("whos the german chancellor", "chancellor", ["germany"]),
        ("what is fischers wife called", "wife", ["fischer"]),
        ("What is Otto Fischer's daughter's name?", "daughter", ["fischer"]),
        ("What was the name of the king of Spain?", "king", ["spain"]),
        ("who leads Norway", "leader", ["norway"]),
        ("Who is Otto Fischer married to?", "wife", ["fischer"]),
        ("who is the minister of foreign affairs of Poland", "minister", ["poland"]),
        ("tell me who the president of poland is", "president", ["poland"]),
        ("Who was the first president of the United States in 1789?", "president", ["usa", "usa"]),
        ("who is the coach of Real Sunderland now?", "coach", ["real", "sunderland"]),
        ("Poland's president", "president", ["poland"]),
        ("who is the prime minister", "minister", []),
    ],
)
def test_which_office_is_asked_for(question, head, of):
    """The office and whose it is are told apart, in whatever order they are asked."""
    role = role_asked(question)

    assert role is not None
    assert term_of(head) in role.heads
    assert len(of) == len(role.of)
    assert all(term_of(word) in terms for word, terms in zip(of, role.of, strict=True))


@pytest.mark.parametrize(
    "question",
    [
        "who is pistorius",
        "Who is President Fischer?",
        "Who is the president meeting on Monday?",
        "Which president hosted the talks?",
        "Did Norway's president meet the Polish leader?",
        "What did the president of Poland say?",
        "who sent the president of Poland a letter",
        "When did the president resign?",
        "who leads the harbour company",
        "the president",
        "Geneva",
        "who?",
        "",
    ],
)
def test_no_office_is_asked_for(question):
    """A name, a deed or another thing asked for is no office."""
    assert role_asked(question) is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who is the president of Poland?", "Polish president Jan Kowal arrived on Monday."),
        ("Who is the president of Poland?", "Jan Kowal, the president of Poland, arrived on Monday."),
        ("Who is the president of Poland?", "President of Poland Jan Kowal arrived."),
        ("Who is the president of Poland?", "Poland’s president, Jan Kowal, arrived."),
        ("Who is the president of Poland?", "The new president of Poland is Jan Kowal."),
        ("Who is the president of Poland?", "Jan Kowal was elected president of Poland in May."),
        ("Who is the president of Poland?", "They met the Polish President Jan Kowal and others."),
        ("who is fischer's national security adviser", "Fischer’s national security adviser Mike Stone said so."),
        ("who is the prime minister of italy", "There was also the Italian Prime Minister Gina Verdi."),
        ("who is the prime minister of italy", "There was the Italian Prime MinisterGina Verdi, critical as ever."),
        ("who is the prime minister of italy", "Italy’s right -wing Prime Minister Gina Verdi joined."),
        ("who is the president of france", "French President Émile Dubois arrived."),
        ("who is the british pm", "Ann Berg, the British Prime Minister, gathers twenty leaders."),
        ("who is the leader of the uk", "The Prime Minister of the United Kingdom, Ann Berg, spoke."),
        ("who is the president of the european council", "It was hosted by the European Council president, Rui Dias."),
        ("who is the secretary general of nato", "the general secretary of NATO, Mark Smit, and others"),
        ("who is the us treasury secretary", "It was presented by US Treasury Secretary Scott Bell."),
        ("what is dubois's wife called", "Dubois and his wife, Anna, came to dinner."),
        ("what is dubois's wife called", "Anna Lind, the wife of Dubois, came to dinner."),
        ("Who is Otto Fischer's daughter?", "Fischer’s daughter Marie sings."),
        ("who is the defence minister of Germany", "said German Defense Minister Boris Pistor, after the meeting"),
    ],
)
def test_the_holder_is_named(question, sentence):
    """A person's name beside the office, tied to whose it is, answers who holds it."""
    role = role_asked(question)

    assert role is not None
    assert holds_role(sentence, role)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "Who is the president of Poland?",
            "It was attended by leaders of France and Poland, and European Council President Ursula von der Berg.",
        ),
        ("Who is the president of Poland?", "Poland met French President Émile Dubois."),
        ("Who is the president of Poland?", "Poland’s parliament met French President Émile Dubois."),
        ("Who is the president of Poland?", "Former Polish president Jan Kowal arrived."),
        ("Who is the president of Poland?", "Polish vice president Jan Kowal arrived."),
        ("Who is the president of Poland?", "The president of Poland arrived with Jan Kowal."),
        ("Who is the president of Poland?", "Jan Kowal told the president of Poland that he would come."),
        ("Who is the president of Poland?", "Jan Kowal, 51, lives in Poland."),
        ("Who is the president of Poland?", "The Polish president’s adviser Jan Kowal arrived."),
        ("who is fischer's national security adviser", "Fischer met the national security adviser of France, Max Roy."),
        ("who is the foreign minister of russia", "Russian Defence Minister Ivan Petrov arrived."),
        ("what is dubois's wife called", "Dubois and Anna Lind came to dinner."),
        ("what is dubois's wife called", "Fischer and his wife, Anna, came to dinner without saying why."),
        ("what is dubois's wife called", "The wife of Dubois came to dinner."),
        ("who is the prime minister of italy", "The Italian prime minister said that Ann Berg was welcome."),
        ("who is the us treasury secretary", "The US president met the British treasury secretary, Ann Berg."),
    ],
)
def test_the_holder_is_not_named(question, sentence):
    """Another's office, a former or a lower one, or a name that stands apart, does not."""
    role = role_asked(question)

    assert role is not None
    assert not holds_role(sentence, role)


@pytest.mark.parametrize(
    ("question", "expected"), [("Poland's president", "Jan Kowal"), ("who is the head of the council", "Bo Lind")]
)
def test_a_list(question, expected):
    """In a list of offices and their holders, each name is that of the office before it."""
    sentence = "There were the Polish president, Jan Kowal, the head of the council, Bo Lind, and others."
    role = role_asked(question)
    assert role is not None
    found = holder(sentence, role)

    assert found is not None
    assert expected == sentence[slice(*found)]


def test_his_points_to_the_sentence_before():
    """ "His wife" is the wife of whom the sentence before names."""
    role = role_asked("what is dubois's wife called")

    assert role is not None
    assert holds_role("His wife, Anna, was late.", role, before="Dubois came to dinner.")
    assert not holds_role("His wife, Anna, was late.", role, before="Fischer came to dinner.")


@pytest.mark.parametrize("part", ["president ", "of ", "the president of ", "Ann ", "Ann’s ", "wife, ", "’", "Polish "])
def test_long_sentences(part):
    """Work grows with length alone."""
    text = part * (5_000 // len(part))
    role = role_asked("Who is the president of Poland?")

    assert role is not None
    assert not holds_role(text, role)
    role_asked(text)
    role_asked(f"who is {text}")
