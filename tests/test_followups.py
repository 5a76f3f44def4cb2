"""What a message takes over from the turn before, and what it must not."""

import pytest
from corpora import engine_over, index_of

from retrieval.models import Answer, Question
from retrieval.questions import understand

TEXT = (
    "Ana Rojas, the mayor of Lima, opened the bridge on Monday. The French engineer Luc Morel built it. "
    "The German engineer Karl Weiss praised the work. It cost 40 million dollars, the city council said."
)
INDEX = index_of(TEXT)


def after(first: str, then: str) -> Question:
    """`then` as understood after `first`."""
    return understand(then, INDEX, before=Answer(understand(first, INDEX), "not_found"))


def carried(question: Question) -> set[str]:
    return {term.term for term in question.carried}


@pytest.mark.parametrize(
    "then",
    ["and what did she open?", "What does she do now?", "why?", "When?", "what about her?", "But how did they do it?"],
)
def test_carries(then):
    """A continuation, a pronoun without a name before it, or a bare question word takes the names along."""
    question = after("Who is Ana Rojas?", then)
    assert {"ana", "roja"} == carried(question)
    assert "Ana Rojas" == question.about


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("who praised the work of the engineer?", "praised the work of the engineer"),
        ("the bridge, who opened it? The bridge?", "bridge, who opened"),
        ("who built a bridge", "built a bridge"),
    ],
)
def test_words_carried(first, expected):
    """Where no name is carried over it is told in the words that were typed, in their order."""
    assert expected == after(first, "And when?").about


@pytest.mark.parametrize(
    "then",
    [
        "Who built the bridge of Lima?",
        "Is it true that Luc Morel built the bridge?",
        "Did Karl Weiss praise that bridge?",
        "How many people live in the city of Lima today?",
        "There was a bridge in Lima, who built the bridge?",
        "thanks",
    ],
)
def test_stands_on_its_own(then):
    """A question that names what it is about takes nothing along, whatever came before."""
    question = after("What did the council say about dollars?", then)
    assert ((), "", None) == (question.carried, question.about, question.near)


@pytest.mark.parametrize(
    "then",
    [
        "how did that happen?",
        "why was that rejected?",
        "Why was that a problem?",
        "where will this take place",
        "What does this mean?",
        "does that mean peace?",
        "is that true?",
        "Who was there?",
        "who said that?",
        "who replaced him?",
        "who attended that meeting?",
        "When did he meet Karl Weiss?",
        "how much is that in euros?",
        "What is his party called?",
        "why do they want it",
        "since when?",
        "Which one?",
        "on 11 March?",
        "in August?",
    ],
)
def test_points_back(then):
    """Pronouns for what the message does not name, bare asking words and bare days need the turn before."""
    assert {"ana", "roja"} <= carried(after("Who is Ana Rojas?", then))


@pytest.mark.parametrize(
    "then",
    [
        "Did Karl Weiss meet him?",
        "did karl weiss meet her",
        "What did Luc Morel say about that?",
        "does the plan include them?",
        "Did the French engineer go there?",
    ],
)
def test_an_object_at_the_end_is_somebody_else(then):
    """Whoever is named first does not meet himself: the pronoun at the end means somebody of the turn before."""
    assert {"ana", "roja"} <= carried(after("Who is Ana Rojas?", then))


@pytest.mark.parametrize(
    "then",
    [
        "what did karl weiss say about his work",
        "did luc morel say he would come",
        "What did Peru say about its army?",
        "what does lima say of its mayors",
        "Who is Karl Weiss and who supports him?",
        "who is the mayor of lima and what does he want",
        "What is the bridge that Luc Morel built?",
        "Is there a ceasefire?",
        "Was it Luc Morel who built the bridge?",
        "when is the meeting this week",
        "What happened on 11 March?",
        "what happened in May?",
        "latest news",
    ],
)
def test_a_pronoun_for_what_is_named_before_it(then):
    """A pronoun that the message itself explains, typed in capitals or not, takes nothing along."""
    assert set() == carried(after("What did the council say about dollars?", then))


@pytest.mark.parametrize("then", ["", "🙂", "?!", "no", "the of", "\x00"])
def test_nothing_said_is_no_follow_up(then):
    """A message without words, or with words that ask nothing, does not repeat the question before."""
    assert set() == carried(after("Who is Ana Rojas?", then))


def test_latest_is_kept_where_nothing_else_is_asked():
    """ "And in Lima?" after a question for the latest wants the latest of Lima."""
    assert after("latest news on Ana Rojas", "and on the bridge?").latest
    assert not after("latest news on Ana Rojas", "and what did the bridge cost?").latest


def test_what_is_carried_fades():
    """From turn to turn it counts less, and in a long talk it is forgotten: no chat grows without bound."""
    question = understand("What did Ana Rojas open?", INDEX)
    sizes = []
    for turn in range(30):
        question = understand(f"and word{turn}?", INDEX, before=Answer(question, "not_found"))
        sizes.append(len(question.all_terms))
    assert "ana" not in carried(question)
    assert max(sizes) < 10


def test_carried_terms_count_less():
    """What is carried over counts less than what is said, names more than other words."""
    weights = {term.word: term.weight for term in after("What did Ana Rojas open?", "and when?").carried}
    assert 1 > weights["Ana"] > weights["open"] > 0


def test_nothing_twice():
    """What the message says itself is not carried over as well."""
    assert "bridg" not in carried(after("Who opened the bridge in Lima?", "and who built the bridge?"))


def test_nationality_replaces_nationality():
    """Another nationality takes the place of the one asked about before."""
    question = after("What did the French engineer say?", "and his German colleague?")
    assert "engin" in carried(question)
    assert "franc" not in carried(question)


def test_kind_is_kept_where_nothing_else_is_asked():
    """A continuation without a question word asks for the same kind of answer; one with its own word does not."""
    assert "statement" == after("What did the French engineer say?", "and the mayor?").kind
    assert "money" == after("What did the French engineer say?", "and how much did it cost?").kind


def test_days_are_kept_and_their_words_are_not():
    """The days asked about go along as days; a message with days of its own keeps those."""
    question = after("What did Ana Rojas say in March 2024?", "and in general?")
    assert question.dates == understand("What did Ana Rojas say in March 2024?", INDEX).dates
    assert "march" not in carried(question)
    own = after("What did Ana Rojas say in March 2024?", "and in April 2024?").dates
    assert own is not None
    assert 4 == own.first.month


def test_chain():
    """What was carried over once goes on being carried, from turn to turn."""
    second = after("Who is Ana Rojas?", "and what did she open?")
    third = understand("and why?", INDEX, before=Answer(second, "not_found"))
    assert "ana" in carried(third)


async def test_near_is_where_the_turn_before_was_answered(tmp_path):
    """A follow-up knows the quote that answered before, and finds what stands near it."""
    async with engine_over(tmp_path, {"a.txt": TEXT}) as engine:
        first = await engine.ask("Who is Ana Rojas?")
        then = await engine.ask("and what did it cost?", first)
    assert (first.quotes[0].article.id, first.quotes[0].span) == then.question.near
    assert "40 million dollars" in then.quotes[0].text
