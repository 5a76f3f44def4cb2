"""A file of many articles in; its articles out, one by one, and a reason for each line left out.

An archive is JSON Lines, plain, gzipped or as Zstandard: an object a line, with the fields `id`, `title`, `date`,
`text`, `url` and `source`, of which only `text` is needed. Of a file of any size no more is held at a time than its
longest line, of at most `LINE` bytes.
"""

import codecs
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from retrieval import decoding, frontmatter, unpacking
from retrieval.models import Document, LeftOut, LeftOutReason
from retrieval.sources import LIMIT, SourceFile

LINE = LIMIT
"""Bytes of the longest line that is read."""
HOPELESS = 1000
"""Lines without any article after which the rest of a file is not looked at."""

_FIELDS = frozenset({"id", "title", "date", "text", "url", "source"})
_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_REPLACED = str.maketrans({"\0": "\ufffd", **{chr(code): "\ufffd" for code in range(0xD800, 0xE000)}})


class _Mistake(Exception):
    """A line is no article: the reason, and its fact."""

    def __init__(self, reason: LeftOutReason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: LeftOutReason = reason
        self.detail = detail


def documents(file: SourceFile) -> Iterator[Document | LeftOut]:
    """The articles of an archive in their order, and `LeftOut` for each line that is none, named `file:line`.

    An article's id is the file's, `#` and its own, or the number of its line. That two have the same is not noticed.
    """
    number, good, bad = 0, 0, 0
    try:
        with file.path.open("rb") as stream:
            for number, line in enumerate(unpacking.lines(stream, file.id, LINE), 1):
                found = _read(file.id, number, line)
                if found is None:
                    continue
                yield found
                good, bad = good + isinstance(found, Document), bad + isinstance(found, LeftOut)
                if not good and bad == HOPELESS:
                    raise _Mistake("not_lines", f"{number:,}")
    except unpacking.BrokenOff as broken:
        yield LeftOut(f"{file.id}:{number + 1}", "broken_off", str(broken))
    except OSError as error:
        yield LeftOut(file.id, "unreadable", error.strerror or "")
    except _Mistake as mistake:
        yield LeftOut(file.id, mistake.reason, mistake.detail)
    else:
        if not good and not bad:
            yield LeftOut(file.id, "empty")


def _read(name: str, number: int, line: bytes | int) -> Document | LeftOut | None:
    """What a line holds, None for a blank one. Raises _Mistake where the whole file is none to read."""
    where = f"{name}:{number}"
    if isinstance(line, int):
        return LeftOut(where, "too_large", f"{line / 1e6:.1f} MB")
    if number == 1:
        line = line.removeprefix(codecs.BOM_UTF8)
        if encoding := decoding.wide(line):
            raise _Mistake("not_utf8", encoding)
    line = line.strip()
    if not line:
        return None
    try:
        return _document(name, number, line)
    except _Mistake as mistake:
        return LeftOut(where, mistake.reason, mistake.detail)
    except RecursionError:
        return LeftOut(where, "not_json", "[[[…")


def _document(name: str, number: int, line: bytes) -> Document:
    told, encoding = _object(line)
    text = told.get("text")
    if not isinstance(text, str) or not text or text.isspace():
        raise _Mistake("field", 'text: "…"')
    return Document(
        id=f"{name}#{_id(told) or number}",
        text=text,
        encoding=encoding,
        title=_short("title", told),
        date=_day(told.get("date")),
        source=_short("source", told),
        url=_url(told),
        extra=_extra(told),
        line=number,
    )


def _object(line: bytes) -> tuple[dict[str, Any], str]:
    """The object on a line and its encoding; what no text may hold (NUL, half a character) is replaced and marked."""
    try:
        text, encoding = line.decode(), "utf-8"
    except UnicodeDecodeError as error:
        repaired = decoding.damaged(line)
        if repaired is None:
            raise _Mistake("not_utf8", f"byte {error.start + 1}") from None
        text, encoding = repaired
    told = _parsed(text)
    if b"\\" in line and _ODD.search(line) and (sound := _sound(told)) != told:
        told, encoding = sound, "utf-8, damaged"
    if not isinstance(told, dict):
        raise _Mistake("not_json", type(told).__name__)
    return told, encoding


def _parsed(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _Mistake("not_json", f"column {error.colno}: {error.msg}") from None
    except ValueError as error:  # a number of thousands of digits, NaN
        raise _Mistake("not_json", str(error).partition(";")[0]) from None


def _sound(told: Any) -> Any:
    """The same with the characters replaced that could be neither stored nor shown."""
    if isinstance(told, str):
        return told.translate(_REPLACED)
    if isinstance(told, dict):
        return {_sound(key): _sound(value) for key, value in told.items()}
    return [_sound(one) for one in told] if isinstance(told, list) else told


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_number)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _id(told: Mapping[str, Any]) -> str:
    given = told.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if given is None:
        return ""
    if not isinstance(given, str) or not given.isprintable() or len(given) > frontmatter.LONGEST:
        raise _Mistake("field", 'id: "…", 1')
    return given.strip()


def _short(key: str, told: Mapping[str, Any]) -> str:
    given = told.get(key)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise _Mistake("field", f'{key}: "…"')
    if len(given) > frontmatter.LONGEST:
        raise _Mistake("field", f"{key}: ≤ {frontmatter.LONGEST}")
    return " ".join(given.split())


def _url(told: Mapping[str, Any]) -> str:
    given = _short("url", told)
    if given and not frontmatter.is_web_address(given):
        raise _Mistake("field", "url: https://…")
    return given


def _day(given: object) -> dt.date | None:
    """A number is no date: seconds, milliseconds and 20250313 cannot be told apart."""
    if given is None or given == "":
        return None
    day = frontmatter.written_date(given) if isinstance(given, str) else None
    if day is None:
        raise _Mistake("field", "date: YYYY-MM-DD, 13 March 2025")
    return day


def _extra(told: Mapping[str, Any]) -> str:
    others = {key: value for key, value in told.items() if key not in _FIELDS}
    try:
        return _ENCODER.encode(others) if others else ""
    except ValueError as error:  # 1e999
        raise _Mistake("not_json", str(error)) from None
