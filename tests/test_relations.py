"""What holds between the words of a sentence."""

import pytest

from retrieval.analysis import terms
from retrieval.relations import measured


def counted(words):
    return frozenset(terms(words))


@pytest.mark.parametrize(
    ("kind", "things", "sentence"),
    [
        ("count", "soldiers", "They send 5,000 French soldiers."),
        ("count", "soldiers", "They send 5,000 of the soldiers."),
        ("count", "soldiers", "More than twenty soldiers came."),
        ("count", "soldiers", "The number of soldiers: 5,000"),
        ("count", "soldiers", "Soldiers (3,000) came."),
        ("count", "countries", "Another twenty countries would take part."),
        ("count", "allies", "The leaders of about 30 Oslo allies meet."),
        ("count", "", "Thirty came."),
        ("duration", "ceasefire", "It was a 30-day ceasefire."),
        ("duration", "ceasefire", "The ceasefire lasted three weeks."),
        ("age", "Berg", "Berg, 51, was elected."),
        ("age", "Berg", "The 51-year-old Ann Berg was elected."),
        ("age", "Berg", "Berg, aged 51, was elected."),
        ("amount", "wealth", "They demand $500 billion in wealth."),
        ("amount", "", "It cost 5 euros."),
    ],
)
def test_a_figure_of_the_thing(kind, things, sentence):
    """A number right before what it counts, and another figure near what it measures."""
    assert measured(sentence, kind, counted(things))


@pytest.mark.parametrize(
    ("kind", "things", "sentence"),
    [
        ("count", "soldiers", "After two years the soldiers came home."),
        ("count", "soldiers", "The soldiers of 37 nations came."),
        ("count", "soldiers", "In 2014 soldiers came."),
        ("count", "soldiers", "Twenty leaders, without soldiers, came."),
        ("count", "soldiers", "They paid $500 to soldiers."),
        ("count", "soldiers", "10% of soldiers came."),
        ("count", "soldiers", "Twenty leaders met the soldiers."),
        ("count", "soldiers", "The soldiers came."),
        ("count", "", "They came in 2014."),
        ("duration", "ceasefire", "The ceasefire began on Monday."),
        ("duration", "", "They came in 2014."),
        ("age", "Berg", "Berg was elected in 51 states."),
        ("amount", "wealth", "Thirty came for the wealth."),
        (
            "amount",
            "wealth",
            "They paid $5 before the long talks that nobody in the city had thought would end, and of wealth.",
        ),
    ],
)
def test_a_figure_of_something_else(kind, things, sentence):
    """A length of time, a date, a sum, a share, or a number of others counts no soldiers."""
    assert not measured(sentence, kind, counted(things))


@pytest.mark.parametrize("part", ["12 ", "soldiers ", "12 soldiers, ", "$1 ", "one "])
def test_long_sentences(part):
    """Work grows with length alone."""
    text = part * (5_000 // len(part))

    assert measured(text, "count", counted("soldiers")) == (part == "12 soldiers, ")
