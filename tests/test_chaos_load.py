"""Many questions, for long and at a steady pace: the bot does not grow, and keeps nobody waiting.

`SOAK=full` has 100,000 questions as fast as they are answered (`make soak`), `CHAOS=full` 2,000 of these, and for a
minute as many as Telegram lets it answer; without either there are fewer.
"""

import asyncio
import json
import os
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from running import TOKEN, environment_for

CHAOS = os.environ.get("CHAOS") == "full"
SOAKED = 100_000 if os.environ.get("SOAK") == "full" else 2_000 if CHAOS else 300
FIRST = SOAKED // 100 if SOAKED >= 100_000 else SOAKED // 5
"""Questions after which the bot is taken to have all that it needs."""

AT_ONCE, CHATS = 60, 600
A_SECOND, SECONDS = (30, 60) if CHAOS else (10, 4)
CITIES = ("Lima", "Oslo", "Turin", "Porto", "Ghent", "Zorblax")
MORE_MEMORY = 20.0
IDLE = 2.0
"""Seconds after which connections that nobody needs are closed."""

HERE = Path(__file__).parent
GOLD = sorted((HERE / "data").glob("seeds-*.jsonl"))
QUESTIONS = [json.loads(line)["question"] for file in GOLD for line in file.read_text(encoding="utf-8").splitlines()]


class Server:
    """The Bot API server as a process that tells when a message arrived, and in reply to which."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.arrived: defaultdict[int, list[float]] = defaultdict(list)
        self.answers = 0
        self.faults: list[str] = []
        self._changed = asyncio.Event()

    async def read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            call = json.loads(line)
            self.faults += [why for why in (call["refused"], call["hurried"]) if why]
            if call["method"] == "sendMessage":
                self.arrived[call["chat_id"]].append(call["at"])
                self.answers += 1
                self._changed.set()

    def ask(self, chat: int, question: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"chat": chat, "text": question}).encode() + b"\n")

    async def until(self, answers: int, within: float) -> None:
        async with asyncio.timeout(within):
            while self.answers < answers:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def serving(faster: float) -> AsyncIterator[Server]:
    command = [str(HERE / "botapi_server.py"), "--token", TOKEN, "--faster", str(faster), "--brief"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=pipe, stdout=pipe)
    assert process.stdout
    server = Server(process, json.loads(await process.stdout.readline())["listening"])
    reading = asyncio.create_task(server.read())
    try:
        yield server
    finally:
        process.terminate()
        await process.wait()
        await reading


@asynccontextmanager
async def answering(server: Server, corpus: Path, folder: Path, *options: str) -> AsyncIterator[tuple[int, Path]]:
    """The bot: its process number, and the file that it logs to."""
    environment = environment_for(server.url, folder / "data", corpus=corpus, log_format="json")
    log = folder / "log"
    with log.open("wb") as err:
        command = [sys.executable, str(HERE / "chaos_bot.py"), *options]
        process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=err)
        try:
            yield process.pid, log
        finally:
            process.terminate()
            assert await process.wait() == 0


def resident(pid: int) -> float:
    """Megabytes of memory that are the process's."""
    [kilobytes] = re.findall(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(kilobytes) / 1024


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def soaked(server: Server, first: int, last: int) -> None:
    """Ask so many questions, no two the same, a few at once, from chats in turn."""
    for at in range(first, last):
        server.ask(at % CHATS + 1, f"Who opened bridge {at} in {CITIES[at % len(CITIES)]}?")
        await server.until(at - AT_ONCE, within=60)
    await server.until(last, within=60)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="memory and open files are told by /proc")
async def test_it_does_not_grow(bridges: Path, tmp_path: Path, figure: Callable[[str], None]) -> None:
    """After all these questions the bot has hardly more memory than after the first of them, and no more files open."""
    async with serving(1e6) as server, answering(server, bridges, tmp_path) as (pid, _):
        await soaked(server, 0, FIRST)
        await asyncio.sleep(IDLE)
        before, files, began = resident(pid), open_files(pid), time.monotonic()
        await soaked(server, FIRST, SOAKED)
        took = time.monotonic() - began
        await asyncio.sleep(IDLE)
        more, opened = resident(pid) - before, open_files(pid) - files
        figure(
            f"{SOAKED} questions: {more:+.1f} MB after the first {FIRST} ({before:.1f} MB), {opened:+d} open files, "
            f"{(SOAKED - FIRST) / took:.0f} a second"
        )
    assert [] == server.faults
    assert more < MORE_MEMORY
    assert opened <= 2  # a poll and an answer may be under way


async def test_nobody_waits_at_a_steady_pace(seeds: Path, tmp_path: Path, figure: Callable[[str], None]) -> None:
    """Everybody is answered, no limit of Telegram is broken, and it is told how long they waited for anything else."""
    said: defaultdict[int, list[float]] = defaultdict(list)
    async with serving(1) as server, answering(server, seeds, tmp_path, "paced") as (_, log):
        server.ask(CHATS + 1, QUESTIONS[0])
        await server.until(1, within=60)
        began = time.monotonic()
        for at in range(A_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, began + at / A_SECOND - time.monotonic()))
            chat = at % CHATS + 1
            said[chat].append(time.monotonic())
            server.ask(chat, QUESTIONS[at % len(QUESTIONS)])
        await server.until(1 + A_SECOND * SECONDS, within=60)
    held = limits_by_chat(log)
    waits = [
        arrived - asked - limits
        for chat, times in said.items()
        for asked, arrived, limits in zip(times, server.arrived[chat], held[chat], strict=True)
    ]
    assert [] == server.faults
    assert A_SECOND * SECONDS == len(waits)
    p50, p99 = (statistics.quantiles(waits, n=100)[at] * 1000 for at in (49, 98))
    figure(
        f"{A_SECOND} questions a second for {SECONDS} s: all answered; wait beyond Telegram's limits: "
        f"median {p50:.0f} ms, 99th percentile {p99:.0f} ms"
    )


def limits_by_chat(log: Path) -> defaultdict[int, list[float]]:
    """How many seconds each answer was held up for Telegram's pace."""
    held: defaultdict[int, list[float]] = defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        if fact["message"] == "question":
            held[fact["chat"]].append(fact["limits_ms"] / 1000)
    return held
