"""How questions went before and how they go now in, which were won and lost and whether that is chance out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.runs import Result

CHANCE = 0.05
"""From this p-value on, a difference may well be chance."""
RESAMPLES = 10_000
SEED = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Shares right at once before and now, and how many of the questions turned right (`won`) or wrong (`lost`).

    `p` is that of an exact McNemar test, `interval` the 95 % interval of the difference by a paired bootstrap.
    """

    questions: int
    before: float
    now: float
    won: int
    lost: int
    p: float
    interval: tuple[float, float]

    @property
    def difference(self) -> float:
        """By how much the share is higher now."""
        return self.now - self.before

    @property
    def is_chance(self) -> bool:
        """Whether chance alone could well make such a difference."""
        return self.p >= CHANCE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side: the questions that both asked, and those that only one did."""

    answerable: Change
    unanswerable: Change
    all: Change
    won: tuple[Result, ...]
    lost: tuple[Result, ...]
    new: tuple[Result, ...]
    gone: tuple[Result, ...]


def compare(before: Sequence[Result], now: Sequence[Result]) -> Comparison:
    """What changed. A question is the same when its id and its words are."""
    old = {(one.id, one.question): one for one in before}
    new = {(one.id, one.question): one for one in now}
    pairs = [(old[key], one) for key, one in new.items() if key in old]
    return Comparison(
        answerable=_change([pair for pair in pairs if pair[1].answerable]),
        unanswerable=_change([pair for pair in pairs if not pair[1].answerable]),
        all=_change(pairs),
        won=tuple(one for past, one in pairs if one.right and not past.right),
        lost=tuple(one for past, one in pairs if past.right and not one.right),
        new=tuple(one for key, one in new.items() if key not in old),
        gone=tuple(one for key, one in old.items() if key not in new),
    )


def mcnemar(won: int, lost: int) -> float:
    """The exact two-sided p-value of so many gains against so many losses, each as likely as the other."""
    changed = won + lost
    tail = sum(math.comb(changed, fewer) for fewer in range(min(won, lost) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def interval(questions: int, won: int, lost: int) -> tuple[float, float]:
    """The 95 % interval of the difference of shares, by drawing as many questions anew, each with both its results.

    A drawn question counts +1, -1 or 0, so that drawing from all comes to drawing how many of each there are.
    """
    if not questions:
        return 0.0, 0.0
    shares = np.array([won, lost, questions - won - lost]) / questions
    drawn = np.random.default_rng(SEED).multinomial(questions, shares, size=RESAMPLES)
    low, high = np.quantile((drawn[:, 0] - drawn[:, 1]) / questions, [0.025, 0.975])
    return float(low), float(high)


def _change(pairs: Sequence[tuple[Result, Result]]) -> Change:
    count = len(pairs)
    won = sum(one.right and not past.right for past, one in pairs)
    lost = sum(past.right and not one.right for past, one in pairs)
    return Change(
        questions=count,
        before=sum(past.right for past, _ in pairs) / (count or 1),
        now=sum(one.right for _, one in pairs) / (count or 1),
        won=won,
        lost=lost,
        p=mcnemar(won, lost),
        interval=interval(count, won, lost),
    )
