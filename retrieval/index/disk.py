"""Passages on disk, hits out, with tantivy: fast up to many millions of passages, in little memory.

The index holds each passage's terms, the day of its article and a key, under which the cache finds it; text it has
none. Its folder is named for the cache that feeds it. tantivy's BM25 is fixed at k1 = 1.2 and b = 0.75 and rounds the
length of a passage to one byte, so its scores are near to those of the other indexes, not the same.
"""

import asyncio
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from string import ascii_lowercase

import tantivy

from retrieval.entries import Entry
from retrieval.index.base import Index
from retrieval.models import DateRange, Hit
from retrieval.reader import Reader

_PASSAGES = 1 << 20
"""More than an article has."""
_HEAP = 100_000_000
"""Bytes of new passages that are held until they are written out: more make fewer segments, that are merged later."""
_TERMS, _DAY, _KEY, _ARTICLE = "terms", "day", "key", "article"
_UNDATED = 0
_ALIKE = 20_000
"""Terms that are compared with one that is unknown."""
_LONG, _LONGER = 8, 2
"""Letters of a term in which two edits are allowed, and by how many it may be longer or shorter then."""
_BEGINNING = 3
_LONGEST = 40
"""Letters of a term that may be a typing error: it has as many edits as fifty times its letters."""


class IndexUnusable(Exception):
    """The folder of an index can't be written or read."""


@contextmanager
def _usable() -> Iterator[None]:
    """Take what tantivy raises for what it means; damage may make it panic, which is no Exception."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise IndexUnusable(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnusable(str(error)) from error


class DiskHome:
    """Where the indexes of a data folder are; see `Home`."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    async def state(self, name: str) -> int | None:
        """See `Home.state`."""
        try:
            return int(json.loads((self._folder(name) / "meta.json").read_bytes())["opstamp"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    async def feeder(self, name: str, *, anew: bool) -> "DiskFeeder":
        """See `Home.feeder`. Raises IndexUnusable where the folder can't be written."""
        keep = None if anew else self._folder(name)
        for path in self._data_dir.glob("index-*"):
            if path != keep:
                shutil.rmtree(path, ignore_errors=True)
        with _usable():
            path = self._folder(name)
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return DiskFeeder(_opened(tantivy.Index(_schema(), path=str(path))))

    def index(self, name: str, reader: Reader) -> "DiskIndex":
        """An index as it is now; `reader` is of the cache that names it so. Raises IndexUnusable."""
        with _usable():
            return DiskIndex(_opened(tantivy.Index.open(str(self._folder(name)))), reader)

    def _folder(self, name: str) -> Path:
        return self._data_dir / f"index-{name[:16]}"


def _opened(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer(_TERMS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TERMS, tokenizer_name=_TERMS, index_option="freq")
    builder.add_text_field(_ARTICLE, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field(_DAY, fast=True)
    builder.add_integer_field(_KEY, fast=True)
    return builder.build()


class DiskIndex(Index):
    """An index as it was when this was made; the passages come from the cache as it was then.

    Raises IndexUnusable where it turns out to be damaged.
    """

    def __init__(self, index: tantivy.Index, reader: Reader) -> None:
        self._schema = index.schema
        index.reload()
        self._searcher = index.searcher()
        self._reader = reader
        self.size = self._searcher.num_docs

    def search(
        self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None, share: float = 0.0
    ) -> list[Hit]:
        """See `Index.search`."""
        asked: list[tuple[tantivy.Occur, tantivy.Query]] = [
            (tantivy.Occur.Should, self._weighted(term, weight)) for term, weight in terms.items()
        ]
        if not asked:
            return []
        query = tantivy.Query.boolean_query(asked)
        if dates is not None:
            within = tantivy.Query.const_score_query(self._within(dates), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, within)])
        with _usable():
            best = self._searcher.search(query, limit, count=False).hits
            found = [(score, address) for score, address in best if score >= share * best[0][0]]
            keys = self._searcher.fast_field_values(_KEY, [address for _, address in found])
        passages = self._reader.passages([divmod(int(key or 0), _PASSAGES) for key in keys])
        scored = [(one, score) for one, (score, _) in zip(passages, found, strict=True) if one is not None]
        return [Hit(one, score, rank) for rank, (one, score) in enumerate(scored)]

    def openings(self, limit: int, dates: DateRange) -> list[Hit]:
        """See `Index.openings`."""
        keys = self._reader.openings(limit, dates)
        return [Hit(passage, 1.0, rank) for rank, passage in enumerate(self._reader.passages(keys)) if passage]

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """See `Index.counts`; what was taken out counts until its segment is merged, but never more than there is."""
        with _usable():
            return {term: min(self._searcher.doc_freq(_TERMS, term), self.size) if term else 0 for term in terms}

    def similar(self, term: str) -> list[str]:
        """See `Index.similar`: of the terms within one edit all, of those within two what begins with the same letters.

        To read all of a million passages' terms that begin with one letter takes 80 ms; to ask for each that one edit
        makes of a word, 1.
        """
        if len(term) > _LONGEST:
            return []
        found = {one for one, count in self.counts(_edited(term)).items() if count}
        if len(term) >= _LONG:
            alike = self._searcher.terms_with_prefix(_TERMS, term[:_BEGINNING], limit=_ALIKE)
            least, most = len(term) - _LONGER, len(term) + _LONGER
            found.update([one for one, _ in alike if least <= len(one) <= most])
        return [*found]

    def _weighted(self, term: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, _TERMS, term, "freq")
        return query if weight == 1 else tantivy.Query.boost_query(query, weight)

    def _within(self, dates: DateRange) -> tantivy.Query:
        first, last = dates.first.toordinal(), dates.last.toordinal()
        return tantivy.Query.range_query(self._schema, _DAY, tantivy.FieldType.Integer, first, last)


class DiskFeeder:
    """Adds to an index on disk; there is one at a time, in all processes."""

    def __init__(self, index: tantivy.Index) -> None:
        self._writer = index.writer(_HEAP, 1)

    async def add(self, entries: Iterable[Entry]) -> None:
        """See `Feeder.add`; each entry has its number in the cache."""
        with _usable():
            await asyncio.to_thread(self._add, entries)

    async def remove(self, articles: Iterable[str]) -> None:
        """See `Feeder.remove`."""
        with _usable():
            for article in articles:
                self._writer.delete_documents_by_term(_ARTICLE, article)

    async def commit(self) -> int:
        """See `Feeder.commit`."""
        with _usable():
            return await asyncio.to_thread(self._writer.commit)

    async def close(self) -> None:
        """See `Feeder.close`; small parts of the index are put together to larger ones first."""
        with suppress(IndexUnusable), _usable():  # it has nothing to wait for once it failed
            await asyncio.to_thread(self._writer.wait_merging_threads)

    def _add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            article = entry.article
            day = article.date.toordinal() if article.date else _UNDATED
            for number, terms in enumerate(entry.terms):
                key = entry.number * _PASSAGES + number
                self._writer.add_document(tantivy.Document(terms=terms, article=article.id, day=day, key=key))


def _edited(term: str) -> Iterator[str]:
    """What one edit, or two neighbours swapped, makes of a term but for its first letter."""
    for at in range(1, len(term) + 1):
        before, after = term[:at], term[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            yield before + letter + after[1:]
