"""An entry in, its row of the cache out, and back; a checksum finds what SQLite's own checks cannot see.

That is a changed letter inside a text: with the checksum, whoever reads a row has proof of all that it says.
"""

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, overload

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
    "language",
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
        article.language,
        entry.spans,
        article.text,
    )
    return (*row, _checksum(row))


class Blocks(Sequence[Block]):
    """An article's blocks as they are kept; they are read when one is looked at, as most answers need none."""

    def __init__(self, kept: str) -> None:
        self._kept = kept

    @cached_property
    def _read(self) -> tuple[Block, ...]:
        return tuple([Block(kind, Span(start, end)) for kind, start, end in json.loads(self._kept)])

    @overload
    def __getitem__(self, at: int) -> Block: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Block]: ...
    def __getitem__(self, at: int | slice) -> Block | Sequence[Block]:
        return self._read[at]

    def __len__(self) -> int:
        return len(self._read)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._read == tuple(other)

    def __hash__(self) -> int:
        return hash(self._read)


def entry_of(row: Row, number: int = 0) -> Entry:
    """The reverse of `row_of`, without terms.

    Raises sqlite3.DatabaseError where the row is not what was written.
    """
    *known, checksum = row
    if checksum != _checksum(known):
        raise sqlite3.DatabaseError(f"checksum of {row[0]}")
    name, stamp, title, title_source, day, date_source, source, url, marked, encoding, evidence, extra = known[:12]
    language, spans, text = known[12:]
    article = Article(
        id=name,
        title=title,
        title_source=title_source,
        date=dt.date.fromisoformat(day) if day else None,
        date_source=date_source,
        source=source,
        url=url,
        text=text,
        blocks=Blocks(marked),
        encoding=encoding,
        evidence=evidence,
        extra=extra,
        language=language,
    )
    return Entry(article, stamp, spans, number=number)


def _checksum(row: Iterable[object]) -> int:
    return zlib.crc32("\n".join(map(str, row)).encode())
