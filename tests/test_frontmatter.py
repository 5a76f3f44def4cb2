"""A document in; what is stated around its text."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import frontmatter
from retrieval.frontmatter import FrontMatter
from retrieval.models import Document, LeftOut, Span

KEYS = "title, date, source, url"
DAY = dt.date(2025, 3, 13)


def parse(text: str) -> FrontMatter | LeftOut:
    return frontmatter.parse(Document("a.md", text))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_all_four_keys_are_read(newline):
    """With quotes or without, in any order, among comments and blank lines; an empty value states nothing."""
    lines = ["title: 'Ukraine: what next?'", "", "# a comment", "url: https://example.org/a", "date: 2025-03-13"]
    head = newline.join(["---", *lines, 'source: "The Example" ', "---", ""])

    assert FrontMatter(len(head), "Ukraine: what next?", DAY, "The Example", "https://example.org/a") == parse(
        head + "Text."
    )


def test_an_empty_value_states_nothing():
    """A key may wait for its value."""
    assert FrontMatter(end=22) == parse("---\ntitle:\ndate: \n---\n\nText.")


@pytest.mark.parametrize(
    "text",
    ["Text.", "---\nText without keys.\n---\nMore.", "---\ntitle: never closed\n\nText.", "-----\ntitle: x\n---\n", ""],
)
def test_a_text_without_front_matter_begins_at_once(text):
    """A rule above the text makes no front matter."""
    assert FrontMatter() == parse(text)


def test_a_byte_order_mark_is_no_text():
    """The text begins after it, whether or not there is front matter."""
    assert FrontMatter(end=1) == parse("\ufeffText.")
    assert FrontMatter(end=18, title="x") == parse("\ufeff---\ntitle: x\n---\nText.")


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("titel: x", f"titel: {KEYS}"),
        ("title: again", "title: title once"),
        ("no pair at all", f"no pair at all: {KEYS}"),
        ("date: March 2025", "date: YYYY-MM-DD, 13 March 2025"),
        ("date: 2025-02-30", "date: YYYY-MM-DD, 13 March 2025"),
        ("date: 03/04/2025", "date: YYYY-MM-DD, 13 March 2025"),
        ("url: example.org", "url: https://…"),
        (f"source: {'x' * 1001}", "source: ≤ 1000"),
    ],
)
def test_a_mistake_leaves_the_article_out_with_line_key_and_what_is_allowed(line, detail):
    """The first mistake is named."""
    assert LeftOut("a.md", "front_matter", f"line 3: {detail}") == parse(f"---\ntitle: x\n{line}\nworse\n---\nText.")


@pytest.mark.parametrize(
    "phrase",
    [
        "2025-03-13",
        " 2025-03-13T10:30:00Z ",
        "13 March 2025",
        "March 13, 2025",
        "Thursday, 13 March 2025 10:30 GMT",
        "13 марта 2025",
        "13. März 2025",
    ],
)
def test_a_whole_date_is_understood(phrase):
    """In ISO form, or with the month in words."""
    assert DAY == frontmatter.written_date(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        *("", "May", "2025", "March 2025", "13 March", "yesterday", "3 days ago", "12.03.25", "13/03/2025"),
        *("31 June 2025", "9025-03-13", "13 March 0025", "we met 12 2025", "13 March 2025 " * 10),
    ],
)
def test_anything_less_than_a_date_is_none(phrase):
    """Nothing is guessed: no missing part, no year out of range, no order of numbers."""
    assert None is frontmatter.written_date(phrase)


@settings(deadline=None)
@given(st.text(max_size=70))
def test_no_phrase_is_too_odd(phrase):
    """Any text is a date or none."""
    day = frontmatter.written_date(phrase)

    assert day is None or frontmatter.is_sane(day)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        (" date 2025-03-13 Text.", Span(1, 16)),
        ("Date: 2025-03-13\nText.", Span(0, 16)),
        ("\ufeff\n date 2025-03-13", Span(3, 18)),
        ("date 2025-13-13 Text.", None),
        ("date 2025-03-135 Text.", None),
        ("The date 2025-03-13", None),
    ],
)
def test_a_header_with_the_date_is_found_at_the_beginning_only(text, span):
    """What follows on its line is text."""
    assert span == frontmatter.header(text)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("13 March 2025", DAY),
        ("Published: Thursday, March 13th, 2025 at 10:30 GMT", DAY),
        ("2025-03-13", DAY),
        ("The talks of 13 March 2025", None),
        ("12.03.25, 16:43 • 29922 views", None),
    ],
)
def test_a_line_of_the_head_gives_a_date_if_it_does_nothing_else(line, day):
    """A date in a sentence dates no article."""
    assert day == frontmatter.head_date(line)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Kyiv • UNN", "UNN"),
        ("New York · The Example", "The Example"),
        ("UNN", ""),
        ("politics • UNN", ""),
        ("5 min • 29922 views", ""),
    ],
)
def test_a_dateline_names_the_agency(line, source):
    """Place and agency, set apart by a dot."""
    assert source == frontmatter.head_source(line)
