"""`catalog.toml` in; what it says about each article, or the line of its first mistake."""

import datetime as dt
from pathlib import Path

import pytest

from retrieval import catalog
from retrieval.errors import CatalogInvalid
from retrieval.models import CatalogEntry

KEYS = "title, source, url, date, known, evidence"
FULL = """# A comment

["a.txt"]
title = " A title "
source = "The Example"
url = "https://example.org/a"
date = 2025-03-13
known = "inferred"
evidence = "It says Thursday."

['folder/b.md']
date = "2025-03-14"  # as text
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "catalog.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def facts(folder: Path, text: str | bytes) -> tuple[object, ...]:
    """Line, key and what is allowed there, of the mistake in a catalog."""
    path = write(folder, text)
    with pytest.raises(CatalogInvalid) as caught:
        catalog.load(folder)
    found = caught.value.facts
    assert path == found.pop("path")
    return tuple(found.values())


def test_no_catalog_says_nothing(tmp_path):
    """It is no error to have none."""
    assert {} == catalog.load(tmp_path)


@pytest.mark.parametrize("text", [FULL, FULL.replace("\n", "\r\n"), "\ufeff" + FULL])
def test_entries_are_read_with_all_their_keys(tmp_path, text):
    """Dates may be dates or text; what is not said stays empty, and a date is known from the catalog by default."""
    write(tmp_path, text)

    assert {
        "a.txt": CatalogEntry(
            title="A title",
            source="The Example",
            url="https://example.org/a",
            date=dt.date(2025, 3, 13),
            known="inferred",
            evidence="It says Thursday.",
        ),
        "folder/b.md": CatalogEntry(date=dt.date(2025, 3, 14)),
    } == catalog.load(tmp_path)


def test_a_date_with_a_time_is_that_day(tmp_path):
    """TOML knows moments too."""
    write(tmp_path, '["a.txt"]\ndate = 2025-03-13T23:30:00-05:00\n')

    assert {"a.txt": CatalogEntry(date=dt.date(2025, 3, 13))} == catalog.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "key", "allowed"),
    [
        ('colour = "red"', "colour", KEYS),
        ('"tit le" = "red"', "tit le", KEYS),
        ("title = 3", "title", 'title = "…"'),
        (f'title = "{"x" * 1001}"', "title", "≤ 1000"),
        ('source = ["The Example"]', "source", 'source = "…"'),
        ('known = "guessed"', "known", "catalog, inferred"),
        ("known = true", "known", 'known = "…"'),
        ('url = "example.org"', "url", "https://…"),
        ('url = "javascript:alert(1)"', "url", "https://…"),
        ('date = "13 March 2025"', "date", "YYYY-MM-DD"),
        ('date = "2025-02-30"', "date", "YYYY-MM-DD"),
        ("date = 2025", "date", "YYYY-MM-DD"),
        ("date = 0001-01-01", "date", "YYYY-MM-DD"),
        ("date = 12:30:00", "date", "YYYY-MM-DD"),
        ('inner = { title = "x" }', "inner", '["file.txt"]'),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(tmp_path, line, key, allowed):
    """Even where the same key stands rightly in the table before it and in a comment."""
    before = '# colour = "red"\n["a.txt"]\ntitle = "x"\ndate = 2025-01-01\n["b.txt"] # b\n'

    assert (6, key, allowed) == facts(tmp_path, f'{before}{line}\n["c.txt"]\ntitle = "x"\n')


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('["a.txt"]\ntitle = "x\ndate = 2025-01-01\n', 2, "title"),
        ('["a.txt"]\ntitle = x\n', 2, "title"),
        ('["a.txt"]\ntitle = "x"\ntitle = "y"\n', 3, "title"),
        ('["a.txt"]\n["a.txt"]\n', 2, ""),
        ('["a.txt"]\ndate = 2025-13-01\n', 2, "date"),
        ('["a.txt"]\ntitle =\n\n', 2, "title"),
        ("\n\n[a", 3, ""),
        ("a = " + "[" * 100_000, 1, "a"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(tmp_path, text, line, key):
    """Also where the parser only says that the end came too soon."""
    assert (line, key, 'key = "value"') == facts(tmp_path, text)


def test_a_key_outside_of_a_table_is_a_mistake(tmp_path):
    """Each key belongs to an article."""
    assert (2, "title", '["file.txt"]') == facts(tmp_path, '\ntitle = "x"\n')


def test_a_file_name_without_quotes_is_a_mistake(tmp_path):
    """TOML reads the dot as a table in a table."""
    assert (1, "txt", '["file.txt"]') == facts(tmp_path, '[a.txt]\ntitle = "x"\n')


def test_a_key_written_in_dots_is_found_by_its_article(tmp_path):
    """The line that names the article is as near as it gets."""
    assert (2, "colour", KEYS) == facts(tmp_path, '\n"a.txt".colour = "red"\n')


def test_a_key_whose_article_is_written_otherwise_is_on_the_first_line(tmp_path):
    """TOML may escape what it likes."""
    assert (1, "colour", KEYS) == facts(tmp_path, '["\\u0061.txt"]\ncolour = "red"\n')


def test_bytes_that_are_no_utf8_are_named_with_their_line(tmp_path):
    """TOML is UTF-8."""
    assert (2, "catalog.toml", "UTF-8") == facts(tmp_path, b'["a.txt"]\ntitle = "caf\xe9"\n')


def test_a_catalog_that_cannot_be_read_is_an_error(tmp_path):
    """To serve articles without their dates would be worse."""
    (tmp_path / "catalog.toml").mkdir()

    with pytest.raises(CatalogInvalid) as caught:
        catalog.load(tmp_path)

    assert "Is a directory" == caught.value.facts["allowed"]


def test_the_catalog_of_the_seeds_is_about_files_that_are_there(seeds):
    """A file renamed would lose its title and date in silence."""
    assert [] == [name for name in catalog.load(seeds) if not (seeds / name).is_file()]
