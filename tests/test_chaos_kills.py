"""A bot that is killed, or told to stop, again and again while people ask: nobody is left without an answer.

`CHAOS=full` has 1,000 questions and 50 ends; without it there are fewer.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from botapi_server import BotApiServer
from running import TOKEN, begun, environment_for

FULL = os.environ.get("CHAOS") == "full"
QUESTIONS, ENDS = (1000, 50) if FULL else (40, 3)
CHATS = range(1, QUESTIONS // 10 + 1)
"""Enough that nobody asks more in a minute than is answered."""

ASKED = "Who opened the new bridge in {}?"
CITIES = ("Lima", "Oslo", "Turin", "Porto", "Ghent")


class Runs:
    """The bot as a process, started anew each time that it ended."""

    def __init__(self, server: BotApiServer, corpus: Path, data: Path) -> None:
        self._environment = environment_for(server.url, data, corpus=corpus, log_level="WARNING")
        self.log = b""
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self.heard = 0

    async def start(self) -> asyncio.subprocess.Process:
        return await begun(self._environment)

    async def end(self, process: asyncio.subprocess.Process, number: signal.Signals) -> None:
        """Send a signal, and take in how it ended."""
        began = time.monotonic()
        process.send_signal(number)
        async with asyncio.timeout(60):
            _, err = await process.communicate()
        self.slowest = max(self.slowest, time.monotonic() - began)
        assert process.returncode is not None
        self.statuses[process.returncode] += 1
        self.log += err


def answers(server: BotApiServer) -> Counter[tuple[int, int]]:
    """How often each message was answered."""
    sent = (call.parameters for call in server.of("sendMessage") if not call.refused)
    return Counter((one["chat_id"], one["reply_parameters"]["message_id"]) for one in sent)


async def ended_while_asked(
    server: BotApiServer, runs: Runs, number: signal.Signals
) -> tuple[list[tuple[int, int]], int]:
    """Let people ask all the time while the bot is ended so many times; what they asked, and how many were extra."""
    chance = random.Random(7)
    chats = [chat for _ in range(QUESTIONS // len(CHATS)) for chat in CHATS]
    asked = []
    rounds = [chats[at :: ENDS + 1] for at in range(ENDS + 1)]
    for at, asking in enumerate(rounds):
        process = await runs.start()
        if number is signal.SIGTERM or at % 5:  # else also while it starts
            await server.called("getMe", runs.heard + 1)
        runs.heard = len(server.of("getMe"))
        lasts = chance.uniform(0.0, 1.0)
        for chat in asking:
            message = server.say(chat, ASKED.format(chance.choice(CITIES)))
            asked.append((chat, message["message_id"]))
            await asyncio.sleep(lasts / len(asking))
        if at == ENDS:
            await server.until(lambda: answers(server).keys() >= {*asked}, within=120)
            await asyncio.sleep(2)  # for what would come twice
            await runs.end(process, signal.SIGTERM)
        else:
            await runs.end(process, number)
    return asked, sum(answers(server).values()) - len(answers(server))


async def test_nothing_is_lost_when_it_is_killed(
    server: BotApiServer, bridges: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """What was on its way when it was killed may come twice, at most one message for each kill."""
    runs = Runs(server, bridges, tmp_path / "data")
    asked, extra = await ended_while_asked(server, runs, signal.SIGKILL)
    lost = {*asked} - answers(server).keys()
    figure(f"{len(asked)} questions, {ENDS} times kill -9: {len(lost)} lost, {extra} extra replies")
    assert (lost, {*answers(server)}) == (set(), {*asked})
    assert {-signal.SIGKILL: ENDS, 0: 1} == runs.statuses
    assert extra <= ENDS
    assert TOKEN.partition(":")[2].encode() not in runs.log


async def test_nothing_is_lost_or_doubled_when_it_is_stopped(
    server: BotApiServer, bridges: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """What can't be answered before the end is answered after the next start, once."""
    runs = Runs(server, bridges, tmp_path / "data")
    asked, extra = await ended_while_asked(server, runs, signal.SIGTERM)
    lost = {*asked} - answers(server).keys()
    figure(
        f"{len(asked)} questions, {ENDS} times SIGTERM: {len(lost)} lost, {extra} extra replies, "
        f"statuses {dict(runs.statuses)}, slowest stop {runs.slowest:.1f} s"
    )
    assert (lost, extra) == (set(), 0)
    assert {0: ENDS + 1} == runs.statuses
