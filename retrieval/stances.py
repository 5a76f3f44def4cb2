"""A sentence in; whether it tells that somebody is for something or against it out; and the same for a question.

Rather none than a wrong one: what is asked, possible, only wished or under a condition is no position, and between the
holder and the verb nothing may stand that could be somebody else.
"""

# ruff: noqa: SIM905 -- lists of words read better as prose

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from retrieval.analysis import FUNCTION_WORDS, Token, is_nationality, term_of, tokens

_FOR = frozenset(map(term_of, "accept agree approve support welcome favour endorse allow permit".split()))
_AGAINST = frozenset(map(term_of, "reject oppose refuse dismiss resist condemn veto forbid".split()))
STANCES = _FOR | _AGAINST
_NOT = frozenset("not never cannot no t neither hardly dont doesnt didnt wont wouldnt".split())
_UNSURE = frozenset(
    """
    if whether unless should could may might must can and or nor but to that who which whom by for of with from in into
    on at than because as when while against about between without after before until since
    """.split()
)
_CLAUSE = frozenset("that but and because while".split())
"""Words after which somebody may be the subject of a clause of their own."""
_READY = frozenset("ready willing prepared set due".split())
_OFFICES = frozenset(
    term_of(word)
    for word in """
    leader president minister premier chancellor king queen government foreign prime defence envoy ambassador spokesman
    spokeswoman ministry parliament
    """.split()
)
_NO_VERB_AFTER = frozenset(
    "a an the his her its their our your my this that these those of in for with no any s".split()
)
_BEING = frozenset("is are was were be been being".split())
_ADJECTIVES = frozenset({"opposed", "agreed"})
_HOW = frozenset("outright longer won t s".split())
_BREAK = re.compile(r"[;:()“”\"«»!?…]|,|\s[–—-]\s")
_REACH = 8
_ATTITUDES = frozenset(
    "think thinks feel feels view views see sees position stance attitude opinion stand against".split()
)


def position(sentence: str, holders: AbstractSet[str], objects: AbstractSet[str]) -> int:
    """1 where one of `holders` is for one of `objects`, -1 where against it, 0 where neither is told, or both are."""
    if sentence.rstrip(" ”\"’'").endswith("?"):
        return 0
    told = set(_positions(sentence, holders, objects))
    return told.pop() if len(told) == 1 else 0


@lru_cache(maxsize=100)
def asked(question: str) -> tuple[str, str] | None:
    """What a question says before and after the word by which it asks for a position; none where it asks for none.

    Remembered, since finding, ranking and choosing all ask.
    """
    words = tokens(question)
    found = next((word for word in words if word.term in STANCES or word.word in _ATTITUDES), None)
    return (question[: found.start], question[found.end :]) if found else None


def _positions(sentence: str, holders: AbstractSet[str], objects: AbstractSet[str]) -> Iterator[int]:
    words = _words(sentence)
    for at, word in enumerate(words):
        if word.term in STANCES and _is_verb(words, at):
            sign = _held(sentence, words, at, holders)
            if sign and _concerns(sentence, words, at, objects):
                yield sign


@lru_cache(maxsize=5_000)
def _words(sentence: str) -> tuple[Token, ...]:
    return tokens(sentence)


def _is_verb(words: Sequence[Token], at: int) -> bool:
    """Whether the word says what its subject does: no noun, no participle, nothing that was done to the subject."""
    word, before = words[at].word, words[at - 1].word if at else ""
    if not before or word.endswith("ing") or before in _NO_VERB_AFTER:
        return False
    lately = {other.word for other in words[max(0, at - 3) : at]}
    return not (lately & _BEING and word.endswith("ed")) or word in _ADJECTIVES


def _held(sentence: str, words: Sequence[Token], at: int, holders: AbstractSet[str]) -> int:
    """The position that the verb at `at` gives to a holder right before it: 1, -1, or 0 for none."""
    start = next((place for place in range(at - 1, max(-1, at - 1 - _REACH), -1) if words[place].term in holders), None)
    if start is None or _BREAK.search(sentence, words[start].end, words[at].start):
        return 0
    if start and words[start - 1].word in _UNSURE - _CLAUSE:
        return 0
    between = list(words[start + 1 : at])
    if len(between) > 1 and between[-1].word == "to" and between[-2].word in _READY:
        between = between[:-2]
    if any(word.word in _UNSURE for word in between) or not _is_one(sentence, between):
        return 0
    sign = -1 if sum(word.word in _NOT for word in between) % 2 else 1
    sign *= _sign(words[at])
    following = words[at + 1 : at + 3]
    if len(following) == 2 and following[0].word == "to" and following[1].term in STANCES:
        sign *= _sign(following[1])
    return sign


def _is_one(sentence: str, between: Sequence[Token]) -> bool:
    """Whether the words between a holder and its verb only say who that is, or how: no other name, no other verb."""
    office = False
    for word in between:
        office = office or word.term in _OFFICES
        named = sentence[word.start].isupper()
        plain = word.word in FUNCTION_WORDS | _HOW | _NOT or word.word.endswith("ly")
        if not (plain or word.term in _OFFICES or (named and office and not is_nationality(word.term))):
            return False
    return True


def _concerns(sentence: str, words: Sequence[Token], at: int, objects: AbstractSet[str]) -> bool:
    """Whether one of the objects follows, with no other verb of a position before it that it could belong to."""
    for word in words[at + 1 : at + 1 + _REACH]:
        if word.term in objects:
            return not _BREAK.search(sentence, words[at].end, word.start)
        if word.term in STANCES and not word.word.endswith("ing") and words[at + 1].word != "to":
            return False
    return False


def _sign(word: Token) -> int:
    return 1 if word.term in _FOR else -1
