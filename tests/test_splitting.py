"""Splitting: every message fits, is well-formed, ends where a reader would pause, and nothing is lost."""

import re

import pytest
from botapi_rules import parse_html, width
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.splitting import LIMIT, split

WORDS = st.text(st.sampled_from("ab .!?\n”😀é"), max_size=30).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
ENTITIES = st.sampled_from(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#x1F600;"])
LEAVES = st.lists(WORDS | ENTITIES, max_size=4).map("".join)
TAGS = st.sampled_from(["b", "i", "u", "s", "tg-spoiler", 'a href="https://example.org/?a=1&amp;b=2"'])


def element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag.split(' ', maxsplit=1)[0]}>"


HTML = st.recursive(LEAVES, lambda inner: st.builds(element, TAGS, inner) | st.lists(inner, max_size=4).map("".join))


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=200)
@given(html=HTML, limit=st.integers(2, 40))
def test_pieces_fit_are_balanced_and_lose_nothing(html: str, limit: int) -> None:
    """For any HTML and any limit, each piece is valid, shows something and fits, and all words are there in order."""
    shown = [parse_html(piece) for piece in split(html, limit)]
    assert [True] * len(shown) == [bool(text.strip()) and width(text) <= limit for text in shown]
    assert without_space(parse_html(html)) == without_space("".join(shown))


@pytest.mark.parametrize(
    ("html", "limit", "pieces"),
    [
        ("One.\n\nTwo. Three four.", 20, ["One.\n\n", "Two. Three four."]),
        ("One two. Three four", 14, ["One two. ", "Three four"]),
        ("One\ntwo three", 10, ["One\n", "two three"]),
        ("He said “no.” Then left", 20, ["He said “no.” ", "Then left"]),
        ("one two three", 9, ["one two ", "three"]),
        ("abcdef", 4, ["abcd", "ef"]),
        ("a😀😀b", 4, ["a😀", "😀b"]),
        ("ab&amp;cd", 2, ["ab", "&amp;c", "d"]),
        ("<b>one <i>two three</i></b>", 8, ["<b>one <i>two </i></b>", "<b><i>three</i></b>"]),
        ('<a href="x">one two</a>', 4, ['<a href="x">one </a>', '<a href="x">two</a>']),
        ("<b>one</b> two", 4, ["<b>one</b> ", "two"]),
        ("one\n\n\n\n\n\ntwo", 4, ["one\n", "\ntwo"]),
        (" \n ", 4, []),
        ("", 4, []),
    ],
)
def test_a_cut_is_made_at_the_best_pause(html: str, limit: int, pieces: list[str]) -> None:
    """Paragraphs before sentences before words before anything; tags are closed and opened again."""
    assert pieces == split(html, limit)


@pytest.mark.parametrize(("letters", "pieces"), [(LIMIT, 1), (LIMIT + 1, 2)])
def test_the_limit_is_what_telegram_says(letters: int, pieces: int) -> None:
    """4,096 characters are one message, one more is two."""
    assert pieces == len(split("x" * letters))


def test_what_is_no_tag_is_counted_as_text() -> None:
    """A stray < or & and a closing tag without its start can't make a piece too long."""
    assert split("a<b&ampxc</b>", 5) == ["a<b&a", "mpxc</b>"]


def test_a_heading_does_not_stand_alone() -> None:
    """What is much shorter than a message may be is not cut off for being a paragraph."""
    html = "<b>Title</b>\n\n" + "word " * 30
    first, *_ = split(html, 100)
    assert first.startswith("<b>Title</b>\n\nword")
