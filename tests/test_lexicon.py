"""Lists of general words."""

import re

import pytest

from retrieval import lexicon


def test_words_and_terms():
    """Lists are taken together; their terms stand for every form of a word."""
    assert {"wife", "president"} < lexicon.words("kin", "roles")
    assert "presid" in lexicon.terms("roles")
    assert "" not in lexicon.terms("roles", "kin", "titles")


@pytest.mark.parametrize(
    ("word", "forms"),
    [("city", {"citys", "cities"}), ("church", {"churches"}), ("spokesman", {"spokesmen"}), ("town", {"towns"})],
)
def test_plurals(word, forms):
    """A plural is made by the word's ending."""
    assert forms == set(lexicon.plurals(word))


def test_either():
    """The expression matches each word of a list, in the plural too if so asked, the longer before the shorter."""
    assert re.fullmatch(lexicon.either("kin"), "wife")
    assert not re.fullmatch(lexicon.either("kin"), "wifes")
    assert re.fullmatch(lexicon.either("place_nouns", plural=True), "cities")
    assert re.match(lexicon.either("numbers"), "fourteen").group() == "fourteen"


def test_verb_forms():
    """Every regular form of a verb is made."""
    assert {"deny", "denies", "denied", "claiming", "described", "admitted"} <= lexicon.verb_forms("sayings")


def test_lists_are_clean():
    """No word stands twice in a list, and all are in lower case."""
    for name, text in lexicon._lists().items():
        words = text.split()
        assert (name, sorted(set(words))) == (name, sorted(words))
        assert text == text.lower()
