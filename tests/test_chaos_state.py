"""`state.db` locked or damaged, the clock set back or forward: nothing is confirmed and lost, each has one answer.

`CHAOS=full` locks it for 30 seconds, without it for one.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import IO

import pytest
from botapi_witness import Witness, true
from caches import process
from running import running, settings_for

from bot import health
from bot.errors import StateDamaged
from bot.telegram.application import serve
from retrieval import Engine, EngineSettings

FULL = os.environ.get("CHAOS") == "full"
LOCKED, QUESTIONS = (30.0, 100) if FULL else (1.0, 20)
HOUR = 3600

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def server(data_dir: Path) -> AsyncIterator[Witness]:
    async with Witness(data_dir) as server:
        yield server


@pytest.fixture
async def engine(bridges: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


# Locked

_LOCK = """
import sqlite3, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
db.execute("ROLLBACK")
print("free", flush=True)
"""


@asynccontextmanager
async def locked(data_dir: Path, seconds: float = LOCKED) -> AsyncIterator[IO[str]]:
    """Another program holds `state.db` for so long; it says so when it no longer does."""
    with process(_LOCK, data_dir / "state.db", seconds) as other:
        assert other.stdout is not None
        assert "locked\n" == await asyncio.to_thread(other.stdout.readline)
        yield other.stdout


async def test_locked(
    server: Witness,
    engine: Engine,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    """Who was heard before is answered at once, who asks meanwhile when it is free, and nobody twice."""
    if not FULL:
        monkeypatch.setattr("bot.state.database.WAIT", 0.3)
        monkeypatch.setattr("bot.telegram.inbox.FIRST_WAIT", 0.05)
    async with running(server, engine, data_dir):
        server.delay("sendMessage", 0.3)
        for chat in range(5):
            server.ask(chat + 1)
        await server.called("sendMessage", 5)
        async with locked(data_dir) as other:
            for chat in range(QUESTIONS):
                server.ask(100 + chat)
            await server.replies(5)
            assert len(server.answers()) == 5
            assert "free\n" == await asyncio.to_thread(other.readline)
        await server.all_answered()
    extra = sum(server.answers().values()) - len(server.asked)
    figure(f"state.db locked for {LOCKED:g} s, {len(server.asked)} questions: {len(server.lost)} lost, {extra} extra")
    assert ([], 0, []) == (server.lost, extra, server.refused)


async def test_locked_at_the_start(server: Witness, engine: Engine, data_dir: Path) -> None:
    """A bot that starts meanwhile begins when it is free."""
    async with running(server, engine, data_dir):
        pass
    server.ask(1)
    async with locked(data_dir, min(LOCKED, 5.0)), running(server, engine, data_dir):
        await server.all_answered()
    assert ([], [1]) == (server.lost, [*server.answers().values()])


async def test_stopped_while_it_is_locked(server: Witness, engine: Engine, data_dir: Path) -> None:
    """A bot that starts meanwhile stops when it is told to."""
    async with running(server, engine, data_dir):
        pass
    stop = asyncio.Event()
    async with locked(data_dir, 60):
        bot = asyncio.create_task(serve(settings_for(server.url, data_dir), engine, stop))
        await asyncio.sleep(0.2)
        stop.set()
        async with asyncio.timeout(5):
            await bot


# Damaged


@pytest.mark.parametrize("damage", ["cut", "noise"])
async def test_damaged(server: Witness, engine: Engine, data_dir: Path, damage: str) -> None:
    """It is refused and left as it is, and nothing is fetched; put back, all goes on."""
    async with running(server, engine, data_dir):
        server.ask(1)
        await server.all_answered()
    path = data_dir / "state.db"
    whole = path.read_bytes()
    broken = whole[: len(whole) // 2] if damage == "cut" else os.urandom(len(whole))
    path.write_bytes(broken)
    server.ask(2)
    polls = len(server.of("getUpdates"))
    with pytest.raises(StateDamaged):
        await serve(settings_for(server.url, data_dir), engine, asyncio.Event())
    assert (broken, polls) == (path.read_bytes(), len(server.of("getUpdates")))
    path.write_bytes(whole)
    async with running(server, engine, data_dir):
        await server.all_answered()
    assert ([], [1, 1]) == (server.lost, [*server.answers().values()])


# Clock


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_the_clock_is_set(
    server: Witness, engine: Engine, data_dir: Path, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    """Who asked or pressed a button before gets what is due, in order, and so does who asks after; the bot is well."""
    clock = time.time
    async with running(server, engine, data_dir):
        server.ask(1)
        [answer] = await server.replies(1)
        await true(lambda: not health.examine(data_dir).ills)
        server.delay("sendMessage", 0.5)
        server.ask(1)
        server.press(answer, label="👍")
        server.ask(1)
        await server.called("sendMessage", 2)
        monkeypatch.setattr(time, "time", lambda: clock() + jump)
        await server.all_answered()
        await server.called("answerCallbackQuery")
        for chat in range(2, 6):
            server.ask(chat)
        await server.all_answered()
        await true(lambda: not health.examine(data_dir).ills)
    async with running(server, engine, data_dir):
        server.ask(7)
        await server.all_answered()
        await true(lambda: not health.examine(data_dir).ills)
    asked = [sent["reply_to_message"]["message_id"] for sent in server.sent if sent["chat"]["id"] == 1]
    with closing(sqlite3.connect(data_dir / "state.db")) as db:
        kept = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("inbox", "replies", "votes")]
    assert ([], [], {1}) == (server.lost, server.refused, {*server.answers().values()})
    assert sorted(asked) == asked
    assert [9, 8, 1] == kept
