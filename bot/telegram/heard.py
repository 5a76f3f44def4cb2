"""A message in; what it wants of this bot out, or nothing: in a group the bot is not meant unless it is turned to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.telegram.sending import Place

ASK = "ask"
COMMANDS = frozenset({"start", "help", ASK, "sources", "latest", "timeline", "article", "language", "forget", "about"})
"""What everybody may ask for; in a group it is for this bot although it does not name it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A command with the words behind it, or, for `ask`, a question.

    `place` is where the answer goes, `message` the one that asks, `person` who asks, `code` the language of their
    Telegram. `on` is the message of this bot's that is replied to. `stands` says whether the question can be read
    there; an answer that hangs on something else repeats it.
    """

    command: str
    words: str
    place: Place
    person: int
    code: str | None = None
    message: int | None = None
    on: int | None = None
    private: bool = True
    stands: bool = True

    def instead(self, question: str) -> "Heard":
        """The same person asking a question that does not stand in the message."""
        return replace(self, command=ASK, words=question, stands=False)

    @property
    def topic(self) -> int:
        """The topic of the chat, 0 for the chat itself: what is said in one is not remembered in another."""
        return self.place.topic or 0


def heard(message: Message, me: User) -> Heard | None:
    """What a message wants, if it is for the bot that is `me`."""
    if message.via_bot and message.via_bot.id == me.id:  # a card that somebody sent by inline mode
        return None
    private = message.chat.type == ChatType.PRIVATE
    command, name, words = _command(message)
    rest, mentioned = _without_mentions(message, me) if not command else (words, False)
    ours = _replied(message, me)
    if command:
        meant = name == (me.username or "").lower() or (not name and (private or command in COMMANDS))
    else:
        meant = private or mentioned or ours is not None
    if not meant:
        return None
    sender = message.sender_chat or message.from_user
    return _about_another(
        message,
        Heard(
            command=command or ASK,
            words=rest,
            place=Place.beside(message),
            person=sender.id if sender else message.chat_id,
            code=message.from_user.language_code if message.from_user else None,
            message=message.message_id,
            on=ours,
            private=private,
        ),
    )


def _about_another(message: Message, said: Heard) -> Heard:
    """Asked for without words in reply to somebody, the answer is to what that person said, and hangs on it."""
    if said.command != ASK or said.words or said.on is not None:
        return said
    quoted = message.quote.text if message.quote else ""
    other = _other(message)
    if other is None:
        return replace(said, words=quoted, stands=not quoted)
    words = quoted or other.text or other.caption or ""
    return replace(said, words=words, place=replace(said.place, on=other.message_id))


def _command(message: Message) -> tuple[str, str, str]:
    """The command at the head of a message, the bot that it names, and the words behind it; empty if there is none."""
    text, entities = _text(message)
    at_head = (one for one in entities if one.type == MessageEntity.BOT_COMMAND and not one.offset)
    first = next(at_head, None)
    if first is None:
        return "", "", ""
    command, _, name = text[1 : first.length].lower().partition("@")
    return command, name, text[first.length :].strip()


def _without_mentions(message: Message, me: User) -> tuple[str, bool]:
    """The text without the mentions of this bot, and whether there are any."""
    text, entities = _text(message)
    units = text.encode("utf-16-le")  # what Telegram counts in
    found = False
    for entity in sorted(entities, key=lambda one: one.offset, reverse=True):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        word = units[start:end].decode("utf-16-le", "replace")  # it may begin or end within a character
        named = entity.type == MessageEntity.MENTION and word.lower() == f"@{me.username}".lower()
        if named or (entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id):
            units = units[:start] + units[end:]
            found = True
    return units.decode("utf-16-le", "replace").strip(" \n\t,:;") if found else text, found


def _text(message: Message) -> tuple[str, Sequence[MessageEntity]]:
    if message.text is not None:
        return message.text, message.entities
    return message.caption or "", message.caption_entities


def _replied(message: Message, me: User) -> int | None:
    """The message of this bot's that a message replies to."""
    other = _other(message)
    return other.message_id if other and other.from_user and other.from_user.id == me.id else None


def _other(message: Message) -> Message | None:
    """The message that somebody replied to; in a topic what replies to nothing hangs on its first message."""
    other = message.reply_to_message
    return None if other is None or other.forum_topic_created else other
