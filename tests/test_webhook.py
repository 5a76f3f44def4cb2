"""Deliveries: who may make them, when they are answered, and what becomes of those that fail."""

import asyncio
import json
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from botapi_server import BotApiServer
from running import SECRET, TOKEN, WEBHOOK, address_for, settings_for
from telegram import Bot
from telegram.error import InvalidToken

from bot import logs
from bot.errors import PortUnavailable
from bot.rendering import Renderer
from bot.settings import SettingInvalid, Settings, TokenFileUnreadable, WebhookSecretInvalid, load
from bot.telegram import webhook
from bot.telegram.polling import ALLOWED_UPDATES
from bot.telegram.webhook import HEADER, Webhook

UPDATE = {"update_id": 5, "message": {"text": "Who opened the bridge?"}}


class Kept:
    """What was received and how often life was shown; `failures` are raised first."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.failures: list[Exception] = []
        self.open = asyncio.Event()
        self.open.set()
        self.beats = 0
        self.beaten = asyncio.Event()

    async def receive(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keep them."""
        await self.open.wait()
        if self.failures:
            raise self.failures.pop()
        self.updates += updates

    def beat(self) -> None:
        """Count it."""
        self.beats += 1
        self.beaten.set()

    async def next_beat(self) -> None:
        """Wait for one."""
        self.beaten.clear()
        await asyncio.wait_for(self.beaten.wait(), 5)

    @property
    def numbers(self) -> list[int]:
        return [update["update_id"] for update in self.updates]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def settings(server: BotApiServer, tmp_path: Path) -> Settings:
    return settings_for(server.url, tmp_path, **address_for(server))


Listening = Callable[[], Any]


@pytest.fixture
async def listening(server: BotApiServer, kept: Kept, settings: Settings) -> Listening:
    """Takes deliveries for as long as a block lasts."""

    @asynccontextmanager
    async def listening() -> AsyncIterator["asyncio.Task[None]"]:
        async with Bot(TOKEN, base_url=f"{server.url}/bot") as bot:
            running = asyncio.create_task(Webhook(bot, settings, kept.receive, kept.beat).run())
            done = asyncio.create_task(server.until(lambda: bool(server.webhook)))
            await asyncio.wait((running, done), return_when=asyncio.FIRST_COMPLETED)
            done.cancel()
            try:
                yield running
            finally:
                running.cancel()
                await asyncio.wait((running, done))

    return listening


