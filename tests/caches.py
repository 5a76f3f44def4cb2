"""Caches for tests: texts in, entries as feeding makes them, kept in real files; and what is served of them out."""

import datetime as dt
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import aiosqlite
import tantivy
from corpora import article_of

from retrieval import copies, keeping, passages
from retrieval.entries import Entry, entry
from retrieval.keeping import Change, keep
from retrieval.models import Notice
from retrieval.reader import Reader
from retrieval.store import Store

ROOT = Path(__file__).parents[1]
SHAPE = "one"
_WORDS = [first + last for first in ("bal", "dor", "fen", "gil", "har", "kem", "lun", "mar") for last in "aeiouy"]


def entry_of(name: str, text: str, day: dt.date | None = None, stamp: str = "1") -> Entry:
    """The article that `text` holds, as it is kept and fed."""
    article = replace(article_of(text, name), date=day)
    split = passages.split(article)
    return entry(article, stamp, split, sorted(copies.prints(article, split)))


def large(name: str) -> Entry:
    """An article of 3 MB, without any passage."""
    return Entry(replace(article_of(story(1), name), text=name * (3_000_000 // len(name))), "1", "[]", (), (1,))


def story(number: int, sentences: int = 6) -> str:
    """A text like no other number's, of a subject that its first words name."""
    random = Random(number)
    told = [" ".join(random.choices(_WORDS, k=9)).capitalize() for _ in range(sentences - 1)]
    return ". ".join([f"The mill number{number} of Bergen burned down on Tuesday", *told]) + ".\n"


def asked(number: int) -> str:
    """A question that only `story(number)` answers."""
    return f"When did the mill number{number} burn?"


def written(folder: Path, numbers: Iterable[int], sentences: int = 6) -> Path:
    """A corpus of these stories, a file each."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number:04}.txt").write_text(story(number, sentences), encoding="utf-8")
    return folder


@asynccontextmanager
async def writing(store: Store) -> AsyncIterator[aiosqlite.Connection]:
    """A connection that is ready to keep entries."""
    async with store.writing() as db:
        await db.execute(keeping.TOUCHED)
        yield db


async def kept(store: Store, entries: Iterable[Entry], removed: Iterable[str] = ()) -> Change:
    """Keep some entries in one transaction."""
    async with writing(store) as db, store.begun(db):
        return await keep(db, [*entries], removed)


def served(store: Store) -> dict[str, Entry]:
    """What is served of a cache, by id, as it was kept."""
    reader = Reader(store.connect())
    try:
        return {one.article.id: replace(one, number=0) for one in reader.entries()}
    finally:
        reader.close()


def bare(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by id, as they come out of a cache: without terms, prints and number."""
    return {one.article.id: replace(one, terms=(), prints=(), number=0) for one in entries}


def applied(shown: Mapping[str, Entry], change: Change) -> dict[str, Entry]:
    """What is served after a change of what was served."""
    left = {name: one for name, one in shown.items() if name not in change.removed}
    assert not left.keys() & {one.article.id for one in change.added}
    return left | bare(change.added)


def fed(folder: Path) -> Counter[str]:
    """How many passages of each article the index on disk holds; of several the last that was made."""
    path = max(folder.glob("index-*/meta.json"), key=lambda one: one.stat().st_mtime_ns).parent
    index = tantivy.Index.open(str(path))
    searcher = index.searcher()
    names = [name for name, _ in searcher.terms_with_prefix("article", "")]
    queries = {name: tantivy.Query.term_query(index.schema, "article", name, "basic") for name in names}
    return Counter({name: found for name, one in queries.items() if (found := searcher.search(one, 1).count)})


def codes(notices: Iterable[Notice]) -> list[str]:
    """What notices are about."""
    return [notice.code for notice in notices]


@contextmanager
def process(code: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """Another Python that runs `code`, ended with the block."""
    command = [sys.executable, "-c", f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{code}"]
    with subprocess.Popen(
        [*command, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()
