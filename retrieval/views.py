"""A question and its hits in, one number for each view of how well a passage answers it out.

Only the candidates' own text is looked at, so that the views are the same over every index. Each lies between 0 and 1.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval import analysis
from retrieval.asked import Asked, View, view
from retrieval.models import Article, Hit

VIEWS = (
    "share",
    "strength",
    "order",
    "coverage",
    "repeats",
    "exact",
    "grams",
    "bigrams",
    "title",
    "best_sentence",
    "related",
    "neighbours",
    "article",
)
"""The hit's score as a share of the best one's, and of what is attainable; its place among the hits; the weight of the
question's terms that the passage holds, that by how often, and that as typed; of their runs of four letters; of
neighbouring terms that stand side by side in it; of what the title holds; of what its best sentence holds, and of what
the passage holds in other words; the score of the passages beside it; the share of the hits that are of its article."""


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage as the views see it: its sentences, how often it holds each term, and what it is made of."""

    sentences: tuple[View, ...]
    counts: Mapping[str, int]
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


@lru_cache(maxsize=2_500)
def passage_view(sentences: tuple[str, ...]) -> PassageView:
    """The view of a passage of these sentences, remembered: candidates come back question after question."""
    own = tuple(map(view, sentences))
    words = frozenset().union(*(sentence.words for sentence in own))
    return PassageView(
        own,
        Counter(token.term for sentence in own for token in sentence.tokens),
        words,
        frozenset().union(*(sentence.pairs for sentence in own)),
    )


@lru_cache(maxsize=10_000)
def title_terms(title: str, heading: str) -> frozenset[str]:
    """The index terms of an article's title and a passage's subhead."""
    return frozenset(analysis.terms(f"{title} {heading}"))


def seen(hit: Hit) -> PassageView:
    """The view of a hit's passage."""
    return passage_view(tuple([sentence.text for sentence in hit.passage.sentences]))


def passage_views(asked: Asked, hits: Sequence[Hit], articles: Mapping[str, Article]) -> list[dict[str, float]]:
    """The views of each hit, by name."""
    own = [seen(hit) for hit in hits]
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    beside = {(hit.passage.article_id, hit.passage.number): hit.score / best for hit in hits}
    shares = Counter(hit.passage.article_id for hit in hits)
    grams = asked.grams(
        [set().union(*[asked.grams_among(sentence.grams) for sentence in passage.sentences]) for passage in own]
    )
    found = []
    for at, (hit, passage) in enumerate(zip(hits, own, strict=True)):
        name, number = hit.passage.article_id, hit.passage.number
        values = {
            "share": hit.score / best,
            "strength": min(1.0, hit.score / asked.attainable) if asked.attainable else 1.0,
            "order": 1 / (1 + hit.rank),
            "coverage": asked.coverage(passage.counts),
            "repeats": sum(
                [weight * _saturated(passage.counts.get(term, 0)) for term, weight in asked.weights.items()]
            ),
            "exact": asked.exact(passage.words, passage.counts),
            "grams": grams[at],
            "bigrams": asked.bigrams(passage.pairs),
            "title": asked.coverage(title_terms(articles[name].title, hit.passage.heading)),
            "best_sentence": max([asked.coverage(sentence.places) for sentence in passage.sentences], default=0.0),
            "related": asked.related(passage.counts),
            "neighbours": max(beside.get((name, number - 1), 0.0), beside.get((name, number + 1), 0.0)),
            "article": shares[name] / len(hits),
        }
        found.append(values)
    return found


def _saturated(count: int) -> float:
    return count / (count + 1)
