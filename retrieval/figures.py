"""Words in, the numbers that they say out: "thirty" and "about 30" are one number, "hundreds" is none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from retrieval.analysis import term_of, terms

_TEENS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""".split()  # noqa: SIM905 -- reads better as prose
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_WORDS = {word: float(value) for value, word in enumerate(_TEENS)} | {
    word: 10.0 * value for value, word in enumerate(_TENS, 2)
}
_SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_NUMERALS = frozenset(term for word in (*_WORDS, *_SCALES) if (term := term_of(word)))

_TOKEN = re.compile(r"(?<![^\W_])\d[\d,]*(?:\.\d+)?|(?<![^\W\d_])[^\W\d_]+")
_JOINTS = frozenset({"", " ", "-", "\u00a0"})
_NO_NUMBER_AFTER = frozenset({"no", "any", "every", "each", "this", "that", "the", "another", "some"})
"""Words after which "one" is a pronoun."""
_LOOSE = re.compile(
    r"\b(?:about|around|some|roughly|approximately|nearly|almost|over|under|(?:more|less|fewer) than|at least|up to)"
    r"\s*$",
    re.IGNORECASE,
)
_NEAR = 1.25
"""A loose figure ("more than twenty") may mean one that is up to so many times as large or as small."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, the terms of what it measures, and whether it is given as loosely as "about" says."""

    value: float
    unit: frozenset[str] = frozenset()
    loose: bool = False

    def differs(self, other: "Figure") -> bool:
        """Whether it is not what `other` says either, of the same measure."""
        low, high = sorted((self.value, other.value))
        return self.unit == other.unit and high > low * (_NEAR if self.loose or other.loose else 1)


def figure(text: str, start: int, end: int) -> Figure | None:
    """The figure that the words [start, end) of `text` give; none where they give no number, or several."""
    first = next((token.start() for token in _TOKEN.finditer(text, start, end) if _is_number(token.group())), end)
    found = numbers(text[first:end])
    if len(found) != 1:
        return None
    unit = frozenset(term for term in terms(text[start:end]) if not is_numeral(term))
    return Figure(min(found), unit, bool(_LOOSE.search(text, max(0, first - 20), first)))


def is_numeral(term: str) -> bool:
    """Whether an index term is a number in figures or in words."""
    return term[:1].isdecimal() or term in _NUMERALS


@lru_cache(maxsize=20_000)
def numbers(text: str) -> frozenset[float]:
    """All numbers that a text says, those of its dates included."""
    return frozenset(_numbers(text.lower()))


def _numbers(text: str) -> Iterator[float]:
    """Put together what is one number: "two hundred thousand", "twenty-five", "1.5 bn"."""
    value: float | None = None
    end, before = 0, ""
    for token in _TOKEN.finditer(text):
        word, gap = token.group(), text[end : token.start()]
        grown = _grown(value, word, gap) if value is not None and gap in _JOINTS else None
        if grown is None:
            if value is not None:
                yield value
            value = _alone(word, before, text[token.end() : token.end() + 40])
        else:
            value = grown
        end, before = token.end(), word
    if value is not None:
        yield value


def _grown(value: float, word: str, gap: str) -> float | None:
    """The number that `word` makes of the one before it; none where it begins another, or is no number."""
    if word in _SCALES:
        return value * _SCALES[word]
    if word in _SUFFIXES and (len(word) > 1 or not gap):
        return value * _SUFFIXES[word]
    small = _WORDS.get(word, 0.0)
    after_tens = value in range(20, 100, 10) and small < 10
    after_hundreds = value >= 100 and value % 100 == 0
    return value + small if small and (after_tens or after_hundreds) else None


def _alone(word: str, before: str, rest: str) -> float | None:
    """The number that a word is by itself, between the word before and the rest of the text."""
    if word[0].isdecimal():
        return float(word.replace(",", ""))
    if word == "one":
        following = _TOKEN.search(rest)
        return 1.0 if before not in _NO_NUMBER_AFTER and following and term_of(following.group()) else None
    if word in _SCALES:
        return _SCALES[word] if before in ("a", "an") else None
    return _WORDS.get(word)


def _is_number(word: str) -> bool:
    lowered = word.lower()
    return lowered[0].isdecimal() or lowered in _WORDS or lowered in _SCALES
