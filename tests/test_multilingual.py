"""A text and its language in, its tokens and index terms out."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
import Stemmer
from hypothesis import given
from hypothesis import strategies as st

from retrieval import analysis
from retrieval.languages import known
from retrieval.multilingual import content, term_of, terms, tokens

WORDS = Path(__file__).parent / "data/languages/ukrainian.txt"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L'élection des présidents n'a pas eu lieu.", ["elect", "president", "lieu"]),
        ("de", "Die Häuser wurden geöffnet", ["haus", "offn"]),
        ("de", "das Haus öffnet", ["haus", "offn"]),
        ("es", "Las canciones de los niños", ["cancion", "nin"]),
        ("el", "Οι άνθρωποι της Αθήνας", ["ανθρωπ", "αθην"]),
        ("el", "ΤΟΥΣ ΑΝΘΡΩΠΟΥΣ", ["ανθρωπ"]),
        ("uk", "П'ять об’єктів у Києві", ["пят", "обєкт", "києв"]),
        ("pl", "Łódź", ["lodz"]),
    ],
)
def test_terms_are_stems_without_accents(language: str, text: str, expected: list[str]) -> None:
    """Function words are left out, and forms of a word have one term."""
    assert expected == terms(text, language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "600 000 euros", "600000"),
        ("fr", "600\u202f000 euros", "600000"),
        ("de", "85.000 Bücher", "85000"),
        ("de", "1.234.567,5 Euro", "1234567.5"),
        ("fr", "1,80 euro", "1.80"),
        ("de", "am 12.03.2025", "12"),
        ("uk", "2025 року", "2025"),
    ],
)
def test_a_figure_is_one_term_however_it_is_grouped(language: str, text: str, expected: str) -> None:
    """Figures have the term that they have in English, so that they match across languages."""
    assert expected in terms(text, language)
    assert expected in analysis.terms(expected)


@pytest.mark.parametrize("name", ["Macron", "Zelensky", "Merkel"])
def test_names_have_the_same_term_in_most_languages(name: str) -> None:
    """A name is found in articles of other languages."""
    assert {term_of(name, "en")} == {term_of(name, language) for language in ("fr", "de", "es", "it", "nl")}


def test_english_is_read_by_its_own_module() -> None:
    """What English is read for besides words, phrases and symbols, stays as it is."""
    text = "The United States paid $5 for so-called colours."

    assert analysis.terms(text) == terms(text, "en")
    assert analysis.tokens(text) == tokens(text, "en")
    assert analysis.with_phrases(analysis.tokens(text)) == content(text, "en")


def test_tokens_keep_their_places() -> None:
    """A token is found where it is printed, and has no term where it is a function word."""
    text = "Le château d’Été, 12 500 m"
    found = tokens(text, "fr")

    assert ["Le", "château", "d", "Été", "12 500", "m"] == [text[one.start : one.end] for one in found]
    assert ["le", "chateau", "d", "ete", "12500", "m"] == [one.word for one in found]
    assert ["château", "12 500"] == [text[one.start : one.end] for one in content(text, "fr")]


@given(st.text(max_size=60), st.sampled_from(sorted(known())))
def test_any_text_can_be_read(text: str, language: str) -> None:
    """Terms are those of the tokens, which follow each other, and none holds a space, so that they can be joined."""
    found = content(text, language)

    assert terms(text, language) == [token.term for token in found]
    assert terms(text, language) == " ".join(terms(text, language)).split()
    places = [(token.start, token.end) for token in tokens(text, language)]
    assert language == "en" or places == sorted(places)


def test_ukrainian_forms_have_one_term() -> None:
    """Of all pairs of forms of a word nineteen in twenty have one term, Snowball's Russian stemmer has two in five."""
    russian = Stemmer.Stemmer("russian", 0)
    pairs = [pair for line in _lines() for pair in combinations(line, 2)]

    alike = sum(term_of(one, "uk") == term_of(other, "uk") for one, other in pairs) / len(pairs)
    as_russian = sum(russian.stemWord(one.lower()) == russian.stemWord(other.lower()) for one, other in pairs)
    assert alike > 0.95
    assert as_russian / len(pairs) < 0.5


def test_different_ukrainian_words_have_different_terms() -> None:
    """Hardly any two of these words share a term."""
    firsts = [term_of(line[0], "uk") for line in _lines()]

    assert len(set(firsts)) >= len(firsts) - 2


def _lines() -> Iterator[list[str]]:
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split()
