"""A raw document and its catalog entry in; an Article out: title, date and source with their origin, blocks marked.

What is said of an article counts in this order: its front matter, the page or the line of an archive that it came in,
the head of its text, the catalog.
"""

import datetime as dt
import re
from dataclasses import replace
from pathlib import PurePosixPath

from retrieval import frontmatter
from retrieval.frontmatter import FrontMatter
from retrieval.furniture import blocks
from retrieval.languages import SAMPLE, language_of
from retrieval.models import Article, Block, BlockKind, CatalogEntry, DateSource, Document, LeftOut, Span, TitleSource

_SITE = re.compile(r"\s\|\s[^|]{1,40}$")
_TAIL = re.compile(r"\s[-–—]\s(?P<name>[^\W\d_a-z][\w.&’' ]{0,38}[\w.])$")


def parse(document: Document, entry: CatalogEntry | None = None) -> Article | LeftOut:
    """Read `document`: what it states goes before what the catalog's `entry` says."""
    matter = frontmatter.parse(document)
    if isinstance(matter, LeftOut):
        return matter
    stated = matter.title or document.title
    marked = _matter_block(document.text, matter) + _titled(document.text, stated, blocks(document.text, matter.end))
    if not any(block.kind == "paragraph" for block in marked):
        return LeftOut(document.id, "no_text")
    entry = entry or CatalogEntry()
    title, title_source = _title(document, stated, entry, marked)
    date, date_source = _date(document, matter, entry, marked)
    return Article(
        id=document.id,
        title=title,
        title_source=title_source,
        date=date,
        date_source=date_source,
        source=matter.source or document.source or entry.source or _agency(document.text, marked),
        url=matter.url or document.url or entry.url,
        text=document.text,
        blocks=marked,
        encoding=document.encoding,
        evidence=entry.evidence if date_source in ("catalog", "inferred") else "",
        extra=document.extra,
        language=language_of(_opening(document.text, marked)),
    )


def _matter_block(text: str, matter: FrontMatter) -> tuple[Block, ...]:
    front = text[: matter.end].removeprefix("\ufeff").rstrip()
    start = int(text.startswith("\ufeff"))
    return (Block("metadata", Span(start, start + len(front))),) if front else ()


def _titled(text: str, title: str, marked: tuple[Block, ...]) -> tuple[Block, ...]:
    """With the line that only repeats the title marked so, even where it reads like a sentence."""
    words = title.casefold().split()
    for number, block in enumerate(marked if words else ()):
        is_short = block.span.end - block.span.start <= 2 * len(title)
        if is_short and block.span.of(text).casefold().split() == words:
            return (*marked[:number], replace(block, kind="title"), *marked[number + 1 :])
        if block.kind == "paragraph":
            break
    return marked


def _lines_of(kind: BlockKind, text: str, marked: tuple[Block, ...]) -> list[str]:
    return [block.span.of(text) for block in marked if block.kind == kind]


def _opening(text: str, marked: tuple[Block, ...]) -> str:
    """The first paragraphs, from which the language shows."""
    found: list[str] = []
    for paragraph in (block.span.of(text) for block in marked if block.kind == "paragraph"):
        found.append(paragraph)
        if sum(map(len, found)) > SAMPLE:
            break
    return "\n".join(found)


def _title(document: Document, stated: str, entry: CatalogEntry, marked: tuple[Block, ...]) -> tuple[str, TitleSource]:
    if stated:
        return stated, "stated"
    for line in _lines_of("title", document.text, marked):
        return _without_publisher(" ".join(line.split()), document.text), "stated"
    if entry.title:
        return entry.title, "catalog"
    return _readable(document.id), "unknown"


def _without_publisher(title: str, text: str) -> str:
    """A headline without the site's name behind a bar, or behind a dash where the text names it as who reports.

    A name behind a dash that only speaks in the article stays: it says whose claim the headline is.
    """
    title = _SITE.sub("", title)
    tail = _TAIL.search(title)
    if not tail:
        return title
    name = re.escape(tail["name"])
    reports = re.search(
        rf"\b(?:reported by|according to|writes|reports) (?:the )?{name}\b|\b{name} (?:reports|reported)\b", text
    )
    return title[: tail.start()] if reports else title


def _date(
    document: Document, matter: FrontMatter, entry: CatalogEntry, marked: tuple[Block, ...]
) -> tuple[dt.date | None, DateSource]:
    stated = matter.date or document.date or _head_date(document.text, marked)
    if stated:
        return stated, "stated"
    if entry.date:
        return entry.date, entry.known
    return None, "unknown"


def _head_date(text: str, marked: tuple[Block, ...]) -> dt.date | None:
    """The day that the head of the text states: what is marked as metadata is asked, never the text or furniture."""
    for line in _lines_of("metadata", text, marked):
        day = frontmatter.head_date(line)
        if day:
            return day
    return None


def _agency(text: str, marked: tuple[Block, ...]) -> str:
    return next(filter(None, map(frontmatter.head_source, _lines_of("metadata", text, marked))), "")


def _readable(article_id: str) -> str:
    """The file's name in words."""
    stem = PurePosixPath(article_id).stem
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:] or stem
