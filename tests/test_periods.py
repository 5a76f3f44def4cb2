"""A question in, the time that it asks about out."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.models import DateRange
from retrieval.periods import asked_event, asked_range, asked_words, asks_latest, open_range
from tests.days import day, days

NEWEST = dt.date(2025, 8, 19)
"""A Tuesday."""

ODD = st.lists(
    st.sampled_from(["31 ", "0 ", "2nd ", "99 ", "2025", "-02-", "may ", "May 11 ", "to 14", "february ", "spring "])
    | st.sampled_from(["of ", "in ", "since ", "until ", "from ", "between ", "by ", "and ", "to ", ", ", "the last "])
    | st.sampled_from(["999 years ", "ago ", "last ", "week ", "weekend ", "yesterday ", "today ", "Friday ", "said "]),
    max_size=25,
).map("".join)


def asked(question: str, newest: dt.date | None = NEWEST) -> tuple[str, DateRange] | None:
    """The words of the date that a question asks about, and the days."""
    phrase = asked_range(question, newest)
    return (question[phrase.start : phrase.end], phrase.days) if phrase else None


@settings(max_examples=200)
@given(ODD, st.none() | st.dates())
def test_any_words_about_time(text, newest):
    """Nothing that looks like a time raises; what is read lies in the text, and no range ends before it begins."""
    phrase = asked_range(text, newest)

    assert phrase is None or 0 <= phrase.start < phrase.end <= len(text)
    assert phrase is None or phrase.days.first <= phrase.days.last
    assert (text[phrase.start : phrase.end] if phrase else "") == asked_words(text, newest)


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("what happened on 11 march", "11 march", day("2025-03-11")),
        ("and on the 2nd of September?", "2nd of September", day("2024-09-02")),
        ("what was said on Friday 14 March 2025", "Friday 14 March 2025", day("2025-03-14")),
        ("what was said on Friday, the 14th of March", "Friday, the 14th of March", day("2025-03-14")),
        ("29 February", "29 February", day("2024-02-29")),
        ("what happened on 15.03.2025?", "15.03.2025", day("2025-03-15")),
        ("what happened on 11/03/2025?", "11/03/2025", day("2025-03-11")),
        ("what happened on 3/14/2025?", "3/14/2025", day("2025-03-14")),
        ("what happened on 2025-03-14?", "2025-03-14", day("2025-03-14")),
        ("what did he say in may", "may", days("2025-05-01", "2025-05-31")),
        ("In September, who met?", "September", days("2024-09-01", "2024-09-30")),
        ("In March, what was said on 12 March?", "12 March", day("2025-03-12")),
        ("What did Trump say in February 2025?", "February 2025", days("2025-02-01", "2025-02-28")),
        ("What happened last March?", "March", days("2025-03-01", "2025-03-31")),
        ("What happened last August?", "August", days("2024-08-01", "2024-08-31")),
        ("the talks of mid-March", "mid-March", days("2025-03-11", "2025-03-20")),
        ("in early August", "early August", days("2025-08-01", "2025-08-10")),
        ("in late August 2024", "late August 2024", days("2024-08-21", "2024-08-31")),
        ("in spring 2025", "spring 2025", days("2025-03-01", "2025-05-31")),
        ("what burned last summer", "summer", days("2024-06-01", "2024-08-31")),
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
        ("What happened yesterday?", "yesterday", day("2025-08-18")),
        ("What happened the day before yesterday?", "the day before yesterday", day("2025-08-17")),
        ("What was said today?", "today", day("2025-08-19")),
        ("What was said last Tuesday?", "last Tuesday", day("2025-08-12")),
        ("What was said last Monday?", "last Monday", day("2025-08-18")),
        ("What was said this Monday?", "this Monday", day("2025-08-18")),
        ("What happened since Monday?", "Monday", days("2025-08-18", "9999-12-31")),
        ("What happened this week?", "this week", days("2025-08-18", "2025-08-24")),
        ("What happened last week?", "last week", days("2025-08-11", "2025-08-17")),
        ("What happened before last week?", "last week", days("0001-01-01", "2025-08-10")),
        ("What happened at the weekend?", "at the weekend", days("2025-08-16", "2025-08-17")),
        ("What happened last weekend?", "last weekend", days("2025-08-16", "2025-08-17")),
        ("What happened this month?", "this month", days("2025-08-01", "2025-08-31")),
        ("What happened last month?", "last month", days("2025-07-01", "2025-07-31")),
        ("What happened last year?", "last year", days("2024-01-01", "2024-12-31")),
        ("What happened in the past month?", "the past month", days("2025-07-19", "2025-08-19")),
        ("What happened in the last two weeks?", "last two weeks", days("2025-08-05", "2025-08-19")),
        ("What happened over the past 10 days?", "past 10 days", days("2025-08-09", "2025-08-19")),
        ("Who came three days ago?", "three days ago", day("2025-08-16")),
        ("Who came two weeks ago?", "two weeks ago", days("2025-08-04", "2025-08-10")),
        ("Who came a year ago?", "a year ago", days("2024-01-01", "2024-12-31")),
    ],
)
def test_times_seen_from_the_newest_article(question, words, expected):
    """Yesterday and last week are counted from the newest article, by the calendar; without one they mean nothing."""
    assert (words, expected) == asked(question)
    assert asked(question, None) is None


def test_weekend():
    """On a weekend, it is the weekend that has begun."""
    assert ("at the weekend", days("2025-08-16", "2025-08-17")) == asked(
        "Who won at the weekend?", dt.date(2025, 8, 16)
    )


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("what happened since 11 march", "11 march", days("2025-03-11", "9999-12-31")),
        ("what happened after Friday, 14 March 2025", "Friday, 14 March 2025", days("2025-03-15", "9999-12-31")),
        ("who spoke before the 13th of March", "13th of March", days("0001-01-01", "2025-03-12")),
        ("who spoke until 13 March", "13 March", days("0001-01-01", "2025-03-13")),
        ("who had spoken by 13 March", "13 March", days("0001-01-01", "2025-03-13")),
        ("who spoke from 13 March on", "13 March", days("2025-03-13", "9999-12-31")),
        ("what changed after March", "March", days("2025-04-01", "9999-12-31")),
        ("Since August 2025, who spoke?", "August 2025", days("2025-08-01", "9999-12-31")),
        ("who came by the year 2022", "2022", days("0001-01-01", "2022-12-31")),
        ("the letter from 13 March", "13 March", day("2025-03-13")),
        ("from 11 March to 13 March 2025", "11 March to 13 March 2025", days("2025-03-11", "2025-03-13")),
        ("from 11 March 2024 to 13 March", "11 March 2024 to 13 March", days("2024-03-11", "2024-03-13")),
        ("from 20 December to 5 January", "20 December to 5 January", days("2024-12-20", "2025-01-05")),
        ("between March 11 and March 13", "March 11 and March 13", days("2025-03-11", "2025-03-13")),
        ("between 11 and 14 March", "11 and 14 March", days("2025-03-11", "2025-03-14")),
        ("between the 11th and the 13th of March", "11th and the 13th of March", days("2025-03-11", "2025-03-13")),
        ("on 11–13 March", "11–13 March", days("2025-03-11", "2025-03-13")),
        ("from March 11 to 14", "March 11 to 14", days("2025-03-11", "2025-03-14")),
        ("March 11–14, 2024", "March 11–14, 2024", days("2024-03-11", "2024-03-14")),
        ("between March 11 and 14", "March 11 and 14", days("2025-03-11", "2025-03-14")),
        ("between February and April", "February and April", days("2025-02-01", "2025-04-30")),
        ("from February to April 2024", "February to April 2024", days("2024-02-01", "2024-04-30")),
        ("between 2017 and 2019", "2017 and 2019", days("2017-01-01", "2019-12-31")),
        ("between 13 March 2025 and 11 March 2025", "13 March 2025", day("2025-03-13")),
        ("between 20 and 3 March", "3 March", day("2025-03-03")),
        ("On March 11 and 12 people came", "March 11", day("2025-03-11")),
        ("March 11 to 40", "March 11", day("2025-03-11")),
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
        "may he come?",
        "Could this may lead to peace?",
        "who joined the march on Moscow",
        "who lives in Mar-a-Lago",
        "who called on Tuesday",
        "what did the 2,014 soldiers do",
        "who sent 2000 troops",
        "what became of 2000 soldiers",
        "what about the 30-day ceasefire of 37 countries",
        "what did the 2014 deal say",
        "who ruled after 2014, or before 2022",
        "the plan from 1981",
        "how long did it take in March 2025",
        "how many days did they talk in March",
        "who leads the party today",
        "what does she do now",
        "who is currently mayor",
        "what will happen next week or next March",
        "what was said at last year's summit and in yesterday’s call",
        "what happened in the last days",
        "what happened in the last week of it",
        "room 1014",
    ],
)
def test_no_time_beyond_doubt(question):
    """Days that never were, verbs, numbers, names, bare weekdays, nowadays and the future ask about no range."""
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
        ("on 14 March 2025", True),
        ("in February 2025", True),
        ("since 2014", True),
        ("between 11 and 14 March 2025", True),
        ("from 11 March 2025 to 14 April 2025", True),
        ("on 14 March", False),
        ("between 11 and 14 March", False),
        ("from 11 March to 14 April 2025", False),
        ("in mid-March 2025", False),
        ("in spring 2025", False),
        ("last week", False),
    ],
)
def test_stated(question, expected):
    """Days that the words say in full need not be told; those that were worked out do."""
    phrase = asked_range(question, NEWEST)
    assert phrase is not None
    assert expected == phrase.stated


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("latest news on Zelensky", True),
        ("What is the most recent proposal?", True),
        ("the NEWEST one", True),
        ("who was late?", False),
        ("what happens now", False),
        ("", False),
    ],
)
def test_asks_latest(question, expected):
    """ "Latest" and its like want the newest there is."""
    assert expected == asks_latest(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did she say before the summit in Oslo?", ("before", "the summit in Oslo")),
        ("After the Oslo talks, who left?", ("after", "the Oslo talks")),
        ("who died during the flood of Bergen and who fled", ("during", "the flood of Bergen")),
        ("since Rojas's election who has left", ("since", "Rojas's election")),
        ("ahead of their meeting", ("ahead of", "their meeting")),
        ("What did she say after?", None),
        ("What did she say before?", None),
        ("since when", None),
    ],
)
def test_an_event_that_bounds_a_question(question, expected):
    """What stands after "before", "during" or "after" may be an event."""
    assert expected == asked_event(question)


def test_open_range():
    """Since includes the first day and until the last; before and after leave the days out."""
    march = days("2025-03-01", "2025-03-31")
    assert days("2025-03-01", "9999-12-31") == open_range(march, "since")
    assert days("0001-01-01", "2025-03-31") == open_range(march, "until")
    assert days("0001-01-01", "2025-02-28") == open_range(march, "before")
    assert days("2025-04-01", "9999-12-31") == open_range(march, "after")
    assert DateRange(dt.date.max, dt.date.max) == open_range(DateRange(dt.date.max, dt.date.max), "after")


@pytest.mark.parametrize(
    "part", ["1 may ", "11 to ", "since the ", "may, of ", "a day ago ", "from 2014 to ", "before a "]
)
def test_long_messages(part):
    """A thousand characters of nearly a time are read at once."""
    text = part * (1_000 // len(part))
    phrase = asked_range(text, NEWEST)
    assert phrase is None or phrase.end <= len(text)
    assert asked_event(text) is None or "before" in part or "since" in part
