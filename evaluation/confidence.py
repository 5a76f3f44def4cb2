"""Outcomes in, out what their confidence is worth: what it tells apart, and how often it is right."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.scores import Outcome

REACH = 0.95
"""The share of the questions with an answer that one would like to see answered."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Separation:
    """How far the confidence tells questions that have an answer from those that have none.

    `answered` and `misled` are the shares of the two that were answered; `reach` is the confidence that 95 % or more of
    the first have, and `answered_at_reach` and `misled_at_reach` are the shares of the two that have it.
    """

    auroc: float
    answered: float
    misled: float
    reach: float
    answered_at_reach: float
    misled_at_reach: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: how many, how many of them right at once, and their mean confidence."""

    answers: int
    right: int
    confidence: float

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.right / self.answers


@dataclass(frozen=True, slots=True)
class Calibration:
    """The answers by confidence, in `BINS` bins of the same width; None where a bin has no answer."""

    bins: tuple[Bin | None, ...]

    @property
    def answers(self) -> int:
        """How many answers there are in all."""
        return sum(one.answers for one in self.bins if one)

    @property
    def error(self) -> float:
        """The expected calibration error: how far, on average, an answer's confidence is from the share right."""
        return sum(one.answers * abs(one.share - one.confidence) for one in self.bins if one) / (self.answers or 1)


def separation(outcomes: Sequence[Outcome]) -> Separation | None:
    """What the confidence tells apart; None without questions of both sorts."""
    answerable = sorted(one.confidence for one in outcomes if one.gold.evidence)
    unanswerable = sorted(one.confidence for one in outcomes if not one.gold.evidence)
    if not answerable or not unanswerable:
        return None
    reach = answerable[len(answerable) - math.ceil(REACH * len(answerable))]
    return Separation(
        auroc=auroc(answerable, unanswerable),
        answered=_answered([one for one in outcomes if one.gold.evidence]),
        misled=_answered([one for one in outcomes if not one.gold.evidence]),
        reach=reach,
        answered_at_reach=_reaching(answerable, reach),
        misled_at_reach=_reaching(unanswerable, reach),
    )


def calibration(outcomes: Sequence[Outcome]) -> Calibration:
    """How often answers were right. Only of what was answered is that known: a threshold of 0 shows the whole range."""
    bins: list[list[Outcome]] = [[] for _ in range(BINS)]
    for one in outcomes:
        if one.answered:
            bins[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return Calibration(tuple(_bin(found) if found else None for found in bins))


def auroc(answerable: Iterable[float], unanswerable: Iterable[float]) -> float:
    """How often, of a question of each sort, the one with an answer has the higher confidence; a tie counts half.

    The area under the receiver operating characteristic, as the Mann-Whitney statistic.
    """
    answerable, unanswerable = list(answerable), sorted(unanswerable)
    twice = sum(bisect_left(unanswerable, one) + bisect_right(unanswerable, one) for one in answerable)
    return twice / (2 * len(answerable) * len(unanswerable))


def _answered(outcomes: Sequence[Outcome]) -> float:
    return sum(one.answered for one in outcomes) / len(outcomes)


def _reaching(ascending: Sequence[float], least: float) -> float:
    return 1 - bisect_left(ascending, least) / len(ascending)


def _bin(outcomes: Sequence[Outcome]) -> Bin:
    confidence = sum(one.confidence for one in outcomes) / len(outcomes)
    return Bin(len(outcomes), sum(one.first for one in outcomes), confidence)
