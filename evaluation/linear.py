"""Rows of numbers and which of them are right in, the weights of linear models out, and how well they do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

STEPS, RATE = 400, 0.1
"""Of gradient descent with Adam's step sizes (Kingma and Ba 2015)."""
RIDGE = 4.0
"""Weight of the squared weights against one question's loss."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question's candidates: a row of numbers for each, which of them are right, and how much the question counts."""

    rows: Matrix
    right: NDArray[np.bool_]
    count: float = 1.0


def softmax_weights(groups: Sequence[Group], ridge: float = RIDGE) -> Matrix:
    """The weights under which a softmax over each group gives its right rows the most."""
    groups = [group for group in groups if group.right.any()]
    rows = np.concatenate([group.rows for group in groups])
    right = np.concatenate([group.right for group in groups])
    sizes = [len(group.rows) for group in groups]
    of = np.repeat(np.arange(len(groups)), sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    counts = np.array([group.count for group in groups])
    weights, mean, square = np.zeros((3, rows.shape[1]))
    for step in range(1, STEPS + 1):
        scores = rows @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        wanted = shares * right
        shares /= np.add.reduceat(shares, starts)[of]
        wanted /= np.add.reduceat(wanted, starts)[of]
        slope = (rows.T @ (counts[of] * (shares - wanted)) + ridge * weights) / counts.sum()
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def logistic_weights(rows: Matrix, right: NDArray[np.bool_], counts: Matrix, ridge: float = RIDGE) -> Matrix:
    """The weights of a logistic model, its bias last, by Newton's method; `counts` is how much each row counts."""
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    weights = np.zeros(rows.shape[1])
    penalty = ridge * np.eye(rows.shape[1])
    penalty[-1, -1] = 0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (counts * (chance - right)) + penalty @ weights
        curve = (rows.T * (counts * chance * (1 - chance))) @ rows + penalty
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def right_within(groups: Iterable[Group], weights: Matrix, ranks: Sequence[int]) -> Matrix:
    """The share of groups with a right row among the first of each of these `ranks`."""
    found = []
    for group in groups:
        order = np.argsort(-(group.rows @ weights), kind="stable")
        found.append([group.right[order[:rank]].any() for rank in ranks])
    shares: Matrix = np.array(found, dtype=float).mean(axis=0)
    return shares
