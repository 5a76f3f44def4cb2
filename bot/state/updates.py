"""What Telegram hands over in, kept in `state.db` until it is done, in the order in which it came."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.state.database import State

RawUpdate = Mapping[str, Any]
"""An update as Telegram sends it; see `is_one`."""

DONE_KEPT = 2 * 86_400
"""Seconds for which it is remembered that an update is done. Telegram repeats one for a day at most, and after a week
without any it may count from another number."""

MOST_DONE = 100_000
"""Updates of which that is remembered."""

CONCURRENT_DEATHS = 2
"""How often the program may end without having done an update that it is still done beside others."""

ALONE_DEATHS = 3
"""How often it may end while it does nothing but that one, until that is given up."""

_WHOLE = range(-(2**63), 2**63)
"""The numbers that SQLite takes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is not done: its number here, since when it waits (seconds since 1970), and its body."""

    number: int
    at: float
    deaths: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Depth:
    """How many updates wait, for how many seconds the oldest does, and how many are set aside."""

    waiting: int
    oldest: float
    aside: int


class Updates:
    """The updates of the bot whose id is `bot`."""

    def __init__(self, state: State, bot: int) -> None:
        self._state = state
        self._bot = bot
        self._finished: set[int] = set()
        self._finishing = asyncio.Lock()

    async def add(self, updates: Sequence[RawUpdate]) -> None:
        """Keep updates, for good once this returns; those that are known already are left out. Raises sqlite3.Error."""
        now = time.time()
        bodies = [(one, json.dumps(one)) for one in updates]
        rows = [(self._bot, one["update_id"], _digest(body), now, _person(one), body) for one, body in bodies]
        query = """
            INSERT OR IGNORE INTO inbox (bot, update_id, digest, at, person, state, body)
            VALUES (?, ?, ?, ?, ?, 'waiting', ?)
        """
        async with self._state.writing() as db:
            await db.executemany(query, rows)

    async def begin(self) -> None:
        """Note that what waits now outlived a program that did not do it."""
        query = "UPDATE inbox SET deaths = deaths + 1 WHERE bot = ? AND state = 'waiting' AND deaths < ?"
        await self._state.write(query, self._bot, CONCURRENT_DEATHS)

    async def waiting(self, after: int, limit: int) -> list[Waiting]:
        """The next that wait behind the one with that number, oldest first."""
        query = """
            SELECT number, at, deaths, body FROM inbox
            WHERE bot = ? AND state = 'waiting' AND number > ? ORDER BY number LIMIT ?
        """
        rows = await self._state.rows(query, self._bot, after, limit)
        return [Waiting(number, at, deaths, json.loads(body)) for number, at, deaths, body in rows]

    async def suspect(self, number: int) -> None:
        """Note, before it is tried, that if the program ends now it may be for this one."""
        await self._state.write("UPDATE inbox SET deaths = deaths + 1 WHERE number = ?", number)

    async def finish(self, number: int) -> None:
        """Note that an update is done. Raises sqlite3.Error, and then `settle` has to be called again."""
        self._finished.add(number)
        await self.settle()

    async def settle(self) -> None:
        """Note all that is done and not noted yet; what ends meanwhile is noted together."""
        waits = frozenset(self._finished)
        async with self._finishing:
            if not waits & self._finished:
                return
            done = [*self._finished]
            async with self._state.writing() as db:
                query = "UPDATE inbox SET state = 'done', body = '', person = NULL WHERE number = ?"
                await db.executemany(query, [(one,) for one in done])
            self._finished.difference_update(done)

    async def set_aside(self, number: int, reason: str) -> None:
        """Give an update up."""
        await self._state.write("UPDATE inbox SET state = 'aside', reason = ? WHERE number = ?", reason, number)

    async def depth(self) -> Depth:
        """How full it is."""
        done = [*self._finished]  # what is not noted yet
        query = f"""
            SELECT coalesce(sum(state = 'waiting'), 0), min(CASE state WHEN 'waiting' THEN at END),
                   coalesce(sum(state = 'aside'), 0)
            FROM inbox WHERE bot = ? AND state <> 'done' AND number NOT IN ({", ".join("?" * len(done))})
        """
        [[waiting, oldest, aside]] = await self._state.rows(query, self._bot, *done)
        return Depth(waiting, max(0.0, time.time() - oldest) if waiting else 0.0, aside)

    async def prune(self, keep_days: int) -> None:
        """Forget what was done long ago, and what was given up before the days that things are kept."""
        now = int(time.time())
        async with self._state.writing() as db:
            await db.execute("DELETE FROM inbox WHERE state = 'done' AND at < ?", (now - DONE_KEPT,))
            many = "DELETE FROM inbox WHERE state = 'done' AND number <= (SELECT max(number) FROM inbox) - ?"
            await db.execute(many, (MOST_DONE,))
            await db.execute("DELETE FROM inbox WHERE state = 'aside' AND at < ?", (now - keep_days * 86_400,))


def is_one(value: object) -> bool:
    """Whether it is what Telegram calls an update: an object with a number."""
    return isinstance(value, dict) and _is_whole(value.get("update_id"))


def _digest(body: str) -> int:
    """What tells an update that is sent again from another one of the same number, in 64 bits."""
    return int.from_bytes(hashlib.sha256(body.encode()).digest()[:8], "big", signed=True)


def _person(update: RawUpdate) -> int | None:
    """Whose update it is, so that they can have it forgotten; None where that can't be told."""
    for what in update.values():
        sender = what.get("from") if isinstance(what, dict) else None
        number = sender.get("id") if isinstance(sender, dict) else None
        if isinstance(number, int) and _is_whole(number):
            return number
    return None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _WHOLE
