import datetime as dt
from dataclasses import replace

import pytest

from retrieval.models import Span
from retrieval.quotations import again, day_of, quotation
from tests.corpora import article_of

TEXT = "A bridge for Lima\n\nOn Monday the mayor opened it. It is new."
WORDS = "On Monday the mayor opened it."
MONDAY = dt.date(2025, 3, 10)


@pytest.fixture
def article():
    return replace(article_of(TEXT), date=dt.date(2025, 3, 12), date_source="stated")


def at(article, words):
    start = article.text.index(words)
    return Span(start, start + len(words))


def test_quotation(article):
    """A quote is the words at its span, with the days that these mean."""
    quote = quotation(article, at(article, WORDS), score=2.0)
    assert quote.text == WORDS
    assert [(span.of(article.text), days.first) for span, days in quote.dates] == [("Monday", MONDAY)]


def test_again_where_it_was(article):
    """Words that still stand where they stood are the same quote again."""
    quote = quotation(article, at(article, WORDS), [at(article, "the mayor")])
    assert quote == again(article, quote.span, quote.text, quote.highlights)


def test_again_elsewhere(article):
    """Where an article has changed, its words are found where they stand by now, and so are the highlights."""
    moved = article_of(TEXT.replace("\n\nOn", "\n\nThe river is wide and brown. On", 1))
    quote = again(moved, at(article, WORDS), WORDS, (at(article, "the mayor"),))
    assert quote is not None
    assert moved.text[quote.span.start : quote.span.end] == WORDS
    assert ["the mayor"] == [mark.of(moved.text) for mark in quote.highlights]


def test_nearest_place():
    """Of words that stand in several places, those are meant that are nearest to where they stood."""
    twice = article_of("Rivers\n\nIt is new. The river is wide. The mayor came by boat. It is new.")
    second = twice.text.rindex("It is new.")
    for start, expected in ((0, twice.text.index("It is new.")), (second - 3, second), (second + 9, second)):
        found = again(twice, Span(start, start + 10), "It is new.")
        assert found is not None
        assert expected == found.span.start


@pytest.mark.parametrize("words", ["It is old.", "A bridge for Lima", ""])
def test_gone(article, words):
    """Words that stand nowhere any more, only in a title, or are none at all, are no quote."""
    assert again(article, Span(0, len(words)), words) is None


def test_day_spoken_of(article):
    """A quote speaks of the one day before its article that it names, or else of its article's day."""
    assert MONDAY == day_of(quotation(article, at(article, WORDS)))
    assert article.date == day_of(quotation(article, at(article, "It is new.")))
    assert day_of(quotation(replace(article, date=None), at(article, WORDS))) is None
