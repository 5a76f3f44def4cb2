"""The one door: a corpus folder in, `ask` out."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from retrieval import answers, articles, catalog, passages, sources
from retrieval.index.memory import MemoryIndex
from retrieval.models import (
    Answer,
    Article,
    CatalogEntry,
    DateRange,
    EngineSettings,
    Hit,
    LeftOut,
    Passage,
    Question,
    SyncReport,
)
from retrieval.questions import understand
from retrieval.shape import code_shape
from retrieval.sources import SourceFile
from retrieval.store import Entry, Store

CANDIDATES = 12
"""Passages looked at closely for each question."""

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, article_id)` while files are read."""


class Engine:
    """Answers questions about one corpus; made by `Engine.open`."""

    def __init__(self, settings: EngineSettings, entries: Iterable[Entry], report: SyncReport) -> None:
        self.report = report
        self.articles: Mapping[str, Article] = {entry.article.id: entry.article for entry in entries}
        self.passages: tuple[Passage, ...] = tuple(passage for entry in entries for passage in entry.passages)
        self._threshold = settings.threshold
        self._index = MemoryIndex(self.articles, self.passages, settings.k1, settings.b)
        self._newest = max((article.date for article in self.articles.values() if article.date), default=None)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: EngineSettings, progress: Progress | None = None) -> AsyncIterator["Engine"]:
        """Bring the cache up to date and serve it. Raises CorpusMissing and CatalogInvalid."""
        store = Store(settings.data_dir, code_shape())
        entries, report = await _sync(settings, store, progress)
        yield cls(settings, entries, report)

    async def ask(self, text: str, before: Answer | None = None) -> Answer:
        """Answer `text`; `before` is the last answer in the same chat, for questions that follow up on it."""
        question = understand(text, self._index, self._newest, before)
        if question.smalltalk:
            return Answer(question, "smalltalk", 1.0)
        return answers.answer(question, self._hits(question), self.articles, self._index.idf, self._threshold)

    def _hits(self, question: Question) -> list[Hit]:
        """The candidates for a question: the best of all, and the best of the days that it asks about."""
        terms: dict[str, float] = {}
        for term in question.all_terms:
            for other, share in ((term.term, 1.0), *term.related):
                terms[other] = max(terms.get(other, 0.0), share * term.weight)
        days = question.dates
        if days is None and question.latest and self._newest is not None:
            days = DateRange(self._newest, self._newest)
        hits = self._index.search(terms, CANDIDATES) if terms else []
        if days is not None:
            hits += self._index.search(terms, CANDIDATES, days)
        return _ranked(hits)


def _ranked(hits: Iterable[Hit]) -> list[Hit]:
    """Each passage once, best first."""
    once = {(hit.passage.article_id, hit.passage.number): hit for hit in hits}
    return [replace(hit, rank=rank) for rank, hit in enumerate(sorted(once.values(), key=lambda hit: -hit.score))]


async def _sync(settings: EngineSettings, store: Store, progress: Progress | None) -> tuple[list[Entry], SyncReport]:
    """What the corpus holds now, read only where the cache is not fresh, and what changed."""
    listed = catalog.load(settings.corpus)
    files, left_out = sources.scan(settings.corpus)
    cached = {entry.article.id: entry for entry in await store.load()}
    served: dict[str, Entry] = {}
    changed: list[Entry] = []
    texts: dict[str, str] = {}
    skipped = list(left_out)
    for done, file in enumerate(files, 1):
        stamp = _stamp(file, listed.get(file.id))
        entry = cached.get(file.id)
        if entry is None or entry.stamp != stamp:
            read = await asyncio.to_thread(_read, file, listed.get(file.id), stamp)
            if isinstance(read, LeftOut):
                skipped.append(read)
                continue
            entry = read
            changed.append(entry)
        if progress:
            progress(done, len(files), file.id)
        first = texts.setdefault(entry.article.text, file.id)
        if first == file.id:
            served[file.id] = entry
        else:
            skipped.append(LeftOut(file.id, "copy", first))
    changed = [entry for entry in changed if entry.article.id in served]
    removed = sorted(cached.keys() - served.keys())
    if changed or removed:
        await store.replace(changed, removed)
    touched = {entry.article.id for entry in changed}
    report = SyncReport(
        added=tuple(sorted(touched - cached.keys())),
        changed=tuple(sorted(touched & cached.keys())),
        removed=tuple(removed),
        unchanged=tuple(sorted(served.keys() - touched)),
        left_out=tuple(sorted(skipped, key=lambda one: one.path)),
        notices=tuple(store.notices),
    )
    return list(served.values()), report


def _stamp(file: SourceFile, entry: CatalogEntry | None) -> str:
    """What an article was made from: the state of its file, and what the catalog says of it."""
    return hashlib.sha256(f"{file.stamp}\n{entry!r}".encode()).hexdigest()


def _read(file: SourceFile, entry: CatalogEntry | None, stamp: str) -> Entry | LeftOut:
    document = sources.read(file)
    article = articles.parse(document, entry) if not isinstance(document, LeftOut) else document
    if isinstance(article, LeftOut):
        return article
    split = passages.split(article)
    return Entry(stamp, article, split) if split else LeftOut(article.id, "no_text")
