"""A sentence, read piece by piece, is what it would be if it were read word by word."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations_with_replacement
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval import analysis, sentences
from retrieval.analysis import Remembered, Token
from retrieval.models import AnswerKind
from retrieval.phrases import phrases
from retrieval.sentences import View, framed, grams_of, held_phrases, view

MILL = "The old mill of Bergen burned, and the mill of Tarn."
PIECES = (
    *("us", "Us", "US", "us.", "“Us,", "U.S.", "u.s.", "U.S.-led", "the", "The", "the-us", "tell", "told", "forces"),
    *("so", "called", "so-called", "So", "Called", "“called", "won", "t", "won’t", "won't", "Won,", "T.", "can’t"),
    *("united", "United", "Kingdom", "kingdom’s", "Kingdom,", "United-Kingdom", "states", "negro", "sea", "stop"),
    *("fire", "prime", "minister", "Czech", "Republic", "Western", "military", "alliance", "cessation", "hostilities"),
    *("MinisterGeorgia", "PresidentMeloni", "unitedKingdom", "12,500bn", "1.5", "3rd", "$500bn", "50%", "1,000,000"),
    *("“Mill", "mill”", "‘mill’", "—", "–", "mill—Bergen", "mill-owner", "-", "...", "…", "Bergen’s", "(old", "old)"),
    *("Émile", "émile", "ÉMILE", "e\u0301mile", "\u0301", "ﬁnance", "weiß", "İstanbul", "Łódź", "cease\u00adfire"),
    *("MILL", "BERGEN", "Olga", "Lund,", "said", "March", "2025", "May", "“We", "mill_owner", "🙂", "ﷺ", "½"),
)
SPACES = (" ", " ", " ", "  ", "\u00a0", "\u2009", "\u3000", "\u202f", "\n", "\t", "\x1f", "\x85")


def joined(pieces: Sequence[str]) -> st.SearchStrategy[str]:
    """Some of these pieces with white space between them, as they are, shouted and in small letters."""
    pairs = st.tuples(st.sampled_from(pieces), st.sampled_from(SPACES))
    texts = st.lists(pairs, max_size=14).map(lambda found: "".join(chain.from_iterable(found)))
    return texts | texts.map(str.upper) | texts.map(str.lower)


TEXTS = joined(PIECES)
CUT = joined([piece for piece in PIECES if not re.search(r"[a-z]{4}[A-Z]|[’']t", piece)])
"""Texts whose words are also words where the rest of their piece is cut off."""


def read(text: str) -> list[Token]:
    """What a sentence is, read word by word."""
    return analysis.with_phrases(analysis.tokens(text))


def framed_words(letters: str) -> Counter[str]:
    """How often each word stands in letters."""
    return Counter(framed(word) for word in letters.removeprefix("^").removesuffix("$").split("$^") if letters)


def check(text: str) -> None:
    """Whether a view of a text is what the text is."""
    own, tokens = View(text), read(text)
    terms = [token.term for token in tokens]
    assert terms == own.terms
    assert Counter(framed(token.word) for token in tokens) == framed_words(own.letters)
    for term in {*terms, "unheardof"}:
        places = [at for at, one in enumerate(terms) if one == term]
        capitals = [text[token.start].isupper() for token in tokens if token.term == term and token.start > 1]
        assert places == own.at(term)
        assert capitals == own.capitals(term)
    assert {*terms} == own.known
    assert tokens == own.tokens


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("")
@example("The United Kingdom told us")
@example("THE US TOLD US")
def test_as_if_read_word_by_word(text):
    """Terms, letters, places, capitals and tokens are those of the text's tokens with its phrases."""
    check(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text(text):
    """So they are for whatever characters."""
    check(text)


def test_the_seeds(seeds):
    """So they are for each line and sentence of the seeds."""
    for path in seeds.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for text in (line, *line.split(". ")):
                check(text)


def check_within(text: str, spans: list[tuple[int, int]]) -> None:
    """Whether the places in these spans of a text are those of the tokens that begin there."""
    own, tokens = View(text), read(text)
    for start, end in spans:
        expected = [at for at, token in enumerate(tokens) if start <= token.start < end]
        assert expected == [*own.within(start, end)]


@settings(max_examples=400, deadline=None)
@given(CUT)
@example("Georgia Meloni met the United Kingdom’s prime minister")
def test_within(text):
    """The terms from the beginning of one word to the end of another are those of the tokens between them."""
    found = analysis.tokens(text)
    ends = [(0, 0), *((token.start, token.end) for token in found), (len(text), len(text))]
    check_within(text, [(one[0], other[1]) for one, other in combinations_with_replacement(ends, 2)])


@settings(max_examples=150, deadline=None)
@given(CUT)
def test_within_phrases(text):
    """So are those in the phrases of every kind, which `held_phrases` gives with them."""
    for kind in get_args(AnswerKind):
        check_within(text, phrases(kind, text))
        places = View(text).within
        assert [(span, places(*span)) for span in phrases(kind, text)] == held_phrases(kind, text)


def test_within_the_seeds(seeds):
    """So are those in the phrases of the seeds' sentences."""
    for path in seeds.glob("*.txt"):
        for text in path.read_text(encoding="utf-8").replace("\n", ". ").split(". "):
            for kind in get_args(AnswerKind):
                check_within(text, phrases(kind, text))


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.integers(1, 4))
def test_what_is_forgotten_is_learnt_again(texts, most):
    """However few pieces are remembered, each text is what it is, and there are never more than these."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sentences, "_pieces", Remembered(sentences._learnt, most))
        for text in (*texts, *texts):
            check(text)
            assert most >= len(sentences._pieces)


@pytest.mark.parametrize("text", ["He told us—Bergen fell", "They give us-led forces", "They told (us)forces"])
def test_a_pronoun_glued_to_a_word(text):
    """A pronoun that no space parts from the next word is none or the country for what stands before it, too."""
    check(text)


@pytest.mark.parametrize("text", ["so _ called", "the _us_ forces", "the 1.5us forces"])
def test_a_word_beside_what_is_none(text):
    """An underscore is no part of a word, and neither is a figure before it."""
    check(text)


@pytest.mark.parametrize("text", ["MinisterGeorgia left", "He won’t go", "Won,t go", "us“Mill of Bergen”"])
def test_within_a_piece(text):
    """Where a piece is cut, its words are those of the whole piece all the same."""
    kinds = get_args(AnswerKind)
    words = [(token.start, token.end) for token in analysis.tokens(text)]
    check_within(text, [*chain.from_iterable(phrases(kind, text) for kind in kinds), *words])


def test_forgetting_in_the_middle_of_a_text():
    """A text of more pieces than are remembered is what it is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sentences, "_pieces", Remembered(sentences._learnt, 2))
        check("United Kingdom mills burned again")


