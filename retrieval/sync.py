"""A corpus in; the cache, and the index fed from it, brought up to date with it; what that changed out.

It goes batch by batch, in little memory, and each batch is one transaction of the cache. What a batch changes is noted
as unfed in the same transaction, and the note is taken back when the index has it: whatever ends this half-way, the
next time goes on from the last batch, and the index is given what it may lack.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiosqlite

from retrieval import archives, catalog, feeding, keeping, reports, stale
from retrieval.entries import Entry
from retrieval.feeding import Asked, Found, Mark, Request
from retrieval.keeping import Change
from retrieval.models import Document, LeftOut, SyncReport
from retrieval.sources import SourceFile
from retrieval.store import Store

_BATCH = 10_000
"""Passages of a transaction, or what else takes about as long."""
_DOCUMENTS, _CHARACTERS = 500, 2_000_000
"""Of an archive, whose stamps are looked up at once."""
_REMOVED = 2_000
"""Articles that are forgotten at once."""
_SET_UP = """
    DROP TABLE IF EXISTS temp.seen;
    DROP TABLE IF EXISTS temp.touched;
    CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_AMONG = "(SELECT value FROM json_each(?))"
# Of the ids after `file#` and before `file$`, those of articles of this file, and not of one that is named so.
_INSIDE = "id > ? AND id < ? AND id NOT IN (SELECT id FROM files)"
_TAKEN = "SELECT id FROM seen UNION ALL SELECT id FROM seen_files UNION ALL SELECT id FROM files"

Feed = Callable[[Change], Awaitable[None]]
"""Called with what a batch changed of what is served."""


class Progress(Protocol):
    """Shows how far long work has come."""

    def __call__(self, done: int, total: int, article: str = "", passages: int = 0) -> None:
        """`done` of `total` bytes, now at `article`; so many `passages` were read until now."""


