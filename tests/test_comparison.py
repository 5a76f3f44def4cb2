"""Comparison: what was won and lost between two runs, and whether it is chance."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.comparison import compare, interval, mcnemar
from evaluation.runs import Result


def result(name: str, right: bool, *, answerable: bool = True, question: str = "Who?") -> Result:
    return Result(name, "fact", question, answerable, True, right, None, 0.5)


def test_compare():
    """Questions of both runs are won or lost, by whether they have an answer; those of one run are new or gone."""
    before = [result("a", False), result("b", True), result("c", True, answerable=False), result("d", True)]
    now = [result("a", True), result("b", True), result("c", False, answerable=False), result("e", True)]
    found = compare(before, now)
    assert [(now[0],), (now[2],), (now[3],), (before[3],)] == [found.won, found.lost, found.new, found.gone]
    change = found.answerable
    assert (2, 0.5, 1.0, 1, 0) == (change.questions, change.before, change.now, change.won, change.lost)
    assert (1, 0, 1, -1.0) == (
        found.unanswerable.questions,
        found.unanswerable.won,
        found.unanswerable.lost,
        found.unanswerable.difference,
    )
    assert (3, 1, 1, 0.0) == (found.all.questions, found.all.won, found.all.lost, found.all.difference)


def test_same_question():
    """A question in other words is another one, and so is one with another name."""
    found = compare([result("a", True), result("b", True)], [result("a", True, question="Why?"), result("c", True)])
    assert (0, 2, 2) == (found.all.questions, len(found.new), len(found.gone))


def test_nothing_in_common():
    """Where no question is in both runs, nothing changed."""
    change = compare([], [result("a", True)]).all
    assert (0, 0.0, 0.0, 1.0, (0.0, 0.0)) == (change.questions, change.before, change.now, change.p, change.interval)


@pytest.mark.parametrize(
    ("won", "lost", "p"),
    [(0, 0, 1), (1, 0, 1), (5, 0, Fraction(1, 16)), (6, 0, Fraction(1, 32)), (1, 7, Fraction(18, 256)), (4, 4, 1)],
)
def test_mcnemar(won, lost, p):
    """The p-value is that of a fair coin thrown as often as questions changed."""
    assert pytest.approx(float(p)) == mcnemar(won, lost) == mcnemar(lost, won)


def test_mcnemar_of_many():
    """Thousands of changes are counted exactly, too."""
    assert 1.0 == mcnemar(2000, 2000)
    assert 0 < mcnemar(2100, 1900) < 0.01


def test_chance():
    """Six gains without a loss are more than chance, five are not."""
    runs = [([result(str(n), False) for n in range(k)], [result(str(n), True) for n in range(k)]) for k in (5, 6)]
    assert [True, False] == [compare(before, now).all.is_chance for before, now in runs]


def test_interval():
    """The interval is the one that drawing the questions themselves anew gives, the same at each call."""
    changes = np.array([1] * 30 + [-1] * 12 + [0] * 158)
    drawn = np.random.default_rng(7).choice(changes, (4000, len(changes))).mean(axis=1)
    assert pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.011) == interval(200, 30, 12)
    assert interval(200, 30, 12) == interval(200, 30, 12)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_interval_holds_the_difference(won, lost, same):
    """The difference that was measured lies in its interval."""
    questions = won + lost + same
    low, high = interval(questions, won, lost)
    assert low <= (won - lost) / (questions or 1) <= high


def test_order():
    """Another order of the questions makes no difference to what is won and lost."""
    before = [result(name, right) for name, right in zip("abcd", (True, False, True, False), strict=True)]
    now = [replace(one, right=right) for one, right in zip(before, (False, True, True, False), strict=True)]
    shares = {compare(old, new).all for old, new in product((before, before[::-1]), (now, now[::-1]))}
    assert 1 == len(shares)
