"""Settings and an open engine in; a bot that polls Telegram and answers until it is told to stop."""

import asyncio
import logging
import os
import re
import signal
import ssl
import threading
from contextlib import suppress
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, Defaults
from telegram.request import HTTPXRequest

from bot import health, logs
from bot.app import desk
from bot.errors import ApiBaseUrlInvalid, TokenRefused
from bot.rendering import Renderer
from bot.settings import Settings
from bot.telegram.handlers import App, Handlers
from bot.telegram.limits import InOrder, RateLimiter
from bot.telegram.polling import Poller, PollingRequest, untiring
from retrieval import Engine

GRACE = 3.0
"""Seconds in which what is under way is still answered after a stop; Docker kills after ten."""

CLOSING = 1.5
"""Seconds in which everything is closed after that."""

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Answer on Telegram until SIGTERM or SIGINT, then 0. Raises TokenRefused, ApiBaseUrlInvalid, RetrievalError."""
    # While the articles are read; process 1 of a container would ignore it, and the cache survives a crash.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    # A loop does not close before a name is looked up; without a name server that took 10 s after SIGTERM.
    guard = threading.Timer(CLOSING, os._exit, (0,))
    guard.daemon = True
    with desk(settings, watch=True) as opened:
        opened.run(serve(settings, opened.engine))
        guard.start()
    guard.cancel()
    return 0


async def serve(settings: Settings, engine: Engine, stop: asyncio.Event | None = None) -> None:
    """Answer on Telegram until `stop` is set; by default SIGTERM and SIGINT set it."""
    application = build(settings, engine)
    poller = Poller(application.bot, application.update_queue, partial(health.beat, settings.data_dir))
    stop = stop or _stop_by_signal()
    tasks = asyncio.create_task(_work(application, poller)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        end, _ = await asyncio.gather(*tasks, return_exceptions=True)
        await _wind_up(application, poller)
    if isinstance(end, InvalidToken):
        raise TokenRefused(settings.telegram_api_base_url)
    if isinstance(end, Exception):
        raise end


def build(settings: Settings, engine: Engine) -> App:
    """The application, not yet connected. Raises TokenRefused and ApiBaseUrlInvalid."""
    api = _api(settings.telegram_api_base_url)
    token = settings.token or ""
    if not re.fullmatch(r"[\w:.-]+", token, re.ASCII):  # it becomes part of an address
        raise TokenRefused(settings.telegram_api_base_url)
    logs.hide(token)
    more: dict[str, Any] = {"httpx_kwargs": _trust(), "connect_timeout": 10, "pool_timeout": 30}
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(lambda token: f"{api}/bot{token}")
        .base_file_url(lambda token: f"{api}/file/bot{token}")
        .request(HTTPXRequest(128, read_timeout=20, write_timeout=20, **more))
        .get_updates_request(PollingRequest(2, read_timeout=10, write_timeout=10, **more))
        .updater(None)
        .job_queue(None)
        .rate_limiter(RateLimiter())
        .concurrent_updates(InOrder())
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .build()
    )
    Handlers(engine).add_to(application)
    return application


@cache
def _trust() -> dict[str, ssl.SSLContext]:
    """The certificates to trust; reading them takes 30 ms, and both connections need them."""
    return {"verify": httpx.create_ssl_context()}


async def _work(application: App, poller: Poller) -> None:
    await untiring("getMe", application.initialize)
    log.info("connected as @%s", application.bot.username)
    await untiring("deleteWebhook", partial(application.bot.delete_webhook, drop_pending_updates=False))
    await application.start()
    application.create_task(_introduce(application.bot))
    await poller.run()


async def _introduce(bot: Bot) -> None:
    """Tell Telegram what the bot's profile and its menu of commands say."""
    words = Renderer("text")
    lines = words.render("commands").splitlines()
    commands = [(name, description) for name, _, description in (line.partition(" - ") for line in lines)]
    for call in (
        partial(bot.set_my_commands, commands),
        partial(bot.set_my_description, words.render("bot_description")),
        partial(bot.set_my_short_description, words.render("bot_short_description")),
    ):
        try:
            await call()
        except TelegramError as error:
            log.warning("%s failed, the profile stays as it is: %s", call.func.__name__, error)


async def _wind_up(application: App, poller: Poller) -> None:
    """Answer what is under way, within `GRACE`, and close every connection."""
    if application.running:
        try:
            async with asyncio.timeout(GRACE):
                await application.stop()
                with suppress(TelegramError):
                    await poller.confirm()
        except TimeoutError:
            log.warning("stopped before every answer was sent")
    await application.shutdown()
    await application.bot.shutdown()  # the application closes nothing that it had not opened to the end


def _stop_by_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, for as long as the loop lives."""
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows, where Ctrl-C cancels what runs instead
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _api(value: str) -> str:
    """The address that methods are appended to."""
    base = value.strip().rstrip("/")
    try:
        parts = urlsplit(base)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # no number for a port, an IPv6 address that is none
        valid = False
    if not valid or parts.query or parts.fragment or re.search(r"\s", base):
        raise ApiBaseUrlInvalid(value)
    return base
