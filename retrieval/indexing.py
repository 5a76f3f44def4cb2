"""The cache in, an index fed from it out: what the index lacks, or has too much, is made good first.

The cache has a name for its index, remembers in what state it left it, and notes each article that the index may know
otherwise. So nothing has to be compared: an index in an older state, or none, is made anew, and what is noted is taken
out and put in again.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Protocol

import aiosqlite

from retrieval.entries import Entry, with_terms
from retrieval.index.base import Feeder
from retrieval.keeping import SELECT, Change, kept_entry
from retrieval.store import Store

_COMMIT = 100_000
"""Passages after which the index is made safe: often enough to lose little, seldom enough to take no time."""
_BATCH = 500


class Home(Protocol):
    """Where indexes are, each by the name that a cache has for it."""

    async def state(self, name: str) -> int | None:
        """The number of the state that an index was left in; None where there is none or it is damaged."""

    async def feeder(self, name: str, *, anew: bool) -> Feeder:
        """Begin to feed an index, an empty one if `anew`; those of other names are deleted when that is committed."""


class Indexing:
    """Feeds the index of a cache; `close` it when done, and what was not committed is fed the next time."""

    def __init__(self, store: Store, db: aiosqlite.Connection, home: Home) -> None:
        self._store = store
        self._db = db
        self._home = home
        self._feeder: Feeder | None = None
        self._uncommitted = 0

    async def change(self, change: Change) -> None:
        """Feed what was just changed in the cache."""
        if self._feeder is None:
            feeder = await self._begin(change.added)
        else:
            feeder = self._feeder
            await self._feed(feeder, change.removed, change.added)
        if self._uncommitted >= _COMMIT:
            await self._commit(feeder)

    @property
    def has_begun(self) -> bool:
        """Whether it feeds, and must be told of all further changes."""
        return self._feeder is not None

    async def finish(self) -> str:
        """Feed what is not fed yet; the name of the index, which is in the state of the cache then."""
        if self._feeder is None and not await self._is_fed():
            await self._begin()
        if self._feeder is not None:
            await self._commit(self._feeder)
        return await name(self._db)

    async def close(self) -> None:
        """Let another process feed."""
        if self._feeder is not None:
            await self._feeder.close()

    async def _is_fed(self) -> bool:
        unfed = await self._db.execute_fetchall("SELECT 1 FROM unfed LIMIT 1")
        fed = await self._fed()
        return not unfed and fed is not None and fed == await self._home.state(await name(self._db))

    async def _fed(self) -> int | None:
        [[fed]] = await self._db.execute_fetchall("SELECT fed FROM meta")
        return None if fed is None else int(fed)

    async def _begin(self, at_hand: Sequence[Entry] = ()) -> Feeder:
        """Begin to feed, with all that may be missing; some of it is `at_hand`."""
        ready = {one.article.id: one for one in at_hand}
        fed, state = await self._fed(), await self._home.state(await name(self._db))
        anew = fed is None or state is None or state < fed
        if anew:
            async with self._store.begun(self._db):  # under a new name: its states are counted from the beginning
                await self._db.execute("UPDATE meta SET digest = ?, fed = NULL", (uuid.uuid4().hex,))
                await self._db.execute("INSERT OR IGNORE INTO unfed SELECT id FROM articles WHERE original IS NULL")
        self._feeder = feeder = await self._home.feeder(await name(self._db), anew=anew)
        last = ""
        query = f"SELECT id FROM unfed WHERE id > ? ORDER BY id LIMIT {_BATCH}"
        while rows := [*await self._db.execute_fetchall(query, (last,))]:
            ids = [one for (one,) in rows]
            kept = await self._entries([one for one in ids if one not in ready])
            await self._feed(feeder, () if anew else ids, [*(ready[one] for one in ids if one in ready), *kept])
            last = ids[-1]
        return feeder

    async def _entries(self, ids: Sequence[str]) -> list[Entry]:
        if not ids:
            return []
        where = "original IS NULL AND id IN (SELECT value FROM json_each(?))"
        rows = await self._db.execute_fetchall(f"{SELECT} WHERE {where}", (json.dumps(ids),))
        return [kept_entry(row) for row in rows]

    async def _feed(self, feeder: Feeder, removed: Sequence[str], added: Sequence[Entry]) -> None:
        entries = [with_terms(one) for one in added]
        await feeder.remove(removed)
        await feeder.add(entries)
        self._uncommitted += sum(len(one.terms) for one in entries)

    async def _commit(self, feeder: Feeder) -> None:
        # The index must not outlive, in a power failure, what the cache knows of it: this waits for the disk.
        await self._db.execute("PRAGMA synchronous = FULL")
        async with self._store.begun(self._db):
            await self._db.execute("UPDATE meta SET fed = fed")
        state = await feeder.commit()
        async with self._store.begun(self._db):
            await self._db.execute("UPDATE meta SET fed = ?", (state,))
            await self._db.execute("DELETE FROM unfed")
        self._uncommitted = 0


async def name(db: aiosqlite.Connection) -> str:
    """What a cache calls its index."""
    [[digest]] = await db.execute_fetchall("SELECT digest FROM meta")
    return str(digest)
