"""A disk that is full or can't be written: nothing is confirmed and lost, and all goes on when the cause is gone.

`CHAOS=full` has more questions, and waits as the bot does; without it both are cut short.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from botapi_witness import Witness, true
from disks import Disk, ext4, small
from running import logged, running

from bot import health
from bot.state.database import State
from bot.state.people import Forgotten, Notes, People
from retrieval import Engine, EngineSettings

FULL = os.environ.get("CHAOS") == "full"
QUESTIONS, ROUNDS, LASTS = (100, 3, 6.0) if FULL else (20, 1, 0.5)
"""How many ask while the disk is full, how often that happens and how many seconds it lasts."""

NO_ROOM = "updates can't be kept, and stay with Telegram: database or disk is full"
ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A bot that soon tries again."""
    caplog.set_level(logging.INFO, "bot")
    monkeypatch.setattr("bot.health.EVERY", 1.0 if FULL else 0.1)
    if not FULL:
        monkeypatch.setattr("bot.telegram.inbox.FIRST_WAIT", 0.05)
        monkeypatch.setattr("bot.telegram.inbox.LONGEST_WAIT", 0.2)
        monkeypatch.setattr("bot.telegram.application.OPENED_EVERY", 0.1)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small(tmp_path / "disk", "16m") as disk:
        yield disk


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Witness]:
    async with Witness(tmp_path / "disk") as server:
        yield server


