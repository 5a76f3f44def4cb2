"""What somebody types behind the bot's name in any chat in; cards with cited quotes, or the newest articles, out."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot import pages
from bot.conversation import replied
from bot.telegram import links, timing
from bot.telegram.keyboards import markup, under_link
from bot.telegram.links import Questions
from bot.telegram.outcomes import quietly
from bot.telegram.splitting import split
from bot.telegram.voices import Voice, Voices
from retrieval import Article, Engine, IndexAway, Quote

CARDS = 10
CACHED = 60
"""Seconds for which Telegram may give a person the same cards; it can't be told that an article has changed."""

_REMEMBERED = 500

_Cards: TypeAlias = tuple[InlineQueryResultArticle, ...]


class Inline:
    """Answers inline queries; the same again from memory, for as long as the articles are the same."""

    def __init__(self, engine: Engine, questions: Questions, voices: Voices) -> None:
        self._engine = engine
        self._questions = questions
        self._voices = voices
        self._articles: Mapping[str, Article] | None = None
        self._remembered: OrderedDict[tuple[str, str], _Cards] = OrderedDict()

    async def answer(self, query: InlineQuery) -> None:
        """Offer what fits."""
        talk = await self._voices.of(query.from_user.id, query.from_user.language_code)
        question = " ".join(query.query.split())
        if question:
            timing.asked(question, "inline")
        cards = await self._found(question, talk, query.get_bot().username)
        payload = self._questions.payload(question, query.from_user.id) if question else links.START
        label = talk.plain.render("buttons", button="not_found" if cards == () else "ask_in_private")
        button = InlineQueryResultsButton(label, start_parameter=payload)
        lasts = CACHED if cards is not None else 0
        timing.note(status=_status(cards), quotes=len(cards or ()))
        with timing.stage("sending"):
            await quietly(partial(query.answer, cards or (), cache_time=lasts, is_personal=True, button=button))

    async def _found(self, question: str, talk: Voice, bot: str) -> _Cards | None:
        """What is offered, remembered for the articles that it is of; None where they can't be searched just now."""
        articles = self._engine.articles
        if articles is not self._articles:
            self._articles = articles
            self._remembered.clear()
        asked = talk.language, question
        if asked in self._remembered:
            return self._remembered[asked]
        cards = await (self._answered(question, talk, bot) if question else self._newest(talk, bot))
        if cards is not None and articles is self._articles:
            self._remembered[asked] = cards
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return cards

    async def _answered(self, question: str, talk: Voice, bot: str) -> _Cards | None:
        with timing.stage("search"):
            reply = await replied(self._engine, question, most=CARDS)
        return None if reply.part == "away" else tuple(_quote_card(one, talk, bot) for one in reply.answer.quotes)

    async def _newest(self, talk: Voice, bot: str) -> _Cards | None:
        try:
            newest = await pages.latest(self._engine, limit=CARDS)
        except IndexAway:
            return None
        return tuple(_article_card(page, talk, bot) for page in newest.pages)


def _status(cards: _Cards | None) -> str:
    """What an inline query got."""
    return "away" if cards is None else "answered" if cards else "not_found"


def _article_card(page: pages.Page, talk: Voice, bot: str) -> InlineQueryResultArticle:
    about = talk.plain.render("card", article=page.article, quote=None, page=page)
    return _card(talk, page.article, about, talk.message.render("article", page=page), page.article.id, bot)


def _quote_card(quote: Quote, talk: Voice, bot: str) -> InlineQueryResultArticle:
    about = talk.plain.render("card", article=quote.article, quote=quote, page=None)
    html = talk.message.render("more", quotes=[quote], differing=False)
    place = f"{quote.article.id}:{quote.span.start}-{quote.span.end}"
    return _card(talk, quote.article, about, html, place, bot)


def _card(  # noqa: PLR0913, PLR0917 -- what a card has
    talk: Voice, article: Article, about: str, html: str, place: str, bot: str
) -> InlineQueryResultArticle:
    """A card; under what it sends is the way to the article, with this bot."""
    content = InputTextMessageContent(
        split(html)[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    number = hashlib.sha256(f"{talk.language} {place}".encode()).hexdigest()[:32]
    title = talk.plain.render("buttons", button="title", article=article) or article.id
    under = markup(under_link(article, bot, talk.plain))
    return InlineQueryResultArticle(number, title, content, under, description=about)
