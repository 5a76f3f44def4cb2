"""The cache after a pass in, what the pass did and what is left out, out."""

from collections.abc import AsyncGenerator, Iterable

import aiosqlite

from retrieval.models import LeftOut, Named, Notice, SyncReport

SHOWN = 1_000
"""So many articles of a sort, and things left out, are named in a report."""

_TOUCHED = "FROM touched t LEFT JOIN articles a ON a.id = t.id AND a.original IS NULL WHERE "
_ADDED, _CHANGED, _REMOVED = (
    "NOT t.served AND a.id IS NOT NULL",
    "t.served AND t.read AND a.id IS NOT NULL",
    "t.served AND a.id IS NULL",
)
# In the order of their ids SQLite would look for the few copies in all articles: 0.3 s of a million passages, 1.4 cold.
_LEFT_OUT = """
    SELECT path, reason, detail FROM left_out
    UNION ALL SELECT id, 'copy', original FROM articles INDEXED BY copies WHERE original IS NOT NULL
"""


async def report(db: aiosqlite.Connection, notices: Iterable[Notice]) -> SyncReport:
    """What the pass did that this connection was used for."""
    added, changed, removed = [await _named(db, where) for where in (_ADDED, _CHANGED, _REMOVED)]
    [[served]] = await db.execute_fetchall("SELECT count(*) FROM articles WHERE original IS NULL")
    reasons = await db.execute_fetchall(f"SELECT reason, count(*) FROM ({_LEFT_OUT}) GROUP BY 1 ORDER BY 2 DESC, 1")
    first = await db.execute_fetchall(f"{_LEFT_OUT} ORDER BY 1, 2, 3 LIMIT {SHOWN}")
    return SyncReport(
        added=added,
        changed=changed,
        removed=removed,
        unchanged=served - added.count - changed.count,
        left_out=tuple(LeftOut(*row) for row in first),
        reasons=tuple((reason, count) for reason, count in reasons),
        notices=tuple(notices),
    )


async def left_out(db: aiosqlite.Connection) -> AsyncGenerator[LeftOut, None]:
    """All that is left out, by path."""
    async with db.execute(f"{_LEFT_OUT} ORDER BY 1, 2, 3") as rows:
        async for row in rows:
            yield LeftOut(*row)


async def _named(db: aiosqlite.Connection, where: str) -> Named:
    [[count]] = await db.execute_fetchall(f"SELECT count(*) {_TOUCHED}{where}")
    first = await db.execute_fetchall(f"SELECT t.id {_TOUCHED}{where} ORDER BY 1 LIMIT {SHOWN}")
    return Named(int(count), tuple(name for (name,) in first))
