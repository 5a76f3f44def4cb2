"""A reply in, the buttons under it out; and what a press on one of them means.

A button's data is a letter and, where there are several of a kind, a number; which reply it hangs under is told by its
message. So it fits into Telegram's 64 bytes, and works for as long as the reply is kept.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import LANGUAGES
from bot.pages import Context, key
from bot.rendering import Renderer
from bot.state.replies import Keyboard
from bot.telegram.links import to_article
from retrieval import Article, Quote

Verb = Literal["context", "back", "more", "cited", "next", "good", "bad", "article", "read", "language"]

_LETTERS: dict[str, Verb] = {
    "c": "context",
    "b": "back",
    "m": "more",
    "s": "cited",
    "n": "next",
    "+": "good",
    "-": "bad",
    "a": "article",
    "r": "read",
    "l": "language",
}
_LETTER = {verb: letter for letter, verb in _LETTERS.items()}
_WEB = re.compile(r"https?://[\w-]+(\.[\w-]+)+([/?#]\S*)?\Z")
_NUMBERS = re.compile(r"(\d{1,3})(?:\.(-?\d{1,6}))?", re.ASCII)
_LONGEST = 60
"""Characters of a label; of a longer one a phone shows only the beginning."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: a verb, and of which number (a quote, a suggestion), how far on, or of what key."""

    verb: Verb
    number: int = 0
    step: int = 0
    key: str = ""

    @classmethod
    def read(cls, data: str) -> "Press | None":
        """What stands in a button's data; None if it is none of this bot's."""
        verb = _LETTERS.get(data[:1])
        if verb is None:
            return None
        if verb in ("article", "language"):
            return cls(verb, key=data[1:])
        if verb == "read":
            key, _, data = data.partition(".")
            return cls(verb, int(data), key=key[1:]) if data.isdecimal() and len(data) < 6 else None
        read = _NUMBERS.fullmatch(data, 1)
        return cls(verb, int(read[1]), int(read[2] or 0)) if read else None

    @property
    def data(self) -> str:
        """What `read` reads."""
        if self.verb == "read":
            return f"{_LETTER[self.verb]}{self.key}.{self.number}"
        step = f".{self.step}" if self.step else ""
        return f"{_LETTER[self.verb]}{self.key or self.number}{step}"


def under_answer(
    quotes: Sequence[Quote],
    words: Renderer,
    *,
    more: bool = False,
    suggestions: Sequence[str] = (),
    thumbs: bool = True,
) -> Keyboard:
    """The buttons under quotes: where they stand, further ones, their articles, what to ask next, and two thumbs."""
    several = len(quotes) > 1
    contexts = [
        (_label(words, "context", number=number + 1 if several else None), Press("context", number).data)
        for number in range(len(quotes))
    ]
    further = [(_label(words, "more"), Press("more").data)] if more else []
    rows: list[Sequence[tuple[str, str]]] = [contexts, further] if several else [contexts + further]
    rows += [[(_named(one.article, words), Press("cited", number).data)] for number, one in _articles(quotes)]
    rows += under_offer(suggestions)
    if thumbs:
        rows.append([(_label(words, verb), Press(verb).data) for verb in ("good", "bad")])
    return tuple(tuple(row) for row in rows if row)


def under_offer(questions: Sequence[str]) -> Keyboard:
    """A button for each question."""
    return tuple(((_cut(text), Press("next", number).data),) for number, text in enumerate(questions))


def under_context(number: int, step: int, context: Context, words: Renderer) -> Keyboard:
    """The way on through the article, and back to the answer."""
    turns = _turns(context, Press("context", number, step - 1), Press("context", number, step + 1), words)
    return turns + under_page(words)


def under_page(words: Renderer) -> Keyboard:
    """The way back to the answer."""
    return (((_label(words, "back"), Press("back").data),),)


def under_article(article: Article, words: Renderer) -> Keyboard:
    """The way into the article, and to where it was published, if it says where."""
    row = [(_label(words, "read"), Press("read", key=key(article.id)).data)]
    if _WEB.match(article.url):
        row.append((_label(words, "link"), article.url))
    return (tuple(row),)


def under_passage(shown: Context, words: Renderer) -> Keyboard:
    """The way on through an article that is read by itself."""
    name = key(shown.quote.article.id)
    return _turns(shown, Press("read", shown.first - 2, key=name), Press("read", shown.last, key=name), words)


def under_link(article: Article, bot: str, words: Renderer) -> Keyboard:
    """The way from any chat to an article, with the bot of that name."""
    return (((_named(article, words), to_article(article, bot)),),)


def under_articles(articles: Iterable[Article], words: Renderer) -> Keyboard:
    """A button for each article of a list."""
    return tuple(((_named(one, words), Press("article", key=key(one.id)).data),) for one in articles)


def under_languages() -> Keyboard:
    """A button for each language, two in a row."""
    buttons = [(name, Press("language", key=code).data) for code, name in LANGUAGES.items()]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def without(keyboard: Keyboard, data: str) -> Keyboard:
    """The buttons but for one."""
    rows = (tuple((label, of) for label, of in row if of != data) for row in keyboard)
    return tuple(row for row in rows if row)


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """What Telegram calls them."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup([[_button(label, data) for label, data in row] for row in keyboard])


def _button(label: str, data: str) -> InlineKeyboardButton:
    if _WEB.match(data):
        return InlineKeyboardButton(label, url=data)
    return InlineKeyboardButton(label, callback_data=data)


def _turns(shown: Context, previous: Press, following: Press, words: Renderer) -> Keyboard:
    """The ways to the passages before and after the one that is shown, where there are any."""
    before = ((_label(words, "previous"), previous.data),) if shown.has_previous else ()
    after = ((_label(words, "following"), following.data),) if shown.has_next else ()
    return (before + after,) if before + after else ()


def _articles(quotes: Sequence[Quote]) -> list[tuple[int, Quote]]:
    """Of each article the first quote, with its number."""
    firsts: dict[str, tuple[int, Quote]] = {}
    for number, quote in enumerate(quotes):
        firsts.setdefault(quote.article.id, (number, quote))
    return [*firsts.values()]


def _named(article: Article, words: Renderer) -> str:
    return _cut(_label(words, "article", article=article))


def _label(words: Renderer, button: str, **values: object) -> str:
    return words.render("buttons", button=button, **values)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1].rstrip() + "…"
