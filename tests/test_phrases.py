"""Where a sentence holds an answer of each kind."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.models import AnswerKind
from retrieval.phrases import phrases

KINDS = get_args(AnswerKind)
ODD = st.lists(
    st.sampled_from(["Ann ", "the ", "University ", "of ", "said ", "who", "because ", "according to ", "is ", "’s "])
    | st.sampled_from(
        ["12", ",", ".", "one ", "half-", "years ", "$", "%", "“", "‘", "’", '"', "(", "\n", "é", "\0", "in "]
    ),
    max_size=25,
).map("".join)


def found(kind, sentence):
    return [sentence[start:end] for start, end in phrases(kind, sentence)]


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        ("person", "But Keir Starmer met Mark Rutte of NATO.", ["Keir Starmer", "Mark Rutte"]),
        ("person", "The adviser Ushakov spoke to Ursula von der Leyen.", ["Ushakov", "Ursula von der Leyen"]),
        ("person", "“Łukasz Świątek met Zoë Ćosić”", ["Łukasz Świątek", "Zoë Ćosić"]),
        ("person", "Officials said Russia and the White House agreed.", []),
        ("place", "He flew from the Hague to Ōsaka, in Saudi Arabia’s east.", ["Hague", "Ōsaka", "Saudi Arabia"]),
        ("place", "He flew to Łódź.", ["Łódź"]),
        ("time", "On 11 March 2025 they met.", ["11 March 2025"]),
        ("duration", "It took three-and-a-half years, not 10 days.", ["three-and-a-half years", "10 days"]),
        ("duration", "A 30 -day truce, a couple of weeks, an hour.", ["30 -day", "couple of weeks", "an hour"]),
        (
            "age",
            "Anna, 45, a 50-year-old mill, aged 60 or 61 years old",
            ["45", "50-year-old", "aged 60", "61 years old"],
        ),
        ("count", "More than twenty leaders and 1,950 others", ["More than twenty", "1,950"]),
        (
            "count",
            "Two hundred thousand, fourteen, or 2.5 million",
            ["Two hundred thousand", "fourteen", "2.5 million"],
        ),
        ("count", "On 11 March 2025 the G7 had 30 guests.", ["30"]),
        ("amount", "It cost $500 billion (€477bn), or 50% of it.", ["$500 billion", "€477bn", "50%"]),
        (
            "amount",
            "He paid £1,000, two million dollars and 3 per cent.",
            ["£1,000", "two million dollars", "3 per cent"],
        ),
        ("amount", "Twenty leaders", []),
        ("reason", "It failed because he left.", ["because he left."]),
        ("reason", "It has been so since 2014 and since the war.", []),
        ("reason", "It failed, since he left.", ["since he left."]),
        ("statement", "He called it “a key issue” and “so”.", ["“a key issue”"]),
        ("statement", "It’s ‘not good enough’ that Ann’s gone.", ["‘not good enough’"]),
        ("statement", "He said: “it is not over", ["“it is not over"]),
        ("person", "British Prime Minister Ann Berg met the NATO secretary general, Max Roy.", ["Ann Berg", "Max Roy"]),
        ("person", "On Monday Berg met Dr. J. K. Lind in Łódź.", ["Berg", "J. K. Lind"]),
        ("person", "There was the Prime MinisterGina Verdi.", ["Gina Verdi"]),
        ("person", "The University of Oslo and the Carnegie Council met on Monday.", []),
        (
            "place",
            "Jacob Riis Park lies on the River Meavy near the north coast.",
            ["Jacob Riis Park", "River Meavy", "the north coast"],
        ),
        ("place", "In Berg’s view Polish officials left Oslo.", ["Oslo"]),
        (
            "organisation",
            "He left the International Institute for Strategic Studies for Fox News.",
            ["International Institute for Strategic Studies", "Fox News"],
        ),
        (
            "organisation",
            "NATO and the University of Oslo met Ann Berg in France on Monday.",
            ["NATO", "University of Oslo"],
        ),
        ("organisation", "The minister met officials.", []),
        (
            "time",
            "From the 9th century BC until the early 1990s (1271–1368).",
            ["the 9th century BC", "the early 1990s", "1271–1368"],
        ),
        ("time", "In 1358, at 2 am in the winter of 1613.", ["1358", "2 am", "winter of 1613"]),
        ("time", "They sent 300 men.", []),
        (
            "money",
            "It cost $500 billion (€477bn), 50% of it, and 5 million euros.",
            ["$500 billion", "€477bn", "5 million euros"],
        ),
        (
            "share",
            "About 50% or one in three, two thirds and 3 per cent.",
            ["About 50%", "one in three", "two thirds", "3 per cent"],
        ),
        (
            "measure",
            "It is 5.2 miles (8.4 km) long, 12 metres wide and 304 sq mi.",
            ["5.2 miles", "8.4 km", "12 metres", "304 sq mi"],
        ),
        ("measure", "It took 12 men.", []),
        ("count", "10% of 12 men paid $5 within two years.", ["12"]),
        ("reason", "He left for fear of the war.", ["for fear of the war."]),
        ("reason", "It fell, but due to the war, nobody came.", ["due to the war"]),
        ("reason", "“It fell because it was old,” Berg said.", ["because it was old,"]),
        ("time", "It was built between 2017 and 2019.", ["between 2017 and 2019"]),
        ("time", "It was built in 2017 and burned in 2019.", ["2017", "2019"]),
        ("organisation", "United Airlines left the United Kingdom.", ["United Airlines"]),
        ("statement", "Berg said on Friday that it had been “good” so far.", ["it had been “good” so far."]),
        ("statement", "Berg said so at the beginning of the meeting.", ["so at the beginning of the meeting."]),
        ("statement", "“So,” Berg said at the beginning of the meeting.", []),
        ("reason", "They came to protect the town.", ["to protect the town."]),
        ("role", "Ann Berg, a specialist in old maps, came to be known.", ["a specialist in old maps"]),
        ("role", "Berg, a Dane, is now an adviser to the city.", ["a Dane", "an adviser to the city"]),
        ("role", "Norwegian Defence Minister Ann Berg spoke.", ["Norwegian Defence Minister"]),
        ("role", "It was built by the piano maker Max Roy.", ["the piano maker"]),
        ("role", "Max Roy, sent by the town, is a millionaire in the car trade.", ["a millionaire in the car trade"]),
        ("role", "Ann Berg came on Monday.", []),
        ("statement", "Berg said that any troops would be a threat.", ["any troops would be a threat."]),
        ("statement", "“We can do it,” said Ann Berg, after the talks.", ["“We can do it,”"]),
        ("statement", "You can’t keep peace without guarantees. ”", ["You can’t keep peace without guarantees. ”"]),
        ("yes_no", "On 11 March Ann Berg paid $5.", []),
        ("thing", "On 11 March Ann Berg paid $5.", []),
    ],
)
def test_where_a_sentence_holds_an_answer(kind, sentence, expected):
    """Phrases of the kind are found in order, as printed; a kind of any form has none."""
    assert expected == found(kind, sentence)


@settings(max_examples=100)
@given(ODD)
def test_any_words(text):
    """Whatever is looked through, what is found lies in it, in order and once."""
    for kind in KINDS:
        spans = phrases(kind, text)
        assert sorted(set(spans)) == spans
        assert all(0 <= start < end <= len(text) for start, end in spans)


PARTS = ("said ", "is ", "‘a", "“abcdefgh ", "because ", "(", "1", "1,", "12 ", "one ", "one-and-", "$1,1", "a-year-")


@pytest.mark.parametrize("part", [*PARTS, "Aa de ", "A-", "in Aa’", "A.", "A. ", "\t \n", "the a ", "Aa of ", ", a "])
def test_long_texts(part):
    """Work grows with length alone: twenty thousand characters of nearly an answer are looked through at once."""
    text = part * (20_000 // len(part))

    for kind in KINDS:
        assert len(phrases(kind, text)) <= len(text)
