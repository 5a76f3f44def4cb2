"""A Ranking in, how sure it is that its best sentence answers the question out: a probability, by a logistic model."""

import math

from retrieval.ranking import Ranking, Scored, weighted
from retrieval.weights import Weights

SIGNS = (
    "coverage",
    "flat_coverage",
    "exact",
    "related",
    "proximity",
    "in_title",
    "lacks_figure",
    "lacks_role",
    "unspoken",
    "foreign_name",
    "near_before",
    "passage_coverage",
    "passage_strength",
    "passage_exact",
    "passage_repeats",
    "passage_bigrams",
    "passage_title",
    "agreement",
    "only_time",
)
"""The sentence's own features of these names, the views of its passage, how far the hits agree on its article, and
whether nothing is asked for but what there is of some days."""

_FEW_ARTICLES = 5
_EVEN = 0.5


def signs(one: Scored, ranking: Ranking) -> dict[str, float]:
    """What speaks for and against a sentence's being an answer, by name."""
    context = one.candidate.context
    views = next(passage.views for passage in ranking.passages if passage.hit is context.hit)
    values = {
        **one.features,
        **{f"passage_{name}": value for name, value in views.items()},
        "agreement": _agreement(context.article.id, ranking),
        "only_time": float(ranking.asked.only_time),
    }
    return {name: values[name] for name in SIGNS}


def certainty(one: Scored, ranking: Ranking, weights: Weights) -> float:
    """The chance that the articles answer the question, given that this sentence is the best that they hold."""
    return 1 / (1 + math.exp(-weights.certainty["bias"] - weighted(weights.certainty, signs(one, ranking))))


def _agreement(article_id: str, ranking: Ranking) -> float:
    """The share of the hits' weight in this article, less a half; the more articles there are, the more it tells.

    A question that the collection answers draws passages of one article, another one's words are strewn over many.
    Where there are hardly more than a few articles, that would come about by chance.
    """
    best = ranking.passages[0].score
    weights: dict[str, float] = {}
    for one in ranking.passages:
        name = one.hit.passage.article_id
        weights[name] = weights.get(name, 0.0) + math.exp((one.score - best) / 2)
    share = weights[article_id] / sum(weights.values())
    return (share - _EVEN) * max(0.0, 1 - _FEW_ARTICLES / max(1, ranking.articles))
