"""The one door: a corpus folder in, `ask` out."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from retrieval import accounts, answers, articles, catalog, copies, events, hits, passages, sources, weights
from retrieval.explanations import Explanation
from retrieval.index.memory import MemoryIndex
from retrieval.models import (
    Answer,
    Article,
    CatalogEntry,
    EngineSettings,
    Hit,
    LeftOut,
    Notice,
    Passage,
    Question,
    SyncReport,
)
from retrieval.periods import asked_words
from retrieval.questions import understand
from retrieval.ranking import rank
from retrieval.shape import code_shape
from retrieval.sources import SourceFile
from retrieval.store import Entry, Store

FURTHER = 60
"""Passages looked through for positions contrary to the one that a question names."""

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, article_id)` while files are read."""


class Engine:
    """Answers questions about one corpus; made by `Engine.open`."""

    def __init__(self, settings: EngineSettings, entries: Iterable[Entry], report: SyncReport) -> None:
        self.report = report
        self.articles: Mapping[str, Article] = {entry.article.id: entry.article for entry in entries}
        self.passages: tuple[Passage, ...] = tuple(passage for entry in entries for passage in entry.passages)
        self._threshold = settings.threshold
        self._weights = weights.load(settings.weights or weights.FITTED_FILE)
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
        return self.explain(text, before).answer

    def explain(self, text: str, before: Answer | None = None) -> Explanation:
        """The answer to `text`, with all that was looked at for it."""
        question = understand(text, self._index, self._newest, before)
        if question.smalltalk:
            return Explanation(Answer(question, "smalltalk", 1.0), None, self._weights, self._threshold)
        if self._newest is not None:
            question = hits.bounded(question, self._index, self.articles)
        readings = (question, *hits.named(question, self._index))
        return max(map(self._dated, readings), key=lambda explanation: explanation.answer.confidence)

    def _dated(self, question: Question) -> Explanation:
        """What answers a question, from the days that it asks about."""
        explanation = self._explained(question)
        if question.dates is None or self._newest is None:
            return explanation
        if (saying := self._saying(question, explanation.answer)) is not None:
            return saying
        answer = replace(explanation.answer, undated=self._without_date(explanation.answer))
        return replace(explanation, answer=answer)

    def _hits(self, question: Question) -> list[Hit]:
        """The candidates for a question: the best of all, and the best of the days that it asks about."""
        terms = hits.weights(question.all_terms)
        found = self._index.search(terms, hits.CANDIDATES) if terms else []
        if accounts.asks_position(question):
            found += accounts.with_positions(question, self._index.search(terms, FURTHER))
        return hits.ranked(hits.in_days(question, found, self._index, self.articles, self._newest))

    def _explained(self, question: Question) -> Explanation:
        ranking = rank(question, self._hits(question), self.articles, self._index.idf, self._weights)
        answer = answers.answer(question, ranking, self._weights, self._threshold)
        return Explanation(answer, ranking, self._weights, self._threshold)

    def _saying(self, question: Question, answer: Answer) -> Explanation | None:
        """What answers from all days, where that says more, and the words that the days were worked out from."""
        missing = 0.0 if question.stated else events.missing(answer)
        phrase = question.event or asked_words(question.text, self._newest)
        if not missing or not phrase:
            return None
        explanation = self._explained(replace(question, dates=None, event=""))
        return explanation if events.missing(explanation.answer, phrase) < missing else None

    def _without_date(self, answer: Answer) -> int:
        """How many articles an answer bounded by days leaves out because they have no date."""
        undated = {article.id for article in self.articles.values() if article.date is None}
        return len(undated - {quote.article.id for quote in answer.quotes})


async def _sync(settings: EngineSettings, store: Store, progress: Progress | None) -> tuple[list[Entry], SyncReport]:
    """What the corpus holds now, read only where the cache is not fresh, and what changed."""
    files, left_out = sources.scan(settings.corpus)
    listed = catalog.load(settings.corpus)
    cached = {entry.article.id: entry for entry in await store.load()}
    kept: dict[str, Entry] = {}
    skipped = list(left_out)
    for done, file in enumerate(files, 1):
        said = listed.get(file.id)
        stamp = _stamp(file, said)
        known = cached.get(file.id)
        found = known if known and known.stamp == stamp else await asyncio.to_thread(_read, file, said, stamp)
        if isinstance(found, LeftOut):
            skipped.append(found)
        else:
            kept[file.id] = found
        if progress:
            progress(done, len(files), file.id)
    read = [entry for entry in kept.values() if entry is not cached.get(entry.article.id)]
    gone = cached.keys() - kept.keys()
    if read or gone:
        await store.replace(read, gone)
    return _served(cached, kept, skipped, store.notices)


def _served(
    cached: Mapping[str, Entry], kept: Mapping[str, Entry], skipped: Iterable[LeftOut], notices: tuple[Notice, ...]
) -> tuple[list[Entry], SyncReport]:
    """What is served, copies left out, and what happened since the cache was written."""
    read = {name for name, entry in kept.items() if entry is not cached.get(name)}
    first = _originals(kept.values())
    left = [LeftOut(name, "copy", other) for name, other in first.items() if name != other]
    now = first.keys() - {copy.path for copy in left}
    were = _originals(cached.values()) if read or cached.keys() - kept.keys() else first
    before = {name for name, other in were.items() if name == other}
    report = SyncReport(
        added=tuple(sorted(now - before)),
        changed=tuple(sorted(now & before & read)),
        removed=tuple(sorted(before - now)),
        unchanged=tuple(sorted((now & before) - read)),
        left_out=tuple(sorted((*skipped, *left), key=lambda one: one.path)),
        notices=notices,
    )
    return [entry for name, entry in kept.items() if name in now], report


def _originals(entries: Iterable[Entry]) -> dict[str, str]:
    return copies.originals((entry.article, entry.passages) for entry in entries)


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
