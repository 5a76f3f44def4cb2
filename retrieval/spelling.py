"""A word that the articles do not use in, the word that was probably meant out."""

from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

from retrieval.index.base import Index

_SHORT = 4
_LONG = 8


def meant(term: str, word: str, index: Index) -> str | None:
    """The indexed term nearest to an unknown one, the more frequent where two are as near; None when none is near.

    The word as typed is tried too: a wrong letter near its end may have cost it its stem.
    """
    return nearest(term, index.similar(term), index.idf) or nearest(word, index.similar(word), index.idf)


def nearest(term: str, known: Iterable[str], cost: Callable[[str], float] = len) -> str | None:
    """The nearest of some known terms, by edits with transpositions, then by `cost`; None when none is near enough.

    One edit up to seven letters and two from eight on; the first letter must agree. In words of up to four letters
    a changed letter makes another word as often as a typing error does, so there only a letter more or less, or two
    letters swapped, count.
    """
    allowed = 2 if len(term) >= _LONG else 1
    near = []
    for other in known:
        edits = OSA.distance(term, other, score_cutoff=allowed)
        if edits <= allowed and other[:1] == term[:1] and not _another_word(term, other):
            near.append((edits, cost(other), other))
    return min(near)[2] if near else None


def split(term: str, index: Index) -> tuple[str, str] | None:
    """The two indexed terms that an unknown one is glued from, each of at least three letters."""
    cuts = ((term[:at], term[at:]) for at in range(3, len(term) - 2))
    known = [pair for pair in cuts if pair[0] in index and pair[1] in index]
    return max(known, key=lambda pair: index.idf(pair[0]) + index.idf(pair[1])) if known else None


def _another_word(term: str, other: str) -> bool:
    """Whether a difference between short words, or in a number, makes another word rather than a typing error."""
    if any(char.isdigit() for char in term):
        return True
    if len(term) > _SHORT:
        return False
    return len(term) < 3 or (len(term) == len(other) and sorted(term) != sorted(other))
