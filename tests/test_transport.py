"""Calls over the network: what is asked, what is answered, and how it fails."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from botapi_client import TOKEN
from botapi_server import BotApiServer
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from bot.telegram import transport
from bot.telegram.transport import Request


@pytest.fixture
async def request_() -> AsyncIterator[Request]:
    request = Request(2, 0.2)
    await request.initialize()
    yield request
    await request.shutdown()


async def test_a_call_is_made_and_answered(server: BotApiServer) -> None:
    """With its parameters, as the library writes them; what they hold arrives letter by letter."""
    server.say(7, "Hello")
    async with Bot(TOKEN, f"{server.url}/bot", request=Request(2, 20), get_updates_request=Request(1, 20)) as bot:
        sent = await bot.send_message(7, "a & b = ü 💙 %20 +", disable_notification=True)
    assert "a & b = ü 💙 %20 +" == sent.text
    assert {"chat_id": 7, "text": "a & b = ü 💙 %20 +", "disable_notification": True} == server.calls[-1].parameters


async def test_an_answer_may_take_as_long_as_is_said(server: BotApiServer, request_: Request) -> None:
    """A long poll has longer than other calls; what takes too long is a time-out."""
    server.delay("getMe", 0.5)
    url = f"{server.url}/bot{TOKEN}/getMe"
    assert 200 == (await request_.do_request(url, "POST", read_timeout=5))[0]
    with pytest.raises(TimedOut) as told:
        await request_.do_request(url, "POST")
    assert isinstance(told.value.__cause__, aiohttp.SocketTimeoutError)
    assert 0.2 == request_.read_timeout


async def test_a_status_is_an_answer(server: BotApiServer, request_: Request) -> None:
    """What it means is the library's business."""
    status, body = await request_.do_request(f"{server.url}/bot{TOKEN}/nothing", "POST")
    assert 404 == status
    assert b'"ok": false' in body


async def test_without_a_server_nothing_was_sent(server: BotApiServer, request_: Request) -> None:
    """The token is not in what is told."""
    await server.__aexit__()
    with pytest.raises(NetworkError) as told:
        await request_.do_request(f"{server.url}/bot{TOKEN}/getMe", "POST")
    await server.__aenter__()
    assert isinstance(told.value.__cause__, aiohttp.ClientConnectorError)
    assert TOKEN not in str(told.value)


async def test_no_more_calls_at_once_than_connections(
    server: BotApiServer, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait until one is free, and not for ever."""
    monkeypatch.setattr(transport, "ROOM", 0.05)
    server.delay("getMe", 0.15)
    url = f"{server.url}/bot{TOKEN}/getMe"
    results = await asyncio.gather(*(request_.do_request(url, "POST") for _ in range(3)), return_exceptions=True)
    [late] = [result for result in results if isinstance(result, TimedOut)]
    assert isinstance(late.__cause__, aiohttp.ConnectionTimeoutError)
    assert 2 == len(server.of("getMe"))


async def test_it_can_be_opened_again(server: BotApiServer, request_: Request) -> None:
    """Over new connections; to close what is closed, and to open what is open, does nothing."""
    url = f"{server.url}/bot{TOKEN}/getMe"
    await request_.do_request(url, "POST")
    await request_.shutdown()
    await request_.shutdown()
    await request_.initialize()
    await request_.initialize()
    assert 200 == (await request_.do_request(url, "POST"))[0]


async def test_no_cookie_is_kept(request_: Request) -> None:
    """What one answer sets, the next call does not show."""
    assert isinstance(request_._session and request_._session.cookie_jar, aiohttp.DummyCookieJar)
