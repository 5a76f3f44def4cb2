"""Outcomes: every error that a call to Telegram can end with, and what is done about it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from botapi_client import TOKEN
from botapi_server import BotApiServer
from multidict import CIMultiDict, CIMultiDictProxy
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from yarl import URL

from bot import metrics
from bot.telegram.outcomes import TABLE, Outcome, met, quietly, seconds
from bot.telegram.transport import Request

TOLD = [
    (403, "Forbidden: bot was blocked by the user", "forbidden", Outcome.NOBODY),
    (403, "Forbidden: bot was kicked from the supergroup chat", "forbidden", Outcome.NOBODY),
    (403, "Forbidden: user is deactivated", "forbidden", Outcome.NOBODY),
    (403, "Forbidden: bot can't initiate conversation with a user", "forbidden", Outcome.NOBODY),
    (401, "Unauthorized", "token", Outcome.FAULT),
    (404, "Not Found", "token", Outcome.FAULT),
    (409, "Conflict: terminated by other getUpdates request", "conflict", Outcome.AGAIN),
    (
        400,
        "message is not modified: specified new message content and reply markup are exactly the same",
        "",
        Outcome.DONE,
    ),
    (400, "message to edit not found", "gone", Outcome.GONE),
    (400, "message can't be edited", "gone", Outcome.GONE),
    (400, "MESSAGE_ID_INVALID", "gone", Outcome.GONE),
    (400, "query is too old and response timeout expired or query ID is invalid", "gone", Outcome.NOBODY),
    (400, "chat not found", "forbidden", Outcome.NOBODY),
    (400, "not enough rights to send text messages to the chat", "forbidden", Outcome.NOBODY),
    (400, "have no rights to send a message", "forbidden", Outcome.NOBODY),
    (400, "need administrator rights in the channel chat", "forbidden", Outcome.NOBODY),
    (400, "CHAT_WRITE_FORBIDDEN", "forbidden", Outcome.NOBODY),
    (400, "TOPIC_CLOSED", "forbidden", Outcome.NOBODY),
    (400, "PEER_ID_INVALID", "forbidden", Outcome.NOBODY),
    (400, 'can\'t parse entities: Unsupported start tag "h1" at byte offset 0', "markup", Outcome.AS_TEXT),
    (400, "ENTITY_BOUNDS_INVALID", "markup", Outcome.AS_TEXT),
    (400, "BUTTON_URL_INVALID", "markup", Outcome.WITHOUT_BUTTONS),
    (400, "reply markup is too long", "markup", Outcome.WITHOUT_BUTTONS),
    (400, "can't parse inline keyboard button: Text buttons are unallowed", "markup", Outcome.WITHOUT_BUTTONS),
    (400, "message thread not found", "gone", Outcome.WITHOUT_TOPIC),
    (400, "TOPIC_DELETED", "gone", Outcome.WITHOUT_TOPIC),
    (400, "message to be replied not found", "gone", Outcome.WITHOUT_REPLY),
    (400, "reply message not found", "gone", Outcome.WITHOUT_REPLY),
    (400, "message is too long", "refused", Outcome.FAULT),
    (400, "message text is empty", "refused", Outcome.FAULT),
    (400, "something new", "refused", Outcome.FAULT),
    (429, "Too Many Requests: retry later", "429", Outcome.AGAIN),
    (500, "Internal Server Error: restart", "5xx", Outcome.LOOK),
    (504, "Gateway Timeout", "5xx", Outcome.LOOK),
]
LOST = [
    ("drop before", "network", Outcome.LOOK),
    ("drop after", "network", Outcome.LOOK),
    ("hang before", "network", Outcome.LOOK),
    ("hang after", "network", Outcome.LOOK),
    ("429", "429", Outcome.WAIT),
    ("500", "5xx", Outcome.LOOK),
    ("502", "5xx", Outcome.LOOK),
]


KEY = ConnectionKey("api.telegram.org", 443, True, True, None, None, None)
NO_SERVER = aiohttp.ClientConnectorError(KEY, OSError("refused"))
NO_CERTIFICATE = aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("expired"))
NO_PROXY = aiohttp.ClientHttpProxyError(
    aiohttp.RequestInfo(URL("http://proxy"), "CONNECT", CIMultiDictProxy(CIMultiDict())), (), status=403
)


@asynccontextmanager
async def calling(url: str, patience: float = 0.1) -> AsyncIterator[Bot]:
    """A bot with one connection and little patience."""
    async with Bot(TOKEN, f"{url}/bot", request=Request(1, patience), get_updates_request=Request(1, 0.1)) as bot:
        yield bot


async def raised(call: Awaitable[object]) -> TelegramError:
    with pytest.raises(TelegramError) as raised:
        await call
    return raised.value


def of(error: TelegramError) -> tuple[str, Outcome]:
    row = met(error)
    return row.kind, row.outcome


@pytest.mark.parametrize(("status", "words", "kind", "outcome"), TOLD)
async def test_what_telegram_says(server: BotApiServer, status: int, words: str, kind: str, outcome: Outcome) -> None:
    """It says it in words, and what is done hangs on them."""
    server.say(7, "Hello")
    async with calling(server.url) as bot:
        server.fail("sendMessage", status, words)
        assert (kind, outcome) == of(await raised(bot.send_message(7, "a")))


@pytest.mark.parametrize(("how", "kind", "outcome"), LOST)
async def test_what_becomes_of_a_connection(server: BotApiServer, how: str, kind: str, outcome: Outcome) -> None:
    """Where it broke after the message had left, or the server did, that may have arrived."""
    server.say(7, "Hello")
    async with calling(server.url) as bot:
        server.lose("sendMessage", how)
        assert (kind, outcome) == of(await raised(bot.send_message(7, "a")))


async def test_a_group_that_has_moved_is_followed(server: BotApiServer) -> None:
    """Telegram says where to."""
    async with calling(server.url) as bot:
        new = server.migrate(-5)
        error = await raised(bot.send_message(-5, "a"))
        assert ("gone", Outcome.FOLLOW, new) == (*of(error), getattr(error, "new_chat_id", None))


async def test_what_never_left_did_not_arrive(server: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection was free, or there was no server: nothing has to be looked for."""
    monkeypatch.setattr("bot.telegram.transport.ROOM", 0.05)
    server.say(7, "Hello")
    async with calling(server.url, patience=60) as bot:
        server.lose("getMe", "hang before")
        hanging = asyncio.ensure_future(bot.get_me())
        await server.called("getMe", 2)  # the first was the bot's own
        assert ("network", Outcome.AGAIN) == of(await raised(bot.send_message(7, "a")))
        hanging.cancel()
        await server.__aexit__()
        assert ("network", Outcome.AGAIN) == of(await raised(bot.send_message(7, "a")))
        await server.__aenter__()
    assert [] == server.sent


