"""Settings in, a link to an OpenSearch cluster out: calls that outlast a lost node, one error when the cluster is away.

Every node's address is given, so a call that one node can't answer is tried at the next; what passes by itself (a node
lost, an index that was just replaced, too many requests) is tried again after a pause.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from typing import Any, TypeVar

from opensearchpy import AsyncOpenSearch, ImproperlyConfigured, OpenSearchException, TransportError

from retrieval.errors import IndexAway
from retrieval.models import ClusterSettings

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 5.0
_CALLS = 5
"""A worker's thread waits for at most as long as this many calls may take."""
_PASSING = frozenset({"N/A", "TIMEOUT", 404, 429})
"""What a call may fail with that passes by itself, besides errors of the server; 404 while indices are replaced."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Link:
    """A client of the cluster, in the event loop that opened it; threads wait for it."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self.client = AsyncOpenSearch(
            hosts=list(settings.urls),
            http_auth=(settings.user, settings.password) if settings.user else None,
            headers={"authorization": f"Bearer {settings.token}"} if settings.token else None,
            timeout=settings.timeout,
            max_retries=len(settings.urls),
            retry_on_timeout=True,
            ca_certs=str(settings.ca_file) if settings.ca_file else None,
        )
        self._loop = asyncio.get_running_loop()
        self._timeout = settings.timeout
        self._patience = settings.patience

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ClusterSettings) -> AsyncIterator["Link"]:
        """A link that is closed again; nothing is asked yet."""
        for name in ("opensearch", "opensearchpy.trace"):
            logging.getLogger(name).addFilter(_is_debugging)
        link = cls(settings)
        try:
            yield link
        finally:
            await link._close()

    def for_feeding(self) -> "Link":
        """The same with the patience for feeding, of which one node may have a quarter."""
        link = copy(self)
        link._patience = self.settings.feeding_patience
        link._timeout = max(self._timeout, self.settings.feeding_patience / 4)
        return link

    async def call(self, request: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """What the cluster answers to a request. Raises IndexAway."""
        return await self.repeat(lambda timeout: request(**arguments, request_timeout=timeout))

    async def repeat(self, attempt: Callable[[float], Awaitable[_T]]) -> _T:
        """What `attempt` gives within a timeout, made again while its failure passes and patience lasts.

        Raises IndexAway.
        """
        problem = f"no answer within {self._patience:g} s"
        waits = pauses()
        try:
            async with asyncio.timeout(self._patience):
                while True:
                    try:
                        return _whole(await attempt(self._timeout))
                    except TransportError as error:
                        problem = _in_short(error)
                        if not passes(error.status_code):
                            raise
                    pause = next(waits)
                    _log.info("%s; again in %.2f s", problem, pause)
                    await asyncio.sleep(pause)
        except (OpenSearchException, ImproperlyConfigured, OSError) as error:  # a timeout is an OSError
            if not isinstance(error, TransportError | TimeoutError):
                problem = str(error)
            raise IndexAway(self.settings.address, problem) from error

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What `work` gives, for a thread other than the event loop's. Raises IndexAway."""
        if _running_loop() is self._loop:
            work.close()
            raise RuntimeError("the event loop's own thread would wait for itself: ask from another")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(_CALLS * self.settings.patience)
        except TimeoutError as error:
            future.cancel()
            raise IndexAway(self.settings.address, "no answer") from error

    async def _close(self) -> None:
        # The client closes only the connections that it holds for alive.
        for connection in getattr(self.client.transport, "seed_connections", ()):
            await connection.close()
        await self.client.close()


def pauses() -> Iterator[float]:
    """Seconds to wait before each further attempt: twice as long each time, and not the same for all who wait."""
    longest = _FIRST_PAUSE
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311 - no secret
        longest = min(2 * longest, _LONGEST_PAUSE)


def passes(status: object) -> bool:
    """Whether a failure of this status may pass by itself."""
    return status in _PASSING or (isinstance(status, int) and status >= 500)


def _whole(answer: _T) -> _T:
    """The answer, unless a part of it is a failure, which OpenSearch tells with status 200. Raises TransportError."""
    if isinstance(answer, Mapping):
        failures = answer.get("_shards", {}).get("failures", ())
        parts: Iterable[Any] = (*failures, *answer.get("docs", ()), *answer.get("responses", ()))
        for part in parts:
            if problem := part.get("error") or part.get("reason"):
                status = part.get("status", 503)
                raise TransportError(
                    status if isinstance(status, int) else 503, problem.get("type", ""), {"error": problem}
                )
    return answer


def _in_short(error: TransportError) -> str:
    """What went wrong in one line: what the cluster says, or why nothing came from it."""
    if not isinstance(error.info, Mapping):
        return str(error.info) or str(error.error)
    said = error.info.get("error", "")
    reason = said.get("reason", "") if isinstance(said, Mapping) else said
    return f"{error.status_code} {error.error}: {reason}"


def _is_debugging(record: logging.LogRecord) -> bool:
    """Whether to let a record of opensearch-py through: it tells each failed attempt with a traceback, or all asked."""
    return _log.isEnabledFor(logging.DEBUG)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
