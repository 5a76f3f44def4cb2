"""What the confidence is worth: worked out by hand for a few questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.confidence import BINS, Bin, Separation, calibration, separation
from evaluation.gold import Evidence, GoldQuestion
from evaluation.scores import Outcome
from retrieval import Answer, Question


def outcome(confidence: float, *, answerable: bool = True, answered: bool = True, right: bool = False) -> Outcome:
    gold = GoldQuestion("1", "fact", "?", evidence=(Evidence("a", "b"),) if answerable else ())
    answer = Answer(Question("?"), "answered" if answered else "not_found", confidence)
    return Outcome(gold, answer, 1 if right else None, 1.0)


def test_separation():
    """AUROC counts the pairs in the right order, ties half; the shares are of what was answered, and at the reach."""
    outcomes = [
        outcome(0.9),
        outcome(0.4, answered=False),
        outcome(0.4, answerable=False),
        outcome(0.1, answerable=False, answered=False),
    ]
    assert Separation(3.5 / 4, 0.5, 0.5, reach=0.4, answered_at_reach=1.0, misled_at_reach=0.5) == separation(outcomes)


def test_reach():
    """The reach is the highest confidence that 95 % of the questions with an answer have."""
    answerable = [outcome(number / 100) for number in range(1, 41)]
    found = separation([*answerable, outcome(0.02, answerable=False), outcome(0.03, answerable=False)])
    assert (0.03, pytest.approx(0.95), 0.5) == (found.reach, found.answered_at_reach, found.misled_at_reach)


@pytest.mark.parametrize("outcomes", [[], [outcome(0.5)], [outcome(0.5, answerable=False)]])
def test_one_sort(outcomes):
    """With questions of one sort alone there is nothing to tell apart."""
    assert separation(outcomes) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_auroc(answerable, unanswerable):
    """AUROC is the share of pairs in which the question with an answer has the higher confidence."""
    outcomes = [*map(outcome, answerable), *(outcome(one, answerable=False) for one in unanswerable)]
    pairs = [(one > other) + (one == other) / 2 for one in answerable for other in unanswerable]
    assert pytest.approx(sum(pairs) / len(pairs)) == separation(outcomes).auroc


def test_calibration():
    """Answers of about the same confidence stand together; the error is their distance from the share right."""
    outcomes = [
        outcome(1.0, right=True),
        outcome(0.95, right=True),
        outcome(0.9, answerable=False),
        outcome(0.25, right=True),
        outcome(0.2),
        outcome(0.1, answered=False),
    ]
    found = calibration(outcomes)
    low, high = found.bins[2], found.bins[9]
    assert (Bin(2, 1, pytest.approx(0.225)), Bin(3, 2, pytest.approx(0.95))) == (low, high)
    assert (0.5, pytest.approx(2 / 3)) == (low.share, high.share)
    assert {None} == set(found.bins) - {low, high}
    assert (BINS, 5) == (len(found.bins), found.answers)
    assert pytest.approx((2 * (0.5 - 0.225) + 3 * (0.95 - 2 / 3)) / 5) == found.error


def test_nothing_answered():
    """Without an answer there is no error."""
    assert (0, 0.0) == (calibration([]).answers, calibration([outcome(0.1, answered=False)]).error)
