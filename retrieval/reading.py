"""A sentence in, its words in order out, function words included, with what stands between them.

What only word order tells (who says something, who holds an office) is read from these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval import analysis
from retrieval.analysis import Token

_APOSTROPHES = frozenset("'’`´")
_OWNING = re.compile(r"['’`´][sS]\b")
_OWNERS = re.compile(r"(?<=s)['’]\s")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at characters [start, end) of its sentence.

    `terms` are its own index term and those of the known phrases that it is a part of; `gap` is what is printed between
    the word before and this one. `owner` marks a possessive, whose "’s" is no word of its own.
    """

    start: int
    end: int
    word: str
    terms: frozenset[str]
    gap: str
    capital: bool
    owner: bool = False


@lru_cache(maxsize=2_000)
def read(text: str) -> tuple[Word, ...]:
    """The words of a sentence, remembered: candidates come back question after question."""
    return tuple(_words(text, _parts(analysis.tokens(text))))


def _words(text: str, tokens: Sequence[Token]) -> Iterator[Word]:
    over = _phrase_terms(tokens)
    end, owned = 0, False
    for at, token in enumerate(tokens):
        if owned and token.word == "s":
            end, owned = token.end, False
            continue
        after = text[token.end : token.end + 1]
        owned = after in _APOSTROPHES and _OWNING.match(text, token.end) is not None
        owner = owned or (after in _APOSTROPHES and _OWNERS.match(text, token.end) is not None)
        terms = _terms(token.term, over.get(at, ()))
        yield Word(
            token.start, token.end, token.word, terms, text[end : token.start], text[token.start].isupper(), owner
        )
        end = token.end


def _phrase_terms(tokens: Sequence[Token]) -> dict[int, tuple[str, ...]]:
    """The terms of known phrases ("united kingdom") by the places of their words."""
    found: dict[int, tuple[str, ...]] = {}
    known = {(token.start, token.end) for token in tokens}
    for phrase in analysis.with_phrases(tokens):
        if (phrase.start, phrase.end) not in known:
            for at, token in enumerate(tokens):
                if phrase.start <= token.start < phrase.end:
                    found[at] = (*found.get(at, ()), phrase.term)
    return found


@lru_cache(maxsize=2_000)
def _terms(term: str, phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (term, *phrases)))


def _parts(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without those that are printed glued together and stand there in parts too."""
    found: list[Token] = []
    for token in tokens:
        if found and token.start < found[-1].end:
            found[-1] = token
        elif token.end > token.start:
            found.append(token)
    return found
