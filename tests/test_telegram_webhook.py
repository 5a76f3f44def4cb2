"""The whole bot behind a webhook: what is delivered is answered once, also where it polled before or polls after."""

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BotApiServer
from botapi_world import copied
from running import QUESTION, SECRET, TOKEN, WEBHOOK, address_for, command, environment_for, running
from talks import labels

from retrieval import Engine, EngineSettings

CHATS = range(7, 12)
Bot = Callable[..., AbstractAsyncContextManager[asyncio.Event]]

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def engine(bridges: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


@pytest.fixture
def webhook(server: BotApiServer) -> dict[str, Any]:
    """The settings of a bot that is delivered to; without them it polls."""
    return address_for(server)


@pytest.fixture
def bot(server: BotApiServer, engine: Engine, tmp_path: Path) -> Bot:
    """Runs the bot for as long as a block lasts."""
    return partial(running, server, engine, tmp_path)


def answered(server: BotApiServer) -> Counter[int]:
    """How often each chat got an answer."""
    return Counter(message["chat"]["id"] for message in server.sent)


async def test_a_conversation(server: BotApiServer, bot: Bot, webhook: dict[str, Any]) -> None:
    """A question is answered and a press obeyed; at the end the webhook stays, for Telegram to keep what comes."""
    async with bot(**webhook):
        server.say(CHATS[0], QUESTION)
        [answer] = await server.replies(1)
        server.press(answer, label=next(label for label in labels(answer) if "context" in label))
        await server.called("editMessageText")
    assert [200, 200] == [status for _, status in server.delivered]
    assert WEBHOOK == server.webhook
    assert ([], []) == (server.refused, server.of("deleteWebhook"))


async def test_from_polling_to_a_webhook(server: BotApiServer, bot: Bot, webhook: dict[str, Any]) -> None:
    """What waits is delivered; what was polled but not confirmed comes again and is answered no second time."""
    polled = server.say(CHATS[0], QUESTION)
    again = {"update_id": server._last_id, "message": copied(polled)}
    async with bot():
        await server.replies(1)
    for chat in CHATS[1:]:
        server.say(chat, QUESTION)
    server._updates.insert(0, again)
    async with bot(**webhook):
        await server.until(lambda: not server._updates)
        await server.replies(len(CHATS))
    assert dict.fromkeys(CHATS, 1) == answered(server)
    assert (again["update_id"], 200) in server.delivered


async def test_from_a_webhook_to_polling(server: BotApiServer, bot: Bot, webhook: dict[str, Any]) -> None:
    """What could not be delivered is fetched; what was delivered, but not to Telegram's knowledge, is answered once."""
    async with bot(**webhook):
        delivered = server.say(CHATS[0], QUESTION)
        again = {"update_id": server._last_id, "message": copied(delivered)}
        await server.replies(1)
    for chat in CHATS[1:]:
        server.say(chat, QUESTION)
    server._updates.insert(0, again)
    async with bot():
        await server.replies(len(CHATS))
        await server.until(lambda: not server._updates)
    assert dict.fromkeys(CHATS, 1) == answered(server)
    assert "" == server.webhook


async def test_what_is_kept_is_answered_by_whoever_comes_next(
    server: BotApiServer, bot: Bot, webhook: dict[str, Any]
) -> None:
    """A question that was delivered, and whose answer did not go out, is answered by a bot that polls."""
    server.fail("sendMessage", 429, "Too Many Requests: retry after 3600", retry_after=3600)
    async with bot(**webhook):
        server.say(CHATS[0], QUESTION)
        await server.called("sendMessage")
    assert [] == server.sent
    async with bot():
        await server.replies(1)
    assert {CHATS[0]: 1} == answered(server)


@pytest.fixture
def environment(server: BotApiServer, bridges: Path, tmp_path: Path, webhook: dict[str, Any]) -> dict[str, str]:
    return environment_for(server.url, tmp_path / "data", corpus=bridges, log_level="DEBUG", **webhook)


async def test_the_command_ends_well_and_keeps_its_secrets(server: BotApiServer, environment: dict[str, str]) -> None:
    """SIGTERM ends it with status 0; neither the token nor the secret is in what it logged, whatever happened."""
    server.fail("setWebhook", 400, f"Bad Request: what is {SECRET}?")
    async with command(environment) as process:
        server.say(CHATS[0], QUESTION)
        await server.replies(1)
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert 0 == process.returncode
    assert b"setWebhook failed" in errors
    assert b"Telegram delivers to bot.example" in errors
    assert SECRET.encode() not in errors
    assert TOKEN.partition(":")[2].encode() not in errors


@pytest.mark.parametrize("secret", ["", "short"])
async def test_without_a_secret_it_does_not_begin(
    server: BotApiServer, environment: dict[str, str], secret: str
) -> None:
    """One line, status 2, and Telegram was not called."""
    async with command(environment | {"DATELINE_WEBHOOK_SECRET": secret}) as process:
        _, errors = await process.communicate()
    assert (2, []) == (process.returncode, server.calls)
    assert errors.splitlines()[-1].startswith(b"With DATELINE_WEBHOOK_URL, DATELINE_WEBHOOK_SECRET or")


async def test_where_the_port_is_taken_it_does_not_begin(server: BotApiServer, environment: dict[str, str]) -> None:
    """One line, status 2, and Telegram delivers as before."""
    port = int(environment["DATELINE_WEBHOOK_PORT"])
    with socket.create_server(("127.0.0.1", port)):
        async with command(environment) as process:
            _, errors = await process.communicate()
    assert (2, []) == (process.returncode, server.of("setWebhook"))
    assert errors.splitlines()[-1].startswith(f"DATELINE_WEBHOOK_PORT: 127.0.0.1:{port} cannot".encode())
