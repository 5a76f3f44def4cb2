"""The one door: a corpus folder in, `ask` out."""

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace

from retrieval import accounts, answers, events, hits, weights
from retrieval.errors import CacheBusy
from retrieval.explanations import Explanation
from retrieval.freshness import Freshness
from retrieval.index.base import Snapshot
from retrieval.index.disk import IndexUnusable
from retrieval.library import Library
from retrieval.models import Answer, Article, EngineSettings, Hit, LeftOut, Passage, Question, SyncReport
from retrieval.periods import asked_words
from retrieval.questions import understand
from retrieval.ranking import rank
from retrieval.store import ERRORS
from retrieval.sync import Progress

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
    def articles(self) -> Mapping[str, Article]:
        """What is served, by id and in that order."""
        return self._library.snapshot.articles

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article. Raises KeyError where it is not served."""
        return self._library.snapshot.passages(article_id)

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

    async def left_out(self) -> AsyncGenerator[LeftOut, None]:
        """All that is left out, by path; the report has only the first of it."""
        async with aclosing(self._library.left_out()) as found:
            async for one in found:
                yield one

    async def ask(self, text: str, before: Answer | None = None) -> Answer:
        """Answer `text`; `before` is the last answer in the same chat, for questions that follow up on it."""
        snapshot = self._library.snapshot
        try:
            return await self._answer(snapshot, text, before)
        except (*ERRORS, IndexUnusable) as error:
            await self._library.heal(snapshot, error)
            return await self._answer(self._library.snapshot, text, before)

    def explain(self, text: str, before: Answer | None = None) -> Explanation:
        """The answer to `text`, with all that was looked at for it."""
        return self._explained(self._library.snapshot, text, before)

    async def _answer(self, snapshot: Snapshot, text: str, before: Answer | None) -> Answer:
        loop = asyncio.get_running_loop()
        return (await loop.run_in_executor(self._workers, self._explained, snapshot, text, before)).answer

    def _explained(self, snapshot: Snapshot, text: str, before: Answer | None) -> Explanation:
        return _Answering(snapshot, self._weights, self._threshold).explain(text, before)


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

    def __init__(self, snapshot: Snapshot, fitted: weights.Weights, threshold: float) -> None:
        self._index, self._articles = snapshot.index, snapshot.articles
        self._newest, self._undated = snapshot.newest, snapshot.undated
        self._weights, self._threshold = fitted, threshold

    def explain(self, text: str, before: Answer | None = None) -> Explanation:
        """The answer to `text`, with all that was looked at for it."""
        question = understand(text, self._index, self._newest, before)
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
        return self._undated - len({quote.article.id for quote in answer.quotes if quote.article.date is None})
