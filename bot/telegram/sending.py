"""A message's HTML in, Telegram messages out: each piece once, whatever Telegram or the network says to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import httpx
from telegram import InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.rendering import plain
from bot.telegram.splitting import split

ATTEMPTS = 6
FIRST_PAUSE = 0.5

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = logging.getLogger(__name__)


async def reply(to: Message, html: str, keyboard: InlineKeyboardMarkup | None = None) -> Message | None:
    """Send `html` as a reply `to` a message, in pieces; the last, with the keyboard, is given back if it is known.

    Raises what cannot be waited out, such as a chat that does not allow the bot to write.
    """
    sent = None
    pieces = split(html)
    for number, piece in enumerate(pieces, 1):
        sent = await _Piece(to, piece, keyboard if number == len(pieces) else None).deliver()
    return sent


async def type_in(message: Message) -> None:
    """Show that an answer is on its way."""
    action = partial(message.get_bot().send_chat_action, message.chat_id, ChatAction.TYPING)
    await quietly(partial(action, message_thread_id=_thread(message)))


async def quietly(call: Callable[[], Awaitable[object]]) -> None:
    """Make a call that nobody waits for, such as taking a button away: its failure is no failure of the answer."""
    try:
        await call()
    except TelegramError as error:
        log.debug("not done, and not needed: %s", error)


class _Piece:
    """One message to be sent, and what has become of the way it is to be sent."""

    def __init__(self, to: Message, html: str, keyboard: InlineKeyboardMarkup | None) -> None:
        self._to = to
        self._chat_id = to.chat_id
        self._text = html
        self._parse_mode: ParseMode | None = ParseMode.HTML
        self._keyboard = keyboard

    async def deliver(self) -> Message | None:
        """Send until it is sent; None when it is not known whether it arrived, or nobody wants it."""
        attempt = 0
        while True:
            try:
                return await self._send()
            except TelegramError as error:
                attempt += 1
                if attempt == ATTEMPTS:
                    raise
                pause = self._pause(error, attempt)
                if pause is None:
                    return None
                await asyncio.sleep(pause)

    async def _send(self) -> Message:
        return await self._to.get_bot().send_message(
            chat_id=self._chat_id,
            text=self._text,
            parse_mode=self._parse_mode,
            reply_markup=self._keyboard,
            message_thread_id=_thread(self._to),
            reply_parameters=ReplyParameters(self._to.message_id, allow_sending_without_reply=True),
        )

    def _pause(self, error: TelegramError, attempt: int) -> float | None:
        """Seconds until the next attempt, None for no other; raises what no attempt can mend."""
        match error:
            case RetryAfter():
                log.warning("chat must wait: %s", error)
                return seconds(error)
            case ChatMigrated():
                self._chat_id = error.new_chat_id
                return 0
            case Forbidden():
                log.info("nobody there to answer: %s", error)
                return None
            case BadRequest() if self._parse_mode and "parse entities" in error.message.lower():
                log.error("markup refused, sent as plain text: %s", error)
                self._text, self._parse_mode = plain(self._text), None
                return 0
            case BadRequest():
                raise error
            case NetworkError() if _arrived_perhaps(error):
                log.warning("an answer may not have arrived: %s", error)
                return None
            case NetworkError():
                log.warning("an answer could not be sent, trying again: %s", error)
                return FIRST_PAUSE * 2.0 ** (attempt - 1)
        raise error


def _arrived_perhaps(error: NetworkError) -> bool:
    """Whether the connection broke after the message had left: sending it again might show it twice."""
    return isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, _NOT_SENT)


def seconds(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else pause


def _thread(message: Message) -> int | None:
    """The topic of a forum that the message is in; a thread of replies is none."""
    return message.message_thread_id if message.is_topic_message else None
