"""Text in, tokens and terms out: what is read as one word, and what stays two."""

import tomllib
from collections import Counter
from itertools import chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import analysis
from retrieval.analysis import (
    FUNCTION_WORDS,
    RELATED_FILE,
    VARIANTS_FILE,
    Remembered,
    normalise,
    related,
    related_words,
    term_of,
    terms,
    tokens,
    with_phrases,
)

VARIANTS = tomllib.loads(VARIANTS_FILE.read_text(encoding="utf-8"))
READ_AS = [(word, variants) for table in ("names", "countries", "words") for word, variants in VARIANTS[table].items()]
SYMBOLS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent"}

ODD = st.lists(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("aBé \u0301\u00ad\u200d\ufeff\uff9e.,$%'’-_12½²İßŁﬁ"),
        st.sampled_from(["us ", "US ", "the ", "so ", "called ", "MinisterGeorgia", "1,000", "U.S.", "500bn", "20th"]),
        st.sampled_from(
            ["tell ", "won ", "t ", "won’t ", "so-called ", "us-", "United States ", "officials, ", " “We "]
        ),
    ),
    max_size=40,
).map("".join)


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


@settings(max_examples=100)
@given(ODD)
def test_a_token_is_the_word_at_its_place(text):
    """Whatever the text, each token's characters, normalised, are its word, but for what is rewritten by rule."""
    for token in tokens(text):
        printed = text[token.start : token.end]
        plain = normalise(SYMBOLS.get(printed, printed)).replace(".", "").replace(",", "")
        assert token.word
        assert token.word == normalise(token.word)
        assert plain.startswith(token.word.replace(".", "").replace("usa", "us"))


@settings(max_examples=100)
@given(ODD)
def test_tokens_stand_in_order(text):
    """Tokens follow each other; only the parts of a glued word lie inside another token."""
    found = tokens(text)

    assert sorted(token.start for token in found) == [token.start for token in found]
    assert all(left.end <= right.start or right.end <= left.end for left, right in pairwise(found))


@settings(max_examples=500)
@given(ODD)
def test_terms_are_those_of_the_tokens(text):
    """The index sees what a question sees: the tokens' terms in order, those of phrases after their first word."""
    assert [token.term for token in with_phrases(tokens(text))] == terms(text)


def test_terms_of_the_seeds_are_those_of_the_tokens(seeds):
    """Sentence by sentence and text by text."""
    texts = [path.read_text(encoding="utf-8") for path in seeds.glob("*.txt")]
    for text in chain(texts, *map(str.splitlines, texts), *(text.split(". ") for text in texts)):
        assert [token.term for token in with_phrases(tokens(text))] == terms(text)


@given(st.lists(st.text(max_size=60)), st.integers(1, 5))
def test_what_is_remembered_is_bounded(keys, most):
    """No more keys than allowed, none of any length, and each value as it was made."""
    remembered = Remembered(str.upper, most)

    assert [key.upper() for key in keys] == [remembered[key] for key in keys]
    assert len(remembered) <= most
    assert all(len(key) <= 40 for key in remembered)


