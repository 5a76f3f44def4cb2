"""A corpus folder in; what its `catalog.toml` says about each article, or the line of the first mistake in it."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from retrieval.errors import CatalogInvalid
from retrieval.frontmatter import LONGEST, is_sane, is_web_address, iso_date
from retrieval.models import CatalogEntry

NAME = "catalog.toml"

_KEYS = ("title", "source", "url", "date", "known", "evidence")
_TABLE = re.compile(r"\s*\[(?P<name>.*?)\]\s*(?:#.*)?$")
_QUOTED = re.compile(r"""(["'])(?P<name>.*)\1$""")
_KEY = re.compile(r"""\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w-]+))""")
_LINE = re.compile(r"\(at line (\d+),")


class _Mistake(Exception):
    """A value that may not stand where it stands, and what may."""


def load(corpus: Path) -> Mapping[str, CatalogEntry]:
    """What the catalog says, by article id; nothing where there is no catalog. Raises CatalogInvalid."""
    path = corpus / NAME
    try:
        text = path.read_bytes().decode()
    except (FileNotFoundError, NotADirectoryError):  # of a folder that is none, who looks for articles in it will tell
        return {}
    except OSError as error:
        raise CatalogInvalid(path, 1, NAME, error.strerror or "") from None
    except UnicodeDecodeError as error:
        raise CatalogInvalid(path, error.object.count(b"\n", 0, error.start) + 1, NAME, "UTF-8") from None
    return _entries(path, text)


def _entries(path: Path, text: str) -> dict[str, CatalogEntry]:
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        _refuse_syntax(path, text, str(error))
    entries: dict[str, CatalogEntry] = {}
    for article, table in tables.items():
        if not isinstance(table, dict):
            raise CatalogInvalid(path, _line_of(text, article), article, '["file.txt"]')
        for key, value in table.items():
            try:
                table[key] = _value(key, value)
            except _Mistake as mistake:
                raise CatalogInvalid(path, _line_of(text, article, key), key, str(mistake)) from None
        entries[article] = CatalogEntry(**table)
    return entries


def _value(key: str, value: object) -> str | dt.date:
    """`value` as the entry keeps it. Raises _Mistake with what is allowed."""
    if isinstance(value, dict):  # [file.txt] without quotes is a table "txt" in a table "file"
        raise _Mistake('["file.txt"]')
    if key not in _KEYS:
        raise _Mistake(", ".join(_KEYS))
    if key == "date":
        return _date(value)
    if not isinstance(value, str):
        raise _Mistake(f'{key} = "…"')
    if len(value) > LONGEST:
        raise _Mistake(f"≤ {LONGEST}")
    if key == "known" and value not in ("catalog", "inferred"):
        raise _Mistake("catalog, inferred")
    if key == "url" and not is_web_address(value):
        raise _Mistake("https://…")
    return value.strip()


def _date(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str):
        value = iso_date(value)
    if not isinstance(value, dt.date) or not is_sane(value):
        raise _Mistake("YYYY-MM-DD")
    return value


def _refuse_syntax(path: Path, text: str, message: str) -> NoReturn:
    """Point at the line of a TOML error; where the parser names none, it is the last."""
    lines = text.split("\n")
    found = _LINE.search(message)
    number = min(int(found[1]), len(lines)) if found else len(text.rstrip().split("\n"))
    raise CatalogInvalid(path, number, _key_of(lines[number - 1]), 'key = "value"')


def _line_of(text: str, article: str, key: str = "") -> int:
    """The line of `key` in the table of `article`, or else the first that names the article."""
    table, named = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            table = header["name"].strip()
            quoted = _QUOTED.match(table)
            table = quoted["name"] if quoted else table
        if article in line:
            named = named or number
        if key and table == article and not header and _key_of(line) == key:
            return number
    return named or 1


def _key_of(line: str) -> str:
    """The key that a line of TOML begins with, bare or in quotes."""
    found = _KEY.match(line)
    return (found["double"] or found["single"] or found["bare"] or "") if found else ""
