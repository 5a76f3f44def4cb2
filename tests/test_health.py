"""Health: what the bot knows of itself, and what is made of that elsewhere and later."""

import asyncio
import json
import logging
import os
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import settings_for
from talks import QUESTION, talking

from bot import health
from bot.health import Beat, Health, Heart, Ill
from bot.rendering import Renderer
from bot.telegram.application import serve
from retrieval import Engine, Look

AT = 1_000.0
WELL = Beat(AT, heard=AT, read=AT)


class Clock:
    """A clock that a test sets; both that count from the start of the machine show it."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self, *_: object) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    clocks = SimpleNamespace(CLOCK_BOOTTIME=7, clock_gettime=clock, monotonic=clock)
    monkeypatch.setattr(health, "time", clocks)
    return clock


def said(found: Health) -> str:
    """What `dateline health` says."""
    return Renderer("text").render("health", health=found)


def test_without_a_beat_it_never_lived(tmp_path: Path) -> None:
    """A bot that never ran is ill, and Telegram was never heard."""
    assert Health(None, (Ill("life"),)) == health.examine(tmp_path / "nowhere")
    assert health.age(tmp_path / "nowhere") is None


def test_the_age_counts_from_the_last_beat(tmp_path: Path, clock: Clock) -> None:
    """A later beat makes the age young again."""
    assert health.beat(tmp_path)
    clock.now += 60
    assert health.age(tmp_path) == 60
    health.beat(tmp_path)
    assert Health(0.0) == health.examine(tmp_path)


@pytest.mark.parametrize(
    ("beat", "later", "ills", "words"),
    [
        (WELL, 90.0, (), "Telegram was heard 90 seconds ago: all is well."),
        (WELL, 91.0, (Ill("life", 91.0),), "The bot has given no sign of life for 91 seconds."),
        (replace(WELL, heard=None), 0.0, (Ill("telegram"),), "Telegram has not been heard yet."),
        (replace(WELL, heard=AT - 91), 0.0, (Ill("telegram", 91.0),), "Telegram was last heard 91 seconds ago."),
        (
            replace(WELL, state="database or disk is full"),
            0.0,
            (Ill("state", problem="database or disk is full"),),
            "What people do can't be written to state.db: database or disk is full.",
        ),
        (
            replace(WELL, read=AT - 900, index="catalog_invalid"),
            0.0,
            (),
            "Telegram was heard 0 seconds ago: all is well.",
        ),
        (
            replace(WELL, read=AT - 901, index="catalog_invalid"),
            0.0,
            (Ill("index", 901.0, "catalog_invalid"),),
            "The articles were last looked at 15 minutes ago: catalog_invalid.",
        ),
        (replace(WELL, read=None), 0.0, (Ill("index"),), "The articles have not been read yet."),
        (replace(WELL, read=None, is_reading=True), 0.0, (), "Telegram was heard 0 seconds ago: all is well."),
        (
            replace(WELL, heard=None, state="disk I/O error"),
            0.0,
            (Ill("telegram"), Ill("state", problem="disk I/O error")),
            "Telegram has not been heard yet. What people do can't be written to state.db: disk I/O error.",
        ),
    ],
)
def test_what_is_wrong(
    tmp_path: Path, clock: Clock, beat: Beat, later: float, ills: tuple[Ill, ...], words: str
) -> None:
    """Each part that is not well is named in one line, with how long and why."""
    assert health.keep(tmp_path, beat)
    clock.now += later
    found = health.examine(tmp_path)
    assert (ills, words) == (found.ills, said(found))


def test_the_clock_on_the_wall_does_not_count(tmp_path: Path, clock: Clock) -> None:
    """Set back an hour, or forward, it makes the bot neither well nor ill, and so does when the file was written."""
    health.beat(tmp_path)
    wall = time.time()
    for hours in (-1, 1):
        os.utime(tmp_path / "heartbeat", (wall - 3600 * hours,) * 2)
        assert Health(0.0) == health.examine(tmp_path)
    clock.now += 91
    assert [Ill("life", 91.0)] == [*health.examine(tmp_path).ills]


def test_a_beat_of_before_the_machine_was_started_says_nothing(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart of the machine its clock begins anew, and an old beat must not look young."""
    health.beat(tmp_path)
    (tmp_path / "boot").write_text("another\n")
    monkeypatch.setattr(health, "_BOOT", tmp_path / "boot")
    assert (Ill("life"),) == health.examine(tmp_path).ills


