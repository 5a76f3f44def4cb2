"""Words about time in, days out: the range a question asks about, and the days a sentence speaks of.

Only forms that are dates beyond doubt are read (a month with a day or a year, a month or a year after a preposition, a
weekday); a bare "may" or "march" in a sentence is not.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.models import DateRange

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_VERBS = frozenset({"may", "march"})
"""Months that are verbs in lower case; a hasty question may still mean the month, a printed sentence does not."""
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}

_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)\b"
_ISO = re.compile(r"\b(?P<year>(?:1[5-9]|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_DOTTED = re.compile(r"(?<![\w.])(?P<day>[0-3]\d)\.(?P<month>[01]\d)\.(?P<year>(?:20)?\d\d)\b(?!\.\d)")
_WRITTEN = (
    re.compile(rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+{_YEAR})?", re.IGNORECASE),
)
_MONTH_YEAR = re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE)
_IN_MONTH = re.compile(
    r"\b(?:in|during|of|for|since|after|before|until|last|this|early|late|mid)[\s-]+"
    rf"(?!(?<=this )(?-i:may)){_MONTH}(?!-\w)",
    re.IGNORECASE,
)
_IN_YEAR = re.compile(rf"\b(?:in|during|of|for|by|year)\s+(?:the\s+year\s+)?{_YEAR}", re.IGNORECASE)
_YEAR_ALONE = re.compile(rf"\b{_YEAR}")
_WEEKDAY = re.compile(rf"\b(?P<next>(?:next|coming)\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})\b(?:[’']s)?", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)}),?\s+(?:the\s+)?$", re.IGNORECASE)
_PERIOD = "(?:day|week|weekend|month|year|summer|autumn|winter|spring)"
_RELATIVE = re.compile(
    rf"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this|past|coming) {_PERIOD}|"
    rf"(?:\w+ ){{1,2}}{_PERIOD}s? (?:ago|earlier|later)|in the (?:next|coming|past|last) (?:\w+ ){{0,2}}{_PERIOD}s?)\b",
    re.IGNORECASE,
)
_LATEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?|up to date)\b", re.IGNORECASE)

_BOUND = re.compile(r"\b(?P<bound>since|after|before|until|till)\s+(?:the\s+)?$", re.IGNORECASE)
_TO = re.compile(r"\s*(?:and|to|until|till|through|[-–—])\s*(?:the\s+)?", re.IGNORECASE)
_DAY_TO = re.compile(rf"\b{_DAY}{_TO.pattern}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """A date expression at characters [start, end) of a question, and the days it means."""

    start: int
    end: int
    days: DateRange


def asked_range(text: str, newest: dt.date | None) -> DatePhrase | None:
    """The range that a question asks about; a missing year is the last one not after `newest`.

    "Since", "after", "before" and "until" a day or a month leave one end open; two days are all days between.
    """
    phrases = sorted(_asked_days(text, newest), key=lambda phrase: phrase.start) or _asked_month(text, newest)
    if not phrases:
        return _asked_year(text)
    one, *more = phrases
    days = one.days
    if more and _TO.fullmatch(text, one.end, more[0].start) and days.first <= more[0].days.last:
        return DatePhrase(one.start, more[0].end, DateRange(days.first, more[0].days.last))
    if (begun := _DAY_TO.search(text, 0, one.start)) and 0 < int(begun["day"]) <= days.first.day:
        return DatePhrase(begun.start(), one.end, DateRange(days.first.replace(day=int(begun["day"])), days.last))
    weekday = _WEEKDAY_BEFORE.search(text, 0, one.start)
    start = weekday.start() if weekday else one.start
    bound = _BOUND.search(text, 0, start)
    return DatePhrase(start, one.end, _open(days, bound["bound"].lower()) if bound else days)


def asks_latest(text: str) -> bool:
    """Whether a question wants the newest there is."""
    return _LATEST.search(text) is not None


def ranges_in(sentence: str, written: dt.date | None) -> list[DateRange]:
    """The days that a sentence speaks of, by its most exact words.

    What lacks a year is the last such time up to the day it was `written` (a weekday that is "next", the first after),
    and is not read where that day is not known.
    """
    return (
        list(_whole_dates(sentence, written))
        or (_months(sentence, written) if written else [])
        or [_year(int(match["year"])) for match in _YEAR_ALONE.finditer(sentence)]
        or (_weekdays(sentence, written) if written else [])
    )


def time_spans(sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence names a date, a month, a year, a weekday, or a time seen from its own."""
    for pattern in (_ISO, _DOTTED, *_WRITTEN, _MONTH_YEAR, _IN_MONTH, _YEAR_ALONE, _WEEKDAY, _RELATIVE):
        yield from (match.span() for match in pattern.finditer(sentence) if _is_printed(match))


