"""Limits: messages go out as fast as Telegram allows and no faster, and whoever asks too much is told so once."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import virtual
from botapi_pace import Pace as Arrivals
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.limits import CROWD, PACE, PERSONS, QUESTIONS, Crowd, Floods, Limit, Pace, RateLimiter

CHAT, GROUP = 7, -100


class Network:
    """Calls that take so long to get there and back; when each arrived, for which chat, and its number."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.limiter = RateLimiter(pace)
        self.arrived: list[tuple[float, int | str, int]] = []
        self._number = 0

    async def call(
        self,
        chat: int | str = CHAT,
        there: float = 0.0,
        back: float = 0.0,
        endpoint: str = "sendMessage",
        failure: Exception | None = None,
    ) -> None:
        self._number += 1
        number = self._number

        async def made() -> bool:
            await asyncio.sleep(there)
            self.arrived.append((virtual.now(), chat, number))
            await asyncio.sleep(back)
            if failure:
                raise failure
            return True

        assert await self.limiter.process_request(made, (), {}, endpoint, {"chat_id": chat}, None)

    def hurried(self) -> list[str]:
        """The limits of Telegram that were broken on arrival."""
        arrivals, broken = Arrivals(), []
        for at, chat, _ in self.arrived:
            number = chat if isinstance(chat, int) else -1
            broken += [why for why, _ in arrivals.broken_by(number, at)]
            arrivals.arrive(number, at)
        return broken


async def all_of(*calls: Coroutine[Any, Any, None]) -> None:
    await asyncio.gather(*calls)


TAKES = st.integers(0, 200).map(lambda number: number / 64)
CALLS = st.lists(st.tuples(st.sampled_from([1, 2, 3, GROUP]), TAKES, TAKES), max_size=80)


@given(CALLS)
@settings(max_examples=60, deadline=None)
def test_no_limit_is_broken_however_the_network_jitters(calls: list[tuple[int, float, float]]) -> None:
    """On arrival, with any times there and back; each is made once, and those of a chat in their order."""
    network = Network()
    virtual.run(all_of(*(network.call(*call) for call in calls)))
    assert network.hurried() == []
    for chat in {chat for chat, _, _ in calls}:
        numbers = [number for _, of, number in network.arrived if of == chat]
        assert numbers == [number for number, (of, _, _) in enumerate(calls, 1) if of == chat]


def test_many_chats_get_29_messages_a_second_in_all() -> None:
    """1,500 messages to 500 chats over a network of 20 ms, in no more than 52 seconds of the loop's clock."""
    network = Network()

    async def sent() -> float:
        await all_of(*(network.call(1 + number % 500, 0.01, 0.01) for number in range(1500)))
        return virtual.now()

    assert virtual.run(sent()) < 52
    assert (1500, []) == (len(network.arrived), network.hurried())


@pytest.mark.parametrize("group", [GROUP, str(GROUP), "@readers"])
def test_a_group_gets_20_a_minute(group: int | str) -> None:
    """The 21st comes a minute after the first; a person would not have waited."""
    network = Network()
    virtual.run(all_of(*(network.call(group) for _ in range(21)), *(network.call() for _ in range(21))))
    assert [60.0] == [at for at, chat, _ in network.arrived if chat == group][20:]
    assert [20.0] == [at for at, chat, _ in network.arrived if chat == CHAT][20:]


@pytest.mark.parametrize("endpoint", ["answerCallbackQuery", "answerInlineQuery", "deleteMessage", "getChat"])
def test_what_is_no_message_does_not_wait(endpoint: str) -> None:
    """However many there are; an edit does."""
    network = Network()
    virtual.run(all_of(*(network.call(endpoint=endpoint) for _ in range(100)), network.call(endpoint="sendMessage")))
    assert {0.0} == {at for at, _, _ in network.arrived}
    edits = Network()
    virtual.run(all_of(*(edits.call(endpoint=endpoint) for endpoint in ("sendMessage", "editMessageText"))))
    assert [0.0, 1.0] == [at for at, _, _ in edits.arrived]


def test_an_edit_of_a_card_does_not_wait() -> None:
    """It has no chat."""
    called = []

    async def made() -> bool:
        called.append(virtual.now())
        return True

    async def edits() -> None:
        limiter = RateLimiter()
        await limiter.initialize()
        for _ in range(40):
            await limiter.process_request(made, (), {}, "editMessageText", {"inline_message_id": "x"}, None)
        await limiter.shutdown()

    virtual.run(edits())
    assert [0.0] * 40 == called


def test_signs_leave_room_for_messages() -> None:
    """10 a second are shown, the others left out; messages don't wait for them."""
    network = Network()

    async def sent() -> None:
        for _ in range(2):
            await all_of(*(network.call(chat, endpoint="sendChatAction") for chat in range(100)), network.call())
            await asyncio.sleep(0)
        await asyncio.sleep(0.5)
        await all_of(*(network.call(chat, endpoint="sendChatAction") for chat in range(100)))

    virtual.run(sent())
    assert [0.0] * 11 + [1.0] + [1.5] * 10 == [at for at, _, _ in network.arrived]


