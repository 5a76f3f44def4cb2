"""A chat in which an answer is on its way in; the sign there that somebody is typing out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from telegram import Bot
from telegram.constants import ChatAction

from bot.telegram.outcomes import quietly

SIGN_LASTS = 4.5
"""Seconds after which the typing sign is shown again; Telegram takes it away after five."""

SIGN_WAITS = 1.0
"""Seconds that a sign has to get there once the answer has."""


@asynccontextmanager
async def typing(bot: Bot, chat: int, topic: int | None) -> AsyncIterator[None]:
    """Show the sign until the block ends."""
    there = asyncio.Event()
    action = partial(bot.send_chat_action, chat, ChatAction.TYPING, message_thread_id=topic)
    sign = asyncio.create_task(_shown(action, there))
    await asyncio.sleep(0)  # the sign goes first, or it would show after the answer
    try:
        yield
    finally:
        there.set()
        await asyncio.wait([sign], timeout=SIGN_WAITS)
        sign.cancel()


async def _shown(action: Callable[[], Awaitable[bool]], there: asyncio.Event) -> None:
    while not there.is_set():
        await quietly(action)
        with suppress(TimeoutError):
            await asyncio.wait_for(there.wait(), SIGN_LASTS)
