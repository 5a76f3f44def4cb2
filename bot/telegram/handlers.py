"""Updates in, each to what answers it out: messages, edits, presses, inline queries; and what becomes of a failure."""

import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from telegram import CallbackQuery, InlineQuery, Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, InlineQueryHandler, MessageHandler, filters

from bot.conversation import is_more
from bot.state.replies import Replies
from bot.telegram.answering import Answering
from bot.telegram.commands import Commands
from bot.telegram.heard import ASK, Heard, heard
from bot.telegram.inline import Inline
from bot.telegram.operators import Operators
from bot.telegram.presses import Presses
from bot.telegram.profile import Profile
from bot.telegram.sending import Place, Sender, quietly
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
    _albums: deque[str] = field(default_factory=lambda: deque(maxlen=100))

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

    async def _heard(self, update: Update, context: Context) -> None:
        message = cast("Message", update.message)
        said = heard(message, context.bot.bot)
        if said is None:
            return
        if message.media_group_id is not None:  # its caption is for all photos of an album
            self._albums.append(message.media_group_id)
        talk = await self.voices.of(said.person, said.code)
        if said.private and said.person in self.operator_ids:
            context.application.create_task(self.profile.greet(said.person))
        if not await self.answering.is_too_much(said.person, said.place, talk):
            await self._do(said, talk)

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
        error = context.error
        away = isinstance(error, IndexAway)
        if away:
            log.warning("an update was not answered: %s", error)
        else:
            log.error("an update could not be answered", exc_info=error)
        if not isinstance(update, Update):
            return
        if update.callback_query is not None:  # or its button would go on turning
            await quietly(update.callback_query.answer)
        message = update.effective_message
        if isinstance(message, Message) and (isinstance(error, BadRequest) or not isinstance(error, TelegramError)):
            words = (await self._voice(update)).message.render("away" if away else "failed")
            with suppress(TelegramError):
                await self.sender.send(Place.beside(message), words)

    async def _voice(self, update: Update) -> Voice:
        person = update.effective_user
        return await (self.voices.of(person.id, person.language_code) if person else self.voices.of(0, None))
