"""The file `cache.db`: what was read of a corpus, so that it need not be read again, and a place to write it in.

The cache is disposable. A file that is damaged, or of another shape, is given up for an empty one; where none can be
kept (locked, read-only, full) it is held in memory. Either way the reason is among the `notices`.
"""

import asyncio
import errno
import math
import os
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

import aiosqlite

from retrieval.models import Notice

WAIT = 5.0
"""Seconds to wait for a cache that another process has locked."""

AGAIN = 3600.0
"""Seconds in which what is damaged is made anew only once: what damaged it may do so again."""

ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the latter from an error message that holds a name of a damaged schema."""

_PAUSE = 0.02
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_NO_PLACE = _BUSY | {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_CUT = sqlite3.SQLITE_IOERR_SHORT_READ
"""The file ends before it should: that is damage, although SQLite takes it for a fault of the disk."""
_SET_UP = """
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_mode = WAL;
    PRAGMA cache_size = -64000;
"""
# An article that is a copy has the id of its `original`, which is served in its place. `served` answers what is asked
# of all articles at once (how many, the newest ones, how many passages) without reading their texts. `fed` is the state
# of the index that was last fed from here, and `unfed` are the articles that it may know otherwise.
_TABLES = (
    "CREATE TABLE meta (shape TEXT NOT NULL, digest TEXT NOT NULL, fed INTEGER)",
    "CREATE TABLE files (id TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE left_out (
        file TEXT NOT NULL, path TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
        PRIMARY KEY (file, path, reason, detail)
    ) WITHOUT ROWID""",
    """CREATE TABLE articles (
        number INTEGER PRIMARY KEY AUTOINCREMENT, original TEXT, passages INTEGER NOT NULL, prints INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, title TEXT NOT NULL, title_source TEXT NOT NULL, date TEXT,
        date_source TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, blocks TEXT NOT NULL,
        encoding TEXT NOT NULL, evidence TEXT NOT NULL, extra TEXT NOT NULL, language TEXT NOT NULL,
        spans TEXT NOT NULL, text TEXT NOT NULL,
        checksum INTEGER NOT NULL
    )""",
    "CREATE INDEX served ON articles (date DESC, id, passages, language) WHERE original IS NULL",
    "CREATE INDEX copies ON articles (original) WHERE original IS NOT NULL",
    "CREATE TABLE prints (print INTEGER, article INTEGER, PRIMARY KEY (print, article)) WITHOUT ROWID",
    "CREATE TABLE unfed (id TEXT PRIMARY KEY) WITHOUT ROWID",
)


class CacheUnusable(Exception):
    """The cache can't go on as it is: a damaged file, or no place for one."""

    def __init__(self, path: str, error: Exception) -> None:
        self.path = path
        self.reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
        is_cut = getattr(error, "sqlite_errorcode", 0) == _CUT
        self.damaged = not isinstance(error, OSError) and (is_cut or code(error) not in _NO_PLACE)
        super().__init__(f"{path}: {self.reason}")


