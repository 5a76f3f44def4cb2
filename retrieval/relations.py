"""What holds between the words of a sentence: a figure and what it counts."""

from collections.abc import Sequence

from retrieval.lexicon import words
from retrieval.models import AnswerKind
from retrieval.phrases import phrases
from retrieval.reading import Word, read

Terms = frozenset[str]

_BREAKS = frozenset(',;:()“”"–—.!?')
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
    things = [at for at, word in enumerate(found) if word.terms & counted]
    return any(_measures(found, figure, at, kind) for at in things for figure in figures)


def _measures(found: Sequence[Word], figure: tuple[int, int], at: int, kind: AnswerKind) -> bool:
    """Whether the figure at characters [start, end) measures the thing at word `at`."""
    start, end = figure
    inside = [place for place, word in enumerate(found) if word.start < end and start < word.end]
    if not inside:
        return False
    first, last = inside[0], inside[-1]
    if kind != "count":
        return min(abs(at - first), abs(at - last)) <= _NEAR
    if first <= at <= last:
        return True
    if at < first:
        return first - at <= 2 and (
            found[first].gap.strip() in (":", "(")
            or found[first - 1].word in ("numbered", "numbering", "totalled", "total")
        )
    between = found[last + 1 : at + 1]
    if at - last > _COUNTED or any(set(word.gap) & _BREAKS for word in between):
        return False
    return not any(word.word in words("prepositions", "auxiliaries") for word in between if word.word != "of")
