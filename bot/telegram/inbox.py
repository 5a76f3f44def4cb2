"""Raw updates in, kept before Telegram is told so; each handled once, in the order of its chat, and then done.

An update that fails is tried again, and set aside after the third time. One that was not done when the program ended is
handled when that starts again; only where its answer had gone out and that could not be noted any more, it goes out
twice.
"""

import asyncio
import logging
import math
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from telegram import Bot, Update
from telegram.error import InvalidToken

from bot import logs, metrics
from bot.state.updates import ALONE_DEATHS, CONCURRENT_DEATHS, RawUpdate, Updates, Waiting
from bot.telegram import timing
from bot.telegram.reading import read

AT_ONCE = 4096
"""Updates taken on at once; those that wait for their chat count, so a few busy chats must not fill it."""

PAUSES = (0.5, 2.0)
"""Seconds after which one that failed is tried again."""

ALONE = 10.0
"""Seconds in which one that may have ended the program before is handled with no other beside it."""

LAST_CALLS = 1.0
"""Seconds for those of which something was sent already, when all others are broken off."""

PRESS_LIVES, QUERY_LIVES = 150, 30
"""Seconds in which Telegram takes an answer to a press, and to an inline query."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0
"""Seconds after which the database is tried again when it can't be read or written: longer and longer."""

TOLD_EVERY = 300.0
"""Seconds after which it is said again that something still can't be."""

_UNKEPT = 0
"""The number of an update that is not in the database."""

_REASON = 300
"""Characters of a reason that are kept."""

T = TypeVar("T")
Handle = Callable[[Update], Awaitable[None]]
GiveUp = Callable[[Update | None, str, Exception], Awaitable[None]]

log = logging.getLogger(__name__)


class Died(Exception):
    """The program ended each time that it handled an update."""


