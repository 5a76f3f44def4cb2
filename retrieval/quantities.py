"""A sentence in, where it gives numbers of things, lengths of time, ages, money, shares and measures out.

All but a few begin at a figure or a number word: these are found first, and the patterns are only tried there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from retrieval.dates import time_spans
from retrieval.lexicon import either, words

Span = tuple[int, int]

_WORD = re.compile(r"\w+")
_NUMBER = either("numbers")
_DIGITS = r"\d+(?:[.,]\d+)*"
_FIGURE = rf"(?:{_DIGITS}|{_NUMBER}\b)"
_MANY = rf"{_FIGURE}(?:[ -]{{1,2}}(?:{_NUMBER}\b|and\b)){{0,4}}"
_SCALE = r"(?:bn|tn|mn?|k|hundred|thousand|million|billion|trillion)\b"
_UNIT = r"(?:(?:second|minute|hour|day|night|week|weekend|month|year|decade)s?|century|centuries)\b"
_CURRENCY = (
    r"(?:dollars?|cents?|euros?|pounds?|yen|yuan|renminbi|rubles?|roubles?|rupees?|francs?|kroner?|kronor|zloty\w?|"
    r"lira|pesos?|marks?|shillings?|pence|usd|eur|gbp)\b"
)
_MEASURE = (
    r"(?:(?:tonnes?|tons?|(?:kilo|milli|centi|nano|micro|deci)?(?:met(?:er|re)s?|grams?|grammes?|lit(?:er|re)s?)|miles?|"
    r"feet|foot|inch(?:es)?|yards?|acres?|hectares?|gallons?|barrels?|bushels?|ounces?|lbs?|kg|km|km2|cm|mm|mi|ft|mph|"
    r"kph|(?:kilo|mega|giga|tera|exa)?(?:watts?|joules?|hertz|bytes?|bits?)(?: hours?)?|[kmgt]?wh?|[kmgt]b|[kmg]?hz|"
    r"sq\.? (?:mi|km|ft|m)|degrees?|volts?|amps?|knots?|light[ -]years?|square \w+|cubic \w+)\b|°\s?[cf]?)"
)
_SHARED = r"(?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?\b"

_ROUGHLY = re.compile(
    r"\b(?:about|around|over|under|some|up to|more than|less than|fewer than|almost|nearly|roughly|approximately|"
    r"at least|at most|only|just)\s$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"(?:\b(?:US|A|C|HK|NZ|CA))?[$€£¥₹₽]\s?$")
_COUNT = re.compile(rf"{_FIGURE}(?:[ -]{_NUMBER}\b)*(?:\s?{_SCALE})?", re.IGNORECASE)
_NO_COUNT = re.compile(rf"\s?(?:%|per ?cent\b|[ap]\.?m\b)|[ -]{{1,2}}(?:{_CURRENCY}|{_UNIT}|{_MEASURE})", re.IGNORECASE)
_SUM = re.compile(rf"{_DIGITS}(?:[ -]?{_SCALE})?", re.IGNORECASE)
_MONEY = re.compile(rf"{_MANY}(?:\s?{_SCALE})?[ -]{{0,2}}{_CURRENCY}", re.IGNORECASE)
_SHARE = re.compile(
    rf"{_MANY}(?:\s?[-–]\s?{_DIGITS})?[ -]?(?:%|per ?cent(?:age points?)?\b)|half\b|"
    rf"(?:one|two|three|four)[ -]{_SHARED}|"
    rf"{_FIGURE} (?:out of|in|of every) (?:every )?{_FIGURE}|\d/\d+",
    re.IGNORECASE,
)
_PART = re.compile(rf"\b(?:an? {_SHARED}|majority\b)", re.IGNORECASE)
_MEASURED = re.compile(rf"{_MANY}(?:\s?{_SCALE})?[ -]{{0,2}}{_MEASURE}(?!\w)", re.IGNORECASE)
_DURATION = re.compile(
    rf"{_FIGURE}(?:[ -]{{1,3}}(?:{_NUMBER}\b|{_DIGITS}|(?:and|a|or|to|more|full|whole)\b)){{0,6}}[ -]{{1,3}}{_UNIT}",
    re.IGNORECASE,
)
_LENGTH = re.compile(rf"\b(?:an?|several|few|many|couple of|whole|entire) {_UNIT}", re.IGNORECASE)
_AGE = re.compile(rf"{_FIGURE}(?:[ -]years?[ -]old\b|(?:st|nd|rd|th)? birthday\b)", re.IGNORECASE)
_BARE = re.compile(rf"(?:\d{{1,3}}|{_NUMBER})(?![\w%]|[.,]\d|-)", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged?|age of)\s$", re.IGNORECASE)
_REACHED = re.compile(r"\b(?:at|turned|turning|was|is)\s$|,\s$|\($", re.IGNORECASE)
_ENDS = {",": ",", "(": ")"}


def counts(sentence: str) -> Iterator[Span]:
    """Numbers of things: figures, but those of dates, lengths of time, money, shares and measures."""
    dates = list(time_spans(sentence)) if _figures(sentence) else []
    for start, end in _at_figures(_COUNT, sentence):
        inside = any(first < end and start < last for first, last in dates)
        if not (inside or _NO_COUNT.match(sentence, end) or _SIGN.search(sentence, max(0, start - 4), start)):
            yield start, end


def durations(sentence: str) -> Iterator[Span]:
    """Lengths of time."""
    for start in _figures(sentence):
        if found := _DURATION.match(sentence, start):
            yield found.span()
    yield from (found.span() for found in _LENGTH.finditer(sentence))


def ages(sentence: str) -> Iterator[Span]:
    """How old somebody or something is."""
    for start in _figures(sentence):
        if found := _AGE.match(sentence, start):
            yield found.span()
        elif found := _BARE.match(sentence, start):
            if aged := _AGED.search(sentence, max(0, start - 10), start):
                yield aged.start(), found.end()
            elif (before := _REACHED.search(sentence, max(0, start - 10), start)) and _is_end(sentence, found, before):
                yield found.span()


def money(sentence: str) -> Iterator[Span]:
    """Sums of money."""
    for start in _figures(sentence):
        if (sign := _SIGN.search(sentence, max(0, start - 4), start)) and (found := _SUM.match(sentence, start)):
            yield sign.start(), found.end()
        elif found := _MONEY.match(sentence, start):
            yield found.span()


def shares(sentence: str) -> Iterator[Span]:
    """Percentages and fractions."""
    yield from _at_figures(_SHARE, sentence)
    yield from (found.span() for found in _PART.finditer(sentence))


def measures(sentence: str) -> Iterator[Span]:
    """Lengths, weights, areas and the like."""
    return _at_figures(_MEASURED, sentence)


def amounts(sentence: str) -> Iterator[Span]:
    """Money, shares and measures."""
    for find in (money, shares, measures):
        yield from find(sentence)


def _at_figures(pattern: re.Pattern[str], sentence: str) -> Iterator[Span]:
    """Where a pattern matches at a figure, with "about" and the like before it."""
    for start in _figures(sentence):
        if found := pattern.match(sentence, start):
            roughly = _ROUGHLY.search(sentence, max(0, start - 16), start)
            yield roughly.start() if roughly else start, found.end()


def _is_end(sentence: str, figure: re.Match[str], before: re.Match[str]) -> bool:
    """Whether a bare figure ends its phrase as an age does: ", 51,", "(51)", "turned 51."."""
    after = sentence[figure.end() : figure.end() + 1]
    ends = _ENDS.get(before.group().strip())
    return after == ends if ends else after in ("", ",", ".", ";")


@lru_cache(maxsize=512)
def _figures(sentence: str) -> tuple[int, ...]:
    """Where numbers begin, in figures or words; "two hundred" and "1.5" are one each."""
    found: list[int] = []
    numbers = words("numbers")
    end, digits = -2, False
    for match in _WORD.finditer(sentence):
        word = match.group().lower()
        if word[0].isdecimal() or word in numbers:
            gap = match.start() - end
            goes_on = gap == 1 and (sentence[end] in ".," if word[0].isdecimal() and digits else word in numbers)
            if not goes_on:
                found.append(match.start())
            end, digits = match.end(), word[0].isdecimal()
    return tuple(found)
