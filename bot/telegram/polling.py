"""What people do on Telegram in, one queue of updates out: a long poll that outlives outages and stops at once.

The library's own loop is not used: it sleeps through a stop for up to 30 seconds, says nothing of time-outs, ends
without a word when the token is withdrawn, and repeats a batch for ever that holds one update it can't read.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.telegram.sending import FIRST_PAUSE, seconds

LONG_POLL = 25
"""Seconds that Telegram holds a poll when nothing happens."""
LONGEST_PAUSE = 30.0
ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]

T = TypeVar("T")

log = logging.getLogger(__name__)


class Poller:
    """Fetches updates for `bot` into `queue`, and calls `beat` each time that Telegram answered."""

    def __init__(self, bot: Bot, queue: "asyncio.Queue[object]", beat: Callable[[], object]) -> None:
        self._bot = bot
        self._queue = queue
        self._beat = beat
        self._offset: int | None = None
        self._wait = 0

    async def run(self) -> None:
        """Fetch until cancelled. Raises InvalidToken when the token is withdrawn."""
        while True:
            updates = await untiring("getUpdates", self._fetch)
            self._beat()
            self._wait = LONG_POLL
            for update in updates:
                await self._queue.put(update)
                self._offset = update.update_id + 1

    async def confirm(self) -> None:
        """Tell Telegram that what was fetched need not be sent again."""
        if self._offset is not None:
            await self._bot.get_updates(offset=self._offset, limit=1, timeout=0, allowed_updates=ALLOWED_UPDATES)

    async def _fetch(self) -> tuple[Update, ...]:
        # The first poll returns at once, so that a sign of life does not wait for the first message.
        return await self._bot.get_updates(offset=self._offset, timeout=self._wait, allowed_updates=ALLOWED_UPDATES)


class PollingRequest(HTTPXRequest):
    """Takes the answers to getUpdates; an update that the library can't read arrives empty, and is confirmed."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, each update in it readable."""
        answer: dict[str, Any] = HTTPXRequest.parse_json_payload(payload)
        if isinstance(answer.get("result"), list):
            answer["result"] = [_readable(update) for update in answer["result"]]
        return answer


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update, None)
    except Exception as error:  # whatever it stumbles over, the updates behind it must get through
        log.error("update %s can't be read and is left out: %s", update["update_id"], type(error).__name__)
        return {"update_id": update["update_id"]}
    return update


async def untiring(what: str, call: Callable[[], Awaitable[T]]) -> T:
    """Make a call until it succeeds, with longer and longer pauses. Raises InvalidToken, which no pause can mend."""
    attempt = 0
    while True:
        try:
            return await call()
        except InvalidToken:
            raise
        except TelegramError as error:
            pause = seconds(error) if isinstance(error, RetryAfter) else min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
            reason = "someone else receives the updates of this bot: " if isinstance(error, Conflict) else ""
            log.warning("%s failed, next attempt in %g s: %s%s", what, pause, reason, error)
            attempt += 1
            await asyncio.sleep(pause)