def _asked_days(text: str, newest: dt.date | None) -> Iterator[DatePhrase]:
    """Each day that a question names."""
    for match, day, month, year in _full_dates(text):
        if found := _day(year or _year_before(newest, month, day), month, day):
            yield DatePhrase(match.start(), match.end(), DateRange(found, found))


def _asked_month(text: str, newest: dt.date | None) -> list[DatePhrase]:
    for pattern in (_MONTH_YEAR, _IN_MONTH):
        if said := pattern.search(text):
            month = _MONTHS[said["month"].lower()]
            year = int(said["year"]) if pattern is _MONTH_YEAR else _year_before(newest, month, 1)
            return [DatePhrase(said.start("month"), said.end(), _month(year, month))]
    return []


def _asked_year(text: str) -> DatePhrase | None:
    said = _IN_YEAR.search(text)
    return DatePhrase(said.start("year"), said.end(), _year(int(said["year"]))) if said else None


def _open(days: DateRange, bound: str) -> DateRange:
    """All days since, after, before or until some days."""
    if bound in ("since", "after"):
        return DateRange(days.first if bound == "since" else days.last + dt.timedelta(days=1), dt.date.max)
    return DateRange(dt.date.min, days.last if bound != "before" else days.first - dt.timedelta(days=1))


def _whole_dates(sentence: str, written: dt.date | None) -> Iterator[DateRange]:
    """Days of a month and months of a year; what lacks a year only where the day of writing is known."""
    ends = set[int]()
    for match, day, month, year in _full_dates(sentence):
        spoken = _day(year or _year_before(written, month, day), month, day) if year or written else None
        if spoken and _is_printed(match):
            ends.add(match.end())
            yield DateRange(spoken, spoken)
    for match in _MONTH_YEAR.finditer(sentence):
        if match.end() not in ends:
            yield _month(int(match["year"]), _MONTHS[match["month"].lower()])


def _months(sentence: str, written: dt.date) -> list[DateRange]:
    numbers = [_MONTHS[match["month"].lower()] for match in _IN_MONTH.finditer(sentence) if _is_printed(match)]
    return [_month(_year_before(written, month, 1), month) for month in numbers]


def _weekdays(sentence: str, written: dt.date) -> list[DateRange]:
    found = []
    for match in _WEEKDAY.finditer(sentence):
        back = (written.weekday() - _WEEKDAYS[match["weekday"].lower()]) % 7
        day = written + dt.timedelta(days=7 - back if match["next"] else -back)
        found.append(DateRange(day, day))
    return found


def _is_printed(match: re.Match[str]) -> bool:
    """Whether the month of a match, if it has one, is none that reads as a verb."""
    return match.groupdict().get("month") not in _VERBS


def _full_dates(text: str) -> Iterator[tuple[re.Match[str], int, int, int | None]]:
    """Each date with a day and a month in `text`: the match, day, month number, and the year if it is said."""
    for match in _ISO.finditer(text):
        yield match, int(match["day"]), int(match["month"]), int(match["year"])
    for match in _DOTTED.finditer(text):
        yield match, int(match["day"]), int(match["month"]), 2000 + int(match["year"][-2:])
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            yield match, int(match["day"]), _MONTHS[match["month"].lower()], int(match["year"] or 0) or None


def _year_before(limit: dt.date | None, month: int, day: int) -> int:
    """The year of the last such day that is not after `limit` (today where there is none)."""
    limit = limit or dt.datetime.now(dt.UTC).date()
    year = limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return year


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> DateRange:
    return DateRange(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


def _year(year: int) -> DateRange:
    return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31))
