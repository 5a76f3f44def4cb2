"""`state.db` of older programs and of newer ones: brought forward as a whole or not at all, and open to nobody else."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.cli import status
from bot.errors import StateDamaged
from bot.state import database
from bot.state.database import NAME, NEWEST, State
from bot.state.people import Notes, People
from bot.state.replies import Replies

ROOT = Path(__file__).parents[1]
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"

# As the first released program wrote it; nothing here ever changes.
FIRST = """
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
INSERT INTO replies VALUES (
    41, 1764400000, -100, 5, 7, 11, NULL, 'answer', 'Who opened the bridge?', 'answered',
    '[["a.txt", 3, 9, "Sixty?", [[4, 5]], ["b.txt"]]]', 1, '["And who closed it?"]', '<b>“Sixty”</b>',
    '[[["More", "m0"]]]'
);
INSERT INTO messages VALUES (-100, 12, 41);
INSERT INTO votes VALUES (41, 8, -1, 1764400100);
INSERT INTO people VALUES (7, 'uk');
INSERT INTO notes VALUES ('profile', 'digest');
PRAGMA user_version = 1;
"""


def first(folder: Path, script: str = FIRST) -> Path:
    """A data folder with the file of the first program."""
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / NAME)) as db:
        db.executescript(script)
    return folder


def version_and_tables(folder: Path) -> tuple[int, list[str]]:
    """What a file says of itself."""
    with closing(sqlite3.connect(folder / NAME)) as db:
        [version] = db.execute("PRAGMA user_version").fetchone()
        return version, [name for (name,) in db.execute(TABLES)]


async def test_the_first_file_is_brought_forward(tmp_path: Path) -> None:
    """With all that is in it."""
    async with State.open(first(tmp_path)) as state:
        kept = await Replies(state, 30).of_message(-100, 12)
        assert kept
        assert (41, "Who opened the bridge?", "Sixty?", ("And who closed it?",)) == (
            kept.id,
            kept.question,
            kept.quotes[0].text,
            kept.next,
        )
        assert [(41, 8, -1, 1764400100)] == await state.rows("SELECT * FROM votes")
        assert ("uk", "digest") == (await People(state).language(7), await Notes(state).get("profile"))
    async with State.open(tmp_path / "new"):
        pass
    assert version_and_tables(tmp_path / "new") == version_and_tables(tmp_path)
    assert version_and_tables(tmp_path)[0] == NEWEST


@contextmanager
def one_more(script: str) -> Iterator[None]:
    """Meanwhile the program has one more script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_SCRIPTS", (*database._SCRIPTS, script))
        patch.setattr(database, "NEWEST", NEWEST + 1)
        yield


async def test_a_script_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Nor do those before it; the program before it goes on with the file."""
    old = version_and_tables(first(tmp_path))
    with one_more("CREATE TABLE more (id INTEGER); INSERT INTO nowhere VALUES (1);"):
        with pytest.raises(StateDamaged, match="nowhere"):
            async with State.open(tmp_path):
                pass
        assert old == version_and_tables(tmp_path)
    async with State.open(tmp_path) as state:
        assert await state.rows("SELECT id FROM replies") == [(41,)]


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
async def test_a_file_that_somebody_writes_just_now(tmp_path: Path, mode: str) -> None:
    """Is waited for, in both ways in which SQLite keeps it: in the first it would not wait for it by itself."""
    with closing(sqlite3.connect(first(tmp_path) / NAME, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.3, other.rollback)
        async with State.open(tmp_path) as state:
            assert await state.rows("SELECT id FROM replies") == [(41,)]


def child(code: str) -> subprocess.Popen[str]:
    """A program of its own that reads lines and prints some."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


_OPENER = """
import asyncio, sys
from pathlib import Path
from bot.state.database import State

async def opened(folder):
    async with State.open(folder) as state:
        return await state.rows("SELECT id FROM replies")

print("ready", flush=True)
for line in sys.stdin:
    print(asyncio.run(opened(Path(line.strip()))), flush=True)
"""


