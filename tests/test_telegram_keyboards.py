"""The buttons under messages: what stands on them, what they say, and that Telegram takes them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages import Context, key
from bot.rendering import Renderer
from bot.state.replies import Keyboard
from bot.telegram.keyboards import (
    Press,
    markup,
    under_answer,
    under_article,
    under_articles,
    under_context,
    under_languages,
    under_offer,
    without,
)
from retrieval import Article, Quote, Span

WORDS = Renderer("text")
ARTICLE = Article("a.txt", "A bridge for Lima", "stated", None, "unknown", "", "", "One. Two. Three.")
OTHER = replace(
    ARTICLE, id="b.txt", title="A title as long as a whole sentence that goes on " * 3, title_source="catalog"
)
QUOTES = tuple(Quote(article, Span(0, 4), "One.") for article in (ARTICLE, OTHER, ARTICLE))


def data(keyboard: Keyboard) -> list[list[str]]:
    """What the buttons say."""
    return [[of for _, of in row] for row in keyboard]


def labels(keyboard: Keyboard) -> list[str]:
    """What stands on them."""
    return [label for row in keyboard for label, _ in row]


def test_one_quote() -> None:
    """Its passage, its article, and two thumbs."""
    keyboard = under_answer(QUOTES[:1], WORDS)
    assert [["c0"], ["s0"], ["+0", "-0"]] == data(keyboard)
    assert "🔎 In context" == labels(keyboard)[0]


def test_several_quotes() -> None:
    """A passage each, further quotes, each article once, and what to ask next."""
    keyboard = under_answer(QUOTES, WORDS, more=True, suggestions=("Who?", "When?"))
    assert [["c0", "c1", "c2"], ["m0"], ["s0"], ["s1"], ["n0"], ["n1"], ["+0", "-0"]] == data(keyboard)
    assert ["1 · In context", "2 · In context"] == labels(keyboard)[:2]


def test_further_quotes_have_no_thumbs() -> None:
    """A vote is for an answer."""
    assert [["c0"], ["s0"]] == data(under_answer(QUOTES[:1], WORDS, thumbs=False))


def test_long_labels_are_cut() -> None:
    """A title that is supplied stands in brackets; what does not fit ends in dots."""
    label = labels(under_articles([OTHER], WORDS))[0]
    assert label.startswith("📄 [A title as long")
    assert label.endswith("…")
    assert 60 == len(label)


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(1, 1, ["c4.1", "b0"]), (2, 3, ["c4.-1", "c4.1", "b0"]), (4, 4, ["c4.-1", "b0"])]
)
def test_the_way_through_an_article(first: int, last: int, expected: list[str]) -> None:
    """On and back where there is more, and always back to the answer."""
    keyboard = under_context(4, 0, Context(QUOTES[0], first, last, 4, "", ()), WORDS)
    assert expected == [of for row in data(keyboard) for of in row]


def test_languages_stand_two_in_a_row() -> None:
    """Each by its own name."""
    assert ["len", "luk"] == data(under_languages())[0]


def test_lists_and_offers() -> None:
    """An article's key, a question's number."""
    assert [["a" + key("a.txt")], ["a" + key("b.txt")]] == data(under_articles([ARTICLE, OTHER], WORDS))
    assert [["n0"], ["n1"]] == data(under_offer(["Who?", "When?"]))


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://news.example.org", True),
        ("http://news.example.org/a?b=c#d", True),
        ("", False),
        ("https://nowhere", False),
        ("ftp://news.example.org", False),
        ("javascript:alert(1)", False),
        ("https://news.example.org/a b", False),
        ("https://news.example.org\n", False),
    ],
)
def test_only_addresses_that_telegram_takes_are_linked(url: str, linked: bool) -> None:
    """Others would have the whole message refused."""
    made = markup(under_article(replace(ARTICLE, url=url), WORDS))
    assert made
    read, *links = made.inline_keyboard[0]
    assert f"r{key('a.txt')}.0" == read.callback_data
    assert ([url] if linked else []) == [button.url for button in links]


def test_what_telegram_gets() -> None:
    """Rows of buttons with their data; none at all where there is none."""
    made = markup((((("Who?"), "n0"),),))
    assert made
    assert ("Who?", "n0") == (made.inline_keyboard[0][0].text, made.inline_keyboard[0][0].callback_data)
    assert markup(()) is None


def test_a_button_can_be_taken_away() -> None:
    """And its row, if it was alone in it."""
    assert ((("b", "2"),),) == without(((("a", "1"), ("b", "2")), (("c", "1"),)), "1")


@given(st.sampled_from(["context", "cited", "next"]), st.integers(0, 999), st.integers(-999_999, 999_999))
def test_what_is_written_is_read(verb: str, number: int, step: int) -> None:
    """Every number of every verb, in the 64 bytes that Telegram takes."""
    press = Press(verb, number, step)  # type: ignore[arg-type]
    assert press == Press.read(press.data)
    assert len(press.data.encode()) <= 64


@given(st.text("abcXYZ019_-", min_size=11, max_size=11), st.integers(0, 99_999))
def test_keys_of_articles_are_read(name: str, number: int) -> None:
    """With the number of a passage, or by themselves."""
    for press in (Press("read", number, key=name), Press("article", key=name)):
        assert press == Press.read(press.data)
        assert len(press.data.encode()) <= 64


@given(st.text(max_size=64))
def test_whatever_comes_can_be_read(text: str) -> None:
    """Anybody can send any data."""
    press = Press.read(text)
    assert press is None or press.number >= 0
