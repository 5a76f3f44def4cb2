"""A Question in, the newest articles that hold all that it asks for out, newest first, and then the undated ones."""

import datetime as dt
from collections.abc import Iterable, Iterator

from retrieval import hits
from retrieval.index.base import Snapshot
from retrieval.models import Article, DateRange, Hit, Question, QuestionTerm
from retrieval.multilingual import terms
from retrieval.sentences import view

_LOOKED_AT = 60
"""Passages of each stretch of days."""
_BACK = (1, 7, 30, 120, 500, 2_000)
"""How many days before the newest article each stretch begins; the last one is all that is before."""


def newest(question: Question, snapshot: Snapshot, limit: int) -> list[Article]:
    """At most `limit` articles of the days asked about; stretch by stretch, so that a million need not be looked at."""
    asked = [term for term in question.all_terms if not term.dated]
    if not asked and question.dates is None:
        return snapshot.latest(limit)
    sought = hits.sought(asked, snapshot.index)
    found: dict[str, Article] = {}
    for days in stretches(snapshot.newest, question.dates):
        if sought:
            proposed = snapshot.index.search(sought, _LOOKED_AT, days)
        else:
            proposed = snapshot.index.openings(_LOOKED_AT, days) if days else []
        held = list(_holding(asked, proposed, snapshot))
        found |= {article.id: article for article in sorted(held, key=_day, reverse=True)}
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def stretches(newest: dt.date | None, dates: DateRange | None = None) -> Iterator[DateRange | None]:
    """Stretches of days before the newest article, the last first, within `dates`; None is for what has no date.

    Each is some times as long as the one before it.
    """
    if newest is not None:
        last = newest
        firsts = [newest - dt.timedelta(days) for days in _BACK if days < newest.toordinal()]
        for first in (*firsts, dt.date.min):
            begin, end = (first, last) if dates is None else (max(first, dates.first), min(last, dates.last))
            if begin <= end:
                yield DateRange(begin, end)
            last = first - dt.timedelta(1) if first > dt.date.min else first
    if dates is None:
        yield None


def holds(asked: Iterable[QuestionTerm], held: frozenset[str], like: float = 0.0) -> bool:
    """Whether all that is asked for is among some terms, each word as it is or as what is as much `like` it."""
    return all(
        term.term in held or any(other in held and share >= like for other, share in term.related) for term in asked
    )


def _holding(asked: list[QuestionTerm], proposed: Iterable[Hit], snapshot: Snapshot) -> Iterator[Article]:
    """The articles of some hits that hold all that is asked, each once."""
    for article_id in dict.fromkeys(hit.passage.article_id for hit in proposed):
        article = snapshot.articles[article_id]
        sentences = [sentence for passage in snapshot.passages(article_id) for sentence in passage.sentences]
        known = (view(sentence.text, sentence.language).known for sentence in sentences)
        held = frozenset(terms(article.title, article.language)).union(*known)
        if holds(asked, held):
            yield article


def _day(article: Article) -> dt.date:
    return article.date or dt.date.min
