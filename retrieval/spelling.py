"""A word that the articles do not use in, the word that was probably meant out."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval import analysis
from retrieval.index.base import Index

WORDS_FILE = Path(__file__).with_name("data") / "english.txt"

_SHORT = 4
_LONG = 8
_LONGEST_GLUED = 40
_LONGEST_TYPED = 20
_VOWELS = frozenset("aeiouy")


def is_word(term: str) -> bool:
    """Whether a term is that of an English word, used in the articles or not, and so no typing error."""
    return term in _words() or bool(analysis.related(term)) or analysis.is_nationality(term)


def meant(term: str, word: str, index: Index) -> str | None:
    """The indexed term that was probably meant by an unknown one, the more frequent where two are as near; else None.

    That is the nearest term, or the term of a word that is one edit away. The word as typed is compared with the terms
    too: a wrong letter near its end may have cost it its stem.
    """
    either = dict.fromkeys((term, word))  # mostly the same
    near = next((found for one in either if (found := nearest(one, index.similar(one), index.idf))), None)
    form = _form(word, index)
    if near and form and min(OSA.distance(term, near), OSA.distance(word, near)) <= 1:
        return min(near, form, key=index.idf)
    return form or near


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
    held = index.counts({half for pair in halves for half in pair})
    known = [pair for pair in halves if held[pair[0]] and held[pair[1]]]
    return max(known, key=lambda pair: index.idf(pair[0]) + index.idf(pair[1]), default=None)


def _form(word: str, index: Index) -> str | None:
    """The most frequent indexed term of what is one edit away from a word: of a variant, or of a form of the term."""
    if not (_SHORT < len(word) <= _LONGEST_TYPED and word.isascii() and word.isalpha()):
        return None
    edited = dict(_edited(word))
    stems = zip(edited.items(), _stemmer().stemWords([*edited]), strict=True)
    forms = {stem.replace("y", "i") for (other, at), stem in stems if _is_form(other, at, stem)}
    variants = {analysis.term_of(other) for other in analysis.variants().keys() & edited.keys()}
    held = index.counts(forms | variants)
    return min((term for term in held if held[term]), key=lambda term: (-held[term], term), default=None)


def _is_form(other: str, at: int, stem: str) -> bool:
    """Whether a word is probably one: it ends like a form of its stem, which still has the edit at letter `at`.

    Where its ending is long, it alone is enough: no stemmer takes that from what is no word.
    """
    ending = len(other) - len(stem)
    return ending > 1 and ((other.startswith(stem[: at + 1]) and at < len(stem)) or ending > _SHORT < len(stem))


@cache
def _stemmer() -> Stemmer.Stemmer:
    """A stemmer that remembers nothing: what is tried once is hardly ever asked again."""
    return Stemmer.Stemmer("english", 0)


def _edited(word: str) -> Iterator[tuple[str, int]]:
    """The words one edit away that begin with the same letter, and the place of the last letter that is another."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:], at
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:], at + 1
        for letter in ascii_lowercase:
            yield before + letter + after, at
            if after:
                yield before + letter + after[1:], at


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
