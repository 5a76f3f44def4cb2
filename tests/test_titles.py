import pytest

from tests.corpora import engine_over


@pytest.fixture
async def engine(tmp_path):
    files = {
        "a.txt": "A bridge for Lima\n\nThe mayor opened it on a windy morning in front of his family.\n",
        "b.txt": "A bridge for Oslo in winter\n\nNobody came when the king cut a ribbon in the snow.\n",
        "c.txt": "Fish\n\nA bridge for Lima is built, and the boats below it land their fish as ever.\n",
    }
    async with engine_over(tmp_path, files) as opened:
        yield opened


async def test_best_first(engine):
    """The articles whose titles hold more of the words come first, and of those that hold as much the shorter."""
    found = await engine.titled("a bridge in winter", 5)
    assert ["b.txt", "a.txt"] == [article.id for article in found]
    assert ["a.txt", "b.txt"] == [article.id for article in await engine.titled("bridge", 5)]
    assert ["a.txt"] == [article.id for article in await engine.titled("bridge", 1)]


async def test_whole_title(engine):
    """A whole title means that article alone."""
    assert ["a.txt"] == [article.id for article in await engine.titled("a bridge for lima", 5)]


@pytest.mark.parametrize("words", ["", "family", "the", "king mayor fish ribbon snow"])
async def test_nothing(engine, words):
    """Words that no title holds, or hardly any of them, find nothing."""
    assert await engine.titled(words, 5) == []
