"""The bot's life on Telegram: how it starts, what it outlives, and how it ends."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BotApiServer
from running import QUESTION, TOKEN, command, environment_for, logged, running, settings_for

from bot import health, logs
from bot.errors import ApiBaseUrlInvalid, TokenRefused
from bot.rendering import Renderer
from bot.telegram import application
from bot.telegram.application import build, run, serve
from retrieval import Engine, EngineSettings

CHAT = 7
COMMAND = (sys.executable, "-m", "bot", "run")


@pytest.fixture
async def engine(bridges: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


Bot = Callable[[], AbstractAsyncContextManager[asyncio.Event]]


@pytest.fixture
def bot(server: BotApiServer, engine: Engine, tmp_path: Path) -> Bot:
    """Runs the bot for as long as a block lasts."""
    return partial(running, server, engine, tmp_path)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(autouse=True)
def _say_everything(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO, "bot"):
        yield


async def test_the_profile_is_set_at_the_start(server: BotApiServer, bot: Bot) -> None:
    """Commands with their descriptions and both descriptions of the bot come from prompts/."""
    async with bot():
        await server.called("setMyShortDescription")
    words = Renderer("text")
    assert {"start", "help", "sources"} < {command["command"] for command in server.profile["MyCommands"]}
    assert {"description": words.render("bot_description")} == server.profile["MyDescription"]
    assert {"short_description": words.render("bot_short_description")} == server.profile["MyShortDescription"]
    assert server.refused == []


async def test_a_profile_that_cannot_be_set_stops_nothing(
    server: BotApiServer, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """Telegram allows few changes a day; the bot answers all the same."""
    server.fail("setMyDescription", 429, "Too Many Requests: retry after 40000", retry_after=40000)
    async with bot():
        await server.called("setMyShortDescription")
        server.say(CHAT, QUESTION)
        await server.replies(1)
    assert "set_my_description failed" in caplog.text


async def test_a_webhook_gives_way(server: BotApiServer, bot: Bot) -> None:
    """A webhook left over from elsewhere is removed, what waited for it is answered."""
    server.webhook = "https://example.org"
    server.say(CHAT, QUESTION)
    async with bot():
        await server.replies(1)
    assert server.refused == []


async def test_only_what_is_handled_is_asked_for(server: BotApiServer, bot: Bot) -> None:
    """The first poll returns at once, the next is a long one; both name what is handled."""
    async with bot():
        first, second = (await server.called("getUpdates", 2))[:2]
    assert [first.parameters["timeout"], second.parameters["timeout"]] == [0, 25]
    handled = ["message", "edited_message", "callback_query", "inline_query"]
    assert handled == second.parameters["allowed_updates"]


async def test_each_poll_leaves_a_sign_of_life(server: BotApiServer, bot: Bot, tmp_path: Path) -> None:
    """The heartbeat is there as soon as Telegram has answered once."""
    assert health.age(tmp_path) is None
    async with bot():
        await server.called("getUpdates", 2)
        assert health.age(tmp_path) is not None


async def test_what_was_answered_is_not_fetched_again(server: BotApiServer, bot: Bot) -> None:
    """The offset moves on, over a restart too."""
    async with bot():
        server.say(CHAT, QUESTION)
        await server.replies(1)
    async with bot():
        server.say(CHAT, "/help")
        await server.replies(2)
    assert len(server.sent) == 2
    assert server.refused == []


async def test_an_update_that_cannot_be_read_is_left_out(
    server: BotApiServer, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """The updates behind it are answered, and it is confirmed with them."""
    number = server.push(message={"message_id": "no number", "text": "private words"})
    server.say(CHAT, QUESTION)
    async with bot():
        await server.replies(1)
    assert f"update {number} is set aside: Malformed" in caplog.text
    assert "private words" not in caplog.text
    assert number + 1 < server.of("getUpdates")[-1].parameters["offset"]


async def test_a_server_that_is_away_is_waited_for(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a network at the start, and with one that goes later, it tries again: one line for each attempt."""
    await server.__aexit__()
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings_for(server.url, tmp_path), engine, stop))
    await logged(caplog, "getMe failed")
    await server.__aenter__()
    server.say(CHAT, QUESTION)
    await server.replies(1)
    await server.__aexit__()
    await logged(caplog, "getUpdates failed")
    await server.__aenter__()
    server.say(CHAT, QUESTION)
    await server.replies(2)
    stop.set()
    await bot
    failed = [record for record in caplog.records if "failed, next attempt in" in record.getMessage()]
    assert [None] * len(failed) == [record.exc_info for record in failed]


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        ({"method": "getMe", "status": 500}, "getMe failed, next attempt in 0.5 s: Internal Server Error"),
        ({"method": "deleteWebhook", "status": 502}, "deleteWebhook failed, next attempt in 0.5 s"),
        ({"method": "getUpdates", "status": 429, "retry_after": 1}, "getUpdates failed, next attempt in 1 s"),
        ({"method": "getUpdates", "status": 409}, "in 0.5 s: someone else receives the updates of this bot"),
    ],
)
async def test_what_fails_is_tried_again(
    server: BotApiServer, bot: Bot, caplog: pytest.LogCaptureFixture, failure: dict[str, Any], line: str
) -> None:
    """Errors of the server, limits and another poller: one line that says which, and another attempt."""
    server.fail(**failure)
    server.say(CHAT, QUESTION)
    async with bot():
        await server.replies(1)
    assert caplog.text.count("next attempt") == 1
    assert line in caplog.text


