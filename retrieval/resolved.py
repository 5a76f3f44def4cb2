"""A text and the day it was written in, the days that its words about time mean out.

What lacks a year, and what is said from the day of writing ("last Tuesday"), has one meaning where the words leave no
other, two where the verbs don't tell whether it was or will be, and none where the day of writing is not known.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from retrieval.dates import WEEKDAYS, Named, month_days, named, week_days, year_days
from retrieval.models import DateRange
from retrieval.tense import blotted, tense

_FEW = "one two three four five six seven eight nine ten".split()  # noqa: SIM905
_NUMBERS = {word: number for number, word in enumerate(_FEW, 1)}
_WEEKDAY = re.compile(rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b(?:['’]s)?(?![-–]\w)", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:(?P<which>last|this|next|coming)|every|each|any|good|black|bloody|super|palm|ash|easter|the)\s+$",
    re.IGNORECASE,
)
"""What tells which weekday is meant, or that none is: a habit, or a name."""
_BEFORE_DATE = re.compile(r",?\s+(?:the\s+)?", re.IGNORECASE)
_RELATIVE = re.compile(
    rf"\b(?P<day>yesterday)\b|\b(?P<ago>\d{{1,2}}|{'|'.join(_NUMBERS)})\s+days?\s+ago\b|"
    r"(?<!the )\b(?P<which>last|this|next)\s+(?P<unit>week|weekend)\b(?!['’]s|\s+(?:or|of|in)\b)|"
    r"(?<!the )\b(?P<step>last|next)\s+(?P<period>month|year)\b(?!['’]s|\s+(?:or|of|in)\b)",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"(?:\b(?:about|around|some|nearly|almost|over|than|least|most|or|to|and)\s|[-–])$", re.IGNORECASE
)
_MOST = 40
"""Words about time of a sentence that are read; no sentence that is meant to be read has more."""
_FARTHEST = dt.timedelta(days=183)
"""A day without a year may be meant so far from the day of writing; what would be farther is left in doubt."""
_NEAR = dt.timedelta(days=31)
"""Where no verb tells, the nearer of two days is meant if it is so near."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What characters [start, end) of a text may mean: one stretch of days if `sure`; `stated` says it in full."""

    start: int
    end: int
    readings: tuple[DateRange, ...]
    sure: bool = True
    stated: bool = False


def resolved(text: str, written: dt.date | None) -> list[tuple[int, int, DateRange]]:
    """The words that mean other days than they say, and these days, where there is no doubt."""
    return [(one.start, one.end, one.readings[0]) for one in spoken(text, written) if one.sure and not one.stated]


@lru_cache(maxsize=20_000)
def spoken(text: str, written: dt.date | None) -> tuple[Spoken, ...]:
    """Each of a text's words about time, in order, and the days that it may mean."""
    names = named(text)
    lowered = text.lower()
    found = [_named(text, names, written)]
    if written and "day" in lowered:
        found.append(_weekdays(text, names, written))
    if written and any(words in lowered for words in ("yesterday", "ago", "last ", "next ", "this ")):
        found.append(_relative(text, written))
    return tuple(sorted(islice(chain(*found), _MOST), key=lambda one: one.start))


def _named(text: str, names: list[Named], written: dt.date | None) -> Iterator[Spoken]:
    for one in names:
        if one.year and (days := one.days(one.year)):
            yield Spoken(one.start, one.end, (days,), stated=True)
        elif written and (weekday := _weekday_before(text, one)):
            yield _on_weekday(one, weekday, written)
        elif written:
            yield _without_year(text, one, written)


def _weekday_before(text: str, one: Named) -> re.Match[str] | None:
    """The weekday that a day of a month follows ("Tuesday, March 11")."""
    weekdays = _WEEKDAY.finditer(text, max(0, one.start - 20), one.start) if one.day else ()
    return next((match for match in weekdays if _BEFORE_DATE.fullmatch(text, match.end(), one.start)), None)


def _on_weekday(one: Named, weekday: re.Match[str], written: dt.date) -> Spoken:
    """A day without a year that is told by its weekday: the nearest year in which both are right."""
    years = range(max(1, written.year - 3), min(written.year + 3, dt.MAXYEAR) + 1)
    found = [days for year in years if (days := one.days(year))]
    fitting = [days for days in found if days.first.weekday() == WEEKDAYS[weekday["weekday"].lower()]]
    nearest = sorted(fitting or found, key=lambda days: abs(days.first - written))[:1]
    return Spoken(weekday.start(), one.end, tuple(nearest), sure=bool(fitting))


