"""The one door: a corpus folder in, `ask` out."""

import asyncio
import gc
import weakref
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TypeVar

from retrieval import accounts, answers, events, hits, leads, newest, printed, quotations, timelines, titles, weights
from retrieval.errors import CacheBusy
from retrieval.explanations import Explanation
from retrieval.freshness import Freshness
from retrieval.index.base import Snapshot
from retrieval.index.disk import IndexUnusable
from retrieval.leads import Lead
from retrieval.library import Library
from retrieval.models import (
    Answer,
    Article,
    EngineSettings,
    Hit,
    LeftOut,
    Look,
    Passage,
    Question,
    Quote,
    Span,
    SyncReport,
)
from retrieval.periods import asked_words
from retrieval.questions import understand
from retrieval.ranking import rank
from retrieval.store import ERRORS
from retrieval.sync import Progress

_T = TypeVar("_T")

FURTHER = 60
"""Passages looked through for positions contrary to the one that a question names."""
_WORKERS = 4
"""Questions that are answered at the same time; more would only wait for each other."""
_SELDOM = 10_000
"""Objects made, less those gone, after which lost cycles are looked for: fourteen times as many as Python waits for."""


class Engine:
    """Answers questions about one corpus; made by `Engine.open`."""

    def __init__(self, settings: EngineSettings, library: Library) -> None:
        self._library = library
        self._threshold = settings.threshold
        self._memory: OrderedDict[Hashable, object] = OrderedDict()
        self._memory_of = weakref.ref(library.snapshot.index)
        self._weights = weights.load(settings.weights or weights.FITTED_FILE)
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="answering")

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: EngineSettings, progress: Progress | None = None, *, watch: bool = False
    ) -> AsyncIterator["Engine"]:
        """Bring the cache up to date and serve it; with `watch`, go on doing so. Raises CorpusMissing, CatalogInvalid.

        Where another process is at it, what the cache holds by now is served; CacheBusy where that is nothing.
        """
        library = Library(settings)
        try:
            try:
                await library.refresh(progress)
            except CacheBusy:
                await library.take()
            engine = cls(settings, library)
            try:
                with _rarely_collecting(), Freshness(library, settings.corpus) if watch else nullcontext():
                    yield engine
            finally:
                engine._workers.shutdown()
        finally:
            library.close()

    @property
    def report(self) -> SyncReport:
        """What the last look at the corpus has changed, and all that is left out."""
        return self._library.report

    @property
    def look(self) -> Look:
        """When the corpus was last looked at with success, and what is amiss since then."""
        return self._library.look

    @property
    def size(self) -> int:
        """How many passages are served."""
        return self._library.snapshot.index.size

    @property
    def articles(self) -> Mapping[str, Article]:
        """What is served, by id and in that order."""
        return self._library.snapshot.articles

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article. Raises KeyError where it is not served."""
        return self._library.snapshot.passages(article_id)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that articles are in: English first, then the most frequent."""
        return tuple(self._library.snapshot.languages)

    @property
    def first(self) -> Article | None:
        """The first article by id."""
        return self._library.snapshot.first

    def every_article(self) -> Iterator[Article]:
        """All that is served, by id; sooner than one by one."""
        return self._library.snapshot.every_article()

    def latest(self, limit: int) -> list[Article]:
        """The newest articles, and after them those without a date."""
        return self._library.snapshot.latest(limit)

    @property
    def undated(self) -> int:
        """How many articles have no date."""
        return self._library.snapshot.undated

    @property
    def threshold(self) -> float:
        """How sure an answer must be to be given."""
        return self._threshold

    @property
    def memory(self) -> OrderedDict[Hashable, object]:
        """What callers remember of what is served; empty again when something else is."""
        index = self._library.snapshot.index
        if self._memory_of() is not index:
            self._memory, self._memory_of = OrderedDict(), weakref.ref(index)
        return self._memory

    async def left_out(self) -> AsyncGenerator[LeftOut, None]:
        """All that is left out, by path; the report has only the first of it."""
        async with aclosing(self._library.left_out()) as found:
            async for one in found:
                yield one

    async def refresh(self) -> SyncReport:
        """Read what is new or changed now, beside whatever else is going on. Raises RetrievalError."""
        return await asyncio.to_thread(asyncio.run, self._library.refresh())

    async def ask(self, text: str, before: Answer | None = None, most: int = answers.MOST_QUOTES) -> Answer:
        """Answer `text` with at most `most` quotes.

        `before` is the last answer in the same chat, for questions that follow up on it.
        """
        return (await self._found(partial(self._explained, text=text, before=before, most=most))).answer

    def explain(self, text: str, before: Answer | None = None) -> Explanation:
        """The answer to `text`, with all that was looked at for it."""
        return self._explained(self._library.snapshot, text, before)

    async def kept(
        self,
        article_id: str,
        span: Span,
        text: str,
        highlights: tuple[Span, ...] = (),
        also: tuple[str, ...] = (),
    ) -> Quote | None:
        """A quote that was shown once, from the article as it is now; None where its article or its words are gone.

        `also` are the ids of the further articles that told the same.
        """

        def quote(snapshot: Snapshot) -> Quote | None:
            article = snapshot.articles.get(article_id)
            others = [other for one in also if (other := snapshot.articles.get(one))]
            return quotations.again(article, span, text, highlights, others) if article else None

        return await self._found(quote)

    async def newest_on(self, text: str, limit: int) -> list[Article]:
        """The newest articles that hold all that `text` asks for; of all where it asks for nothing."""
        return await self._found(lambda snapshot: newest.newest(_understood(text, snapshot), snapshot, limit))

    async def timeline(self, text: str, limit: int) -> tuple[Quote, ...]:
        """Quotes that hold all that `text` asks for, the best one of each day, oldest first."""
        return await self._found(
            lambda snapshot: timelines.timeline(_understood(text, snapshot), snapshot, self._weights, limit)
        )

    async def titled(self, words: str, limit: int) -> list[Article]:
        """The articles whose titles hold these words, or half of them at least, best first."""
        return await self._found(lambda snapshot: titles.titled(words, _understood(words, snapshot), snapshot, limit))

    async def leads(self, quote: Quote) -> tuple[Lead, ...]:
        """What one may ask about next, from the passages around a quote; nothing where its article is gone."""

        def find(snapshot: Snapshot) -> tuple[Lead, ...]:
            there = quote.article.id in snapshot.articles
            return leads.leads(quote, snapshot.passages(quote.article.id)) if there else ()

        return await self._found(find)

    async def spelt(self, lead: Lead) -> Lead | None:
        """A lead with its names as the articles mostly print them; None where they know one of them only misspelt."""
        return await self._found(lambda snapshot: printed.spelt(lead, snapshot.index))

    async def article_where(self, fits: Callable[[str], bool]) -> Article | None:
        """The first article whose id fits; looks at one after the other."""

        def find(snapshot: Snapshot) -> Article | None:
            found = next(filter(fits, snapshot.articles), None)
            return snapshot.articles[found] if found is not None else None

        return await self._found(find)

    async def _found(self, work: Callable[[Snapshot], _T]) -> _T:
        """What `work` finds in what is served, in a worker; found once more where that turns out to be damaged."""
        loop = asyncio.get_running_loop()
        snapshot = self._library.snapshot
        try:
            return await loop.run_in_executor(self._workers, work, snapshot)
        except (*ERRORS, IndexUnusable) as error:
            await self._library.heal(snapshot, error)
            return await loop.run_in_executor(self._workers, work, self._library.snapshot)

    def _explained(
        self, snapshot: Snapshot, text: str, before: Answer | None, most: int = answers.MOST_QUOTES
    ) -> Explanation:
        return _Answering(snapshot, self._weights, self._threshold, most).explain(text, before)


