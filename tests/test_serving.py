"""The HTTP server: what it answers, and what it bears."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice

import httpx
import pytest
from aiohttp import web

from bot import serving as served
from bot.errors import PortUnavailable
from bot.rendering import Renderer
from bot.serving import LARGEST_BODY, answer, body, page, serving

HOST = "127.0.0.1"
SETTING = "DATELINE_METRICS_PORT"


async def echo(request: web.BaseRequest) -> web.Response:
    return web.Response(body=await body(request))


async def broken(request: web.BaseRequest) -> web.Response:
    raise ZeroDivisionError


ROUTES = {"/echo": echo, "/broken": broken, "/page": page(lambda: b"here", "text/plain; charset=utf-8")}


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serving(HOST, 0, ROUTES, SETTING) as port:
        yield port


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=5) as client:
        yield client


@pytest.fixture(autouse=True)
def _say_everything(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def said(port: int, *parts: bytes) -> bytes:
    """All that comes back for what is sent, until the connection ends."""
    async with asyncio.timeout(5), connected(port) as (reader, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()


async def test_a_page_is_shown(client: httpx.AsyncClient) -> None:
    """To those who get it, with its content type; to nobody who wants to change it."""
    shown = await client.get("/page")
    assert (200, "text/plain; charset=utf-8", b"here") == (
        shown.status_code,
        shown.headers["Content-Type"],
        shown.content,
    )
    head = await client.head("/page")
    assert (200, b"") == (head.status_code, head.content)
    assert 405 == (await client.post("/page")).status_code


@pytest.mark.parametrize("path", ["/", "/pag", "/page/", "/PAGE", "//page", "/page/../other", "/%2e%2e/etc/passwd"])
async def test_nothing_else_is_there(client: httpx.AsyncClient, path: str) -> None:
    """Any other path gets the same answer without a word."""
    other = await client.get(path)
    assert (404, b"") == (other.status_code, other.content)


async def test_a_body_up_to_a_megabyte(client: httpx.AsyncClient) -> None:
    """What is larger is refused, whether it says its size or not."""

    async def in_parts(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1000):
            yield b"x" * 1000

    assert LARGEST_BODY == len((await client.post("/echo", content=b"x" * LARGEST_BODY)).content)
    assert LARGEST_BODY == len((await client.post("/echo", content=in_parts(LARGEST_BODY))).content)
    assert 413 == (await client.post("/echo", content=b"x" * (LARGEST_BODY + 1))).status_code
    assert 413 == (await client.post("/echo", content=in_parts(LARGEST_BODY + 1000))).status_code


async def test_a_compressed_body_stays_as_it_is(client: httpx.AsyncClient) -> None:
    """A small body can't become a large one."""
    sent = await client.post("/echo", content=b"zipped", headers={"Content-Encoding": "gzip"})
    assert b"zipped" == sent.content


async def test_a_fault_is_an_answer(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """What fails is logged, and the server goes on."""
    assert 500 == (await client.get("/broken")).status_code
    assert "a request could not be answered: ZeroDivisionError" in caplog.text
    assert 200 == (await client.get("/page")).status_code


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,
        b"nonsense\r\n\r\n",
        b"GET /page HTTP/9.9\r\n\r\n",
        b"GET /page HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /page HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 5000 + b"\r\n\r\n",
        b"GET /page HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 100 + b"\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
    ids=["TLS", "no HTTP", "version", "length", "path", "header", "headers", "chunks"],
)
async def test_what_is_no_http(port: int, caplog: pytest.LogCaptureFixture, request_: bytes) -> None:
    """Noise gets 400, the connection ends, and nothing of it is logged."""
    got = await said(port, request_)
    assert got.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert [] == caplog.records


async def test_nobody_learns_what_serves(port: int, client: httpx.AsyncClient) -> None:
    """Neither an answer nor an error names versions, and requests are not logged."""
    answers = [(await client.get(path)).headers["Server"] for path in ("/page", "/broken", "/none")]
    assert ["dateline"] * 3 == answers
    refused = await said(port, b"nonsense\r\n\r\n")
    assert b"aiohttp" not in refused
    assert b"Python" not in refused


async def test_a_slow_head_does_not_stay(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose head does not come to an end in time is closed, however many lines it sends."""
    monkeypatch.setattr(served, "SLOWEST", 0.3)
    async with asyncio.timeout(5), connected(port) as (reader, writer):
        writer.write(b"GET /page HTTP/1.1\r\n")
        while not reader.at_eof() and not reader.exception():
            writer.write(b"X: a\r\n")
            await asyncio.sleep(0.02)


async def test_a_slow_body_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come to an end in time gets 408."""
    monkeypatch.setattr(served, "SLOWEST", 0.2)
    got = await said(port, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    assert got.startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_ends(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks nothing more is not waited for."""
    monkeypatch.setattr(served, "SLOWEST", 0.2)
    got = await said(port, b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
    assert got.endswith(b"here")


async def test_idle_connections_make_room(
    port: int, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of too many connections the oldest idle ones are closed, however fast they come: nobody is kept out."""
    monkeypatch.setattr(served, "CONNECTIONS", 3)
    async with AsyncExitStack() as stack, asyncio.timeout(5):
        opened = await asyncio.gather(*(stack.enter_async_context(connected(port)) for _ in range(50)))
        assert 200 == (await client.get("/page")).status_code
        ended = [asyncio.create_task(reader.read()) for reader, _ in opened]
        for closed in islice(asyncio.as_completed(ended), 48):
            assert b"" == await closed
        assert 2 == sum(not task.done() for task in ended)


async def test_who_is_being_served_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all connections are busy, the newest is closed."""
    monkeypatch.setattr(served, "CONNECTIONS", 1)
    asked, go = asyncio.Event(), asyncio.Event()

    async def wait(request: web.BaseRequest) -> web.Response:
        asked.set()
        await go.wait()
        return answer(204)

    async with asyncio.timeout(5), serving(HOST, 0, {"/": wait}, SETTING) as port:
        first = asyncio.create_task(said(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        await asked.wait()
        assert b"" == await said(port)
        go.set()
        assert (await first).startswith(b"HTTP/1.1 204 ")


async def test_who_leaves_in_the_middle(port: int, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """A client that goes away while it sends is no fault."""
    async with connected(port) as (_, writer):
        writer.write(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        await writer.drain()
        assert 200 == (await client.get("/page")).status_code
    assert 200 == (await client.get("/page")).status_code
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_what_is_under_way_is_answered_at_the_end() -> None:
    """A request that came before the end gets its answer."""
    asked = asyncio.Event()

    async def slow(request: web.BaseRequest) -> web.Response:
        asked.set()
        await asyncio.sleep(0.1)
        return answer(204)

    async with serving(HOST, 0, {"/": slow}, SETTING) as port:
        request = asyncio.create_task(said(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        await asked.wait()
    assert (await request).startswith(b"HTTP/1.1 204 ")


@pytest.mark.parametrize("host", [HOST, "192.0.2.1", "no-such-name.invalid", "a" * 70])
async def test_a_port_that_cannot_be_had(host: str) -> None:
    """A port that is taken, and an address that is not of this machine, are one line that names the setting."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailable) as caught:
            async with serving(host, port, ROUTES, SETTING):
                pass
    line = Renderer("text").error(caught.value.code, caught.value.facts)
    assert line.startswith(f"{SETTING}: {host}:{port} cannot be listened at (")
    assert "\n" not in line
