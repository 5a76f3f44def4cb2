"""A data folder in, an open `state.db` out: brought to the newest form, written in transactions.

What is in it is not disposable. A file that is damaged, or that a newer program wrote, is an error and never given up;
where nothing can be written at all, it is held in memory for this run, and that is logged.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors import StateDamaged, StateTooNew

NAME = "state.db"
WAIT = 30.0
"""Seconds to wait for a file that another process has locked."""

_SET_UP = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
# Each script brings the tables from one version to the next; none of them is ever changed.
#
# A reply is one answer in a chat: `asked` is the message that it answers, `before` the reply it follows on from,
# `quotes` all that was found, `shown` how many of these it shows, `html` and `keyboard` its last message as it was
# sent. `messages` are all messages that it consists of.
_SCRIPTS = (
    """
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, chat INTEGER NOT NULL, topic INTEGER NOT NULL,
        person INTEGER NOT NULL, asked INTEGER, before INTEGER, part TEXT NOT NULL, question TEXT NOT NULL,
        status TEXT NOT NULL, quotes TEXT NOT NULL, shown INTEGER NOT NULL, next TEXT NOT NULL, html TEXT NOT NULL,
        keyboard TEXT NOT NULL
    );
    CREATE INDEX replies_asked ON replies (chat, asked);
    CREATE INDEX replies_topic ON replies (chat, topic, id);
    CREATE INDEX replies_person ON replies (person);
    CREATE INDEX replies_at ON replies (at);
    CREATE TABLE messages (
        chat INTEGER NOT NULL, message INTEGER NOT NULL,
        reply INTEGER NOT NULL REFERENCES replies ON DELETE CASCADE, PRIMARY KEY (chat, message)
    ) WITHOUT ROWID;
    CREATE INDEX messages_reply ON messages (reply);
    CREATE TABLE votes (
        reply INTEGER NOT NULL REFERENCES replies ON DELETE CASCADE, person INTEGER NOT NULL, vote INTEGER NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (reply, person)
    ) WITHOUT ROWID;
    CREATE INDEX votes_person ON votes (person);
    CREATE TABLE people (id INTEGER PRIMARY KEY, language TEXT NOT NULL);
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
)

log = logging.getLogger(__name__)


class State:
    """An open `state.db`; made by `State.open`."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._alone = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, data_dir: Path) -> AsyncIterator["State"]:
        """Open it, or make it. Raises StateTooNew and StateDamaged."""
        path = data_dir / NAME
        async with aiosqlite.connect(_place(path), timeout=WAIT, isolation_level=None) as db:
            try:
                await db.executescript(_SET_UP)
                await _migrate(db, path)
            except sqlite3.DatabaseError as error:
                raise StateDamaged(path, str(error)) from error
            yield cls(db)

    async def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds."""
        return [*await self._db.execute_fetchall(query, values)]

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: kept as a whole, or not at all. Raises sqlite3.Error."""
        async with self._alone:
            try:
                await self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                await self._db.execute("COMMIT")
            except BaseException:  # who is cancelled while it begins may have begun
                with suppress(sqlite3.OperationalError):
                    await self._db.execute("ROLLBACK")
                raise

    async def erase(self) -> None:
        """Leave nothing of what was deleted in the file beside it that is written first.

        Where somebody else reads that just now, the next time does it.
        """
        async with self._alone:
            await self._db.execute("PRAGMA busy_timeout = 0")
            try:
                [[is_busy, *_]] = await self._db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await self._db.execute(f"PRAGMA busy_timeout = {round(WAIT * 1000)}")
        if is_busy:
            log.warning("another program reads %s: what was deleted is overwritten later", NAME)

    async def write(self, query: str, *values: object) -> int:
        """A transaction of one statement; the id of the row that it added."""
        async with self.writing() as db:
            return (await db.execute(query, values)).lastrowid or 0


def _place(path: Path) -> str | Path:
    """The file, readable by nobody else; or memory, where there can be none."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("ab"):
            return path
    except OSError as error:
        log.warning("%s can't be written, what people do is forgotten at the end: %s", path, error.strerror)
        return ":memory:"


async def _migrate(db: aiosqlite.Connection, path: Path) -> None:
    """Run the scripts that this file has not seen, all or none of them."""
    await db.execute("BEGIN IMMEDIATE")
    [[version]] = await db.execute_fetchall("PRAGMA user_version")
    if version > len(_SCRIPTS):
        raise StateTooNew(path)
    for script in _SCRIPTS[version:]:
        for statement in script.split(";"):
            await db.execute(statement)
    await db.execute(f"PRAGMA user_version = {len(_SCRIPTS)}")
    await db.execute("COMMIT")
