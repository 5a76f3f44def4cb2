"""Settings and an open engine in; a bot that polls Telegram and answers until it is told to stop."""

import asyncio
import logging
import os
import re
import signal
import sqlite3
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
from bot.settings import Settings
from bot.state.database import State
from bot.state.feedback import Feedback
from bot.state.people import Notes, People
from bot.state.replies import Replies
from bot.suggestions import suggest
from bot.telegram.answering import Answering
from bot.telegram.commands import Commands
from bot.telegram.handlers import App, Handlers
from bot.telegram.inline import Inline
from bot.telegram.limits import Floods, InOrder, RateLimiter
from bot.telegram.links import Questions
from bot.telegram.operators import REFUSED, Operators
from bot.telegram.polling import Poller, PollingRequest, untiring
from bot.telegram.presses import Presses
from bot.telegram.profile import Profile
from bot.telegram.sending import Sender
from bot.telegram.turns import Turns
from bot.telegram.voices import Voices
from retrieval import Engine

GRACE = 3.0
"""Seconds in which what is under way is still answered after a stop; Docker kills after ten."""

_PRUNED_EVERY = 6 * 3600.0

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
    async with State.open(settings.data_dir) as state:
        await _serve(settings, engine, state, stop)


async def _serve(settings: Settings, engine: Engine, state: State, stop: asyncio.Event | None) -> None:
    application = build(settings)
    answers = handlers(application.bot, settings, engine, state)
    answers.add_to(application)
    poller = Poller(application.bot, application.update_queue, partial(health.beat, settings.data_dir))
    stop = stop or _stop_by_signal()
    tasks = asyncio.create_task(_work(application, poller, answers)), asyncio.create_task(stop.wait())
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


def build(settings: Settings) -> App:
    """The application, not yet connected. Raises TokenRefused and ApiBaseUrlInvalid."""
    api = _api(settings.telegram_api_base_url)
    token = settings.token or ""
    if not re.fullmatch(r"[\w:.-]+", token, re.ASCII):  # it becomes part of an address
        raise TokenRefused(settings.telegram_api_base_url)
    logs.hide(token)
    more: dict[str, Any] = {"httpx_kwargs": _trust(), "connect_timeout": 10, "pool_timeout": 30}
    return (
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


def handlers(bot: Bot, settings: Settings, engine: Engine, state: State) -> Handlers:
    """What answers, put together."""
    replies, people, notes = Replies(state, settings.keep_days), People(state), Notes(state)
    sender = Sender(bot, partial(notes.count, REFUSED), replies.migrate)
    turns, voices, questions = Turns(engine, replies), Voices(people), Questions()
    answering = Answering(engine, sender, replies, turns, Floods(), partial(suggest, engine))
    presses = Presses(engine, sender, replies, people, voices, answering)
    return Handlers(
        sender,
        replies,
        voices,
        answering,
        presses,
        Inline(engine, questions, voices),
        Commands(engine, sender, people, questions, turns, answering, presses, settings.keep_days),
        Operators(engine, sender, Feedback(state), notes),
        Profile(bot, notes),
        settings.operator_ids,
    )


@cache
def _trust() -> dict[str, ssl.SSLContext]:
    """The certificates to trust; reading them takes 30 ms, and both connections need them."""
    return {"verify": httpx.create_ssl_context()}


async def _work(application: App, poller: Poller, answers: Handlers) -> None:
    await untiring("getMe", application.initialize)
    log.info("connected as @%s", application.bot.username)
    await untiring("deleteWebhook", partial(application.bot.delete_webhook, drop_pending_updates=False))
    await application.start()
    application.create_task(answers.profile.introduce(answers.operator_ids))
    pruning = asyncio.create_task(_prune(answers.replies))
    try:
        await poller.run()
    finally:
        pruning.cancel()


async def _prune(replies: Replies) -> None:
    """Drop what is too old, now and then."""
    while True:
        try:
            await replies.prune()
        except sqlite3.Error as error:
            log.warning("what is too old could not be dropped: %s", error)
        await asyncio.sleep(_PRUNED_EVERY)


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
