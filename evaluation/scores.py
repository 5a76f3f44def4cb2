"""Gold questions and an engine in, how well it answers them out.

A reply is right at rank r when its r-th quote, of at most 600 characters, overlaps an accepted stretch of the same
article and holds an accepted answer; a question without evidence is right when it is not answered.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.gold import GoldQuestion
from retrieval import Answer, Engine, Quote

WITHIN = 3
"""How many quotes a reader is taken to read."""
LONGEST = 600
"""Characters of a quote that still answers; a longer one is an excerpt to search in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went: `rank` is that of the first right quote, from 1; None when none is right."""

    gold: GoldQuestion
    answer: Answer
    rank: int | None
    elapsed_ms: float

    @property
    def answered(self) -> bool:
        """Whether quotes were given."""
        return self.answer.status == "answered"

    @property
    def confidence(self) -> float:
        """How sure it was that the articles answer; small talk is sure of itself, not of them."""
        return 0.0 if self.answer.status == "smalltalk" else self.answer.confidence

    @property
    def first(self) -> bool:
        """Right at once."""
        return self.rank == 1 if self.gold.evidence else not self.answered

    @property
    def within(self) -> bool:
        """Right within three quotes."""
        return self.rank is not None and self.rank <= WITHIN if self.gold.evidence else self.first


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of right answers among `questions` questions."""

    questions: int
    first: float
    within: float


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, in the gold file's order."""

    outcomes: tuple[Outcome, ...]

    @property
    def by_kind(self) -> dict[str, Score]:
        """Scores by kind of question, in order of appearance."""
        kinds = dict.fromkeys(outcome.gold.kind for outcome in self.outcomes)
        return {kind: _score([one for one in self.outcomes if one.gold.kind == kind]) for kind in kinds}

    @property
    def answerable(self) -> Score:
        """The score over all questions that have an answer."""
        return _score([one for one in self.outcomes if one.gold.evidence])

    @property
    def unanswerable(self) -> Score:
        """The score over all questions that have none."""
        return _score([one for one in self.outcomes if not one.gold.evidence])

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The questions that were not right at once."""
        return tuple(one for one in self.outcomes if not one.first)

    @property
    def quotes(self) -> int:
        """How many quotes were given in all."""
        return sum(len(one.answer.quotes) for one in self.outcomes)

    @property
    def faithful(self) -> int:
        """How many of the quotes are verbatim and have a title, and a date or the mark that it is unknown."""
        return sum(_is_faithful(quote) for one in self.outcomes for quote in one.answer.quotes)

    @property
    def median_ms(self) -> float:
        """The median time for an answer, in milliseconds."""
        return statistics.median([one.elapsed_ms for one in self.outcomes] or [0.0])


async def evaluate(
    engine: Engine, gold: Sequence[GoldQuestion], progress: Callable[[int, int], None] | None = None
) -> Report:
    """Ask every question, after its `previous` one where it has one."""
    outcomes = []
    for done, one in enumerate(gold, 1):
        before = await engine.ask(one.previous) if one.previous else None
        start = time.perf_counter()
        answer = await engine.ask(one.question, before)
        elapsed = (time.perf_counter() - start) * 1000
        outcomes.append(Outcome(one, answer, rank_of(one, answer), elapsed))
        if progress:
            progress(done, len(gold))
    return Report(tuple(outcomes))


def rank_of(gold: GoldQuestion, answer: Answer) -> int | None:
    """The rank of the first right quote, from 1; None when none is right."""
    return next((rank for rank, quote in enumerate(answer.quotes, 1) if _is_right(gold, quote)), None)


def _is_right(gold: GoldQuestion, quote: Quote) -> bool:
    accepted = (span for evidence in gold.evidence for span in evidence.spans(quote.article))
    answers = len(quote.text) <= LONGEST and any(answer in quote.text for answer in gold.answers)
    return answers and any(span.overlaps(quote.span) for span in accepted)


def _is_faithful(quote: Quote) -> bool:
    article = quote.article
    dated = article.date is not None or article.date_source == "unknown"
    return quote.span.of(article.text) == quote.text and bool(article.title) and dated


def _score(outcomes: Sequence[Outcome]) -> Score:
    count = len(outcomes)
    share = 1 / count if count else 0.0
    return Score(count, sum(one.first for one in outcomes) * share, sum(one.within for one in outcomes) * share)
