"""A corpus and the cache of it in, the files that must be read, and those that are no more, out.

What is found lies in tables of the connection, not in memory: a corpus may have a million files.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import aiosqlite

from retrieval import sources
from retrieval.models import CatalogEntry, LeftOut
from retrieval.sources import SourceFile

_TABLES = """
    DROP TABLE IF EXISTS temp.seen_files;
    DROP TABLE IF EXISTS temp.stale;
    DROP TABLE IF EXISTS temp.refused;
    CREATE TEMP TABLE seen_files (id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TEMP TABLE stale (id TEXT PRIMARY KEY, path TEXT, stamp TEXT, size INTEGER) WITHOUT ROWID;
    CREATE TEMP TABLE refused (path TEXT, reason TEXT, detail TEXT);
"""
_BATCH = 1_000

Listed = Mapping[str, CatalogEntry]


async def find(db: aiosqlite.Connection, corpus: Path, listed: Listed, paths: Iterable[Path] | None) -> int:
    """Look through the corpus, or at some `paths` of it only; the bytes that must be read."""
    await db.executescript(_TABLES)
    found = sources.walk(corpus) if paths is None else _looked(corpus, paths)
    while batch := await asyncio.to_thread(lambda: [*islice(found, _BATCH)]):
        refused = [one for one in batch if isinstance(one, LeftOut)]
        files = [one for one in batch if isinstance(one, SourceFile)]
        await db.executemany("INSERT INTO refused VALUES (?, ?, ?)", [(o.path, o.reason, o.detail) for o in refused])
        await db.executemany("INSERT OR IGNORE INTO seen_files VALUES (?)", [(one.id,) for one in files])
        names = json.dumps([one.id for one in files])
        query = "SELECT id, stamp FROM files WHERE id IN (SELECT value FROM json_each(?))"
        known = {row[0]: row[1] for row in await db.execute_fetchall(query, (names,))}
        rows = [(one, _stamp(one, listed)) for one in files]
        await db.executemany(
            "INSERT OR IGNORE INTO stale VALUES (?, ?, ?, ?)",
            [(o.id, str(o.path), to, o.size) for o, to in rows if known.get(o.id) != to],
        )
    [[size]] = await db.execute_fetchall("SELECT total(size) FROM stale")
    return int(size)


async def files(db: aiosqlite.Connection) -> AsyncGenerator[SourceFile, None]:
    """The files that must be read, by id; each with the stamp that says so."""
    last = ""
    query = f"SELECT id, path, stamp, size FROM stale WHERE id > ? ORDER BY id LIMIT {_BATCH}"
    while rows := [*await db.execute_fetchall(query, (last,))]:
        for name, path, to, size in rows:
            yield SourceFile(name, Path(path), to, size)
        last = rows[-1][0]


async def gone(db: aiosqlite.Connection, corpus: Path, paths: Iterable[Path] | None) -> list[str]:
    """The files that are no more, or no articles any more: of all that were read, or of these `paths` only."""
    if paths is None:
        rows = await db.execute_fetchall("SELECT id FROM files WHERE id NOT IN (SELECT id FROM seen_files)")
        return [name for (name,) in rows]
    found = set[str]()
    for name in ids(corpus, paths):
        inside = (name, f"{name}/", f"{name}0")  # 0 comes right after the slash
        query = "SELECT id FROM files WHERE (id = ? OR id > ? AND id < ?) AND id NOT IN (SELECT id FROM seen_files)"
        found |= {one for (one,) in await db.execute_fetchall(query, inside)}
    return sorted(found)


def _looked(corpus: Path, paths: Iterable[Path]) -> Iterator[SourceFile | LeftOut]:
    return (one for path in paths if (one := sources.look(corpus, path)) is not None)


def ids(corpus: Path, paths: Iterable[Path]) -> Iterator[str]:
    """What the corpus calls some paths."""
    root = corpus.resolve()
    return (path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root))


def _stamp(file: SourceFile, listed: Listed) -> str:
    """The state of a file, and what the catalog says of it, or of what is in it."""
    said = (
        [(name, one) for name, one in listed.items() if name.startswith(f"{file.id}#")]
        if file.many
        else listed.get(file.id)
    )
    return hashlib.blake2b(f"{file.stamp}\n{said!r}".encode(), digest_size=12).hexdigest()
