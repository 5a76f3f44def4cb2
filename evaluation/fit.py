"""Questions over a collection in, weights of views, features and signs out. Run as `python -m evaluation.fit`.

Passages and sentences are ranked by a linear model each, fitted so that a softmax over a question's candidates gives
the right ones most (ListNet's top-one loss, Cao et al. 2007); certainty is a logistic model. Several collections may be
fitted to at once; each counts by the square root of its number of questions, so that a large one does not decide alone.
Two halves of each collection's articles take turns: what is fitted to one is tried on the other.
"""

import argparse
import asyncio
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.confidence import auroc
from evaluation.gold import GoldQuestion, read_gold
from evaluation.linear import Group, Matrix, logistic_weights, right_within, softmax_weights
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

Tables = dict[str, dict[str, float]]

_HEADS = ("COLLECTION", "FITTED TO", "TRIED ON", "FIRST", "WITHIN", "AUROC", "FOREIGN")
_MADE = (
    "Made by python -m evaluation.fit. FIRST: the best sentence is right; WITHIN: one of the best three is; AUROC: the",
    "confidence in a question with an answer is above that in one without; FOREIGN: of those without, the share",
    "answered when 95 % of those with one are.",
    "",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine saw for a question: its candidates, and what spoke for and against the best of them.

    `half` is the half of the articles, 0 or 1, that the question is about; one about none of them is of either in turn.
    `file` is the gold file that it is from.
    """

    half: int
    file: Path
    answerable: bool
    passages: Group
    sentences: Group
    signs: Matrix


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of articles, and files of questions about them and about others."""

    corpus: Path
    files: Sequence[Path]

    async def seen(self, weights: Tables) -> list[Seen]:
        """What an engine with these weights sees for each question."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FITTED_FILE.name
            path.write_text(toml(weights), encoding="utf-8")
            async with Engine.open(EngineSettings(self.corpus, weights=path)) as engine:
                found = []
                for file in self.files:
                    for number, gold in enumerate(read_gold(file)):
                        before = await engine.ask(gold.previous) if gold.previous else None
                        found.append(_seen(file, number, gold, engine.explain(gold.question, before), engine.articles))
                return found


def _seen(
    file: Path, number: int, gold: GoldQuestion, explanation: Explanation, articles: Mapping[str, Article]
) -> Seen:
    ranking = explanation.ranking
    passages = ranking.passages if ranking else ()
    sentences = ranking.sentences if ranking else ()
    accepted = {name: [span for one in gold.evidence for span in one.spans(articles[name])] for name in articles}
    about = next((at for at, name in enumerate(sorted(accepted)) if accepted[name]), None)
    inside = [_overlaps(accepted[one.hit.passage.article_id], one.hit.passage.span) for one in passages]
    right = [_answers(gold, accepted, one.candidate) for one in sentences]
    return Seen(
        (number if about is None else about) % 2,
        file,
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

    def __str__(self) -> str:
        return f"{self.first:6.3f} {self.within:7.3f} {self.auroc:6.3f} {self.foreign:8.3f}"


async def fit(
    collections: Sequence[Collection], unweighted: Sequence[Sequence[Seen]], halves: Sequence[int]
) -> tuple[Tables, list[list[Seen]]]:
    """The weights fitted to the questions about some halves of the articles, and what they see of all questions.

    Each part is fitted with the parts before it in use; `unweighted` is what is seen without any.
    """
    weights = no_weights()
    weights["passages"] = _named(VIEWS, softmax_weights(_groups(unweighted, halves, "passages")))
    seen = [await one.seen(weights) for one in collections]
    weights["sentences"] = _named(FEATURES, softmax_weights(_groups(seen, halves, "sentences")))
    seen = [await one.seen(weights) for one in collections]
    rows, answerable, counts = _outcomes(seen, halves)
    weights["certainty"] = _named((*SIGNS, "bias"), logistic_weights(rows, answerable, counts))
    return weights, seen


def no_weights() -> Tables:
    """Weights under which all passages, sentences and questions are alike."""
    return {"passages": {}, "sentences": {}, "certainty": {"bias": 0.0}}


def _groups(seen: Sequence[Sequence[Seen]], halves: Sequence[int], part: str) -> list[Group]:
    """The candidates of the questions that have an answer."""
    chosen = [[one for one in collection if one.answerable and one.half in halves] for collection in seen]
    sizes = [len(collection) for collection in chosen]
    return [
        replace(getattr(one, part), count=math.sqrt(max(sizes) / len(collection)))
        for collection in chosen
        for one in collection
    ]


def _outcomes(seen: Sequence[Sequence[Seen]], halves: Sequence[int]) -> tuple[Matrix, NDArray[np.bool_], Matrix]:
    """The signs for each question, whether it has an answer, and how much it counts.

    Those with an answer count as much as those without, and of these one file's as much as another's: few questions
    that come near weigh like many about something else.
    """
    rows, answerable, counts = [], [], []
    for collection in seen:
        inside = [one for one in collection if one.half in halves]
        whole = math.sqrt(sum(one.answerable for one in inside))
        sizes = Counter((one.answerable, one.file) for one in inside)
        files = Counter(has_answer for has_answer, _ in sizes)
        rows += [one.signs for one in inside]
        answerable += [one.answerable for one in inside]
        counts += [whole / files[one.answerable] / sizes[one.answerable, one.file] for one in inside]
    mean = np.array(counts) * len(counts) / sum(counts)
    return np.array(rows), np.array(answerable, bool), mean


def _named(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def reached(weights: Tables, seen: Sequence[Seen], half: int) -> Reached:
    """How well the weights do on one half of a collection's articles."""
    inside = [one for one in seen if one.half == half]
    good = [one for one in inside if one.answerable]
    ranked = np.array(list(weights["sentences"].values()))
    first, within = right_within([one.sentences for one in good], ranked, (1, 3))
    counts = np.array(list(weights["certainty"].values())[:-1])
    sure = np.array([one.signs for one in good]) @ counts
    unsure = np.array([one.signs for one in inside if not one.answerable]) @ counts
    return Reached(first, within, auroc(sure, unsure), float((unsure >= np.quantile(sure, 0.05)).mean()))


async def run(collections: Sequence[Collection]) -> str:
    """Fit to each half and to all, print what each reaches on each half; the file of the weights fitted to all."""
    lines = ["{:<15} {:<16} {:<16} {:>6} {:>7} {:>6} {:>8}".format(*_HEADS)]
    sys.stdout.write(f"{lines[0]}\n")
    unweighted = [await one.seen(no_weights()) for one in collections]
    for name, halves in (("one half", (0,)), ("the other half", (1,)), ("all", (0, 1))):
        weights, seen = await fit(collections, unweighted, halves)
        for collection, own in zip(collections, seen, strict=True):
            for half, tried in enumerate(("one half", "the other half")):
                line = f"{collection.corpus.name:<15} {name:<16} {tried:<16} {reached(weights, own, half)}"
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
                lines.append(line)
    return "".join(f"# {line}".rstrip() + "\n" for line in (*_MADE, *lines)) + f"\n{toml(weights)}"


def toml(weights: Tables) -> str:
    """The weights as a file that the engine reads; what counts nothing is left out."""
    return "\n".join(
        f"[{part}]\n" + "".join(f"{name} = {weight}\n" for name, weight in table.items() if weight or name == "bias")
        for part, table in weights.items()
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and fit."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.fit", description=__doc__)
    parser.add_argument(
        "--collection",
        action="append",
        nargs="+",
        type=Path,
        required=True,
        metavar=("CORPUS", "GOLD"),
        help="a folder of articles, and gold files with questions about them and about others",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"write the weights, as to {FITTED_FILE.name}")
    given = parser.parse_args(arguments)
    if any(len(collection) < 2 for collection in given.collection):
        parser.error("--collection needs a folder of articles and at least one gold file")
    made = asyncio.run(run([Collection(corpus, files) for corpus, *files in given.collection]))
    if given.out:
        given.out.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
