"""A text in, the offices that it names with whose they are out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.analysis import term_of
from retrieval.offices import offices


@pytest.mark.parametrize(
    ("text", "named", "terms"),
    [
        ("what did the norwegian president say", "the norwegian president", "president norway"),
        ("would Norway's president go", "Norway's president", "president norway"),
        ("did norways prime minister go", "norways prime minister", "pm norway"),
        ("The Prime Minister of the United Kingdom said it.", "The Prime Minister of the United Kingdom", "pm uk"),
        ("is the president of the united states old", "the president of the united states", "president usa"),
        ("did the british pm go", "the british pm", "pm uk"),
        ("Italy’s right -wing Prime Minister", None, None),
        ("said Russian Foreign Minister", "Russian Foreign Minister", "foreign minister russia"),
        ("the minister of defence of Norway", "the minister of defence of Norway", "defence minister norway"),
        ("the us secretary of state", "the us secretary of state", "secretary state usa"),
        ("the general secretary of NATO spoke", "the general secretary of NATO", "general secretary nato"),
        ("the NATO Secretary -General", "the NATO Secretary -General", "general secretary nato"),
        ("a nato chief", "a nato chief", "chief nato"),
        ("the head of the western military alliance talks", "the head of the western military alliance", "head nato"),
        ("the European Commission president", "the European Commission president", "president europe commission"),
        ("the head of the european central bank", "the head of the european central bank", "head europe central bank"),
        ("the world trade organization chief", "trade organization chief", "chief trade organization"),
        (
            "did berg's national security adviser go",
            "berg's national security adviser",
            "adviser national security berg",
        ),
        ("the 47th US president", "US president", "president usa"),
        ("the former polish president", "the former polish president", "former president poland"),
        ("the polish vice president", "the polish vice president", "vice president poland"),
        ("the mayor of Lima, Peru", "the mayor of Lima", "mayor lima"),
        ("Poland’s minister of foreign affairs", "Poland’s minister of foreign affairs", "minister foreign poland"),
    ],
)
def test_offices(text, named, terms):
    """An office is read with the country or the organisation whose it is, before it or after "of"."""
    found = [(text[office.start : office.end], office.terms) for office in offices(text)]

    assert found == ([(named, frozenset(map(term_of, terms.split())))] if named else [])


@pytest.mark.parametrize(
    "text",
    [
        "what did the president say",
        "The new president arrived.",
        "leaders of France",
        "a Polish singer and a Polish soldier",
        "who leads Britain",
        "the chief of the lot",
        "Tell the president. Norway rained.",
        "",
    ],
)
def test_no_office(text):
    """Without whose it is, in the plural, or as a calling that many have, it is no office."""
    assert offices(text) == ()


def test_who_leads():
    """Who leads a country is its president or prime minister; of an organisation, its general secretary, too."""
    (state,), (alliance,) = offices("the polish leader"), offices("the head of nato")

    assert [frozenset(map(term_of, "president pm premier chancellor leader ruler".split()))] == [  # noqa: SIM905
        role.heads for role in state.roles
    ]
    assert [False, True] == [term_of("secretary") in role.heads for role in alliance.roles]
    assert ("general",) == tuple(*alliance.roles[1].modifiers)


@given(st.text("the of president’s NATO Polish general secretary, .", max_size=80))
def test_any_text(text):
    """An office lies inside its text, has a way to ask for its holder, and says whose it is."""
    for office in offices(text):
        assert 0 <= office.start < office.end <= len(text)
        assert all(role.of for role in office.roles)


@pytest.mark.parametrize(
    "part", ["president ", "of ", "Polish ", "president of ", "nato ", "council ", "Ann’s ", "-chief "]
)
def test_long_texts(part):
    """Work grows with length alone."""
    assert len(offices(part * (20_000 // len(part)))) <= 12
