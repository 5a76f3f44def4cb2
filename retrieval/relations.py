"""What holds between the words of a sentence: a figure and what it counts."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from retrieval.lexicon import words
from retrieval.models import AnswerKind
from retrieval.phrases import phrases
from retrieval.reading import Word, read

Terms = frozenset[str]

_BREAKS = frozenset(',;:()“”"–—.!?')
_NUMBERED = frozenset({"numbered", "numbering", "totalled", "totalling", "total"})
_COUNTED = 3
_NEAR = 8


def measured(sentence: str, kind: AnswerKind, counted: Terms) -> bool:
    """Whether a figure of this kind stands with what is to be measured; any will do where nothing is `counted`.

    A number must count the thing itself ("5,000 French soldiers", not "two years"), other figures stand near it.
    """
    figures = phrases(kind, sentence)
    if not figures or not counted:
        return bool(figures)
    found = read(sentence)
    starts, ends = [word.start for word in found], [word.end for word in found]
    for start, end in figures:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        if first <= last and (_counts if kind == "count" else _is_near)(found, first, last, counted):
            return True
    return False


def _is_near(found: Sequence[Word], first: int, last: int, counted: Terms) -> bool:
    """Whether the thing stands within some words of the figure at words [first, last]."""
    return any(word.terms & counted for word in found[max(0, first - _NEAR) : last + _NEAR + 1])


def _counts(found: Sequence[Word], first: int, last: int, counted: Terms) -> bool:
    """Whether the figure at words [first, last] counts the thing: it stands right before it, or "numbering" after."""
    if any(word.terms & counted for word in found[first : last + 1]):
        return True
    for word in found[last + 1 : last + _COUNTED + 1]:
        if set(word.gap) & _BREAKS or (word.word in words("prepositions", "auxiliaries") and word.word != "of"):
            break
        if word.terms & counted:
            return True
    set_off = found[first].gap.strip() in (":", "(") or (first and found[first - 1].word in _NUMBERED)
    return bool(set_off) and any(word.terms & counted for word in found[max(0, first - 2) : first])
