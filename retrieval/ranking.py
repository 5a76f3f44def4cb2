"""A Question and the hits for it in, the passages and their sentences out, best first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from retrieval import features, stances
from retrieval.asked import Asked
from retrieval.features import Candidate, Context
from retrieval.models import Article, Hit, Question, Sentence
from retrieval.sentences import view
from retrieval.views import passage_views, title_terms
from retrieval.weights import Weights

KEPT = 6
"""Passages whose sentences are compared, of all that the index proposes."""
_BEHIND = 6.0
"""How much less than the first of these the others may score: of 1,710 quotes 5 came out of passages further behind."""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A hit, its views by name, and their weighted sum."""

    hit: Hit
    views: Mapping[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, the terms of its sentence, its features by name, and their weighted sum."""

    candidate: Candidate
    terms: frozenset[str]
    features: Mapping[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question made ready, its hits rescored, best first, and the sentences of the best of them, best first.

    `articles` is how many there are to be found.
    """

    asked: Asked
    articles: int
    passages: tuple[ScoredPassage, ...]
    sentences: tuple[Scored, ...]


def rank(
    question: Question,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    idf: Callable[[str], float],
    weights: Weights,
) -> Ranking:
    """Rescore the hits, and compare the sentences of the best that fall into the days asked about.

    Where a position is asked for, all are compared: a contrary one says little else of what is asked.
    """
    asked = Asked(question, hits, idf)
    passages = _rescored(asked, hits, articles, weights)
    contexts = _contexts(asked, passages, articles)
    kept = list(contexts if stances.asked(question.text) else _best(contexts))
    letters = [one.context.views[one.at].letters for _, candidates in kept for one in candidates]
    grams = iter(asked.grams(letters))
    found = []
    for context, candidates in kept:
        shared = features.passage_features(asked, context)
        measured = [features.measure(asked, candidate, shared, next(grams)) for candidate in candidates]
        for candidate, values in zip(candidates, measured, strict=True):
            found.append(Scored(candidate, terms_of(candidate.sentence), values, weighted(weights.sentences, values)))
    return Ranking(asked, len(articles), tuple(passages), tuple(sorted(found, key=lambda one: -one.score)))


def _best(contexts: Iterator[tuple[Context, list[Candidate]]]) -> Iterator[tuple[Context, list[Candidate]]]:
    """The first of some passages, and those that may hold the answer as well as it."""
    if best := next(contexts, None):
        yield best
        yield from takewhile(lambda one: one[0].score >= best[0].score - _BEHIND, islice(contexts, KEPT - 1))


def terms_of(sentence: Sentence) -> frozenset[str]:
    """The index terms that a sentence holds."""
    return view(sentence.text, sentence.language).known


def _rescored(
    asked: Asked, hits: Sequence[Hit], articles: Mapping[str, Article], weights: Weights
) -> list[ScoredPassage]:
    """The hits by the weighted sum of their views, best first."""
    seen = zip(hits, passage_views(asked, hits, articles), strict=True)
    return sorted(
        (ScoredPassage(hit, views, weighted(weights.passages, views)) for hit, views in seen),
        key=lambda one: -one.score,
    )


def _contexts(
    asked: Asked, passages: Sequence[ScoredPassage], articles: Mapping[str, Article]
) -> Iterator[tuple[Context, list[Candidate]]]:
    """The passages that have sentences of the days asked about, best first, and those sentences."""
    dates = [day for one in passages if (day := articles[one.hit.passage.article_id].date)]
    newest = max(dates, default=None)
    for one in passages:
        article = articles[one.hit.passage.article_id]
        views = tuple([view(sentence.text, sentence.language) for sentence in one.hit.passage.sentences])
        context = Context(
            one.hit,
            article,
            one.score - passages[0].score,
            newest is not None and article.date == newest,
            views,
            sought := tuple(map(asked.sought, views)),
            tuple(map(asked.held, sought)),
            title_terms(article.title, one.hit.passage.heading, article.language) & asked.weights.keys(),
        )
        candidates = list(_candidates(asked.question, context))
        if candidates:
            yield context, candidates


def _candidates(question: Question, context: Context) -> Iterator[Candidate]:
    """The sentences of a hit that are not of another time than the one asked about."""
    for at, sentence in enumerate(context.hit.passage.sentences):
        in_time = features.in_time(question.dates, context.article, sentence) if question.dates else None
        if in_time is not False:
            yield Candidate(context, at, bool(in_time))


def weighted(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The sum of the values, each times the weight of its name."""
    return sum([weights[name] * value for name, value in values.items() if name in weights])
