"""A kind of answer and a sentence in, the spans of its phrases of that kind out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from retrieval import names, quantities
from retrieval.dates import time_spans
from retrieval.models import AnswerKind

_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|on the grounds|in order to|so that|as a result|in an attempt|caused by|"
    r"payment for|aimed at|led to|reasons?|since(?!\s+(?:\d|the\b|then\b|last\b)))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"[“\"«](?=\w)[^“”\"«»]{8,}?(?:[”\"»]|$)|‘(?=\w)[^‘“”\"«»]{8,}?(?:’(?!\w)|[”\"»]|$)")


def phrases(kind: AnswerKind, sentence: str) -> list[tuple[int, int]]:
    """Spans of `sentence` that could be an answer of this kind, in order; offsets into the sentence."""
    find = _FINDERS.get(kind)
    return sorted(set(find(sentence))) if find else []


def _reasons(sentence: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _REASON.finditer(sentence))


def _quoted(sentence: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _QUOTED.finditer(sentence))


_FINDERS: Mapping[AnswerKind, Callable[[str], Iterable[tuple[int, int]]]] = {
    "person": names.persons,
    "place": names.places,
    "time": time_spans,
    "duration": quantities.durations,
    "age": quantities.ages,
    "count": quantities.counts,
    "amount": quantities.amounts,
    "reason": _reasons,
    "statement": _quoted,
}
