"""The inbox: what it hands over, when again, and what becomes of what it can't get done."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.error import InvalidToken

from bot.state.database import State
from bot.state.updates import ALONE_DEATHS, CONCURRENT_DEATHS, Updates
from bot.telegram import inbox as module
from bot.telegram.inbox import Inbox

ADA, BEN, BOT = 7, 8, 4242


def said(number: int, chat: int = ADA) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "from": person, "text": "Hi"}
    return {"update_id": number, "message": message}


def typed(number: int, person: int = ADA) -> dict[str, Any]:
    about = {"id": person, "is_bot": False, "first_name": "Ada"}
    return {"update_id": number, "inline_query": {"id": "1", "from": about, "query": "who", "offset": ""}}


def pressed(number: int) -> dict[str, Any]:
    about = {"id": ADA, "is_bot": False, "first_name": "Ada"}
    return {"update_id": number, "callback_query": {"id": "1", "from": about, "chat_instance": "1", "data": "c0"}}


class World:
    """An inbox over a real database, and what it handed over and gave up."""

    def __init__(self, state: State) -> None:
        self.updates = Updates(state, BOT)
        self.handled: list[int] = []
        self.given_up: list[tuple[int | None, str]] = []
        self.behaves: Callable[[int], Any] = lambda number: None
        self.inbox = Inbox(self.updates, None, self._handle, self._give_up)  # type: ignore[arg-type]

    async def _handle(self, update: Update) -> None:
        self.handled.append(update.update_id)
        result = self.behaves(update.update_id)
        if asyncio.iscoroutine(result):
            await result

    async def _give_up(self, update: Update | None, reason: str, error: Exception) -> None:
        self.given_up.append((update.update_id if update else None, reason))

    @asynccontextmanager
    async def running(self, grace: float = 1.0, sent: Callable[[Any], bool] = bool) -> AsyncIterator[None]:
        task = asyncio.create_task(self.inbox.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.inbox.wind_up(grace, sent)

    async def done(self) -> None:
        """Wait until nothing waits any more."""
        for _ in range(1000):
            if not (await self.updates.depth()).waiting:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.handled)

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(1000):
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.handled)

    async def waiting(self) -> list[int]:
        return [one.body["update_id"] for one in await self.updates.waiting(0, 100)]


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    async with State.open(tmp_path) as state:
        yield state


@pytest.fixture
def world(state: State, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(module, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    return World(state)


async def test_what_comes_is_handled_and_done(world: World) -> None:
    """Before it runs, while it runs, and never again."""
    await world.inbox.receive([said(1)])
    async with world.running():
        await world.done()
        await world.inbox.receive([said(2), said(1)])
        await world.inbox.receive([])
        await world.done()
    assert [1, 2] == world.handled


@pytest.mark.parametrize(
    ("updates", "order"),
    [
        ([said(1), said(2, BEN)], ["1", "2", "end 1", "end 2"]),
        ([said(1), said(2)], ["1", "end 1", "2", "end 2"]),
        ([typed(1), said(2)], ["1", "2", "end 1", "end 2"]),
        ([typed(1), typed(2, BEN)], ["1", "2", "end 1", "end 2"]),
        ([typed(1), typed(2)], ["1", "end 1", "2", "end 2"]),
        ([{"update_id": 1}, {"update_id": 2}], ["1", "end 1", "2", "end 2"]),
    ],
)
async def test_updates_are_in_order_by_chat_or_by_person(
    world: World, updates: list[dict[str, Any]], order: list[str]
) -> None:
    """A chat's one after the other; without a chat, a person's; others side by side."""
    events: list[str] = []

    async def handle(number: int) -> None:
        events.append(str(number))
        await asyncio.sleep(0.2)
        events.append(f"end {number}")

    world.behaves = handle
    async with world.running():
        for update in updates:
            await world.inbox.receive([update])
            await world.until(lambda: not world.inbox._news.is_set())
        await world.until(lambda: len(events) == len(order))
    assert order == events


async def test_one_that_fails_is_tried_three_times_and_set_aside(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """With its reason; whoever asked and the operators are told, and those behind it get through."""

    def behaves(number: int) -> None:
        if number == 1:
            raise ValueError("too large")

    world.behaves = behaves
    await world.inbox.receive([said(1), said(2)])
    async with world.running():
        await world.done()
        await world.until(lambda: bool(world.given_up))
    assert [1, 1, 1, 2] == world.handled
    assert [(1, "ValueError: too large")] == world.given_up
    assert 1 == (await world.updates.depth()).aside
    assert "update 1 is set aside: ValueError" in caplog.text


async def test_one_that_fails_once_is_done_the_second_time(world: World) -> None:
    """And nobody is told."""

    def behaves(number: int) -> None:
        if len(world.handled) == 1:
            raise ValueError

    world.behaves = behaves
    await world.inbox.receive([said(1)])
    async with world.running():
        await world.done()
    assert ([1, 1], []) == (world.handled, world.given_up)


async def test_one_that_cannot_be_read_is_set_aside(world: World) -> None:
    """Nobody is known who could be told."""
    await world.inbox.receive([{"update_id": 1, "message": {"text": "no date"}}, said(2)])
    async with world.running():
        await world.done()
        await world.until(lambda: bool(world.given_up))
    assert [2] == world.handled
    assert [None] == [update for update, _ in world.given_up]


async def test_a_database_that_fails_is_nobody_s_fault(world: World) -> None:
    """The update waits until that is mended, however often it takes."""

    def behaves(number: int) -> None:
        if len(world.handled) < 6:
            raise sqlite3.OperationalError("database or disk is full")

    world.behaves = behaves
    await world.inbox.receive([said(1)])
    async with world.running():
        await world.done()
    assert ([1] * 6, []) == (world.handled, world.given_up)


async def test_done_is_noted_later_where_it_cannot_be_now(
    world: World, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not done a second time meanwhile."""

    def full() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    await world.inbox.receive([said(1)])
    with monkeypatch.context() as patch:
        async with world.running():
            world.behaves = lambda number: patch.setattr(state, "writing", full)
            await world.until(lambda: world.handled == [1])
            await world.inbox.settle()
            assert [1] == await world.waiting()
            patch.undo()
            await world.inbox.settle()
            assert [] == await world.waiting()
    assert [1] == world.handled