@pytest.fixture
async def engine(bridges: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


def ills(disk: Disk) -> set[str]:
    """What `dateline health` complains about."""
    return {one.part for one in health.examine(disk.path).ills}


async def becomes(expected: set[str], disk: Disk) -> None:
    """Wait until health says so."""
    await true(lambda: ills(disk) == expected)


async def test_a_disk_that_fills_up(
    server: Witness, engine: Engine, disk: Disk, caplog: pytest.LogCaptureFixture, figure: Callable[[str], None]
) -> None:
    """What can't be kept stays with Telegram; with room again all are answered, each once, and the bot is well."""
    async with running(server, engine, disk.path):
        for turn in range(ROUNDS):
            server.ask(1)
            await server.all_answered()
            await becomes(set(), disk)
            await truncated(disk.path)
            disk.fill()
            for chat in range(QUESTIONS):
                server.ask(1000 * (turn + 1) + chat)
            await logged(caplog, NO_ROOM, turn + 1)
            await becomes({"state"}, disk)
            await asyncio.sleep(LASTS)
            assert not server.answers().keys() >= {*server.asked}
            disk.free()
            await server.all_answered()
            await becomes(set(), disk)
    extra = sum(server.answers().values()) - len(server.asked)
    figure(f"disk full {ROUNDS} times, {len(server.asked)} questions: {len(server.lost)} lost, {extra} extra replies")
    assert ([], 0, []) == (server.lost, extra, server.refused)
    assert ROUNDS == caplog.text.count(NO_ROOM)


async def test_a_disk_that_fills_up_meanwhile(
    server: Witness, engine: Engine, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    """Who is in already is answered at once where that is all; what has to be written is done, once, when it can be."""
    chats = [*range(10, 15)]
    async with running(server, engine, disk.path):
        for chat in chats:
            server.ask(chat)
        first, second, third, *_ = await server.replies(len(chats))
        await becomes(set(), disk)
        server.pause("sendMessage")
        for chat in chats:
            server.ask(chat)
        server.press(first, label="👍")
        server.say(second["chat"]["id"], "/forget")
        server.say(third["chat"]["id"], "/language fr")
        await server.called("sendMessage", 2 * len(chats))
        await truncated(disk.path)
        disk.fill()
        server.resume("sendMessage")
        await server.replies(2 * len(chats))
        await logged(caplog, "a reply could not be kept: database or disk is full")
        await logged(caplog, "an update waits for the database: database or disk is full", 3)  # one for each
        await asyncio.sleep(LASTS)
        assert ([], 2 * len(chats)) == (server.of("answerCallbackQuery"), len(server.sent))
        disk.free()
        *_, one, other = await server.replies(2 * len(chats) + 2)
        await server.called("answerCallbackQuery")
        await settled(disk.path)
    assert {"français", "Deleted: 1 question"} == {
        word for word in ("français", "Deleted: 1 question") for said in (one, other) if word in said["text"]
    }
    assert [(first["chat"]["id"], 1)] == rows(disk.path, "SELECT person, vote FROM votes")
    assert [(third["chat"]["id"], "fr")] == rows(disk.path, "SELECT id, language FROM people")
    assert ([], [1]) == (server.lost, [*set(server.answers().values())])


@pytest.mark.parametrize("how", ["full", "read-only"])
async def test_a_disk_that_takes_nothing_at_the_start(
    server: Witness, engine: Engine, disk: Disk, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """Nothing is fetched before it can be kept; the bot says so, is ill, and begins when the disk can be written."""
    if how == "full":
        disk.fill()
    else:
        disk.remount("ro")
    server.ask(1)
    bot = running(server, engine, disk.path)
    starting = asyncio.ensure_future(bot.__aenter__())
    await logged(caplog, "nothing is answered, for")
    await becomes({"telegram", "state"}, disk)
    await asyncio.sleep(LASTS)
    assert (1, []) == (caplog.text.count("nothing is answered, for"), server.of("getUpdates"))
    if how == "full":
        disk.free()
    else:
        disk.remount("rw")
    try:
        await server.all_answered()
        await becomes(set(), disk)
    finally:
        await starting
        await bot.__aexit__(None, None, None)
    assert ([], [1]) == (server.lost, [*server.answers().values()])


async def test_a_disk_that_breaks(
    server: Witness, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a disk that the system no longer writes to nothing more is confirmed; mended, all are answered."""
    image = tmp_path / "image"
    with ext4(image, tmp_path / "disk") as disk:
        async with running(server, engine, disk.path):
            server.ask(1)
            await server.all_answered()
            await settled(disk.path)
            disk.remount("abort")
            for chat in range(QUESTIONS):
                server.ask(1000 + chat)
            await logged(caplog, "updates can't be kept, and stay with Telegram")
            await becomes({"state"}, disk)
            await asyncio.sleep(LASTS)
            assert server.answers().keys() < {*server.asked}
    with ext4(image, tmp_path / "disk") as disk:
        async with running(server, engine, disk.path):
            await server.all_answered()
    assert ([], {1}) == (server.lost, {*server.answers().values()})


def rows(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    """What is in `state.db`."""
    with closing(sqlite3.connect(f"{(data_dir / 'state.db').as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


async def truncated(data_dir: Path) -> None:
    """Leave no room in the file that SQLite writes first, either; while somebody writes, that has to wait."""
    with closing(sqlite3.connect(data_dir / "state.db")) as db:
        await true(lambda: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


async def settled(data_dir: Path) -> None:
    """Wait until nothing waits any more."""
    await true(lambda: not rows(data_dir, "SELECT 1 FROM inbox WHERE state = 'waiting'"))


async def test_what_is_deleted_is_told_once(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    """Where there is room to delete but none to overwrite what is deleted, the latter is done later."""
    async with State.open(disk.path) as state:
        people = People(state)
        for person in range(50):
            await people.choose(person, "x" * 5000)
        disk.fill(but=40_960)
        assert Forgotten(0, 0, True) == await people.forget(7)
        assert "what was deleted from state.db is overwritten later: database or disk is full" in caplog.text
        disk.free()
        await state.erase()
    assert (disk.path / "state.db-wal").exists() is False


async def test_a_disk_with_little_room(tmp_path: Path) -> None:
    """What SQLite writes first is not let grow: 2 MB are enough, however much is written."""
    with small(tmp_path / "disk", "2m") as disk:
        async with State.open(disk.path) as state:
            for number in range(600):
                await Notes(state).put("one", f"{number} " + "x" * 5000)
