import datetime as dt

import pytest

from retrieval import Engine, EngineSettings, day_of
from tests.corpora import engine_over, written


@pytest.fixture
async def engine(tmp_path):
    files = {
        "a.txt": written("2025-03-12", "Mayor Rojas opened a bridge in Lima on Monday. The engineers were praised."),
        "b.txt": written("2025-03-20", "Ana Rojas, the mayor, closed the bridge again. Boats pass under it."),
        "c.txt": written("2021-05-01", "Rojas stood for mayor. Fish was cheap in those days, and songs were long."),
        "d.txt": written("2025-04-02", "The harbour of Oslo is frozen, and nobody knows for how long."),
        "e.txt": "A town without a day\n\nRojas sleeps well in a house beside the old market.\n",
    }
    async with engine_over(tmp_path, files) as opened:
        yield opened


def days(quotes):
    return [str(day_of(quote)) for quote in quotes]


async def test_oldest_first(engine):
    """Each day of which the articles say something has one quote, oldest first; what has no date is left out."""
    found = await engine.timeline("Rojas", 12)
    assert ["2021-05-01", "2025-03-10", "2025-03-20"] == days(found)
    assert all("Rojas" in quote.text for quote in found)


async def test_holds_all(engine):
    """A quote holds all the words, or its article's title does."""
    assert ["2025-03-10", "2025-03-20"] == days(await engine.timeline("Rojas bridge", 12))


async def test_each_by_itself(tmp_path):
    """A quote is the sentence that names the words, without the next paragraph; of a day's, one in which they speak."""
    words = (
        "Hill is an adviser to the Rojas town council.\n\nThe envoy sent to Oslo this week is a friend of the town.\n\n"
        "“The bridge is too old,” said Ana Rojas in the evening."
    )
    async with engine_over(tmp_path, {"a.txt": written("2025-03-12", words)}) as engine:
        (quote,) = await engine.timeline("Rojas", 12)
        (other,) = await engine.timeline("Rojas council", 12)
    assert "“The bridge is too old,” said Ana Rojas in the evening." == quote.text
    assert "Hill is an adviser to the Rojas town council." == other.text


async def test_limit(engine):
    """Where there are more days than wanted, those are kept that say the most."""
    assert len(await engine.timeline("Rojas", 2)) == 2


async def test_days_asked_about(engine):
    """Days that are asked about bound the timeline."""
    assert ["2025-03-10", "2025-03-20"] == days(await engine.timeline("Rojas in March 2025", 12))


@pytest.mark.parametrize("words", ["", "in March 2025", "Cairo", "the"])
async def test_nothing(engine, words):
    """Without words, or with some that no article holds, there is no timeline."""
    assert await engine.timeline(words, 12) == ()


async def test_nothing_dated(tmp_path):
    """Where no article has a date, there is no timeline."""
    async with engine_over(
        tmp_path, {"a.txt": "A town\n\nRojas sleeps well in a house beside the market.\n"}
    ) as engine:
        assert await engine.timeline("Rojas", 12) == ()


@pytest.mark.parametrize("words", ["Putin", "peacekeepers", "Starmer"])
async def test_seeds(seeds, words):
    """The sample articles have several days for each of these, in order and each once."""
    async with Engine.open(EngineSettings(seeds)) as engine:
        found = [day_of(quote) or dt.date.max for quote in await engine.timeline(words, 12)]
    assert len(found) > 2
    assert sorted(set(found)) == found