class Inbox:
    """Hands the updates of `bot` to `handle`, which raises what went wrong; `give_up` is told what is set aside."""

    def __init__(self, updates: Updates, bot: Bot, handle: Handle, give_up: GiveUp) -> None:
        self._updates = updates
        self._bot = bot
        self._handle = handle
        self._give_up = give_up
        self._news = asyncio.Event()
        self._is_full = False
        self._told = -math.inf
        self._last = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: WeakValueDictionary[tuple[int | None, int | None], asyncio.Lock] = WeakValueDictionary()
        self._in_hand: set[asyncio.Task[None]] = set()

    async def receive(self, updates: Sequence[RawUpdate]) -> None:
        """Keep updates. Raises sqlite3.Error, and then none of them may be confirmed.

        What somebody types behind the bot's name is not kept: it is asked anew with each letter, and is not meant for
        anybody until they choose.
        """
        lasting = [one for one in updates if "inline_query" not in one]
        if lasting:
            await self._updates.add(lasting)
            self._news.set()
        for one in updates:
            if "inline_query" in one and len(self._tasks) < AT_ONCE:
                self._begin(self._do(Waiting(_UNKEPT, time.time(), 0, dict(one))))

    async def run(self) -> None:
        """Handle what waits and what comes, until cancelled."""
        await patiently("what waits can't be read", self._updates.begin)
        while True:
            self._news.clear()
            room = AT_ONCE - len(self._tasks)
            waits = partial(self._updates.waiting, self._last, room)
            found = await patiently("what waits can't be read", waits) if room else []
            self._is_full = len(found) == room
            for waiting in found:
                self._last = waiting.number
                await self._take(waiting)
            if not found:
                await self._news.wait()

    async def settle(self) -> None:
        """Note what is done where that could not be noted before; to be called now and then."""
        with suppress(sqlite3.Error):
            await self._updates.settle()

    async def wind_up(self, grace: float, has_sent: Callable[["asyncio.Task[None]"], bool]) -> None:
        """Begin nothing more, and end what is under way within `grace` seconds.

        What is broken off then waits for the next start. An update of which something was sent is not broken off, for
        it would be sent again; it has `LAST_CALLS` seconds more.
        """
        _cancel(self._tasks - self._in_hand)
        await _ended(self._tasks, grace)
        _cancel(task for task in self._tasks if not has_sent(task))
        await _ended(self._tasks, LAST_CALLS)
        if self._tasks:
            log.warning("stopped while %d answers were being sent; they may be sent again", len(self._tasks))
        _cancel(self._tasks)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, waiting: Waiting) -> None:
        """Begin to handle one; see to it that nothing else is handled beside one that may end the program."""
        if waiting.deaths < CONCURRENT_DEATHS:
            self._begin(self._do(waiting))
            await asyncio.sleep(0)  # it takes its place in its line now, and thousands don't hold up all else
        elif waiting.deaths < CONCURRENT_DEATHS + ALONE_DEATHS:
            await patiently("the inbox can't be written", partial(self._updates.suspect, waiting.number))
            self._begin(self._do(waiting))
            await asyncio.wait(self._tasks, timeout=ALONE)
        else:
            self._begin(self._set_aside(waiting, self._read(waiting), Died(waiting.deaths)))

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._in_hand.discard(task)
        if self._is_full:
            self._news.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("an update stays undone until the next start", exc_info=error)

    async def _do(self, waiting: Waiting) -> None:
        """Handle one when those before it in its chat are done."""
        try:
            update = read(waiting.body, self._bot)
            line = self._lines.setdefault(_line(update), asyncio.Lock())
        except Exception as error:  # whatever it stumbles over, those behind it must get through
            await self._set_aside(waiting, None, error)
            return
        began, age = time.monotonic(), time.time() - waiting.at  # a clock that is set meanwhile makes nothing older
        async with line:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 -- for mypy
            self._in_hand.add(task)
            if _is_expired(update, age + time.monotonic() - began) or await self._is_done(waiting, update):
                await self._finish(waiting.number)

    async def _is_done(self, waiting: Waiting, update: Update) -> bool:
        """Handle an update until it is done or set aside; False where it can be neither now."""
        pauses = iter(PAUSES)
        while True:
            try:
                await patiently("an update waits for the database", partial(self._once, waiting, update))
            except InvalidToken:  # the program ends; with another token it is another bot's
                return False
            except Exception as error:
                pause = next(pauses, None)
                if pause is None:
                    await self._set_aside(waiting, update, error)
                    return False
                log.warning("an update failed, trying again in %g s: %s", pause, type(error).__name__)
                await asyncio.sleep(pause)
            else:
                return True

    async def _once(self, waiting: Waiting, update: Update) -> None:
        chat, person = update.effective_chat, update.effective_user
        with timing.following(
            update_id=update.update_id,
            chat=chat.id if chat else None,
            person=person.id if person else None,
            waited=max(0.0, time.time() - waiting.at),
        ):
            await self._handle(update)

    async def _finish(self, number: int) -> None:
        if number == _UNKEPT:
            return
        try:
            await self._updates.finish(number)
        except sqlite3.Error as error:  # it is noted with the next, or by `settle`
            metrics.count_error("state")
            if time.monotonic() >= self._told + TOLD_EVERY:
                self._told = time.monotonic()
                log.error("that updates are done could not be noted: %s", error)

    async def _set_aside(self, waiting: Waiting, update: Update | None, error: Exception) -> None:
        reason = logs.redact(f"{type(error).__name__}: {error}")[:_REASON]
        log.error("update %s is set aside: %s", waiting.body["update_id"], type(error).__name__, exc_info=error)
        metrics.count_error("fault")
        if waiting.number == _UNKEPT:
            return
        await patiently("the inbox can't be written", partial(self._updates.set_aside, waiting.number, reason))
        await self._give_up(update, reason, error)

    def _read(self, waiting: Waiting) -> Update | None:
        with suppress(Exception):
            return read(waiting.body, self._bot)
        return None


def _line(update: Update) -> tuple[int | None, int | None]:
    """Where an update queues up: in its chat. Inline queries and presses under cards have none, but a person."""
    if update.effective_chat:
        return update.effective_chat.id, None
    return None, update.effective_user.id if update.effective_user else None


def _is_expired(update: Update, age: float) -> bool:
    """Whether Telegram takes no answer any more, after so many seconds."""
    return (update.callback_query is not None and age > PRESS_LIVES) or (
        update.inline_query is not None and age > QUERY_LIVES
    )


async def patiently(what: str, call: Callable[[], Awaitable[T]]) -> T:
    """Read or write what must be, as soon as the database and the disk allow it; until then say so now and then."""
    pause, told = FIRST_WAIT, -math.inf
    while True:
        try:
            return await call()
        except sqlite3.OperationalError as error:
            metrics.count_error("state")
            if time.monotonic() >= told + TOLD_EVERY:
                told = time.monotonic()
                log.error("%s: %s", what, error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_WAIT)


def _cancel(tasks: "Iterable[asyncio.Task[None]]") -> None:
    for task in [*tasks]:
        task.cancel()


async def _ended(tasks: "set[asyncio.Task[None]]", within: float) -> None:
    if tasks:
        await asyncio.wait([*tasks], timeout=within)
