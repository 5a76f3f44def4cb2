"""Scored sentences in; which of them tell the same fact, and in which other articles it is told, out."""

from collections.abc import Iterable
from functools import lru_cache

from retrieval.analysis import tokens
from retrieval.figures import numbers
from retrieval.models import Article, Sentence
from retrieval.ranking import Scored, terms_of

_SAME = 0.75
_FEWEST = 4
"""Terms; what shorter sentences share with others is no fact."""
_NOT = frozenset({"not", "never", "cannot", "no", "t"})


def tells(one: Sentence, other: Sentence) -> bool:
    """Whether `one` tells what `other` does: most of the shorter one's words, all its figures, and no denial of it."""
    mine, others = terms_of(one), terms_of(other)
    if len(mine & others) < max(1, _SAME * min(len(mine), len(others))):
        return False
    return numbers(other.text) <= numbers(one.text) and _denies(one.text) == _denies(other.text)


def fullest(one: Scored, ranked: Iterable[Scored]) -> Scored:
    """The longest sentence that tells the same fact and says at least as much of what was asked."""
    own = one.candidate
    fuller = [
        other
        for other in ranked
        if len(one.terms) < len(other.terms) < 2 * len(one.terms)
        and other.features["coverage"] >= one.features["coverage"]
        and tells(other.candidate.sentence, own.sentence)
    ]
    return max(fuller, key=lambda other: len(other.terms), default=one)


def also_in(one: Scored, ranked: Iterable[Scored]) -> tuple[Article, ...]:
    """The other articles that tell the same, in a sentence of about its length that holds as much of what was asked."""
    own = one.candidate
    found: dict[str, Article] = {own.context.article.id: own.context.article}
    for other in ranked:
        article = other.candidate.context.article
        if article.id not in found and _is_alike(one, other):
            found[article.id] = article
    return tuple(found.values())[1:]


def _is_alike(one: Scored, other: Scored) -> bool:
    short, long = sorted((len(one.terms), len(other.terms)))
    own, its = one.candidate, other.candidate
    return (
        short >= max(_FEWEST, long / 2)
        and own.context.held[own.at] <= its.context.held[its.at]
        and (tells(own.sentence, its.sentence) or tells(its.sentence, own.sentence))
    )


@lru_cache(maxsize=20_000)
def _denies(sentence: str) -> bool:
    return any(word.word in _NOT for word in tokens(sentence))
