"""The poller: who stays when two programs have one token, and what becomes of a silence of Telegram or of our own."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botapi_failures import Failure
from botapi_server import BotApiServer
from running import QUESTION, TOKEN, command, environment_for, logged, running, settings_for

from bot.errors import NotHeard, TokenInUse
from bot.state.updates import Updates
from bot.telegram import polling
from bot.telegram.application import serve
from retrieval import Engine, EngineSettings

CHAT = 7
SILENCE = 1.5
"""Seconds, a poll being one: the shortest that whole seconds allow."""


@pytest.fixture
async def engine(bridges: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _say_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.2)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that takes Telegram for silent after a second and a half."""
    monkeypatch.setattr(polling, "LONG_POLL", 1)
    monkeypatch.setattr(polling, "SILENCE", SILENCE)
    monkeypatch.setattr("bot.telegram.application.POLL_ANSWERED", 0.2)


@asynccontextmanager
async def process(
    server: BotApiServer, corpus: Path, data_dir: Path, change: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own that says nothing but why it ends, and in which `change` was run before."""
    script = (
        f"from bot.telegram import application, handlers, polling\n{change}\nfrom bot.cli import main\nmain(['run'])"
    )
    environment = environment_for(server.url, data_dir, corpus=corpus, log_level="CRITICAL")
    async with command(environment, "-c", script) as started:
        yield started


def ended(process: asyncio.subprocess.Process, out: bytes, err: bytes) -> tuple[int | None, bytes, int]:
    """The status, what was printed, and how many lines were told; the token is in none."""
    assert TOKEN.partition(":")[2] not in err.decode()
    return process.returncode, out, len(err.decode().splitlines())


def answers(server: BotApiServer) -> Counter[tuple[int, int]]:
    """How often each question was answered."""
    return Counter((sent["chat"]["id"], sent["reply_to_message"]["message_id"]) for sent in server.sent)


# Two programs


async def ask_on(server: BotApiServer, asked: list[tuple[int, int]]) -> None:
    """Five people ask, one after the other; while many do, no poll waits and nobody notices the other."""
    for chat in range(1001, 1006):
        asked.append((chat, server.say(chat, QUESTION)["message_id"]))
        await asyncio.sleep(0.2)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("later", [1.2, 3.0])
async def test_the_later_of_two_leaves(server: BotApiServer, engine: Engine, tmp_path: Path, later: float) -> None:
    """It says whose token it is; the earlier one goes on, and each question of that time has one answer."""
    asked: list[tuple[int, int]] = []
    async with running(server, engine, tmp_path / "one"):
        await asyncio.sleep(later)
        people = asyncio.create_task(ask_on(server, asked))
        with pytest.raises(TokenInUse) as told:
            async with asyncio.timeout(60):
                await serve(settings_for(server.url, tmp_path / "two"), engine, asyncio.Event())
        await people
        polls = len(server.of("getUpdates"))
        asked.append((CHAT, server.say(CHAT, QUESTION)["message_id"]))
        await server.until(lambda: answers(server).keys() >= {*asked})
        assert len(server.of("getUpdates")) > polls
    assert {*asked} == answers(server).keys()
    assert "@dateline_test_bot" == told.value.facts["bot"]
    assert {"getUpdates"} == {call.method for call in server.refused}


@pytest.mark.usefixtures("unhurried")
async def test_a_second_program_ends_with_status_3(
    server: BotApiServer, engine: Engine, bridges: Path, tmp_path: Path
) -> None:
    """One line names the bot and says what to do; the first goes on."""
    async with running(server, engine, tmp_path / "one"):
        await asyncio.sleep(1.2)
        async with process(server, bridges, tmp_path / "two", "polling.FIRST_PAUSE = 0.05") as second:
            out, err = await second.communicate()
        server.say(CHAT, QUESTION)
        await server.replies(1)
    assert (3, b"", 1) == ended(second, out, err)
    assert "Another program has the token of @dateline_test_bot" in err.decode()
    assert "set TELEGRAM_BOT_TOKEN" in err.decode()


async def test_a_webhook_that_is_set_meanwhile(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever set it has the token from then on; one line tells each attempt, the end how Telegram puts it."""
    bot = asyncio.create_task(serve(settings_for(server.url, tmp_path), engine, asyncio.Event()))
    await server.called("getUpdates", 2)
    server.webhook = "https://bot.example/another"
    with pytest.raises(TokenInUse) as told:
        await bot
    assert "webhook" in str(told.value.facts["other"])
    failed = [record for record in caplog.records if "next attempt" in record.getMessage()]
    assert ["someone else receives the updates of this bot" in one.getMessage() for one in failed] == [True] * 3
    assert [None] * 3 == [one.exc_info for one in failed]


class Clock:
    """What the time is, to rivals."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: self.now))

    def borne(self, rivals: Any, most: int = 1000) -> int:
        """How many conflicts in a row, a second apart, somebody bears before they leave."""
        for number in range(most):
            if rivals.have_won():
                return number
            self.now += 1
        return most


@pytest.mark.parametrize(("age", "borne"), [(0, 2), (0.5, 5), (3, 17), (19, 97), (20, 99), (100_000, 99)])
def test_who_was_there_longer_bears_more(monkeypatch: pytest.MonkeyPatch, age: float, borne: int) -> None:
    """Five conflicts more for each second alone since its first poll, but nobody more than a hundred in all."""
    clock = Clock(monkeypatch)
    rivals = polling._Rivals()
    assert polling.CONFLICTS - 1 == clock.borne(polling._Rivals())  # which has not polled with success yet
    rivals.note_success()
    clock.now += age
    assert borne == clock.borne(rivals)


def test_a_rival_that_has_gone_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a minute alone the next one is counted from the first conflict on, and more of it is borne."""
    clock = Clock(monkeypatch)
    rivals = polling._Rivals()
    rivals.note_success()
    clock.now += 1
    assert 5 == clock.borne(rivals, 5)
    clock.now += polling._ALONE
    assert polling.MOST_CONFLICTS == 1 + clock.borne(rivals)


# Silence


async def heals(server: BotApiServer) -> None:
    """Somebody asks, and is answered."""
    server.say(CHAT, QUESTION)
    await server.replies(1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("answered", "hanging"), [(0.2, 2), (60, 1)])
async def test_a_silent_telegram_is_asked_anew(
    server: BotApiServer,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    answered: float,
    hanging: int,
) -> None:
    """Whether each poll times out or one hangs for ever: over new connections, and all goes on when that is heard."""
    monkeypatch.setattr("bot.telegram.application.POLL_ANSWERED", answered)
    async with running(server, engine, tmp_path):
        await server.called("getUpdates", 2)
        server.lose("getUpdates", "hang before", hanging)
        await logged(caplog, "Telegram kept silent for 1.5 s; asking again over new connections")
        await heals(server)
        await asyncio.sleep(SILENCE)
        assert 1 == caplog.text.count("kept silent")


@pytest.mark.usefixtures("impatient")
async def test_silences_are_not_added_up(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One that comes after Telegram was heard again is the first once more."""
    async with running(server, engine, tmp_path):
        for number in range(3):
            server.lose("getUpdates", "hang before", 2)
            await logged(caplog, "kept silent", number + 1)
            server.say(CHAT, QUESTION)
            await server.replies(number + 1)


@pytest.mark.usefixtures("impatient")
async def test_a_telegram_that_stays_silent_ends_it(server: BotApiServer, engine: Engine, tmp_path: Path) -> None:
    """What watches over the program is to start it anew: it raises after the second silence, and says where."""
    server.lose("getUpdates", "hang before", 1000)
    with pytest.raises(NotHeard) as told:
        await serve(settings_for(server.url, tmp_path), engine, asyncio.Event())
    assert {"api": server.url, "seconds": 2 * SILENCE} == told.value.facts


async def test_a_silence_ends_the_command_with_status_1(server: BotApiServer, bridges: Path, tmp_path: Path) -> None:
    """One line says what was waited for, and for how long."""
    server.lose("getUpdates", "hang before", 1000)
    async with process(server, bridges, tmp_path, "polling.SILENCE = 0.5") as bot:
        out, err = await bot.communicate()
    assert (1, b"", 1) == ended(bot, out, err)
    assert f"{server.url} did not answer for 1 seconds" in err.decode()


Outage = Callable[[BotApiServer], Any]
OUTAGES = {
    "a page of whatever stands before it": lambda server: server.lose("getUpdates", "502", 10_000),
    "a fault": lambda server: server.fail("getUpdates", 500, times=10_000),
    "a limit": lambda server: server._failures.update(getUpdates=Failure(429, "Too Many Requests", 4)),
    "dropped connections": lambda server: server.lose("getUpdates", "drop before", 10_000),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_an_outage_that_tells_itself_is_no_silence(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture, outage: Outage
) -> None:
    """However long it takes, or Telegram says that it will."""
    async with running(server, engine, tmp_path):
        await server.called("getUpdates", 2)
        outage(server)
        await asyncio.sleep(2.5 * SILENCE)
        server.lose("getUpdates", "", 0)
        server.fail("getUpdates", 500, times=0)
        await heals(server)
    assert "kept silent" not in caplog.text


@pytest.mark.usefixtures("impatient")
async def test_nobody_there_is_no_silence(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused connections are an answer of the network."""
    async with running(server, engine, tmp_path):
        await server.called("getUpdates", 2)
        await server.__aexit__()
        await asyncio.sleep(2.5 * SILENCE)
        await server.__aenter__()
        await heals(server)
    assert "kept silent" not in caplog.text


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_cannot_be_written_is_no_silence(
    server: BotApiServer,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Meanwhile nothing is fetched; what was, is answered when it can be kept."""
    monkeypatch.setattr("bot.telegram.inbox.FIRST_WAIT", 0.1)
    monkeypatch.setattr("bot.telegram.inbox.LONGEST_WAIT", 0.2)

    async def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with running(server, engine, tmp_path):
        with monkeypatch.context() as patch:
            patch.setattr(Updates, "add", full)
            server.say(CHAT, QUESTION)
            await logged(caplog, "updates can't be kept, and stay with Telegram: database or disk is full")
            polls = len(server.of("getUpdates"))
            await asyncio.sleep(2.5 * SILENCE)
            assert (polls, []) == (len(server.of("getUpdates")), server.sent)
        await server.replies(1)
    assert "kept silent" not in caplog.text


# Standing still


async def test_a_loop_that_stands_still_ends_the_process(
    server: BotApiServer, engine: Engine, bridges: Path, tmp_path: Path
) -> None:
    """A trace says where it stood, without the token; the next start answers what was asked."""
    stands = "import time\nhandlers.Handlers.do = lambda *_: time.sleep(60)\napplication.SILENCE = 2.0"
    async with process(server, bridges, tmp_path, stands) as bot:
        server.say(CHAT, QUESTION)
        async with asyncio.timeout(30):
            out, err = await bot.communicate()
    status, printed, lines = ended(bot, out, err)
    assert (1, b"") == (status, printed)
    assert lines > 1
    assert "Timeout (0:00:02)!" in err.decode()
    assert "<lambda>" in err.decode()
    assert QUESTION not in err.decode()
    async with running(server, engine, tmp_path):
        await server.replies(1)