@settings(max_examples=60)
@given(ODD)
def test_normalising_twice_changes_nothing(text):
    """A normalised word is normal."""
    assert normalise(text) == normalise(normalise(text))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Zelensky", "Zelenski"),
        ("zelenskyys", "ZELENSKYY’S"),
        ("Volodymyr", "Volodimir"),
        ("Kyiv", "Kiev"),
        ("kyivs", "Kiev’s"),
        ("Emmanuel", "Emauel"),
        ("von der Leyen", "von der Laien"),
        ("Waltz", "Walts"),
        ("Sergei Lavrov", "Sergey Lavrov"),
        ("Antonio Costa", "António Costa"),
        ("Pedro Sanchez", "Pedro Sa\u0301nchez"),
        ("Stoere", "Støere"),
        ("Lodz", "Łódź"),
        ("Yildiz", "Yıldız"),
        ("weiss", "weiß"),
        ("Putin", "𝐏𝐮𝐭𝐢𝐧"),
        ("finance", "ﬁnance"),
        ("ceasefire", "cease\u00adfire"),
        ("Turkey", "Türkiye"),
        ("defense", "defence"),
        ("stabilize", "stabilised"),
        ("analyzed", "analyse"),
        ("organization", "organisations"),
        ("labor", "labour"),
        ("favorite color", "favourite colours"),
        ("post-war", "post -war"),
        ("chinas", "China’s"),
        ("germanys", "Germany's"),
        ("macrons", "Macron"),
        ("British", "Britain"),
        ("1,000,000", "1000000"),
        ("five hundred", "5 hundred"),
        ("$500bn", "$500 billion"),
        ("£2.5m", "£ 2.5 m"),
        ("3 mn", "3 million"),
        ("50%", "50 percent"),
        ("20th March", "20 March"),
        ("the U.S.", "the US"),
        ("U.S", "USA"),
        ("U.S.A.", "America"),
        ("the U.K", "the UK"),
        ("E.U. leaders", "EU leaders"),
        ("J.D. Vance", "JD Vance"),
        ("UN", "U.N."),
        ("govt", "government"),
        ("met", "meet"),
        ("said", "says"),
    ],
)
def test_spellings_of_one_word(typed, printed):
    """A word as typed and as printed is one term."""
    assert terms(printed) == terms(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Austria", "Australia"),
        ("crisis", "crize"),
        ("four hours", "for hors"),
        ("Iran", "Iraq"),
        ("2014", "2024"),
        ("12.03", "1203"),
        ("500", "500th anniversary"),
    ],
)
def test_other_words_stay_others(one, other):
    """What only looks alike is two terms."""
    assert terms(one) != terms(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who did the us send", True),
        ("who did the US send", True),
        ("us troops in poland", True),
        ("Us troops in Poland", True),
        ("did us officials agree", True),
        ("Did he tell US officials?", True),
        ("US", True),
        ("us", False),
        ("does he like us", False),
        ("does he like us?", False),
        ("tell us trump’s age", False),
        ("Tell us about Putin", False),
        ("TELL US PUTIN’S AGE", False),
        ("WHAT DID THE US SAY", True),
        ("WHY DOES RUSSIA HATE THE US", True),
        ("it is up to us and them", False),
    ],
)
def test_us_the_country_and_us_the_pronoun(text, expected):
    """Capitals, an article or the neighbours tell the country; "tell us" asks for the person's sake."""
    assert expected == ("usa" in terms(text))


@pytest.mark.parametrize(
    ("text", "expected"), [("Who won?", ["win"]), ("It won’t", []), ("It won't.", []), ("they wont", [])]
)
def test_won_and_will_not(text, expected):
    """To win is content, however much "won’t" looks like it."""
    assert expected == terms(text)


@pytest.mark.parametrize("text", ["the so-called coalition", "the so -called coalition", "the so called “coalition”"])
def test_so_called_calls_nobody(text):
    """ "So-called" says nothing; "called" alone does."""
    assert ["coalit"] == terms(text)
    assert ["call", "coalit"] == terms("called a coalition")


def test_glued_words_are_found_as_parts_and_whole():
    """Words printed without a space are found by each, by both as one, and in a known phrase."""
    expected = [(6, 21, "ministergeorgia"), (6, 14, "minister"), (14, 21, "georgia")]

    assert expected == [(token.start, token.end, token.word) for token in tokens("Prime MinisterGeorgia")[1:]]
    assert term_of("giorgia") in terms("Prime MinisterGeorgia Meloni")


@pytest.mark.parametrize("text", ["YouTube", "McDonald", "NATOSummit", "JPMorgan", "iPhone"])
def test_capitals_inside_a_name_do_not_glue(text):
    """Only a longer lower-case word before a capital one is taken for glued."""
    assert [normalise(text)] == words(text)


@pytest.mark.parametrize("text", ["enough'said", "enough’said"])
def test_a_quotation_mark_parts_words(text):
    """What a quotation mark stands between is two words."""
    assert ["enough", "said"] == words(text)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "🙂🙃", "?!…“”", "_ _ __", "\0\u200f\u202e", "\uff9e\uff9f", "\ufe70 \ufe72"]
)
def test_no_words(text):
    """Blanks, emoji, marks and what normalising leaves nothing of are no words."""
    assert () == tokens(text)
    assert [] == terms(text)


def test_function_words_have_no_term():
    """Words that carry no content are tokens without a term."""
    assert ["", "", ""] == [token.term for token in tokens("Who are they?")]
    assert not any(map(term_of, FUNCTION_WORDS))


