"""Text in, what it names by the calendar out."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.dates import Named, month_days, named, time_spans, week_days, year_days
from retrieval.models import DateRange
from tests.days import day, days

DAYS = st.dates(dt.date(1500, 1, 1), dt.date(2099, 12, 31))
FORMS = st.sampled_from(
    [
        *("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b. %d %Y"),
        *("%A, %B %d, %Y", "%A %d %B %Y", "the %dth of %B %Y"),
    ]
)
ODD = st.lists(
    st.sampled_from(["31 ", "0 ", "2nd ", "99 ", "2025", "1499 ", "-02-", "-", "/", "11/03/", "may ", "May ", "sept. "])
    | st.sampled_from(
        [
            "of ",
            "in ",
            "since ",
            "until ",
            "Sunday ",
            "last ",
            "and ",
            "to ",
            ", ",
            "days ago ",
            "spring ",
            "fall",
            "é",
            "İ",
        ]
    ),
    max_size=25,
).map("".join)


def read(text: str, **how: bool) -> list[tuple[str, DateRange | None]]:
    """What is named, in words, and its days; those of 2025 where no year is said."""
    return [(text[one.start : one.end], one.days(one.year or 2025)) for one in named(text, **how)]


@settings(max_examples=100)
@given(DAYS, FORMS)
def test_a_whole_date_is_read_in_any_form(date, form):
    """A day, a month and a year are that day, in words or in figures."""
    text = f"It was on {date.strftime(form)}, they say."

    assert [DateRange(date, date)] == [found for _, found in read(text)]
    assert list(time_spans(text))


@settings(max_examples=100)
@given(ODD)
def test_any_words_about_time(text):
    """Nothing that looks like a date raises; what is read lies in the text, in order and apart."""
    for printed in (True, False):
        found = named(text, printed=printed)
        assert all(0 <= one.start < one.end <= len(text) for one in found)
        assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= start < end <= len(text) for start, end in time_spans(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 11 March or Mar. 12", [("11 March", day("2025-03-11")), ("Mar. 12", day("2025-03-12"))]),
        ("the 2nd of September", [("2nd of September", day("2025-09-02"))]),
        ("on Aug. 19, 2024.", [("Aug. 19, 2024", day("2024-08-19"))]),
        ("in May, in March 2014", [("May", month_days(2025, 5)), ("March 2014", month_days(2014, 3))]),
        ("earlier in February.", [("February", month_days(2025, 2))]),
        ("in Aug. and then", [("Aug.", month_days(2025, 8))]),
        ("from February to April", [("February", month_days(2025, 2)), ("April", month_days(2025, 4))]),
        ("early March", [("early March", days("2025-03-01", "2025-03-10"))]),
        ("mid-March 2024", [("mid-March 2024", days("2024-03-11", "2024-03-20"))]),
        ("at the end of February", [("end of February", days("2025-02-21", "2025-02-28"))]),
        ("spring 2025", [("spring 2025", days("2025-03-01", "2025-05-31"))]),
        ("the winter of 2024", [("winter of 2024", days("2023-12-01", "2024-02-29"))]),
        ("It opened last fall.", [("fall", days("2025-09-01", "2025-11-30"))]),
        ("between 2017 and 2019", [("2017", year_days(2017)), ("2019", year_days(2019))]),
        ("31 February, 29 February", [("29 February", None)]),
    ],
)
def test_what_the_calendar_names(text, expected):
    """Days, months and their parts, seasons and years; each word in its most exact reading."""
    assert expected == read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11/03/2025", [day("2025-03-11")]),
        ("3/14/2025", [day("2025-03-14")]),
        ("1/2/25", [day("2025-02-01")]),
        ("12.03.25, 16:43", [day("2025-03-12")]),
        ("version 1.2.25", []),
        ("12.13.2025", [year_days(2025)]),
        ("32/01/2025", [year_days(2025)]),
        ("2025-13-45", [year_days(2025)]),
        ("10.10.10.10", []),
    ],
)
def test_dates_in_figures(text, expected):
    """The day stands before the month, unless slashes leave no other reading; no day is only its year."""
    assert expected == [found for _, found in read(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The 27 may send troops.",
        "This may be so, and of may there is no end.",
        "They march 10 miles.",
        "It costs $1,950 and 2,014 euros, or $2000.",
        "It sends 2000 troops, 1900 more and 2014 jobs.",
        "The 30-day ceasefire of 37 countries",
        "The second sun sat down in the mar.",
        "The spring offensive, the summer house, the fall of the city",
        "a picture of Jan Steen in Mar-a-Lago",
        "from march",
    ],
)
def test_words_and_sums_are_no_dates(text):
    """Verbs, names, sums of money and what is counted are no dates in print."""
    assert [] == read(text)
    assert [] == list(time_spans(text))


def test_a_year_that_counts_nothing():
    """Where "in" or its like says so, it is a year even before what could be counted."""
    assert [("2014", year_days(2014))] == read("In 2014 troops came.")


def test_a_hasty_question():
    """In what was typed, a month in lower case is one, but for what "this may"."""
    assert [("may", month_days(2025, 5))] == read("what happened in may", printed=False)
    assert [] == read("could this may lead to peace", printed=False)


@pytest.mark.parametrize(
    ("one", "limit", "last", "first"),
    [
        (Named(0, 1, 0, 3, 11), "2025-03-11", "2025-03-11", "2025-03-11"),
        (Named(0, 1, 0, 3, 11), "2025-03-10", "2024-03-11", "2025-03-11"),
        (Named(0, 1, 0, 3, 11), "2025-03-12", "2025-03-11", "2026-03-11"),
        (Named(0, 1, 0, 2, 29), "2025-03-12", "2024-02-29", "2028-02-29"),
        (Named(0, 1, 0, 2, 29), "1901-01-01", "1896-02-29", "1904-02-29"),
        (Named(0, 1, 0, first=12), "2025-02-15", "2024-12-01", "2024-12-01"),
        (Named(0, 1, 0, first=12), "2025-12-15", "2025-12-01", "2025-12-01"),
        (Named(0, 1, 0, first=6), "2025-12-15", "2025-06-01", "2026-06-01"),
    ],
)
def test_the_last_and_the_next_of_its_kind(one, limit, last, first):
    """Without a year it is the last time that has begun by a day, or the first that has not ended before it."""
    found = one.last_by(dt.date.fromisoformat(limit)), one.first_from(dt.date.fromisoformat(limit))
    assert [last, first] == [days.first.isoformat() for days in found if days]


def test_ends_of_the_calendar():
    """The first and the last days that there are have a last and a next of their kind, or none, and no exception."""
    for one in (Named(0, 1, 0, 2, 29), Named(0, 1, 0, 3), Named(0, 1, 0, first=12)):
        for limit in (dt.date.min, dt.date.max):
            assert {one.last_by(limit), one.first_from(limit)}
    assert dt.date.max == week_days(dt.date.max).last
    assert dt.date.min == week_days(dt.date.min).first


def test_week():
    """A week goes from Monday to Sunday."""
    for date in ("2025-03-10", "2025-03-13", "2025-03-16"):
        assert days("2025-03-10", "2025-03-16") == week_days(dt.date.fromisoformat(date))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("On 2025-03-15 they met.", ["2025-03-15"]),
        ("On Tuesday, March 11, 2025, they met.", ["March 11, 2025", "Tuesday"]),
        ("In May he won.", ["May"]),
        ("Updated 12.03.25, 16:43", ["12.03.25"]),
        ("Just three days ago it was rejected.", ["Just three days ago"]),
        (
            "It comes in the next couple of weeks or in the coming month.",
            ["in the next couple of weeks", "in the coming month"],
        ),
        ("Yesterday and last week", ["Yesterday", "last week"]),
    ],
)
def test_where_a_sentence_names_a_time(sentence, expected):
    """Dates, weekdays and times seen from today are shown as printed."""
    assert expected == [sentence[start:end] for start, end in time_spans(sentence)]


@pytest.mark.parametrize(
    "part",
    ["1 may ", "11 to ", "since the ", "9", "may, of ", "a days ", "in the next ", "\t \n", "in spring ", "1/2/"],
)
def test_long_texts(part):
    """Work grows with length alone: twenty thousand characters of nearly a date are read at once."""
    text = part * (20_000 // len(part))

    assert len(named(text)) <= len(text)
    assert len(list(time_spans(text))) <= len(text)
