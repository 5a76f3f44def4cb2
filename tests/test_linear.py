"""Linear models find what tells right rows from wrong ones, and their figures are what counting by hand gives."""

import numpy as np
import pytest

from evaluation.linear import Group, logistic_weights, right_within, softmax_weights


def group(*rows: tuple[float, ...], right: int | None = 0, count: float = 1.0) -> Group:
    """Rows of which one is right, or none."""
    return Group(np.array(rows, float), np.array([at == right for at in range(len(rows))]), count)


def drawn(true: np.ndarray, questions: int = 200) -> list[Group]:
    """Groups of five rows drawn at random, of which the one that scores most by some weights is right."""
    chance = np.random.default_rng(7)
    tables = [chance.normal(size=(5, len(true))) for _ in range(questions)]
    return [Group(rows, np.arange(5) == np.argmax(rows @ true)) for rows in tables]


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_softmax_finds_the_direction():
    """Where the right row of each group is the one that some weights prefer, those are found but for their length."""
    true = np.array([2.0, -1.0, 0.0, 0.5])
    groups = drawn(true)
    found = softmax_weights(groups)
    assert cosine(true, found) > 0.98
    assert right_within(groups, found, [1])[0] > 0.9


def test_softmax_against_its_slope():
    """At the weights that are found, the loss with its ridge is flat."""
    groups = [group((1, 0), (0, 1), (1, 1)), group((0, 2), (1, 0), right=1, count=3.0), group((1, 1), (0, 0))]
    ridge = 0.5
    found = softmax_weights(groups, ridge)
    slope = ridge * found
    for one in groups:
        shares = np.exp(one.rows @ found)
        slope += one.count * (one.rows.T @ (shares / shares.sum()) - one.rows[one.right].sum(axis=0))
    assert pytest.approx([0, 0], abs=1e-3) == slope


def test_groups_without_a_right_row():
    """A question none of whose candidates is right teaches nothing."""
    groups = [group((1, 0), (0, 1)), group((2, 0), (0, 1))]
    assert softmax_weights(groups).tolist() == softmax_weights([*groups, group((0, 9), (9, 0), right=None)]).tolist()


def test_counts():
    """Where two questions contradict each other, the one that counts more prevails."""
    one, other = (group((1, 0), (0, 1), right=right, count=count) for right, count in ((0, 1.0), (1, 2.0)))
    left, right = softmax_weights([one, other])
    assert left < right


def test_several_right_rows():
    """Where several rows are right, it is enough that one of them scores most."""
    both = Group(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), np.array([True, True, False]))
    left, right = softmax_weights([both])
    assert left > 0 > right


def test_ridge():
    """The more the squared weights count, the smaller they are."""
    groups = drawn(np.array([1.0, 1.0]), 20)
    assert np.linalg.norm(softmax_weights(groups, 100.0)) < np.linalg.norm(softmax_weights(groups, 1.0))


def test_logistic_finds_the_direction():
    """Outcomes drawn by a logistic model give its weights and its bias again."""
    chance = np.random.default_rng(7)
    true, bias = np.array([1.5, -2.0, 0.0]), 0.5
    rows = chance.normal(size=(4_000, 3))
    right = chance.random(4_000) < 1 / (1 + np.exp(-rows @ true - bias))
    found = logistic_weights(rows, right, np.ones(4_000))
    assert pytest.approx([*true, bias], abs=0.2) == found


def test_logistic_counts():
    """A row that counts three times is as good as three rows."""
    rows, right = np.array([[0.0], [1.0], [2.0], [0.5]]), np.array([False, True, True, True])
    thrice = logistic_weights(rows, right, np.array([1.0, 1.0, 1.0, 3.0]))
    copies = np.array([0, 1, 2, 3, 3, 3])
    assert pytest.approx(logistic_weights(rows[copies], right[copies], np.ones(6))) == thrice


def test_right_within():
    """A group is right within a rank when a right row is among the first so many; of equals the first comes first."""
    groups = [group((3,), (2,), (1,), right=right) for right in (0, 2, None)] + [group((1,), (1,), right=1)]
    assert [1 / 4, 2 / 4, 3 / 4] == right_within(groups, np.ones(1), [1, 2, 3]).tolist()