def test_two_that_open_a_file_at_once_migrate_it_once(tmp_path: Path) -> None:
    """Neither fails."""
    folders = [first(tmp_path / str(number)) for number in range(8)]
    with child(_OPENER) as one, child(_OPENER) as other:
        both = one, other
        said = []
        for line in ("", *(f"{folder}\n" for folder in folders)):
            for opener in both:
                assert opener.stdin
                opener.stdin.write(line)
                opener.stdin.flush()
            said += [opener.stdout.readline() for opener in both if opener.stdout]
        for opener in both:
            assert opener.stdin
            opener.stdin.close()
    assert ["ready\n"] * 2 + ["[(41,)]\n"] * 16 == said
    assert {NEWEST} == {version_and_tables(folder)[0] for folder in folders}


_SLOW = f"""
import asyncio, sys
from pathlib import Path
from bot.state import database

# What it changes is more than SQLite holds in memory, so that some of it is in the files when it dies.
endless = "WITH RECURSIVE n(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n) SELECT 41, i, 1, 1 FROM n"
database._SCRIPTS = (*database._SCRIPTS, "DROP TABLE notes; INSERT INTO votes " + endless)
database.NEWEST = {NEWEST + 1}

async def opened(folder):
    async with database.State.open(folder):
        pass

print("begins", flush=True)
asyncio.run(opened(Path(sys.stdin.readline().strip())))
"""


async def test_one_that_is_killed_has_changed_nothing(tmp_path: Path) -> None:
    """Whatever is in the file that is written first."""
    first(tmp_path)
    with child(_SLOW) as migrating:
        assert migrating.stdin
        migrating.stdin.write(f"{tmp_path}\n")
        migrating.stdin.flush()
        log = tmp_path / f"{NAME}-wal"
        while migrating.poll() is None and not (log.exists() and log.stat().st_size > 2_000_000):
            pass
        migrating.send_signal(signal.SIGKILL)
    assert migrating.returncode == -signal.SIGKILL
    async with State.open(tmp_path) as state:
        assert (await Notes(state).get("profile"), 1) == ("digest", len(await state.rows("SELECT * FROM votes")))
        assert [("ok",)] == await state.rows("PRAGMA integrity_check")
    assert version_and_tables(tmp_path)[0] == NEWEST


@pytest.mark.parametrize("command", ["run", "feedback", "backup", "restore"])
def test_a_file_of_a_newer_program_is_refused(
    command: str, unset: Path, bridges: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, by each command, and left as it is; so is a backup that a newer program wrote."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("DATELINE_CORPUS", str(bridges))
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "WARNING")
    data = first(unset / ("backups" if command == "restore" else "data"), FIRST.replace("= 1;", "= 99;"))
    old = (data / NAME).read_bytes()
    file = {"backup": [str(unset / "backup.db")], "restore": [str(data / NAME)]}
    assert status([command, *file.get(command, [])]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{data / NAME} was written by a newer Dateline. Install that one" in line
    assert old[100:] == (data / NAME).read_bytes()[100:]
    assert [data / NAME] == [*data.glob(f"{NAME}*")]
    assert not (unset / "backup.db").exists()


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Meanwhile files are made with that mask."""
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
@pytest.mark.parametrize("mode", [None, 0o644, 0o666])
async def test_nobody_else_may_read_it(tmp_path: Path, mask: int, mode: int | None) -> None:
    """Nor what is beside it, whatever the mask and however it was before."""
    files = [tmp_path / f"{NAME}{beside}" for beside in ("", "-wal", "-shm")]
    if mode is not None:
        first(tmp_path)
        for file in files:
            file.touch()
            file.chmod(mode)
    with umask(mask):
        async with State.open(tmp_path) as state:
            await Notes(state).put("one", "1")
            assert [0o600] * 3 == [stat.S_IMODE(file.stat().st_mode) for file in files]