@dataclass(slots=True)
class _Batch:
    """What one transaction is to keep."""

    entries: list[Entry] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left_out: list[tuple[str, LeftOut]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    ended: list[Mark] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        removed = len(self.removed) * (_BATCH // _REMOVED)
        return sum(len(one.terms) for one in self.entries) + removed + len(self.left_out) + len(self.ended)

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.removed or self.begun or self.ended)


class Sync:
    """One pass over a corpus, or over some of its paths; `run` it once."""

    def __init__(
        self, store: Store, db: aiosqlite.Connection, corpus: Path, feed: Feed, progress: Progress | None
    ) -> None:
        self._store = store
        self._db = db
        self._corpus = corpus
        self._feed = feed
        self._progress = progress
        self._listed: stale.Listed = {}
        self._batch = _Batch()
        self._file = ""
        self._done = self._total = self._passages = 0

    async def run(self, paths: Collection[Path] | None = None) -> SyncReport:
        """Do it. Raises CorpusMissing and CatalogInvalid before anything is changed."""
        self._listed = catalog.load(self._corpus)
        await self._db.executescript(_SET_UP + keeping.TOUCHED)
        self._total = await stale.find(self._db, self._corpus, self._listed, paths)
        for name in await stale.gone(self._db, self._corpus, paths):
            await self._drop(name)
        async with aclosing(feeding.results(self._asked(), self._total > feeding.MUCH)) as found:
            async for some in found:
                for one in some:
                    await self._take(one)
                if self._batch.size >= _BATCH:
                    await self._flush()
        await self._flush()
        await self._refuse(paths)
        return await reports.report(self._db, self._store.notices)

    async def _asked(self) -> AsyncGenerator[Asked, None]:
        """What there is to read, file by file."""
        done = 0
        async with aclosing(stale.files(self._db)) as files:
            async for file in files:
                yield Mark(file.id, file.stamp, done)
                if file.many:
                    async with aclosing(self._archived(file)) as documents:
                        async for one in documents:
                            yield one
                else:
                    yield Request(file, self._listed.get(file.id))
                done += file.size
                yield Mark(file.id, file.stamp, done, ends=True, many=file.many)

    async def _archived(self, file: SourceFile) -> AsyncGenerator[Asked, None]:
        """The articles of an archive that are new or changed; of those with the same id only the first."""
        documents = archives.documents(file)
        while batch := _some(documents):
            ids = json.dumps([one.id for one in batch if isinstance(one, Document)])
            known = dict(await self._rows(f"SELECT id, stamp FROM articles WHERE id IN {_AMONG}", ids))
            seen = {name for (name,) in await self._rows(f"SELECT id FROM ({_TAKEN}) WHERE id IN {_AMONG}", ids)}
            for one in batch:
                if isinstance(one, LeftOut):
                    yield one
                elif one.id in seen:
                    yield LeftOut(f"{file.id}:{one.line}", "id_twice", one.id.removeprefix(f"{file.id}#"))
                else:
                    seen.add(one.id)
                    said = self._listed.get(one.id)
                    if one.id not in known or known[one.id] != feeding.stamp(one, said):
                        yield Request(one, said)
            await self._db.execute("INSERT OR IGNORE INTO seen SELECT value FROM json_each(?)", (ids,))

    async def _take(self, one: Found) -> None:
        """Put what was read to what is kept next."""
        batch = self._batch
        if isinstance(one, Entry):
            batch.entries.append(one)
            self._passages += len(one.terms)
            self._tell(one.article.id)
        elif isinstance(one, LeftOut):
            batch.left_out.append((self._file, one))
            batch.removed.append(one.path)
            self._tell(one.path)
        elif one.ends:
            if one.many:
                await self._drop_unseen(one.file)
            self._batch.ended.append(one)  # another batch, if something was dropped
            self._done = one.done
            self._tell(one.file)
        else:
            self._file = one.file
            batch.begun.append(one.file)

    async def _drop(self, name: str) -> None:
        """Forget a file that is no more, and all that was in it."""
        await self._remove(f"(id = ? OR {_INSIDE})", name, f"{name}#", f"{name}$")
        self._batch.begun.append(name)
        self._batch.gone.append(name)

    async def _drop_unseen(self, name: str) -> None:
        """Forget the articles that are no longer in an archive."""
        await self._remove(f"{_INSIDE} AND id NOT IN (SELECT id FROM seen)", f"{name}#", f"{name}$")

    async def _remove(self, where: str, *values: str) -> None:
        """Forget articles, so many at a time."""
        rows: list[Any] = [...]
        while rows:
            rows = await self._rows(f"SELECT id FROM articles WHERE {where} LIMIT {_REMOVED}", *values)
            self._batch.removed += [name for (name,) in rows]
            if self._batch.size < _BATCH:
                break
            await self._flush()

    async def _flush(self) -> None:
        """Keep what was read until now, and feed what that changes."""
        batch, self._batch = self._batch, _Batch()
        if batch.is_empty:
            return
        async with self._store.begun(self._db):
            await self._db.executemany("DELETE FROM left_out WHERE file = ?", [(name,) for name in batch.begun])
            await self._db.executemany(
                "INSERT OR IGNORE INTO left_out VALUES (?, ?, ?, ?)",
                [(file, one.path, one.reason, one.detail) for file, one in batch.left_out],
            )
            change = await keeping.keep(self._db, batch.entries, batch.removed)
            # without a stamp a file is read again, and known to be gone should it be gone by then
            await self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, '')", [(name,) for name in batch.begun])
            await self._db.executemany("DELETE FROM files WHERE id = ?", [(name,) for name in batch.gone])
            ended = [(mark.file, mark.stamp) for mark in batch.ended]
            await self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", ended)
        await self._feed(change)

    async def _refuse(self, paths: Collection[Path] | None) -> None:
        """Keep what was left out without being opened, where that is not what is kept already."""
        old = "SELECT path, reason, detail FROM left_out WHERE file NOT IN (SELECT id FROM files)"
        if paths is not None:
            old += f" AND file IN {_AMONG}"
        values = () if paths is None else (json.dumps([*stale.ids(self._corpus, paths)]),)
        if sorted(await self._rows(old, *values)) == sorted(await self._rows("SELECT * FROM refused")):
            return
        async with self._store.begun(self._db):
            where = old.partition(" WHERE ")[2]
            await self._db.execute(f"DELETE FROM left_out WHERE {where}", values)
            await self._db.execute("INSERT OR IGNORE INTO left_out SELECT path, path, reason, detail FROM refused")

    def _tell(self, name: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, name, self._passages)

    async def _rows(self, query: str, *values: object) -> list[Any]:
        return [*await self._db.execute_fetchall(query, values)]


def _some(documents: Iterator[Document | LeftOut]) -> list[Document | LeftOut]:
    """The next of an archive: so many, or fewer long ones; none at its end."""
    batch: list[Document | LeftOut] = []
    size = 0
    for one in documents:
        batch.append(one)
        size += len(one.text) if isinstance(one, Document) else 0
        if len(batch) == _DOCUMENTS or size >= _CHARACTERS:
            break
    return batch
