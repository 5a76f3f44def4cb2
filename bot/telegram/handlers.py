"""Updates in, each to what answers it out: messages, edits, presses, inline queries; and what becomes of a failure."""

import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, cast

from telegram import CallbackQuery, InlineQuery, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, InlineQueryHandler, MessageHandler, filters

from bot.conversation import is_more
from bot.state.replies import Replies
from bot.telegram.answering import Answering
from bot.telegram.commands import Commands
from bot.telegram.heard import ASK, Heard, heard
from bot.telegram.inline import Inline
from bot.telegram.operators import Operators
from bot.telegram.outcomes import quietly
from bot.telegram.presses import Presses
from bot.telegram.profile import Profile
from bot.telegram.sending import Place, Sender
from bot.telegram.voices import Voice, Voices
from retrieval import IndexAway

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Context: TypeAlias = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handlers:
    """Everything the bot does when somebody turns to it; in groups it never speaks unasked."""

    sender: Sender
    replies: Replies
    voices: Voices
    answering: Answering
    presses: Presses
    inline: Inline
    commands: Commands
    operators: Operators
    profile: Profile
    operator_ids: frozenset[int]
    allowed_ids: frozenset[int]
    _albums: deque[str] = field(default_factory=lambda: deque(maxlen=100))
    _failures: dict[int, Exception] = field(default_factory=dict)

    def add_to(self, application: App) -> None:
        """Register what is handled; the first that fits handles an update."""
        new = filters.UpdateType.MESSAGE
        words = filters.TEXT | filters.CAPTION
        other = new & filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL
        application.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, self._migrated))
        application.add_handler(MessageHandler(new & words, self._heard))
        application.add_handler(MessageHandler(other, self._not_text))
        application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & words, self._edited))
        application.add_handler(CallbackQueryHandler(self._pressed))
        application.add_handler(InlineQueryHandler(self._typed))
        application.add_error_handler(self._failed)

    async def do(self, application: App, update: Update) -> None:
        """Do what an update asks for, or raise what went wrong."""
        if not self._is_allowed(update):
            await self._turn_away(update)
            return
        await application.process_update(update)
        if (error := self._failures.pop(update.update_id, None)) is not None:
            raise error

    async def give_up(self, update: Update | None, reason: str, error: Exception) -> None:
        """Tell whoever asked that they get no answer, and those who run the bot why."""
        if update is not None:
            with suppress(Exception):  # it is the last that can be done for them
                await self._apologize(update, "failed")
        for operator in self.operator_ids:
            with suppress(Exception):
                talk = await self.voices.of(operator, None)
                await self.sender.send(Place(operator), talk.message.render("set_aside", reason=reason))

    def _is_allowed(self, update: Update) -> bool:
        """Whether the operator lets somebody, or everybody in their group, use the bot."""
        here = {of.id for of in (update.effective_chat, update.effective_user) if of is not None}
        return not self.allowed_ids or not here.isdisjoint(self.allowed_ids)

    async def _turn_away(self, update: Update) -> None:
        """Tell a stranger so in their own chat; in groups and in inline mode there is simply nothing."""
        if update.callback_query is not None:
            await quietly(update.callback_query.answer)
        elif update.inline_query is not None:
            await quietly(partial(update.inline_query.answer, (), cache_time=0, is_personal=True))
        message = update.message
        if message is not None and message.chat.type == ChatType.PRIVATE and message.from_user is not None:
            talk, place = await self._voice(update), Place.beside(message)
            if not await self.answering.is_too_much(message.from_user.id, place, talk):
                await self.sender.send(place, talk.message.render("private", number=message.from_user.id))

    async def _heard(self, update: Update, context: Context) -> None:
        message = cast("Message", update.message)
        said = heard(message, context.bot.bot)
        if said is None:
            return
        if message.media_group_id is not None:  # its caption is for all photos of an album
            self._albums.append(message.media_group_id)
        talk = await self.voices.of(said.person, said.code)
        if not await self.answering.is_too_much(said.person, said.place, talk):
            await self._do(said, talk)
        if said.private and said.person in self.operator_ids:
            await self.profile.greet(said.person)

    async def _do(self, said: Heard, talk: Voice) -> None:
        if said.private and said.person in self.operator_ids and said.command in self.operators.all:
            await self.operators.all[said.command](said, talk)
        else:
            await self.commands.all.get(said.command, self.commands.help)(said, talk)

    async def _edited(self, update: Update, context: Context) -> None:
        message = cast("Message", update.edited_message)
        kept = await self.replies.to(message.chat_id, message.message_id)
        said = heard(message, context.bot.bot)
        if kept is None or said is None or said.command != ASK or not said.words or said.words == kept.question:
            return
        talk = await self.voices.of(said.person, said.code)
        if not is_more(said.words) and not await self.answering.is_too_much(said.person, said.place, talk):
            await self.answering.again(kept, said, talk)

    async def _pressed(self, update: Update, context: Context) -> None:
        await self.presses.press(cast("CallbackQuery", update.callback_query))

    async def _typed(self, update: Update, context: Context) -> None:
        await self.inline.answer(cast("InlineQuery", update.inline_query))

    async def _not_text(self, update: Update, context: Context) -> None:
        message = cast("Message", update.message)
        album = message.media_group_id
        if album is None or album not in self._albums:  # ten photos sent together are ten messages
            place, talk = Place.beside(message), await self._voice(update)
            if not await self.answering.is_too_much(message.chat_id, place, talk):
                await self.sender.send(place, talk.message.render("not_text"))
        if album is not None:
            self._albums.append(album)

    async def _migrated(self, update: Update, context: Context) -> None:
        message = cast("Message", update.message)
        if message.migrate_from_chat_id:  # told in the old group, too, but there not before what is said in the new one
            await self.replies.migrate(message.migrate_from_chat_id, message.chat_id)

    async def _failed(self, update: object, context: Context) -> None:
        """Keep what went wrong for `do`, which raises it; that the articles can't be searched now is an answer, too."""
        error = context.error
        if not isinstance(update, Update) or error is None:
            log.error("something in the background failed", exc_info=error)
        elif isinstance(error, IndexAway):
            log.warning("an update was not answered: %s", error)
            await self._apologize(update, "away")
        else:
            self._failures[update.update_id] = error

    async def _apologize(self, update: Update, name: str) -> None:
        if update.callback_query is not None:  # or its button would go on turning
            await quietly(update.callback_query.answer)
        message = update.effective_message
        if isinstance(message, Message):
            words = (await self._voice(update)).message.render(name)
            with suppress(TelegramError):
                await self.sender.send(Place.beside(message), words)

    async def _voice(self, update: Update) -> Voice:
        person = update.effective_user
        return await (self.voices.of(person.id, person.language_code) if person else self.voices.of(0, None))
