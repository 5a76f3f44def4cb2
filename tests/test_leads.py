from dataclasses import replace

import pytest

from retrieval import passages
from retrieval.leads import Lead, bears_out, leads
from retrieval.models import Span
from retrieval.quotations import quotation
from tests.corpora import article_of


def found(text, words=None, language="en"):
    """The leads of an article's quote, which is its first sentence unless other words are given."""
    article = replace(article_of(text), language=language)
    words = words or passages.split(article)[0].sentences[0].text
    start = article.text.index(words)
    return leads(quotation(article, Span(start, start + len(words))), passages.split(article))


def of(kind, text, **options):
    return [
        (lead.words, lead.about) if lead.about else lead.words for lead in found(text, **options) if lead.kind == kind
    ]


def quote(words):
    return quotation(article_of(words), Span(0, len(words)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. Ann Berg said that the mill is old.", ["Ann Berg"]),
        ("It rains. The mill is old, said Ann Berg. Nobody asked Berg about rain.", ["Ann Berg"]),
        ("It rains. Ann Berg praised the plan. It fell, said Mayor Ann Berg.", ["Ann Berg"]),
        ("It rains. Ann Berg said that Ola Dahl lied.", [("Ann Berg", "Ola Dahl")]),
        ("It rains. Ann Berg told Ola Dahl that it rains.", ["Ann Berg"]),
        ("It rains. The World Bank said that it rains.", ["the World Bank"]),
        ("It rains. He said that it rains. The mayor said so too.", []),
        ("It rains. Ann said that it rains.", []),
    ],
)
def test_speakers(text, expected):
    """Who speaks by a whole name is a lead, with whom they speak of; a pronoun, an office and a first name are none."""
    assert expected == of("speaker", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. Ann Berg, the mayor of Tarn, came.", ["Ann Berg"]),
        ("It rains. The president, Lech Dudek, came.", ["Lech Dudek"]),
        ("It rains. Ann Berg came by boat with a friend.", []),
        ("It rains. Tarn Bridge, a ruin, fell.", []),
        ("It rains. Major League Tarn, the president of the game, came.", []),
    ],
)
def test_persons(text, expected):
    """A person of whom it is said who that is is a lead."""
    assert expected == of("person", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. At least 300 small boats were lost in the storm.", [("small boats", "were lost in the storm")]),
        ("It rains. Some 20 ships would sail, he thought.", [("ships", "would sail")]),
        ("It rains. They lost 300 boats.", []),
        ("It rains. The 2 winners were Ann Berg and Ola Dahl.", []),
        ("It rains. In 2019 boats were lost.", []),
    ],
)
def test_figures(text, expected):
    """What is counted is a lead where it is said what so many of it do."""
    assert expected == of("figure", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. They met at the Tarn Bridge on Monday.", ["the Tarn Bridge"]),
        ("It rains. They went to see Zelda and sang.", ["Zelda"]),
        ("It rains. Speaking of rain, they sang.", []),
        ("It rains. They bought Zelda dolls and sang.", []),
        ("It rains. They saw Money. Of money they sang.", []),
        ("It rains. They played Zelda 2 in the rain.", []),
        ("It rains. They read the Legend of Zelda.", []),
        ("It rains. In Ann Berg they trust.", ["Ann Berg"]),
        ("It rains. They told the Tarn Herald that it rains.", []),
    ],
)
def test_names(text, expected):
    """Whole names are leads; what may be a part of one, an adjective, or a word that opens its sentence, is not."""
    assert expected == of("name", text)


def test_whole_names():
    """A surname stands for the whole name near by, unless two persons share it."""
    one = "It rains. Ann Berg came. Nobody came but Berg. They saw Berg and sang."
    assert ["Ann Berg"] == of("name", one)
    two = "It rains. Ann Berg came with Ola Berg. They saw Berg and sang."
    assert ["Ann Berg", "Ola Berg", "Berg"] == of("name", two)


def test_order():
    """One of each kind comes first, then the next of each; the nearest first."""
    text = "It rains. Ann Berg said that it rains. Ola Dahl, the mayor, came. Ola Dahl said that it snows."
    assert ["speaker", "person", "name"] == [lead.kind for lead in found(text)][:3]
    assert ["Ola Dahl", "Ann Berg"] == of("speaker", text, words="Ola Dahl said that it snows.")


def test_what_the_quote_names():
    """Who is named in the quote comes before others, even where it is nowhere said who they are or that they speak."""
    text, own = "It rains. Ola Dahl said that it snows. Ann Berg came by boat.", "Ann Berg came by boat."
    assert ["Ann Berg", "Ola Dahl"] == of("speaker", text, words=own)
    assert ["Ann Berg"] == of("person", text, words=own)
    assert ["Ann Berg", "Ann Berg", "Ann Berg"] == [lead.words for lead in found(text, words=own)][:3]


def test_who_the_quote_tells_somebody_is():
    """Nobody asks who somebody is of whom the quote tells it."""
    text = "Ann Berg, the mayor of Tarn, came. The president, Lech Dudek, sang."
    assert ["Lech Dudek"] == of("person", text)


def test_words_before_a_name():
    """A word with a capital because a sentence begins with it is no part of a name."""
    assert ["Berg"] == of("name", "It rains. As Berg repeats, it rains. They saw Berg and sang.")


def test_neighbours():
    """The passages beside that of a quote lead on, too, and those further away do not."""
    parts = [f"Nobody knows it. It rains. Ann {name} said that the mill is old." for name in ("Berg", "Dahl", "Lund")]
    text = "\n\n".join(f"The {number}th part\n\n{part}" for number, part in enumerate(parts, 4))
    assert ["Ann Berg", "Ann Dahl"] == sorted(of("speaker", text))


def test_no_passage():
    """A quote that stands in no passage leads nowhere."""
    assert leads(quote("It rains."), ()) == ()


def test_other_languages():
    """Of an article in another language only whole names of persons are leads."""
    text = "Il pleut. Selon Ann Berg il pleut. La Banque de Tarn est de Berg."
    assert [Lead("name", "Ann Berg", "", "fr")] == list(found(text, language="fr"))
    assert [] == list(found("Il pleut. Selon Ann il pleut. La Banque.", language="fr"))


@pytest.mark.parametrize(
    ("lead", "text", "expected"),
    [
        (Lead("speaker", "Ann Berg"), "Berg said that it rains.", True),
        (Lead("speaker", "Ann Berg"), "Dahl said that Berg came.", False),
        (Lead("speaker", "Ann Berg", "Ola Dahl"), "Berg said that Dahl lied.", True),
        (Lead("speaker", "Ann Berg", "Ola Dahl"), "Berg said that it rains.", False),
        (Lead("person", "Ann Berg"), "Ann Berg, the mayor of Tarn, came.", True),
        (Lead("person", "Ann Berg"), "Ann Berg came.", False),
        (Lead("figure", "boats", "were lost"), "Some 300 boats were lost.", True),
        (Lead("figure", "boats", "were lost"), "The boats were lost.", False),
        (Lead("name", "the Tarn Bridge"), "The bridge fell.", True),
        (Lead("name", "the Tarn Bridge"), "The mill fell.", False),
        (Lead("name", "?"), "The mill fell.", False),
    ],
)
def test_bears_out(lead, text, expected):
    """A quote bears a lead out that says what one would ask of it."""
    assert expected == bears_out(lead, quote(text))
