"""A document in; what is stated around its text (title, date, source, url) and where the text begins.

The head of an article may be front matter, or a header `date 2025-03-13`, or lines of their own between title and text:
a date, and a dateline such as `Kyiv • UNN`.

    ---
    title: "Leaders meet in London"
    date: 13 March 2025
    ---

The rules for a value are those of the catalog too.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from retrieval.models import Document, LeftOut, Span

KEYS = ("title", "date", "source", "url")
LONGEST = 1_000
"""Characters of a title, a source, an address: each passage is known by its article's title."""

_FENCED = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<lines>(?:.*\n){0,50}?)---[ \t]*(?:\r?\n|$)")
_PAIR = re.compile(r"(?P<key>[\w-]+)\s*:(?:\s+(?P<value>.*))?$")
_QUOTED = re.compile(r"""(["'])(?P<inner>.*)\1$""")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_WORDS = re.compile(r"(?=.*[^\W\d_]{3})(?=.*\b\d{4}\b)(?=.*\b\d{1,2}(?!\d)).{8,60}")
_TIME = re.compile(r"(?<=\d{4})[,\s]+(?:at\s+)?\d{1,2}[:.]\d{2}\b.*")
_HEADER = re.compile(
    r"(?P<lead>\ufeff?\s*)date[ \t]*(?::[ \t]*)?(?P<date>\d{4}-\d{2}-\d{2})(?!\S)", re.ASCII | re.IGNORECASE
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_LINE = re.compile(
    r"(?:(?:first |last )?(?:published|posted|updated|date)(?: on)?\s*(?::\s*)?)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
    r"(?:[,T\s]*(?:at\s+)?\d{1,2}[:.]\d{2}.{0,20})?",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"(?P<place>[^\W\d_][^•·\d]{1,40}?)\s*[•·]\s*(?P<agency>[^\W\d_][^•·\d]{1,40})")
_LANGUAGES = ["en", "fr", "de", "es", "it", "uk", "ru", "el"]
"""Of a written date. Left to itself dateparser tries all it knows, 3 s for the first date that is none."""

_FIRST_YEAR, _LAST_YEAR = 1600, 2199


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a document states before its text, which starts at character `end`."""

    end: int = 0
    title: str = ""
    date: dt.date | None = None
    source: str = ""
    url: str = ""


def parse(document: Document) -> FrontMatter | LeftOut:
    """The front matter of `document`, an empty one where it has none, or its first mistake."""
    fenced = _FENCED.match(document.text)
    if not fenced or not any(_PAIR.match(line) for line in fenced["lines"].splitlines()):
        return FrontMatter(end=int(document.text.startswith("\ufeff")))
    stated: dict[str, str] = {}
    for number, line in enumerate(fenced["lines"].splitlines(), 2):
        if not line.strip() or line.startswith("#"):
            continue
        pair = _PAIR.match(line.rstrip())
        key, value = (pair["key"], _unquoted(pair["value"] or "")) if pair else (line.strip()[:40], "")
        allowed = _allowed(key, value, stated)
        if allowed:
            return LeftOut(document.id, "front_matter", f"line {number}: {key}: {allowed}")
        stated[key] = value
    return FrontMatter(
        end=fenced.end(),
        title=stated.get("title", ""),
        date=written_date(stated.get("date", "")),
        source=stated.get("source", ""),
        url=stated.get("url", ""),
    )


def header(text: str, start: int = 0) -> Span | None:
    """Where `date YYYY-MM-DD` stands at the beginning of the text, on a line of its own or not."""
    found = _HEADER.match(text, start)
    if not found or not iso_date(found["date"]):
        return None
    return Span(found.end("lead"), found.end())


def head_date(line: str) -> dt.date | None:
    """The day that a line of the head gives, where it does nothing else."""
    found = _DATE_LINE.fullmatch(line)
    return written_date(found["date"]) if found else None


def head_source(line: str) -> str:
    """The agency of a dateline, or nothing where the line is none."""
    found = _DATELINE.fullmatch(line)
    if not found or not (found["place"][0].isupper() and found["agency"][0].isupper()):
        return ""
    return found["agency"].strip()


def iso_date(text: str) -> dt.date | None:
    """The day of `YYYY-MM-DD`, a time after it or not; None for anything else or a year out of range."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    try:
        day = dt.date.fromisoformat(found[1])
    except ValueError:
        return None
    return day if is_sane(day) else None


def written_date(text: str) -> dt.date | None:
    """The day of a phrase that is a whole date, in ISO form or with the month in words ("13 March 2025")."""
    day = iso_date(text)
    return day if day or not _WORDS.fullmatch(text) else _parsed(_TIME.sub("", text))


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> dt.date | None:
    """The day of a phrase; 2 ms each, and an archive of many articles has few days."""
    import dateparser  # noqa: PLC0415  160 ms that most corpora do not need

    # Only absolute dates with all three parts: left to itself it reads "May" or "yesterday" as a day near today.
    moment = dateparser.parse(
        text,
        languages=_LANGUAGES,
        settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]},
    )
    return moment.date() if moment and is_sane(moment.date()) else None


def is_sane(day: dt.date) -> bool:
    """Whether news may bear this date; a mistyped year should not pass for one."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def is_web_address(text: str) -> bool:
    """Whether `text` may be shown as a link."""
    return re.fullmatch(r"https?://\S+", text) is not None


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = _QUOTED.match(value)
    return quoted["inner"].strip() if quoted else value


def _allowed(key: str, value: str, stated: dict[str, str]) -> str:
    """What is allowed in place of a pair that may not stand, or nothing for one that may."""
    if key not in KEYS:
        return ", ".join(KEYS)
    if key in stated:
        return f"{key} once"
    if len(value) > LONGEST:
        return f"≤ {LONGEST}"
    if key == "date" and value and not written_date(value):
        return "YYYY-MM-DD, 13 March 2025"
    if key == "url" and value and not is_web_address(value):
        return "https://…"
    return ""
