"""What people do in a chat in, replies out: commands, questions, presses on a button."""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias, cast

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.conversation import FIRST_QUOTES, Conversations, Reply, on_file
from bot.rendering import Renderer
from bot.telegram.keyboards import MORE, HungAnswers, more_keyboard
from bot.telegram.sending import quietly, reply, type_in
from retrieval import Answer, Engine

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Context: TypeAlias = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


class _Addressed(filters.MessageFilter):
    """A command that names this bot, as one does in a group of several bots."""

    def filter(self, message: Message) -> bool:
        command = (message.text or "").split(maxsplit=1)[0]
        return command.lower().endswith(f"@{message.get_bot().username.lower()}")


class _RepliesToBot(filters.MessageFilter):
    """A reply to something this bot said."""

    def filter(self, message: Message) -> bool:
        said = message.reply_to_message
        return bool(said and said.from_user and said.from_user.id == message.get_bot().id)


class Handlers:
    """Everything the bot does when somebody turns to it; in groups it never speaks unasked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._conversations = Conversations(engine)
        self._words = Renderer("html")
        plain = Renderer("text")
        self._more_keyboard = more_keyboard(plain.render("button_more"))
        self._expired = plain.render("expired")
        self._hung = HungAnswers()

    def add_to(self, application: App) -> None:
        """Register what is handled; the first that fits handles an update."""
        new = filters.UpdateType.MESSAGE
        private = filters.ChatType.PRIVATE
        to_bot = new & (private | _RepliesToBot())
        command = new & filters.COMMAND & (private | _Addressed())
        application.add_handler(CommandHandler("start", self._start, new))
        application.add_handler(CommandHandler("sources", self._sources, new))
        application.add_handler(CommandHandler("help", self._help, new))
        application.add_handler(MessageHandler(command, self._help))
        application.add_handler(MessageHandler(to_bot & filters.TEXT & ~filters.COMMAND, self._ask))
        application.add_handler(
            MessageHandler(new & private & ~filters.TEXT & ~filters.StatusUpdate.ALL, self._not_text)
        )
        application.add_handler(CallbackQueryHandler(self._more))
        application.add_error_handler(self._failed)

    async def _start(self, update: Update, context: Context) -> None:
        await reply(_message(update), self._words.render("start", **on_file(self._engine)))

    async def _help(self, update: Update, context: Context) -> None:
        await reply(_message(update), self._words.render("help", **on_file(self._engine)))

    async def _sources(self, update: Update, context: Context) -> None:
        await reply(_message(update), self._words.render("sources", **on_file(self._engine)))

    async def _not_text(self, update: Update, context: Context) -> None:
        message, chat = _message(update), cast("dict[str, str | None]", context.chat_data)
        album = message.media_group_id
        if album is None or chat.get("album") != album:  # ten photos sent together are ten messages
            await reply(message, self._words.render("not_text"))
        if album is not None:
            chat["album"] = album

    async def _ask(self, update: Update, context: Context) -> None:
        message = _message(update)
        context.application.create_task(type_in(message))
        await asyncio.sleep(0)  # the sign goes first, or it would show after the answer
        answered = await self._conversations.ask(_chat(message), message.text or "")
        keyboard = self._more_keyboard if answered.has_more else None
        sent = await reply(message, self._words.reply(answered), keyboard)
        if sent and keyboard:
            self._hung.hang(sent, answered.answer)

    async def _more(self, update: Update, context: Context) -> None:
        query = cast("CallbackQuery", update.callback_query)
        message = query.message
        if not isinstance(message, Message) or not message.is_accessible:  # so old that Telegram kept nothing of it
            await quietly(partial(query.answer, self._expired))
            return
        await quietly(query.answer)
        if query.data != MORE or self._hung.is_used_up(message):
            return
        answer = self._hung.find(message) or await self._answer_again(message)
        words = self._words.reply(Reply(answer, "more")) if answer else self._words.render("expired")
        await reply(message.reply_to_message or message, words)
        self._hung.use_up(message)
        await quietly(partial(query.edit_message_reply_markup, None))

    async def _answer_again(self, message: Message) -> Answer | None:
        """The answer that `message` is, found again by the question it replies to; None if it comes out otherwise."""
        question = message.reply_to_message.text if message.reply_to_message else None
        if not question:
            return None
        answer = (await self._conversations.ask(None, question)).answer
        if len(answer.quotes) <= FIRST_QUOTES or not _shows(message.text or "", answer.quotes[0].text):
            return None
        return answer

    async def _failed(self, update: object, context: Context) -> None:
        error = context.error
        log.error("an update could not be answered", exc_info=error)
        message = update.effective_message if isinstance(update, Update) else None
        if message and (isinstance(error, BadRequest) or not isinstance(error, TelegramError)):
            with suppress(TelegramError):
                await reply(message, self._words.render("failed"))


def _message(update: Update) -> Message:
    return cast("Message", update.message)


def _chat(message: Message) -> str:
    topic = message.message_thread_id if message.is_topic_message else None
    return f"telegram:{message.chat_id}:{topic or 0}"


def _shows(text: str, quote: str) -> bool:
    return " ".join(quote.split()) in " ".join(text.split())
