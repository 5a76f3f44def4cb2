"""A JSON Lines file of gold questions in, GoldQuestions out.

Each line is an object with `question` and either `evidence` (a list of accepted sentences: the start of the file's name
as `article`, and the `sentence`), or `article`, `start` and `end` (the accepted stretch of that file); with `answers`,
the accepted strings. A question without either has no answer in the articles. `id`, `kind` and `previous` (the question
asked just before in the same chat) may be left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval import Article, RetrievalError, Span


class GoldInvalid(RetrievalError, ValueError):
    """A line of a gold file that is no gold question."""

    code = "gold_invalid"

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(path=path, line=line, problem=problem)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an accepted answer stands: in the files whose name begins with `article`, a sentence or a stretch."""

    article: str
    sentence: str = ""
    stretch: Span | None = None

    def spans(self, article: Article) -> list[Span]:
        """The accepted stretches of an article's text."""
        if not article.id.startswith(self.article):
            return []
        if self.stretch is not None:
            return [self.stretch]
        found, at = [], article.text.find(self.sentence)
        while at >= 0:
            found.append(Span(at, at + len(self.sentence)))
            at = article.text.find(self.sentence, at + 1)
        return found


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with the answers and places that count as right; without evidence it has no answer."""

    id: str
    kind: str
    question: str
    previous: str = ""
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class _Unexpected(ValueError):
    """What should stand where something else does."""


def read_gold(path: Path) -> list[GoldQuestion]:
    """All questions of a gold file. Raises GoldInvalid, naming the line, and OSError where it can't be read."""
    raw = path.read_bytes()
    try:
        lines = raw.decode("utf-8-sig").split("\n")  # splitlines() cuts at U+2028 too, which may stand in a string
    except UnicodeDecodeError as error:
        raise GoldInvalid(path, raw.count(b"\n", 0, error.start) + 1, "Expecting UTF-8") from None
    return [_parsed(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(path: Path, number: int, line: str) -> GoldQuestion:
    try:
        return _gold_question(number, json.loads(line))
    except json.JSONDecodeError as error:
        raise GoldInvalid(path, number, error.msg) from None
    except _Unexpected as expected:
        raise GoldInvalid(path, number, f"Expecting {expected}") from None


def _gold_question(number: int, fields: object) -> GoldQuestion:
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        raise _Unexpected('"question": "…"')
    return GoldQuestion(
        id=str(fields.get("id", number)),
        kind=str(fields.get("kind", "question")),
        question=fields["question"],
        previous=str(fields.get("previous", "")),
        answers=_answers(fields.get("answers", [])),
        evidence=_evidence(fields),
    )


def _answers(accepted: object) -> tuple[str, ...]:
    match accepted:
        case list() if all(isinstance(one, str) for one in accepted):
            return tuple(accepted)
    raise _Unexpected('"answers": ["…"]')


def _evidence(fields: Mapping[str, object]) -> tuple[Evidence, ...]:
    match fields:
        case {"article": str(article), "start": int(start), "end": int(end)}:
            return (Evidence(article, stretch=Span(start, end)),)
        case {"start": _} | {"end": _}:
            raise _Unexpected('"article": "…", "start": 0, "end": 9')
    match fields.get("evidence", []):
        case list(accepted):
            return tuple(map(_accepted, accepted))
    raise _Unexpected('"evidence": […]')


def _accepted(one: object) -> Evidence:
    match one:
        case {"article": str(article), "sentence": str(sentence)} if sentence:
            return Evidence(article, sentence)
    raise _Unexpected('"evidence": [{"article": "…", "sentence": "…"}]')
