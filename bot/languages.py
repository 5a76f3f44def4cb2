"""A language's code in; what the bot needs to speak it out: how days and numbers are written in it.

English needs this module alone. Babel, which knows how the others are written, takes 70 ms to import and is imported
when one of them is first used.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval import DateRange

PROMPTS = Path(__file__).parents[1] / "prompts"
"""Where every sentence is, in English, and its translations."""

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        ENGLISH: "English",
        "uk": "Українська",
        "fr": "Français",
        "de": "Deutsch",
        "es": "Español",
        "el": "Ελληνικά",
    }
)
"""The languages that the bot speaks, each by its own name. Quotes and titles stay in the language of their article, and
what only the archive's keeper reads (errors, notices, listings, scores) in English."""

_FIELD = re.compile("d|MMMM|y")


@dataclass(frozen=True, slots=True)
class _Days:
    """How days are written, in Unicode's date patterns (UTS 35): `between` are the two ends of days that differ in d,
    M or y."""

    day: str
    month: str
    year: str
    between: Mapping[str, Sequence[str]]
    first_of_month: str = "d"


_ENGLISH_DAYS = _Days(
    "d MMMM y",
    "MMMM y",
    "y",
    {"d": ("d–", "d MMMM y"), "M": ("d MMMM – ", "d MMMM y"), "y": ("d MMMM y – ", "d MMMM y")},
)
_FIRST_OF_MONTH = {"fr": "d'er'"}
"""What Unicode's data lack: 1er mars."""


def nearest(code: str | None) -> str:
    """The language for someone whose own has this code (uk, fr-CA, pt-br, none): it, or else English."""
    language = (code or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else ENGLISH


def in_words(days: "date | DateRange", language: str = ENGLISH) -> str:
    """A day as it is said: 19 August 2025; several days as short as can be: 11–14 March 2025, March 2025."""
    first, last = (days, days) if isinstance(days, date) else (days.first, days.last)
    written = _days(language)
    if first == last:
        return _filled(written.day, last, language)
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        if (first.year, first.month) == (last.year, last.month):
            return _filled(written.month, last, language)
        if (first.year, first.month) == (last.year, last.month - 11):
            return _filled(written.year, last, language)
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    begin, end = written.between[differs]
    return _filled(begin, first, language) + _filled(end, last, language)


def counted(number: int, language: str = ENGLISH) -> str:
    """A number as it is written: 12,500."""
    if language == ENGLISH:
        return f"{number:,}"
    from babel.numbers import format_decimal  # noqa: PLC0415

    return format_decimal(number, locale=language)


def languages_in_words(codes: Sequence[str], language: str = ENGLISH) -> str:
    """Languages as they are called in a language: English and French."""
    from babel import Locale  # noqa: PLC0415
    from babel.lists import format_list  # noqa: PLC0415

    names = Locale.parse(language).languages
    return format_list([names[code] for code in codes], locale=language)


@cache
def _days(language: str) -> _Days:
    if language == ENGLISH:
        return _ENGLISH_DAYS
    from babel import Locale  # noqa: PLC0415

    locale = Locale.parse(language)
    spans, skeletons = locale.interval_formats, locale.datetime_skeletons
    between = spans.get("yMMMMd") or {
        field: [part.replace("MMM", "MMMM") for part in parts] for field, parts in spans["yMMMd"].items()
    }
    day, month, year = (str(one) for one in (locale.date_formats["long"], skeletons["yMMMM"], skeletons["y"]))
    return _Days(day, month, year, between, _FIRST_OF_MONTH.get(language, "d"))


def _filled(pattern: str, day: date, language: str) -> str:
    if language == ENGLISH:
        fields = {"d": str(day.day), "MMMM": f"{day:%B}", "y": str(day.year)}
        return _FIELD.sub(lambda field: fields[field[0]], pattern)
    from babel.dates import format_date  # noqa: PLC0415

    if day.day == 1:
        pattern = pattern.replace("d", _days(language).first_of_month, 1)
    return format_date(day, pattern, language)
