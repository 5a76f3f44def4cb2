"""Which numbers words say, and when two figures say different things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.analysis import term_of
from retrieval.figures import Figure, figure, is_numeral, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("about 30 allies", {30}),
        ("Thirty-seven nations met.", {37}),
        ("more than twenty leaders", {20}),
        ("$500 billion (€477 billion)", {500e9, 477e9}),
        ("1.5bn euros and 30m pounds, 4k", {1.5e9, 30e6, 4e3}),
        ("a path of 30 m and 5 k", {30, 5}),
        ("two hundred thousand men", {200e3}),
        ("two hundred fifty men", {250}),
        ("two hundred eighty-nine men", {280, 9}),
        ("twenty thirty", {20, 30}),
        ("12,500 people in 2025", {12500, 2025}),
        ("the 47th president, on 3rd May", {47, 3}),
        ("a dozen eggs, an hundred men, a million", {12, 100, 1e6}),
        ("hundreds, dozens and the million", set()),
        ("One man and twenty-one women", {1, 21}),
        ("no one said one of them, this one, one", set()),
        ("Bond, B12, x²3, F16s", set()),
        ("none at all", set()),
        ("", set()),
    ],
)
def test_numbers(text, expected):
    """Numbers are read in figures and in words, together where they are one; vague and pronoun words are none."""
    assert expected == numbers(text)


@given(st.text())
def test_any_text(text):
    """Whatever the text, numbers are found or not, and nothing breaks."""
    assert all(isinstance(number, float) for number in numbers(text))


def read(text: str, words: str) -> Figure | None:
    start = text.index(words)
    return figure(text, start, start + len(words))


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It has 37 members.", "37", Figure(37)),
        ("It has about 37 members.", "37", Figure(37, loose=True)),
        ("It has about 37 members.", "about 37", Figure(37, loose=True)),
        ("They paid $5 million.", "$5 million", Figure(5e6, frozenset({"dollar"}))),
        ("They paid five million dollars.", "five million dollars", Figure(5e6, frozenset({"dollar"}))),
        ("It took several days.", "several days", None),
        ("It has 5 or 6 members.", "5 or 6", None),
    ],
)
def test_figure(text, words, expected):
    """A phrase gives one number, its measure, and whether "about" stands before it; several numbers are none."""
    assert expected == read(text, words)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Figure(37), Figure(37), False),
        (Figure(37), Figure(36), True),
        (Figure(37, loose=True), Figure(30), False),
        (Figure(37, loose=True), Figure(20), True),
        (Figure(5, frozenset({"dollar"})), Figure(6, frozenset({"percent"})), False),
        (Figure(0), Figure(5, loose=True), True),
    ],
)
def test_differs(one, other, expected):
    """Figures differ in the same measure only, and loose ones only when they are far apart."""
    assert expected == one.differs(other) == other.differs(one)


def test_numerals():
    """Terms of numbers, as the index has them, are told from other terms."""
    assert [True] * 3 == [is_numeral(term_of(word)) for word in ("37", "twenty", "million")]
    assert [False] * 3 == [is_numeral(term_of(word)) for word in ("men", "b12", "the")]
