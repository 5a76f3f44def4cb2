"""A question and its hits in, one number for each view of how well a passage answers it out.

Only the candidates' own text is looked at, so that the views are the same over every index. Each lies between 0 and 1.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

from retrieval import multilingual
from retrieval.asked import Asked
from retrieval.languages import ENGLISH
from retrieval.models import Article, Hit
from retrieval.sentences import view

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


@lru_cache(maxsize=2_000)
def title_terms(title: str, heading: str, language: str = ENGLISH) -> frozenset[str]:
    """The index terms of an article's title and a passage's subhead."""
    return frozenset(multilingual.terms(f"{title} {heading}", language))


def passage_views(asked: Asked, hits: Sequence[Hit], articles: Mapping[str, Article]) -> list[dict[str, float]]:
    """The views of each hit, by name."""
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    beside = {(hit.passage.article_id, hit.passage.number): hit.score / best for hit in hits}
    shares = Counter([hit.passage.article_id for hit in hits])
    sentences = [[view(sentence.text, sentence.language) for sentence in hit.passage.sentences] for hit in hits]
    letters = ["".join([one.letters for one in own]) for own in sentences]
    grams = asked.grams(letters)
    found = []
    for at, (hit, own) in enumerate(zip(hits, sentences, strict=True)):
        name, number = hit.passage.article_id, hit.passage.number
        article = articles[name]
        sought = list(map(asked.sought, own))
        held = list(map(asked.held, sought))
        counts = Counter(chain.from_iterable(sought))
        pairs = [asked.pairs(one, terms) for one, terms in zip(own, held, strict=True) if len(terms) > 1]
        all_held = asked.held(counts)
        values = {
            "share": hit.score / best,
            "strength": min(1.0, hit.score / asked.attainable) if asked.attainable else 1.0,
            "order": 1 / (1 + hit.rank),
            "coverage": asked.coverage(all_held),
            "repeats": sum([weight * _saturated(counts[term]) for term, weight in asked.weights.items()]),
            "exact": asked.exact(letters[at], all_held),
            "grams": grams[at],
            "bigrams": asked.bigrams(set(chain.from_iterable(pairs))),
            "title": asked.coverage(
                asked.weights.keys() & title_terms(article.title, hit.passage.heading, article.language)
            ),
            "best_sentence": max([asked.coverage(terms) for terms in held if terms], default=0.0),
            "related": asked.related(counts),
            "neighbours": max(beside.get((name, number - 1), 0.0), beside.get((name, number + 1), 0.0)),
            "article": shares[name] / len(hits),
        }
        found.append(values)
    return found


def _saturated(count: int) -> float:
    return count / (count + 1)
