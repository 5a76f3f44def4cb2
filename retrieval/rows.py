"""An entry in, its row of the cache out, and back; a checksum finds what SQLite's own checks cannot see.

That is a changed letter inside a text: with the checksum, whoever reads a row has proof of all that it says.
"""

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from retrieval.entries import Entry
from retrieval.models import Article, Block, Span

COLUMNS = (
    "id",
    "stamp",
    "title",
    "title_source",
    "date",
    "date_source",
    "source",
    "url",
    "blocks",
    "encoding",
    "evidence",
    "extra",
    "spans",
    "text",
)
"""Of an entry, in the order of a row; its `checksum` comes after them."""

Row = Sequence[Any]


def row_of(entry: Entry) -> tuple[Any, ...]:
    """The values of COLUMNS and the checksum."""
    article = entry.article
    row = (
        article.id,
        entry.stamp,
        article.title,
        article.title_source,
        article.date.isoformat() if article.date else None,
        article.date_source,
        article.source,
        article.url,
        json.dumps([(block.kind, block.span.start, block.span.end) for block in article.blocks], separators=(",", ":")),
        article.encoding,
        article.evidence,
        article.extra,
        entry.spans,
        article.text,
    )
    return (*row, _checksum(row))


def entry_of(row: Row, number: int = 0, *, blocks: bool = True) -> Entry:
    """The reverse of `row_of`, without terms; to answer, the article's blocks are not needed, and take a third of it.

    Raises sqlite3.DatabaseError where the row is not what was written.
    """
    *known, checksum = row
    if checksum != _checksum(known):
        raise sqlite3.DatabaseError(f"checksum of {row[0]}")
    name, stamp, title, title_source, day, date_source, source, url, marked, encoding, evidence, extra, spans, text = (
        known
    )
    article = Article(
        id=name,
        title=title,
        title_source=title_source,
        date=dt.date.fromisoformat(day) if day else None,
        date_source=date_source,
        source=source,
        url=url,
        text=text,
        blocks=tuple([Block(kind, Span(start, end)) for kind, start, end in json.loads(marked)]) if blocks else (),
        encoding=encoding,
        evidence=evidence,
        extra=extra,
    )
    return Entry(article, stamp, spans, number=number)


def _checksum(row: Iterable[object]) -> int:
    return zlib.crc32("\n".join(map(str, row)).encode())