class Store:
    """The cache in `data_dir`, or one in memory for None; one of another `shape` counts as empty.

    `close` it when done: what is in memory goes with it.
    """

    def __init__(self, data_dir: Path | None, shape: str, wait: float = WAIT) -> None:
        self.notices: tuple[Notice, ...] = ()
        self.path = data_dir / "cache.db" if data_dir else None
        self._shape = shape
        self._wait = wait
        self._memory = ""
        self._rebuilt = -math.inf
        self._anchor: sqlite3.Connection | None = None
        if self.path is None:
            self._to_memory()

    @property
    def in_memory(self) -> bool:
        """Whether nothing is kept on disk."""
        return self._anchor is not None

    @property
    def was_rebuilt(self) -> bool:
        """Whether it was damaged so lately that it is not made anew again."""
        return time.monotonic() < self._rebuilt + AGAIN

    @property
    def uri(self) -> str:
        """What SQLite calls the file."""
        return self._memory if self.path is None else self.path.absolute().as_uri()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[aiosqlite.Connection]:
        """A connection for some transactions, each begun by `begun`. Raises CacheUnusable."""
        try:
            if self.path is not None:
                _make(self.path)
        except OSError as error:
            raise CacheUnusable(str(self.path), error) from error
        try:
            async with _connected(self.uri) as db:
                await _patient(db, _SET_UP, self._wait)
                async with self.begun(db):
                    await _ensure_tables(db, self._shape)
                yield db
        except ERRORS as error:
            raise CacheUnusable(str(self.path or ""), error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[aiosqlite.Connection]:
        """A connection to what is there; it waits for nobody. Raises CacheUnusable where that is of another shape."""
        try:
            async with _connected(self.uri) as db:
                if not await _has_tables(db, self._shape):
                    raise sqlite3.DatabaseError("shape")
                yield db
        except ERRORS as error:
            raise CacheUnusable(str(self.path or ""), error) from error

    @asynccontextmanager
    async def begun(self, db: aiosqlite.Connection) -> AsyncIterator[None]:
        """A transaction: all of it or, if this process dies meanwhile, nothing."""
        await _patient(db, "BEGIN IMMEDIATE", self._wait)
        try:
            yield
            await db.commit()
        except BaseException:
            with suppress(*ERRORS):
                await db.rollback()
            raise

    def connect(self) -> sqlite3.Connection:
        """A connection to read with, from any thread."""
        return sqlite3.connect(self.uri, uri=True, isolation_level=None, check_same_thread=False, timeout=self._wait)

    def give_up(self, trouble: CacheUnusable) -> None:
        """Go on with an empty cache: on a new file where the old one is damaged, else in memory."""
        if trouble.damaged and self.path is not None and not self.was_rebuilt:
            try:
                _remove(self.path)
            except OSError as error:
                trouble = CacheUnusable(str(self.path), error)
            else:
                self._rebuilt = time.monotonic()
                self._notice("cache_rebuilt", trouble)
                return
        if self.in_memory:
            raise trouble
        self._notice("cache_in_memory", trouble)
        self._to_memory()

    def close(self) -> None:
        """Let go of what is in memory."""
        if self._anchor is not None:
            self._anchor.close()

    def _to_memory(self) -> None:
        """An empty database that lives as long as a connection to it does."""
        self.path = None
        self._memory = f"file:dateline-{uuid.uuid4().hex}?mode=memory&cache=shared"
        self._anchor = sqlite3.connect(self._memory, uri=True, check_same_thread=False)

    def _notice(self, code: Literal["cache_rebuilt", "cache_in_memory"], trouble: CacheUnusable) -> None:
        others = (one for one in self.notices if one.code != code)
        self.notices = (*others, Notice(code, str(trouble)))


@asynccontextmanager
async def _connected(uri: str) -> AsyncIterator[aiosqlite.Connection]:
    # aiosqlite loses a connection whose opening is cancelled, and its thread with it: let it open, then close it.
    opening = asyncio.ensure_future(aiosqlite.connect(uri, uri=True, timeout=0, isolation_level=None))
    try:
        db = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise
    try:
        yield db
    finally:
        await db.close()


async def _patient(db: aiosqlite.Connection, script: str, wait: float) -> None:
    """Run what takes a lock. SQLite's own waiting can't be cancelled, and skips the change to WAL (4 of 360 starts)."""
    deadline = time.monotonic() + wait
    while True:
        try:
            await db.executescript(script)
            return
        except sqlite3.OperationalError as error:
            if code(error) not in _BUSY or time.monotonic() >= deadline:
                raise
        await asyncio.sleep(_PAUSE)


async def _ensure_tables(db: aiosqlite.Connection, shape: str) -> None:
    """Empty tables, unless those of this `shape` are there."""
    if await _has_tables(db, shape):
        return
    for name in await _tables(db):
        await db.execute(f'DROP TABLE "{name}"')
    for table in _TABLES:
        await db.execute(table)
    await db.execute("INSERT INTO meta VALUES (?, ?, NULL)", (shape, uuid.uuid4().hex))


async def _has_tables(db: aiosqlite.Connection, shape: str) -> bool:
    there = "meta" in await _tables(db)
    return there and [*await db.execute_fetchall("SELECT shape FROM meta")] == [(shape,)]


async def _tables(db: aiosqlite.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'sqlite_sequence'"
    return [name for (name,) in await db.execute_fetchall(query)]


def code(error: Exception) -> int:
    """SQLite's primary result code; 0 for what it has none for."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _make(path: Path) -> None:
    """An empty file where there is none, for nobody else to read; its log gets the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    if path.is_dir():  # aiosqlite would find out too, but leave its thread running
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _remove(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal", ""):  # the file itself last: a log alone would be read into the next one
        path.with_name(path.name + suffix).unlink(missing_ok=True)
