"""A sentence's words in order, with what stands between them."""

import pytest

from retrieval.analysis import term_of
from retrieval.reading import read


def test_words_and_gaps():
    """Function words are there too, each with what is printed before it."""
    sentence = "“It is over,” said Ann."

    assert ["it", "is", "over", "said", "ann"] == [word.word for word in read(sentence)]
    assert ["“", " ", " ", ",” ", " "] == [word.gap for word in read(sentence)]
    assert [True, False, False, False, True] == [word.capital for word in read(sentence)]


@pytest.mark.parametrize(
    ("sentence", "owners"),
    [
        ("Ann’s aide", ["ann"]),
        ("Ann's aide came", ["ann"]),
        ("the allies’ view", ["allies"]),
        ("the ‘aides’, it said", []),
        ("Ann and Max", []),
    ],
)
def test_owners(sentence, owners):
    """A possessive is marked, and its "s" is no word."""
    words = read(sentence)

    assert owners == [word.word for word in words if word.owner]
    assert "s" not in [word.word for word in words]


def test_phrases_and_glued_words():
    """A word knows the phrases that it is in; words printed without a space are two."""
    united, kingdom = read("United Kingdom")
    minister, gina = read("MinisterGina")

    assert term_of("uk") in united.terms & kingdom.terms
    assert ("minister", "gina") == (minister.word, gina.word)
    assert "" == gina.gap


def test_nothing():
    """No words, no reading."""
    assert () == read("") == read("… —")
