"""A press on a button in; what it promises out: the passage around a quote, its article, further quotes, a vote."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from bot import metrics, pages
from bot.languages import LANGUAGES
from bot.state.people import People
from bot.state.replies import KeptReply, Keyboard, Replies
from bot.telegram import timing
from bot.telegram.answering import Answering
from bot.telegram.heard import ASK, Heard, heard
from bot.telegram.keyboards import Press, markup, under_article, under_context, under_page, under_passage
from bot.telegram.outcomes import quietly
from bot.telegram.sending import Place, Sender
from bot.telegram.voices import Voice, Voices, voice
from retrieval import Engine

_VOTES = {"good": 1, "bad": -1}


@dataclass(frozen=True, slots=True)
class Presses:
    """Does what the buttons say."""

    engine: Engine
    sender: Sender
    replies: Replies
    people: People
    voices: Voices
    answering: Answering

    async def press(self, query: CallbackQuery) -> None:
        """Answer a press, and do what it asks for."""
        talk = await self.voices.of(query.from_user.id, query.from_user.language_code)
        press = Press.read(query.data or "")
        if press is None or query.message is None:
            await quietly(query.answer)
        elif press.verb == "language":
            await self._choose(query, press.key)
        elif press.verb == "article":
            await quietly(query.answer)
            if not await self._is_too_much(query, talk):
                await self.open(press.key, _place(query), talk)
        elif press.verb == "read":
            await self._read(query, press, talk)
        elif (kept := await self._kept(query, talk)) is None:
            await _tell(query, talk, "expired")
        else:
            await self._do(query, press, kept, talk)

    async def open(self, key: str, place: Place, talk: Voice) -> None:
        """Show an article by its key."""
        article = await pages.article_of(self.engine, key)
        if article is None:
            await self.sender.send(place, talk.message.render("gone"))
            return
        page = await pages.article_page(self.engine, article)
        keyboard = markup(under_article(article, talk.plain))
        await self.sender.send(place, talk.message.render("article", page=page), keyboard)

    async def _kept(self, query: CallbackQuery, talk: Voice) -> KeptReply | None:
        """The reply that a button hangs under; one that is not kept is found again by the question that it hangs on."""
        message = query.message
        assert message is not None  # noqa: S101 -- for mypy
        kept = await self.replies.of_message(message.chat.id, message.message_id)
        asked = message.reply_to_message if isinstance(message, Message) else None
        if kept is not None or not isinstance(message, Message) or asked is None:
            return kept
        me = message.get_bot().bot
        wish = heard(asked, me)
        words = wish.words if wish else asked.text
        if not words or (asked.from_user and asked.from_user.id == me.id) or await self._is_too_much(query, talk):
            return None
        said = _said(query, words, asked.message_id)
        if asked.from_user:  # whose question it is, whoever presses
            said = replace(said, person=asked.from_user.id)
        return await self.answering.found_again(said, message.message_id, message.text or "", talk)

    async def _do(self, query: CallbackQuery, press: Press, kept: KeptReply, talk: Voice) -> None:
        match press.verb:
            case "good" | "bad":
                await self.replies.vote(kept.id, query.from_user.id, _VOTES[press.verb])
                metrics.count_vote(press.verb)
                await _tell(query, talk, "voted", vote=press.verb)
            case "context":
                await self._context(query, press, kept, talk)
            case "cited":
                await self._cited(query, press.number, kept, talk)
            case "back":
                await quietly(query.answer)
                await self._show(query, kept.html, kept.keyboard)
            case "more" if kept.offers(press.data):
                await quietly(query.answer)
                if not await self._is_too_much(query, talk):
                    timing.asked(kept.question, "press")
                    await self.answering.more(kept, _said(query, kept.question), talk)
            case "next" if kept.offers(press.data):
                await quietly(query.answer)
                if not await self._is_too_much(query, talk):
                    timing.asked(kept.next[press.number], "press")
                    await self.answering.answer(_said(query, kept.next[press.number]), talk)
                    await self.answering.take_away(kept, press.data)
            case _:  # it has done what it can
                await quietly(query.answer)

    async def _context(self, query: CallbackQuery, press: Press, kept: KeptReply, talk: Voice) -> None:
        quote = await kept.quotes[press.number].again(self.engine) if press.number < len(kept.quotes) else None
        context = await pages.context(self.engine, quote, press.step) if quote else None
        if context is None:
            await _tell(query, talk, "gone")
            return
        await quietly(query.answer)
        keyboard = under_context(press.number, press.step, context, talk.plain)
        await self._show(query, talk.message.render("context", context=context), keyboard)

    async def _cited(self, query: CallbackQuery, number: int, kept: KeptReply, talk: Voice) -> None:
        name = kept.quotes[number].article if number < len(kept.quotes) else ""
        article = await asyncio.to_thread(self.engine.articles.get, name)
        if article is None:
            await _tell(query, talk, "gone")
            return
        await quietly(query.answer)
        page = await pages.article_page(self.engine, article)
        keyboard = under_article(article, talk.plain) + under_page(talk.plain)
        await self._show(query, talk.message.render("article", page=page), keyboard)

    async def _read(self, query: CallbackQuery, press: Press, talk: Voice) -> None:
        """Show a passage of an article; under an answer, with the way back to that."""
        article = await pages.article_of(self.engine, press.key)
        shown = await pages.passage(self.engine, article, press.number) if article else None
        if shown is None:
            await _tell(query, talk, "gone")
            return
        await quietly(query.answer)
        place = _place(query)
        answer = await self.replies.of_message(place.chat, place.on) if place.on else None
        keyboard = under_passage(shown, talk.plain) + (under_page(talk.plain) if answer else ())
        await self._show(query, talk.message.render("context", context=shown), keyboard)

    async def _show(self, query: CallbackQuery, html: str, keyboard: Keyboard) -> None:
        """Show something in the message of the button, or below it where that can't be changed any more."""
        place = _place(query)
        if place.on and not await self.sender.edit(place.chat, place.on, html, markup(keyboard)):
            await self.sender.send(place, html)

    async def _choose(self, query: CallbackQuery, language: str) -> None:
        """Note a language, and say so in it; in a group the buttons stay for others to choose, too."""
        if language not in LANGUAGES:
            await quietly(query.answer)
            return
        await self.people.choose(query.from_user.id, language)
        chosen = voice(language)
        await _tell(query, chosen, "language_chosen")
        if query.message is not None and query.message.chat.type == ChatType.PRIVATE:
            await self._show(query, chosen.message.render("language_chosen"), ())

    async def _is_too_much(self, query: CallbackQuery, talk: Voice) -> bool:
        return await self.answering.is_too_much(query.from_user.id, _place(query), talk)


async def _tell(query: CallbackQuery, talk: Voice, name: str, **values: object) -> None:
    """Say a line on the screen of whoever pressed."""
    await quietly(partial(query.answer, talk.plain.render(name, **values)))


def _place(query: CallbackQuery) -> Place:
    message = query.message
    assert message is not None  # noqa: S101 -- for mypy
    if isinstance(message, Message):
        return Place.beside(message)
    return Place(message.chat.id, on=message.message_id)


def _said(query: CallbackQuery, words: str, asked: int | None = None) -> Heard:
    """What a button asks, as if the person had typed it."""
    place = _place(query)
    return Heard(
        command=ASK,
        words=words,
        place=place,
        person=query.from_user.id,
        code=query.from_user.language_code,
        message=asked,
        on=place.on,
        stands=asked is not None,
    )
