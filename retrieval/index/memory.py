"""Passages in, hits out, with rank-bm25 in memory: exact, and fast up to a few thousand passages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from retrieval.entries import index_terms
from retrieval.index.base import Index, lucene_idf
from retrieval.models import Article, DateRange, Hit, Passage


class LuceneBM25(BM25Okapi):  # type: ignore[misc]
    """BM25 with Lucene's idf, log(1 + (N - n + 0.5) / (n + 0.5)).

    rank-bm25's own idf is 0 for a term in half of the passages and negative beyond; this one is always positive
    (Lucene's BM25Similarity), which matters most in a small corpus.
    """

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        self.idf = {term: lucene_idf(self.corpus_size, count) for term, count in nd.items()}


class MemoryIndex(Index):
    """All passages in memory; the article's title is indexed with each of its passages."""

    def __init__(
        self, articles: Mapping[str, Article], passages: Sequence[Passage], k1: float = 0.6, b: float = 0.75
    ) -> None:
        self._passages = passages
        self._dates = [articles[passage.article_id].date for passage in passages]
        self.size = len(passages)
        # rank-bm25 divides by the number of passages: no passage is one that is empty
        self._bm25 = LuceneBM25(_terms(articles, passages) or [[]], k1=k1, b=b)
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, counts in enumerate(self._bm25.doc_freqs):
            for term in counts:
                self._holding[term].append(at)
        self._scored: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        self._by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for term in self._holding:
            self._by_start[term[0], len(term)].append(term)

    def search(
        self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None, share: float = 0.0
    ) -> list[Hit]:
        """See `Index.search`."""
        scores = np.zeros(self.size)
        for term, weight in terms.items():
            if term in self._holding:
                holding, own = self._scores(term)
                scores[holding] += weight * own
        if dates is not None:
            scores *= [day is not None and dates.holds(day) for day in self._dates]
        found = np.flatnonzero(scores > 0)
        best = found[np.lexsort((found, -scores[found]))][:limit]
        best = best[scores[best] >= share * scores[best[:1]]]
        return [Hit(self._passages[at], float(scores[at]), rank) for rank, at in enumerate(best)]

    def _scores(self, term: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The passages that hold a term and what it adds to their scores, remembered: they are reckoned one by one.

        Only these are asked for: where a term is missing, rank-bm25 has 0 / 0 for k1 = 0, and for b = 1 in an empty
        passage.
        """
        if term not in self._scored:
            holding = self._holding[term]
            scores = np.array(self._bm25.get_batch_scores([term], holding))
            self._scored[term] = np.array(holding), scores
        return self._scored[term]

    def openings(self, limit: int, dates: DateRange) -> list[Hit]:
        """See `Index.openings`."""
        of_days = (one for one, day in zip(self._passages, self._dates, strict=True) if day and dates.holds(day))
        first = sorted(of_days, key=lambda passage: passage.number)[:limit]
        return [Hit(passage, 1.0, rank) for rank, passage in enumerate(first)]

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """See `Index.counts`."""
        return {term: len(self._holding.get(term, ())) for term in terms}

    def similar(self, term: str) -> list[str]:
        """See `Index.similar`."""
        sizes = range(len(term) - 2, len(term) + 3)
        return list(chain.from_iterable(self._by_start.get((term[:1], size), ()) for size in sizes))


def _terms(articles: Mapping[str, Article], passages: Sequence[Passage]) -> list[list[str]]:
    """The terms of each passage; the passages of an article follow each other."""
    return [
        joined.split()
        for article_id, own in groupby(passages, key=lambda passage: passage.article_id)
        for joined in index_terms(articles[article_id], list(own))
    ]
