"""A question and an index in, the passages that may answer it out, best first."""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval import aliases, analysis, events, features
from retrieval.index.base import Index
from retrieval.models import Article, DateRange, Hit, Question, QuestionTerm
from retrieval.offices import Office
from retrieval.periods import asked_event

CANDIDATES = 20
"""Passages rescored for each question, of all days, and again of the days that it asks about."""
_RELATED = 0.5
"""Finding passages, a related word counts this share of what it does in ranking them."""
_LARGE = 50_000
"""Passages of a collection in which common words are not looked for, and few candidates looked at."""
_COMMON, _EVERYWHERE = 0.02, 0.2
"""The share of the passages that hold a common word, and one that is found everywhere."""
_LEAST = 0.5
"""The share of the best hit's score below which none of a large collection is looked at."""
_WEEK = 7
"""What happened is told in the articles of the week after, and what will in those of the week before."""


def candidates(terms: Mapping[str, float], index: Index) -> list[Hit]:
    """The candidates for the terms of a question, of all days.

    In a large collection many passages hold all the words of a question, so that one with less than half of the best
    one's score is hardly ever the answer, and a third of the candidates are spared. Of 3,000 questions over an
    encyclopedia .753 are right at once with and without them.
    """
    return index.search(terms, CANDIDATES, share=_LEAST if index.size >= _LARGE else 0.0) if terms else []


def in_days(
    question: Question, hits: Sequence[Hit], index: Index, articles: Mapping[str, Article], newest: dt.date | None
) -> list[Hit]:
    """The `hits` of a question with the best of the days that it asks about.

    What has no date is left out where days are asked about; where nothing has a date, days are words like others.
    """
    if newest is not None and question.dates is not None:
        found = _bounded(question, question.dates, hits, index)
        return [hit for hit in found if _is_dated(question.dates, hit, articles)]
    if newest is not None and question.latest:
        return [*hits, *_best(question, index, [DateRange(newest, newest)])]
    return list(hits)


def bounded(question: Question, index: Index, articles: Mapping[str, Article]) -> Question:
    """The question with the days that its event leaves, where the articles say beyond doubt when that was.

    The event's own words are then those of a date: what is of the right days need not say them.
    """
    asked = asked_event(question.text) if question.dates is None else None
    if asked is None:
        return question
    bound, event = asked
    named = frozenset(analysis.terms(event))
    day = events.event_day(event, index.search(dict.fromkeys(sorted(named), 1.0), CANDIDATES), articles)
    if day is None:
        return question
    terms = (replace(term, dated=term.dated or term.term in named) for term in question.terms)
    return replace(question, terms=tuple(terms), dates=events.bounded(bound, day), event=f"{bound} {event}")


def named(question: Question, index: Index) -> list[Question]:
    """The question with the name of who holds each office that it names, as far as the articles tell.

    Where they name several for an office, there is a question for each; none where the question names one of them.
    """
    asked = {term.term for term in question.all_terms}
    found: list[tuple[Office, list[str]]] = []
    for office in aliases.offices_in(question):
        said = index.search(dict.fromkeys(aliases.sought(office), 1.0), CANDIDATES)
        sentences = [sentence.text for hit in said for sentence in hit.passage.sentences]
        names = aliases.holders(office, sentences)
        if names and asked.isdisjoint(map(analysis.term_of, names)):
            found.append((office, names))
    several = max((len(names) for _, names in found), default=0)
    held = ({office: names[min(at, len(names) - 1)] for office, names in found} for at in range(several))
    return [other for one in held if (other := aliases.renamed(question, one)) != question]


def _bounded(question: Question, days: DateRange, saying: Iterable[Hit], index: Index) -> list[Hit]:
    """The best hits of these days and of the weeks around, which tell of them, and those `saying` what days they are.

    They are compared by what else is asked, since a passage of the right days need not say them.
    """
    anywhen = _best(question, index, [None])
    known = _best(question, index, [days, *_around(days)])
    if all(term.dated for term in question.all_terms):
        least = _whole(question, index)
    else:
        least = anywhen[-1].score if len(anywhen) == CANDIDATES else 0.0
    return [*anywhen, *known, *(replace(hit, score=least) for hit in saying if least)]


def _best(question: Question, index: Index, parts: Iterable[DateRange | None]) -> list[Hit]:
    """The best passages of some stretches of days, by what is asked but for its dates.

    Where nothing else is asked, the openings of articles come first, and each has all that is asked.
    """
    terms = sought([term for term in question.all_terms if not term.dated], index)
    if terms:
        return [hit for part in parts for hit in index.search(terms, CANDIDATES, part)]
    whole = _whole(question, index)
    return [replace(hit, score=whole) for part in parts if part for hit in index.openings(CANDIDATES, part)]


def _whole(question: Question, index: Index) -> float:
    """About what a passage scores that has all that is asked."""
    return sum(index.idf(term.term) for term in question.all_terms) or index.idf("")


def _is_dated(days: DateRange, hit: Hit, articles: Mapping[str, Article]) -> bool:
    """Whether a passage's article has a date, or one of its sentences speaks of the days asked about."""
    article = articles[hit.passage.article_id]
    if article.date is not None:
        return True
    return any(features.in_time(days, article, sentence) for sentence in hit.passage.sentences)


def _around(days: DateRange) -> Iterator[DateRange]:
    """The week before and the week after, as far as the calendar goes."""
    if days.first.toordinal() > _WEEK:
        yield DateRange(days.first - dt.timedelta(_WEEK), days.first - dt.timedelta(1))
    if days.last.toordinal() <= dt.date.max.toordinal() - _WEEK:
        yield DateRange(days.last + dt.timedelta(1), days.last + dt.timedelta(_WEEK))


def sought(terms: Collection[QuestionTerm], index: Index) -> dict[str, float]:
    """What to search an index for: each term and what may stand for it, with how much it counts.

    In a large collection a related word that is common there says little, and neither does a word that is found
    everywhere, beside a rarer one; they take most of the time: at a million passages 4.4 ms with both, 2.2 without the
    related ones, and 1.9 without either.
    """
    found = weights(terms)
    if index.size < _LARGE:
        return found
    counts = index.counts(found)
    own = {term.term for term in terms}
    most = _EVERYWHERE if any(0 < counts[term] <= index.size * _EVERYWHERE for term in own) else 1.0
    return {
        term: weight
        for term, weight in found.items()
        if 0 < counts[term] <= index.size * (most if term in own else _COMMON)
    }


def weights(terms: Iterable[QuestionTerm]) -> dict[str, float]:
    """Each term of a question and what may stand for it, with how much it counts."""
    found: dict[str, float] = {}
    for term in terms:
        weight = math.sqrt(term.weight)
        found[term.term] = max(found.get(term.term, 0.0), weight)
        for other, share in term.related:
            found[other] = max(found.get(other, 0.0), share * weight * _RELATED)
    return found


def ranked(hits: Iterable[Hit]) -> list[Hit]:
    """Each passage once, best first."""
    once: dict[tuple[str, int], Hit] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        once.setdefault((hit.passage.article_id, hit.passage.number), hit)
    return [Hit(hit.passage, hit.score, rank) for rank, hit in enumerate(once.values())]
