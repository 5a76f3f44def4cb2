"""A word that the articles do not use in, the word that was probably meant out: typing errors, glued and split words."""

from rapidfuzz.distance import OSA

from retrieval.index.base import Index

_SHORT = 4
_LONG = 8


def meant(term: str, index: Index) -> str | None:
    """The indexed term nearest to an unknown one, by edits with transpositions; None when none is near enough.

    One edit up to seven letters and two from eight on; the first letter must agree. In words of up to four letters
    a changed letter makes another word as often as a typing error does, so there only a letter more or less, or two
    letters swapped, count.
    """
    allowed = 2 if len(term) >= _LONG else 1
    near = []
    for known in index.similar(term):
        edits = OSA.distance(term, known, score_cutoff=allowed)
        if edits <= allowed and not _another_word(term, known):
            near.append((edits, index.idf(known), known))
    return min(near)[2] if near else None


def split(term: str, index: Index) -> tuple[str, str] | None:
    """The two indexed terms that an unknown one is glued from, each of at least three letters."""
    cuts = ((term[:at], term[at:]) for at in range(3, len(term) - 2))
    known = [pair for pair in cuts if pair[0] in index and pair[1] in index]
    return max(known, key=lambda pair: index.idf(pair[0]) + index.idf(pair[1])) if known else None


def _another_word(term: str, known: str) -> bool:
    if len(term) > _SHORT or any(char.isdigit() for char in term):
        return len(term) <= _SHORT or any(char.isdigit() for char in term)
    return len(term) < 3 or (len(term) == len(known) and sorted(term) != sorted(known))