def _understood(text: str, snapshot: Snapshot) -> Question:
    return understand(text, snapshot.index, snapshot.newest, languages=snapshot.languages)


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Meanwhile look for lost cycles only among what is made anew, and seldom: an answer leaves hardly any.

    Over a million passages looking took a twelfth of the time, and 80 ms in the middle of some answers.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Answering:
    """One question, answered from one snapshot."""

    def __init__(self, snapshot: Snapshot, fitted: weights.Weights, threshold: float, most: int) -> None:
        self._index, self._articles = snapshot.index, snapshot.articles
        self._newest, self._undated = snapshot.newest, snapshot.undated
        self._languages = snapshot.languages
        self._weights, self._threshold, self._most = fitted, threshold, most

    def explain(self, text: str, before: Answer | None = None) -> Explanation:
        """The answer to `text`, with all that was looked at for it."""
        question = understand(text, self._index, self._newest, before, self._languages)
        if question.smalltalk:
            return Explanation(Answer(question, "smalltalk", 1.0), None, self._weights, self._threshold)
        if self._newest is not None:
            question = hits.bounded(question, self._index, self._articles)
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
        terms = hits.sought(question.all_terms, self._index)
        found = hits.candidates(terms, self._index)
        if accounts.asks_position(question):
            found += accounts.with_positions(question, self._index.search(terms, FURTHER))
        return hits.ranked(hits.in_days(question, found, self._index, self._articles, self._newest))

    def _explained(self, question: Question) -> Explanation:
        ranking = rank(question, self._hits(question), self._articles, self._index.idf, self._weights)
        ranking = replace(ranking, articles=self._languages.get(question.language, 0))
        answer = answers.answer(question, ranking, self._weights, self._threshold, self._most)
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
        return self._undated - len({quote.article.id for quote in answer.quotes if quote.article.date is None})
