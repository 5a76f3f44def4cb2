"""Words in, the articles out whose titles they are from, best first."""

from collections.abc import Iterator

from retrieval import hits
from retrieval.index.base import Snapshot
from retrieval.models import Article, Question
from retrieval.multilingual import terms
from retrieval.newest import holds

_LOOKED_AT = 200
"""Passages; a title is found with each passage of its article."""
_SHARE = 0.5
"""What share of the words a title must hold."""


def titled(words: str, question: Question, snapshot: Snapshot, limit: int) -> list[Article]:
    """At most `limit` articles whose titles hold at least half of the words; `question` is these words, understood."""
    ranked = sorted(_matching(question, snapshot), key=lambda one: (-one[0], len(one[1].title)))
    same = [article for _, article in ranked if article.title.casefold() == words.strip().casefold()]
    return (same or [article for _, article in ranked])[:limit]


def _matching(question: Question, snapshot: Snapshot) -> Iterator[tuple[float, Article]]:
    """The articles whose titles hold enough of the words, and how much of them."""
    found = snapshot.index.search(hits.sought(question.all_terms, snapshot.index), _LOOKED_AT)
    for article_id in dict.fromkeys(hit.passage.article_id for hit in found):
        article = snapshot.articles[article_id]
        held = frozenset(terms(article.title, article.language))
        share = sum(holds([term], held) for term in question.all_terms) / len(question.all_terms)
        if share >= _SHARE:
            yield share, article
