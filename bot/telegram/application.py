"""Settings and an open engine in; a bot that hears and answers on Telegram until it is told to stop."""

import asyncio
import faulthandler
import gc
import logging
import os
import re
import signal
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.error import InvalidToken
from telegram.ext import ApplicationBuilder, Defaults

from bot import logs, metrics
from bot.app import desk
from bot.errors import ApiBaseUrlInvalid, StateUnwritable, TokenRefused
from bot.health import Heart
from bot.serving import page, serving
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
from bot.telegram.limits import Floods, RateLimiter
from bot.telegram.links import Questions
from bot.telegram.operators import REFUSED, Operators
from bot.telegram.polling import SILENCE, PollingRequest
from bot.telegram.presses import Presses
from bot.telegram.profile import Profile
from bot.telegram.sending import Sender
from bot.telegram.transport import Request
from bot.telegram.turns import Turns
from bot.telegram.voices import Voices
from bot.telegram.work import Work, cancelled
from retrieval import Engine

CLOSING = 1.0
"""Seconds in which everything is closed after that."""

OPENED_EVERY = 5.0
"""Seconds after which it is tried again to open what can't be written."""

OPENED_WITHIN = 2.0
"""Seconds that one attempt waits for a lock; a stop can't end it sooner."""

CONNECTIONS = 128
"""Calls to Telegram at once."""

ANSWERED, POLL_ANSWERED = 20.0, 10.0
"""Seconds in which Telegram has to answer a call, and a poll when its time is over."""

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Answer on Telegram until SIGTERM or SIGINT, then 0. Raises BotError and RetrievalError."""
    if settings.webhook_url:
        logs.hide(settings.webhook_token)  # a mistake in it is told before the articles are read
    # A loop does not close before a name is looked up; without a name server that took 10 s after SIGTERM.
    guard = threading.Timer(CLOSING, os._exit, (0,))
    guard.daemon = True
    with desk(settings, watch=True) as opened:
        gc.freeze()  # the articles stay; to look through them for garbage each time took up to 0.2 s
        opened.run(_while_awake(serve(settings, opened.engine)))
        guard.start()
    guard.cancel()
    return 0


async def _while_awake(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; end the program, with a trace of where it is, when the loop stands still for too long."""

    async def stay_awake() -> None:
        while True:
            faulthandler.dump_traceback_later(SILENCE, exit=True, file=sys.__stderr__ or sys.stderr)
            await asyncio.sleep(SILENCE / 10)

    watch = asyncio.create_task(stay_awake())
    try:
        await work
    finally:
        watch.cancel()
        faulthandler.cancel_dump_traceback_later()


async def serve(settings: Settings, engine: Engine, stop: asyncio.Event | None = None) -> None:
    """Answer on Telegram until `stop` is set; by default SIGTERM and SIGINT set it."""
    stop = stop or _stop_by_signal()
    async with AsyncExitStack() as opened:
        heart = Heart(settings.data_dir, lambda: engine.look)
        state = await _state(settings, opened, stop, heart)
        if state is not None:
            await _serve(settings, engine, state, stop, heart)


async def _state(settings: Settings, opened: AsyncExitStack, stop: asyncio.Event, heart: Heart) -> State | None:
    """The open `state.db`, as soon as there is a disk to write it to; None when the program is to stop first."""
    told = ""
    while not stop.is_set():
        try:
            return await opened.enter_async_context(State.open(settings.data_dir, wait=OPENED_WITHIN))
        except StateUnwritable as error:
            problem = str(error.facts["problem"])
            if problem != told:
                log.error("nothing is answered, for %s can't be written: %s", error.facts["path"], problem)
            told = problem
            heart.note_state(problem)
            heart.keep()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), OPENED_EVERY)
    return None


async def _serve(settings: Settings, engine: Engine, state: State, stop: asyncio.Event, heart: Heart) -> None:
    polling = polling_request()
    application = build(settings, polling)
    async with _page_of_numbers(settings):
        bot = Work(settings, application, polling, handlers(application.bot, settings, engine, state), state, heart)
        tasks = asyncio.create_task(bot.run()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancelled(*tasks)
            await bot.wind_up()
    end = None if tasks[0].cancelled() else tasks[0].exception()
    if isinstance(end, InvalidToken):
        raise TokenRefused(settings.telegram_api_base_url)
    if end is not None:
        raise end


@asynccontextmanager
async def _page_of_numbers(settings: Settings) -> AsyncIterator[None]:
    """Show the numbers where somebody wants them. Raises PortUnavailable."""
    if settings.metrics_port is None:
        yield
        return
    show = page(metrics.page, metrics.CONTENT_TYPE)
    async with serving(settings.listen, settings.metrics_port, {"/metrics": show}, "DATELINE_METRICS_PORT"):
        yield


def polling_request() -> PollingRequest:
    """What getUpdates goes through."""
    return PollingRequest(2, POLL_ANSWERED, _trust())


def build(settings: Settings, polling: PollingRequest | None = None) -> App:
    """The application, not yet connected; `polling` is for getUpdates. Raises TokenRefused and ApiBaseUrlInvalid."""
    api = _api(settings.telegram_api_base_url)
    token = settings.token or ""
    if not re.fullmatch(r"[\w:.-]+", token, re.ASCII):  # it becomes part of an address
        raise TokenRefused(settings.telegram_api_base_url)
    logs.hide(token)
    return (
        ApplicationBuilder()
        .token(token)
        .base_url(lambda token: f"{api}/bot{token}")
        .base_file_url(lambda token: f"{api}/file/bot{token}")
        .request(Request(CONNECTIONS, ANSWERED, _trust()))
        .get_updates_request(polling or polling_request())
        .updater(None)
        .job_queue(None)
        .rate_limiter(RateLimiter())
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
        settings.allowed_ids,
    )


@cache
def _trust() -> ssl.SSLContext:
    """The certificates to trust; reading them takes 30 ms, and both connections need them."""
    return httpx.create_ssl_context()


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
