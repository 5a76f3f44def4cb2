"""A JSON Lines file of gold questions in, GoldQuestions out.

Each line is an object with `question` and either `evidence` (a list of accepted sentences: the start of the file's name
as `article`, and the `sentence`), or `article`, `start` and `end` (the accepted stretch of that file); with `answers`,
the accepted strings. A question without either has no answer in the articles. `id`, `kind` and `previous` (the question
asked just before in the same chat) may be left out.
"""

import json
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


def read_gold(path: Path) -> list[GoldQuestion]:
    """All questions of a gold file. Raises GoldInvalid, naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldInvalid(path, 0, getattr(error, "strerror", None) or "not UTF-8") from error
    return [_parsed(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(path: Path, number: int, line: str) -> GoldQuestion:
    try:
        fields = json.loads(line)
        return GoldQuestion(
            id=str(fields.get("id", number)),
            kind=str(fields.get("kind", "question")),
            question=str(fields["question"]),
            previous=str(fields.get("previous", "")),
            answers=tuple(str(answer) for answer in fields.get("answers", ())),
            evidence=_evidence(fields),
        )
    except json.JSONDecodeError as error:
        raise GoldInvalid(path, number, error.msg) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GoldInvalid(path, number, f"{type(error).__name__} {error}") from error


def _evidence(fields: dict[str, object]) -> tuple[Evidence, ...]:
    if "start" in fields:
        return (Evidence(str(fields["article"]), stretch=Span(int(str(fields["start"])), int(str(fields["end"])))),)
    listed = fields.get("evidence", [])
    if not isinstance(listed, list):
        raise TypeError("evidence")
    return tuple(Evidence(str(one["article"]), sentence=str(one["sentence"])) for one in listed)
