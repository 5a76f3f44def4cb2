"""What people do on Telegram in, raw updates for the inbox out: a long poll that outlives outages and stops at once.

The library's own loop is not used: it sleeps through a stop for up to 30 seconds, says nothing of time-outs, ends
without a word when the token is withdrawn, and repeats a batch for ever that holds one update it can't read.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot import metrics
from bot.errors import NotHeard, TokenInUse
from bot.state.updates import is_one
from bot.telegram.inbox import patiently
from bot.telegram.outcomes import seconds
from bot.telegram.sending import FIRST_PAUSE
from bot.telegram.transport import Request

LONG_POLL = 25
"""Seconds that Telegram holds a poll when nothing happens."""
SILENCE = 3.0 * LONG_POLL
"""Seconds without any answer after which polling is begun anew, over new connections; after that again, given up."""
LONGEST_PAUSE = 30.0
ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]

CONFLICTS, MOST_CONFLICTS = 3, 100
"""After how many conflicts with another program that polls the newcomer leaves, and after how many anybody does."""

BORNE_A_SECOND = 5.0
"""How many more are put up with for each second that somebody has polled alone."""

_ALONE = 60.0
"""Seconds without a conflict after which the other has gone."""

_GRACE = 1.0
"""Seconds that a broken off poll has to end."""

T = TypeVar("T")
Receive = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]

log = logging.getLogger(__name__)


class PollingRequest(Request):
    """Takes the answers to getUpdates. Their updates are left as they come: not each can be read by the library."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received: list[dict[str, Any]] = []

    def parse_json_payload(self, payload: bytes) -> dict[str, Any]:  # type: ignore[override]
        """The answer without its updates, which are `received`."""
        answer: dict[str, Any] = Request.parse_json_payload(payload)
        if isinstance(answer.get("result"), list):
            self.received, answer["result"] = [one for one in answer["result"] if is_one(one)], []
        return answer


class Poller:
    """Fetches updates for `bot` into the inbox, by `receive`, and calls `beat` each time that Telegram answered."""

    def __init__(self, bot: Bot, request: PollingRequest, receive: Receive, beat: Callable[[], object]) -> None:
        self._bot = bot
        self._request = request
        self._receive = receive
        self._beat = beat
        self._offset: int | None = None
        self._wait = 0
        self._rivals = _Rivals()
        self._heard = time.monotonic()

    async def run(self) -> None:
        """Fetch until cancelled. Raises InvalidToken when the token is withdrawn, TokenInUse and NotHeard."""
        await untiring("deleteWebhook", self._end_deliveries)
        silences = 0
        while silences < 2:
            heard = self._heard = time.monotonic()
            polling = asyncio.create_task(self._poll())
            try:
                await self._until_silent(polling)
            finally:
                polling.cancel()
                await asyncio.wait([polling], timeout=_GRACE)
            log.error("Telegram kept silent for %g s; asking again over new connections", SILENCE)
            metrics.count_error("network")
            silences = silences + 1 if self._heard == heard else 1
            await self._request.shutdown()
            await self._request.initialize()
        address = urlsplit(self._bot.base_url)
        raise NotHeard(f"{address.scheme}://{address.netloc}", silences * SILENCE)

    async def _end_deliveries(self) -> None:
        """Have what people send wait for the polls; what was not delivered yet waits, too."""
        info = await self._bot.get_webhook_info()
        if info.url:
            host = urlsplit(info.url).hostname  # the path may be a secret
            log.warning("the webhook at %s is removed: this program asks for updates instead", host)
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _until_silent(self, polling: "asyncio.Task[None]") -> None:
        """Wait until nothing was heard for too long; what ends polling itself is raised."""
        while (left := self._heard + SILENCE - time.monotonic()) > 0:
            await asyncio.wait([polling], timeout=min(left, SILENCE))
            if polling.done():
                await polling

    async def _poll(self) -> None:
        while True:
            updates = await untiring("getUpdates", self._fetch, self._failed)
            self._heard = math.inf  # while they are kept, it is not Telegram that is silent
            if updates:
                await patiently("updates can't be kept, and stay with Telegram", partial(self._receive, updates))
                self._offset = updates[-1]["update_id"] + 1
            self._heard = time.monotonic()
            self._beat()

    async def confirm(self) -> None:
        """Tell Telegram that what was fetched need not be sent again."""
        if self._offset is not None:
            await self._bot.get_updates(offset=self._offset, limit=1, timeout=0, allowed_updates=ALLOWED_UPDATES)

    async def _fetch(self) -> list[dict[str, Any]]:
        # The first poll returns at once, so that a sign of life does not wait for the first message.
        await self._bot.get_updates(offset=self._offset, timeout=self._wait, allowed_updates=ALLOWED_UPDATES)
        self._wait = LONG_POLL
        self._rivals.note_success()
        updates, self._request.received = self._request.received, []
        return updates

    def _failed(self, error: TelegramError) -> None:
        """Take a failure for a sign of life where it is one; leave where somebody else has the token."""
        if not isinstance(error, TimedOut):
            self._heard = time.monotonic() + (seconds(error) if isinstance(error, RetryAfter) else 0)
        if isinstance(error, Conflict) and self._rivals.have_won():
            self._offset = None  # the call that was ended confirmed it; one more would end the other's
            raise TokenInUse(f"@{self._bot.username}", error.message) from error


class _Rivals:
    """Another program that polls for the same bot: the one that came later leaves.

    Each ends the other's poll, so both have about as many conflicts. The longer one polled alone, the more it puts up
    with.
    """

    def __init__(self) -> None:
        self._began = math.inf
        self._last = -math.inf
        self._conflicts = 0
        self._borne = 0.0

    def note_success(self) -> None:
        """A poll was answered; the first one begins the time in which there was nobody else."""
        self._began = min(self._began, time.monotonic())

    def have_won(self) -> bool:
        """Count one more conflict; whether it is one too many."""
        now = time.monotonic()
        if now - self._last > _ALONE:
            alone = max(0.0, now - self._began)
            self._conflicts, self._borne = 0, min(CONFLICTS + BORNE_A_SECOND * alone, MOST_CONFLICTS)
        self._last = now
        self._conflicts += 1
        return self._conflicts >= self._borne


async def untiring(
    what: str, call: Callable[[], Awaitable[T]], failed: Callable[[TelegramError], None] = lambda _: None
) -> T:
    """Make a call until it succeeds, with longer and longer pauses; `failed` is told why it has not.

    Raises InvalidToken, which no pause can mend, and what `failed` raises.
    """
    attempt = 0
    while True:
        try:
            return await call()
        except InvalidToken:
            raise
        except TelegramError as error:
            failed(error)
            pause = seconds(error) if isinstance(error, RetryAfter) else min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
            reason = "someone else receives the updates of this bot: " if isinstance(error, Conflict) else ""
            log.warning("%s failed, next attempt in %g s: %s%s", what, pause, reason, error)
            attempt += 1
            await asyncio.sleep(pause)
