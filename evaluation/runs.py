"""A Report in, the fields of `eval --json` out; and such a file in, out how each of its questions went."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.confidence import calibration, separation
from evaluation.scores import Report
from retrieval import RetrievalError


class RunInvalid(RetrievalError, ValueError):
    """A file that `eval --json` did not write."""

    code = "run_invalid"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


@dataclass(frozen=True, slots=True)
class Result:
    """How one question went, as it is kept: whether it has an answer, was answered, and was right at once."""

    id: str
    kind: str
    question: str
    answerable: bool
    answered: bool
    right: bool
    rank: int | None
    confidence: float


def results(report: Report) -> list[Result]:
    """How each question went."""
    return [
        Result(
            id=one.gold.id,
            kind=one.gold.kind,
            question=one.gold.question,
            answerable=bool(one.gold.evidence),
            answered=one.answered,
            right=one.first,
            rank=one.rank,
            confidence=round(one.confidence, 4),
        )
        for one in report.outcomes
    ]


def fields(report: Report, files: Mapping[str, Report]) -> dict[str, object]:
    """What is kept of a run: the scores of all questions and of each file's, and how each question went."""
    apart = separation(report.outcomes)
    return {
        **_scores(report),
        "quotes": report.quotes,
        "faithful": report.faithful,
        "median_ms": round(report.median_ms, 3),
        "separation": asdict(apart) if apart else None,
        "calibration_error": calibration(report.outcomes).error,
        "failures": [outcome.gold.id for outcome in report.failures],
        "files": {name: _scores(one) for name, one in files.items()},
        "questions": [asdict(result) for result in results(report)],
    }


def read_run(path: Path) -> list[Result]:
    """The results that `eval --json` kept. Raises RunInvalid, and OSError where the file can't be read."""
    raw = path.read_bytes()
    try:
        match json.loads(raw):
            case {"questions": list(kept)}:
                return [_result(one) for one in kept]
    except (ValueError, RecursionError):
        pass
    raise RunInvalid(path)


def _scores(report: Report) -> dict[str, object]:
    return {
        "answerable": asdict(report.answerable),
        "unanswerable": asdict(report.unanswerable),
        "by_kind": {kind: asdict(score) for kind, score in report.by_kind.items()},
    }


def _result(kept: object) -> Result:
    match kept:
        case {
            "id": str(name),
            "kind": str(kind),
            "question": str(question),
            "answerable": bool(answerable),
            "answered": bool(answered),
            "right": bool(right),
            "rank": int() | None as rank,
            "confidence": int() | float() as confidence,
        }:
            return Result(name, kind, question, answerable, answered, right, rank, confidence)
    raise ValueError
