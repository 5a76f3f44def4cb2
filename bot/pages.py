"""An engine and what somebody wants to see in; what is shown of it out: a passage, an article, what is new or dated.

The same for Telegram and the terminal; the words are in prompts/, in a template of the page's name.
"""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from bot.rendering import window
from retrieval import Article, Engine, Passage, Quote, Span, day_of

LATEST = 40
"""Articles that /sources lists."""
LONGEST = 3_000
"""Characters of a passage that are shown; a message of Telegram's holds 4,096."""
OPENING = 300
"""Characters of an article's opening lines: its second sentence is shown where both are no longer."""
LINE = 140
"""Characters of its first line in a list."""
_FOUND = 20

Run = tuple[str, bool]
"""Words, and whether they are the quote's."""


@dataclass(frozen=True, slots=True)
class Context:
    """A passage as it stands in its article: number `first` to `last` of `total`, under its subhead if it has one.

    `cut_before` and `cut_after` tell that it is too long to be shown whole.
    """

    quote: Quote
    first: int
    last: int
    total: int
    heading: str
    runs: tuple[Run, ...]
    cut_before: bool = False
    cut_after: bool = False

    @property
    def has_previous(self) -> bool:
        """Whether there is a passage before it."""
        return self.first > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a passage after it."""
        return self.last < self.total


@dataclass(frozen=True, slots=True)
class Page:
    """An article, how many passages it has, its opening lines, and the first of them, as much of it as a list has."""

    article: Article
    passages: int
    opening: str
    line: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest articles on some words, newest first, or of all where there are no words."""

    words: str
    pages: tuple[Page, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles alone."""
        return tuple(page.article for page in self.pages)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Quotes on some words, one a day, each with that day, oldest first; `undated` articles are left out."""

    words: str
    days: tuple[tuple[date, Quote], ...]
    undated: int

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes alone."""
        return tuple(quote for _, quote in self.days)


def on_file(engine: Engine) -> dict[str, Any]:
    """What pages about the collection need: how many articles, the first and the newest of them, what is left out.

    `languages` are those of the articles; a question to begin with goes beside it, as `opening`.
    """
    return {
        "opening": "",
        "languages": engine.languages,
        "total": len(engine.articles),
        "first": engine.first,
        "latest": engine.latest(LATEST),
        "report": engine.report,
    }


async def context(engine: Engine, quote: Quote, step: int = 0) -> Context | None:
    """The passage of a quote, or the one `step` after it (before it, below 0); None where it is gone or there is none.

    A quote out of two passages stands in both.
    """
    kept = await engine.kept(quote.article.id, quote.span, quote.text, quote.highlights)
    passages = await _passages(engine, quote.article.id) if kept else ()
    own = [at for at, passage in enumerate(passages) if kept and passage.span.overlaps(kept.span)]
    if kept is None or not own:
        return None
    first, last = (own[0], own[-1]) if step == 0 else (own[0] + step,) * 2 if step < 0 else (own[-1] + step,) * 2
    if not 0 <= first <= last < len(passages):
        return None
    runs = [*_runs(kept.article.text, passages[first : last + 1], kept.span)]
    shown, cut_before, cut_after = _shortened(runs)
    whole = replace(kept, score=quote.score, also=quote.also)
    return Context(
        whole, first + 1, last + 1, len(passages), passages[first].heading, tuple(shown), cut_before, cut_after
    )


async def passage(engine: Engine, article: Article, number: int) -> Context | None:
    """A passage of an article, counted from 0, with nothing in it marked; None where there is none of that number."""
    passages = await _passages(engine, article.id)
    if not 0 <= number < len(passages):
        return None
    one = passages[number]
    shown, cut_before, cut_after = _shortened([*_runs(article.text, [one], Span(0, 0))])
    quote = Quote(article, one.span, one.span.of(article.text))
    return Context(quote, number + 1, number + 1, len(passages), one.heading, tuple(shown), cut_before, cut_after)


async def latest(engine: Engine, words: str = "", limit: int = 10) -> Latest:
    """The newest articles that hold all these words."""
    articles = await engine.newest_on(words, limit)
    return Latest(words.strip(), tuple([await article_page(engine, article) for article in articles]))


async def timeline(engine: Engine, words: str, limit: int = 12) -> Timeline:
    """Dated quotes that hold all these words."""
    quotes = await engine.timeline(words, limit)
    return Timeline(words.strip(), tuple((day, quote) for quote in quotes if (day := day_of(quote))), engine.undated)


async def article_page(engine: Engine, article: Article) -> Page:
    """What is shown of an article by itself."""
    passages = await _passages(engine, article.id)
    return Page(article, len(passages), *_opening(article.text, passages))


async def find_article(engine: Engine, words: str) -> list[Article]:
    """Which article somebody may mean, best first: by its number in /sources, its id, or words of its title."""
    wanted = words.strip()
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= LATEST:
        return (await engine.newest_on("", LATEST))[int(wanted) - 1 :][:1]
    named = await asyncio.to_thread(engine.articles.get, wanted)
    return [named] if named else await engine.titled(wanted, _FOUND)


def key(article_id: str) -> str:
    """A short name of an article for buttons and links: eleven letters, digits, - and _."""
    digest = hashlib.blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def article_of(engine: Engine, wanted: str) -> Article | None:
    """The article with that key, if it is served; found at once where it was found before, for who reads on in it."""
    known = engine.memory.get(wanted)
    if isinstance(known, str):
        return await asyncio.to_thread(engine.articles.get, known)
    memory = engine.memory
    found = await engine.article_where(lambda article_id: key(article_id) == wanted)
    if found is not None:
        memory[wanted] = found.id
    return found


async def _passages(engine: Engine, article_id: str) -> tuple[Passage, ...]:
    try:
        return await asyncio.to_thread(engine.passages, article_id)
    except KeyError:
        return ()


def _opening(text: str, passages: Sequence[Passage]) -> tuple[str, str]:
    """The first sentence, with the second where both are short; and what a list has of the first."""
    if not passages:
        return "", ""
    first, *more = passages[0].sentences
    start, end = first.span.start, first.span.end
    end = next((one.span.end for one in more[:1] if one.span.end - start <= OPENING), end)
    whole = " ".join(first.text.split())
    _, cut = window(whole, LINE, 0, 0)
    return " ".join(text[start:end].split()), whole[:cut] + "…" * (cut < len(whole))


def _runs(text: str, passages: Sequence[Passage], quote: Span) -> Iterator[Run]:
    """What passages say as it is printed, without the furniture between their sentences."""
    sentences = [sentence.span for passage in passages for sentence in passage.sentences]
    for span, after in pairwise([*sentences, None]):
        assert span is not None  # noqa: S101 -- for mypy
        yield from _marked(text, span, quote)
        if after is not None:
            gap = Span(span.end, after.start)
            between = gap.of(text)
            inside = gap.start >= quote.start and gap.end <= quote.end
            yield (between if not between.strip() else "\n\n"), inside


def _marked(text: str, span: Span, quote: Span) -> Iterator[Run]:
    """A sentence in runs, those of the quote marked."""
    cuts = sorted({span.start, span.end, *(at for at in (quote.start, quote.end) if span.start < at < span.end)})
    for start, end in pairwise(cuts):
        yield text[start:end], quote.start <= start < quote.end


def _shortened(runs: Sequence[Run]) -> tuple[list[Run], bool, bool]:
    """The runs, as far as they can be shown, around the marked ones; and whether anything before or after is cut."""
    text = "".join(words for words, _ in runs)
    wide = len(text.encode("utf-16-le")) // 2 or 1  # Telegram counts what is beyond 16 bits twice
    ends = [0]
    for words, _ in runs:
        ends.append(ends[-1] + len(words))
    marked = [at for at, (_, own) in enumerate(runs) if own]
    inside = (ends[marked[0]], ends[marked[-1] + 1]) if marked else (0, 0)
    start, end = window(text, LONGEST * len(text) // wide, *inside)
    spans = [(max(first, start), min(last, end)) for first, last in pairwise(ends)]
    cut = [(text[first:last], own) for (first, last), (_, own) in zip(spans, runs, strict=True) if first < last]
    return cut, start > 0, end < len(text)