@pytest.mark.parametrize("cause", [aiohttp.ConnectionTimeoutError(), NO_SERVER, NO_CERTIFICATE, NO_PROXY])
def test_a_connection_that_was_never_made(cause: Exception) -> None:
    """As the library passes it on."""
    error = TimedOut()
    error.__cause__ = cause
    assert ("network", Outcome.AGAIN) == of(error)


@pytest.mark.parametrize(
    "cause",
    [aiohttp.ServerDisconnectedError(), aiohttp.ClientOSError(), aiohttp.SocketTimeoutError(), OSError("x")],
)
def test_a_connection_that_broke(cause: Exception) -> None:
    """Whatever broke it."""
    error = NetworkError("x")
    error.__cause__ = cause
    assert ("network", Outcome.LOOK) == of(error)


def test_an_answer_that_cannot_be_read() -> None:
    """Half an answer is the answer to a call that was carried out, perhaps."""
    assert ("5xx", Outcome.LOOK) == of(TelegramError("Invalid server response"))


async def test_a_page_is_believed_in_nothing(server: BotApiServer) -> None:
    """A proxy that says 403 does not know whether somebody has blocked the bot."""
    error = await raised(_refused_by_a_proxy())
    assert ("5xx", Outcome.LOOK) == of(error)


async def _refused_by_a_proxy() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as proxy:
        url = "http://{}:{}".format(*proxy.sockets[0].getsockname())
        await Bot(TOKEN, f"{url}/bot").get_me()


def test_no_word_hides_behind_another() -> None:
    """Each is looked for in its row, and no row before it takes it for one of its own."""
    words = [(word, row) for row in TABLE for word in row.words]
    assert [row for _, row in words] == [met(row.error(f"Bad Request: {word.upper()}")) for word, row in words]


def test_how_long_to_wait() -> None:
    """In seconds, however the library says it."""
    assert 3 == seconds(RetryAfter(3))


async def test_what_nobody_waits_for_fails_quietly_and_is_counted(
    server: BotApiServer, counted: Callable[[str], float]
) -> None:
    """By its kind."""
    kinds = {"429": "429", "500": "5xx", "drop before": "network"}
    before = {kind: counted(kind) for kind in kinds.values()}
    async with calling(server.url) as bot:
        for how in kinds:
            server.lose("deleteMessage", how)
            await quietly(lambda: bot.delete_message(7, 1))
    assert {kind: number + 1 for kind, number in before.items()} == {kind: counted(kind) for kind in kinds.values()}


@pytest.fixture
def counted() -> Callable[[str], float]:
    """How many errors of a kind were counted."""

    def count(kind: str) -> float:
        lines = metrics.page().decode().splitlines()
        return sum(
            float(line.rpartition(" ")[2]) for line in lines if line.startswith(f'dateline_errors_total{{kind="{kind}"')
        )

    return count
