"""A data folder in, an open `state.db` out: brought to the newest form, written in transactions.

What is in it is not disposable. A file that is damaged, that a newer program wrote or that can't be written is an
error, and never given up.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors import StateDamaged, StateTooNew, StateUnwritable

NAME = "state.db"
WAIT = 30.0
"""Seconds to wait for a file that another process has locked."""

_PATIENCE, _PAUSE = 0.02, 0.1
"""Seconds that one attempt waits, in which nothing else is read either, and between two attempts, in which it is."""

# What is written first goes to its place at 1 MB, not at 4: on a disk with less room than that it never would.
_SET_UP = """
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 250;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
"""
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
    # What Telegram handed over, in the order of `number`: `body` is the update as it came, empty once it is done;
    # `update_id` is Telegram's, `digest` that of the body, for Telegram may begin to count anew; `deaths` says how
    # often the program ended without having done it; `state` is waiting, done or aside: given up for a `reason`.
    """
    CREATE TABLE inbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, bot INTEGER NOT NULL, update_id INTEGER NOT NULL,
        digest INTEGER NOT NULL, at REAL NOT NULL, person INTEGER, state TEXT NOT NULL, body TEXT NOT NULL,
        deaths INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', UNIQUE (bot, update_id, digest)
    );
    CREATE INDEX inbox_open ON inbox (state, number) WHERE state <> 'done';
    CREATE INDEX inbox_done ON inbox (at) WHERE state = 'done';
    """,
)
NEWEST = len(_SCRIPTS)
"""The version of a file that has seen them all."""

log = logging.getLogger(__name__)


class State:
    """An open `state.db`; made by `State.open`."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._alone = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, data_dir: Path, wait: float | None = None) -> AsyncIterator["State"]:
        """Open it, or make it; a lock is waited for. Raises StateTooNew, StateDamaged and StateUnwritable."""
        path = data_dir / NAME
        wait = WAIT if wait is None else wait
        _make(path)
        async with aiosqlite.connect(path, timeout=_PATIENCE, isolation_level=None) as db:
            try:
                await _when_free(db.executescript, _SET_UP, wait)
                await _migrate(db, path, wait)
            except sqlite3.DatabaseError as error:
                # Full, locked or read-only, and the file may be well; not so where it has other tables than it should.
                is_place = (
                    isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR
                )
                kind = StateUnwritable if is_place else StateDamaged
                raise kind(path, str(error)) from error
            yield cls(db)

    async def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds."""
        return [*await self._db.execute_fetchall(query, values)]

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: kept as a whole, or not at all. Raises sqlite3.Error."""
        async with self._alone:
            try:
                await _when_free(self._db.execute, "BEGIN IMMEDIATE", WAIT)
                yield self._db
                await self._db.execute("COMMIT")
            except BaseException:  # who is cancelled while it begins may have begun
                with suppress(sqlite3.OperationalError):
                    await self._db.execute("ROLLBACK")
                raise

    async def erase(self) -> None:
        """Leave nothing of what was deleted in the file beside it that is written first.

        Where somebody else reads that just now, or the disk is full, the next time does it.
        """
        async with self._alone:
            try:
                [[is_busy, *_]] = await self._db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                problem = "another program reads it" if is_busy else ""
            except sqlite3.OperationalError as error:
                problem = str(error)
        if problem:
            log.warning("what was deleted from %s is overwritten later: %s", NAME, problem)

    async def write(self, query: str, *values: object) -> int:
        """A transaction of one statement; the id of the row that it added."""
        async with self.writing() as db:
            return (await db.execute(query, values)).lastrowid or 0


def _make(path: Path) -> None:
    """The file, readable by nobody else. Raises StateUnwritable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        _hide(path)
        with path.open("ab"):
            pass
    except OSError as error:
        raise StateUnwritable(path, error.strerror or str(error)) from error


def _hide(path: Path) -> None:
    """Let nobody else read the file and what SQLite keeps beside it, however they came here."""
    for file in (path, *path.parent.glob(f"{path.name}-*")):
        with suppress(FileNotFoundError, PermissionError):  # gone with the last who had it open, or somebody else's
            file.chmod(0o600)


async def _when_free(execute: Callable[[str], Awaitable[object]], sql: str, wait: float) -> None:
    """Execute as soon as nobody else has the file, and let who reads it read meanwhile.

    Raises sqlite3.OperationalError, also when it stays locked for `wait` seconds. SQLite's own waiting holds up
    the readers, and leaves out a change of the journal's mode while somebody writes.
    """
    end = time.monotonic() + wait
    while True:
        try:
            await execute(sql)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        await asyncio.sleep(_PAUSE)


async def _migrate(db: aiosqlite.Connection, path: Path, wait: float) -> None:
    """Run the scripts that this file has not seen, all or none of them."""
    await _when_free(db.execute, "BEGIN IMMEDIATE", wait)
    [[version]] = await db.execute_fetchall("PRAGMA user_version")
    if version > NEWEST:
        raise StateTooNew(path)
    for script in _SCRIPTS[version:]:
        for statement in script.split(";"):
            await db.execute(statement)
    await db.execute(f"PRAGMA user_version = {NEWEST}")
    await db.execute("COMMIT")
