"""Passages in, hits out, with rank-bm25 in memory: exact, and fast up to a few thousand passages."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from rank_bm25 import BM25Okapi

from retrieval import analysis
from retrieval.models import Article, DateRange, Hit, Passage


class LuceneBM25(BM25Okapi):  # type: ignore[misc]
    """BM25 with Lucene's idf, log(1 + (N - n + 0.5) / (n + 0.5)).

    rank-bm25's own idf is 0 for a term in half of the passages and negative beyond; this one is always positive
    (Lucene's BM25Similarity), which matters most in a small corpus.
    """

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        self.idf = {term: lucene_idf(self.corpus_size, count) for term, count in nd.items()}


def lucene_idf(passages: int, holding: int) -> float:
    """Lucene's inverse document frequency of a term that `holding` of `passages` hold."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


class MemoryIndex:
    """All passages in memory; the article's title is indexed with each of its passages."""

    def __init__(
        self, articles: Mapping[str, Article], passages: Sequence[Passage], k1: float = 0.6, b: float = 0.75
    ) -> None:
        self._passages = passages
        self._dates = [articles[passage.article_id].date for passage in passages]
        self.size = len(passages)
        # rank-bm25 divides by the number of passages
        self._bm25 = LuceneBM25(_terms(articles, passages), k1=k1, b=b) if passages else None
        self._by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for term in self._bm25.idf if self._bm25 else ():
            self._by_start[term[0], len(term)].append(term)

    def search(self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None) -> list[Hit]:
        """See `Index.search`."""
        if self._bm25 is None:
            return []
        scores = np.full(self.size, float(not terms))
        for term, weight in terms.items():
            if term in self._bm25.idf:
                scores += weight * self._bm25.get_scores([term])
        if dates is not None:
            scores *= [day is not None and dates.holds(day) for day in self._dates]
        found = np.flatnonzero(scores > 0)
        best = found[np.lexsort((found, -scores[found]))][:limit]
        return [Hit(self._passages[at], float(scores[at]), rank) for rank, at in enumerate(best)]

    def idf(self, term: str) -> float:
        """See `Index.idf`."""
        known: dict[str, float] = self._bm25.idf if self._bm25 else {}
        return known.get(term) or lucene_idf(self.size, 0)

    def __contains__(self, term: str) -> bool:
        """Whether some passage holds the term."""
        return self._bm25 is not None and term in self._bm25.idf

    def similar(self, term: str) -> list[str]:
        """See `Index.similar`."""
        sizes = range(len(term) - 2, len(term) + 3)
        return list(chain.from_iterable(self._by_start.get((term[:1], size), ()) for size in sizes))


def _terms(articles: Mapping[str, Article], passages: Sequence[Passage]) -> list[list[str]]:
    titles = {article.id: analysis.terms(article.title) for article in articles.values()}
    return [
        [
            *titles[passage.article_id],
            *analysis.terms(passage.heading),
            *chain.from_iterable(sentence.terms for sentence in passage.sentences),
        ]
        for passage in passages
    ]
