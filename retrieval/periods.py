"""A question in, the time that it asks about out: a stretch of days, the latest there is, or what bounds it.

Words like "last week" are counted from the newest article, so that a collection of old articles can be asked as it was
when it was new. They mean nothing where no article has a date.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.dates import DAY, TO, WEEKDAYS, Named, month_days, named, week_days, year_days
from retrieval.models import DateRange

_WEEKDAY = "(?:" + "|".join(WEEKDAYS) + ")"
_FEW = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_NUMBERS = {word: number for number, word in enumerate(_FEW, 1)} | {"a": 1, "an": 1, "couple of": 2}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"

_HOW_LONG = re.compile(r"\bhow (?:long|much time|many (?:years|months|weeks|days|hours|minutes))\b", re.IGNORECASE)
_LATEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?|up to date)\b", re.IGNORECASE)
_THEN = re.compile(r"\b(?:did|was|were|had|said|told|happen\w*|news|new)\b", re.IGNORECASE)
"""What makes "today" a day; "today" is nowadays in "who leads it today"."""

_YEAR_LEAD = re.compile(r"\b(?:in|during|of|for|by|year|since|until|till)\s+(?:the\s+year\s+)?$", re.IGNORECASE)
_WHICH = re.compile(r"\b(?P<which>last|next)\s+$", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(rf"\b{_WEEKDAY},?\s+(?:the\s+)?$", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?P<bound>since|from|after|before|until|till|up to|by)\s+(?:the\s+)?(?:year\s+)?$", re.IGNORECASE
)
_ONWARDS = re.compile(r"\s+on(?:wards?)?\b", re.IGNORECASE)
_DAY_TO = re.compile(rf"\b{DAY}{TO.pattern}$", re.IGNORECASE)
_TO_DAY = re.compile(
    rf"(?:\s*(?:to|until|till|through|[-–—])\s*|(?P<both>\s+and\s+))(?:the\s+)?{DAY}(?![.:,]\d|\s?%)"
    r"(?:,?\s+(?P<year>(?:1[5-9]|20)\d\d)\b)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)
_LEAD = 24
"""Characters in which the word that leads up to a date is looked for."""

_EVENT = re.compile(
    r"\b(?P<bound>before|after|during|since|until|till|ahead of|following)\s+"
    r"(?P<event>(?:(?:the|this|that|his|her|its|their)\s+)?[\w’'-]+(?:\s+(?!(?:and|or|that|which|who|when|about|did|do|"
    r"does|is|are|was|were|has|have|had|will|would|can|could|should)\b)[\w’'-]+){1,6})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """Words about time at characters [start, end) of a question, and the days that they mean.

    `stated` says that the words name these days in full, so that nobody need be told.
    """

    start: int
    end: int
    days: DateRange
    stated: bool = False


def asked_range(text: str, newest: dt.date | None) -> DatePhrase | None:
    """The days that a question asks about; a missing year is the last one that begins by `newest`.

    "Since", "after", "before", "by" and "until" leave one end open; two days are all days between. How long something
    takes asks about no days.
    """
    if _HOW_LONG.search(text):
        return None
    found = [*_calendar(text, newest), *(_relative(text, newest) if newest else ())]
    found.sort(key=lambda phrase: phrase.start)
    stretches = (_stretch(text, one, other) for one, other in pairwise(found))
    if stretch := next((stretch for stretch in stretches if stretch), None):
        return stretch
    exact = min(found, key=lambda phrase: phrase.days.last - phrase.days.first, default=None)
    return (_from_day(text, exact) or _to_day(text, exact) or _bounded(text, exact)) if exact else None


def asks_latest(text: str) -> bool:
    """Whether a question wants the newest there is."""
    return _LATEST.search(text) is not None


def asked_words(text: str, newest: dt.date | None) -> str:
    """The words of a question that say what days it asks about."""
    phrase = asked_range(text, newest)
    return text[phrase.start : phrase.end] if phrase else ""


def asked_event(text: str) -> tuple[str, str] | None:
    """The event before, during or after which something is asked about: the word that bounds it, and its own words."""
    match = _EVENT.search(text)
    return (match["bound"].lower(), match["event"]) if match else None


def open_range(days: DateRange, bound: str) -> DateRange:
    """All days since, after, before or until some days."""
    if bound in ("since", "from"):
        return DateRange(days.first, dt.date.max)
    if bound == "after":
        return DateRange(_shifted(days.last, 1), dt.date.max)
    return DateRange(dt.date.min, _shifted(days.first, -1) if bound == "before" else days.last)


def _calendar(text: str, newest: dt.date | None) -> list[DatePhrase]:
    """The days, months, seasons and years that a question names; the last first, as it may tell the others' year."""
    names = _named(text)
    found: list[DatePhrase] = []
    for at, one in reversed(list(enumerate(names))):
        begin = names[at - 1] if at and TO.fullmatch(text, names[at - 1].end, one.start) else None
        end = found[-1] if found and TO.fullmatch(text, one.end, found[-1].start) else None
        if days := _days(text, one, begin, end.days.last if end else newest):
            found.append(DatePhrase(one.start, one.end, days, bool(one.year and not one.first)))
    return found


