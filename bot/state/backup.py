"""`state.db` in, one file with all that is kept out; and back again, both while the bot runs.

A restore replaces rows, in one transaction of the file that the bot has open. What waits in the inbox stays, for it
came since. Only where the file is damaged or gone another takes its place.
"""

import datetime as dt
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiosqlite

from bot.errors import (
    BackupInvalid,
    BackupIsState,
    BackupTooNew,
    BackupUnwritable,
    StateDamaged,
    StateHeld,
    StateMissing,
    StateTooNew,
    StateUnwritable,
)
from bot.state.database import NAME, NEWEST, WAIT, State

if sys.platform != "win32":  # where a file that is open can't be moved away
    import fcntl

BEFORE = f"{NAME}.before-restore"
_BESIDE = ("", "-wal", "-shm")
"""What follows on a file's name where SQLite keeps something beside it."""

_DAY = 86_400
_SCHEMA = "SELECT name, type, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY name"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds: how many replies; and its size in bytes."""

    path: Path
    replies: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: how many replies; and the file that keeps what was there before, if anything was."""

    path: Path
    replies: int
    before: Path | None


def backup(data_dir: Path, file: Path) -> Backup:
    """Copy all that is kept to `file`, which is replaced once the copy is whole.

    Raises StateMissing, StateTooNew, StateDamaged, BackupIsState and BackupUnwritable.
    """
    place = data_dir / NAME
    _refuse_own(place, file)
    try:
        return _backed_up(place, file)
    except (OSError, sqlite3.OperationalError) as error:
        raise BackupUnwritable(file, _in_short(error)) from error
    except sqlite3.DatabaseError as error:
        raise StateDamaged(place, str(error)) from error


async def restore(data_dir: Path, file: Path) -> Restored:
    """Put back what a backup holds.

    Raises BackupInvalid, BackupTooNew and BackupIsState of the file; StateTooNew, StateHeld, StateUnwritable and
    BackupUnwritable of what is there; OSError.
    """
    place = data_dir / NAME
    _refuse_own(place, file)
    with file.open("rb"):  # and say which file it is that can't be read
        pass
    try:
        with _folder(data_dir) as folder:
            copy = folder / NAME
            replies = await _checked(file, copy)
            if _is_whole(place):
                await _replace(data_dir, copy)
                return Restored(file, replies, data_dir / BEFORE)
            return Restored(file, replies, _put(copy, place))
    except StateUnwritable as error:  # or the copy, which is nobody's concern
        raise StateUnwritable(place, str(error.facts["problem"])) from error
    except (OSError, sqlite3.Error) as error:
        raise StateUnwritable(place, _in_short(error)) from error


