"""Whether a sentence tells of a position, whose, and on what; what only looks like one is none."""

import pytest

from retrieval.analysis import term_of
from retrieval.stances import asked, position

TARN = frozenset(map(term_of, ("tarn", "tarnian")))
BRIDGE = frozenset(map(term_of, ("bridge", "bridges", "crossing")))


@pytest.mark.parametrize(
    "sentence",
    [
        "Tarn accepts the bridge.",
        "On Monday the mayor said Tarn would accept a new bridge.",
        "Tarn’s leader Olga Lund would accept a wooden bridge.",
        "Tarn has agreed to a second bridge.",
        "Tarn agreed to support the bridge.",
        "Tarn is ready to accept the bridge.",
        "Tarn no longer opposes the bridge.",
        "Tarn is not opposed to the bridge.",
    ],
)
def test_for(sentence):
    """Somebody is for what they accept, will accept, or no longer oppose."""
    assert 1 == position(sentence, TARN, BRIDGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Tarn outright rejected the idea of a crossing.",
        "However, Tarn is strongly opposed to the presence of the bridge.",
        "Tarn does not support a bridge.",
        "Tarn won’t accept the bridge.",
        "Tarn will never accept bridges.",
        "Tarn refuses to accept the bridge.",
        "Lund said that Tarn opposes the bridge.",
    ],
)
def test_against(sentence):
    """Somebody is against what they reject, do not accept, or refuse to accept."""
    assert -1 == position(sentence, TARN, BRIDGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Will Tarn accept the bridge?",
        "“Does Tarn accept the bridge?”",
        "It is unclear whether Tarn accepts the bridge.",
        "Tarn could accept the bridge.",
        "They pressed Tarn to accept the bridge.",
        "Tarn and Bergen accept the bridge.",
        "Tarn said Bergen would accept the bridge.",
        "In Tarn, Bergen accepted the bridge.",
        "In Tarn Lund accepted the bridge.",
        "Tarn, Bergen accepted the bridge.",
        "The bridge was rejected by Tarn.",
        "Tarn was rejected by the bridge.",
        "Tarn’s support for the bridge is old.",
        "Accept, Tarn, the bridge.",
        "Tarn is accepting the bridge.",
        "Tarn accepted the money, the bridge was built.",
        "Tarn accepted the money of the many rich and very old men for its bridge.",
        "Tarn rejected claims it opposed the bridge.",
        "Tarn accepts the bridge, but Tarn rejects the crossing.",
        "Bergen accepts the bridge.",
        "Tarn has a bridge.",
        "Tarn poet Lund accepted the bridge.",
    ],
)
def test_none(sentence):
    """Questions, conditions, wishes, other holders and other objects are no position; two contrary ones are none."""
    assert 0 == position(sentence, TARN, BRIDGE)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Will Tarn accept the bridge?", ("Will Tarn ", " the bridge?")),
        ("What does Tarn think about the bridge?", ("What does Tarn ", " about the bridge?")),
        ("Is Tarn against bridges?", ("Is Tarn ", " bridges?")),
        ("Who built the bridge?", None),
        ("", None),
    ],
)
def test_asked(question, expected):
    """A question asks for a position by a verb of being for or against, or a word of thinking."""
    assert expected == asked(question)


@pytest.mark.parametrize("sentence", ["Tarn " + "accept " * 1000, "Tarn " * 1000 + "accept", "“" * 5000, "t " * 2500])
def test_hostile(sentence):
    """A sentence that goes on and on is read like any other."""
    assert 0 == position(sentence, TARN, BRIDGE)
