"""Unknown words in, the words that were probably meant out."""

import pytest
from corpora import index_of
from hypothesis import given
from hypothesis import strategies as st

from retrieval import spelling
from retrieval.analysis import FUNCTION_WORDS, term_of

INDEX = index_of(
    "Fiona Hill and Boris Pistorius spoke of a ceasefire in Kyiv. The air force of Norway trained there with the army. "
    "The mayor of Lima told Fiona Hill that a vote was near."
)


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("fionna", "fiona"),
        ("foina", "fiona"),
        ("hil", "hill"),
        ("pistorious", "pistorius"),
        ("ceasfire", "ceasefir"),
        ("norwey", "norwai"),
        ("traned", "train"),
        ("armmies", "armi"),
        ("norwgian", "norwai"),
    ],
)
def test_meant(typed, term):
    """A letter more, less, other or swapped is read as the word that the articles use."""
    assert term == spelling.meant(term_of(typed), typed, INDEX)


@pytest.mark.parametrize("typed", ["carbonara", "note", "wiona", "fixnnx", "hall", "li", "x", "2019"])
def test_another_word(typed):
    """Another word is left alone: another first letter, a short word with a changed letter, a number, many edits."""
    assert spelling.meant(term_of(typed), typed, INDEX) is None


FORMS = index_of(
    "The operation was blocked by the British. Their representatives agreed to hold talks in Kyiv and deployed nobody.",
    "The British left. A bold plan failed.",
)


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("bloking", "block"),
        ("oparational", "oper"),
        ("representitive", "repres"),
        ("depoying", "deploi"),
        ("britsh", "uk"),
        ("brittish", "uk"),
        ("keiv", "kiv"),
    ],
)
def test_forms(typed, term):
    """What is one edit from a form of a word, or a variant, is read as that, however far the stems are apart."""
    assert term == spelling.meant(term_of(typed), typed, FORMS)


@pytest.mark.parametrize("typed", ["bolden", "horde", "holten", "tritish", "b1ocking", "kie", "x" * 1_000])
def test_no_forms(typed):
    """A letter of the ending alone makes no form of a word, nor do another first letter, a digit or four letters."""
    assert spelling.meant(term_of(typed), typed, FORMS) is None


def test_the_more_frequent_form_wins():
    """Of a near term and a near form, the one that more passages hold is taken."""
    index = index_of("Fresh bread.", "The French came.", "They left France.")
    assert "franc" == spelling.meant("frech", "frech", index)


def test_numbers_are_never_near():
    """Another figure is another number, however little it differs."""
    assert spelling.nearest("2019", ["2018", "20199"]) is None


def test_the_more_frequent_wins():
    """Of two words that are as near, the one that more passages hold is taken."""
    index = index_of("Marten came. Nobody saw it. It rained.", "Martin came. It rained.", "Martin left. It rained.")
    assert "martin" == spelling.meant("martan", "martan", index)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("abuot", "about"),
        ("teh", "the"),
        ("wht", "what"),
        ("abot", "about"),
        ("whoo", "who"),
        ("aboutt", "about"),
        ("aboit", "about"),
        ("didntt", "didnt"),
    ],
)
def test_slip(typed, plain):
    """Swapped neighbours, a letter left out, typed twice or, in a longer word, changed are a slip in a plain word."""
    assert plain == spelling.slip(typed, FUNCTION_WORDS)


@pytest.mark.parametrize(
    "typed", ["man", "ten", "dogs", "ford", "hat", "hearing", "willis", "donation", "t", "", "xhat"]
)
def test_no_slip(typed):
    """What is a word, or a name, in its own right is not taken for a plain one."""
    assert spelling.slip(typed, FUNCTION_WORDS) is None


@pytest.mark.parametrize("word", ["world", "plants", "religions", "police", "weekend", "German", "troops", "python"])
def test_words(word):
    """A common English word is known, whether an article uses it or not."""
    assert spelling.is_word(term_of(word.lower()))


@pytest.mark.parametrize("word", ["zelenski", "ceasfire", "pistorius", "hil", "qwpoei"])
def test_names_and_typing_errors_are_no_words(word):
    """The list holds no names and no errors: those are what is looked for."""
    assert not spelling.is_word(term_of(word))


def test_split():
    """A word glued from two known ones is read as both, the rarest pair where there are several."""
    assert ("air", "forc") == spelling.split("airforce", INDEX)
    assert ("fiona", "speak") == spelling.split("fionaspoke", INDEX)
    assert spelling.split("airplane", INDEX) is None
    assert spelling.split("ab", INDEX) is None
    assert spelling.split("100200", index_of("It cost 100. It cost 200.")) is None


@given(
    st.text("abcdefghij0123456789", min_size=1, max_size=12), st.lists(st.text("abcdefghij", min_size=1, max_size=12))
)
def test_nearest_is_known_and_near(term, known):
    """What is nearest is one of the known words, begins alike and is about as long; numbers are never near."""
    found = spelling.nearest(term, known)
    if found is not None:
        assert found in known
        assert found[0] == term[0]
        assert abs(len(found) - len(term)) <= 2
        assert term.isalpha()
