"""Sentences in, who is said in them to hold which office out."""

import pytest

from retrieval.aliases import Alias, aliases, holders, offices_in, offices_of, renamed
from retrieval.analysis import term_of
from retrieval.offices import offices
from retrieval.questions import understand
from tests.corpora import engine_over, index_of

INDEX = index_of("Ann Berg, the Norwegian president, met the Polish prime minister, Jan Kowal. Rain was forecast.")


@pytest.mark.parametrize(
    ("sentence", "office", "name"),
    [
        ("Norwegian President Ann Berg arrived.", "president norway", "ann berg"),
        ("On Monday Ann Berg, the Norwegian President, arrived.", "president norway", "ann berg"),
        ("He and the Norwegian president, Ann Berg, arrived.", "president norway", "ann berg"),
        ("Norwegian Foreign Minister Bo Lind said so.", "foreign minister norway", "bo lind"),
        ("Here is the general secretary of NATO, Mark Smit, again.", "general secretary nato", "mark smit"),
        ("Berg’s national security adviser Mike Stone left.", "adviser national security berg", "mike stone"),
        ("European Commission President Eva von der Laan left.", "president europe commission", "eva von der laan"),
        ("Italy’s Prime Minister Gina Verdi joined.", "pm italy", "gina verdi"),
        ("There was the Italian Prime MinisterGina Verdi, too.", "pm italy", "gina verdi"),
        ("Turkish leader Ali Demir also came.", "leader turkey", "ali demir"),
        ("Polish Vice President Jan Kowal came.", "vice president poland", "jan kowal"),
        ("Former Polish President Jan Kowal came.", "former president poland", "jan kowal"),
    ],
)
def test_who_holds_an_office(sentence, office, name):
    """A name beside an office, before it, after it or set off by commas, is its holder's."""
    *_, surname = terms = [term_of(word) for word in name.split()]
    (found,) = aliases(sentence)

    assert (surname, frozenset(filter(None, map(term_of, office.split())))) == (found.surname, found.office)
    assert set(filter(None, terms)) <= found.name


@pytest.mark.parametrize(
    "sentence",
    [
        "President Ann Berg arrived.",
        "The Norwegian president told Ann Berg that it rained.",
        "The Norwegian president’s spokesman Bo Lind said so.",
        "The company’s chief, Ann Berg, left.",
        "European Council leader Antonio came.",
        "Leaders of Norway met Ann Berg.",
        "It rained in Norway.",
    ],
)
def test_nobody_holds_it(sentence):
    """Without whose office it is, beside a name that stands apart, or with a mere first name, nobody is said to."""
    assert not [one for one in aliases(sentence) if one.office >= {"norwai"} or one.name & {"berg", "antonio"}]


def test_a_list():
    """In a list, each name is that of the office before it."""
    sentence = "There were the Polish president, Jan Kowal, the general secretary of NATO, Mark Smit, and others."

    assert [
        Alias(frozenset({"presid", "poland"}), frozenset({"jan", "kowal"}), "kowal"),
        Alias(frozenset({"general", "secretari", "nato"}), frozenset({"mark", "smit"}), "smit"),
    ] == list(aliases(sentence))


SAID = (
    "French President Luc Dubois arrived.",
    "Luc Dubois, the French president, left.",
    "French President Max Roy, who came before him, was there.",
    "British Prime Minister Ann Berg was late.",
    "The NATO secretary general, Mark Smit, spoke.",
    "Turkish leader Ali Demir spoke.",
)


@pytest.mark.parametrize(
    ("office", "expected"),
    [
        ("the french president", ["dubois", "roy"]),
        ("france's leader", ["dubois", "roy"]),
        ("the british leader", ["berg"]),
        ("the british prime minister", ["berg"]),
        ("the head of nato", ["smit"]),
        ("the turkish president", ["demir"]),
        ("the british president", []),
        ("the french foreign minister", []),
        ("the turkish prime minister", []),
    ],
)
def test_holders(office, expected):
    """The holders come by how often they are named; who is called its leader may be president."""
    (one,) = offices(office)

    assert expected == holders(one, SAID)


