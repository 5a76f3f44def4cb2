"""A message's HTML in, Telegram messages out: each piece once, whatever Telegram or the network says to it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeAlias, TypeVar

import httpx
from telegram import Bot, ForceReply, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.rendering import plain
from bot.telegram.splitting import split

ATTEMPTS = 6
FIRST_PAUSE = 0.5
SIGN_LASTS = 4.5
"""Seconds after which the typing sign is shown again; Telegram takes it away after five."""

SIGN_WAITS = 1.0
"""Seconds that a sign has to get there once the answer has."""

_REMEMBERED = 1_000
"""Messages of which it is remembered what they show, so that nothing is asked for that changes nothing."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNCHANGED = "message is not modified"
_NOT_ALLOWED = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden", "topic_closed")
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")

Keyboard: TypeAlias = InlineKeyboardMarkup | ForceReply
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: a chat, a topic of it, and the message that it hangs on."""

    chat: int
    topic: int | None = None
    on: int | None = None

    @classmethod
    def beside(cls, message: Message) -> "Place":
        """In reply to a message; a thread of replies is no topic."""
        return cls(message.chat_id, message.message_thread_id if message.is_topic_message else None, message.message_id)


class Sender:
    """Sends and edits for `bot`; `refused` is told when Telegram could not read a message's markup."""

    def __init__(
        self, bot: Bot, refused: Callable[[], Awaitable[None]], migrated: Callable[[int, int], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._refused = refused
        self._migrated = migrated
        self._shown: dict[tuple[int, int], int] = {}

    async def send(self, place: Place, html: str, keyboard: Keyboard | None = None) -> list[Message]:
        """Send `html` in pieces, the last with the keyboard; those are given back that are known to have arrived.

        Raises what cannot be waited out, such as a chat that does not allow the bot to write.
        """
        sent = []
        pieces = split(html)
        for number, piece in enumerate(pieces, 1):
            under = keyboard if number == len(pieces) else None
            message = await self._deliver(_Message(place, piece, under), self._post)
            if message is not None:
                sent.append(message)
            if message is not None and message.chat_id != place.chat:  # the group has moved, its messages have not
                place = replace(place, chat=message.chat_id, on=None)
        return sent

    async def edit(self, chat: int, message: int, html: str, keyboard: InlineKeyboardMarkup | None = None) -> bool:
        """Show something else in a message of the bot; False where that message is gone."""
        shown = hash((html, keyboard))
        if self._shown.get((chat, message)) == shown:  # people press twice when the network is slow
            return True
        try:
            await self._deliver(_Message(Place(chat, on=message), split(html)[0], keyboard), self._put)
        except BadRequest as error:
            if not _says(error, *_GONE):
                raise
            return False
        self._shown[chat, message] = shown
        if len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]
        return True

    async def rewrite(
        self, place: Place, messages: Sequence[int], html: str, keyboard: InlineKeyboardMarkup | None
    ) -> list[int]:
        """Let the pieces of `html` stand in `messages` instead of what they show; the messages that it now consists of.

        From where they don't hold it, or one is gone, it is sent behind them; what is not needed of them is deleted.
        """
        *others, last = split(html)
        pieces = [*((piece, None) for piece in others), (last, keyboard)]
        kept: list[int] = []
        for old, (piece, under) in zip(messages, pieces, strict=False):
            if not await self.edit(place.chat, old, piece, under):
                break
            kept.append(old)
        surplus = messages[len(kept) + (len(kept) < len(pieces)) :]  # the first that was not edited is gone
        for piece, under in pieces[len(kept) :]:
            kept += [message.message_id for message in await self.send(place, piece, under)]
        for old in surplus:
            await quietly(partial(self._bot.delete_message, place.chat, old))
        return kept

    def has_changed(self, chat: int, message: int) -> bool:
        """Whether a message may show something else than it was sent with."""
        return (chat, message) in self._shown

    @asynccontextmanager
    async def typing(self, place: Place) -> AsyncIterator[None]:
        """Show that an answer is on its way, until it is there."""
        there = asyncio.Event()
        sign = asyncio.create_task(self._sign(place, there))
        await asyncio.sleep(0)  # the sign goes first, or it would show after the answer
        try:
            yield
        finally:
            there.set()
            await asyncio.wait([sign], timeout=SIGN_WAITS)
            sign.cancel()

    async def _sign(self, place: Place, there: asyncio.Event) -> None:
        action = partial(self._bot.send_chat_action, place.chat, ChatAction.TYPING, message_thread_id=place.topic)
        while not there.is_set():
            await quietly(action)
            with suppress(TimeoutError):
                await asyncio.wait_for(there.wait(), SIGN_LASTS)

    async def _deliver(self, piece: "_Message", call: "Callable[[_Message], Awaitable[T]]") -> T | None:
        """Make the call until it succeeds; None when it is not known whether it did, or nobody wants it."""
        attempt = 0
        while True:
            try:
                return await call(piece)
            except TelegramError as error:
                attempt += 1
                if attempt == ATTEMPTS:
                    raise
                pause = await self._pause(piece, error, attempt, may_repeat=call == self._put)
                if pause is None:
                    return None
                await asyncio.sleep(pause)

    async def _post(self, piece: "_Message") -> Message:
        on = piece.place.on
        return await self._bot.send_message(
            chat_id=piece.place.chat,
            text=piece.text,
            parse_mode=piece.parse_mode,
            reply_markup=piece.keyboard,
            message_thread_id=piece.place.topic,
            reply_parameters=ReplyParameters(on, allow_sending_without_reply=True) if on else None,
        )

    async def _put(self, piece: "_Message") -> None:
        keyboard = piece.keyboard if isinstance(piece.keyboard, InlineKeyboardMarkup) else None
        try:
            await self._bot.edit_message_text(
                piece.text, piece.place.chat, piece.place.on, parse_mode=piece.parse_mode, reply_markup=keyboard
            )
        except BadRequest as error:
            if not _says(error, _UNCHANGED):
                raise

    async def _pause(self, piece: "_Message", error: TelegramError, attempt: int, *, may_repeat: bool) -> float | None:
        """Seconds until the next attempt, None for no other; raises what no attempt can mend."""
        if await self._mended(piece, error, may_repeat=may_repeat):
            return 0
        match error:
            case RetryAfter():
                log.warning("chat must wait: %s", error)
                return seconds(error)
            case Forbidden():
                log.info("nobody there to answer: %s", error)
                return None
            case BadRequest() if _says(error, *_NOT_ALLOWED):
                log.info("no answer may be given there: %s", error)
                return None
            case BadRequest():
                raise error
            case NetworkError() if may_repeat or not _arrived_perhaps(error):
                log.warning("an answer could not be sent, trying again: %s", error)
                return FIRST_PAUSE * 2.0 ** (attempt - 1)
            case NetworkError():
                log.warning("an answer may not have arrived: %s", error)
                return None
        raise error

    async def _mended(self, piece: "_Message", error: TelegramError, *, may_repeat: bool) -> bool:
        """Whether the message is now another one, which Telegram may accept."""
        match error:
            case ChatMigrated():
                await self._migrated(piece.place.chat, error.new_chat_id)
                if may_repeat:  # the messages of the old group have other numbers in the new one
                    raise BadRequest(_GONE[0]) from error
                piece.place = replace(piece.place, chat=error.new_chat_id, on=None)
            case BadRequest() if piece.parse_mode and _says(error, "parse entities"):
                log.error("markup refused, sent as plain text: %s", error)
                await self._refused()
                piece.text, piece.parse_mode = plain(piece.text), None
            case BadRequest() if piece.keyboard and _says(error, "button"):
                log.error("buttons refused, sent without: %s", error)
                piece.keyboard = None
            case BadRequest() if piece.place.topic and _says(error, "thread not found"):
                piece.place = replace(piece.place, topic=None)
            case _:
                return False
        return True


@dataclass(slots=True)
class _Message:
    """One message to be sent, or to be shown in the one at its place, and what has become of the way to do it."""

    place: Place
    text: str
    keyboard: Keyboard | None
    parse_mode: ParseMode | None = ParseMode.HTML


async def quietly(call: Callable[[], Awaitable[object]]) -> None:
    """Make a call that nobody waits for, such as taking a button away: its failure is no failure of the answer."""
    try:
        await call()
    except TelegramError as error:
        log.debug("not done, and not needed: %s", error)


def _says(error: TelegramError, *words: str) -> bool:
    return any(word in error.message.lower() for word in words)


def _arrived_perhaps(error: NetworkError) -> bool:
    """Whether the connection broke after the message had left: sending it again might show it twice."""
    return isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, _NOT_SENT)


def seconds(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else pause
