"""A bot that dies, of `kill -9` on a full disk or of files that are cut under it: the next one loses nothing.

`CHAOS=full` has it die more often.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from botapi_witness import Witness
from disks import Disk, small
from running import command, environment_for

FULL = os.environ.get("CHAOS") == "full"
ROUNDS, QUESTIONS = (3, 20) if FULL else (1, 5)
ROOT = Path(__file__).parents[1]


class Bot:
    """The bot as a process, over a corpus and a data folder."""

    def __init__(self, server: Witness, corpus: Path, data_dir: Path) -> None:
        self._server = server
        self._environment = environment_for(server.url, data_dir, corpus=corpus, index="disk", log_level="CRITICAL")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Start it; whatever happens meanwhile, it does not outlive the block."""
        heard = len(self._server.of("getUpdates"))
        async with command(self._environment) as process:
            await self._server.called("getUpdates", heard + 1)
            yield process


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small(tmp_path / "disk", "16m") as disk:
        yield disk


@pytest.fixture
async def server(disk: Disk) -> AsyncIterator[Witness]:
    async with Witness(disk.path) as server:
        yield server


async def test_killed_on_a_full_disk(server: Witness, bridges: Path, disk: Disk, figure: Callable[[str], None]) -> None:
    """What was heard is answered; twice only what was answered when there was no room to note it."""
    bot = Bot(server, bridges, disk.path)
    for turn in range(ROUNDS):
        async with bot.running() as process:
            server.delay("sendMessage", 0.3)
            for chat in range(QUESTIONS):
                server.ask(1 + 100 * turn + chat)
            await server.called("sendMessage", len(server.asked))
            disk.fill()
            for chat in range(QUESTIONS):
                server.ask(100 * turn + 50 + chat)
            await asyncio.sleep(1.0)
            process.send_signal(signal.SIGKILL)
        disk.free()
        server.delay("sendMessage", 0)
        async with bot.running():
            await server.all_answered()
            await asyncio.sleep(0.5)
    extra = sum(server.answers().values()) - len(server.asked)
    figure(f"kill -9 on a full disk {ROUNDS} times: {len(server.lost)} lost, {extra} extra of {len(server.asked)}")
    assert ([], []) == (server.lost, server.refused)
    assert extra <= ROUNDS * QUESTIONS


@pytest.mark.skipif(not FULL, reason="takes a while: CHAOS=full")
async def test_files_are_cut_under_it(server: Witness, bridges: Path, disk: Disk) -> None:
    """What is mapped into memory and cut ends any program; the next start finds the damage and answers."""
    bot = Bot(server, bridges, disk.path)
    for turn in range(ROUNDS):
        async with bot.running():
            server.ask(1 + 100 * turn)
            await server.all_answered()
            for path in (*disk.path.glob("cache.db*"), *disk.path.glob("index-*/*")):
                os.truncate(path, path.stat().st_size // 2)
            server.ask(2 + 100 * turn)
            await asyncio.sleep(0.5)
        async with bot.running():
            await server.all_answered()
    assert ([], []) == (server.lost, server.refused)
