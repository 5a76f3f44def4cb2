"""`dateline backup` and `dateline restore`: one file, whole or not there; and back again, under a bot that runs."""

import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import disks
import pytest
from talks import ADA
from test_migrations import FIRST, ROOT, child, first, umask
from test_state import BEN, DAY, REPLY

from bot.cli import status
from bot.errors import BackupInvalid, BackupUnwritable, StateDamaged, StateHeld, StateUnwritable
from bot.state.backup import BEFORE, Backup, Restored, backup, restore
from bot.state.database import NAME, NEWEST, State
from bot.state.people import Notes, People
from bot.state.replies import Replies
from bot.state.updates import Updates

TABLES = ("replies", "messages", "votes", "people", "notes", "inbox")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
async def data(unset: Path) -> AsyncIterator[Path]:
    """A data folder with two replies, and all that hangs on them."""
    async with State.open(unset / "data") as state:
        replies = Replies(state, 30)
        number = await replies.add(REPLY)
        await replies.add(replace(REPLY, question="Who closed it?", messages=()))
        await replies.vote(number, BEN, -1)
        await People(state).choose(ADA, "uk")
        await Notes(state).put("profile", "digest")
    return unset / "data"


def rows(file: Path) -> Rows:
    """All that a file holds."""
    with closing(sqlite3.connect(file)) as db:
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