def test_terms():
    """Terms stand in order, each phrase after its first word; letters are words, those of phrases too."""
    own = view("The old mill of the United Kingdom")
    assert ["old", "mill", "unit", "uk", "kingdom"] == own.terms
    assert [[0], [1], [2], [3], [4]] == [own.at(term) for term in own.terms]
    assert {"^old$", "^mill$", "^united$", "^uk$", "^kingdom$"} == {*framed_words(own.letters)}
    assert [(8, 12, "mill"), (20, 26, "unit"), (20, 34, "uk")] == [
        (token.start, token.end, token.term) for token in own.tokens[1:4]
    ]


def test_capitals():
    """What stands at the very beginning, behind a mark or not, says nothing of its capital; the rest does."""
    assert [True, False, True] == View("Mills, Mills, mill and “Mill”").capitals("mill")
    for opening in ("Mill", "“Mill", "‘ Mill"):
        assert ([True] if opening == "‘ Mill" else []) == View(f"{opening} of Bergen").capitals("mill")
    assert [] == View(MILL).capitals("unheardof")
    assert [True, True] == View("THE MILL, A MILL").capitals("mill")


def test_held_phrases():
    """Phrases of a kind come with the places of their terms."""
    [(span, places)] = held_phrases("time", text := "The old mill burned on 5 March 2025 in Bergen.")
    assert ("5 March 2025", range(3, 6)) == (text[slice(*span)], places)
    assert [] == held_phrases("money", text)


def test_remembered():
    """The same sentence is the same view."""
    assert view(MILL) is view(MILL)


def test_grams_of():
    """A word is its runs of four letters, its ends marked; a short one is whole."""
    assert ["^mil", "mill", "ill$"] == grams_of("mill")
    assert ["^of$"] == grams_of("of")
    assert ["^a$"] == grams_of("a")