@pytest.mark.parametrize(
    ("update", "age", "expected"),
    [
        (pressed(1), module.PRESS_LIVES + 1, []),
        (pressed(1), module.PRESS_LIVES - 10, [1]),
        (said(1), 90_000, [1]),
        (pressed(1), -3600, [1]),
    ],
)
async def test_presses_expire(
    world: World, state: State, update: dict[str, Any], age: float, expected: list[int]
) -> None:
    """Telegram takes no answer to one any more; a message is answered however old it is."""
    await world.inbox.receive([update])
    await state.write("UPDATE inbox SET at = ?", time.time() - age)
    async with world.running():
        await world.done()
    assert expected == world.handled


async def test_inline_queries_are_not_kept(world: World, state: State) -> None:
    """They are asked anew with each letter; one that fails is told to whoever asked, and is nowhere."""

    def behaves(number: int) -> None:
        if number == 2:
            raise ValueError

    world.behaves = behaves
    async with world.running():
        await world.inbox.receive([typed(1), typed(2, BEN)])
        await world.until(lambda: len(world.handled) == 4)
    assert [1, 2, 2, 2] == sorted(world.handled)
    assert [] == await state.rows("SELECT * FROM inbox")


async def test_inline_queries_expire_in_their_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram takes no answer to one that waited for too long."""
    monkeypatch.setattr(module, "QUERY_LIVES", 0.05)
    world.behaves = lambda number: asyncio.sleep(0.1)
    async with world.running():
        await world.inbox.receive([typed(1), typed(2)])
        await world.until(lambda: not world.inbox._tasks)
    assert [1] == world.handled


async def test_a_token_that_is_withdrawn_sets_nothing_aside(world: World) -> None:
    """What waits is for the next start, with a token that is valid."""

    def behaves(number: int) -> None:
        raise InvalidToken("Unauthorized")

    world.behaves = behaves
    await world.inbox.receive([said(1)])
    async with world.running():
        await world.until(lambda: world.handled == [1])
    assert [1] == await world.waiting()


async def test_what_was_not_done_is_handled_at_the_next_start(world: World, state: State) -> None:
    """In the order in which it came, before what is new."""
    await world.inbox.receive([said(1), said(2)])
    again = World(state)
    async with again.running():
        await again.inbox.receive([said(3)])
        await again.done()
    assert [1, 2, 3] == again.handled


async def test_what_may_end_the_program_is_handled_alone(world: World, state: State) -> None:
    """Nothing begins beside it; and that it is tried is noted before."""
    await world.inbox.receive([said(1), said(2, BEN)])
    await state.write("UPDATE inbox SET deaths = ? WHERE update_id = 1", CONCURRENT_DEATHS)
    beside: list[list[int]] = []

    async def behaves(number: int) -> None:
        await asyncio.sleep(0.1)
        beside.append([*world.handled])

    world.behaves = behaves
    async with world.running():
        await world.done()
    assert [[1], [1, 2]] == beside
    assert [(CONCURRENT_DEATHS + 1,)] == await state.rows("SELECT deaths FROM inbox WHERE update_id = 1")


async def test_others_wait_for_a_suspect_no_longer_than_that(
    world: World, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    """It may only be slow."""
    monkeypatch.setattr(module, "ALONE", 0.05)
    await world.inbox.receive([said(1), said(2, BEN)])
    await state.write("UPDATE inbox SET deaths = ? WHERE update_id = 1", CONCURRENT_DEATHS)
    free = asyncio.Event()
    world.behaves = lambda number: free.wait() if number == 1 else free.set()
    async with world.running():
        await world.done()
    assert [1, 2] == world.handled


async def test_what_ended_the_program_too_often_is_set_aside(world: World, state: State) -> None:
    """Whoever asked is told; it is handled no more."""
    await world.inbox.receive([said(1), said(2)])
    await state.write("UPDATE inbox SET deaths = ? WHERE update_id = 1", CONCURRENT_DEATHS + ALONE_DEATHS)
    async with world.running():
        await world.done()
        await world.until(lambda: bool(world.given_up))
    assert [2] == world.handled
    assert [(1, f"Died: {CONCURRENT_DEATHS + ALONE_DEATHS}")] == world.given_up


async def test_no_more_are_taken_on_than_there_is_room_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait in the database; each gets its turn."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    most: list[int] = []

    async def behaves(number: int) -> None:
        most.append(len(world.inbox._tasks))
        await asyncio.sleep(0.01)

    world.behaves = behaves
    await world.inbox.receive([said(number, chat=number) for number in range(1, 8)])
    async with world.running():
        await world.done()
    assert ([*range(1, 8)], 2) == (world.handled, max(most))


async def test_a_stop_ends_what_is_under_way_and_keeps_the_rest(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """One that is quick is done, one of which something was sent is, too; what waits in its chat is not begun."""
    ends = {1: 0.05, 2: 0.5, 3: 60.0}
    world.behaves = lambda number: asyncio.sleep(ends[number])
    tasks: dict[int, Any] = {}

    async def behaves(number: int) -> None:
        tasks[number] = asyncio.current_task()
        await asyncio.sleep(ends[number])

    world.behaves = behaves
    await world.inbox.receive([said(1, 1), said(2, 2), said(3, 3), said(4, 3)])
    with caplog.at_level(logging.WARNING):
        async with world.running(0.2, lambda task: task is tasks[2]):
            await world.until(lambda: len(world.handled) == 3)
    assert [3, 4] == await world.waiting()
    assert [1, 2, 3] == sorted(world.handled)
    assert "may be sent again" not in caplog.text


async def test_a_stop_waits_for_no_call_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is being sent then may be sent again, and the log says so."""
    monkeypatch.setattr(module, "LAST_CALLS", 0.05)
    world.behaves = lambda number: asyncio.sleep(60)
    await world.inbox.receive([said(1)])
    async with world.running(0.05, lambda task: True):
        await world.until(lambda: world.handled == [1])
    assert [1] == await world.waiting()
    assert "stopped while 1 answers were being sent" in caplog.text
