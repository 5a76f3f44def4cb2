"""A word that the articles do not use in, the word that was probably meant out."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval import analysis
from retrieval.index.base import Index

WORDS_FILE = Path(__file__).with_name("data") / "english.txt"

_SHORT = 4
_LONG = 8
_LONGEST_GLUED = 40
_VOWELS = frozenset("aeiouy")


def is_word(term: str) -> bool:
    """Whether a term is that of an English word, used in the articles or not, and so no typing error."""
    return term in _words() or bool(analysis.related(term)) or analysis.is_nationality(term)


def meant(term: str, word: str, index: Index) -> str | None:
    """The indexed term nearest to an unknown one, the more frequent where two are as near; None when none is near.

    The word as typed is tried too: a wrong letter near its end may have cost it its stem.
    """
    return nearest(term, index.similar(term), index.idf) or nearest(word, index.similar(word), index.idf)


def nearest(term: str, known: Collection[str], cost: Callable[[str], float] = len) -> str | None:
    """The nearest of some known terms, by edits with transpositions, then by `cost`; None when none is near enough.

    One edit up to seven letters and two from eight on; the first letter must agree. In words of up to four letters
    a changed letter makes another word as often as a typing error does, so there only a letter more or less, or two
    letters swapped, count.
    """
    allowed = 2 if len(term) >= _LONG else 1
    near = [
        (edits, cost(other), other)
        for other, edits, _ in process.extract(term, known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if other[:1] == term[:1] and not _another_word(term, other)
    ]
    return min(near)[2] if near else None


def slip(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is but for a slip: neighbours swapped, a letter left out, typed twice, or changed.

    Only a word of five letters or more may have a changed one; of three that have a vowel, none may be left out.
    """
    return next((other for other in known if other[:1] == word[:1] and _is_slip(word, other)), None)


def split(word: str, index: Index) -> tuple[str, str] | None:
    """The two indexed terms that an unknown word is glued from, each of at least three letters."""
    cuts = range(3, len(word) - 2) if word.isalpha() and len(word) <= _LONGEST_GLUED else ()
    halves = [(analysis.term_of(word[:at]), analysis.term_of(word[at:])) for at in cuts]
    known = [pair for pair in halves if pair[0] in index and pair[1] in index]
    return max(known, key=lambda pair: index.idf(pair[0]) + index.idf(pair[1]), default=None)


def _is_slip(word: str, other: str) -> bool:
    if len(word) < 2 or OSA.distance(word, other, score_cutoff=1) > 1:
        return False
    if len(word) == len(other):
        return len(word) > _SHORT or sorted(word) == sorted(other)
    if len(word) < len(other):
        return len(word) >= _SHORT or not _VOWELS & set(word)
    return any(left == right and word[:at] + word[at + 1 :] == other for at, (left, right) in enumerate(pairwise(word)))


def _another_word(term: str, other: str) -> bool:
    """Whether a difference between short words, or in a number, makes another word rather than a typing error."""
    if any(char.isdigit() for char in term):
        return True
    if len(term) > _SHORT:
        return False
    return len(term) < 3 or (len(term) == len(other) and sorted(term) != sorted(other))


@cache
def _words() -> frozenset[str]:
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(analysis.term_of(word) for line in lines if not line.startswith("#") for word in line.split())