def test_phrases_stand_over_all_their_words():
    """A known phrase adds a token for what it means, over its words as printed."""
    text = "The United States, an alto el fuego"
    found = [(text[token.start : token.end], token.term) for token in with_phrases(tokens(text))]

    assert [("United States", "usa"), ("alto el fuego", "ceasefir")] == [each for each in found if " " in each[0]]
    assert {"usa", "unit", "state", "ceasefir"} <= set(terms(text))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("British PM", "the British Prime Minister"), ("ceasefire", "an alto el fuego"), ("UN", "the United Nations")],
)
def test_a_short_form_finds_its_phrase(typed, printed):
    """What is typed short is among the terms of what is printed in full."""
    assert set(terms(typed)) <= set(terms(printed))


def test_a_broken_phrase_means_nothing_more():
    """The words of a phrase in another order are only words."""
    assert ["state", "unit"] == terms("states united")
    assert ["ceas", "hostil", "fire"] == terms("to cease hostile fire")


def test_related_words_count_less_both_ways():
    """A related word stands in for another, and the other for it, at less than full weight."""
    assert {"kremlin", "russia"} <= related("moscow").keys()
    assert "moscow" in related("kremlin")
    assert all(0 < weight < 1 for weight in related("moscow").values())
    assert {} == related("carbonara")


def test_nationalities():
    """A country and its adjective are one term, known as a nationality; a person's name is none."""
    assert analysis.is_nationality(term_of("german"))
    assert analysis.is_nationality("usa")
    assert not analysis.is_nationality("starmer")


def test_variants_are_read_as_one_word_each():
    """In the list of variants none is written twice, and none is itself what another is read as."""
    variants = [variant for _, group in READ_AS for variant in group]

    assert len(variants) == len(set(variants))
    assert not {word for word, _ in READ_AS} & set(variants)


def test_variants_share_a_term():
    """Each variant of one word has the term of the word it is read as; each of several adds it."""
    for word, variants in READ_AS:
        for variant in variants:
            assert term_of(normalise(word)) in terms(variant)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("movie", "film"),
        ("surpass", "overtakes"),
        ("founded", "established"),
        ("located", "situated"),
        ("purpose", "aim"),
        ("decide", "decision"),
        ("invaded", "invasion"),
        ("destroyed", "destruction"),
        ("choose", "choice"),
        ("long", "length"),
        ("tall", "height"),
        ("cost", "dollars"),
        ("inhabitants", "population"),
        ("nicknamed", "dubbed"),
        ("nineteenth", "19th"),
    ],
)
def test_what_may_stand_for_a_word(asked, told):
    """A question's word is related to what an article may say instead, and so the other way round."""
    [term], [other] = terms(asked), terms(told)

    assert other in related(term)
    assert term in related(other)


def test_related_words_of_a_line(tmp_path, monkeypatch):
    """Before a colon stands what is related to each of the rest; without one each is to each; the rest says nothing."""
    path = tmp_path / "related.txt"
    path.write_text("# ships: boats\n\nship boat vessel\nmovie: film cinema  # both\n", encoding="utf-8")
    monkeypatch.setattr(analysis, "RELATED_FILE", path)

    assert [
        ("ship", "boat"),
        ("ship", "vessel"),
        ("boat", "vessel"),
        ("movie", "film"),
        ("movie", "cinema"),
    ] == list(related_words())


def test_related_words_are_words():
    """Each related word is as normalised, and has a single term, so none is a function word or a phrase."""
    for word in {word for pair in related_words() for word in pair}:
        assert normalise(word) == word
        assert 1 == len(terms(word)), word


def test_related_words_are_two_terms():
    """No word is related to itself, or to a form that has its term anyway; and no two of them twice."""
    pairs = Counter(frozenset(map(term_of, pair)) for pair in related_words())

    assert [] == [sorted(pair) for pair, times in pairs.items() if len(pair) == 1 or times > 1]


def test_related_words_stand_in_order():
    """Each line relates at least two words, and a word is found where the alphabet has it."""
    lines = [line for line in RELATED_FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]

    assert all(len(line.split()) > 1 for line in lines)
    assert sorted(lines, key=lambda line: line.replace(":", "")) == lines


def test_a_hundred_thousand_characters():
    """Length alone is no trouble."""
    assert 50_000 == len(tokens("a " * 50_000))
    assert 1 == len(tokens("a" * 100_000))