def _named(text: str) -> list[Named]:
    """What a question names by the calendar; a mere year where a preposition or a stretch says that it is one."""
    names: list[Named] = []
    for one in named(text, printed=False):
        lead = max(0, one.start - _LEAD), one.start
        begins = _BETWEEN.search(text, *lead) and TO.match(text, one.end)
        ends = names and TO.fullmatch(text, names[-1].end, one.start)
        if one.month or one.first or begins or ends or _YEAR_LEAD.search(text, *lead):
            names.append(one)
    return names


def _days(text: str, one: Named, begin: Named | None, limit: dt.date | None) -> DateRange | None:
    """The days of a date; without a year, in that of the stretch's beginning, or the last that `limit` allows."""
    if one.year:
        return one.days(one.year)
    if begin and begin.year and (first := begin.days(begin.year)):
        return one.first_from(first.first)
    which = _WHICH.search(text, max(0, one.start - _LEAD), one.start)
    return _last(one, limit or dt.datetime.now(dt.UTC).date(), which)


def _last(one: Named, limit: dt.date, which: re.Match[str] | None) -> DateRange | None:
    """The last of its kind by `limit`; what is said to be the last has passed, and the next is still to come."""
    days = one.last_by(limit)
    if which and which["which"].lower() == "next":
        return None
    return one.last_by(_shifted(days.first, -1)) if which and days and days.holds(limit) else days


def _stretch(text: str, one: DatePhrase, other: DatePhrase) -> DatePhrase | None:
    """From one date to the next, where the words between say so."""
    if TO.fullmatch(text, one.end, other.start) and one.days.first <= other.days.last:
        days = DateRange(one.days.first, other.days.last)
        return DatePhrase(one.start, other.end, days, one.stated and other.stated)
    return None


def _from_day(text: str, to: DatePhrase) -> DatePhrase | None:
    """A stretch whose first day has no month of its own ("11 to 14 March")."""
    begun = _DAY_TO.search(text, max(0, to.start - _LEAD), to.start)
    if begun and to.days.first == to.days.last and 0 < int(begun["day"]) <= to.days.first.day:
        days = DateRange(to.days.first.replace(day=int(begun["day"])), to.days.last)
        return DatePhrase(begun.start(), to.end, days, to.stated)
    return None


def _to_day(text: str, begun: DatePhrase) -> DatePhrase | None:
    """A stretch whose last day has no month of its own ("March 11 to 14")."""
    to = _TO_DAY.match(text, begun.end)
    first = begun.days.first
    if not to or first != begun.days.last or not text[begun.start].isalpha():
        return None
    if to["both"] and not _BETWEEN.search(text, max(0, begun.start - _LEAD), begun.start):
        return None
    year = int(to["year"] or first.year)
    month = month_days(year, first.month)
    if not first.day < int(to["day"]) <= month.last.day:
        return None
    days = DateRange(month.first.replace(day=first.day), month.first.replace(day=int(to["day"])))
    return DatePhrase(begun.start, to.end(), days, begun.stated or bool(to["year"]))


def _bounded(text: str, phrase: DatePhrase) -> DatePhrase:
    """The phrase with its weekday, and without one of its ends where "since" or its like stands before it."""
    weekday = _WEEKDAY_BEFORE.search(text, max(0, phrase.start - _LEAD), phrase.start)
    start = weekday.start() if weekday else phrase.start
    bound = _BOUND.search(text, max(0, start - _LEAD), start)
    if bound is None or (bound["bound"].lower() == "from" and not _ONWARDS.match(text, phrase.end)):
        return replace(phrase, start=start)
    return replace(phrase, start=start, days=open_range(phrase.days, bound["bound"].lower()))