@pytest.fixture
async def client(server: BotApiServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


@pytest.fixture
def deliver(server: BotApiServer, listening: Listening, client: httpx.AsyncClient) -> Callable[..., Any]:
    """Sends something to the address, by default as Telegram does; the status of the answer."""

    async def deliver(
        content: bytes | dict[str, Any] = UPDATE, method: str = "POST", path: str = "/hook", **headers: Any
    ) -> int:
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await client.request(
            method, server.gateway + path, content=content, headers={HEADER: SECRET} | headers
        )
        assert b"" == answer.content
        return answer.status_code

    return deliver


@pytest.fixture(autouse=True)
def _say_everything(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO, "bot"):
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at what Telegram says all the time."""
    monkeypatch.setattr(webhook, "BEATEN_EVERY", 0.01)
    monkeypatch.setattr(webhook, "BEATS", 2)


async def test_telegram_is_told_where_to_deliver(server: BotApiServer, listening: Listening) -> None:
    """The address, the secret, what is handled, and that nothing is dropped; it stays so when the bot has ended."""
    server.fail("setWebhook", 502)
    async with listening():
        pass
    told = server.of("setWebhook")[-1].parameters
    assert (WEBHOOK, SECRET, ALLOWED_UPDATES) == (told["url"], told["secret_token"], told["allowed_updates"])
    assert not told.get("drop_pending_updates")
    assert WEBHOOK == server.webhook
    assert server.refused == []


async def test_what_is_delivered_is_kept_as_it_came(server: BotApiServer, listening: Listening, kept: Kept) -> None:
    """What waited, and what people send now; fields that the library does not know stay, too."""
    server.say(7, "One", new_field={"x": 1})
    async with listening():
        server.say(7, "Two")
        await server.until(lambda: len(server.delivered) == 2)
    assert [(number, 200) for number in kept.numbers] == server.delivered
    assert [("One", {"x": 1}), ("Two", None)] == [
        (update["message"]["text"], update["message"].get("new_field")) for update in kept.updates
    ]


async def test_what_people_send_meanwhile_waits(server: BotApiServer, listening: Listening, kept: Kept) -> None:
    """Telegram holds what nobody takes, and delivers it when the bot is there again."""
    async with listening():
        server.say(7, "One")
        await server.until(lambda: bool(server.delivered))
    server.say(7, "Two")
    await server.until(lambda: server._failure is not None)
    async with listening():
        await server.until(lambda: len(server.delivered) == 2)
    assert ["One", "Two"] == [update["message"]["text"] for update in kept.updates]


async def test_the_answer_waits_until_it_is_kept(listening: Listening, deliver: Callable[..., Any], kept: Kept) -> None:
    """Nothing is confirmed before."""
    async with listening():
        kept.open.clear()
        delivery = asyncio.create_task(deliver())
        done, _ = await asyncio.wait((delivery,), timeout=0.1)
        assert not done
        kept.open.set()
        assert 200 == await delivery
    assert [UPDATE] == kept.updates


async def test_what_can_t_be_kept_is_delivered_again(
    server: BotApiServer, listening: Listening, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that is full, and whatever else goes wrong, confirm nothing."""
    kept.failures = [ZeroDivisionError(), sqlite3.OperationalError("database or disk is full")]
    async with listening():
        server.say(7, "Hello")
        await server.until(lambda: len(server.delivered) == 3)
    assert [500, 500, 200] == [status for _, status in server.delivered]
    [number] = kept.numbers
    assert f"update {number} can't be kept, and Telegram is to send it again: database or disk is full" in caplog.text
    assert "Hello" not in caplog.text


@pytest.mark.parametrize("shown", [None, "", SECRET[:-1], f"{SECRET}s", SECRET.upper(), "ключ".encode(), b"\xff\xfe"])
async def test_who_does_not_know_the_secret(
    listening: Listening, kept: Kept, settings: Settings, client: httpx.AsyncClient, shown: str | bytes | None
) -> None:
    """Nobody else is listened to: the answer comes although the body never does."""
    head = b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n"
    if shown is not None:
        head += HEADER.encode() + b": " + (shown if isinstance(shown, bytes) else shown.encode()) + b"\r\n"
    async with listening(), asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.webhook_port)
        writer.write(head + b"\r\n")
        assert b"HTTP/1.1 403 Forbidden\r\n" == await reader.readline()
        writer.close()
    assert [] == kept.updates


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/hook"), ("PUT", "/hook"), ("POST", "/"), ("POST", "/hook/"), ("POST", "/metrics")]
)
async def test_nothing_else_is_there(
    listening: Listening, deliver: Callable[..., Any], kept: Kept, method: str, path: str
) -> None:
    """Only the path of the address, and only to post."""
    async with listening():
        assert 404 == await deliver(method=method, path=path)
    assert [] == kept.updates


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1]",
        b"null",
        b'"update_id"',
        b'{"message": {"text": "private"}}',
        b'{"update_id": "5", "text": "private"}',
        b'{"update_id": true}',
        b'{"update_id": 5.0}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b"[" * 500_000,
        b'{"update_id": 5, "a": ' + b'{"a": ' * 100_000,
    ],
    ids=lambda content: repr(content[:40]),
)
async def test_what_is_no_update(
    listening: Listening, deliver: Callable[..., Any], kept: Kept, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    """It is refused, in one line of the log that holds nothing of it."""
    async with listening():
        assert 400 == await deliver(content)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["a delivery was no update and is refused"] == told
    assert [] == kept.updates


async def test_a_megabyte_at_most(listening: Listening, deliver: Callable[..., Any], kept: Kept) -> None:
    """What is larger is refused."""
    async with listening():
        assert 413 == await deliver({"update_id": 1, "text": "x" * 1_000_000})
        assert 200 == await deliver({"update_id": 2, "text": "x" * 900_000})
    assert [2] == kept.numbers


async def test_each_delivery_shows_life(listening: Listening, deliver: Callable[..., Any], kept: Kept) -> None:
    """So does the beginning."""
    async with listening():
        await kept.next_beat()
        before = kept.beats
        await deliver()
        assert before + 1 == kept.beats


@pytest.mark.usefixtures("quick")
async def test_life_goes_on_when_nobody_writes(server: BotApiServer, listening: Listening, kept: Kept) -> None:
    """While Telegram says nothing of failures, a quiet day is a good day."""
    async with listening():
        await server.called("getWebhookInfo", 2)
        await kept.next_beat()
    assert server.refused == []


@pytest.mark.usefixtures("quick")
async def test_deliveries_that_fail_are_told_once(
    server: BotApiServer, listening: Listening, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what Telegram says, and life is not shown until something arrives again."""
    async with listening():
        gateway, server.gateway = server.gateway, ""
        server.again = 0.5
        server.say(7, "Hello")
        await server.until(lambda: server._failure is not None)
        await server.called("getWebhookInfo", len(server.of("getWebhookInfo")) + 2)
        before = kept.beats
        await server.called("getWebhookInfo", len(server.of("getWebhookInfo")) + 2)
        assert before == kept.beats
        server.gateway = gateway
        await server.until(lambda: bool(server.delivered))
        await kept.next_beat()
    told = [record.getMessage() for record in caplog.records if "a delivery failed" in record.getMessage()]
    assert all("Failed to resolve host: Name or service not known; updates that wait: 1" in line for line in told)
    assert len(told) == len(set(told))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("other", "who"), [("https://other.example/x", "other.example"), ("", "nobody")])
async def test_a_webhook_that_was_taken_is_taken_back(
    server: BotApiServer, listening: Listening, caplog: pytest.LogCaptureFixture, other: str, who: str
) -> None:
    """Where somebody else with the token set another address, or polls, the log says so."""
    async with listening():
        server.webhook = other
        await server.called("setWebhook", 2)
        await server.called("getWebhookInfo", len(server.of("getWebhookInfo")) + 1)
    assert 2 == len(server.of("setWebhook"))
    assert WEBHOOK == server.webhook
    assert f"somebody else with the token had updates delivered to {who} instead; this is set back" in caplog.text


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("written", ["https://bot.example:443/hook", "https://BOT.example/%68ook"])
async def test_an_address_that_is_written_differently(server: BotApiServer, listening: Listening, written: str) -> None:
    """It is still the same one."""
    async with listening():
        server.webhook = written
        await server.called("getWebhookInfo", 2)
    assert 1 == len(server.of("setWebhook"))


async def test_a_token_that_is_withdrawn(server: BotApiServer, listening: Listening) -> None:
    """It ends, as polling does."""
    server.fail("setWebhook", 401, "Unauthorized")
    async with listening() as running:
        with pytest.raises(InvalidToken):
            await running


async def test_a_port_that_is_taken(listening: Listening, settings: Settings, server: BotApiServer) -> None:
    """It ends before Telegram is told to deliver there."""
    with socket.create_server(("127.0.0.1", settings.webhook_port)):
        async with listening() as running:
            with pytest.raises(PortUnavailable, match="DATELINE_WEBHOOK_PORT"):
                await running
    assert [] == server.calls[1:]


@pytest.mark.parametrize(
    "secret", ["", "short", "x" * 257, "sixteen letters and spaces", "ключключключключ", "x" * 16 + "\n!"]
)
def test_a_secret_that_will_not_do(secret: str) -> None:
    """A secret that is missing, short, long or has other letters is one line that does not show it."""
    with pytest.raises(WebhookSecretInvalid) as caught:
        assert load(webhook_url=WEBHOOK, webhook_secret=secret).webhook_token
    line = Renderer("text").error(caught.value.code, caught.value.facts)
    assert line.startswith("With DATELINE_WEBHOOK_URL, DATELINE_WEBHOOK_SECRET or the file that")
    assert "\n" not in line
    assert not secret or secret not in line


@pytest.mark.parametrize(
    "url", ["http://bot.example", "https://", "https://a b", "https://a?b=c", "https://a:b/", "https://ü.eu"]
)
def test_an_address_that_will_not_do(url: str) -> None:
    """Telegram delivers to https addresses alone, and those have neither questions nor foreign letters here."""
    with pytest.raises(SettingInvalid, match="DATELINE_WEBHOOK_URL"):
        load(webhook_url=url)


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    """The file is read where the secret is not set itself; one that can't be read is one line that names it."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    assert SECRET == load(webhook_secret_file=file).webhook_token
    with pytest.raises(TokenFileUnreadable, match="DATELINE_WEBHOOK_SECRET_FILE"):
        assert load(webhook_secret_file=tmp_path / "none").webhook_token


async def test_the_secret_is_in_no_log(listening: Listening) -> None:
    """From the start on it is redacted."""
    async with listening():
        assert SECRET not in logs.redact(f"sent with {SECRET}")
