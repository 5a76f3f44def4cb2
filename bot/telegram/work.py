"""A built application and what answers in; a bot that hears, keeps, handles and is watched, until it is cancelled."""

import asyncio
import logging
import math
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from telegram.error import TelegramError

from bot import metrics
from bot.health import Heart
from bot.settings import Settings
from bot.state.database import State
from bot.state.people import Notes
from bot.state.updates import Depth, Updates
from bot.telegram.handlers import App, Handlers
from bot.telegram.inbox import Inbox
from bot.telegram.limits import RateLimiter
from bot.telegram.polling import Poller, PollingRequest, untiring
from bot.telegram.webhook import Webhook

GRACE = 2.0
"""Seconds in which what is under way is still answered after a stop; Docker kills after ten."""

LEAVING = 0.5
"""Seconds in which Telegram is told what was taken, after that."""

_HOUR = 3600.0

log = logging.getLogger(__name__)


class Work:
    """A bot at work: what comes in is kept in the inbox, and handled from there."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what it is made of
        self,
        settings: Settings,
        application: App,
        polling: PollingRequest,
        answers: Handlers,
        state: State,
        heart: Heart,
    ) -> None:
        self._settings = settings
        self._application = application
        self._answers = answers
        self._state = state
        self._inbox: Inbox | None = None
        self._depth = Depth(0, 0.0, 0)
        self._heart = heart
        bot = application.bot
        self._poller = Poller(bot, polling, self._receive, heart.beat)
        self._webhook = Webhook(bot, settings, self._receive, heart.beat) if settings.webhook_url else None
        cache_file = settings.data_dir / "cache.db"
        metrics.watch(answers.commands.engine, cache_file, lambda: self._depth, heart.health)
        answers.add_to(application)

    async def run(self) -> None:
        """Hear and answer until cancelled, and show how that goes. Raises BotError and InvalidToken."""
        await _all(self._heart.run(partial(Notes(self._state).put, "alive", "")), self._work())

    async def _work(self) -> None:
        """Hear and answer. Raises InvalidToken, TokenInUse, NotHeard and PortUnavailable."""
        application, answers = self._application, self._answers
        await untiring("getMe", application.initialize)
        log.info("connected as @%s", application.bot.username)
        updates = Updates(self._state, application.bot.id)
        self._inbox = Inbox(updates, application.bot, partial(answers.do, application), answers.give_up)
        await application.start()
        keep_days = self._settings.keep_days
        await _all(
            (self._webhook or self._poller).run(),
            self._inbox.run(),
            _every(5.0, partial(self._measure, updates)),
            _every(math.inf, partial(answers.profile.introduce, answers.operator_ids)),
            _every(5.0, self._inbox.settle),
            _every(_HOUR / 6, partial(updates.prune, keep_days)),
            _every(6 * _HOUR, answers.replies.prune),
        )

    async def wind_up(self) -> None:
        """Answer what is under way, within `GRACE`, and close every connection."""
        application = self._application
        if self._inbox is not None:
            limiter = application.bot.rate_limiter
            await self._inbox.wind_up(GRACE, limiter.has_sent if isinstance(limiter, RateLimiter) else bool)
        if application.running:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LEAVING):
                    await application.stop()
                    await self._poller.confirm()
        await application.shutdown()
        await application.bot.shutdown()  # the application closes nothing that it had not opened to the end

    async def _measure(self, updates: Updates) -> None:
        self._depth = await updates.depth()

    async def _receive(self, updates: Any) -> None:
        assert self._inbox is not None  # noqa: S101 -- for mypy
        await self._inbox.receive(updates)
        self._answers.sender.hear(updates)


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """Do all of it side by side until one ends, which is a failure."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancelled(*tasks)


async def _every(seconds: float, call: Callable[[], Awaitable[None]]) -> None:
    """Do something now and then, such as to drop what is too old."""
    while True:
        try:
            await call()
        except sqlite3.Error as error:
            log.warning("the housekeeping of state.db failed: %s", error)
        await asyncio.sleep(seconds)


async def cancelled(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
