"""The event that bounds a question: when it was, as far as the articles say so beyond doubt."""

import datetime as dt

import pytest

from retrieval.articles import parse
from retrieval.events import bounded, event_day, missing, says
from retrieval.models import Answer, CatalogEntry, DateRange, Document, Hit, Question, QuestionTerm, Quote, Span
from retrieval.passages import split

FRIDAY = dt.date(2025, 8, 15)
"""The day of the summit."""


def day_of(event: str, *texts: str, date: dt.date | None = dt.date(2025, 8, 19)) -> dt.date | None:
    """When the event was, by articles of these texts, all of one day."""
    articles, hits = {}, []
    for number, text in enumerate(texts):
        article = parse(Document(f"{number}.txt", text), CatalogEntry(title="News", date=date))
        articles[article.id] = article
        hits += [Hit(passage, 1.0, 0) for passage in split(article)]
    return event_day(event, hits, articles)


@pytest.mark.parametrize(
    "text",
    [
        "They were silent after the Oslo summit on Friday.",
        "They were silent after the summit in Oslo on Friday.",
        "The Oslo summit took place on 15 August.",
        "The summit that was held in Oslo on 15 August 2025 brought no peace.",
        "Friday’s summit in Oslo was short.",
        "The summit in Oslo, on Friday, was short.",
    ],
)
def test_a_day_beside_an_event(text):
    """A day that stands right beside all words of an event, with a name among them, is its day."""
    assert FRIDAY == day_of("the Oslo summit", text)
    assert FRIDAY == day_of("the summit in Oslo", text, "Nobody spoke of the Oslo summit.")


@pytest.mark.parametrize(
    "text",
    [
        "On Friday, the mayor spoke of the Oslo summit.",
        "The mayor spoke on Friday. The Oslo summit was short.",
        "The Oslo summit was short, and on Friday they left.",
        "Days after the Oslo summit they left.",
        "The summit on Friday was short.",
        "The Oslo summit was held in August.",
        "The king goes to the Oslo summit on Saturday.",
    ],
)
def test_a_day_of_something_else(text):
    """A day farther away, of another sentence, in doubt, or of too few of the words is not the event's."""
    assert day_of("the Oslo summit", text) is None


def test_two_days():
    """Where articles give an event two days, none is beyond doubt."""
    assert day_of("the Oslo summit", "The Oslo summit was on Friday.", "The Oslo summit was held on Thursday.") is None


def test_one_word():
    """One word may mean many events, and so may words without a name."""
    assert day_of("the summit", "The summit was held on Friday.") is None
    assert day_of("the border talks", "The border talks were held on Friday.") is None


def test_an_unknown_day_of_writing():
    """Without the day of writing only a whole date tells."""
    assert day_of("the Oslo summit", "The Oslo summit was on Friday.", date=None) is None
    assert FRIDAY == day_of("the Oslo summit", "The Oslo summit was on 15 August 2025.", date=None)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("before", DateRange(dt.date.min, FRIDAY)),
        ("ahead of", DateRange(dt.date.min, FRIDAY)),
        ("until", DateRange(dt.date.min, FRIDAY)),
        ("during", DateRange(FRIDAY, FRIDAY)),
        ("since", DateRange(FRIDAY, dt.date.max)),
        ("after", DateRange(FRIDAY, dt.date.max)),
    ],
)
def test_bounded(bound, expected):
    """The day of an event is before, during and after it."""
    assert expected == bounded(bound, FRIDAY)


@pytest.mark.parametrize(
    ("sentence", "phrase", "expected"),
    [
        ("She was sent this week to Lima.", "this week", True),
        ("A few hours before the long meeting, she left.", "before the meeting", True),
        ("She left before a meeting.", "Before the meeting", True),
        ("She left before noon, and after that there was a meeting.", "before the meeting", False),
        ("The week was this.", "this week", False),
        ("", "this week", False),
        ("She left.", "", False),
    ],
)
def test_says(sentence, phrase, expected):
    """A sentence says a phrase when it has its words in order and close together."""
    assert expected is says(sentence, phrase)


def test_missing():
    """What the first quote does not say of the question counts by its weight, but for its dates."""
    article = parse(Document("a.txt", "The mill burned."), None)
    terms = (
        QuestionTerm("mill", "mill"),
        QuestionTerm("owner", "owner", 0.3),
        QuestionTerm("march", "March", dated=True),
    )
    question = Question("?", terms)
    assert pytest.approx(1.3) == missing(Answer(question, "not_found"))
    answer = Answer(question, "answered", 0.9, (Quote(article, Span(0, 16), "The mill burned."),))
    assert pytest.approx(0.3) == missing(answer)


def test_missing_beside_a_phrase():
    """Where a phrase must be said too, only the sentence that says it counts."""
    text = "The mill burned last week. The owner left this week."
    quotes = (Quote(parse(Document("a.txt", text), None), Span(0, len(text)), text),)
    answer = Answer(Question("?", (QuestionTerm("mill", "mill"),)), "answered", 0.9, quotes)
    assert [0.0, 1.0, 1.0] == [missing(answer, phrase) for phrase in ("last week", "this week", "next week")]