def test_spellings_are_one_holder():
    """A holder is one however the name is spelt; of many for one office, none is meant."""
    (one,) = offices("the ukrainian president")
    spelt = [f"Ukrainian President Volodymyr {name} spoke." for name in ("Zelensky", "Zelenskyy", "Zelenski")]
    many = [f"Ukrainian President Jan {name} spoke." for name in ("Aho", "Berg", "Costa", "Dubois")]

    assert 1 == len(holders(one, spelt))
    assert [] == holders(one, many)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what did the norwegian president say", ["the norwegian president"]),
        ("did norway's president meet the polish leader", ["norway's president", "the polish leader"]),
        ("who did the norwegian president meet", ["the norwegian president"]),
        ("who is the norwegian president", []),
        ("who became the norwegian president", []),
        ("who was elected president of norway", []),
        ("which norwegian president was there", []),
        ("what did the president say", []),
        ("did it rain", []),
    ],
)
def test_offices_of_a_question(text, named):
    """An office in a question stands for its holder unless the holder is what is asked for."""
    question = understand(text, INDEX)

    assert named == [question.text[one.start : one.end] for one in offices_in(question)]


def test_renamed():
    """A surname takes the place of the office's words, which a question may hold elsewhere too."""
    question = understand("would the norwegian president's norwegian soldiers see rain", INDEX)
    (office,) = offices_in(question)
    found = renamed(question, {office: "berg"})

    assert ["norwai", "berg", "soldier", "see", "rain"] == [term.term for term in found.terms]
    assert (("the norwegian president", "berg"),) == found.corrections
    assert question.text == found.text


def test_renamed_once():
    """Who holds two of the offices takes the place of the first."""
    question = understand("did the norwegian president thank the polish prime minister", INDEX)
    found = renamed(question, dict.fromkeys(offices_in(question), "berg"))

    assert ["berg", "thank", "poland", "prime", "pm", "minist"] == [term.term for term in found.terms]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"berg"}, [{"presid", "norwai"}, {"leader", "norwai"}]),
        ({"ann", "berg"}, [{"presid", "norwai"}, {"leader", "norwai"}]),
        ({"presid", "berg"}, [{"presid", "norwai"}, {"leader", "norwai"}]),
        ({"lind"}, [{"foreign", "minist", "norwai"}]),
        ({"ann"}, []),
        ({"bo", "berg"}, []),
        ({"norwai"}, []),
    ],
)
def test_offices_of_somebody(named, expected):
    """Somebody is told by the surname; who heads a state is its leader as well."""
    sentence = "Norwegian President Ann Berg told Norwegian Foreign Minister Bo Lind to wait."

    assert expected == [set(office) for office in offices_of(frozenset(named), sentence)]


ARTICLES = {
    "summit.txt": "A summit of bridges\n\nNorwegian President Ann Berg hosts a summit on Sunday.\n\n"
    "Berg said that the harbour would be rebuilt within two years.\n\n"
    "The Norwegian leader called the old bridge “a shame for the whole town”.\n\n",
    "market.txt": "A market in Lima\n\nThe president of the market said that fish was dear. A bridge is near it.\n",
}


async def test_an_office_is_asked_for(tmp_path):
    """A question that names an office is answered by what is said of its holder, and says whom it was taken for."""
    async with engine_over(tmp_path, ARTICLES) as engine:
        answer = await engine.ask("What did the president of Norway say about the harbour?")

    assert "answered" == answer.status
    assert "Berg said that the harbour" in answer.quotes[0].text
    assert ("the president of Norway", "berg") in answer.question.corrections


async def test_an_office_is_told(tmp_path):
    """A question that names somebody is answered by what the holder of the office says."""
    async with engine_over(tmp_path, ARTICLES) as engine:
        answer = await engine.ask("What did Berg call the bridge?")

    assert "“a shame for the whole town”" in answer.quotes[0].text
    assert () == answer.question.corrections
