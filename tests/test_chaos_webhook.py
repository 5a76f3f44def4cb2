"""A bot that is killed again and again, and begins anew behind a webhook or polling, as chance has it."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botapi_server import BotApiServer
from running import QUESTION, address_for, begun, environment_for

FULL = os.environ.get("CHAOS") == "full"
QUESTIONS, KILLS = (300, 12) if FULL else (20, 1)
WAYS = ("setWebhook", "deleteWebhook")
"""What a bot that is delivered to calls at first, and one that polls."""


async def begin(server: BotApiServer, way: str, data_dir: Path, settings: dict[str, Any]) -> asyncio.subprocess.Process:
    """The bot as a process of its own, once it hears in one way or the other."""
    if way == "setWebhook":
        settings = settings | address_for(server)
    number = len(server.of(way)) + 1
    process = await begun(environment_for(server.url, data_dir, **settings))
    await server.called(way, number, within=30)
    return process


async def ask(server: BotApiServer) -> None:
    """So many people ask, one after the other."""
    for person in range(1, QUESTIONS + 1):
        server.say(person, QUESTION)
        await asyncio.sleep(KILLS * 1.5 / QUESTIONS)


async def test_kills_and_changes_of_way_lose_nothing(
    server: BotApiServer, bridges: Path, tmp_path: Path, figure: Callable[[str], Any]
) -> None:
    """Each question is answered, whichever way it came in and whenever the bot died."""
    data_dir, settings = tmp_path / "data", {"corpus": bridges, "log_level": "ERROR"}
    chance = random.Random(6)
    ways = [WAYS[n % 2] for n in range(KILLS)]
    chance.shuffle(ways)
    asking = asyncio.create_task(ask(server))
    for way in ways:
        process = await begin(server, way, data_dir, settings)
        await asyncio.sleep(chance.uniform(0, 2))
        process.kill()
        await process.wait()
    process = await begin(server, WAYS[1], data_dir, settings)
    await asking
    await server.until(lambda: len({message["chat"]["id"] for message in server.sent}) == QUESTIONS, within=120)
    process.terminate()
    assert 0 == await process.wait()
    replies = Counter(message["chat"]["id"] for message in server.sent)
    extra = replies.total() - QUESTIONS
    figure(f"{QUESTIONS} questions, {KILLS} kills, {ways.count(WAYS[0])} of a webhook: 0 lost, {extra} extra replies")
    assert max(replies.values()) <= 1 + KILLS
    assert server.refused == []
