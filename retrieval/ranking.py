"""A Question and the hits for it in, their sentences out, best first, and how sure it is that the best one answers."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from retrieval import features
from retrieval.asked import Asked, view
from retrieval.features import FEATURES, Candidate, Context
from retrieval.models import Article, Hit, Question, Sentence

RANKING: Mapping[str, float] = {
    "coverage": 2.2,
    "related": 2.0,
    "flat_coverage": 1.8,
    "names": 0.3,
    "exact": 2.1,
    "passage_coverage": 1.2,
    "neighbour_coverage": 2.4,
    "title_coverage": 1.6,
    "bigrams": 0.6,
    "proximity": 0.4,
    "passage_score": 3.1,
    "strength": 2.8,
    "kind": 1.0,
    "kind_near": 0.8,
    "figure_near": 0.6,
    "speaker": 0.8,
    "opening": 0.4,
    "short": -0.3,
    "lacks_figure": -1.5,
    "unspoken": 0.0,
    "foreign_name": 0.0,
    "near_before": 1.0,
    "said_before": -2.0,
    "newest": 3.0,
}
"""What each feature adds to a sentence's score. A softmax over the sentences of twelve passages, fitted to 1,500
questions over 36 encyclopedia articles, gave most of them; what those questions hardly show (related words, speakers,
follow-ups, newest) is set by hand."""

CERTAINTY: Mapping[str, float] = {
    "coverage": 1.0,
    "related": 1.2,
    "exact": 1.0,
    "passage_coverage": 0.5,
    "neighbour_coverage": 0.4,
    "title_coverage": 3.5,
    "bigrams": 2.0,
    "strength": 4.0,
    "lacks_figure": -3.0,
    "unspoken": -4.0,
    "foreign_name": -1.3,
    "near_before": 1.5,
}
CERTAINTY_AT_NONE = -4.05
"""Logistic model of "the articles answer this" from the best sentence's features: near the maximum likelihood for 3,000
questions over 36 encyclopedia articles and 500 about others (AUROC 0.94), the title's weight held back. Figures that
count something else and speakers who say nothing, which hardly occur there, weigh what a reader would give them."""

_RANKING = tuple(RANKING[name] for name in FEATURES)
_CERTAINTY = tuple(CERTAINTY.get(name, 0.0) for name in FEATURES)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, the terms of its sentence, its features in the order of `FEATURES`, and their weighted sum."""

    candidate: Candidate
    terms: Set[str]
    features: tuple[float, ...]
    score: float


def scored(
    question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], idf: Callable[[str], float]
) -> list[Scored]:
    """Every sentence of the hits that falls into the days asked about, best first."""
    asked = Asked(question, hits, idf)
    best = max((hit.score for hit in hits), default=0.0)
    dates = [day for hit in hits if (day := articles[hit.passage.article_id].date)]
    newest = max(dates, default=None)
    found = []
    for hit in hits:
        article = articles[hit.passage.article_id]
        held = tuple(map(asked.held, hit.passage.sentences))
        context = Context(hit, article, hit.score / best, newest is not None and article.date == newest, held)
        shared = features.passage_features(asked, context)
        for candidate in _candidates(question, context):
            values = features.measure(asked, candidate, shared)
            found.append(Scored(candidate, terms_of(candidate.sentence), values, _weighted(_RANKING, values)))
    return sorted(found, key=lambda one: -one.score)


def _candidates(question: Question, context: Context) -> Iterator[Candidate]:
    """The sentences of a hit that are not of another time than the one asked about."""
    for at, sentence in enumerate(context.hit.passage.sentences):
        in_time = features.in_time(question.dates, context.article, sentence) if question.dates else None
        if in_time is not False:
            yield Candidate(context, at, bool(in_time))


def certainty(best: Scored) -> float:
    """How sure it is that the articles answer the question at all, from 0 to 1."""
    return 1 / (1 + math.exp(-CERTAINTY_AT_NONE - _weighted(_CERTAINTY, best.features)))


def terms_of(sentence: Sentence) -> Set[str]:
    """The index terms that a sentence holds."""
    return view(sentence.text).places.keys()


def _weighted(weights: Iterable[float], values: Iterable[float]) -> float:
    return sum([weight * value for weight, value in zip(weights, values, strict=True)])
