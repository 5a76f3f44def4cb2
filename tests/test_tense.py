"""A text and a word about time in it in, whether it tells there of what was or will be out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.tense import blotted, tense

WORDS = st.lists(
    st.sampled_from(
        ["Monday", "will", "said", "to", "be", "held", "the", ",", "“", "”", ".", "that", "is", "due", "after"]
    ),
    max_size=30,
).map(" ".join)


def told(sentence: str) -> str | None:
    """What the sentence tells of at its first "Monday"."""
    start = sentence.index("Monday")
    end = start + len("Monday’s" if sentence[start + 6 : start + 8] in ("’s", "'s") else "Monday")
    return tense(sentence, start, end)


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor said on Monday.",
        "The mayor on Monday opened the bridge.",
        "The mayor also said Monday that the bridge will be opened.",
        "On Monday, the mayor, Ana Rojas, told the radio that it would be opened.",
        "On Monday she opened the bridge.",
        "In an interview with the radio on Monday, the mayor conceded that it will cost more.",
        "However, at a fair on Monday in the park, she continued to insist.",
        "A meeting of the council took place in Lima on Monday, where it will be discussed.",
        "Monday’s call was attended by the mayor.",
        "At the heart of Monday's talks was the question of what can be done.",
        "The mayor, along with several guests in Lima on Monday, said that it would last.",
        "“We will build it,” said the engineer, after the meeting in Lima on Monday.",
        "The mayor – who was involved in Monday’s call – “will build it”.",
        "It has been open since it was built on Monday.",
        "Among the guests on Monday were the builders.",
        "She did not come on Monday.",
        "The mayor announced on Monday a new bridge.",
    ],
)
def test_past(sentence):
    """A verb in the past that belongs to the word tells of what was, whatever else is said to come."""
    assert "past" == told(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The builders will hold a new “Planning Meeting” in Lima on Monday to determine the cost.",
        "Monday’s talks will be the second round since the first was held.",
        "Monday's meeting will aim to “have it built,” she said.",
        "The mayor said that she will open it on Monday.",
        "She'll be there on Monday.",
        "The bridge is due to be opened on Monday.",
        "The bridge is expected to open on Monday.",
        "They are going to meet on Monday.",
        "The builders plan to meet on Monday.",
        "It won't be opened on Monday.",
    ],
)
def test_future(sentence):
    """What will be, or is due, expected or planned, is to come."""
    assert "future" == told(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The king meets the mayor on Monday.",
        "The king meets the mayor on Monday, officials said.",
        "On Monday the king meets the mayor, officials said.",
        "The bridge was due to be opened on Monday.",
        "She said the bridge would be opened on Monday.",
        "The mayor announced a meeting on Monday.",
        "The mayor invited the builders to talks on Monday.",
        "The mayor called for a meeting on Monday.",
        "She spoke ahead of the meeting on Monday.",
        "The mayor will fly home after the talks on Monday.",
        "They wanted to meet on Monday.",
        "The bridge is open on Monday.",
        "The proposed talks on Monday",
        "“She left on Monday”",
        "Monday",
    ],
)
def test_in_doubt(sentence):
    """Where the present, a plan of the past or nothing stands, it is not told."""
    assert told(sentence) is None


def test_each_sentence_for_itself():
    """The verb of another sentence says nothing."""
    assert told("It was built. Talks on Monday. They will end.") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He “left” it", "He ······ it"),
        ("left” he said", "····· he said"),
        ('and "went', "and ·····"),
        ("don’t", "don’t"),
        ("", ""),
    ],
)
def test_speech_is_blotted_out(text, expected):
    """What stands in quotation marks is blotted out, also where one of them is missing."""
    assert expected == blotted(text)


@given(WORDS)
def test_any_words(text):
    """Nothing raises, wherever the word stands."""
    at = text.find("Monday")
    assert tense(text, max(at, 0), max(at, 0) + 6) in ("past", "future", None)


@pytest.mark.parametrize("part", ["Monday, ", "will ", "to be ", ", said ", "“", "he said he "])
def test_long_sentences(part):
    """Only what stands near is looked at."""
    text = part * (5_000 // len(part))
    assert tense(text, 2_500, 2_506) in ("past", "future", None)
