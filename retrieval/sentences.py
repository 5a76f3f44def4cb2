"""A sentence in, the same as ranking sees it out: its terms in order, the letters of its words, where each stands.

A question's candidates are hardly ever met before. What stands between two spaces, a piece, is looked up, and little is
worked out unasked.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain

from retrieval import analysis
from retrieval.analysis import Remembered, Token
from retrieval.languages import ENGLISH
from retrieval.models import AnswerKind
from retrieval.multilingual import content
from retrieval.phrases import phrases

_GRAM = 4


class View:
    """A sentence as ranking sees it.

    `terms` are those of its tokens, in their order; `letters` are its words, each `framed`, function words left out.
    """

    def __init__(self, text: str, language: str = ENGLISH) -> None:
        self.text, self.language = text, language
        if language != ENGLISH:
            self._take_whole()
            return
        learnt = [*map(_pieces.__getitem__, text.split())]
        terms, letters, varies = zip(*learnt, strict=True) if learnt else ((), (), ())
        self.terms: list[str] = [*chain.from_iterable(terms)]
        self.letters = "".join(letters)
        self._whole = False
        if True in varies or text.isupper():
            self._reread()

    @cached_property
    def known(self) -> frozenset[str]:
        """Its terms, each once."""
        return frozenset(self.terms)

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """Its words and known phrases in order, function words left out."""
        return content(self.text, self.language) if self._whole else analysis.with_phrases([*self._piecewise()])

    def at(self, term: str) -> list[int]:
        """Where a term stands among the others."""
        return [at for at, one in enumerate(self.terms) if one == term]

    def capitals(self, term: str) -> list[bool]:
        """Of each place inside the sentence where a term is printed, whether it begins with a capital there."""
        tokens = self.tokens if self._whole else self._piecewise(term)
        starts = [token.start for token in tokens if token.term == term]
        return [self.text[start].isupper() for start in starts if start > 1]

    def within(self, start: int, end: int) -> range:
        """The places of the terms that begin at characters [start, end)."""
        if not self._whole:
            return range(self._before(start), self._before(end))
        starts = [token.start for token in self.tokens]
        return range(bisect_left(starts, start), bisect_left(starts, end))

    def _piecewise(self, term: str | None = None) -> Iterator[Token]:
        """The tokens of its pieces, function words left out; with a `term`, those of the pieces that hold it."""
        end = 0
        for piece in self.text.split():
            at = self.text.index(piece, end)
            end = at + len(piece)
            terms, _, _ = _pieces[piece]
            if terms and (term is None or term in terms):
                for start, last, word, own in analysis.piece_tokens(piece):
                    yield Token(at + start, at + last, word, own)

    def _before(self, end: int) -> int:
        """How many terms begin before character `end`."""
        before = self.text[:end].split()
        found = 0
        if 0 < end < len(self.text) and not (self.text[end - 1].isspace() or self.text[end].isspace()):
            cut = len(before.pop())
            piece = self.text[end - cut :].split(maxsplit=1)[0]
            found = sum([token.start < cut and token.term != "" for token in analysis.piece_tokens(piece)])
        return found + sum([len(_pieces[piece][0]) for piece in before])

    def _take_whole(self) -> None:
        self._whole = True
        self.terms = [token.term for token in self.tokens]
        self.letters = "".join([framed(token.word) for token in self.tokens])

    def _reread(self) -> None:
        """Read as a whole what is another thing than its pieces are: a phrase, or a word that depends on others."""
        if analysis.depends(self.text):
            self._take_whole()
        elif phrases := analysis.add_phrases(self.terms):
            self._whole = True
            self.letters += "".join(map(framed, phrases))


def _learnt(piece: str) -> tuple[tuple[str, ...], str, bool]:
    """The terms and the letters of a piece, and whether it may be another thing beside others."""
    tokens = analysis.piece_tokens(piece)
    terms = tuple([token.term for token in tokens if token.term])
    letters = "".join([framed(token.word) for token in tokens if token.term])
    return terms, letters, not all(analysis.stands_alone(piece, token) for token in tokens)


_pieces = Remembered(_learnt, most=15_000)  # 350 bytes each


def framed(word: str) -> str:
    """A word with its ends marked."""
    return f"^{word}$"


def grams_of(word: str) -> list[str]:
    """The runs of four letters in a word and its two ends; the whole of a shorter one."""
    whole = framed(word)
    return [whole[at : at + _GRAM] for at in range(max(1, len(whole) - _GRAM + 1))]


@lru_cache(maxsize=2_000)
def view(text: str, language: str = ENGLISH) -> View:
    """The view of a sentence, remembered: ranking and choosing both look at it."""
    return View(text, language)


@lru_cache(maxsize=2_000)
def held_phrases(kind: AnswerKind, text: str, language: str = ENGLISH) -> list[tuple[tuple[int, int], range]]:
    """Where a sentence holds phrases of a kind, each with the places of its terms, remembered."""
    own = view(text, language)
    return [((start, end), own.within(start, end)) for start, end in phrases(kind, text, language)]
