"""The tests' Bot API server delivers to a webhook as Telegram does."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from botapi_client import Caller
from botapi_server import BotApiServer
from botapi_webhook import SECRET
from botapi_world import copied

from bot.serving import answer, body, serving

URL = "https://bot.example/hook"


class Taker:
    """What takes deliveries; `answers` are the next statuses, then 200."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.secrets: set[str | None] = set()
        self.answers: list[int] = []
        self.open = asyncio.Event()
        self.open.set()
        self.came = asyncio.Semaphore(0)

    async def take(self, request: web.BaseRequest) -> web.Response:
        """Take one."""
        update = json.loads(await body(request))
        self.came.release()
        await self.open.wait()
        status = self.answers.pop(0) if self.answers else 200
        self.seen.append((update["message"]["chat"]["id"], status))
        self.secrets.add(request.headers.get(SECRET))
        return answer(status)


@pytest.fixture
async def taker(server: BotApiServer) -> AsyncIterator[Taker]:
    taker = Taker()
    async with serving("127.0.0.1", 0, {"/hook": taker.take}, "") as port:
        server.gateway = f"http://127.0.0.1:{port}"
        yield taker


async def settled(server: BotApiServer) -> None:
    await server.until(lambda: not server._updates, within=5)


async def test_what_waits_is_delivered(server: BotApiServer, call: Caller, taker: Taker) -> None:
    """What came before the webhook was set, and after, with the secret."""
    server.say(7, "a")
    assert (200, True) == await call("setWebhook", url=URL, secret_token="s" * 16)
    server.say(7, "b")
    await settled(server)
    assert [(7, 200), (7, 200)] == taker.seen
    assert {"s" * 16} == taker.secrets
    assert 0 == (await call("getWebhookInfo"))[1]["pending_update_count"]


async def test_what_is_refused_comes_again(server: BotApiServer, call: Caller, taker: Taker) -> None:
    """Until it is taken, and what comes after it in that chat waits."""
    taker.answers = [500, 403]
    server.say(7, "a")
    server.say(7, "b")
    first, second = (update["update_id"] for update in copied(server._updates))
    await call("setWebhook", url=URL)
    await settled(server)
    assert [500, 403, 200, 200] == [status for _, status in taker.seen]
    assert [first, first, first, second] == [number for number, _ in server.delivered]
    failure = (await call("getWebhookInfo"))[1]
    assert "Wrong response from the webhook: 403 Forbidden" == failure["last_error_message"]


async def test_chats_do_not_wait_for_each_other(server: BotApiServer, call: Caller, taker: Taker) -> None:
    """As many deliveries are under way as the bot allows, of each chat one."""
    taker.open.clear()
    for chat in (7, 7, 8, 9):
        server.say(chat, "a")
    await call("setWebhook", url=URL, max_connections=2)
    async with asyncio.timeout(5):
        await taker.came.acquire()
        await taker.came.acquire()
    assert taker.came.locked()
    taker.open.set()
    await settled(server)
    assert [7, 7, 8, 9] == sorted(chat for chat, _ in taker.seen)


async def test_nobody_there(server: BotApiServer, call: Caller) -> None:
    """What can't be delivered stays, and can be fetched when there is no webhook any more."""
    server.say(7, "a")
    await call("setWebhook", url=URL)
    await server.until(lambda: server._failure is not None, within=5)
    assert "Failed to resolve host" in (await call("getWebhookInfo"))[1]["last_error_message"]
    await call("deleteWebhook")
    assert 1 == len((await call("getUpdates"))[1])


async def test_a_poll_under_way_gives_way(server: BotApiServer, call: Caller) -> None:
    """A webhook ends it."""
    poll = asyncio.create_task(call("getUpdates", timeout=4))
    await server.called("getUpdates", 0)
    await server.until(lambda: server._polls == 1, within=5)
    await call("setWebhook", url=URL)
    assert 409 == (await poll)[0]


@pytest.mark.parametrize(
    "parameters",
    [{"url": "http://bot.example"}, {"url": "https://bot.example:8080/"}, {"url": URL, "secret_token": "a b"}],
    ids=["no https", "port", "secret"],
)
async def test_what_telegram_refuses(call: Caller, parameters: dict[str, str]) -> None:
    """An address that is not secure, at another port than four, and a secret with other letters."""
    assert 400 == (await call("setWebhook", **parameters))[0]


async def test_a_taker_that_leaves(server: BotApiServer, call: Caller) -> None:
    """A connection that is refused counts as a delivery that failed."""
    async with serving("127.0.0.1", 0, {}, "") as port:
        server.gateway = f"http://127.0.0.1:{port}"
    server.say(7, "a")
    await call("setWebhook", url=URL)
    await server.until(lambda: server._failure is not None, within=5)
    assert [] == server.delivered
