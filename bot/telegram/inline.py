"""What somebody types behind the bot's name in any chat in; cards with cited quotes, or the newest articles, out."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

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
from bot.state.people import Links
from bot.telegram import links
from bot.telegram.sending import quietly
from bot.telegram.splitting import split
from bot.telegram.voices import Voice, Voices
from retrieval import Article, Engine, Quote

CARDS = 10
CACHED = 60
"""Seconds for which Telegram may give a person the same cards; it can't be told that an article has changed."""

_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class _Cards:
    """What is offered, and what the button above it does."""

    cards: tuple[InlineQueryResultArticle, ...]
    button: InlineQueryResultsButton


class Inline:
    """Answers inline queries; the same again from memory, for as long as the articles are the same."""

    def __init__(self, engine: Engine, known: Links, voices: Voices) -> None:
        self._engine = engine
        self._links = known
        self._voices = voices
        self._articles: Mapping[str, Article] | None = None
        self._remembered: OrderedDict[tuple[str, str], _Cards] = OrderedDict()

    async def answer(self, query: InlineQuery) -> None:
        """Offer what fits."""
        talk = await self._voices.of(query.from_user.id, query.from_user.language_code)
        found = await self._found(" ".join(query.query.split()), talk)
        await quietly(partial(query.answer, found.cards, cache_time=CACHED, is_personal=True, button=found.button))

    async def _found(self, question: str, talk: Voice) -> _Cards:
        if self._engine.articles is not self._articles:
            self._articles = self._engine.articles
            self._remembered.clear()
        asked = talk.language, question
        if asked not in self._remembered:
            self._remembered[asked] = await (self._answered(question, talk) if question else self._newest(talk))
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return self._remembered[asked]

    async def _answered(self, question: str, talk: Voice) -> _Cards:
        reply = await replied(self._engine, question, most=CARDS)
        cards = tuple(_quote_card(quote, talk) for quote in reply.answer.quotes)
        payload = await links.to_question(question, self._links)
        return _Cards(cards, _button(talk, payload, found=bool(cards)))

    async def _newest(self, talk: Voice) -> _Cards:
        newest = await pages.latest(self._engine, limit=CARDS)
        cards = tuple(_article_card(page, talk) for page in newest.pages)
        return _Cards(cards, _button(talk, "ask", found=True))


def _article_card(page: pages.Page, talk: Voice) -> InlineQueryResultArticle:
    about = talk.plain.render("card", article=page.article, quote=None, page=page)
    return _card(talk, page.article, about, talk.message.render("article", page=page), page.article.id)


def _quote_card(quote: Quote, talk: Voice) -> InlineQueryResultArticle:
    about = talk.plain.render("card", article=quote.article, quote=quote, page=None)
    html = talk.message.render("more", quotes=[quote], differing=False)
    place = f"{quote.article.id}:{quote.span.start}-{quote.span.end}"
    return _card(talk, quote.article, about, html, place)


def _card(talk: Voice, article: Article, about: str, html: str, place: str) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        split(html)[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    number = hashlib.sha256(f"{talk.language} {place}".encode()).hexdigest()[:32]
    title = talk.plain.render("buttons", button="title", article=article)
    return InlineQueryResultArticle(number, title, content, description=about)


def _button(talk: Voice, payload: str, *, found: bool) -> InlineQueryResultsButton:
    label = talk.plain.render("buttons", button="ask_in_private" if found else "not_found")
    return InlineQueryResultsButton(label, start_parameter=payload)