def modes(folder: Path) -> dict[str, int]:
    """Who may do what with the files of a folder."""
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def dateline(*arguments: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATELINE_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_a_backup_is_one_file_with_everything(data: Path, tmp_path: Path, mask: int) -> None:
    """Nobody else may read it; one that was there is replaced, and nothing is left beside it."""
    folder = tmp_path / "back ups?"
    folder.mkdir()
    file = folder / "state#1.db"
    file.write_text("of yesterday")
    file.chmod(0o644)
    with umask(mask):
        kept = backup(data, file)
    assert Backup(file, 2, file.stat().st_size) == kept
    assert {file.name: 0o600} == modes(folder)
    assert rows(data / NAME) == rows(file)
    assert {file.name: 0o600} == modes(folder)


_LATE = """
import sqlite3
db = sqlite3.connect(input())
db.execute("INSERT INTO notes VALUES ('late', '1')")
db.commit()
print(flush=True)
input()
"""


def test_what_is_only_in_the_file_beside_it_is_copied(data: Path, tmp_path: Path) -> None:
    """By a bot that died nothing had been moved from there yet."""
    file = tmp_path / "copy.db"
    with child(_LATE) as bot:
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(f"{data / NAME}\n")
        bot.stdin.flush()
        bot.stdout.readline()
        bot.send_signal(signal.SIGKILL)
    assert (data / f"{NAME}-wal").stat().st_size
    backup(data, file)
    assert ("late", "1") in rows(file)["notes"]


def test_the_command_says_what_it_kept(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line each."""
    file = tmp_path / "copy.db"
    assert [status(["backup", str(file)]), status(["restore", str(file)])] == [0, 0]
    kept, restored = capsys.readouterr().out.splitlines()
    assert kept.startswith("2 replies and all else that is kept of people copied to ")
    assert restored == f"2 replies put back from {file}. What was there before is kept in {data / BEFORE}."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("backup {data}/state.db", "is what the bot itself writes"),
        ("backup {data}/../data/state.db-wal", "is what the bot itself writes"),
        ("restore {data}/state.db", "is what the bot itself writes"),
        ("backup {data}/nowhere/copy.db", "No such file or directory"),
        ("backup {data}", "(not a file)"),
        ("backup /dev/null", "(not a file)"),
        ("restore {data}/nowhere.db", "{data}/nowhere.db: No such file or directory"),
        ("restore {data}", "{data}: Is a directory"),
    ],
)
def test_mistakes(data: Path, capsys: pytest.CaptureFixture[str], arguments: str, message: str) -> None:
    """One line each, the status 2, and nothing is changed."""
    old = rows(data / NAME)
    assert status(arguments.format(data=data).split()) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert message.format(data=data) in line
    assert old == rows(data / NAME)
    assert [NAME] == [*modes(data)]


@pytest.mark.parametrize("content", [None, b""])
def test_without_anything_kept_there_is_no_backup(
    unset: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """A backup of before is not replaced by nothing."""
    (unset / "data").mkdir()
    if content is not None:
        (unset / "data" / NAME).write_bytes(content)
    (unset / "copy.db").write_text("of yesterday")
    assert status(["backup", str(unset / "copy.db")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"There is no {unset / 'data' / NAME} yet" in line
    assert (unset / "copy.db").read_text() == "of yesterday"


def damage(file: Path, how: str) -> None:
    """Let a file be what no program wrote."""
    content = file.read_bytes()
    spoilt = {
        "noise": random.Random(1).randbytes(len(content)),
        "cut": content[: len(content) // 2],
        "torn": content[:4096] + random.Random(1).randbytes(4096 * 3) + content[4096 * 4 :],
    }
    file.write_bytes(spoilt[how])


@pytest.mark.parametrize("how", ["noise", "cut", "torn"])
def test_what_is_damaged_is_no_backup(data: Path, tmp_path: Path, how: str) -> None:
    """The backup of before stays."""
    file = tmp_path / "copy.db"
    backup(data, file)
    old = file.read_bytes()
    damage(data / NAME, how)
    with pytest.raises(StateDamaged, match=NAME):
        backup(data, file)
    assert old == file.read_bytes()


@pytest.mark.parametrize("room", [20_000, 100_000])
def test_where_there_is_no_room(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """It is told in one line; a backup of before, and the state, stay as they are."""
    with disks.small(tmp_path / "disk", "1m") as disk:
        file, full = disk.path / "copy.db", disk.path / "full"
        shutil.copytree(data, full)
        backup(full, file)
        old = rows(full / NAME)
        disk.fill(but=room)
        for command in ("backup", "restore"):
            monkeypatch.setenv("DATELINE_DATA_DIR", str(full))
            assert status([command, str(file)]) == 2
            [line] = capsys.readouterr().err.splitlines()
            assert re.search(
                rf"(copy|{full}/state).db (cannot be written )?\((database or disk is full|disk I/O error)\)", line
            )
        disk.free()
        assert ({"copy.db", "full"}, {NAME}) == ({*modes(disk.path)}, {name.split("-")[0] for name in modes(full)})
        assert old == rows(full / NAME) == rows(file)


async def test_where_nothing_can_be_written(data: Path, tmp_path: Path) -> None:
    """What is there can be copied away, and back from there; nothing else."""
    old = rows(data / NAME)
    with disks.small(tmp_path / "disk", "1m") as disk:
        read_only = shutil.copytree(data, disk.path / "data")
        disk.remount("ro")
        assert backup(read_only, tmp_path / "copy.db").replies == 2
        with pytest.raises(BackupUnwritable, match="Read-only"):
            backup(data, disk.path / "copy.db")
        with pytest.raises(StateUnwritable, match="Read-only"):
            await restore(read_only, tmp_path / "copy.db")
        await later(data)
        await restore(data, read_only / NAME)
    assert old == rows(data / NAME) == rows(tmp_path / "copy.db")


async def later(data: Path) -> Rows:
    """Another day: other replies, votes and languages; what the file holds then."""
    async with State.open(data) as state:
        replies = Replies(state, 30)
        await state.write("DELETE FROM replies WHERE id = 1")
        await replies.vote(await replies.add(replace(REPLY, question="And today?")), ADA, 1)
        await People(state).choose(ADA, "fr")
        await People(state).choose(BEN, "el")
        await Notes(state).put("profile", "another")
    return rows(data / NAME)


async def test_all_is_as_it_was(data: Path, tmp_path: Path) -> None:
    """And, the other way, as it was before that."""
    file = tmp_path / "copy.db"
    old = rows(data / NAME)
    backup(data, file)
    new = await later(data)
    assert old != new
    assert Restored(file, 2, data / BEFORE) == await restore(data, file)
    assert (old, new) == (rows(data / NAME), rows(data / BEFORE))
    assert {NAME: 0o600, BEFORE: 0o600} == modes(data)
    await restore(data, data / BEFORE)
    assert (new, old) == (rows(data / NAME), rows(data / BEFORE))


async def test_no_number_is_given_twice(data: Path, tmp_path: Path) -> None:
    """A bot that runs remembers by them."""
    backup(data, tmp_path / "copy.db")
    await later(data)
    await restore(data, tmp_path / "copy.db")
    async with State.open(data) as state:
        assert await Replies(state, 30).add(REPLY) == 4


async def receive(data: Path, number: int, age: int = 0, state: str = "waiting") -> None:
    """Let an update be in the inbox for so many seconds."""
    async with State.open(data) as opened:
        await Updates(opened, 1).add([{"update_id": number}])
        await opened.write("UPDATE inbox SET at = at - ?, state = ? WHERE update_id = ?", age, state, number)


async def inbox(data: Path) -> list[tuple[int, str]]:
    """Which updates the inbox knows, in order."""
    async with State.open(data) as state:
        return await state.rows("SELECT update_id, state FROM inbox ORDER BY number")


async def test_who_waits_now_gets_an_answer(data: Path, tmp_path: Path) -> None:
    """So does who waited then, unless that is done, or so long ago that nobody expects it."""
    for number, age, state in ((1, 2 * DAY, "waiting"), (2, 60, "waiting"), (3, 50, "waiting"), (4, 0, "aside")):
        await receive(data, number, age, state)
    backup(data, tmp_path / "copy.db")
    async with State.open(data) as state:
        await state.write("DELETE FROM inbox WHERE update_id <> 2")
    await receive(data, 2, state="done")
    await receive(data, 5)
    await restore(data, tmp_path / "copy.db")
    assert [(2, "done"), (5, "waiting"), (3, "waiting")] == await inbox(data)


async def test_in_place_of_nothing_what_waited_waits(data: Path, tmp_path: Path) -> None:
    """With what is known to be done; there was no other inbox."""
    for number, age, state in ((1, 2 * DAY, "waiting"), (2, 0, "waiting"), (3, 0, "done")):
        await receive(data, number, age, state)
    backup(data, tmp_path / "copy.db")
    assert Restored(tmp_path / "copy.db", 2, None) == await restore(tmp_path / "new" / "folder", tmp_path / "copy.db")
    assert [(2, "waiting"), (3, "done")] == await inbox(tmp_path / "new" / "folder")
    assert modes(tmp_path / "new" / "folder") == {NAME: 0o600}


async def test_an_old_backup_is_brought_forward(data: Path, tmp_path: Path) -> None:
    """The backup itself stays as it is."""
    old = first(tmp_path / "old") / NAME
    content = old.read_bytes()
    assert Restored(old, 1, data / BEFORE) == await restore(data, old)
    async with State.open(data) as state:
        assert [(41,)] == await state.rows("SELECT id FROM replies")
        assert [(NEWEST,)] == await state.rows("PRAGMA user_version")
    assert content == old.read_bytes()
    assert [NAME] == [*modes(tmp_path / "old")]


def test_an_old_file_is_backed_up_as_it_is(unset: Path) -> None:
    """Before a newer program changes it."""
    first(unset / "data")
    assert backup(unset / "data", unset / "copy.db").replies == 1
    with closing(sqlite3.connect(unset / "copy.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


OTHERS = {
    "empty": "",
    "of another program": "CREATE TABLE replies (id INTEGER);",
    "of another program with a version": "CREATE TABLE things (id INTEGER); PRAGMA user_version = 2;",
    "with a table more": f"{FIRST} CREATE TABLE more (id INTEGER);",
    "with the tables of a newer version": f"{FIRST} CREATE TABLE inbox (id INTEGER);",
    "with a trigger": f"{FIRST} CREATE TRIGGER t AFTER INSERT ON votes BEGIN DELETE FROM replies; END;",
    "without a column": FIRST.replace(", language TEXT NOT NULL", "").replace("(7, 'uk')", "(7)"),
}


@pytest.mark.parametrize("script", OTHERS.values(), ids=OTHERS.keys())
async def test_what_is_no_state_is_not_put_back(data: Path, tmp_path: Path, script: str) -> None:
    """A database of another program, or one that somebody changed."""
    old = rows(data / NAME)
    other = first(tmp_path / "other", script) / NAME
    with pytest.raises(BackupInvalid, match=str(other)):
        await restore(data, other)
    assert (old, [NAME]) == (rows(data / NAME), [*modes(data)])


@pytest.mark.parametrize("how", ["noise", "cut", "torn"])
async def test_a_damaged_backup_is_not_put_back(data: Path, tmp_path: Path, how: str) -> None:
    """Nothing is changed."""
    old = rows(data / NAME)
    file = tmp_path / "copy.db"
    backup(data, file)
    damage(file, how)
    with pytest.raises(BackupInvalid, match=str(file)):
        await restore(data, file)
    assert (old, [NAME]) == (rows(data / NAME), [*modes(data)])


@pytest.mark.parametrize("how", ["noise", "cut", "torn"])
async def test_what_is_damaged_is_moved_away(data: Path, tmp_path: Path, how: str) -> None:
    """With the files beside it, never deleted; the backup takes its place."""
    old = rows(data / NAME)
    backup(data, tmp_path / "copy.db")
    damage(data / NAME, how)
    spoilt = (data / NAME).read_bytes()
    restored = await restore(data, tmp_path / "copy.db")
    assert restored.before
    assert restored.before.name.startswith(f"{NAME}.damaged-")
    assert spoilt[4096:] == restored.before.read_bytes()[4096:]
    assert old == rows(data / NAME)
    assert {0o600} == {*modes(data).values()}


async def test_what_is_left_of_a_file_that_is_gone_is_moved_away(data: Path, tmp_path: Path) -> None:
    """It belongs to no other."""
    old = rows(data / NAME)
    backup(data, tmp_path / "copy.db")
    (data / NAME).unlink()
    (data / f"{NAME}-wal").write_bytes(b"of the one that is gone")
    restored = await restore(data, tmp_path / "copy.db")
    assert restored.before
    assert restored.before.with_name(f"{restored.before.name}-wal").read_bytes() == b"of the one that is gone"
    assert old == rows(data / NAME)


_HOLDER = """
import asyncio
from pathlib import Path
from bot.state.database import State

async def hold(folder):
    async with State.open(folder):
        print("open", flush=True)
        input()

asyncio.run(hold(Path(input())))
"""


@pytest.mark.parametrize("gone", [False, True])
async def test_what_a_bot_has_open_is_not_moved_away(data: Path, tmp_path: Path, gone: bool) -> None:
    """It would go on with a file that nobody sees any more."""
    backup(data, tmp_path / "copy.db")
    with child(_HOLDER) as bot:
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(f"{data}\n")
        bot.stdin.flush()
        assert bot.stdout.readline() == "open\n"
        if gone:
            (data / NAME).unlink()
        else:
            damage(data / NAME, "noise")
        files = modes(data)
        with pytest.raises(StateHeld, match=NAME):
            await restore(data, tmp_path / "copy.db")
        assert files == modes(data)
        bot.kill()
    assert (await restore(data, tmp_path / "copy.db")).replies == 2
    assert rows(data / NAME) == rows(tmp_path / "copy.db")


async def test_without_room_for_what_was_there_nothing_is_replaced(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be kept is not given up."""
    backup(data, tmp_path / "copy.db")
    new = await later(data)
    (data / BEFORE).mkdir()
    with pytest.raises(BackupUnwritable, match=BEFORE):
        await restore(data, tmp_path / "copy.db")
    assert new == rows(data / NAME)


async def test_a_file_that_stays_locked_is_told(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is replaced; a backup needs no lock."""
    monkeypatch.setattr("bot.state.database.WAIT", 0.2)
    old = rows(data / NAME)
    with closing(sqlite3.connect(data / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        backup(data, tmp_path / "copy.db")
        with pytest.raises(StateUnwritable, match="locked"):
            await restore(data, tmp_path / "copy.db")
    assert old == rows(data / NAME)
