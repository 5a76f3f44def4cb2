"""A text and the day it was written in, the days that its words about time mean out."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.models import DateRange
from retrieval.resolved import resolved, spoken
from tests.days import day, days

WRITTEN = dt.date(2025, 3, 15)
"""A Saturday."""

ODD = st.lists(
    st.sampled_from(["Monday ", "last ", "next ", "this ", "week ", "12 March ", "in May ", "2024 ", "three "])
    | st.sampled_from(
        [
            "yesterday ",
            "days ago ",
            "will ",
            "said ",
            "on ",
            "the ",
            "“",
            "”",
            ". ",
            ", ",
            "’s ",
            "weekend ",
            "or ",
            "spring.",
        ]
    ),
    max_size=25,
).map("".join)


def meant(text: str, written: dt.date | None = WRITTEN) -> list[tuple[str, DateRange]]:
    return [(text[start:end], found) for start, end, found in resolved(text, written)]


def ranges_in(text: str, written: dt.date | None = WRITTEN) -> list[DateRange]:
    return [found for one in spoken(text, written) for found in one.readings]


@settings(max_examples=200)
@given(ODD, st.none() | st.dates())
def test_any_words_about_time(text, written):
    """Nothing that looks like a time raises; what is sure has one meaning, and none ends before it begins."""
    for one in spoken(text, written):
        assert 0 <= one.start < one.end <= len(text)
        assert len(one.readings) == 1 or not one.sure
        assert all(found.first <= found.last for found in one.readings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leaders spoke on Saturday.", [("Saturday", day("2025-03-15"))]),
        ("He spoke this Friday.", [("this Friday", day("2025-03-14"))]),
        ("They gather this Saturday.", [("this Saturday", day("2025-03-15"))]),
        ("They will gather this Friday.", [("this Friday", day("2025-03-21"))]),
        ("They met last Tuesday.", [("last Tuesday", day("2025-03-11"))]),
        ("They met last Saturday.", [("last Saturday", day("2025-03-08"))]),
        ("They will meet on Thursday.", [("Thursday", day("2025-03-20"))]),
        ("They meet next Thursday.", [("next Thursday", day("2025-03-20"))]),
        ("They meet the coming Saturday.", [("coming Saturday", day("2025-03-22"))]),
        ("Thursday’s talks were long.", [("Thursday’s", day("2025-03-13"))]),
        ("Monday's talks were not.", [("Monday's", day("2025-03-10"))]),
        ("It burned yesterday.", [("yesterday", day("2025-03-14"))]),
        ("It burned three days ago.", [("three days ago", day("2025-03-12"))]),
        ("It burned just 12 days ago.", [("12 days ago", day("2025-03-03"))]),
        ("It burned last week.", [("last week", days("2025-03-03", "2025-03-09"))]),
        ("He was sent this week.", [("this week", days("2025-03-10", "2025-03-16"))]),
        ("It opens next week.", [("next week", days("2025-03-17", "2025-03-23"))]),
        ("It burned last weekend.", [("last weekend", days("2025-03-08", "2025-03-09"))]),
        ("It opens next month.", [("next month", days("2025-04-01", "2025-04-30"))]),
        ("It burned last month.", [("last month", days("2025-02-01", "2025-02-28"))]),
        ("It burned last year.", [("last year", days("2024-01-01", "2024-12-31"))]),
        ("It was presented earlier in February.", [("February", days("2025-02-01", "2025-02-28"))]),
        ("It burned on 12 March.", [("12 March", day("2025-03-12"))]),
        ("It will open on 12 March.", []),
        ("It will open on 12 April.", [("12 April", day("2025-04-12"))]),
        ("The fair of 12 April", [("12 April", day("2025-04-12"))]),
        ("On Tuesday, March 11, allies met.", [("Tuesday, March 11", day("2025-03-11"))]),
        ("the talks of Friday, 20 March", [("Friday, 20 March", day("2026-03-20"))]),
        ("It burned on 20 December.", [("20 December", day("2024-12-20"))]),
    ],
)
def test_what_is_beyond_doubt(text, expected):
    """Words seen from the day of writing, and dates without a year, mean the last such days, or the next if so told."""
    assert expected == meant(text)


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday, March 11, 2025, they met in 2025.",
        "The king meets the mayor on Thursday.",
        "The king will come on Saturday.",
        "They meet every Monday, each Tuesday and on Wednesdays.",
        "It is open Monday-Friday.",
        "She bought it on Black Friday.",
        "He writes for the Sunday Times.",
        "They will meet next week or 10 days from now.",
        "It opens in the coming weeks, or in the next week.",
        "It burned about three days ago, or two or three days ago.",
        "It burned in the last week of March 2024.",
        "The last month was long, and last year's too.",
        "“We met yesterday,” she said.",
        "“We met on Tuesday,” she said.",
        "She may come in May and they march.",
        "It burned in June.",
        "It burned on 20 March.",
        "The fair of 12 June",
    ],
)
def test_what_is_not(text):
    """Whole dates need no other words; what may mean two days, or is somebody's own "yesterday", is left alone."""
    assert [] == meant(text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2025-03-10", []), ("2025-03-12", []), ("2025-03-13", [("next Thursday", day("2025-03-20"))])],
)
def test_next(written, expected):
    """The next Thursday may be that of this week or of the next one, but for when this week's has come."""
    assert expected == meant("They meet next Thursday.", dt.date.fromisoformat(written))


def test_an_unknown_day_of_writing():
    """Where it is not known when a text was written, only whole dates mean days."""
    text = "On Tuesday, on 12 March, yesterday and in 2014 they met."
    assert [] == meant(text, None)
    assert [days("2014-01-01", "2014-12-31")] == ranges_in(text, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It began on 24 February 2022 and on March 1.", [day("2022-02-24"), day("2025-03-01")]),
        ("He led between 2017 and 2019.", [days("2017-01-01", "2017-12-31"), days("2019-01-01", "2019-12-31")]),
        ("The king meets the mayor on Thursday.", [day("2025-03-13"), day("2025-03-20")]),
        ("He met her on 20 March.", [day("2024-03-20")]),
        ("They meet next Saturday.", [day("2025-03-22")]),
        ("They sent 2000 troops.", []),
    ],
)
def test_all_that_may_be_meant(text, expected):
    """A sentence may speak of any of the days that its words can mean."""
    assert expected == ranges_in(text)


def test_ends_of_the_calendar():
    """Before the first and after the last day there is none to be meant."""
    text = "He came last Monday, yesterday, last week, last month, last year, three days ago and on 29 February."
    assert isinstance(ranges_in(text, dt.date.min), list)
    assert isinstance(ranges_in(text.replace("last", "next"), dt.date.max), list)


@pytest.mark.parametrize(
    "part", ["monday, the ", "11 may ", "last week ", "three days ago ", "“", "in May, ", "Tuesday, 1 May "]
)
def test_long_sentences(part):
    """Work grows with length alone."""
    text = part * (5_000 // len(part))
    assert len(spoken(text, WRITTEN)) <= len(text)
