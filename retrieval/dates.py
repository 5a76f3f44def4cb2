"""Text in, what it names by the calendar out: days, months, seasons and years, and where it speaks of a time at all.

Only forms that are dates beyond doubt are read (a month with a day or a year, a month after a preposition, a year that
counts nothing); a bare "may" or "march" in a sentence is not. Which year is meant where none is said, others decide.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.models import DateRange

_SHORT = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_NUMBER_OF = _SHORT | MONTHS
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_VERBS = frozenset({"may", "march"})
"""Months that are verbs in lower case; a hasty question may still mean the month, a printed sentence does not."""
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_PARTS = {"early": 1, "beginning": 1, "start": 1, "mid": 11, "middle": 11, "late": 21, "end": 21}
"""The first day of a part of a month: three parts, of ten days but for the last."""

_MONTH = "(?P<month>" + "|".join(sorted(_NUMBER_OF, key=len, reverse=True)) + r")\b\.?"
DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)\b"
_ISO = re.compile(r"\b(?P<year>(?:1[5-9]|20)\d\d)(?P<mark>[-/.])(?P<month>[01]\d)(?P=mark)(?P<day>[0-3]\d)\b")
_NUMBERS = re.compile(
    r"(?<![\w./-])(?P<day>[0-3]?\d)(?P<mark>[./-])(?P<month>[0-3]?\d)(?P=mark)(?P<year>(?:(?:1[5-9]|20)\d\d|\d\d))\b"
    r"(?![./-]\d)"
)
_WRITTEN = (
    re.compile(rf"\b{DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{DAY}(?:,?\s+{_YEAR})?", re.IGNORECASE),
)
_IN_MONTH = re.compile(
    r"\b(?P<lead>(?:in|during|of|for|since|after|before|until|till|by|from|between|last|this|next)\s+(?:the\s+)?)?"
    r"(?:(?P<part>early|mid|late|beginning|start|middle|end)(?:\s+of)?[\s-]+)?"
    rf"{_MONTH}(?:,?\s+(?:of\s+)?{_YEAR})?(?!-\w)",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"\b(?P<lead>(?:in|during|over|since|last|this|next)\s+(?:the\s+)?)?"
    rf"(?P<season>{'|'.join(_SEASONS)})\b(?:\s+(?:of\s+)?{_YEAR})?",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"(?<![$€£¥])\b{_YEAR}(?!\s?%)")
_COUNTED = re.compile(
    r"\s+(?:troops|soldiers|(?:wo)?men|children|people|civilians|workers|employees|staff|jobs|homes|houses|families|"
    r"residents|students|members|delegates|officers|officials|personnel|refugees|migrants|fighters|volunteers|prisoners|"
    r"patients|deaths|cases|casualties|tanks|drones|missiles|shells|vehicles|trucks|ships|boats|tons|tonnes|miles|feet|"
    r"kilomet\w+|met(?:er|re)s|acres|hectares|square|kg|km|watts|megawatts|degrees|dollars|euros|pounds|per\s?cent|"
    r"thousand|million|billion|years|months|weeks|days|hours|minutes|times|points|votes|seats|copies|pages|more|others)\b",
    re.IGNORECASE,
)
"""Nouns that a number before them counts: it is no year unless "in" or its like says so."""
_IN = re.compile(r"\b(?:in|since|during|until|year)\s$", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b(?:[’']s)?", re.IGNORECASE)
_PERIOD = "(?:day|week|weekend|month|year|summer|autumn|winter|spring)"
_RELATIVE = re.compile(
    rf"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this|past|coming) {_PERIOD}|"
    rf"(?:\w+ ){{1,2}}{_PERIOD}s? (?:ago|earlier|later)|in the (?:next|coming|past|last) (?:\w+ ){{0,2}}{_PERIOD}s?)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_ANY_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_SEEN_FROM_NOW = (
    *("last ", "next ", "this ", "past ", "coming ", " ago", " earlier", " later"),
    *("yesterday", "today", "tonight", "tomorrow"),
)
"""What a text must have in lower case for a closer look: most have nothing of it, and are done at once."""
TO = re.compile(r"\s*(?:and|to|until|till|through|[-–—])\s*(?:the\s+)?", re.IGNORECASE)
"""What stands between the two ends of a stretch of time."""


@dataclass(frozen=True, slots=True)
class Named:
    """What characters [start, end) name by the calendar; 0 where no year, month or day is said.

    `first` is the first day of a part of a month, or the first month of a season.
    """

    start: int
    end: int
    year: int
    month: int = 0
    day: int = 0
    first: int = 0

    def days(self, year: int) -> DateRange | None:
        """The days of it in that year; None where there are none (31 February)."""
        if self.day:
            found = _day(year, self.month, self.day)
            return DateRange(found, found) if found else None
        if self.month:
            return _part(month_days(year, self.month), self.first)
        return _season(year, self.first) if self.first else year_days(year)

    def last_by(self, limit: dt.date) -> DateRange | None:
        """Its days in the last year in which they begin by `limit`."""
        found = (self.days(year) for year in range(min(limit.year + 1, dt.MAXYEAR), max(limit.year - 9, 1), -1))
        return next((days for days in found if days and days.first <= limit), None)

    def first_from(self, limit: dt.date) -> DateRange | None:
        """Its days in the first year in which they end on `limit` or later."""
        found = (self.days(year) for year in range(max(limit.year, 2), min(limit.year + 10, dt.MAXYEAR)))
        return next((days for days in found if days and days.last >= limit), None)


def named(text: str, *, printed: bool = True) -> list[Named]:
    """What a text names by the calendar, in order, each word in its most exact reading.

    In a `printed` text the month that is a verb in lower case is none.
    """
    taken = bytearray(len(text))
    found = []
    for one in _candidates(text, printed):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _candidates(text: str, printed: bool) -> Iterator[Named]:
    """What may be a date, the more exact first."""
    lowered = text.lower()
    figures, months = _FIGURE.search(lowered), _ANY_MONTH.search(lowered)
    if figures:
        yield from _numbers(text)
    if months:
        yield from (*(_written(text, printed) if figures else ()), *_months(text, printed))
    if any(season in lowered for season in _SEASONS):
        yield from _seasons(text)
    if figures:
        yield from _years(text)


def time_spans(sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence names a date, a month, a season, a year, a weekday, or a time seen from its own."""
    yield from ((one.start, one.end) for one in named(sentence))
    lowered = sentence.lower()
    if "day" in lowered:
        yield from (match.span() for match in _WEEKDAY.finditer(sentence))
    if any(words in lowered for words in _SEEN_FROM_NOW):
        yield from (match.span() for match in _RELATIVE.finditer(sentence))


