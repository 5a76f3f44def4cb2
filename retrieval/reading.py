"""A sentence in, its words in order out, function words included, with what stands between them.

What only word order tells (who says something, who holds an office) is read from these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval import analysis
from retrieval.analysis import Token

_OWNERS = re.compile(r"['’]\s")
_OWNING = re.compile(r"['’`´][sS]\b")


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


@lru_cache(maxsize=5_000)
def read(text: str) -> tuple[Word, ...]:
    """The words of a sentence, remembered: candidates come back question after question."""
    tokens = [token for token in _parts(analysis.tokens(text)) if token.end > token.start]
    phrases = [token for token in analysis.with_phrases(tokens) if " " in text[token.start : token.end].strip()]
    found: list[Word] = []
    end = 0
    for token in tokens:
        if token.word == "s" and found and found[-1].owner and token.start == end + 1:
            end = token.end
            continue
        owner = bool(_OWNING.match(text, token.end) or (token.word.endswith("s") and _OWNERS.match(text, token.end)))
        over = (phrase.term for phrase in phrases if phrase.start <= token.start < phrase.end)
        terms = _terms(token.term, tuple(over))
        capital = text[token.start].isupper()
        found.append(Word(token.start, token.end, token.word, terms, text[end : token.start], capital, owner))
        end = token.end
    return tuple(found)


@lru_cache(maxsize=50_000)
def _terms(term: str, phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (term, *phrases)))


def _parts(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without those that are printed glued together and stand there in parts too."""
    found: list[Token] = []
    for token in tokens:
        if found and token.start < found[-1].end:
            found[-1] = token
        else:
            found.append(token)
    return found
