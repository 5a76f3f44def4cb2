"""The articles of a corpus in; for each the one that is served for it, as it may be a copy of another, out.

What counts is containment, the share of the shorter one's shingles that the longer one holds: a copy cut to 60 % is
contained in its original, though the two share little more than half of all their shingles. Pairs that may be copies
are found by a sample of shingles, so that not every article is compared with every other.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from retrieval import multilingual
from retrieval.figures import is_numeral
from retrieval.models import Article, Passage

CONTAINED = 0.8
"""The share of its shingles by which an article is a copy."""
FEWEST = 24
"""Index terms, of about forty words: a shorter text is a copy only where it is the same."""

_SHINGLE = 4
"""Index terms in a row; with the function words between them about eight words."""
_SAMPLED = 4
_COMPARED = 5
STANDING = 50
"""A shingle or a sentence that is in so many articles is a standing phrase, and no sign of a copy."""

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """An article, and the index terms of all its sentences in order."""

    article: Article
    terms: tuple[str, ...]

    def shingles(self) -> frozenset[Shingle]:
        return frozenset(zip(*(self.terms[start:] for start in range(_SHINGLE)), strict=False))

    def sample(self) -> frozenset[Shingle]:
        """About every fourth of them, the same in each article that holds it."""
        terms = self.terms
        last = len(terms) - _SHINGLE
        return frozenset(terms[at : at + _SHINGLE] for at in range(last + 1) if _is_sampled(terms[at]))


def originals(articles: Iterable[tuple[Article, Sequence[Passage]]]) -> dict[str, str]:
    """For each article the id of the one that is served for it: its own, or that of what it is a copy of.

    Of copies the longest is served. Where each holds the other it is the one of the earlier date, if both are dated.
    """
    texts = {article.id: _Text(article, _terms(passages)) for article, passages in articles}
    same = _same(texts.values())
    near = _contained([text for name, text in texts.items() if same[name] == name])
    return {name: near[first] for name, first in same.items()}


def prints(article: Article, passages: Iterable[Passage]) -> set[int]:
    """Numbers that articles share with their copies: one for the text as it is, and one for each longer sentence.

    Where four in five shingles are the same, a third of the sentences and more are: a changed word is in up to four.
    """
    found = {zlib.crc32(" ".join(terms).encode()) for terms in _sentences(passages) if len(terms) > _SHINGLE}
    return found | {zlib.crc32(_unwrapped(article.text).encode())}


def _terms(passages: Iterable[Passage]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(_sentences(passages)))


def _sentences(passages: Iterable[Passage]) -> Iterator[Sequence[str]]:
    """The terms of each sentence, which passages out of the cache have no more."""
    for passage in passages:
        for sentence in passage.sentences:
            yield sentence.terms or multilingual.terms(sentence.text, sentence.language)


def _same(texts: Iterable[_Text]) -> dict[str, str]:
    """For each article the first of the same text; how lines end makes no other text."""
    first: dict[str, str] = {}
    return {text.article.id: first.setdefault(_unwrapped(text.article.text), text.article.id) for text in texts}


def _unwrapped(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").strip()


def _contained(texts: Sequence[_Text]) -> dict[str, str]:
    """For each article the longer one that holds it, or the earlier one of two that hold each other."""
    served: list[_Text] = []
    copies: list[list[_Text]] = []
    holders: dict[Shingle, list[int]] = {}
    for text in sorted(texts, key=_longest_first):
        sample = text.sample() if len(text.terms) >= FEWEST else frozenset()
        if (at := _original(text, sample, served, holders)) is not None:
            copies[at].append(text)
            continue
        for shingle in sample:
            holding = holders.setdefault(shingle, [])
            if len(holding) < STANDING:
                holding.append(len(served))
        served.append(text)
        copies.append([])
    return {
        one.article.id: first
        for text, of_it in zip(served, copies, strict=True)
        for first in (_earliest(text, of_it),)
        for one in (text, *of_it)
    }


def _longest_first(text: _Text) -> tuple[int, bool, str, str]:
    day = text.article.date
    return -len(text.terms), day is None, day.isoformat() if day else "", text.article.id


def _original(
    text: _Text, sample: frozenset[Shingle], served: Sequence[_Text], holders: Mapping[Shingle, list[int]]
) -> int | None:
    """Which of the articles already served holds `text`, if one does."""
    shared = Counter(at for shingle in sample for at in holders.get(shingle, ()))
    likely = sorted((at for at, count in shared.items() if 2 * count >= len(sample)), key=lambda at: (-shared[at], at))
    return next((at for at in likely[:_COMPARED] if _holds(served[at], text)), None)


def _holds(longer: _Text, shorter: _Text) -> bool:
    """Whether nearly all of `shorter` is in `longer`; with another figure in the same words it tells something else."""
    own, others = shorter.shingles(), longer.shingles()
    new = own - others
    if len(new) > (1 - CONTAINED) * len(own):
        return False
    figures = {_masked(shingle) for shingle in others - own if any(map(is_numeral, shingle))}
    return not any(_masked(shingle) in figures for shingle in new if any(map(is_numeral, shingle)))


def _masked(shingle: Shingle) -> Shingle:
    return tuple("#" if is_numeral(term) else term for term in shingle)


def _earliest(text: _Text, copies: Iterable[_Text]) -> str:
    """The id of the article, or of the earliest of its copies that hold it too, if both are dated."""
    day = text.article.date
    before = [one for one in copies if day and one.article.date and one.article.date < day and _holds(one, text)]
    return min(before, key=lambda one: (one.article.date, one.article.id), default=text).article.id


@lru_cache(maxsize=100_000)
def _is_sampled(term: str) -> bool:
    return zlib.crc32(term.encode()) % _SAMPLED == 0
