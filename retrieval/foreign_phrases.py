"""A kind of answer and a sentence in another language than English in, the spans of its phrases of that kind out.

They are told by figures, capitals and the lists of `data/languages.toml`, and not by grammar.
"""

import re
from collections.abc import Iterable
from functools import cache

from retrieval.languages import known
from retrieval.models import AnswerKind

_NO_CAPITAL = r"\W\d_a-zß-ÿа-яёіїєґά-ώ"
_CAPITALS = rf"[^{_NO_CAPITAL}][\w’'-]*\w"
_NAME = re.compile(rf"\b{_CAPITALS}(?:\s+(?:(?:del?|della|d[iua]|des|l[ae]|von|van)\s+){{0,2}}{_CAPITALS})+")
"""At least two words with capitals: one may begin the sentence, or be a noun of a language that gives nouns one."""
_FIGURE = r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
_YEAR = r"\b(?:1\d|20)\d\d\b(?![.,]?\d)"
_DAY = r"(?:\b\d{1,2}(?:\.|º|er)?\s+(?:de\s+)?)?"
_OF_YEAR = r"(?:\s+(?:de\s+|του\s+)?\d{4}\b)?"


def phrases(kind: AnswerKind, sentence: str, language: str) -> Iterable[tuple[int, int]]:
    """Spans of a sentence that could be an answer of this kind; none for the kinds that lists do not tell."""
    pattern = _NAME if kind == "person" else _pattern(kind, language)
    return [match.span() for match in pattern.finditer(sentence)] if pattern is not None else ()


@cache
def _pattern(kind: AnswerKind, language: str) -> re.Pattern[str] | None:
    own = known()[language]
    match kind:
        case "time":
            return re.compile(rf"{_DAY}\b{_either(own.times)}\b{_OF_YEAR}|{_YEAR}", re.IGNORECASE)
        case "count":
            return re.compile(rf"\b(?:{_FIGURE}|{_either(own.numbers)})\b", re.IGNORECASE)
        case "reason":
            return re.compile(rf"\b{_either(own.because)}\b.*", re.IGNORECASE | re.DOTALL)
    return None


def _either(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