def _relative(text: str, newest: dt.date) -> Iterator[DatePhrase]:
    """Times counted from the newest article."""
    for pattern, meant in _RULES:
        for match in pattern.finditer(text):
            if days := meant(match, newest):
                yield DatePhrase(*match.span(), days)


def _yesterday(match: re.Match[str], newest: dt.date) -> DateRange:
    day = _shifted(newest, -2 if "before" in match[0].lower() else -1)
    return DateRange(day, day)


def _today(match: re.Match[str], newest: dt.date) -> DateRange | None:
    return DateRange(newest, newest) if _THEN.search(match.string) else None


def _last_weekday(match: re.Match[str], newest: dt.date) -> DateRange | None:
    back = (newest.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    which = (match["which"] or "").lower()
    day = _shifted(newest, -(back or 7 * (which in ("last", "past"))))
    return DateRange(day, day) if which != "this" or back <= newest.weekday() else None


def _period(match: re.Match[str], newest: dt.date) -> DateRange:
    """A week, a month, a year or a weekend of the calendar, that of the newest article or the one before."""
    back = 0 if match["which"].lower() == "this" else 1
    return _back(newest, match["unit"].lower(), back)


def _weekend(match: re.Match[str], newest: dt.date) -> DateRange:
    """The last weekend that has begun."""
    return _back(newest, "weekend", 0 if newest.weekday() > 4 else 1)


def _last_few(match: re.Match[str], newest: dt.date) -> DateRange:
    """So many days, weeks, months or years up to the newest article."""
    return DateRange(_ago(newest, match["unit"].lower(), _many(match["many"])), newest)


def _last_one(match: re.Match[str], newest: dt.date) -> DateRange:
    """One day, week, month or year up to the newest article."""
    return DateRange(_ago(newest, match["unit"].lower(), 1), newest)


def _so_long_ago(match: re.Match[str], newest: dt.date) -> DateRange:
    """The day, week, month or year so long before the newest article."""
    unit, many = match["unit"].lower(), _many(match["many"])
    return _back(newest, unit, many)


def _many(number: str) -> int:
    words = " ".join(number.lower().split())
    return _NUMBERS.get(words) or int(words)


def _back(newest: dt.date, unit: str, many: int) -> DateRange:
    """The day, week, weekend, month or year that lies so many of its like back."""
    day = _ago(newest, "week" if unit == "weekend" else unit, many)
    if unit in ("week", "weekend"):
        week = week_days(day)
        return DateRange(_shifted(week.first, 5 * (unit == "weekend")), week.last)
    return {"day": DateRange(day, day), "month": month_days(day.year, day.month), "year": year_days(day.year)}[unit]


def _ago(newest: dt.date, unit: str, many: int) -> dt.date:
    if unit in ("day", "week"):
        return _shifted(newest, -many * (7 if unit == "week" else 1))
    months = max(12, newest.year * 12 + newest.month - 1 - many * (12 if unit == "year" else 1))
    month = month_days(months // 12, months % 12 + 1)
    return month.first.replace(day=min(newest.day, month.last.day))


def _shifted(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(max(1, day.toordinal() + days), dt.date.max.toordinal()))


_NOT_OF = r"(?!['’]|\s+(?:of|in|before)\b)"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], DateRange | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meant)
    for pattern, meant in (
        (r"\b(?:the day before yesterday|yesterday|last night)\b(?!['’]s)", _yesterday),
        (r"\btoday\b(?!['’]s)", _today),
        (rf"\b(?:(?P<which>last|past|this)\s+|(?<=since ))(?P<weekday>{_WEEKDAY})\b(?!['’]s)", _last_weekday),
        (
            r"(?<!the )\b(?P<which>last|past|previous|this)\s+(?P<unit>week|month|year|weekend)\b(?!['’]s|\s+of\b)",
            _period,
        ),
        (r"\b(?:at|over|during|on)\s+the\s+(?:last\s+)?weekend\b(?!['’]s)", _weekend),
        (rf"\b(?:last|past|previous)\s+(?P<many>{_NUMBER})\s+(?P<unit>day|week|month|year)s\b{_NOT_OF}", _last_few),
        (rf"\bthe\s+(?:last|past|previous)\s+(?P<unit>day|week|month|year)\b{_NOT_OF}", _last_one),
        (rf"\b(?P<many>{_NUMBER})\s+(?P<unit>day|week|month|year)s?\s+ago\b", _so_long_ago),
    )
)
