"""A bot that is killed again and again, and begins anew behind a webhook or polling, as chance has it."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BotApiServer
from running import QUESTION, TOKEN, address_for

FULL = os.environ.get("CHAOS") == "full"
QUESTIONS, KILLS = (300, 12) if FULL else (20, 1)
WAYS = ("setWebhook", "deleteWebhook")
"""What a bot that is delivered to calls at first, and one that polls."""


@pytest.fixture
def environment(bridges: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATELINE_CORPUS": str(bridges),
        "DATELINE_DATA_DIR": str(tmp_path / "data"),
        "DATELINE_LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


async def begin(environment: dict[str, str], server: BotApiServer, way: str) -> asyncio.subprocess.Process:
    """The bot as a process of its own, once it hears in one way or the other."""
    if way == "setWebhook":
        address = {f"DATELINE_{name.upper()}": str(value) for name, value in address_for(server).items()}
        environment = environment | address
    number = len(server.of(way)) + 1
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    await server.called(way, number, within=30)
    return process


async def ask(server: BotApiServer) -> None:
    """So many people ask, one after the other."""
    for person in range(1, QUESTIONS + 1):
        server.say(person, QUESTION)
        await asyncio.sleep(KILLS * 1.5 / QUESTIONS)


async def test_kills_and_changes_of_way_lose_nothing(environment: dict[str, str], figure: Callable[[str], Any]) -> None:
    """Each question is answered, whichever way it came in and whenever the bot died."""
    chance = random.Random(6)
    ways = [WAYS[n % 2] for n in range(KILLS)]
    chance.shuffle(ways)
    async with BotApiServer(TOKEN) as server:
        environment["TELEGRAM_API_BASE_URL"] = server.url
        asking = asyncio.create_task(ask(server))
        for way in ways:
            process = await begin(environment, server, way)
            await asyncio.sleep(chance.uniform(0, 2))
            process.kill()
            await process.wait()
        process = await begin(environment, server, WAYS[1])
        await asking
        await server.until(lambda: len({message["chat"]["id"] for message in server.sent}) == QUESTIONS, within=120)
        process.terminate()
        assert 0 == await process.wait()
        replies = Counter(message["chat"]["id"] for message in server.sent)
        extra = replies.total() - QUESTIONS
        figure(
            f"{QUESTIONS} questions, {KILLS} kills, {ways.count(WAYS[0])} of a webhook: 0 lost, {extra} extra replies"
        )
        assert max(replies.values()) <= 1 + KILLS
        assert server.refused == []