def test_retry_after_delays_its_chat_only() -> None:
    """It is raised for whoever sends; the next message to that chat waits for it, those to others don't."""
    network = Network()

    async def told() -> None:
        with pytest.raises(RetryAfter):
            await network.call(failure=RetryAfter(7))
        await all_of(network.call(), *(network.call(chat) for chat in (8, 9)))

    virtual.run(told())
    assert [(0.0, CHAT), (0.0, 8), (0.0, 9), (7.0, CHAT)] == [(at, chat) for at, chat, _ in network.arrived]


def test_a_failed_call_counts() -> None:
    """It may have arrived."""
    network = Network()

    async def failed() -> None:
        with pytest.raises(OSError, match="broken"):
            await network.call(failure=OSError("broken"))
        await network.call()

    virtual.run(failed())
    assert [0.0, 1.0] == [at for at, _, _ in network.arrived]


@given(st.lists(st.tuples(st.sampled_from([1, 2, GROUP]), st.booleans()), min_size=1, max_size=30), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_who_is_cancelled_takes_no_turn_along(calls: list[tuple[int, bool]], moment: int) -> None:
    """The others go as if it had not been there; nothing is kept of chats when it is over."""
    network = Network(Pace(chat=1.0, group=Limit(3, 4.0), overall=Limit(2, 1.0)))

    async def sent() -> None:
        tasks = [asyncio.create_task(network.call(chat, 0.25, 0.25)) for chat, _ in calls]
        await asyncio.sleep(moment / 4)
        for task, (_, cancelled) in zip(tasks, calls, strict=True):
            if cancelled:
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        stayed = [result for result, (_, cancelled) in zip(results, calls, strict=True) if not cancelled]
        assert [None] * len(stayed) == stayed
        await asyncio.sleep(10)
        again = virtual.now()
        await all_of(network.call(1), network.call(GROUP))
        assert [again, again] == [at for at, _, _ in network.arrived[-2:]]
        await asyncio.sleep(10)

    virtual.run(sent())
    assert (0, 0) == (len(network.limiter._chats), len(network.limiter._groups))


def test_chats_that_are_idle_are_forgotten() -> None:
    """A second after its last message nothing is kept of a chat, a minute after of a group."""
    network = Network()

    async def sent() -> list[tuple[int, int]]:
        await all_of(*(network.call(chat) for chat in (*range(1, 21), GROUP)))
        kept = []
        for pause in (0.5, 1.0, 60.0):
            await asyncio.sleep(pause)
            gc.collect()
            kept.append((len(network.limiter._chats), len(network.limiter._groups)))
        return kept

    assert [(21, 1), (0, 1), (0, 0)] == virtual.run(sent())


def test_the_pace_is_telegrams_unless_another_is_given() -> None:
    """1 a second to a chat, 20 a minute to a group, 30 a second in all; and 10 signs a second."""
    assert Pace(1.0, Limit(20, 60.0), Limit(30, 1.0), Limit(10, 1.0)) == PACE


async def test_a_test_may_be_in_a_hurry(unhurried: None) -> None:
    """With the fixture, a hundred messages to a chat go at once, in order."""
    limiter, made = RateLimiter(), []

    def numbered(number: int) -> Callable[[], Coroutine[Any, Any, bool]]:
        async def call() -> bool:
            made.append(number)
            return True

        return call

    await asyncio.gather(
        *(limiter.process_request(numbered(n), (), {}, "sendMessage", {"chat_id": GROUP}, None) for n in range(100))
    )
    assert list(range(100)) == made


class Clock:
    """A clock that goes when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_who_floods_is_warned_once() -> None:
    """20 questions in a minute are answered, the 21st is warned, then there is silence until a minute after that."""
    clock = Clock()
    floods = Floods(clock)
    assert ["answer"] * QUESTIONS == [floods.verdict(1) for _ in range(QUESTIONS)]
    clock.now += 59
    assert ["warn", "silent", "silent"] == [floods.verdict(1) for _ in range(3)]
    assert "answer" == floods.verdict(2)
    clock.now += 59.5
    assert "silent" == floods.verdict(1)
    clock.now += 0.5
    assert ["answer"] * QUESTIONS == [floods.verdict(1) for _ in range(QUESTIONS)]
    assert "warn" == floods.verdict(1)


def test_who_asks_steadily_is_answered() -> None:
    """20 in each minute are no flood."""
    clock = Clock()
    floods = Floods(clock)
    for _ in range(200):
        assert "answer" == floods.verdict(1)
        clock.now += 3


def test_who_asked_long_ago_is_forgotten() -> None:
    """After a minute nothing is kept of a person, and never more than so many are."""
    clock = Clock()
    floods = Floods(clock)
    for person in range(PERSONS + 10):
        floods.verdict(person)
    assert PERSONS == len(floods._askers)
    clock.now += 60
    floods.verdict(1)
    assert [1] == list(floods._askers)


def test_a_crowd_is_so_many_in_a_second() -> None:
    """One more than that, and only while they come so fast."""
    now = 0.0
    crowd = Crowd(lambda: now)
    assert not any(crowd.is_large_with_one_more() for _ in range(CROWD))
    assert crowd.is_large_with_one_more()
    now = 0.9
    assert crowd.is_large_with_one_more()
    now = 1.1
    assert not crowd.is_large_with_one_more()
