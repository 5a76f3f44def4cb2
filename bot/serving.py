"""Paths with what answers them in; an HTTP server at one port out, which slow and many clients cannot hold up.

What it keeps of a connection is bounded: its number, the size of its head and body, and how long either may take.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import PortUnavailable

CONNECTIONS = 50
"""How many are open at once; a proxy needs few."""
LARGEST_BODY = 1_000_000
SLOWEST = 10.0
"""Seconds that a head may take, and a body, and for which an idle connection stays open."""

_HEAD_LINE, _HEAD_LINES = 2048, 50
_LEFT = 1.0
"""Seconds in which what is not wanted of a body is still taken, so that the answer arrives."""
_CLOSING = 1.0

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]

log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(host: str, port: int, routes: Mapping[str, Handler], setting: str) -> AsyncIterator[int]:
    """Serve `routes`, by path, until the block ends; gives the port. Raises PortUnavailable, which names `setting`."""
    server = _Server(routes)
    runner = web.ServerRunner(server, shutdown_timeout=_CLOSING)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except (OSError, UnicodeError) as error:  # no such name, not allowed, taken
            problem = getattr(error, "strerror", None) or str(error)
            raise PortUnavailable(setting, host, port, problem) from None
        yield site.port
    finally:
        await runner.cleanup()


def page(give: Callable[[], bytes], kind: str) -> Handler:
    """What shows a page of the content type `kind`."""

    async def show(request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return answer(405)
        return web.Response(body=give(), headers={"Content-Type": kind})

    return show


def answer(status: int) -> web.Response:
    """An answer without words."""
    return web.Response(status=status)


async def body(request: web.BaseRequest) -> bytes:
    """All that a request brings. Raises HTTPException when that is too large, too slow or no HTTP."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY)
    content = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for part in request.content.iter_any():
                content += part
                if len(content) > LARGEST_BODY:
                    raise web.HTTPRequestEntityTooLarge(LARGEST_BODY)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None
    return bytes(content)


class _Server(web.Server):
    """Its connections, and what each request gets."""

    def __init__(self, routes: Mapping[str, Handler]) -> None:
        super().__init__(self._respond)
        self._routes = routes
        self._open: dict[web.RequestHandler, None] = {}  # oldest first
        self._busy: set[web.RequestHandler] = set()

    def __call__(self) -> web.RequestHandler:
        return _Connection(self)

    def admit(self, newest: web.RequestHandler) -> None:
        """Count a connection in; of too many the oldest that asks nothing just now is closed."""
        self._open[newest] = None
        if len(self._open) > CONNECTIONS:
            closed = next(one for one in self._open if one not in self._busy)
            self.forget(closed)
            closed.force_close()

    def forget(self, gone: web.RequestHandler) -> None:
        """Count one out."""
        self._open.pop(gone, None)

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        self._busy.add(request.protocol)
        try:
            response = await self._routed(request)
        finally:
            self._busy.discard(request.protocol)
        return _unnamed(response)

    async def _routed(self, request: web.BaseRequest) -> web.Response:
        handler = self._routes.get(request.path)
        if handler is None:
            return answer(404)
        try:
            return await handler(request)
        except web.HTTPException as refusal:
            return answer(refusal.status)
        except ConnectionError:  # gone, before it had said all
            raise
        except Exception as error:
            log.exception("a request could not be answered: %s", type(error).__name__)
            return answer(500)


class _Connection(web.RequestHandler):
    """One connection; what is no HTTP gets a short answer and no line in the log, for anybody may send it."""

    def __init__(self, server: _Server) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=SLOWEST,
            lingering_time=_LEFT,
            max_line_size=_HEAD_LINE,
            max_field_size=_HEAD_LINE,
            max_headers=_HEAD_LINES,
            auto_decompress=False,  # a small body would become a large one
            access_log=None,  # type: ignore[arg-type]  # none is written
        )
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many."""
        super().connection_made(transport)
        self._server.admit(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End."""
        super().connection_lost(exc)
        self._server.forget(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read, and close."""
        response = _unnamed(answer(status))
        response.force_close()
        return response


def _unnamed(response: web.Response) -> web.Response:
    """Without the versions of what serves it."""
    response.headers["Server"] = "dateline"
    return response
