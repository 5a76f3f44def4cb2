"""A sentence in, where it gives numbers of things, lengths of time, ages, money, shares and measures out."""

import re
from collections.abc import Iterator

from retrieval.dates import time_spans

_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|dozens?|millions?|"
    r"billions?|trillions?|half)"
)
_DIGITS = r"\d+(?:[.,]\d+)*"
_FIGURE = rf"(?:(?<!\w)(?<!\d[.,]){_DIGITS}|\b{_WORDS}\b)"
_SCALE = r"(?:bn|tn|mn?|k|hundred|thousand|million|billion|trillion)"
_ROUGHLY = (
    r"(?:(?:about|around|over|under|some|up to|more than|less than|fewer than|almost|nearly|roughly|approximately|"
    r"at least|at most|only|just) )?"
)
_UNIT = (
    r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|months?|years?|decades?|centur(?:y|ies)|generations?)"
)
_CURRENCY = (
    r"(?:dollars?|cents?|euros?|pounds?|yen|yuan|renminbi|rubles?|roubles?|rupees?|francs?|kroner?|kronor|zloty\w?|"
    r"lira|pesos?|marks?|shillings?|pence|usd|eur|gbp)"
)
_MEASURE = (
    r"(?:tonnes?|tons?|(?:kilo|milli|centi|nano|micro|deci)?(?:met(?:er|re)s?|grams?|grammes?|lit(?:er|re)s?)|miles?|feet|foot|"
    r"inch(?:es)?|yards?|acres?|hectares?|gallons?|barrels?|bushels?|ounces?|lbs?|kg|km|km2|cm|mm|mi|ft|mph|kph|"
    r"(?:kilo|mega|giga|tera)?(?:watts?|joules?|hertz|bytes?|bits?)(?: hours?)?|[kmgt]?wh?|[kmgt]b|[kmg]?hz|"
    r"sq\.? (?:mi|km|ft|m)|degrees?|volts?|amps?|knots?|light[ -]years?|square \w+|cubic \w+|°\s?[cf]?)"
)
_MANY = rf"{_FIGURE}(?:[ -]{{1,2}}(?:{_WORDS}|and)){{0,4}}"

_COUNT = re.compile(rf"{_ROUGHLY}{_FIGURE}(?:[ -]{_WORDS})*(?:\s?{_SCALE}\b)?", re.IGNORECASE)
_NO_COUNT = re.compile(
    rf"\s?(?:%|per ?cent\b|[ap]\.?m\b)|[ -]{{1,2}}(?:{_CURRENCY}|{_UNIT}|{_MEASURE})\b", re.IGNORECASE
)
_MONEY = re.compile(
    rf"(?:US|A|C|HK|NZ|CA)?[$€£¥₹₽]\s?{_DIGITS}(?:[ -]?{_SCALE}\b)?|{_MANY}\s?{_SCALE}?[ -]{{0,2}}{_CURRENCY}\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"{_ROUGHLY}{_MANY}(?:\s?[-–]\s?{_DIGITS})?[ -]?(?:%|per ?cent(?:age points?)?\b)|"
    r"\b(?:(?:a|an|one|two|three|four)[ -](?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?|"
    rf"half|(?:{_FIGURE}) (?:out of|in|of every) (?:every )?{_FIGURE}|\d/\d+|majority)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(rf"{_ROUGHLY}{_MANY}(?:\s?{_SCALE})?[ -]{{0,2}}{_MEASURE}(?!\w)", re.IGNORECASE)
_DURATION = re.compile(
    rf"{_FIGURE}(?:[ -]{{1,3}}(?:{_WORDS}|and|a|or|to|{_DIGITS}|more|full|whole)){{0,6}}[ -]{{1,3}}{_UNIT}\b|"
    rf"\b(?:an?|several|few|many|couple of|whole|entire) {_UNIT}\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"\b(?:aged?|age of|age) (?:{_DIGITS}|{_WORDS})\b|\b\d{{1,3}}[ -]years?[ -]old\b|\b\w+[ -]years?[ -]old\b|"
    rf"(?<=, )\d{{1,3}}(?=,)|(?<=\()\d{{1,3}}(?=\))|"
    rf"\bat (?:{_DIGITS}|{_WORDS})(?=[,.;]|\W*$)|\b(?:turned|turning|was|is) (?:\d\d|{_WORDS})(?=[,.;]|\W*$)|"
    rf"\b(?:\d\d?|{_WORDS})(?:st|nd|rd|th)? birthday\b",
    re.IGNORECASE,
)


def counts(sentence: str) -> Iterator[tuple[int, int]]:
    """Numbers of things: figures, but those of dates, lengths of time, money, shares and measures."""
    dates = list(time_spans(sentence))
    for match in _COUNT.finditer(sentence):
        inside = any(start < match.end() and match.start() < end for start, end in dates)
        currency = sentence[max(0, match.start() - 2) : match.start()].strip()[-1:] in tuple("$€£¥₹₽")
        if not (inside or currency or _NO_COUNT.match(sentence, match.end())):
            yield match.span()


def durations(sentence: str) -> Iterator[tuple[int, int]]:
    """Lengths of time."""
    return (match.span() for match in _DURATION.finditer(sentence))


def ages(sentence: str) -> Iterator[tuple[int, int]]:
    """How old somebody or something is."""
    return (match.span() for match in _AGE.finditer(sentence))


def money(sentence: str) -> Iterator[tuple[int, int]]:
    """Sums of money."""
    return (match.span() for match in _MONEY.finditer(sentence))


def shares(sentence: str) -> Iterator[tuple[int, int]]:
    """Percentages and fractions."""
    return (match.span() for match in _SHARE.finditer(sentence))


def measures(sentence: str) -> Iterator[tuple[int, int]]:
    """Lengths, weights, areas and the like."""
    return (match.span() for match in _MEASURED.finditer(sentence))


def amounts(sentence: str) -> Iterator[tuple[int, int]]:
    """Money, shares and measures."""
    for find in (money, shares, measures):
        yield from find(sentence)
