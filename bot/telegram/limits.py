"""Calls in, made no faster than Telegram allows, each chat waiting for itself; and who asks more than can be meant."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias
from weakref import WeakSet, WeakValueDictionary

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.telegram import timing
from bot.telegram.outcomes import seconds

QUESTIONS, A_MINUTE = 20, 60.0
"""What a person may ask in a minute, and for how long nothing is said to whoever asked more."""

CROWD = 3
"""Questions in a second after which none gets a sign or suggestions, which take longer than its answer."""

PERSONS = 10_000
"""Persons whose questions are counted at once; of more than that, those are forgotten who asked longest ago."""

Result: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
Call: TypeAlias = Callable[[], Coroutine[Any, Any, Result]]
Verdict: TypeAlias = Literal["answer", "warn", "silent"]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in any stretch of so many seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages may go out: the seconds between two to a chat, how many to a group, and how many in all.

    Telegram has no limit of typing signs, but each costs as much as a message: 500 chats that wait would ask for 110 a
    second. Those that are too many are left out.
    """

    chat: float = 1.0
    group: Limit = Limit(20, 60.0)
    overall: Limit = Limit(30, 1.0)
    signs: Limit = Limit(10, 1.0)


PACE = Pace()
"""What Telegram allows; a test that is not about it sets a faster one."""


class RateLimiter(BaseRateLimiter[int]):
    """Messages and edits no faster than `pace`, however long each takes to get there.

    A call counts from before it is made until a while after its answer has come: only then is it sure that the next one
    arrives late enough. Those to a chat go in the order in which they were made; chats wait for each other only where
    the limit for all is reached. What shows that an answer is on its way, answers a press and sets or gets things does
    not count, as Telegram counts messages. A 429 is raised for whoever sends to wait it out, and so does that chat.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or PACE
        self._chats: WeakValueDictionary[int | str, _Window] = WeakValueDictionary()
        self._groups: WeakValueDictionary[int | str, _Window] = WeakValueDictionary()
        self._overall = _Window(self._pace.overall)
        self._signs = _Window(self._pace.signs)
        self._senders: WeakSet[asyncio.Task[Any]] = WeakSet()

    def has_sent(self, task: "asyncio.Task[Any]") -> bool:
        """Whether a message was sent in a task, or is on its way."""
        return task in self._senders

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def process_request(  # noqa: PLR0913, PLR0917 - the library calls it so
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Make the call when its turn has come. Raises RetryAfter."""
        call = partial(callback, *args, **kwargs)
        if endpoint == "sendChatAction":
            return await self._sign(call)
        if "chat_id" not in data or not endpoint.startswith(("send", "edit")):
            return await call()
        return await self._in_turn(data["chat_id"], call, sends=endpoint.startswith("send"))

    async def _sign(self, call: Call) -> Result:
        if self._signs.is_full:
            return True
        await self._signs.take()
        try:
            return await call()
        finally:
            self._signs.give_back_later()

    def _note_sender(self) -> None:
        if (task := asyncio.current_task()) is not None:
            self._senders.add(task)

    async def _in_turn(self, chat_id: int | str, call: Call, *, sends: bool) -> Result:
        chat = self._chats.setdefault(chat_id, _Window(Limit(1, self._pace.chat)))
        windows = [chat, self._overall]
        if _is_group(chat_id):
            windows.insert(0, self._groups.setdefault(chat_id, _Window(self._pace.group)))
        async with AsyncExitStack() as taken:
            began = time.perf_counter()
            for window in windows:
                await window.take()
                taken.callback(window.give_back)
            timing.took("limits", time.perf_counter() - began)
            taken.pop_all()  # from here on the call counts, whatever becomes of it
        if sends:
            self._note_sender()
        pause = 0.0
        try:
            return await call()
        except RetryAfter as error:
            pause = seconds(error)
            raise
        finally:
            for window in windows:
                window.give_back_later(pause if window is chat else 0.0)


class _Window:
    """As many calls under way, or answered a moment ago, as a limit has; the next one waits, first come, first served.

    It lives for as long as someone waits or a call counts.
    """

    def __init__(self, limit: Limit) -> None:
        self._seconds = limit.seconds
        self._free = asyncio.Semaphore(limit.calls)

    @property
    def is_full(self) -> bool:
        return self._free.locked()

    async def take(self) -> None:
        await self._free.acquire()

    def give_back(self) -> None:
        self._free.release()

    def give_back_later(self, pause: float = 0.0) -> None:
        asyncio.get_running_loop().call_later(max(self._seconds, pause), self.give_back)


def _is_group(chat_id: int | str) -> bool:
    """Groups and channels have negative ids, or names."""
    return str(chat_id).startswith(("-", "@"))


class Crowd:
    """Whether so many ask that everybody gets an answer, but nothing beside it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: deque[float] = deque(maxlen=CROWD + 1)

    def is_large_with_one_more(self) -> bool:
        """Count one more who asks; whether that makes too many in a second."""
        now = self._clock()
        self._asked.append(now)
        return len(self._asked) > CROWD and now - self._asked[0] < 1.0


@dataclass(slots=True)
class _Asker:
    asked: deque[float]
    silent_until: float = 0.0


class Floods:
    """Who asks more than can be meant: one warning, then silence for a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._askers: OrderedDict[int, _Asker] = OrderedDict()

    def verdict(self, person: int) -> Verdict:
        """What the question that `person` asks now gets: an answer, the warning, or nothing."""
        now = self._clock()
        self._forget(now)
        asker = self._askers.setdefault(person, _Asker(deque(maxlen=QUESTIONS)))
        self._askers.move_to_end(person)
        if now < asker.silent_until:
            return "silent"
        if len(asker.asked) == QUESTIONS and now - asker.asked[0] < A_MINUTE:
            asker.asked.clear()
            asker.silent_until = now + A_MINUTE
            return "warn"
        asker.asked.append(now)
        return "answer"

    def _forget(self, now: float) -> None:
        """Drop those who asked nothing for a minute, from the front, where they are."""
        while self._askers:
            asker = next(iter(self._askers.values()))
            quiet = now >= max([asker.silent_until, *(at + A_MINUTE for at in asker.asked)])
            if not quiet and len(self._askers) < PERSONS:
                return
            self._askers.popitem(last=False)