def _without_year(text: str, one: Named, written: dt.date) -> Spoken:
    """A day, month or season without a year: by the verbs, or the nearest where they don't tell."""
    past, future = one.last_by(written), one.first_from(written)
    told = tense(text, one.start, one.end)
    readings = {"past": (past,), "future": (future,), None: (past, future)}[told]
    found = tuple(dict.fromkeys(days for days in readings if days))
    near = [days for days in found if _distance(days, written) <= (_FARTHEST if told else _NEAR)]
    return Spoken(one.start, one.end, tuple(near) if len(near) == 1 else found, sure=len(near) == 1)


def _distance(days: DateRange, written: dt.date) -> dt.timedelta:
    return max(days.first - written, written - days.last, dt.timedelta())


def _weekdays(text: str, names: list[Named], written: dt.date) -> Iterator[Spoken]:
    """Weekdays that are not part of a date or of a name."""
    dated = bytearray(len(text) + 1)
    for one in names:
        if one.day:
            start = match.start() if (match := _weekday_before(text, one)) else one.start
            dated[start : one.end] = b"\1" * (one.end - start)
    for match in _WEEKDAY.finditer(text):
        lead = _LEAD.search(text, max(0, match.start() - 8), match.start())
        if dated[match.start()] or (lead and not lead["which"] and not _names_a_day(lead, match)):
            continue
        start = lead.start() if lead and lead["which"] else match.start()
        readings = tuple(_on(match, lead["which"].lower() if lead and lead["which"] else "", written))
        yield Spoken(start, match.end(), readings, len(readings) == 1 and blotted(text)[start] != "·")


def _names_a_day(lead: re.Match[str], match: re.Match[str]) -> bool:
    """Whether "the" stands before a mere weekday: "the Friday before", but not "the Sunday Times"."""
    return lead[0].lower() == "the " and not match.string[match.end() : match.end() + 2][1:].isupper()


def _on(match: re.Match[str], which: str, written: dt.date) -> list[DateRange]:
    """The days that a weekday may mean: the last or the next such day, the day of writing itself among them."""
    back = (written.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    past, future = _day(written, -back), _day(written, 7 - back)
    if which == "last":
        return past if back else _day(written, -7)
    if which == "next":
        return future if 7 - back > 6 - written.weekday() else future + _day(written, 14 - back)
    told = None if which == "coming" or (which == "this" and not back) else tense(match.string, *match.span())
    if which == "coming" or (told == "future" and back):
        return future
    return past if told == "past" or (which == "this" and not back) else past + future


def _day(written: dt.date, days: int) -> list[DateRange]:
    """The day so many days after the day of writing, where the calendar has it."""
    try:
        found = written + dt.timedelta(days=days)
    except OverflowError:
        return []
    return [DateRange(found, found)]


def _relative(text: str, written: dt.date) -> Iterator[Spoken]:
    """Times counted from the day of writing, where they are not somebody's own words."""
    for match in _RELATIVE.finditer(text):
        rough = match["ago"] and _ROUGHLY.search(text, max(0, match.start() - 8), match.start())
        if blotted(text)[match.start()] != "·" and not rough and (days := _counted(match, written)):
            yield Spoken(*match.span(), tuple(days))


def _counted(match: re.Match[str], written: dt.date) -> list[DateRange]:
    if match["day"]:
        return _day(written, -1)
    if match["ago"]:
        return _day(written, -(_NUMBERS.get(match["ago"].lower()) or int(match["ago"])))
    if match["unit"]:
        week = _day(written, {"last": -7, "this": 0, "next": 7}[match["which"].lower()])
        first_day = 5 * (match["unit"].lower() == "weekend")
        return [DateRange(days.first + dt.timedelta(days=first_day), days.last) for days in map(_week_of, week)]
    step = 1 if match["step"].lower() == "next" else -1
    months = written.year * 12 + written.month - 1 + step * (12 if match["period"].lower() == "year" else 1)
    year, month = months // 12, months % 12 + 1
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return []
    return [year_days(year) if match["period"].lower() == "year" else month_days(year, month)]


def _week_of(day: DateRange) -> DateRange:
    return week_days(day.first)
