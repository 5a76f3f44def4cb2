"""Questions over a collection in, weights of views, features and signs out. Run as `python -m evaluation.fit`.

Passages and sentences are ranked by a linear model each, fitted so that a softmax over a question's candidates gives
the right ones most (ListNet's top-one loss, Cao et al. 2007); certainty is a logistic model. Every score is measured on
articles that the weights have not seen: two halves of the articles take turns.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.gold import GoldQuestion, read_gold
from evaluation.scores import LONGEST
from retrieval import (
    FEATURES,
    FITTED_FILE,
    SIGNS,
    VIEWS,
    Article,
    Candidate,
    Engine,
    EngineSettings,
    Explanation,
    Span,
    signs,
)

Matrix = NDArray[np.float64]
Tables = dict[str, dict[str, float]]

STEPS, RATE = 400, 0.1
"""Of gradient descent with Adam's step sizes (Kingma and Ba 2015)."""
RIDGE = 4.0
"""Weight of the squared weights against one question's loss."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question's candidates: a row of numbers for each, and which of them are right."""

    rows: Matrix
    right: NDArray[np.bool_]


def softmax_weights(groups: Sequence[Group], ridge: float = RIDGE) -> Matrix:
    """The weights under which a softmax over each group gives its right rows the most."""
    groups = [group for group in groups if group.right.any()]
    rows = np.concatenate([group.rows for group in groups])
    right = np.concatenate([group.right for group in groups])
    sizes = [len(group.rows) for group in groups]
    of = np.repeat(np.arange(len(groups)), sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    weights, mean, square = np.zeros((3, rows.shape[1]))
    for step in range(1, STEPS + 1):
        scores = rows @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        wanted = shares * right
        shares /= np.add.reduceat(shares, starts)[of]
        wanted /= np.add.reduceat(wanted, starts)[of]
        slope = (rows.T @ (shares - wanted) + ridge * weights) / len(groups)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def logistic_weights(rows: Matrix, right: NDArray[np.bool_], ridge: float = RIDGE) -> Matrix:
    """The weights of a logistic model, its bias last, by Newton's method; both outcomes count the same in all."""
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    shares = np.where(right, 0.5 / right.mean(), 0.5 / (1 - right.mean()))
    weights = np.zeros(rows.shape[1])
    penalty = ridge * np.eye(rows.shape[1])
    penalty[-1, -1] = 0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (shares * (chance - right)) + penalty @ weights
        curve = (rows.T * (shares * chance * (1 - chance))) @ rows + penalty
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


def auroc(good: Matrix, bad: Matrix) -> float:
    """The chance that one of the good scores more than one of the bad."""
    order = np.argsort(np.argsort(np.concatenate([bad, good]), kind="stable"))
    return float((order[len(bad) :] + 1).sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine saw for a question: its candidates, and what spoke for and against the best of them.

    `half` is the half of the articles, 0 or 1, that the question is about; one about none of them is of either in turn.
    """

    half: int
    answerable: bool
    passages: Group
    sentences: Group
    signs: Matrix


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of articles, and questions about them and about others."""

    corpus: Path
    questions: Sequence[GoldQuestion]

    async def seen(self, weights: Tables) -> list[Seen]:
        """What an engine with these weights sees for each question."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FITTED_FILE.name
            path.write_text(toml(weights), encoding="utf-8")
            async with Engine.open(EngineSettings(self.corpus, weights=path)) as engine:
                halves = {name: at % 2 for at, name in enumerate(sorted(engine.articles))}
                return [
                    _seen(gold, engine.explain(gold.question), engine.articles, halves, number)
                    for number, gold in enumerate(self.questions)
                ]


def _seen(
    gold: GoldQuestion,
    explanation: Explanation,
    articles: Mapping[str, Article],
    halves: Mapping[str, int],
    number: int,
) -> Seen:
    ranking = explanation.ranking
    passages = ranking.passages if ranking else ()
    sentences = ranking.sentences if ranking else ()
    accepted = {name: [span for one in gold.evidence for span in one.spans(articles[name])] for name in articles}
    about = next((name for name, spans in accepted.items() if spans), None)
    inside = [_overlaps(accepted[one.hit.passage.article_id], one.hit.passage.span) for one in passages]
    right = [_answers(gold, accepted, one.candidate) for one in sentences]
    return Seen(
        halves[about] if about else number % 2,
        about is not None,
        Group(_matrix(VIEWS, [one.views for one in passages]), np.array(inside, bool)),
        Group(_matrix(FEATURES, [one.features for one in sentences]), np.array(right, bool)),
        _matrix(SIGNS, [signs(sentences[0], ranking) if ranking and sentences else {}])[0],
    )


def _answers(gold: GoldQuestion, accepted: Mapping[str, Sequence[Span]], candidate: Candidate) -> bool:
    """Whether a sentence would be right as a quote."""
    text = candidate.sentence.text
    inside = _overlaps(accepted[candidate.context.article.id], candidate.sentence.span)
    return inside and len(text) <= LONGEST and any(answer in text for answer in gold.answers)


def _overlaps(spans: Iterable[Span], span: Span) -> bool:
    return any(one.overlaps(span) for one in spans)


def _matrix(names: Sequence[str], rows: Sequence[Mapping[str, float]]) -> Matrix:
    """A row for each mapping, a column for each name; what a mapping does not name is 0."""
    values = [row.get(name, 0.0) for row in rows for name in names]
    return np.array(values, dtype=float).reshape(len(rows), len(names))


@dataclass(frozen=True, slots=True)
class Reached:
    """How well weights do on some articles.

    The share of questions whose best sentence is right, and one of the best three; the chance that the confidence in
    such a question is above that in one about other articles, and the share of those that are answered when 95 % of
    the good ones are.
    """

    first: float
    within: float
    auroc: float
    foreign: float


async def fit(collection: Collection, hits: Sequence[Seen], halves: Sequence[int]) -> tuple[Tables, list[Seen]]:
    """The weights fitted to the questions about some halves of the articles, and what they see of all questions.

    Each part is fitted with the parts before it in use; `hits` is what is seen without any weights.
    """
    weights = unweighted()
    weights["passages"] = _named(VIEWS, softmax_weights([one.passages for one in hits if one.half in halves]))
    seen = await collection.seen(weights)
    weights["sentences"] = _named(FEATURES, softmax_weights([one.sentences for one in seen if one.half in halves]))
    seen = await collection.seen(weights)
    inside = [one for one in seen if one.half in halves]
    answerable = np.array([one.answerable for one in inside])
    weights["certainty"] = _named(
        (*SIGNS, "bias"), logistic_weights(np.array([one.signs for one in inside]), answerable)
    )
    return weights, seen


def unweighted() -> Tables:
    """Weights under which all passages, sentences and questions are alike."""
    return {"passages": {}, "sentences": {}, "certainty": {"bias": 0.0}}


def _named(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def reached(weights: Tables, seen: Sequence[Seen], half: int) -> Reached:
    """How well the weights do on one half of the articles."""
    inside = [one for one in seen if one.half == half]
    good = [one for one in inside if one.answerable]
    ranked = np.array(list(weights["sentences"].values()))
    first, within = right_within([one.sentences for one in good], ranked, (1, 3))
    counts = np.array(list(weights["certainty"].values())[:-1])
    sure = np.array([one.signs for one in good]) @ counts
    unsure = np.array([one.signs for one in inside if not one.answerable]) @ counts
    return Reached(first, within, auroc(sure, unsure), float((unsure >= np.quantile(sure, 0.05)).mean()))


async def run(collection: Collection, write: bool) -> None:
    """Fit on each half and on all, print what each reaches on each half, and write the weights fitted on all."""
    line = "{:<16} {:<16} {:>6} {:>7} {:>6} {:>8}\n"
    sys.stdout.write(line.format("FITTED ON", "TRIED ON", "FIRST", "WITHIN", "AUROC", "FOREIGN"))
    hits = await collection.seen(unweighted())
    for name, halves in (("one half", (0,)), ("the other half", (1,)), ("all", (0, 1))):
        weights, seen = await fit(collection, hits, halves)
        for half, tried in enumerate(("one half", "the other half")):
            score = reached(weights, seen, half)
            figures = [f"{figure:.3f}" for figure in (score.first, score.within, score.auroc, score.foreign)]
            sys.stdout.write(line.format(name, tried, *figures))
            sys.stdout.flush()
    if write:
        FITTED_FILE.write_text(toml(weights), encoding="utf-8")


def toml(weights: Tables) -> str:
    """The weights as a file that the engine reads; what counts nothing is left out."""
    return "\n".join(
        f"[{part}]\n" + "".join(f"{name} = {weight}\n" for name, weight in table.items() if weight or name == "bias")
        for part, table in weights.items()
    )


def main() -> None:
    """Read the arguments and fit."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.fit", description=__doc__)
    parser.add_argument("corpus", type=Path, help="the folder of articles")
    parser.add_argument("gold", type=Path, nargs="+", help="gold questions about them, and about others")
    parser.add_argument("--write", action="store_true", help=f"write {FITTED_FILE.name}")
    arguments = parser.parse_args()
    questions = [one for file in arguments.gold for one in read_gold(file)]
    asyncio.run(run(Collection(arguments.corpus, questions), arguments.write))


if __name__ == "__main__":
    main()
