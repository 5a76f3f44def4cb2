"""A message's HTML in, Telegram messages out: each piece once, whatever Telegram or the network says to it.

What is done about each error says the table in `outcomes`. When a connection breaks or hangs after a message has left,
nobody knows whether it arrived, and neither losing it nor sending it twice will do. So it is looked for: an edit that
gives a message the text that it has changes nothing, and Telegram says so. That is tried at the few numbers that the
message can have; numbers of other messages are left alone. Where it is not, it is sent again. It comes twice where

- it arrived after it was looked for, because the broken request still hung somewhere on the way;
- so many others were written at the same moment, unheard by the bot, that its number is not among the few;
- nothing was heard or sent before it since the program began, so that there is no number to begin at.

Nothing can be known there, and twice is better than never.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot, ForceReply, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from bot.rendering import plain
from bot.telegram.numbers import Numbers
from bot.telegram.outcomes import Outcome, counted, met, quietly, seconds
from bot.telegram.signs import typing
from bot.telegram.splitting import split

ATTEMPTS = 6
FIRST_PAUSE = 0.5
_REMEMBERED = 1_000
"""Messages of which it is remembered what they show, so that nothing is asked for that changes nothing."""

_BROKEN_OFF = 100
"""Replies of which it is remembered how much was sent before it had to be given up."""

Keyboard: TypeAlias = InlineKeyboardMarkup | ForceReply

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


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is there: its chat, and its number."""

    chat: int
    number: int


@dataclass(slots=True)
class _Piece:
    """One message to be sent, or to be shown in the one with the `number`, and what has become of the way to do it.

    It has a number above `after` if it was sent; `is_in_doubt` while nobody knows that.
    """

    place: Place
    text: str
    keyboard: Keyboard | None
    number: int | None = None
    parse_mode: ParseMode | None = ParseMode.HTML
    after: int | None = None
    is_in_doubt: bool = False


@dataclass(slots=True)
class _Reply:
    """What is left to be sent of a reply, and what was sent."""

    left: deque[_Piece]
    sent: list[Sent] = field(default_factory=list)


