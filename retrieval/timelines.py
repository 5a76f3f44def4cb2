"""A Question in, dated quotes that hold all that it asks for out: the best one of each day, oldest first."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import zip_longest
from operator import itemgetter

from retrieval import hits
from retrieval.answers import quotes_of
from retrieval.index.base import Snapshot
from retrieval.models import DateRange, Hit, Question, QuestionTerm, Quote
from retrieval.multilingual import terms
from retrieval.newest import holds
from retrieval.quotations import day_of
from retrieval.ranking import Ranking, rank
from retrieval.speech import position
from retrieval.weights import Weights

_LOOKED_AT = 30
"""Passages of each stretch of days."""
_LIKE = 0.5
"""How much a word must be like one that is asked for to stand for it."""

_SPEAKS = 0.5
"""What it adds to a sentence's score that what is asked for is its subject, and not named in passing."""
_MARGIN = 6.0
"""A day whose best quote scores this much less than the best of all says hardly anything of it."""


def timeline(question: Question, snapshot: Snapshot, weights: Weights, limit: int) -> tuple[Quote, ...]:
    """At most `limit` quotes, of the days on which the articles say the most of it."""
    asked = [term for term in question.all_terms if not term.dated]
    sought = hits.sought(asked, snapshot.index)
    if not sought or snapshot.newest is None:
        return ()
    best: dict[dt.date, tuple[float, Quote]] = {}
    for found in _by_day(question, sought, snapshot, limit):
        ranking = rank(replace(question, dates=None), found, snapshot.articles, snapshot.index.idf, weights)
        for worth, quote in _quotes(asked, ranking):
            day = day_of(quote)
            if day and (question.dates is None or question.dates.holds(day)):
                best[day] = max(best.get(day, (worth, quote)), (worth, quote), key=itemgetter(0))
    least = max((worth for worth, _ in best.values()), default=0.0) - _MARGIN
    ranked = sorted(best.items(), key=lambda one: -one[1][0])[:limit]
    return tuple(best[day][1] for day in sorted(day for day, (worth, _) in ranked if worth >= least))


def _by_day(question: Question, sought: dict[str, float], snapshot: Snapshot, limit: int) -> list[list[Hit]]:
    """The hits of each of some days: of each stretch the day whose articles hold the most, then the next of each."""
    turns = []
    for stretch in _stretches(question, sought, snapshot, limit):
        days: dict[dt.date, list[Hit]] = {}
        for hit in snapshot.index.search(sought, _LOOKED_AT, stretch):
            day = snapshot.articles[hit.passage.article_id].date or stretch.last
            days.setdefault(day, []).append(hit)
        turns.append(list(days.values()))  # the best hit of all comes first, and so does its day
    return [found for turn in zip_longest(*turns) for found in turn if found][:limit]


def _stretches(question: Question, sought: dict[str, float], snapshot: Snapshot, parts: int) -> Iterator[DateRange]:
    """The days asked about, or else from the first of which the best hits are to the newest, in equal parts.

    What is before these is one more.
    """
    newest = snapshot.newest or dt.date.max
    if question.dates is not None:
        first, last = question.dates.first, min(question.dates.last, newest)
    else:
        days = [snapshot.articles[hit.passage.article_id].date for hit in snapshot.index.search(sought, _LOOKED_AT)]
        first, last = min((day for day in days if day), default=newest), newest
    if question.dates is None and first > dt.date.min:
        yield DateRange(dt.date.min, first - dt.timedelta(1))
    length = max(1, -(-((last - first).days + 1) // parts))
    while first <= last:
        end = min(last, first + dt.timedelta(length - 1))
        yield DateRange(first, end)
        first = end + dt.timedelta(1)


def _quotes(asked: Collection[QuestionTerm], ranking: Ranking) -> Iterator[tuple[float, Quote]]:
    """The sentences that hold all that is asked, or its article's title does, as quotes; each as if it was alone.

    With each goes what it is worth: the more where what is asked for speaks or takes a view in it.
    """
    named = frozenset(term.term for term in asked)
    for one in ranking.sentences:
        article = one.candidate.context.article
        title = frozenset(terms(article.title, article.language))
        if holds(asked, one.terms | title, _LIKE) and any(holds([term], one.terms, _LIKE) for term in asked):
            worth = one.score + _SPEAKS * position(one.candidate.sentence.text, named)
            for quote in quotes_of(ranking.asked.question, [one], ranking.sentences, beside=False):
                yield worth, quote
