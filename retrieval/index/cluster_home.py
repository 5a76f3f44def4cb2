"""A cluster as the home of a cache's index, in a loop of its own: whoever asks or feeds may be in any loop or none."""

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

from retrieval.entries import Entry
from retrieval.index.base import Index
from retrieval.index.cluster import ClusterIndex
from retrieval.index.cluster_feed import ClusterFeeder
from retrieval.index.cluster_search import ClusterSnapshot
from retrieval.models import Article, ClusterSettings, Passage

_T = TypeVar("_T")


class ClusterHome:
    """See `Home`. Everything may raise IndexAway."""

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._index: ClusterIndex | None = None
        self._opening = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cluster", daemon=True)
        self._thread.start()

    async def state(self, name: str) -> int | None:
        """See `Home.state`."""
        cache, _, number = (await self._there(self._refreshed())).digest.partition(":")
        return int(number) if cache == name else None

    async def feeder(self, name: str, *, anew: bool) -> "ClusterHomeFeeder":
        """See `Home.feeder`."""
        number = time.time_ns()
        index = await self._there(self._refreshed())
        digest = f"{name}:{number}"
        feeder = await self._there(index.rebuild(digest) if anew else index.feeder(digest))
        return ClusterHomeFeeder(feeder, number, self._there)

    async def snapshot(self) -> "Served":
        """What is served now."""
        index = await self._there(self._refreshed())
        return Served(index.snapshot)

    def close(self) -> None:
        """Let go of the cluster."""
        asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _refreshed(self) -> ClusterIndex:
        async with self._opening:
            if self._index is None:
                self._index = await self._stack.enter_async_context(ClusterIndex.open(self._settings))
            else:
                await self._index.refresh()
            return self._index

    async def _there(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What `work` gives in the cluster's own loop."""
        future: Future[_T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return await asyncio.wrap_future(future)


class ClusterHomeFeeder:
    """A feeder, from any loop; see `Feeder`."""

    def __init__(
        self, feeder: ClusterFeeder, number: int, there: Callable[[Coroutine[Any, Any, None]], Awaitable[None]]
    ) -> None:
        self._feeder = feeder
        self._number = number
        self._there = there

    async def add(self, entries: Iterable[Entry]) -> None:
        """See `Feeder.add`."""
        await self._there(self._feeder.add(entries))

    async def remove(self, articles: Iterable[str]) -> None:
        """See `Feeder.remove`."""
        await self._there(self._feeder.remove(articles))

    async def commit(self) -> int:
        """See `Feeder.commit`."""
        await self._there(self._feeder.commit())
        return self._number

    async def close(self) -> None:
        """See `Feeder.close`."""
        await self._there(self._feeder.close())


@dataclass(frozen=True, slots=True)
class Served:
    """A snapshot of a cluster; see `Snapshot`."""

    counted: ClusterSnapshot

    @property
    def index(self) -> Index:
        """See `Snapshot.index`."""
        return self.counted.index

    @property
    def articles(self) -> Mapping[str, Article]:
        """See `Snapshot.articles`."""
        return self.counted.articles

    @property
    def newest(self) -> dt.date | None:
        """See `Snapshot.newest`."""
        return self.counted.newest

    @property
    def undated(self) -> int:
        """See `Snapshot.undated`."""
        return self.counted.undated

    @property
    def languages(self) -> Mapping[str, int]:
        """See `Snapshot.languages`."""
        return self.counted.languages

    @property
    def first(self) -> Article | None:
        """See `Snapshot.first`."""
        return self.counted.articles.first()

    def every_article(self) -> Iterator[Article]:
        """See `Snapshot.every_article`."""
        return self.counted.articles.each()

    def latest(self, limit: int) -> list[Article]:
        """See `Snapshot.latest`."""
        return self.counted.articles.latest(limit)

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """See `Snapshot.passages`."""
        return self.counted.articles.passages(article_id)
