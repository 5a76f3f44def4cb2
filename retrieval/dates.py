"""Words about time in, days out: the range a question asks about, and the days a sentence speaks of.

Only forms that are dates beyond doubt are read (a month with a day or a year, a year after a preposition, a weekday);
a bare "may" or "march" in a sentence is not.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.models import DateRange

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}

_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)\b"
_ISO = re.compile(r"\b(?P<year>(?:1[5-9]|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_WRITTEN = (
    re.compile(rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+{_YEAR})?", re.IGNORECASE),
)
_MONTH_YEAR = re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE)
_IN_MONTH = re.compile(rf"\b(?:in|during|of|for|since|last|this)\s+{_MONTH}", re.IGNORECASE)
_IN_YEAR = re.compile(rf"\b(?:in|during|of|for|by|year)\s+(?:the\s+year\s+)?{_YEAR}", re.IGNORECASE)
_YEAR_ALONE = re.compile(rf"\b{_YEAR}")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b(?:[’']s)?", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)}),?\s+(?:the\s+)?$", re.IGNORECASE)
_LATEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?|up to date)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """A date expression at characters [start, end) of a question, and the days it means."""

    start: int
    end: int
    days: DateRange


def asked_range(text: str, newest: dt.date | None) -> DatePhrase | None:
    """The range that a question asks about; a missing year is the last one not after `newest`."""
    for match, day, month, year in _full_dates(text):
        found = _day(year or _year_before(newest, month, day), month, day)
        if found:
            weekday = _WEEKDAY_BEFORE.search(text, 0, match.start())
            start = weekday.start() if weekday else match.start()
            return DatePhrase(start, match.end(), DateRange(found, found))
    for pattern in (_MONTH_YEAR, _IN_MONTH):
        if (said := pattern.search(text)) is not None:
            month = _MONTHS[said["month"].lower()]
            year = int(said["year"]) if pattern is _MONTH_YEAR else _year_before(newest, month, 1)
            return DatePhrase(said.start("month"), said.end(), _month(year, month))
    if (said := _IN_YEAR.search(text)) is not None:
        year = int(said["year"])
        return DatePhrase(said.start("year"), said.end(), DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return None


def asks_latest(text: str) -> bool:
    """Whether a question wants the newest there is."""
    return _LATEST.search(text) is not None


def ranges_in(sentence: str, written: dt.date | None) -> list[DateRange]:
    """The days that a sentence speaks of; weekdays are the last such day up to the day it was `written`."""
    found = []
    for _, day, month, year in _full_dates(sentence):
        if spoken := _day(year or _year_before(written, month, day), month, day):
            found.append(DateRange(spoken, spoken))
    for match in _MONTH_YEAR.finditer(sentence):
        found.append(_month(int(match["year"]), _MONTHS[match["month"].lower()]))
    if not found:
        years = [int(match["year"]) for match in _YEAR_ALONE.finditer(sentence)]
        found = [DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in years]
    if not found and written is not None:
        for match in _WEEKDAY.finditer(sentence):
            back = (written.weekday() - _WEEKDAYS[match[1].lower()]) % 7
            day_of_week = written - dt.timedelta(days=back)
            found.append(DateRange(day_of_week, day_of_week))
    return found


def time_spans(sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence names a date, a month, a year or a weekday."""
    for pattern in (_ISO, *_WRITTEN, _MONTH_YEAR, _IN_MONTH, _YEAR_ALONE, _WEEKDAY):
        for match in pattern.finditer(sentence):
            yield match.span()


def _full_dates(text: str) -> Iterator[tuple[re.Match[str], int, int, int | None]]:
    """Each date with a day and a month in `text`: the match, day, month number, and the year if it is said."""
    for match in _ISO.finditer(text):
        yield match, int(match["day"]), int(match["month"]), int(match["year"])
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            yield match, int(match["day"]), _MONTHS[match["month"].lower()], int(match["year"] or 0) or None


def _year_before(limit: dt.date | None, month: int, day: int) -> int:
    """The year of the last such day that is not after `limit` (today where there is none)."""
    limit = limit or dt.datetime.now(dt.UTC).date()
    return limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> DateRange:
    return DateRange(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
