"""Words about time in, days out: what a question asks about, and what a sentence speaks of."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.dates import asked_range, asks_latest, ranges_in, time_spans
from retrieval.models import DateRange

NEWEST = dt.date(2025, 8, 19)
WRITTEN = dt.date(2025, 3, 15)
"""A Saturday."""

DAYS = st.dates(dt.date(1500, 1, 1), dt.date(2099, 12, 31))
FORMS = st.sampled_from(
    ["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b. %d %Y", "%A, %B %d, %Y", "%A %d %B %Y", "the %dth of %B %Y"]
)
ODD = st.lists(
    st.sampled_from(["31 ", "0 ", "2nd ", "99 ", "2025", "1499 ", "-02-", "-", "may ", "May ", "february ", "sept. "])
    | st.sampled_from(
        ["of ", "in ", "since ", "until ", "Sunday ", "next ", "and ", "to ", ", ", "days ago ", "this ", "é"]
    ),
    max_size=25,
).map("".join)


def day(text: str) -> DateRange:
    return DateRange(dt.date.fromisoformat(text), dt.date.fromisoformat(text))


def days(first: str, last: str) -> DateRange:
    return DateRange(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def asked(question: str, newest: dt.date | None = NEWEST) -> tuple[str, DateRange] | None:
    """The words of the date that a question asks about, and the days."""
    phrase = asked_range(question, newest)
    return (question[phrase.start : phrase.end], phrase.days) if phrase else None


@settings(max_examples=100)
@given(DAYS, FORMS)
def test_a_whole_date_is_read_in_any_form(date, form):
    """A day, a month and a year are that day, in a question and in a sentence, whatever else is known."""
    text = f"It was on {date.strftime(form)}, they say."
    expected = DateRange(date, date)

    phrase = asked_range(text, None)
    assert phrase is not None
    assert expected == phrase.days
    assert [expected] == ranges_in(text, None)
    assert list(time_spans(text))


@settings(max_examples=100)
@given(ODD, st.none() | DAYS)
def test_any_words_about_time(text, known):
    """Nothing that looks like a date raises; what is read lies in the text, and no range ends before it begins."""
    phrase = asked_range(text, known)
    found = ranges_in(text, known)

    assert phrase is None or 0 <= phrase.start < phrase.end <= len(text)
    assert all(one.first <= one.last for one in [*found, *([phrase.days] if phrase else [])])
    assert all(0 <= start < end <= len(text) for start, end in time_spans(text))


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("what happened on 11 march", "11 march", day("2025-03-11")),
        ("and on the 2nd of September?", "2nd of September", day("2024-09-02")),
        ("what was said on Friday 14 March 2025", "Friday 14 March 2025", day("2025-03-14")),
        ("what was said on Friday, the 14th of March", "Friday, the 14th of March", day("2025-03-14")),
        ("What about Aug. 19?", "Aug. 19", day("2025-08-19")),
        ("on the 20 August", "20 August", day("2024-08-20")),
        ("29 February", "29 February", day("2024-02-29")),
        ("what happened on 15.03.2025?", "15.03.2025", day("2025-03-15")),
        ("and on 12.03.25.", "12.03.25", day("2025-03-12")),
        ("what did he say in may", "may", days("2025-05-01", "2025-05-31")),
        ("What happened this May?", "May", days("2025-05-01", "2025-05-31")),
        ("what did the kremlin say in august", "august", days("2025-08-01", "2025-08-31")),
        ("In September, who met?", "September", days("2024-09-01", "2024-09-30")),
        ("the talks of mid-March", "March", days("2025-03-01", "2025-03-31")),
        ("What did Trump say in February 2025?", "February 2025", days("2025-02-01", "2025-02-28")),
        ("who won in February of 2024", "February of 2024", days("2024-02-01", "2024-02-29")),
        ("on the 31st of February", "February", days("2025-02-01", "2025-02-28")),
        ("what happened in 2014", "2014", days("2014-01-01", "2014-12-31")),
        ("in the year 2014, who led?", "2014", days("2014-01-01", "2014-12-31")),
    ],
)
def test_days_months_and_years_asked_about(question, words, expected):
    """A missing year is the last one not after the newest article; a day that never was leaves its month."""
    assert (words, expected) == asked(question)


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("what happened since 11 march", "11 march", days("2025-03-11", "9999-12-31")),
        ("what happened after Friday, 14 March 2025", "Friday, 14 March 2025", days("2025-03-15", "9999-12-31")),
        ("who spoke before the 13th of March", "13th of March", days("0001-01-01", "2025-03-12")),
        ("who spoke until 13 March", "13 March", days("0001-01-01", "2025-03-13")),
        ("what changed after March", "March", days("2025-04-01", "9999-12-31")),
        ("Since August 2025, who spoke?", "August 2025", days("2025-08-01", "9999-12-31")),
        ("from 11 March to 13 March 2025", "11 March to 13 March 2025", days("2025-03-11", "2025-03-13")),
        ("between March 11 and March 13", "March 11 and March 13", days("2025-03-11", "2025-03-13")),
        ("between the 11th and the 13th of March", "11th and the 13th of March", days("2025-03-11", "2025-03-13")),
        ("on 11–13 March", "11–13 March", days("2025-03-11", "2025-03-13")),
        ("between 13 March and 11 March", "13 March", day("2025-03-13")),
        ("between 20 and 3 March", "3 March", day("2025-03-03")),
        ("on 11 March, and what on 13 March?", "11 March", day("2025-03-11")),
    ],
)
def test_stretches_asked_about(question, words, expected):
    """One end may be open, or both named; days in the wrong order or apart are the first one alone."""
    assert (words, expected) == asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "what happened on 31 february",
        "on 0 March, 39 March and 32nd April",
        "on 2025-13-45",
        "may he come?",
        "Could this may lead to peace?",
        "who joined the march on Moscow",
        "who lives in Mar-a-Lago",
        "who called on Tuesday",
        "what did the 2,014 soldiers do",
        "room 1014",
        "on 32.03.2025, 12.13.2025 or at 10.10.10.10",
    ],
)
def test_no_date_beyond_doubt(question):
    """Days that never were, verbs, names and bare weekdays ask about no range."""
    assert asked(question) is None


def test_without_dated_articles_the_year_is_this_one_or_the_last():
    """With no newest article a missing year is counted from today."""
    today = dt.datetime.now(dt.UTC).date()
    phrase = asked_range("on 1 January", None)

    assert phrase is not None
    assert dt.date(today.year, 1, 1) == phrase.days.first


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("latest news on Zelensky", True),
        ("What is the most recent proposal?", True),
        ("the NEWEST one", True),
        ("who was late?", False),
        ("", False),
    ],
)
def test_asks_latest(question, expected):
    """ "Latest" and its like want the newest there is."""
    assert expected == asks_latest(question)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("On Tuesday, March 11, allies met.", [day("2025-03-11")]),
        ("They met on 20 March.", [day("2024-03-20")]),
        ("It began on 24 February 2022 and on March 1.", [day("2022-02-24"), day("2025-03-01")]),
        ("It was annexed in March 2014.", [days("2014-03-01", "2014-03-31")]),
        ("It was presented earlier in February.", [days("2025-02-01", "2025-02-28")]),
        (
            "He was minister between 2017 and 2019.",
            [days("2017-01-01", "2017-12-31"), days("2019-01-01", "2019-12-31")],
        ),
        ("Leaders called on Saturday.", [day("2025-03-15")]),
        ("He spoke this Friday.", [day("2025-03-14")]),
        ("Thursday’s remarks and Monday's", [day("2025-03-13"), day("2025-03-10")]),
        ("They will meet next Thursday.", [day("2025-03-20")]),
        ("They will meet the coming Saturday.", [day("2025-03-22")]),
        ("It is said of February 31.", [days("2025-02-01", "2025-02-28")]),
    ],
)
def test_days_a_sentence_speaks_of(sentence, expected):
    """The most exact words count; what lacks a year, and a weekday, is the last one up to the day of writing."""
    assert expected == ranges_in(sentence, WRITTEN)


@pytest.mark.parametrize("sentence", ["They met on 20 March.", "earlier in February", "on Saturday", "next Thursday"])
def test_a_sentence_of_an_unknown_day_places_nothing(sentence):
    """Where the day of writing is not known, what lacks a year is not read."""
    assert [] == ranges_in(sentence, None)


@pytest.mark.parametrize(
    "sentence",
    [
        "The 27 may send troops.",
        "This may be so, and of may there is no end.",
        "They march 10 miles.",
        "It costs $1,950 and 2,014 euros.",
        "The second sun sat down in the mar.",
    ],
)
def test_verbs_and_sums_are_no_dates(sentence):
    """ "May" and "march" in lower case are verbs in print, and a sum with a comma is no year."""
    assert [] == ranges_in(sentence, WRITTEN)
    assert [] == list(time_spans(sentence))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("On 2025-03-15 they met.", ["2025-03-15", "2025"]),
        ("On Tuesday, March 11, 2025, they met.", ["March 11, 2025", "2025", "Tuesday"]),
        ("In May he won.", ["In May"]),
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
    """Dates, their parts, weekdays and times seen from today are shown as printed."""
    assert expected == [sentence[start:end] for start, end in time_spans(sentence)]


@pytest.mark.parametrize(
    "part", ["1 may ", "11 to ", "since the ", "9", "may, of ", "a days ", "in the next ", "\t \n", "monday, the "]
)
def test_long_texts(part):
    """Work grows with length alone: twenty thousand characters of nearly a date are read at once."""
    text = part * (20_000 // len(part))

    asked_range(text[:2_000], NEWEST)
    ranges_in(text, WRITTEN)
    assert len(list(time_spans(text))) <= len(text)
