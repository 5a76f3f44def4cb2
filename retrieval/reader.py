"""The cache as it was at one moment, read from any thread: passages by key, articles by id.

A read transaction stays open for as long as this is used, so that what is written meanwhile is not seen.
"""

import datetime as dt
import json
import sqlite3
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from retrieval.entries import Entry, passage_of
from retrieval.keeping import SELECT, kept_entry
from retrieval.languages import ENGLISH, in_order
from retrieval.models import Article, DateRange, Passage

REMEMBERED = 8_000_000
"""Characters of articles that are kept at hand."""
_SET_UP = "PRAGMA query_only = ON; PRAGMA cache_size = -4000; BEGIN"
_BATCH = 200
_COUNTS = f"""
    SELECT count(*), count(*) - count(date), max(date), total(passages), total(language <> '{ENGLISH}')
    FROM articles WHERE original IS NULL
"""
_LANGUAGES = "SELECT language, count(*) FROM articles WHERE original IS NULL GROUP BY language"

Key = tuple[int, int]
"""The number of an article in the cache, and that of a passage in the article."""
_Known = tuple[Article, list[tuple[str, list[int]]]]
"""An article, and the heading and the sentences' bounds of each of its passages."""


class Reader(Mapping[str, Article]):
    """The articles that are served, by id and in that order, read when they are asked for.

    Raises sqlite3.DatabaseError where the cache is damaged.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._lock = threading.Lock()
        self._db = connection
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._characters = 0
        connection.executescript(_SET_UP)
        self._size, self.undated, newest, passages, foreign = self._rows(_COUNTS)[0]
        self.newest = _day(newest)
        self.languages = in_order(self._rows(_LANGUAGES) if foreign else [(ENGLISH, int(self._size))])
        self.passages_in_all = int(passages)
        self.close = weakref.finalize(self, connection.close)

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article. Raises KeyError where it is not served."""
        article, split = self._of(article_id)
        return tuple([passage_of(article, number, *one) for number, one in enumerate(split)])

    def passages(self, keys: Sequence[Key]) -> list[Passage | None]:
        """The passages of some keys; None for one that is not served."""
        known = self._fetched({number for number, _ in keys})
        return [
            passage_of(known[number][0], at, *known[number][1][at])
            if number in known and at < len(known[number][1])
            else None
            for number, at in keys
        ]

    def openings(self, limit: int, dates: DateRange) -> list[Key]:
        """At most `limit` keys of passages of articles dated within: their first ones, then the next."""
        bounds = dates.first.isoformat(), dates.last.isoformat()
        rows = self._rows(
            "SELECT number, passages FROM articles WHERE original IS NULL AND date BETWEEN ? AND ? ORDER BY id LIMIT ?",
            (*bounds, limit),
        )
        most = max((passages for _, passages in rows), default=0)
        return [(number, at) for at in range(most) for number, passages in rows if at < passages][:limit]

    def latest(self, limit: int) -> list[Article]:
        """The newest articles, and after them those without a date."""
        where = "original IS NULL ORDER BY date DESC, id LIMIT ?"
        return [kept_entry(row).article for row in self._rows(f"{SELECT} WHERE {where}", (limit,))]

    def entries(self) -> Iterator[Entry]:
        """All that is served, by id, without terms."""
        last = ""
        while rows := self._rows(f"{SELECT} WHERE original IS NULL AND id > ? ORDER BY id LIMIT {_BATCH}", (last,)):
            for row in rows:
                yield kept_entry(row)
            last = rows[-1][0]

    def __getitem__(self, article_id: str) -> Article:
        return self._of(article_id)[0]

    def __iter__(self) -> Iterator[str]:
        last = ""
        while rows := self._rows(
            f"SELECT id FROM articles WHERE original IS NULL AND id > ? ORDER BY id LIMIT {_BATCH}", (last,)
        ):
            yield from (name for (name,) in rows)
            last = rows[-1][0]

    def __len__(self) -> int:
        return int(self._size)

    def _of(self, article_id: str) -> _Known:
        with self._lock:
            if (number := self._numbers.get(article_id)) is not None:
                return self._known[number]
        rows = self._rows("SELECT number FROM articles WHERE id = ? AND original IS NULL", (article_id,))
        if not rows:
            raise KeyError(article_id)
        number = rows[0][0]
        found = self._fetched({number}).get(number)
        if found is None or found[0].id != article_id:
            raise sqlite3.DatabaseError(f"number of {article_id}")
        return found

    def _fetched(self, numbers: set[int]) -> dict[int, _Known]:
        """What is served of some articles, from memory where it can be."""
        with self._lock:
            found = {number: known for number in numbers if (known := self._known.get(number))}
            for number in found:
                self._known.move_to_end(number)
        missing = [*(numbers - found.keys())]
        if missing:
            where = f"{SELECT} WHERE original IS NULL AND number IN ({','.join('?' * len(missing))})"
            for row in self._rows(where, missing):
                entry = kept_entry(row)
                found[entry.number] = entry.article, json.loads(entry.spans)
                self._remember(entry.number, found[entry.number])
        return found

    def _remember(self, number: int, known: _Known) -> None:
        with self._lock:
            if self._known.setdefault(number, known) is known:
                self._numbers[known[0].id] = number
                self._characters += len(known[0].text)
            while self._characters > REMEMBERED:
                _, (article, _) = self._known.popitem(last=False)
                self._characters -= len(article.text)
                del self._numbers[article.id]

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def _day(found: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(found)) if found else None
    except ValueError as error:
        raise sqlite3.DatabaseError(f"date {found!r}") from error
