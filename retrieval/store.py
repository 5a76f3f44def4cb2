"""Articles and their passages in, a file `cache.db` out, and back: what was read once need not be read again.

The cache is disposable, so trouble with it never stops anybody: a damaged file is built anew, and where none can be
kept (locked, read-only, full) the store keeps nothing and says so in `notices`. Whoever calls holds the entries anyway.

Sentences and their terms are one JSON column of `passages`: with rows of their own, 20,000 passages took 2.9 s to load
and 54 MB instead of 0.8 s and 16 MB. A checksum for each article finds what SQLite's own checks cannot see, a changed
letter inside a text; with it, `load` proves all that it hands out, so `PRAGMA quick_check` would add nothing.
"""

import asyncio
import datetime as dt
import errno
import json
import os
import sqlite3
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain, groupby, islice
from pathlib import Path
from sys import intern
from typing import Any, Literal, TypeVar

import aiosqlite

from retrieval.models import Article, Block, Notice, Passage, Sentence, Span

WAIT = 5.0
"""Seconds to wait for a cache that another process has locked."""

# The latter from an error message that holds a name of a damaged schema.
_SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
_PAUSE = 0.02
_BATCH = 200
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_NO_PLACE = _BUSY | {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_BEGIN = """
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
"""
# Without row ids a table is its own index: no page of the file holds anything that `load` does not read.
_TABLES = (
    "CREATE TABLE shape (digest TEXT NOT NULL)",
    """CREATE TABLE articles (
        id TEXT PRIMARY KEY, stamp TEXT NOT NULL, title TEXT NOT NULL, title_source TEXT NOT NULL, date TEXT,
        date_source TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL,
        encoding TEXT NOT NULL, evidence TEXT NOT NULL, checksum INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE passages (
        article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE, number INTEGER NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT NOT NULL, sentences TEXT NOT NULL,
        PRIMARY KEY (article_id, number)
    ) WITHOUT ROWID""",
)

_T = TypeVar("_T")
_Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An article, its passages by number, and the stamp of what they were made from."""

    stamp: str
    article: Article
    passages: tuple[Passage, ...]


class Store:
    """The cache in `data_dir`, or none for None; one of another `shape` counts as empty.

    Each call is a transaction on a connection of its own, so there is nothing to close, and no lock is held between.
    """

    def __init__(self, data_dir: Path | None, shape: str, wait: float = WAIT) -> None:
        self.notices: tuple[Notice, ...] = ()
        self._path = data_dir / "cache.db" if data_dir else None
        self._shape = shape
        self._wait = wait

    async def load(self) -> list[Entry]:
        """What was kept, by article id; nothing where nothing can be kept."""
        return await self._transact(_load, [])

    async def replace(self, changed: Collection[Entry], removed: Collection[str]) -> None:
        """Keep `changed` and forget the articles `removed`: all of it or, if this process dies meanwhile, nothing."""

        async def write(db: aiosqlite.Connection) -> None:
            gone = chain(removed, (entry.article.id for entry in changed))
            await db.executemany("DELETE FROM articles WHERE id = ?", [(article_id,) for article_id in gone])
            await _insert(db, changed)

        await self._transact(write, None)

    async def _transact(self, work: Callable[[aiosqlite.Connection], Awaitable[_T]], otherwise: _T) -> _T:
        """Do `work` in one transaction; on a new file if the old one is damaged, not at all if none can be kept."""
        if self._path is None:
            return otherwise
        try:
            try:
                return await self._attempt(self._path, work)
            except _SQLITE_ERRORS as error:
                if _code(error) in _NO_PLACE:
                    raise
                damage = error
            _remove(self._path)
            result = await self._attempt(self._path, work)
            self._notice("cache_rebuilt", self._path, damage)
            return result
        except (*_SQLITE_ERRORS, OSError) as error:
            self._notice("cache_in_memory", self._path, error)
            self._path = None
            return otherwise

    async def _attempt(self, path: Path, work: Callable[[aiosqlite.Connection], Awaitable[_T]]) -> _T:
        _make(path)
        async with _connected(path) as db:
            await _begin(db, self._wait)
            await _ensure_tables(db, self._shape)
            result = await work(db)
            await db.commit()
            return result

    def _notice(self, code: Literal["cache_rebuilt", "cache_in_memory"], path: Path, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        self.notices += (Notice(code, f"{path}: {reason}"),)


@asynccontextmanager
async def _connected(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    # aiosqlite loses a connection whose opening is cancelled, and its thread with it: let it open, then close it.
    opening = asyncio.ensure_future(aiosqlite.connect(path, timeout=0, isolation_level=None))
    try:
        db = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise
    try:
        yield db
    finally:
        await db.close()


async def _begin(db: aiosqlite.Connection, wait: float) -> None:
    """Take the write lock. SQLite's own waiting can't be cancelled, and skips the change to WAL (4 of 360 starts)."""
    deadline = time.monotonic() + wait
    while True:
        try:
            await db.executescript(_BEGIN)
            return
        except sqlite3.OperationalError as error:
            if _code(error) not in _BUSY or time.monotonic() >= deadline:
                raise
        await asyncio.sleep(_PAUSE)


async def _ensure_tables(db: aiosqlite.Connection, shape: str) -> None:
    """Empty tables, unless those of this `shape` are there."""
    newest_first = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid DESC"
    tables = [name for (name,) in await db.execute_fetchall(newest_first)]
    if "shape" in tables and [*await db.execute_fetchall("SELECT digest FROM shape")] == [(shape,)]:
        return
    for name in tables:
        await db.execute(f'DROP TABLE "{name}"')
    for table in _TABLES:
        await db.execute(table)
    await db.execute("INSERT INTO shape VALUES (?)", (shape,))


async def _insert(db: aiosqlite.Connection, entries: Iterable[Entry]) -> None:
    rest = iter(entries)
    while batch := [_rows(entry) for entry in islice(rest, _BATCH)]:
        await db.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [article for article, _ in batch]
        )
        await db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", [row for _, passages in batch for row in passages]
        )


async def _load(db: aiosqlite.Connection) -> list[Entry]:
    articles = await db.execute_fetchall("SELECT * FROM articles ORDER BY id")
    passages = await db.execute_fetchall("SELECT * FROM passages ORDER BY article_id, number")
    by_article = {article_id: list(rows) for article_id, rows in groupby(passages, key=lambda row: row[0])}
    return [_entry(row, by_article.get(row[0], [])) for row in articles]


def _rows(entry: Entry) -> tuple[_Row, list[_Row]]:
    """The article's row and those of its passages."""
    article = entry.article
    passages: list[_Row] = [_passage_row(article, passage) for passage in entry.passages]
    row = (
        article.id,
        entry.stamp,
        article.title,
        article.title_source,
        article.date.isoformat() if article.date else None,
        article.date_source,
        article.source,
        article.url,
        article.text,
        _json([(block.kind, block.span.start, block.span.end) for block in article.blocks]),
        article.encoding,
        article.evidence,
    )
    return (*row, _checksum(row, passages)), passages


def _passage_row(article: Article, passage: Passage) -> _Row:
    for sentence in passage.sentences:
        if sentence.text != sentence.span.of(article.text):
            raise ValueError(f"not verbatim in {article.id} at {sentence.span}: {sentence.text!r}")
    sentences = [(sentence.span.start, sentence.span.end, sentence.terms) for sentence in passage.sentences]
    span = passage.span
    return passage.article_id, passage.number, span.start, span.end, passage.heading, _json(sentences)


def _entry(row: _Row, passages: Sequence[_Row]) -> Entry:
    """The reverse of `_rows`. Raises sqlite3.DatabaseError where the rows are not what was written."""
    *known, checksum = row
    if checksum != _checksum(known, passages):
        raise sqlite3.DatabaseError(f"checksum of {row[0]}")
    article_id, stamp, title, title_source, day, date_source, source, url, text, blocks, encoding, evidence = known
    article = Article(
        id=article_id,
        title=title,
        title_source=title_source,
        date=dt.date.fromisoformat(day) if day else None,
        date_source=date_source,
        source=source,
        url=url,
        text=text,
        blocks=tuple(Block(kind, Span(start, end)) for kind, start, end in json.loads(blocks)),
        encoding=encoding,
        evidence=evidence,
    )
    return Entry(stamp, article, tuple(_passage(passage, text) for passage in passages))


def _passage(row: _Row, text: str) -> Passage:
    article_id, number, start, end, heading, sentences = row
    return Passage(
        article_id=article_id,
        number=number,
        span=Span(start, end),
        # One object for each distinct term: 18 MB instead of 102 MB for 20,000 passages.
        sentences=tuple(
            [
                Sentence(Span(first, last), text[first:last], tuple(map(intern, terms)))
                for first, last, terms in json.loads(sentences)
            ]
        ),
        heading=heading,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _checksum(article: Iterable[object], passages: Iterable[_Row]) -> int:
    return zlib.crc32("\n".join(map(str, chain(article, *passages))).encode())


def _code(error: Exception) -> int:
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