@pytest.mark.parametrize("token", ["123456789:WRONG", "nonsense", "12:a b", "12:a/b", "12:a\nb", "12:a%2Fb"])
async def test_a_wrong_token_ends_it(server: BotApiServer, engine: Engine, tmp_path: Path, token: str) -> None:
    """A token that Telegram does not know, or that can't be one, is a mistake that names its setting."""
    with pytest.raises(TokenRefused) as refused:
        await serve(settings_for(server.url, tmp_path, token), engine, asyncio.Event())
    assert {"setting": "TELEGRAM_BOT_TOKEN", "api": server.url} == refused.value.facts
    assert token not in str(refused.value)


async def test_no_token_is_a_wrong_one(engine: Engine, tmp_path: Path) -> None:
    """Whoever asks for Telegram without a token learns which setting it is."""
    with pytest.raises(TokenRefused):
        await serve(settings_for("http://127.0.0.1:9", tmp_path, " "), engine, asyncio.Event())


async def test_a_token_that_is_withdrawn_ends_it(server: BotApiServer, engine: Engine, tmp_path: Path) -> None:
    """The process does not stay as a shell that polls nothing."""
    bot = asyncio.create_task(serve(settings_for(server.url, tmp_path), engine, asyncio.Event()))
    await server.called("getUpdates", 2)
    server.token = "123456789:another"
    server.say(CHAT, QUESTION)
    with pytest.raises(TokenRefused):
        await bot


@pytest.mark.parametrize("url", ["{}/", " {} "])
async def test_an_address_may_end_with_a_slash(server: BotApiServer, engine: Engine, tmp_path: Path, url: str) -> None:
    """What is appended to the address fits either way."""
    application = build(settings_for(url.format(server.url), tmp_path))
    assert f"{server.url}/bot{TOKEN}" == application.bot.base_url
    assert f"{server.url}/file/bot{TOKEN}" == application.bot.base_file_url


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8081",
        "ftp://host",
        "http://",
        "http://host:port",
        "http://[::1",
        "http://host:99999",
        "http://a b",
        "http://h/?a=b",
        "x",
    ],
)
async def test_an_address_that_is_none_is_named(engine: Engine, tmp_path: Path, url: str) -> None:
    """A mistake in TELEGRAM_API_BASE_URL is told with its value, before anything is sent."""
    with pytest.raises(ApiBaseUrlInvalid) as invalid:
        await serve(settings_for(url, tmp_path), engine, asyncio.Event())
    assert {"setting": "TELEGRAM_API_BASE_URL", "value": url} == invalid.value.facts


