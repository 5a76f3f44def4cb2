"""A sentence in, the same as ranking sees it out: its terms in order, the letters of its words, where each stands.

A question's candidates are hardly ever met before. What stands between two spaces, a piece, is looked up, and little is
worked out unasked.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Generic, TypeVar

from retrieval import analysis
from retrieval.analysis import Token
from retrieval.models import AnswerKind
from retrieval.phrases import phrases

_GRAM = 4
_MOST, _LONGEST = 50_000, 40
"""Pieces that are remembered, at about 350 bytes each, and the letters of one: a longer one is rare."""

Value = TypeVar("Value")


class View:
    """A sentence as ranking sees it.

    `terms` are those of its tokens, in their order; `letters` are its words, each `framed`, function words left out.
    """

    _places: dict[str, list[int]] | None = None
    _known: frozenset[str] | None = None
    _tokens: Sequence[Token] | None = None
    _whole = False

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = text.split()
        known = _pieces()
        self.terms = list(chain.from_iterable(map(known.terms.__getitem__, pieces)))
        self.letters = "".join(map(known.letters.__getitem__, pieces))
        if not known.beside.isdisjoint(pieces) or text.isupper():
            self._reread()

    @property
    def known(self) -> frozenset[str]:
        """Its terms, each once."""
        if self._known is None:
            self._known = frozenset(self.terms)
        return self._known

    @property
    def places(self) -> dict[str, list[int]]:
        """Where each term stands among the others."""
        if self._places is None:
            self._places = {}
            for at, term in enumerate(self.terms):
                self._places.setdefault(term, []).append(at)
        return self._places

    def at(self, term: str) -> list[int]:
        """Where one term stands among the others."""
        return [at for at, one in enumerate(self.terms) if one == term]

    @property
    def tokens(self) -> Sequence[Token]:
        """Its words and known phrases in order, function words left out."""
        if self._tokens is None:
            self._tokens = analysis.with_phrases(analysis.tokens(self.text) if self._whole else self._piecewise())
        return self._tokens

    def capitals(self, term: str) -> list[bool]:
        """Of each place inside the sentence where a term is printed, whether it begins with a capital there."""
        if self._whole:
            starts = [token.start for token in self.tokens if token.term == term]
            return [self.text[start].isupper() for start in starts if start > 1]
        known = _pieces().terms
        found: list[bool] = []
        end = 0
        for piece in self.text.split():
            at = self.text.index(piece, end)
            end = at + len(piece)
            if term in known[piece]:
                found += [
                    piece[token.start].isupper()
                    for token in analysis.piece_tokens(piece)
                    if token.term == term and at + token.start > 1
                ]
        return found

    def _piecewise(self) -> list[Token]:
        """Its tokens, read piece by piece."""
        known = _pieces().terms
        found: list[Token] = []
        end = 0
        for piece in self.text.split():
            at = self.text.index(piece, end)
            end = at + len(piece)
            if known[piece]:
                for start, last, word, term in analysis.piece_tokens(piece):
                    found.append(Token(at + start, at + last, word, term))
        return found

    def within(self, start: int, end: int) -> range:
        """The places of the terms that begin at characters [start, end)."""
        if not self._whole:
            return range(self._before(start), self._before(end))
        starts = [token.start for token in self.tokens]
        return range(bisect_left(starts, start), bisect_left(starts, end))

    def _before(self, end: int) -> int:
        """How many terms begin before character `end`."""
        before = self.text[:end].split()
        found = 0
        if 0 < end < len(self.text) and not (self.text[end - 1].isspace() or self.text[end].isspace()):
            cut = len(before.pop())
            piece = self.text[end - cut :].split(maxsplit=1)[0]
            found = sum([token.start < cut and token.term != "" for token in analysis.piece_tokens(piece)])
        return found + sum(map(len, map(_pieces().terms.__getitem__, before)))

    def _reread(self) -> None:
        """Read as a whole what is another thing than its pieces are: a phrase, or a word that depends on others."""
        if analysis.depends(self.text):
            self._whole = True
            self.terms = [token.term for token in self.tokens]
            self.letters = "".join([framed(token.word) for token in self.tokens])
        elif phrases := analysis.add_phrases(self.terms):
            self._whole = True
            self.letters += "".join(map(framed, phrases))


class _Learnt(dict[str, Value], Generic[Value]):
    """What was learnt of each piece; what is missing is learnt."""

    def __init__(self, learn: Callable[[str], Value]) -> None:
        self._learn = learn

    def __missing__(self, piece: str) -> Value:
        return self._learn(piece)


class _Pieces:
    """The terms and the letters of each piece, and those pieces that may be another thing beside others.

    To forget, all is made anew: another thread may be at a sentence with what there was.
    """

    def __init__(self) -> None:
        self.terms: _Learnt[tuple[str, ...]] = _Learnt(lambda piece: self._learn(piece)[0])
        self.letters: _Learnt[str] = _Learnt(lambda piece: self._learn(piece)[1])
        self.beside: set[str] = set()

    def _learn(self, piece: str) -> tuple[tuple[str, ...], str]:
        tokens = analysis.piece_tokens(piece)
        if not all(analysis.stands_alone(piece, token) for token in tokens):
            self.beside.add(piece)  # first: who finds the piece below finds it here
        terms = tuple([token.term for token in tokens if token.term])
        letters = "".join([framed(token.word) for token in tokens if token.term])
        if len(piece) <= _LONGEST:
            self.terms[piece], self.letters[piece] = terms, letters
        return terms, letters


_remembered = [_Pieces()]


def _pieces() -> _Pieces:
    """What is known of pieces; to forget all at once costs less than to keep an order."""
    if len(_remembered[0].terms) >= _MOST:
        _remembered[0] = _Pieces()
    return _remembered[0]


def framed(word: str) -> str:
    """A word with its ends marked."""
    return f"^{word}$"


def grams_of(word: str) -> list[str]:
    """The runs of four letters in a word and its two ends; the whole of a shorter one."""
    whole = framed(word)
    return [whole[at : at + _GRAM] for at in range(max(1, len(whole) - _GRAM + 1))]


@lru_cache(maxsize=2_000)
def view(text: str) -> View:
    """The view of a sentence, remembered: ranking and choosing both look at it."""
    return View(text)


@lru_cache(maxsize=2_000)
def held_phrases(kind: AnswerKind, text: str) -> list[tuple[tuple[int, int], range]]:
    """Where a sentence holds phrases of a kind, each with the places of its terms, remembered."""
    own = view(text)
    return [((start, end), own.within(start, end)) for start, end in phrases(kind, text)]
