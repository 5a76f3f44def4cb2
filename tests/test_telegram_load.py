"""Many chats at once, through the real application: everyone is answered, in order, and no limit of Telegram is broken.

`LOAD=full` has 500 chats ask at Telegram's true pace, three times within a minute, and says how it went. Without it
there are fewer chats, which ask all at once, and a pace so many times faster. The server is a process of its own, so
that its memory is not the bot's.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import pytest
from botapi_library import undeclared
from botapi_server import Call
from running import QUESTION, TOKEN, settings_for

from bot.telegram import limits
from bot.telegram.application import serve
from retrieval import Engine, EngineSettings

FULL = os.environ.get("LOAD") == "full"
CHATS, FASTER, PAUSE = (500, 1, 15.0) if FULL else (60, 10, 0.0)
QUESTIONS = (QUESTION, "Who opened the new bridge in Oslo?", "Who is Zorblax the Unheard-of?")
FIRST = 1_000_000
MEMORY = Path("/proc/self/statm")
MORE_MEMORY = 30 * 2**20


@dataclass
class Server:
    """The Bot API server as a process: deeds in, what the bot called out, as little of it as the test asks about."""

    process: asyncio.subprocess.Process
    url: str
    answered: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    methods: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def start(cls) -> Self:
        command = [str(Path(__file__).parent / "botapi_server.py"), "--token", TOKEN, "--faster", str(FASTER)]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=pipe, stdout=pipe)
        assert process.stdout
        return cls(process, json.loads(await process.stdout.readline())["listening"])

    async def read(self) -> None:
        """Take in what the bot calls, for as long as the server runs."""
        assert self.process.stdout
        async for line in self.process.stdout:
            call = Call(**json.loads(line))
            self.methods[call.method] += 1
            self.faults += [why for why in (call.refused, call.hurried, *undeclared([call])) if why]
            if call.method == "sendMessage":
                asked = call.parameters["reply_parameters"]["message_id"]
                self.answered[call.parameters["chat_id"]].append(asked)
            self._changed.set()

    async def ask(self, chats: range) -> None:
        """Let each chat ask all the questions, all chats the same at once, and wait for so many answers."""
        assert self.process.stdin
        expected = self.methods["sendMessage"] + len(QUESTIONS) * len(chats)
        for number, question in enumerate(QUESTIONS):
            deeds = (json.dumps({"chat": chat, "text": question}) + "\n" for chat in chats)
            await asyncio.sleep(PAUSE if number else 0)
            self.process.stdin.write("".join(deeds).encode())
        async with asyncio.timeout(180):
            while self.methods["sendMessage"] < expected:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """The server, which allows a pace so many times faster than Telegram's."""
    server = await Server.start()
    reading = asyncio.create_task(server.read())
    yield server
    server.process.terminate()
    await server.process.wait()
    await reading


@pytest.fixture(autouse=True)
def _paced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot keeps to what the server allows."""
    group, overall = (replace(of, seconds=of.seconds / FASTER) for of in (limits.PACE.group, limits.PACE.overall))
    monkeypatch.setattr(
        limits, "PACE", replace(limits.PACE, chat=limits.PACE.chat / FASTER, group=group, overall=overall)
    )


def resident() -> int:
    """Bytes of memory that the process has; 0 where that can't be told so."""
    return int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if MEMORY.exists() else 0


async def test_everybody_is_answered_in_order_within_the_limits(
    server: Server, bridges: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three questions from each chat: each has one reply, in their order, and little memory is taken."""
    stop = asyncio.Event()
    async with Engine.open(EngineSettings(bridges)) as engine:
        bot = asyncio.create_task(serve(settings_for(server.url, tmp_path), engine, stop))
        await server.ask(range(FIRST, FIRST + 3))
        before, start = resident(), time.monotonic()
        await server.ask(range(1, CHATS + 1))
        took, more = time.monotonic() - start, resident() - before
        stop.set()
        await bot
    assert [] == server.faults
    assert {*range(FIRST, FIRST + 3), *range(1, CHATS + 1)} == set(server.answered)
    for asked in server.answered.values():
        assert (len(QUESTIONS), sorted(set(asked))) == (len(asked), asked)
    assert more < MORE_MEMORY
    if FULL:
        with capsys.disabled():
            sys.stdout.write(f"\n{dict(server.methods)}: {took:.1f} s, {more / 2**20:.1f} MB more\n")
