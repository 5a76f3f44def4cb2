"""What is kept of the articles is cut, or overwritten with noise, before a start and while the bot answers; it heals.

`CHAOS=full` does it more often.
"""

import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from botapi_witness import Witness, true
from caches import asked, written
from disks import ext4, small
from running import running

from retrieval import Engine, EngineSettings

FULL = os.environ.get("CHAOS") == "full"
ROUNDS = 5 if FULL else 1
STORIES = 30

pytestmark = pytest.mark.usefixtures("unhurried")

Damage = Callable[[Path], None]


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def noise(path: Path) -> None:
    """All of it but, half of the time, its beginning: then it is found only where it is read."""
    head = random.choice((0, 100))
    with path.open("r+b") as file:
        file.seek(head)
        file.write(random.randbytes(max(0, path.stat().st_size - head)))


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage that would come once in years comes at once, and is looked for often."""
    monkeypatch.setattr("retrieval.store.AGAIN", 0.0)
    monkeypatch.setattr("retrieval.library.AGAIN", 0.0)
    monkeypatch.setattr("retrieval.freshness._RESCAN", 300)
    random.seed(7)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return written(tmp_path / "corpus", range(STORIES))


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Witness]:
    async with Witness(tmp_path / "data") as server:
        yield server


async def answered(server: Witness, number: int) -> str:
    """What somebody is told who asks about a story."""
    before = len(server.sent)
    server.say(number + 1, asked(number))
    told: str = (await server.replies(before + 1))[-1]["text"]
    return told


async def served(engine: Engine, number: int) -> None:
    """Wait until so many articles are."""
    await true(lambda: len(engine.articles) == number)


def cache(data_dir: Path, what: str) -> list[Path]:
    """The files that are called so, but for those that people's doings are in."""
    return [path for path in data_dir.glob(what) if path.is_file() and not path.name.startswith("state.db")]


CACHE, LOG, BOTH, INDEX, ALL = "cache.db", "cache.db-wal", "cache.db*", "index-*/*", "**/*"
# What is halved must not be mapped into memory; see below for that.
SOME = [(halved, CACHE), (noise, ALL)]
MANY = [*SOME, (halved, LOG), (noise, CACHE), (noise, LOG), (noise, BOTH), (noise, INDEX)]


@pytest.mark.parametrize("index", ["memory", "disk"])
@pytest.mark.parametrize(("damage", "what"), MANY if FULL else SOME)
async def test_damaged_while_it_answers(
    server: Witness, corpus: Path, tmp_path: Path, index: str, what: str, damage: Damage
) -> None:
    """Who asks is answered from the articles; what comes to them is served, by this start and by the next."""
    data_dir = tmp_path / "data"
    settings = EngineSettings(corpus, data_dir, index=index)
    may_miss = index == "disk" and damage is noise and what in (INDEX, ALL)  # noise that can be read finds nothing
    async with Engine.open(settings, watch=True) as engine, running(server, engine, data_dir):
        for turn in range(ROUNDS):
            for path in cache(data_dir, what):
                damage(path)
            told = await answered(server, turn)
            assert f"number{turn}" in told or may_miss
            written(corpus, [STORIES + turn])
            await served(engine, STORIES + turn + 1)
            assert f"number{STORIES + turn}" in await answered(server, STORIES + turn)
    async with Engine.open(settings) as engine:
        assert STORIES + ROUNDS == len(engine.articles)
        assert f"number{STORIES}" in (await engine.ask(asked(STORIES))).quotes[0].text
    assert ([], []) == (server.lost, server.refused)


async def test_no_room_for_what_changes(server: Witness, corpus: Path, tmp_path: Path) -> None:
    """An archive on a full disk is served as it was, not read anew into memory; with room it is as it is now."""
    with small(tmp_path / "small", "16m") as disk:
        settings = EngineSettings(corpus, disk.path, index="disk")
        async with Engine.open(settings, watch=True) as engine, running(server, engine, tmp_path / "data"):
            await served(engine, STORIES)
            disk.fill()
            written(corpus, [STORIES], 4_000)
            await true(lambda: engine.look.problem == "cache_unwritable")
            assert "number3" in await answered(server, 3)
            assert STORIES == len(engine.articles)
            disk.free()
            await served(engine, STORIES + 1)
            assert f"number{STORIES}" in await answered(server, STORIES)
            assert ("", ()) == (engine.look.problem, engine.report.notices)
        async with Engine.open(settings) as engine:
            assert STORIES + 1 == len(engine.articles)


async def test_no_place_for_an_index(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that can be neither changed nor made anew is served as it was, and changed as soon as it can be."""
    monkeypatch.setattr("retrieval.library.AGAIN", 3600.0)
    with ext4(tmp_path / "image", tmp_path / "small") as disk:
        settings = EngineSettings(corpus, disk.path, index="disk")
        async with Engine.open(settings, watch=True) as engine:
            with disk.frozen(disk.path, *disk.path.glob("index-*")):
                written(corpus, [STORIES])
                await true(lambda: engine.look.problem == "cache_unwritable")
                assert "number3" in (await engine.ask(asked(3))).quotes[0].text
                assert STORIES == len(engine.articles)
            await served(engine, STORIES + 1)
            assert f"number{STORIES}" in (await engine.ask(asked(STORIES))).quotes[0].text
            assert () == engine.report.notices
