import datetime as dt
from itertools import pairwise

import pytest

from retrieval.models import DateRange
from retrieval.newest import stretches
from tests.corpora import engine_over, written

DAY = dt.timedelta(1)


@pytest.fixture
async def engine(tmp_path):
    files = {
        "a.txt": written("2025-03-10", "The mayor of Lima opened a bridge. Nobody had seen the like of it."),
        "b.txt": written("2025-03-12", "The mayor of Oslo opened a tunnel under the harbour for cyclists."),
        "c.txt": written("2019-05-01", "Lima had a mayor then who liked rivers, fish and old songs best."),
        "d.txt": "A town and its mayor\n\nThe mayor of Turin sleeps well in a house beside the old market.\n",
    }
    async with engine_over(tmp_path, files) as opened:
        yield opened


def ids(articles):
    return [article.id for article in articles]


async def test_newest_first(engine):
    """The articles that hold what is asked come newest first, and those without a date after them."""
    assert ["b.txt", "a.txt", "c.txt", "d.txt"] == ids(await engine.newest_on("mayor", 10))
    assert ["b.txt", "a.txt"] == ids(await engine.newest_on("mayor", 2))


async def test_holds_all(engine):
    """An article that lacks one of the words is none of them, though its words may stand in several passages."""
    assert ["a.txt", "c.txt"] == ids(await engine.newest_on("Lima mayor", 10))
    assert [] == ids(await engine.newest_on("Lima tunnel", 10))


async def test_no_words(engine):
    """Without words it is the newest of all."""
    assert ["b.txt", "a.txt", "c.txt", "d.txt"] == ids(await engine.newest_on("", 10))
    assert ["b.txt"] == ids(await engine.newest_on(" latest news ", 1))


async def test_days(engine):
    """Days that are asked about bound what is found, with other words or without."""
    assert ["a.txt"] == ids(await engine.newest_on("mayor on 10 March 2025", 10))
    assert ["a.txt"] == ids(await engine.newest_on("10 March 2025", 10))
    assert [] == ids(await engine.newest_on("mayor in 2010", 10))


def test_stretches():
    """The stretches reach from the newest day to the first, none overlaps another, and what has no date is the last."""
    *dated, undated = stretches(dt.date(2025, 3, 12))
    assert undated is None
    assert dt.date(2025, 3, 12) == dated[0].last
    assert dt.date.min == dated[-1].first
    assert all(later.first - DAY == earlier.last for later, earlier in pairwise(dated))


def test_stretches_within_days():
    """Bounded by days they reach from the last of these to the first, and leave out what has no date."""
    days = DateRange(dt.date(2025, 1, 1), dt.date(2025, 3, 1))
    found = [*stretches(dt.date(2025, 3, 12), days)]
    assert (days.first, days.last) == (found[-1].first, found[0].last)


def test_stretches_at_the_beginning():
    """The calendar's first days are stretches like others; where nothing is dated, there is only what has no date."""
    assert [DateRange(dt.date.min, dt.date.min), None] == [*stretches(dt.date.min)]
    assert [None] == [*stretches(None)]
