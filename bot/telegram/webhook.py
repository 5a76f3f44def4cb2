"""What Telegram delivers in, raw updates for the inbox out: a path for Telegram alone, and an eye on its deliveries.

A delivery is answered once its update is kept. Until then Telegram holds it and tries again, also while nobody listens.
"""

import asyncio
import hmac
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import unquote, urlsplit

from aiohttp import web
from telegram import Bot

from bot import logs, metrics
from bot.serving import answer, body, serving
from bot.settings import Settings
from bot.state.updates import RawUpdate, is_one
from bot.telegram.polling import ALLOWED_UPDATES, untiring

HEADER = "X-Telegram-Bot-Api-Secret-Token"
"""What the secret comes in."""
AT_ONCE = 10
"""How many deliveries Telegram makes at the same time; those of a chat come one after the other."""
BEATEN_EVERY = 20.0
"""Seconds between two signs of life while all is well and nobody writes."""
BEATS = 9
"""How many of them are given before Telegram is asked again what it thinks of its deliveries."""

log = logging.getLogger(__name__)


class Webhook:
    """Takes what Telegram delivers to `bot`, gives it to `receive`, and calls `beat` for as long as all is well."""

    def __init__(
        self,
        bot: Bot,
        settings: Settings,
        receive: Callable[[Sequence[RawUpdate]], Awaitable[None]],
        beat: Callable[[], object],
    ) -> None:
        """Raises WebhookSecretInvalid and TokenFileUnreadable."""
        self._bot = bot
        self._url = settings.webhook_url or ""
        self._secret = settings.webhook_token
        self._address = settings.listen, settings.webhook_port
        self._receive = receive
        self._beat = beat
        self._delivered = False
        self._failed: datetime | None = None
        logs.hide(self._secret)

    async def run(self) -> None:
        """Take deliveries until cancelled. Raises PortUnavailable, and InvalidToken when the token is withdrawn.

        The webhook stays set after that: Telegram keeps what people send until there is somebody to deliver it to.
        """
        _, _, path = _place(self._url)
        async with serving(*self._address, {path: self._deliver}, "DATELINE_WEBHOOK_PORT"):
            await self._claim()
            well = True
            while True:
                for _ in range(BEATS):
                    if well:
                        self._beat()
                    await asyncio.sleep(BEATEN_EVERY)
                well = await self._check()

    async def _claim(self) -> None:
        """Have Telegram deliver here, also what waits already."""
        call = partial(
            self._bot.set_webhook,
            self._url,
            max_connections=AT_ONCE,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
            secret_token=self._secret,
        )
        await untiring("setWebhook", call)
        log.info("Telegram delivers to %s", urlsplit(self._url).hostname)

    async def _check(self) -> bool:
        """Whether what people send arrives, for all that Telegram says; a webhook that was taken is taken back."""
        info = await untiring("getWebhookInfo", self._bot.get_webhook_info)
        delivered, self._delivered = self._delivered, False
        if _place(info.url) != _place(self._url):
            log.warning(
                "somebody else with the token had updates delivered to %s instead; this is set back",
                urlsplit(info.url).hostname or "nobody",
            )
            await self._claim()
            return True
        if info.last_error_date not in (None, self._failed):
            self._failed = info.last_error_date
            log.warning(
                "a delivery failed at %s: %s; updates that wait: %d",
                info.last_error_date,
                info.last_error_message,
                info.pending_update_count,
            )
        return delivered or not info.pending_update_count or not info.last_error_date

    async def _deliver(self, request: web.BaseRequest) -> web.Response:
        """Take one delivery; who does not show the secret is not listened to."""
        if request.method != "POST":
            return answer(404)
        shown = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._secret.encode()):
            return answer(403)
        update = _read(await body(request))
        if update is None:
            log.warning("a delivery was no update and is refused")
            return answer(400)
        try:
            await self._receive([update])
        except sqlite3.Error as error:
            log.warning("update %d can't be kept, and Telegram is to send it again: %s", update["update_id"], error)
            metrics.count_error("state")
            return answer(500)
        self._delivered = True
        self._beat()
        return answer(200)


def _place(url: str) -> tuple[str | None, int, str]:
    """Host, port and path of an address, which Telegram may write in another way."""
    parts = urlsplit(url)
    return parts.hostname, parts.port or 443, unquote(parts.path) or "/"


def _read(content: bytes) -> RawUpdate | None:
    """An update, None when it is none."""
    try:
        update: RawUpdate = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return update if is_one(update) else None
