"""Backups and restores under a bot that runs, and restores that are killed: nothing is lost, half done or twice."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from talks import QUESTION, talking, words
from test_backup import dateline, later, rows
from test_migrations import ROOT

from bot.state.backup import BEFORE, backup, restore
from bot.state.database import NAME, State

IS_FULL = os.environ.get("CHAOS") == "full"
ROUNDS = 5 if IS_FULL else 1
KILLS = 25 if IS_FULL else 3


def killed(data: Path, file: Path, seconds: float) -> tuple[int, float]:
    """Kill a restore so many seconds after it has begun to write; its status, and how long it lived from there."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DATELINE_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "bot", "restore", str(file)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as restoring:
        while not [*data.glob(".restore-*")]:
            time.sleep(0.001)
        begun = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            restoring.wait(seconds)
        restoring.kill()
    for left in data.glob(".restore-*"):
        shutil.rmtree(left)
    return restoring.returncode, time.monotonic() - begun


async def test_a_restore_that_is_killed_has_changed_all_or_nothing(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """At whatever moment; what was there before is kept as a whole."""
    data, file, chance = tmp_path / "data", tmp_path / "copy.db", random.Random(1)
    async with State.open(data) as state, state.writing() as db:
        query = "INSERT INTO notes WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        await db.execute(query + "SELECT 'note ' || i, hex(zeroblob(100)) FROM n")
    backup(data, file)
    old, new = rows(file), await later(data)
    backup(data, tmp_path / "new.db")
    _, took = killed(data, file, 60)
    ends = {"before": 0, "after": 0, "ended": 0}
    for _ in range(KILLS):
        await restore(data, tmp_path / "new.db")
        (data / BEFORE).unlink()
        ended, _ = killed(data, file, chance.random() * took)
        now = rows(data / NAME)
        assert now in (old, new)
        if now == old or (data / BEFORE).exists():
            assert new == rows(data / BEFORE)
        ends["ended" if ended == 0 else "after" if now == old else "before"] += 1
    figure(
        f"{KILLS} restores killed, {ends['before']} before and {ends['after']} after all was there"
        f" ({ends['ended']} had ended): never a part, and what was there before kept as a whole"
    )


async def back_and_forth(data: Path, file: Path) -> None:
    """Backups, and restores of one that was made before."""
    for _ in range(ROUNDS):
        for arguments in (("backup", data.parent / "another.db"), ("restore", file)):
            ended = await asyncio.to_thread(dateline, *arguments, data=data)
            assert (0, "") == (ended.returncode, ended.stderr)


@pytest.mark.usefixtures("unhurried")
async def test_a_bot_that_runs_answers_on(bridges: Path, tmp_path: Path, figure: Callable[[str], None]) -> None:
    """Each question is answered once during backups and restores, no call is refused, and it knows what it knew."""
    data, file, asked = tmp_path / "data", tmp_path / "copy.db", list[int]()
    async with talking(bridges, data) as talk:
        await talk.say("/language uk")
        answer = await talk.say(QUESTION)
        await talk.settled()
        backup_then = await asyncio.to_thread(dateline, "backup", file, data=data)
        assert (0, "") == (backup_then.returncode, backup_then.stderr)
        await talk.say("/language fr")
        work = asyncio.create_task(back_and_forth(data, file))
        while not work.done():
            asked.append(1000 + len(asked))
            talk.server.say(asked[-1], QUESTION)
            await asyncio.sleep(0.1)
        await work
        await talk.server.until(lambda: {*asked} <= {message["chat"]["id"] for message in talk.server.sent})
        await talk.settled(asked[-1])
        told = [message["chat"]["id"] for message in talk.server.sent]
        assert [1] * len(asked) == [told.count(person) for person in asked]
        assert (await talk.say("/language"))["text"] == words("language", "uk")
        await talk.press(answer, "👍")
        assert words("voted", "uk", vote="good") in talk.toasts()
    figure(f"{len(asked)} questions during {ROUNDS} backups and as many restores: each answered once, no call refused")