def _in_short(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _refuse_own(place: Path, file: Path) -> None:
    if file.resolve() in [place.resolve().with_name(place.name + beside) for beside in _BESIDE]:
        raise BackupIsState(file)


@contextmanager
def _folder(data_dir: Path) -> Iterator[Path]:
    """A folder for a while, on the disk that the state is on."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore-", dir=data_dir) as folder:
        yield Path(folder)


def _backed_up(place: Path, file: Path) -> Backup:
    if file.exists() and not file.is_file():  # a folder, /dev/stdout
        raise BackupUnwritable(file, "not a file")
    with TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        copy = Path(folder) / NAME
        if not place.is_file() or not (version := _copy(place, copy)):
            raise StateMissing(place)
        if version > NEWEST:
            raise StateTooNew(place)
        with closing(sqlite3.connect(copy)) as db:
            [replies] = db.execute("SELECT count(*) FROM replies").fetchone()
        copy.replace(file)
        _sync(file.parent)
    return Backup(file, replies, file.stat().st_size)


def _copy(source: Path, target: Path) -> int:
    """Copy a database to one file, with what stands in those beside it; its version.

    Whoever writes meanwhile is not held up: what was there at the beginning is copied. Raises sqlite3.DatabaseError
    when it is not whole, and sqlite3.OperationalError where it can't be copied.
    """
    target.touch(mode=0o600)
    target.chmod(0o600)
    with closing(_connected(source)) as old, closing(sqlite3.connect(target)) as new:
        old.execute("BEGIN")
        old.execute("SELECT * FROM sqlite_schema")  # the copy itself would wait for a locked file without end
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        [problem] = new.execute("PRAGMA integrity_check(1)").fetchone()
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        [version] = new.execute("PRAGMA user_version").fetchone()
    _sync(target)
    return int(version)


def _connected(file: Path) -> sqlite3.Connection:
    """Where nothing can be written beside a file, SQLite opens it only if told that nobody else writes either."""
    is_alone = not os.access(file.parent, os.W_OK) and not file.with_name(f"{file.name}-wal").exists()
    how = "mode=ro&immutable=1" if is_alone else "mode=rw"
    return sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=WAIT)


def _sync(path: Path) -> None:
    """Let a file, or a folder's list of files, outlive a loss of power."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _checked(file: Path, copy: Path) -> int:
    """Copy a backup, bring the copy to the newest form, and count its replies."""
    try:
        if not _copy(file, copy):
            raise BackupInvalid(file)
        async with State.open(copy.parent) as state, State.open(copy.parent / "new") as new:
            if await _schema(state) != await _schema(new):
                raise BackupInvalid(file)
            late = int(time.time()) - _DAY  # nobody expects an answer any more
            await state.write("DELETE FROM inbox WHERE state = 'waiting' AND at <= ?", late)
            [[replies]] = await state.rows("SELECT count(*) FROM replies")
            return int(replies)
    except StateTooNew as error:
        raise BackupTooNew(file) from error
    except StateDamaged as error:
        raise BackupInvalid(file, str(error.facts["problem"])) from error
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise BackupInvalid(file, str(error)) from error


async def _schema(state: State) -> list[tuple[str, str, str]]:
    """What there is in a file, but for how it was indented: names, kinds, and how they were made."""
    return [(name, kind, " ".join(sql.split())) for name, kind, sql in await state.rows(_SCHEMA)]


def _is_whole(place: Path) -> bool:
    """Whether all of a file can be read."""
    if not place.is_file():
        return False
    try:
        with closing(_connected(place)) as db:
            return bool(db.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


async def _replace(data_dir: Path, copy: Path) -> None:
    """Replace every row by those of `copy`, and keep the rows as they were."""
    async with State.open(data_dir) as state:
        await state.rows("PRAGMA foreign_keys = OFF")  # in the end all are there
        await state.rows("ATTACH ? AS copy", str(copy))
        async with state.writing() as db:
            backup(data_dir, data_dir / BEFORE)  # nobody else writes meanwhile
            for table, kind, _ in await _schema(state):
                if kind == "table" and table != "inbox":
                    await db.execute(f"DELETE FROM main.{table}")
                    await db.execute(f"INSERT INTO main.{table} SELECT * FROM copy.{table}")
            await _add_waiting(db)
        await state.rows("DETACH copy")


async def _add_waiting(db: aiosqlite.Connection) -> None:
    """Let wait again what waited then and is not known now, behind what waits."""
    rows = await db.execute_fetchall("SELECT name FROM pragma_table_info('inbox') WHERE name <> 'number'")
    columns = ", ".join(name for (name,) in rows)
    await db.execute(
        f"INSERT OR IGNORE INTO main.inbox ({columns}) "
        f"SELECT {columns} FROM copy.inbox WHERE state = 'waiting' ORDER BY number"
    )


def _put(copy: Path, place: Path) -> Path | None:
    """Let a copy be the state, and move away what can't be read; where to, if there was anything."""
    aside = place.with_name(f"{NAME}.damaged-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S.%fZ}")
    found = [beside for beside in _BESIDE if place.with_name(place.name + beside).exists()]
    with _alone(place):
        for beside in found:
            place.with_name(place.name + beside).rename(aside.with_name(aside.name + beside))
        copy.replace(place)
    _sync(place)
    _sync(place.parent)
    return aside if found else None


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """While no other program has the file open. Raises StateHeld.

    Whoever has it open in WAL mode holds a lock on both of these all the time.
    """
    with ExitStack() as opened:
        for file in (place, place.with_name(f"{place.name}-shm")):
            if sys.platform != "win32" and file.exists():
                try:
                    fcntl.lockf(opened.enter_context(file.open("r+b")), fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise StateHeld(place) from error
        yield