def month_days(year: int, month: int) -> DateRange:
    """All days of a month."""
    return DateRange(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


def year_days(year: int) -> DateRange:
    """All days of a year."""
    return DateRange(dt.date(year, 1, 1), dt.date(year, 12, 31))


def week_days(day: dt.date) -> DateRange:
    """The week of a day, from Monday to Sunday."""
    monday = dt.date.fromordinal(max(1, day.toordinal() - day.weekday()))
    return DateRange(monday, dt.date.fromordinal(min(monday.toordinal() + 6, dt.date.max.toordinal())))


def _numbers(text: str) -> Iterator[Named]:
    """Days in figures alone; the day stands before the month, unless slashes leave no other reading."""
    for match in _ISO.finditer(text):
        yield from _valid(match, int(match["year"]), int(match["month"]), int(match["day"]))
    for match in _NUMBERS.finditer(text):
        day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
        if match["mark"] == "/" and month > 12:
            day, month = month, day
        short = len(match["year"]) == 2
        if not short or match["mark"] == "/" or (len(match[0]) == len("12.03.25") and match["mark"] == "."):
            yield from _valid(match, year + 2000 * short, month, day)


def _valid(match: re.Match[str], year: int, month: int, day: int) -> Iterator[Named]:
    if _day(year, month, day):
        yield Named(*match.span(), year, month, day)


def _written(text: str, printed: bool) -> Iterator[Named]:
    """Days of a month that is written out."""
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            month = _NUMBER_OF[match["month"].lower()]
            one = Named(match.start(), _end(match), int(match["year"] or 0), month, int(match["day"]))
            if one.day and one.days(one.year or 2000) and not (printed and match["month"] in _VERBS):
                yield one


def _months(text: str, printed: bool) -> Iterator[Named]:
    """Months that have a year, a part or a preposition, or are the end of a stretch of time that such a one begins."""
    end = 0
    for match in _IN_MONTH.finditer(text):
        led = match["lead"] and not match["lead"].lower().endswith("the ")
        sure = led or match["part"] or match["year"] or (end and TO.fullmatch(text, end, match.start()))
        if not sure or _is_word(match, printed):
            continue
        end = _end(match)
        part = match["part"] or ""
        first = _PARTS.get(part.lower(), 0)
        start = match.start("part") if part else match.start("month")
        yield Named(start, end, int(match["year"] or 0), _NUMBER_OF[match["month"].lower()], first=first)


def _end(match: re.Match[str]) -> int:
    """Where a date ends: before a full stop, unless that is a short month's own."""
    return match.end() - (match[0].endswith(".") and match["month"].lower() in MONTHS)


def _is_word(match: re.Match[str], printed: bool) -> bool:
    """Whether what looks like a month may be another word: a verb, or a name ("of Jan Steen")."""
    month = match["month"]
    if month in _VERBS and not match["year"] and (printed or (match["lead"] or "").lower() == "this "):
        return True
    after = match.string[match.end() : match.end() + 2]
    return month.lower() in _SHORT and month.lower() != "may" and not match["year"] and after[1:].isupper()


def _seasons(text: str) -> Iterator[Named]:
    for match in _SEASON.finditer(text):
        ends = match.end() == len(text) or text[match.end()] in ",.;:?!"
        falls = match["season"].lower() == "fall" and (match["lead"] or "").lower() not in ("last ", "this ", "next ")
        if match["year"] or (match["lead"] and ends and not falls):
            first = _SEASONS[match["season"].lower()]
            yield Named(match.start("season"), match.end(), int(match["year"] or 0), first=first)


def _years(text: str) -> Iterator[Named]:
    for match in _YEAR_ALONE.finditer(text):
        start, end = match.span()
        if not _COUNTED.match(text, end) or _IN.search(text, max(0, start - 8), start):
            yield Named(start, end, int(match["year"]))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _part(month: DateRange, first: int) -> DateRange:
    """The ten days of a month that begin with `first`, or all of it."""
    if not first:
        return month
    return DateRange(month.first.replace(day=first), month.last if first > 20 else month.first.replace(day=first + 9))


def _season(year: int, first: int) -> DateRange:
    """Three months; the winter of a year is the one that ends in it."""
    begins = dt.date(year - 1 if first == 12 else year, first, 1)
    return DateRange(begins, month_days(year, (first + 2 - 1) % 12 + 1).last)
