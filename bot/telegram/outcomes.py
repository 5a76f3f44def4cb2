"""An error of a call to Telegram in; what is to be done about it out, from one table."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import metrics

log = logging.getLogger(__name__)


class Outcome(Enum):
    """What is done about an error."""

    DONE = auto()
    """Nothing: it is as it should be."""
    WAIT = auto()
    """The call is made again when Telegram says; that chat waits, and nobody else."""
    AGAIN = auto()
    """It is made again after a pause: it was not carried out."""
    LOOK = auto()
    """It may have been carried out: look, and make it again where it was not. An edit is made again at once."""
    FOLLOW = auto()
    """To the chat that the group has become; an edit has nothing to change there."""
    AS_TEXT = auto()
    """Without its markup, which is a fault of ours."""
    WITHOUT_BUTTONS = auto()
    """Also a fault of ours."""
    WITHOUT_TOPIC = auto()
    """To the chat itself."""
    WITHOUT_REPLY = auto()
    """Hanging on nothing."""
    GONE = auto()
    """There is no such message to change, which is raised."""
    NOBODY = auto()
    """Nobody is there, or wants it: that is all."""
    FAULT = auto()
    """No attempt would help: it is raised."""


@dataclass(frozen=True, slots=True)
class Row:
    """Errors of a class, with one of the words in their message, caused by one of these, and what is done about them.

    `kind` is what they are counted as; what is as it should be is not counted.
    """

    kind: str
    outcome: Outcome
    error: type[TelegramError]
    words: tuple[str, ...] = ()
    cause: tuple[type[BaseException], ...] = ()

    def is_about(self, error: TelegramError) -> bool:
        """Whether an error is one of these."""
        message = error.message.lower()
        return (
            isinstance(error, self.error)
            and (not self.words or any(word in message for word in self.words))
            and (not self.cause or isinstance(error.__cause__, self.cause))
        )


_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)

TABLE = (
    # A page instead of an answer, with whatever status, was not written by the Bot API but by something before it.
    Row("5xx", Outcome.LOOK, TelegramError, cause=(TelegramError,)),
    Row("429", Outcome.WAIT, RetryAfter),
    Row("gone", Outcome.FOLLOW, ChatMigrated),
    # Blocked, kicked, deactivated, never started.
    Row("forbidden", Outcome.NOBODY, Forbidden),
    Row("token", Outcome.FAULT, InvalidToken),
    Row("conflict", Outcome.AGAIN, Conflict),
    Row("", Outcome.DONE, BadRequest, ("message is not modified",)),
    Row(
        "gone",
        Outcome.WITHOUT_REPLY,
        BadRequest,
        ("replied not found", "reply message not found", "reply_message_id_invalid", "reply_to_message_id_invalid"),
    ),
    Row(
        "gone", Outcome.GONE, BadRequest, ("message to edit not found", "message can't be edited", "message_id_invalid")
    ),
    Row("gone", Outcome.NOBODY, BadRequest, ("query is too old", "query_id_invalid")),
    Row(
        "forbidden",
        Outcome.NOBODY,
        BadRequest,
        (
            *("chat not found", "user not found", "peer_id_invalid", "user_is_blocked", "input_user_deactivated"),
            *("not enough rights", "have no rights", "need administrator rights", "chat_admin_required"),
            *("chat_write_forbidden", "chat_restricted", "chat_send_plain_forbidden", "user_banned_in_channel"),
            *("topic_closed", "group chat was deactivated", "bot was kicked", "bot is not a member"),
        ),
    ),
    Row("markup", Outcome.AS_TEXT, BadRequest, ("parse entities", "entity", "entities")),
    Row("markup", Outcome.WITHOUT_BUTTONS, BadRequest, ("button", "keyboard", "reply markup", "reply_markup")),
    Row("gone", Outcome.WITHOUT_TOPIC, BadRequest, ("thread not found", "topic_deleted", "topic_id_invalid")),
    # Too long, empty, and what nobody has thought of.
    Row("refused", Outcome.FAULT, BadRequest),
    # Telegram forgot to say how long.
    Row("429", Outcome.AGAIN, NetworkError, ("too many requests",)),
    Row("network", Outcome.AGAIN, NetworkError, cause=_NEVER_LEFT),
    Row("network", Outcome.LOOK, NetworkError, cause=(Exception,)),
    # The Bot API says that it failed; when it is started anew it says so of calls that it had carried out.
    Row("5xx", Outcome.LOOK, NetworkError),
    # It said something, but that can't be read.
    Row("5xx", Outcome.LOOK, TelegramError),
)
"""The first row that is about an error says what is done; the last is about all that are left."""


def met(error: TelegramError) -> Row:
    """The row of the table that is about an error."""
    return next(row for row in TABLE if row.is_about(error))


def counted(error: TelegramError) -> Row:
    """The same, for an error that was met, which is counted."""
    row = met(error)
    if row.kind:
        metrics.count_error(row.kind)
    return row


async def quietly(call: Callable[[], Awaitable[object]]) -> None:
    """Make a call that nobody waits for, such as taking a button away: its failure is no failure of the answer."""
    try:
        await call()
    except TelegramError as error:
        counted(error)
        log.debug("not done, and not needed: %s", error)


def seconds(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else pause
