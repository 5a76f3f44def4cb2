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
    assert "amount" == after("What did the French engineer say?", "and how much did it cost?").kind


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
