"""The articles that come along: what their words about time mean."""

import datetime as dt

import pytest

from retrieval import Engine
from retrieval.resolved import resolved


def meant(engine: Engine, start: str, sentence: str) -> dict[str, str]:
    """The words about time of a sentence of the article whose name begins so, and the first of the days they mean."""
    article = next(article for article in engine.articles.values() if article.id.startswith(start))
    [text] = {
        one.text
        for passage in engine.passages(article.id)
        for one in passage.sentences
        if one.text.startswith(sentence)
    }
    return {text[first:end]: days.first.isoformat() for first, end, days in resolved(text, article.date)}


@pytest.mark.parametrize(
    ("article", "sentence", "expected"),
    [
        ("000", "This Saturday Keir", {"This Saturday": "2025-03-15"}),
        ("000", "Among the attendees", {"Saturday": "2025-03-15"}),
        ("000", "“We can intervene", {"Wednesday": "2025-03-12"}),
        ("000", "Trump said Friday", {"Friday": "2025-03-14"}),
        ("000", "Trump attacked Ukraine", {"this Friday": "2025-03-14"}),
        ("001", "On Tuesday, March 11", {"Tuesday, March 11": "2025-03-11"}),
        ("001", "On Wednesday, Starmer", {"Wednesday": "2025-03-12"}),
        ("002", "The military leaders of about 30", {"Thursday": "2025-03-20"}),
        ("002", "Thursday’s military talks", {"Thursday’s": "2025-03-20", "last Tuesday": "2025-03-11"}),
        ("002", "Thursday’s military meeting", {"Thursday’s": "2025-03-20"}),
        ("002", "In a television profession", {"Thursday": "2025-03-13"}),
        ("002", "Starmer said the leaders", {"Saturday": "2025-03-15"}),
        ("002", "Saturday’s call", {"Saturday’s": "2025-03-15"}),
        ("003", "Trump, along with several", {"Monday": "2025-08-18"}),
        ("003", "Macron on Tuesday", {"Tuesday": "2025-08-19"}),
        ("003", "Zelenskyy said those guarantees", {}),
        (
            "004",
            "Just three days ago, Russia’s ambassador to the United Kingdom, Andrey",
            {"three days ago": "2025-02-21"},
        ),
        ("004", "American access", {"February": "2025-02-01"}),
    ],
)
async def test_words_about_time(engine, article, sentence, expected):
    """Each weekday is the one that its sentence means: Thursday is once to come and once past in the same article."""
    assert expected == meant(engine, article, sentence)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What happened on 12 March 2025?", "Wednesday"),
        ("What will happen on 20 March 2025?", "in London on Thursday"),
        ("What was rejected on 21 February 2025?", "rejected the idea of British forces"),
        ("What did Trump say between 11 and 15 March 2025?", "Trump said Friday"),
        ("What did Trump post last Monday?", "social media post late on Monday"),
        ("What did Macron say in February 2025?", "Macron"),
        ("Who did the US send to Moscow this week?", "Steven Witkoff"),
        ("What was discussed in Paris last Tuesday?", "37 nations in Paris last Tuesday"),
    ],
)
async def test_questions_about_time(engine, question, words):
    """A day is found by the words that mean it; where an article's own "this week" is asked with, by these words."""
    assert words in (await engine.ask(question)).quotes[0].text


async def test_what_was_said(engine):
    """Asked what was said on some days, anybody's words of these days answer."""
    answer = await engine.ask("What was said between 11 and 14 March 2025?")
    assert "answered" == answer.status
    first, last = dt.date(2025, 3, 11), dt.date(2025, 3, 14)
    for quote in answer.quotes:
        spoken = [days.first for _, days in quote.dates] or [quote.article.date]
        assert any(day and first <= day <= last for day in spoken)


async def test_the_words_before(engine):
    """A question in the words of a sentence is answered by it, whether or not the meeting's day is known."""
    answer = await engine.ask("What did Starmer say before the meeting?")
    assert any("before the meeting" in quote.text for quote in answer.quotes)
