"""Settings in; the articles of a corpus as they are now out, as a snapshot that is replaced when they change.

Whoever holds a snapshot keeps it as it was, whatever happens to the corpus meanwhile.
"""

import asyncio
import datetime as dt
import logging
import math
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import aiosqlite
from filelock import FileLock, Timeout

from retrieval import indexing, reports
from retrieval.entries import passages_of
from retrieval.errors import CacheBusy, CacheUnwritable, CorpusMissing
from retrieval.index.base import Index, Snapshot
from retrieval.index.disk import DiskHome, IndexUnusable
from retrieval.index.memory import MemoryIndex
from retrieval.indexing import Indexing
from retrieval.keeping import Change
from retrieval.languages import in_order
from retrieval.looks import Looks
from retrieval.models import Article, ClusterSettings, EngineSettings, LeftOut, Look, Notice, Passage, SyncReport
from retrieval.reader import Reader
from retrieval.shape import code_shape
from retrieval.store import AGAIN, WAIT, CacheUnusable, Store
from retrieval.sync import Progress, Sync

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from retrieval.index.cluster_home import ClusterHome

IN_MEMORY = 5_000
"""Passages up to which the index is in memory, unless it is said where it is to be."""
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A snapshot; `split` is None where not all of it is in memory."""

    index: Index
    articles: Mapping[str, Article]
    newest: dt.date | None
    undated: int
    languages: Mapping[str, int]
    first: Article | None
    split: Mapping[str, tuple[Passage, ...]] | None = None

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """See `Snapshot.passages`."""
        if self.split is not None:
            return self.split[article_id]
        assert isinstance(self.articles, Reader)  # noqa: S101 -- for mypy
        return self.articles.passages_of(article_id)

    def every_article(self) -> Iterator[Article]:
        """See `Snapshot.every_article`."""
        if isinstance(self.articles, Reader):
            return (one.article for one in self.articles.entries())
        return iter(self.articles.values())

    def latest(self, limit: int) -> list[Article]:
        """See `Snapshot.latest`."""
        if isinstance(self.articles, Reader):
            return self.articles.latest(limit)
        dated = [article for article in self.articles.values() if article.date]
        newest_first = sorted(dated, key=lambda article: article.date or dt.date.min, reverse=True)
        return [*newest_first, *(article for article in self.articles.values() if not article.date)][:limit]


class Library:
    """The articles of one corpus; `refresh` it before the first look at its snapshot, and when files have changed."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._store = Store(settings.data_dir, code_shape())
        self._home = DiskHome(settings.data_dir) if settings.data_dir else None
        self._cluster = _cluster(settings)
        self._notices: tuple[Notice, ...] = ()
        self._index_tried = -math.inf
        self._healing = asyncio.Lock()
        self._state: tuple[object, ...] | None = None
        self._is_sound = False
        self.snapshot: Snapshot = _in_memory({}, {}, settings)
        self.report = SyncReport()
        self._looks = Looks()

    @property
    def look(self) -> Look:
        """The latest look at the corpus."""
        return self._looks.latest

    async def refresh(self, progress: Progress | None = None, paths: Collection[Path] | None = None) -> SyncReport:
        """Read what is new or changed, of all files or some, and serve that. If that fails, nothing else is served.

        Raises CorpusMissing, CatalogInvalid, CacheBusy and CacheUnwritable.
        """
        with self._looks.looking():
            return await self._brought_up_to_date(progress, paths)

    async def _brought_up_to_date(self, progress: Progress | None, paths: Collection[Path] | None) -> SyncReport:
        while True:
            async with self._alone():
                if self._serves_only:
                    return await self._served_elsewhere()
                try:
                    async with self._store.writing() as db:
                        try:
                            self.report = await self._refreshed(db, progress, paths)
                            return self.report
                        except IndexUnusable as trouble:
                            await self._give_up_index(db, trouble)
                except CacheUnusable as trouble:
                    if self._serves_from_disk and not trouble.damaged:
                        raise CacheUnwritable(trouble.path, trouble.reason) from trouble
                    self._store.give_up(trouble)
            self._state, paths = None, None

    async def take(self) -> None:
        """Serve what is in the cache as it is. Raises CacheBusy where there is nothing yet."""
        path = str(self._store.path)
        try:
            async with self._store.reading() as db:
                name = await indexing.name(db) if self._home is not None and await self._wants_home(db) else ""
                self.snapshot = await self._taken(name)
        except (CacheUnusable, IndexUnusable):
            raise CacheBusy(path) from None
        if not self.snapshot.articles or not self.snapshot.index.size:
            raise CacheBusy(path)
        self.report = SyncReport(unchanged=len(self.snapshot.articles), notices=(Notice("cache_busy", path),))

    async def heal(self, damaged: Snapshot, error: Exception) -> None:
        """Make anew what a snapshot is of, since that turned out to be damaged: the index, or all of it.

        Raises CacheUnusable and IndexUnusable where that was tried before: it may be a question that does it.
        """
        async with self._healing:
            if self.snapshot is not damaged:
                return
            _log.warning("what is kept of the articles is damaged, and made anew: %s", error)
            async with self._alone():
                if isinstance(error, IndexUnusable):
                    await self._heal_index(error)
                else:
                    self._heal_cache(CacheUnusable(str(self._store.path), error))
            self._state, self._is_sound = None, False
            await self.refresh()

    async def _heal_index(self, error: IndexUnusable) -> None:
        if self._index_was_tried:
            raise error
        async with self._store.writing() as db:
            await self._give_up_index(db, error)

    def _heal_cache(self, trouble: CacheUnusable) -> None:
        if self._store.in_memory or self._store.was_rebuilt:
            raise trouble
        self._store.give_up(trouble)

    async def left_out(self) -> AsyncGenerator[LeftOut, None]:
        """All that is left out, by path."""
        async with self._store.reading() as db, aclosing(reports.left_out(db)) as found:
            async for one in found:
                yield one

    def close(self) -> None:
        """Let go of what is in memory only."""
        self._store.close()
        if self._cluster is not None:
            self._cluster.close()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """While no other process writes the cache. Raises CacheBusy when that takes too long."""
        if self._store.path is None:
            yield
            return
        lock = FileLock(self._store.path.with_name("cache.lock"), timeout=0, thread_local=False)
        deadline = time.monotonic() + WAIT
        while True:
            try:
                self._store.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock.acquire()
            except Timeout:
                if time.monotonic() > deadline:
                    raise CacheBusy(str(self._store.path)) from None
                await asyncio.sleep(_PAUSE)
            except (OSError, NotImplementedError):  # where no lock can be, no cache can, as will be found out
                break
            else:
                break
        try:
            yield
        finally:
            lock.release()

    async def _refreshed(
        self, db: aiosqlite.Connection, progress: Progress | None, paths: Collection[Path] | None
    ) -> SyncReport:
        home = self._cluster or (None if self._store.in_memory else self._home)
        fed = Indexing(self._store, db, home) if home else None

        async def feed(change: Change) -> None:
            if fed is not None and (fed.has_begun or await self._wants_home(db)):
                await fed.change(change)

        try:
            report = await Sync(self._store, db, self._settings.corpus, feed, progress).run(paths)
            name = await fed.finish() if fed is not None and await self._wants_home(db) else ""
            state = await self._state_of(db, name)
            if state != self._state or self._cluster is not None:
                self.snapshot = await self._taken(name)
                self._state, self._is_sound = state, True
        finally:
            if fed is not None:
                await fed.close()
        return replace(report, notices=self._store.notices + self._notices)

    @staticmethod
    async def _state_of(db: aiosqlite.Connection, name: str) -> tuple[object, ...]:
        """What is another one whenever something else is served."""
        query = "SELECT digest, fed, (SELECT max(seq) FROM sqlite_sequence), (SELECT count(*) FROM articles) FROM meta"
        [row] = await db.execute_fetchall(query)
        return name, *row

    async def _wants_home(self, db: aiosqlite.Connection) -> bool:
        """Whether the index is to be elsewhere than in memory."""
        if self._settings.index != "auto":
            return self._settings.index != "memory"
        [[passages]] = await db.execute_fetchall("SELECT total(passages) FROM articles WHERE original IS NULL")
        return bool(passages > IN_MEMORY)

    async def _give_up_index(self, db: aiosqlite.Connection, trouble: IndexUnusable) -> None:
        """Go on with an empty index, or with one in memory where that was tried before. Raises CacheUnwritable."""
        if self._index_was_tried and self._serves_from_disk:
            raise CacheUnwritable(str(self._store.path), str(trouble))
        if self._index_was_tried or self._home is None:
            self._home = None
            self._notices += (Notice("index_in_memory", str(trouble)),)
        else:
            self._index_tried = time.monotonic()
            async with self._store.begun(db):
                await db.execute("UPDATE meta SET fed = NULL")

    @property
    def _index_was_tried(self) -> bool:
        return time.monotonic() < self._index_tried + AGAIN

    @property
    def _serves_from_disk(self) -> bool:
        """Whether there is something to go on serving, and perhaps more of it than would do in memory."""
        return self._is_sound and isinstance(self.snapshot.articles, Reader)

    @property
    def _serves_only(self) -> bool:
        """Whether the articles are in a cluster that somebody else feeds."""
        return self._cluster is not None and not self._settings.corpus.is_dir()

    async def _served_elsewhere(self) -> SyncReport:
        self.snapshot = await self._taken("")
        if not self.snapshot.index.size:
            raise CorpusMissing(self._settings.corpus)
        self.report = SyncReport(unchanged=len(self.snapshot.articles))
        return self.report

    async def _taken(self, name: str) -> Snapshot:
        """What is served now: by the cluster, or from the cache with the index of that name or one in memory."""
        if self._cluster is not None:
            return await self._cluster.snapshot()
        return await asyncio.to_thread(self._from_cache, self._home if name else None, name)

    def _from_cache(self, home: DiskHome | None, name: str) -> Snapshot:
        reader = Reader(self._store.connect())
        if home is not None:
            return _Shelf(
                home.index(name, reader),
                reader,
                reader.newest,
                reader.undated,
                reader.languages,
                next(iter(reader.values()), None),
            )
        entries = [*reader.entries()]
        reader.close()
        articles = {one.article.id: one.article for one in entries}
        split = {one.article.id: passages_of(one.article, one.spans) for one in entries}
        return _in_memory(articles, split, self._settings)


def _cluster(settings: EngineSettings) -> "ClusterHome | None":
    if settings.index != "cluster":
        return None
    from retrieval.index.cluster_home import ClusterHome  # noqa: PLC0415  0.5 s and 40 MB that hardly anybody needs

    return ClusterHome(settings.cluster or ClusterSettings())


def _in_memory(
    articles: Mapping[str, Article], split: Mapping[str, tuple[Passage, ...]], settings: EngineSettings
) -> Snapshot:
    days = [article.date for article in articles.values()]
    return _Shelf(
        MemoryIndex(articles, [*chain.from_iterable(split.values())], settings.k1, settings.b),
        articles,
        max((day for day in days if day), default=None),
        days.count(None),
        in_order(Counter(article.language for article in articles.values()).items()),
        next(iter(articles.values()), None),
        split,
    )