class Sender:
    """Sends and edits for `bot`; `refused` is told when Telegram could not read a message's markup."""

    def __init__(
        self, bot: Bot, refused: Callable[[], Awaitable[None]], migrated: Callable[[int, int], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._refused = refused
        self._migrated = migrated
        self._shown: dict[tuple[int, int], int] = {}
        self._numbers = Numbers()
        self._broken_off: dict[object, _Reply] = {}
        self._since = int(time.time())

    def hear(self, updates: Iterable[Mapping[str, Any]]) -> None:
        """Note the numbers of new messages. Those from before the program began say nothing of what it then sent."""
        for update in updates:
            match update.get("message"):
                case {"message_id": int(number), "date": int(date), "chat": {"id": int(chat)}} if date >= self._since:
                    self._numbers.note(chat, number)

    async def send(self, place: Place, html: str, keyboard: Keyboard | None = None) -> list[Sent]:
        """Send `html` in pieces, the last with the keyboard; fewer are given back where nobody is there to get them.

        Raises what cannot be waited out. The same reply, sent again after that, goes on where it was broken off.
        """
        texts = split(html)
        return await self._send(
            place, [(text, None) for text in texts[:-1]] + [(text, keyboard) for text in texts[-1:]]
        )

    async def edit(self, chat: int, message: int, html: str, keyboard: InlineKeyboardMarkup | None = None) -> bool:
        """Show something else in a message of the bot; False where that message is gone."""
        shown = hash((html, keyboard))
        if self._shown.get((chat, message)) == shown:  # people press twice when the network is slow
            return True
        try:
            await self._deliver(_Piece(Place(chat), split(html)[0], keyboard, message))
        except BadRequest as error:
            if met(error).outcome is not Outcome.GONE:
                raise
            return False
        self._shown[chat, message] = shown
        _forget(self._shown, _REMEMBERED)
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
        kept += [sent.number for sent in await self._send(place, pieces[len(kept) :])]
        for old in surplus:
            await quietly(partial(self._bot.delete_message, place.chat, old))
        return kept

    def has_changed(self, chat: int, message: int) -> bool:
        """Whether a message may show something else than it was sent with."""
        return (chat, message) in self._shown

    def typing(self, place: Place) -> AbstractAsyncContextManager[None]:
        """Show that an answer is on its way, until it is there."""
        return typing(self._bot, place.chat, place.topic)

    async def _send(self, place: Place, texts: Sequence[tuple[str, Keyboard | None]]) -> list[Sent]:
        """Send pieces, each when the one before it has arrived; go on where the same ones were broken off."""
        key = place, tuple(text for text, _ in texts)
        reply = self._broken_off.pop(key, None) or _Reply(deque(_Piece(place, *text) for text in texts))
        try:
            while reply.left:
                sent = await self._deliver(reply.left[0])
                if sent is None:
                    break
                reply.sent.append(sent)
                reply.left.popleft()
                if sent.chat != place.chat:  # the group has moved, its messages have not
                    for piece in reply.left:
                        piece.place = replace(piece.place, chat=sent.chat, on=None)
        except Exception:
            self._broken_off[key] = reply
            _forget(self._broken_off, _BROKEN_OFF)
            raise
        return reply.sent

    async def _deliver(self, piece: _Piece) -> Sent | None:
        """Send or edit until that succeeds; None where nobody wants it. Raises what can't be waited out."""
        attempt = 0
        while True:
            if piece.is_in_doubt:
                found = await self._found(piece)
                piece.is_in_doubt = False
                if found is not None:
                    return found
            try:
                return await self._call(piece)
            except TelegramError as error:
                attempt += 1
                row = counted(error)
                if row.outcome is Outcome.NOBODY:
                    log.info("nobody there to answer: %s", error)
                    return None
                pause = await self._mended(piece, error, row.outcome, FIRST_PAUSE * 2.0 ** (attempt - 1))
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(pause)

    async def _call(self, piece: _Piece) -> Sent:
        if piece.number is not None:
            return await self._put(piece, piece.number)
        chat, on = piece.place.chat, piece.place.on
        piece.after = self._numbers.latest(chat)
        message = await self._bot.send_message(
            chat_id=chat,
            text=piece.text,
            parse_mode=piece.parse_mode,
            reply_markup=piece.keyboard,
            message_thread_id=piece.place.topic,
            reply_parameters=ReplyParameters(on, allow_sending_without_reply=True) if on else None,
        )
        self._numbers.note(chat, message.message_id)
        return Sent(chat, message.message_id)

    async def _put(self, piece: _Piece, number: int) -> Sent:
        keyboard = piece.keyboard if isinstance(piece.keyboard, InlineKeyboardMarkup) else None
        try:
            await self._bot.edit_message_text(
                piece.text, piece.place.chat, number, parse_mode=piece.parse_mode, reply_markup=keyboard
            )
        except BadRequest as error:
            if met(error).outcome is not Outcome.DONE:
                raise
        return Sent(piece.place.chat, number)

    async def _found(self, piece: _Piece) -> Sent | None:
        """The message that was perhaps sent, if it is at one of the numbers that it can have."""
        chat, after = piece.place.chat, piece.after
        for number in self._numbers.possible(chat, after) if after is not None else ():
            with suppress(BadRequest):  # there is no such message, or somebody else wrote it
                if sent := await self._deliver(replace(piece, number=number, is_in_doubt=False)):
                    log.info("a message whose answer was lost has arrived")
                    self._numbers.note(chat, number)
                    return sent
        log.warning("a message whose answer was lost was not found, and is sent again")
        return None

    async def _mended(self, piece: _Piece, error: TelegramError, outcome: Outcome, pause: float) -> float:
        """Make of a message one that Telegram may accept; seconds until it may. Raises what can't be mended."""
        match outcome:
            case Outcome.WAIT if isinstance(error, RetryAfter):
                log.warning("chat must wait: %s", error)
                return seconds(error)
            case Outcome.AGAIN | Outcome.LOOK:
                log.warning("a call failed, trying again: %s", error)
                piece.is_in_doubt = outcome is Outcome.LOOK and piece.number is None
                return pause
            case Outcome.FOLLOW if isinstance(error, ChatMigrated):
                await self._migrated(piece.place.chat, error.new_chat_id)
                if piece.number is not None:  # the messages of the old group have other numbers in the new one
                    raise BadRequest("message to edit not found") from None
                piece.place = replace(piece.place, chat=error.new_chat_id, on=None)
            case Outcome.AS_TEXT if piece.parse_mode:
                log.error("markup refused, sent as plain text: %s", error)
                await self._refused()
                piece.text, piece.parse_mode = plain(piece.text), None
            case Outcome.WITHOUT_BUTTONS if piece.keyboard:
                log.error("buttons refused, sent without: %s", error)
                piece.keyboard = None
            case Outcome.WITHOUT_TOPIC if piece.place.topic:
                piece.place = replace(piece.place, topic=None)
            case Outcome.WITHOUT_REPLY if piece.place.on:
                piece.place = replace(piece.place, on=None)
            case _:
                raise error
        return 0.0


def _forget(remembered: dict[Any, Any], most: int) -> None:
    """Drop what was remembered first where that is too much."""
    if len(remembered) > most:
        del remembered[next(iter(remembered))]