async def test_a_stop_does_not_wait_for_the_network(
    server: BotApiServer, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While it waits for the next attempt, a stop ends it at once."""
    server.fail("getMe", 429, "Too Many Requests: retry after 3600", retry_after=3600)
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings_for(server.url, tmp_path), engine, stop))
    await server.called("getMe")
    await logged(caplog, "next attempt")
    stop.set()
    async with asyncio.timeout(5):
        await bot


async def test_a_stop_does_not_wait_for_ever_for_an_answer(
    server: BotApiServer, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer that Telegram holds back is given up in the end, and so is what waits behind it."""
    server.fail("sendMessage", 429, "Too Many Requests: retry after 3600", retry_after=3600)
    async with bot() as stop:
        server.say(CHAT, QUESTION)
        server.say(CHAT, QUESTION)
        await server.called("sendMessage")
        stop.set()
    assert "stopped while 1 answers were being sent" in caplog.text


async def test_what_nobody_foresaw_ends_it(server: BotApiServer, engine: Engine, tmp_path: Path) -> None:
    """An answer that is none of Telegram's is raised, for a supervisor to see, and not repeated for ever."""
    server.fail("getUpdates", 200, "success, but no result")
    with pytest.raises(KeyError):
        await serve(settings_for(server.url, tmp_path), engine, asyncio.Event())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_with_status_0(
    number: signal.Signals, tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first poll is answered by a signal, and the run ends as it should."""
    monkeypatch.setattr(application, "CLOSING", 60)  # or all tests would end where closing takes longer
    ready, done = threading.Event(), threading.Event()

    async def serve_until_done() -> None:
        async with BotApiServer(TOKEN) as server:
            server.on_call = lambda call: os.kill(os.getpid(), number) if server.of("getUpdates") == [call] else None
            urls.append(server.url)
            ready.set()
            await asyncio.to_thread(done.wait)

    urls: list[str] = []
    thread = threading.Thread(target=asyncio.run, args=(serve_until_done(),))
    thread.start()
    ready.wait()
    try:
        assert run(settings_for(urls[0], tmp_path)) == 0
    finally:
        done.set()
        thread.join()


@pytest.fixture
def environment(server: BotApiServer, tmp_path: Path) -> dict[str, str]:
    return environment_for(f"{server.url}/", tmp_path / "data", log_level="DEBUG")


async def test_the_command_answers_and_ends_well(server: BotApiServer, environment: dict[str, str]) -> None:
    """From getUpdates to sendMessage over the seeds; SIGTERM ends it with status 0, after what is under way."""
    server.delay("sendMessage", 0.2)
    async with command(environment | {"DATELINE_LOG_QUESTIONS": "true"}) as process:
        server.say(CHAT, "Who leads the coalition of the willing?")
        await server.called("sendMessage", within=20)
        process.terminate()
        out, err = await process.communicate()
    assert (process.returncode, out) == (0, b"")
    assert "United Kingdom" in server.sent[0]["text"]
    assert server.refused == []
    assert TOKEN not in err.decode()
    assert TOKEN.partition(":")[2] not in err.decode()
    assert logs.REDACTED in err.decode()


async def test_the_command_names_a_wrong_token_in_one_line(server: BotApiServer, environment: dict[str, str]) -> None:
    """Status 2, one line, and the token is not in it."""
    wrong = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDxxx"
    environment |= {"TELEGRAM_BOT_TOKEN": wrong, "DATELINE_LOG_LEVEL": "WARNING"}
    async with command(environment) as process:
        _, err = await process.communicate()
    assert (process.returncode, len(err.decode().splitlines())) == (2, 1)
    assert "TELEGRAM_BOT_TOKEN" in err.decode()
    assert wrong not in err.decode()


async def test_the_command_keeps_trying_and_can_be_stopped(server: BotApiServer, environment: dict[str, str]) -> None:
    """Without a network there is one line for each attempt, and SIGTERM ends it with status 0."""
    await server.__aexit__()
    async with command(environment | {"DATELINE_LOG_LEVEL": "WARNING"}) as process:
        assert process.stderr
        line = await process.stderr.readline()
        process.terminate()
        _, rest = await process.communicate()
    assert b"getMe failed, next attempt in 0.5 s" in line
    assert (process.returncode, rest) == (0, b"")
    assert TOKEN not in line.decode()


def test_the_command_can_be_stopped_while_it_reads(environment: dict[str, str], bridges: Path) -> None:
    """A first start with many articles takes a while; whoever stops it then need not wait."""
    for number in range(300):
        (bridges / f"{number}.txt").write_text(f"A bridge\n\nBridge number {number} was opened on Monday.\n" * 20)
    with subprocess.Popen([*COMMAND, "--corpus", str(bridges)], env=environment) as process:
        for _ in range(1000):
            if list(Path(environment["DATELINE_DATA_DIR"]).glob("cache.db*")):
                break
            time.sleep(0.01)
        process.terminate()
    assert process.returncode == 0
