"""A text in, the language that it is in out; and what is known of each language."""

import tomllib
from pathlib import Path

import pytest
import sentencex
import Stemmer
from hypothesis import given
from hypothesis import strategies as st

from retrieval.languages import in_none_of, in_order, known, language_of, may_be
from tests.corpora import article_of

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests/data/languages"
ARTICLES = sorted((DATA / "corpus").glob("*.txt"))
OTHERS = tomllib.loads((DATA / "others.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_articles_language_is_told(path: Path) -> None:
    """Every article is read in the language that it is written in."""
    article = article_of(path.read_text(encoding="utf-8"), path.name)

    assert path.name.partition("-")[0] == article.language


def test_the_seeds_are_in_english(seeds: Path) -> None:
    """No name of another country makes an English article one in another language."""
    found = {article_of(path.read_text(encoding="utf-8")).language for path in seeds.glob("*.txt")}

    assert {"en"} == found


@pytest.mark.parametrize("code", OTHERS)
def test_the_other_languages_are_told(code: str) -> None:
    """Neighbours are told from each other: Portuguese from Spanish, Russian from Ukrainian."""
    assert code == language_of(OTHERS[code])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Qui est Macron ?", "fr"),
        ("Wer ist Macron?", "de"),
        ("¿Quién es Macron?", "es"),
        ("Chi è Macron?", "it"),
        ("Quem é Macron?", "pt"),
        ("Wie is Macron?", "nl"),
        ("Kim jest Macron?", "pl"),
        ("Ποιος είναι ο Μακρόν;", "el"),
        ("ποιος ειναι ο μακρον", "el"),
        ("Хто такий Макрон?", "uk"),
        ("Кто такой Макрон?", "ru"),
        ("Who is Macron?", "en"),
        ("Who wrote Die Welt?", "en"),
        ("What is La Liga de fútbol?", "en"),
    ],
)
def test_a_question_is_told_by_a_word_or_two(text: str, code: str) -> None:
    """A short question shows its language in its asking word."""
    assert [code] == may_be(text, ["en", "de", "el", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk"])


@pytest.mark.parametrize(
    ("text", "likely", "codes"),
    [
        ("Macron Berlin", ["en", "fr"], ["en", "fr"]),
        ("Que demandent les bergers ?", ["en", "es", "fr"], ["es", "fr"]),
        ("Макрон Берлін", ["en", "ru", "uk"], ["uk"]),
        ("Макрон", ["en", "ru", "uk"], ["ru", "uk"]),
        ("Макрон", ["en"], ["uk"]),
        ("Μακρόν", ["en"], ["el"]),
        ("Macron", ["uk"], ["en"]),
        ("", ["en", "fr"], ["en", "fr"]),
    ],
)
def test_what_does_not_show_is_left_open(text: str, likely: list[str], codes: list[str]) -> None:
    """Where words may be of several languages, they are those of the articles that have the same letters."""
    assert codes == may_be(text, likely)


@pytest.mark.parametrize(
    "text", ["", "12 345", "你好，世界", "مرحبا بالعالم", "Det var en gång en liten häst som sprang fort"]
)
def test_what_is_in_no_known_language_is_read_as_english(text: str) -> None:
    """A language that nothing is known of is read as before."""
    assert "en" == language_of(text)


@given(st.text(max_size=300))
def test_any_text_has_a_known_language(text: str) -> None:
    """Whatever a text holds, it is read in a language that is known."""
    assert language_of(text) in known()


def test_the_languages_of_a_corpus_are_in_order() -> None:
    """English comes first, then what most articles are in; no article is one of English."""
    assert ["en", "uk", "de", "fr"] == list(in_order([("fr", 1), ("uk", 9), ("en", 2), ("de", 1)]))
    assert {"en": 0} == in_order([])


def test_each_language_can_be_cut_and_stemmed() -> None:
    """Each language has a stemmer of Snowball's or endings of its own, and a segmenter."""
    for one in known().values():
        assert one.stemmer in Stemmer.algorithms() if one.stemmer else one.endings, one.code
        assert ["Anna."] == sentencex.segment(one.code, "Anna."), one.code


def test_all_but_english_are_known_alike() -> None:
    """Each language says how it asks for who, when, where, how many and why, and how one greets, thanks and leaves."""
    english, *others = known().values()

    assert "en" == english.code
    for one in others:
        assert {"person", "time", "place", "count", "reason", "thing"} == set(one.asking.values()), one.code
        assert {"greeting", "thanks", "farewell", "identity"} == set(one.smalltalk.values()), one.code
        assert one.times, one.code
        assert one.numbers, one.code
        assert one.because, one.code
        assert one.openers, one.code


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("Qui dirige la coalition ?", ["en"], True),
        ("QUI DIRIGE LA COALITION ?", ["en", "de"], True),
        ("Qui dirige la coalition ?", ["en", "fr"], False),
        ("Was sagt Merz zur Koalition?", ["en"], True),
        ("les bergers de la vallée et leurs loups", ["en"], True),
        ("Et quand ?", ["en"], True),
        ("Pourquoi ?", ["en"], False),
        ("La Liga de fútbol", ["en"], False),
        ("Die Welt", ["en"], False),
        ("Macron Zelensky", ["en"], False),
        ("Хто такий Макрон?", ["en"], True),
        ("Хто такий Макрон?", ["en", "ru"], False),
        ("Макрон", ["en"], False),
        ("Who is the mayor of Lyon?", ["fr"], True),
        ("Who wrote Die Welt?", ["en"], False),
        ("", ["fr"], False),
        ("2025", ["fr"], False),
    ],
)
def test_what_is_in_none_of_some_languages(text: str, languages: list[str], expected: bool) -> None:
    """A question is plainly in another language by several of its function words; names alone tell nothing."""
    assert expected == in_none_of(text, languages)
