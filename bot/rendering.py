"""A reply, an error or any other message in; its words out, as Telegram's HTML or as plain text, through prompts/.

Each message is one template, written in Telegram's HTML and escaped by Jinja. The text form is the same message without
its tags, so that no wording is kept twice. Templates are only ever taken from prompts/; what people type and what
articles say goes in as values.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.languages import ENGLISH, PROMPTS, counted, in_words, languages_in_words, nearest

if TYPE_CHECKING:
    from bot.conversation import Reply
    from retrieval import DateRange, Quote


Form = Literal["html", "text"]
Run = tuple[str, tuple[str, ...]]
"""Words, and the tags that stand around them, outermost first."""

_LINE_END = re.compile("\r\n?")
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, directional overrides (they would reorder what follows) and halves of a character."""

_GAP = re.compile(r"\s")
_WORD_START = re.compile(r"(?<=\s)\S")
_LOOSE_END = " \n\t\u00a0,;:–—-(“‘"
"""What may not stand right before the mark of omission."""


class Renderer:
    """Fills the templates; `sign` is what a command starts with where the reader is, `language` the reader's own.

    Where there is something to be done with each of several quotes they are `numbered`; where a long one can be folded
    up by who shows it, it is `expandable`, and not cut.
    """

    def __init__(
        self,
        form: Form,
        sign: str = "/",
        language: str | None = ENGLISH,
        *,
        numbered: bool = False,
        expandable: bool = False,
    ) -> None:
        self._form = form
        self._language = nearest(language)
        self._manner = {
            "sign": sign,
            "language": self._language,
            "numbered": numbered,
            "expandable": expandable,
        }

    def render(self, name: str, /, **values: object) -> str:
        """The message `prompts/<name>.html.j2`; a value that the template needs and does not get is an error."""
        template = _environment(self._language).get_template(f"{name}.html.j2")
        html = _showable(template.render(self._manner, **values)).strip()
        return html if self._form == "html" else plain(html)

    def reply(self, reply: "Reply") -> str:
        """What a chat is told."""
        answer = reply.answer
        return self.render(
            _template(reply),
            question=answer.question,
            status=answer.status,
            quotes=reply.quotes,
            closest=answer.closest,
            differing=answer.differing,
            undated=answer.undated,
            example=reply.example,
            languages=reply.languages,
        )

    def error(self, code: str, facts: dict[str, object]) -> str:
        """One line that says what is wrong, where, and what to do."""
        return " ".join(self.render("error", code=code, facts=facts).split())


def _template(reply: "Reply") -> str:
    if reply.part != "answer":
        return reply.part
    status = reply.answer.status
    if status == "not_found":
        return "not_found" if reply.answer.question.terms else "unclear"
    return "answer" if status == "answered" else "smalltalk"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PROMPTS),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(_translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "in_words": partial(in_words, language=language),
        "counted": partial(counted, language=language),
        "languages_in_words": partial(languages_in_words, language=language),
        "excerpt": excerpt,
        "oldest_first": oldest_first,
    }
    return environment


def _translations(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    from bot.catalogs import translations  # noqa: PLC0415  30 ms that English does not need

    return translations(language)


def _showable(text: str) -> str:
    return _UNSHOWABLE.sub("", _LINE_END.sub("\n", text))


def oldest_first(quotes: "Iterable[Quote]") -> "list[Quote]":
    """The quotes by the day of which they speak, so far as one is known, or else by that of their article."""
    from retrieval import day_of  # noqa: PLC0415 - whoever has quotes has loaded it

    return sorted(quotes, key=lambda quote: day_of(quote) or date.max)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a quote: its words in runs, each highlighted or not, and whether words around are left out.

    `dates` are the words among them that mean other days than they say, and these days.
    """

    runs: tuple[tuple[str, bool], ...]
    cut_before: bool
    cut_after: bool
    dates: "tuple[tuple[str, DateRange], ...]" = ()


def excerpt(quote: "Quote", limit: int | None = None) -> Excerpt:
    """The quote, or at most `limit` characters of it, cut between words and around its first highlight."""
    marks = sorted((mark.start - quote.span.start, mark.end - quote.span.start) for mark in quote.highlights)
    start, end = (0, len(quote.text)) if limit is None else window(quote.text, limit, *(marks[:1] or [(0, 0)])[0])
    runs = tuple(_runs(quote.text, start, end, marks))
    return Excerpt(runs, start > 0, end < len(quote.text), tuple(dict.fromkeys(_dates(quote, start, end))))


def _dates(quote: "Quote", start: int, end: int) -> "Iterator[tuple[str, DateRange]]":
    for span, days in quote.dates:
        first, last = span.start - quote.span.start, span.end - quote.span.start
        if start <= first and last <= end:
            yield quote.text[first:last], days


def window(text: str, limit: int, first: int, last: int) -> tuple[int, int]:
    """At most `limit` characters of `text`, between words where there are any, that show [first, last) if they can."""
    if len(text) <= limit:
        return 0, len(text)
    start = 0 if last <= limit else _word_start(text, max(0, min(first, last - limit // 2)), first)
    end = start + limit
    if end < len(text):
        gaps = [gap.start() for gap in _GAP.finditer(text, start + 1, end + 1)]
        end = gaps[-1] if gaps else end
    shown = text[start:end].rstrip(_LOOSE_END)
    return start, start + len(shown) if shown else end


def _word_start(text: str, earliest: int, latest: int) -> int:
    """The first word that starts in [earliest, latest], or `latest`."""
    gap = _WORD_START.search(text, earliest, latest + 1)
    return gap.start() if gap else latest


def _runs(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    here = start
    for first, last in marks:
        opens, closes = max(first, here), min(last, end)
        if opens < closes:
            if here < opens:
                yield text[here:opens], False
            yield text[opens:closes], True
            here = closes
    if here < end:
        yield text[here:end], False


def plain(html: str) -> str:
    """The words of `html`, without its tags."""
    return "".join(words for words, _ in tagged(html))


def tagged(html: str) -> list[Run]:
    """The words of `html` in order, each run with the tags around it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.runs


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.runs.append((data, tuple(self._open)))