def test_a_beat_of_a_later_moment_says_nothing(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where restarts of the machine can't be told apart, a beat from the future is one of before."""
    monkeypatch.setattr(health, "_BOOT", tmp_path / "nowhere")
    health.beat(tmp_path)
    clock.now -= 1
    assert (Ill("life"),) == health.examine(tmp_path).ills


def test_a_machine_without_such_a_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no clock counts sleep, one that does not is good enough."""
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    health.beat(tmp_path)
    assert () == health.examine(tmp_path).ills


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"boot": ""}', '{"at": 1}', '{"boot": "", "at": 1, "more": 2}', "\xff"]
)
def test_what_is_no_beat_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """An empty file, half of one, or one of another version is no sign of life."""
    monkeypatch.setattr(health, "_BOOT", tmp_path / "nowhere")
    (tmp_path / "heartbeat").write_text(text, encoding="latin-1")
    assert (Ill("life"),) == health.examine(tmp_path).ills


def test_a_data_folder_that_takes_no_file_is_replaced_by_the_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beat of each data folder has a place of its own in the temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_text("no folder")
    assert health.beat(tmp_path / "file")
    assert health.age(tmp_path / "file") is not None
    assert health.age(tmp_path / "other") is None


def test_the_youngest_beat_counts(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up the old beat stays in the data folder, and the temporary one has the new one."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = tmp_path / "data"
    data.mkdir()
    health.beat(data)
    (data / "heartbeat.new").mkdir()  # nothing can be written there now
    clock.now += 50
    health.beat(data)
    assert health.age(data) == 0
    (data / "heartbeat.new").rmdir()
    clock.now += 50
    health.beat(data)
    assert health.age(data) == 0


def test_a_beat_that_can_be_kept_nowhere_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With both folders gone, a beat says so and the age is unknown."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert not health.beat(tmp_path / "gone too")
    assert health.age(tmp_path / "gone too") is None
    assert "no heartbeat" in caplog.text


def test_nobody_else_reads_it_and_no_link_is_followed(tmp_path: Path) -> None:
    """The file is its owner's alone, and what somebody else has linked in its place stays as it was."""
    other = tmp_path / "other"
    other.write_text("precious")
    for name in ("heartbeat", "heartbeat.new"):
        (tmp_path / name).symlink_to(other)
    assert health.beat(tmp_path)
    file = tmp_path / "heartbeat"
    assert ("precious", False, 0o600) == (other.read_text(), file.is_symlink(), file.stat().st_mode & 0o777)
    assert "heard" in json.loads(file.read_text())


@pytest.fixture
def heart(tmp_path: Path, clock: Clock) -> Heart:
    return Heart(tmp_path, lambda: Look(AT))


def test_a_heart_beats_when_telegram_is_heard(tmp_path: Path, heart: Heart, clock: Clock) -> None:
    """Until then it is ill; a crowd of updates does not write the file each time, but the bot itself knows."""
    heart.keep()
    assert (Ill("telegram"),) == health.examine(tmp_path).ills
    heart.beat()
    assert Health(0.0) == health.examine(tmp_path)
    clock.now += 0.9
    heart.beat()
    assert (pytest.approx(0.9), 0.0) == (health.age(tmp_path), heart.health().heard)
    clock.now += 0.1
    heart.beat()
    assert Health(0.0) == health.examine(tmp_path)


def test_what_is_wrong_with_the_state_is_kept_at_once(tmp_path: Path, heart: Heart) -> None:
    """So is that it is well again."""
    heart.beat()
    heart.note_state("database or disk is full")
    assert (Ill("state", problem="database or disk is full"),) == health.examine(tmp_path).ills
    heart.note_state("")
    (tmp_path / "heartbeat").unlink()
    heart.note_state("")  # no news
    assert not (tmp_path / "heartbeat").exists()
    heart.keep()
    assert () == health.examine(tmp_path).ills


def test_how_the_articles_are_read_is_looked_up(tmp_path: Path, clock: Clock) -> None:
    """Their age counts from the last look that succeeded, on the bot's own clock."""
    looks = [Look(AT - 901, "corpus_missing"), Look(AT - 901, under_way=True), Look(AT)]
    heart = Heart(tmp_path, lambda: looks[0])
    heart.beat()
    assert (Ill("index", 901.0, "corpus_missing"),) == health.examine(tmp_path).ills
    for one in looks[1:]:
        looks[0] = one
        heart.keep()
        assert () == health.examine(tmp_path).ills


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), OSError("disk I/O error")])
async def test_it_finds_out_whether_the_state_can_be_written(
    tmp_path: Path, heart: Heart, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Now and then it writes; what fails is told, and so is that it works again."""
    monkeypatch.setattr(health, "EVERY", 0.001)
    fails, tried = [error], asyncio.Event()

    async def write() -> None:
        tried.set()
        for one in fails:
            raise one

    async def until(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    heart.beat()
    task = asyncio.create_task(heart.run(write))
    await tried.wait()
    await until(lambda: health.examine(tmp_path).ills == (Ill("state", problem="disk I/O error"),))
    fails.clear()
    await until(lambda: not health.examine(tmp_path).ills)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_another_process_reads_the_same_clock(tmp_path: Path) -> None:
    """A beat of this process is young in another one, and checking it imports no library of 300 modules."""
    health.beat(tmp_path)
    code = (
        "import sys, pathlib; from bot import health; found = health.examine(pathlib.Path(sys.argv[1]))\n"
        "heavy = [name for name in sys.modules if name.startswith(('telegram', 'numpy', 'prometheus', 'aiohttp'))]\n"
        "sys.exit(bool(found.ills or heavy))"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code, str(tmp_path)]) == 0


def test_the_command_imports_no_more_than_it_needs() -> None:
    """`dateline health` runs every half minute: without the engine, the library of Telegram and the numbers."""
    code = (
        "import sys; from bot.cli import status; status(['health'])\n"
        "sys.exit(any(name.startswith(('telegram', 'numpy', 'prometheus', 'aiohttp')) for name in sys.modules))"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


def test_nothing_is_logged_where_all_is_well(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A beat every few seconds is no news."""
    with caplog.at_level(logging.DEBUG):
        health.beat(tmp_path)
    assert [] == caplog.records


async def test_a_bot_that_answers_is_well(bridges: Path, tmp_path: Path) -> None:
    """All that it knows of itself is good."""
    async with talking(bridges, tmp_path / "data") as talk:
        await talk.say(QUESTION)
        assert () == health.examine(tmp_path / "data").ills


async def test_a_bot_that_hears_nothing_from_the_beginning_says_so(engine: Engine, tmp_path: Path) -> None:
    """It gives signs of life before its first call has succeeded."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings_for(url, tmp_path), engine, stop))
    async with asyncio.timeout(30):
        while health.examine(tmp_path).ills == (Ill("life"),):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (Ill("telegram"),) == health.examine(tmp_path).ills
    stop.set()
    await bot
