"""A Bot API that fails on 30 % of all calls, in every way: each question is answered, once.

`CHAOS=full` has 500 questions; without it there are fewer.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from botapi_failures import LOSSES, TROUBLE
from botapi_server import BotApiServer
from running import QUESTION, TOKEN, running

from retrieval import Engine, EngineSettings

FULL = os.environ.get("CHAOS") == "full"
CHATS, ROUNDS = (250, 2) if FULL else (20, 2)
SHARE = 0.3
WITHIN = 240.0
BETWEEN = 0.12 if FULL else 0.025
"""Seconds between two questions."""


@pytest.fixture
async def server() -> BotApiServer:
    async with BotApiServer(TOKEN) as server:
        yield server


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that soon gives up what hangs; how often it tries again stays as it is."""
    monkeypatch.setattr("bot.telegram.application.ANSWERED", 0.5)
    monkeypatch.setattr("bot.telegram.application.POLL_ANSWERED", 0.5)
    monkeypatch.setattr("bot.telegram.polling.LONG_POLL", 1)
    if not FULL:
        monkeypatch.setattr("bot.telegram.sending.FIRST_PAUSE", 0.05)
        monkeypatch.setattr("bot.telegram.polling.FIRST_PAUSE", 0.05)


def answers(server: BotApiServer) -> Counter[tuple[int, int]]:
    """How often each message was answered."""
    return Counter((sent["chat"]["id"], sent["reply_to_message"]["message_id"]) for sent in server.sent)


async def ask(server: BotApiServer, chats: range, between: float = BETWEEN) -> list[tuple[int, int]]:
    """Everybody asks, one after the other; their messages."""
    asked = []
    for chat in chats:
        asked.append((chat, server.say(chat, QUESTION)["message_id"]))
        await asyncio.sleep(between)
    return asked


async def test_each_question_is_answered_once_whatever_fails(
    server: BotApiServer, bridges: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Polls, answers, looks after answers and all the rest fail; what is asked after that is answered in its turn."""
    chats = range(1, CHATS + 1)
    async with Engine.open(EngineSettings(bridges)) as engine, running(server, engine, tmp_path / "data"):
        server.trouble(SHARE)
        asked = [one for _ in range(ROUNDS) for one in await ask(server, chats)]
        await server.until(lambda: len(answers(server)) >= len(asked), WITHIN)
        server.trouble(0)
        asked += await ask(server, chats, BETWEEN / 3)
        await server.until(lambda: len(answers(server)) >= len(asked), WITHIN)
    answered = answers(server)
    lost, twice = len(set(asked) - set(answered)), sum(times > 1 for times in answered.values())
    failed = Counter(call.trouble for call in server.calls if call.trouble)
    assert set(TROUBLE) == set(failed)
    figure(
        f"{CHATS * ROUNDS} questions, {failed.total()} of {len(server.calls)} calls failing: {lost} lost, {twice} twice"
    )
    assert (0, 0) == (lost, twice)


@pytest.mark.usefixtures("unhurried")
async def test_an_answer_is_there_once_in_whatever_way_its_call_is_lost(
    server: BotApiServer, bridges: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Carried out or not, at once or after a while."""
    async with Engine.open(EngineSettings(bridges)) as engine, running(server, engine, tmp_path / "data"):
        for number, how in enumerate(LOSSES, 1):
            server.lose("sendMessage", how)
            server.say(7, QUESTION)
            await server.until(lambda number=number: len(answers(server)) >= number)
        server.say(7, QUESTION)
        await server.until(lambda: len(answers(server)) > len(LOSSES))
    assert {1} == set(answers(server).values())
    figure(f"answers lost in {len(LOSSES)} ways: each is there once")
