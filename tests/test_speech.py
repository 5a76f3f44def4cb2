"""Who says something in a sentence, and who holds a view."""

import pytest

from retrieval.analysis import terms
from retrieval.speech import position, said


def speaker(words):
    return frozenset(terms(words))


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Ann Berg", "Ann Berg said that it was over."),
        ("Berg", "Berg, along with several leaders in Oslo on Monday, said Roy had agreed to talks."),
        ("Berg", "Berg on Tuesday proposed Oslo as a venue, and a senior official told the Herald more."),
        ("US official", "Berg on Tuesday proposed Oslo, and a senior US official told the Herald that it was late."),
        ("Petrov", "On Tuesday, the Russian foreign minister, Ivan Petrov, told state TV that it was late."),
        ("Petrov", "The minister’s aide Yuri Petrov has said only that Berg and Roy discussed the idea."),
        ("British prime minister", "“Sooner or later,” according to the British prime minister, Roy must sit down."),
        ("Kowal", "The “massive wall” is “fiction,” said Jan Kowal, a military analyst from the institute."),
        ("Russia", "Russian Foreign Minister Ivan Petrov said that it would be a threat."),
        (
            "prime minister of the United Kingdom",
            "The Prime Minister of the United Kingdom said it was the Peace Party.",
        ),
        ("Berg", "However, at a conference on Saturday in Long Street, Berg continued to insist that it was needed."),
        ("Berg", "But Berg rejected the proposal saying, “I can’t sell it.”"),
        ("Berg", "” Yes, but ‘from Oslo is not good enough’said Berg."),
        (
            "US president",
            "“We’re going to find out,” the US president said, adding that Roy faced a “rough situation”.",
        ),
        ("British officials", "British officials stressed that any attempts by Russia would fail."),
        ("Berg", "It was described by Berg as a key issue."),
        ("Berg", "Berg: “It is over.”"),
        ("Berg", "Ushak did not clarify it and Berg made no mention of a meeting."),
        ("Berg", "Berg did not say whether it was over."),
        ("Berg", "Berg met Roy and said it was over."),
        ("Berg", "“It is over,” she said after Roy left. “It is,” added Berg."),
        ("Berg", "Berg, who met Roy on Sunday, said it was over."),
        ("Berg", "Berg has repeatedly warned that it is over."),
    ],
)
def test_the_speaker_says_it(who, sentence):
    """The subject of a verb of saying, wherever it stands, is who says it."""
    assert said(sentence, speaker(who)) == 1


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Roy", "Berg, along with several leaders in Oslo on Monday, said Roy had agreed to talks."),
        ("Roy", "Berg said Roy would accept."),
        ("Berg", "Roy told Berg that it was over."),
        ("Berg", "Berg’s spokesman said it was over."),
        ("Berg", "Berg adviser Ann Lind said it was over."),
        ("Berg", "Turkish leader Ali Berg also took part."),
        ("Berg", "After his meeting with Berg, Roy said it was over."),
        ("Berg", "Berg was told that it was over."),
        ("Berg", "The so-called Berg plan is over."),
        ("NATO", "Russian Foreign Minister Ivan Petrov said that NATO troops would be a threat."),
        ("Russia", "British officials stressed that any attempts by Russia would fail."),
        (
            "Roy",
            "“Sooner or later,” according to the British prime minister, the Russian president, Max Roy, must sit.",
        ),
        ("the French president", "The US president said it was over."),
        ("Michael Kowal", "Michael Lind said it was over."),
        ("Berg", "The claims about Berg were wrong."),
        ("United", "The United States is big."),
        ("Berg", "“It is over,” said Roy, who met Berg on Sunday."),
        ("Berg", ""),
        ("", "Berg said it was over."),
    ],
)
def test_the_speaker_is_only_mentioned(who, sentence):
    """Who is told, spoken of, or has others speak, says nothing."""
    assert said(sentence, speaker(who)) == 0


@pytest.mark.parametrize(
    ("who", "sentence", "before"),
    [
        ("Berg", "“It is over,” he said.", "Berg came on Monday."),
        ("Berg", "In his interview he said it was over.", "Berg has been slow."),
        ("Berg", "When Berg left, she said it was over.", ""),
        ("Russia", "Russia’s ambassador to the United Kingdom said it was over.", ""),
        ("the Kremlin", "The Kremlin aide Yuri Petrov has said only that it was over.", ""),
    ],
)
def test_who_may_be_the_speaker(who, sentence, before):
    """A pronoun after the speaker's name, and what belongs to a country or an institution, count half."""
    assert said(sentence, speaker(who), before) == 0.5


def test_a_pronoun_alone_is_nobody():
    """Without a name before it, "he" is not the speaker."""
    assert said("“It is over,” he said.", speaker("Berg"), "Roy came on Monday.") == 0


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Russia", "However, Russia is strongly opposed to the presence of troops."),
        ("Berg", "The demand was also rejected by Berg on the grounds that it was late."),
        ("Oslo", "Yesterday the ambassador said Oslo outright rejected the idea."),
        ("Berg", "Berg said it was over."),
        ("Berg", "Berg is ready to pay."),
        ("Berg", "Berg fears a new war."),
        ("Berg", "He has been worried, but Berg supports the plan."),
        ("China", "China opposes the plan."),
        ("the French president", "The French president welcomed the plan."),
        ("Berg", "Berg has been resistant to sending troops."),
        ("Berg", "Berg does not want a war."),
        ("Berg", "Speaking on Monday, Berg praised the plan."),
        ("Berg", "Oslo is opposed to concessions to Ann Berg’s demands for peace."),
        ("Berg", "Roy dismissed Berg's old complaints about the plan."),
    ],
)
def test_who_holds_a_view(who, sentence):
    """Saying, backing, rejecting or fearing something tells a position."""
    assert position(sentence, speaker(who)) == 1


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Russia", "Berg is opposed to the presence of Russia."),
        ("Berg", "Berg arrived on Monday."),
        ("China", "The plan was sent to China and Japan."),
        ("Berg", "Roy supports Berg."),
        ("Berg", "Roy’s complaints about Berg were dismissed."),
        ("Berg", "Roy came to Berg’s house."),
        ("Berg", "Without Berg the doors were open."),
        ("Berg", "The support of Berg was there."),
        ("", "Berg is ready to pay."),
    ],
)
def test_who_holds_none(who, sentence):
    """Who is opposed, backed or named beside tells no position."""
    assert position(sentence, speaker(who)) == 0


@pytest.mark.parametrize(
    "part", ["said ", "and said ", "Berg, ", "“", "he said ", "is ", "of ", "to ", "who ", "saying "]
)
def test_long_sentences(part):
    """Work grows with length alone."""
    text = part * (5_000 // len(part))

    for sentence in (text, f"{text} said Berg", f"Berg, {text}, said so."):
        assert 0 <= said(sentence, speaker("Berg")) <= position(sentence, speaker("Berg"), text) <= 1
