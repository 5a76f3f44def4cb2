"""Terms in, hits and their articles out, from an OpenSearch cluster.

A cluster has no snapshot that would outlast a lost node. What is counted (size, terms, days) is of one moment, and each
hit goes with its article as it was indexed; which passages there are is asked anew by each search.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from threading import Lock
from typing import Any

from retrieval.index.base import Index
from retrieval.index.cluster_documents import OF_PASSAGES, article_of, key, passage_from, passage_key
from retrieval.index.cluster_generations import Place
from retrieval.index.cluster_link import Link
from retrieval.languages import in_order, known
from retrieval.models import Article, DateRange, Hit, Passage

_MOST_TERMS = 1_000
"""OpenSearch refuses a question of more than 1,024; of those, the weightiest are searched for."""
_BATCH = 500
_REMEMBERED = 100_000
"""Counts of terms; a question has some dozens."""
_PAGE = 200
_LONG_PAGE = 5_000
"""Articles fetched at a time, and those of which no more than a line is."""
_LONGEST_TERM = 255
"""Characters; the cluster cuts what is longer into pieces."""
_LIKE = 100
_ATTEMPTS = 4
"""At a search whose passages are not those of the articles, as both are being replaced."""

_Sort = list[dict[str, str]]


class Shelf:
    """The articles last fetched, with their stamps, up to so many characters; used by all threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = Lock()
        self._held: OrderedDict[str, tuple[str, Article]] = OrderedDict()

    def get(self, article_id: str) -> tuple[str, Article] | None:
        """The stamp and the article, if it is at hand."""
        with self._lock:
            if found := self._held.get(article_id):
                self._held.move_to_end(article_id)
            return found

    def put(self, stamp: str, article: Article) -> None:
        """Keep an article, and give up those that were not wanted for the longest."""
        with self._lock:
            self._drop(article.id)
            self._held[article.id] = stamp, article
            self._room -= len(article.text)
            while self._room < 0 and len(self._held) > 1:
                self._drop(next(iter(self._held)))

    def _drop(self, article_id: str) -> None:
        if found := self._held.pop(article_id, None):
            self._room += len(found[1].text)


class ClusterArticles(Mapping[str, Article]):
    """The articles of a cluster; those that are not at hand are fetched, and all of them page by page."""

    def __init__(self, link: Link, place: Place, count: int) -> None:
        self._link = link
        self._place = place
        self._shelf = Shelf(link.settings.remembered)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, article_id: str) -> Article:
        if found := self._shelf.get(article_id):
            return found[1]
        fetched = self._link.wait(self._fetched([article_id]))
        if article_id not in fetched:
            raise KeyError(article_id)
        return fetched[article_id][1]

    def __iter__(self) -> Iterator[str]:
        return (document["id"] for document in self._pages(["id"], _LONG_PAGE))

    def values(self) -> ValuesView[Article]:
        """All articles, fetched many at a time."""
        return _Values(self)

    def items(self) -> ItemsView[str, Article]:
        """All articles by their ids, fetched many at a time."""
        return _Items(self)

    def each(self) -> Iterator[Article]:
        """All articles, in the order of their ids."""
        return (article_of(document) for document in self._pages(["*"], _PAGE))

    def first(self) -> Article | None:
        """The first article by id."""
        page = self._link.wait(_page(self._link, self._place, ["*"], 1, []))
        return article_of(page[0]) if page else None

    def latest(self, limit: int) -> list[Article]:
        """The newest articles, and after them those without a date."""
        body = {"size": limit, "sort": [{"date": {"order": "desc", "missing": "_last"}}, {"id": "asc"}]}
        answer = self._link.wait(found(self._link, self._place.articles, body))
        return [article_of(hit["_source"]) for hit in answer["hits"]["hits"]]

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article. Raises KeyError where it is not served."""
        article = self[article_id]
        return tuple(passage_from(one, article) for one in self._link.wait(self._cut(key(article_id))))

    async def of(self, stamps: Mapping[str, str]) -> dict[str, Article]:
        """Those of some articles that are of these stamps, by id."""
        held = {article_id: self._shelf.get(article_id) for article_id in stamps}
        lacking = [article_id for article_id, one in held.items() if one is None or one[0] != stamps[article_id]]
        fetched = await self._fetched(lacking) if lacking else {}
        found = {article_id: fetched.get(article_id) or held[article_id] for article_id in stamps}
        return {article_id: one[1] for article_id, one in found.items() if one and one[0] == stamps[article_id]}

    async def _cut(self, own: str) -> list[dict[str, Any]]:
        """The passages of the article of this key, as they are kept."""
        get = self._link.client.mget
        found = await self._link.call(get, index=self._place.articles, body={"ids": [own]}, realtime=False)
        [counted] = [one["_source"]["passages"] for one in found["docs"]]
        keys = [passage_key(own, number) for number in range(counted)]
        found = await self._link.call(get, index=self._place.passages, body={"ids": keys}, realtime=False)
        return [one["_source"] for one in found["docs"] if one["found"]]

    async def _fetched(self, ids: Iterable[str]) -> dict[str, tuple[str, Article]]:
        # What was fed and not committed would be given as well if it was not for `realtime`.
        found = await self._link.call(
            self._link.client.mget,
            index=self._place.articles,
            body={"ids": [key(article_id) for article_id in ids]},
            realtime=False,
        )
        documents = [one["_source"] for one in found["docs"] if one["found"]]
        fetched = {one["id"]: (one["stamp"], article_of(one)) for one in documents}
        for stamp, article in fetched.values():
            self._shelf.put(stamp, article)
        return fetched

    def _pages(self, fields: list[str], size: int) -> Iterator[dict[str, Any]]:
        page: list[dict[str, Any]] = []
        while page := self._link.wait(_page(self._link, self._place, fields, size, page)):
            yield from page


class _Values(ValuesView[Article]):
    _mapping: ClusterArticles

    def __iter__(self) -> Iterator[Article]:
        return self._mapping.each()


class _Items(ItemsView[str, Article]):
    _mapping: ClusterArticles

    def __iter__(self) -> Iterator[tuple[str, Article]]:
        return ((article.id, article) for article in self._mapping.each())


class ClusterSearch(Index):
    """The passages of a cluster, for threads other than the event loop's; every call may raise IndexAway."""

    def __init__(self, link: Link, place: Place, articles: ClusterArticles, size: int) -> None:
        self.size = size
        self._link = link
        self._place = place
        self._articles = articles
        self._counts: dict[str, int] = {}

    def search(
        self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None, share: float = 0.0
    ) -> list[Hit]:
        """See `Index.search`."""
        weighed = nlargest(_MOST_TERMS, ((weight, term) for term, weight in terms.items() if term and weight > 0))
        should = [{"term": {"terms": {"value": term, "boost": weight}}} for weight, term in weighed]
        matching = {"bool": {"should": should, "minimum_should_match": 1, "filter": _within(dates)}}
        sort = [{"_score": "desc"}, {"article": "asc"}, {"number": "asc"}]
        return self._link.wait(self._hits(matching, sort, limit, share)) if weighed and limit > 0 else []

    def openings(self, limit: int, dates: DateRange) -> list[Hit]:
        """See `Index.openings`."""
        matching = {"constant_score": {"filter": {"bool": {"filter": _within(dates)}}}}
        sort = [{"number": "asc"}, {"article": "asc"}]
        return self._link.wait(self._hits(matching, sort, limit)) if limit > 0 else []

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """See `Index.counts`; what was counted is remembered, and never more than there are passages."""
        wanted = dict.fromkeys(terms, 0)
        held = self._counts
        unknown = [term for term in wanted if term and term not in held]
        counted = self._link.wait(self._counted(unknown)) if unknown else {}
        if len(held) > _REMEMBERED:
            self._counts = {}
        self._counts.update(counted)
        return {term: counted.get(term, held.get(term, 0)) for term in wanted}

    def similar(self, term: str) -> list[str]:
        """See `Index.similar`: those within two edits, at most a hundred."""
        if not 0 < len(term) <= _LONGEST_TERM:
            return []
        like = self._link.wait(self._like(term))
        known = self.counts([term, *like])
        return [other for other in known if known[other]]

    async def _hits(self, matching: Mapping[str, object], sort: _Sort, limit: int, share: float = 0.0) -> list[Hit]:
        """The passages that match, each with its article of the same stamp at hand."""
        by_score = "_score" in sort[0]
        body = {"query": matching, "sort": sort, "size": limit, "_source": OF_PASSAGES, "track_total_hits": False}
        for _ in range(_ATTEMPTS):
            answer = await found(self._link, self._place.passages, body)
            hits = [(hit["sort"][0] if by_score else 1.0, hit["_source"]) for hit in answer["hits"]["hits"]]
            hits = [(score, passage) for score, passage in hits if score >= share * hits[0][0]]
            stamps = {passage["article"]: passage["stamp"] for _, passage in hits}
            articles = await self._articles.of(stamps)
            held = [(score, one) for score, one in hits if _goes_with(one, stamps, articles)]
            if len(held) == len(hits):
                break
        return [
            Hit(passage_from(passage, articles[passage["article"]]), score, rank)
            for rank, (score, passage) in enumerate(held)
        ]

    async def _counted(self, terms: Iterable[str]) -> dict[str, int]:
        counted: dict[str, int] = {}
        rest = iter(terms)
        while batch := [*islice(rest, _BATCH)]:
            holding = {str(at): {"term": {"terms": term}} for at, term in enumerate(batch)}
            body = {"size": 0, "track_total_hits": False, "aggs": {"of": {"filters": {"filters": holding}}}}
            answer = await found(self._link, self._place.passages, body)
            buckets = answer["aggregations"]["of"]["buckets"]
            counted |= {term: min(self.size, buckets[str(at)]["doc_count"]) for at, term in enumerate(batch)}
        return counted

    async def _like(self, term: str) -> list[str]:
        how = {
            "field": "terms",
            "suggest_mode": "always",
            "prefix_length": 1,
            "max_edits": 2,
            "min_word_length": 1,
            "accuracy": 0.0,
            "size": _LIKE,
            "shard_size": _LIKE,
        }
        body = {"suggest": {"like": {"text": term, "term": how}}}
        answer = await found(self._link, self._place.passages, body)
        return [option["text"] for one in answer["suggest"]["like"] for option in one["options"]]


@dataclass(frozen=True, slots=True)
class ClusterSnapshot:
    """What a cluster serves, counted at one moment."""

    index: ClusterSearch
    articles: ClusterArticles
    newest: dt.date | None
    undated: int
    languages: Mapping[str, int]


async def snapshot(link: Link, place: Place) -> ClusterSnapshot:
    """Count what is served now."""
    every = {"size": 0, "track_total_hits": True}
    counts = {
        "newest": {"max": {"field": "date"}},
        "undated": {"missing": {"field": "date"}},
        "languages": {"terms": {"field": "language", "size": len(known())}},
    }
    whole = {"allow_partial_search_results": False}
    parts = [{"index": place.articles, **whole}, every | {"aggs": counts}, {"index": place.passages, **whole}, every]
    answer = await link.call(link.client.msearch, body=parts)
    articles, passages = answer["responses"]
    newest = articles["aggregations"]["newest"].get("value_as_string")
    served = ClusterArticles(link, place, articles["hits"]["total"]["value"])
    return ClusterSnapshot(
        ClusterSearch(link, place, served, passages["hits"]["total"]["value"] - 1),  # the note is no passage
        served,
        dt.date.fromisoformat(newest) if newest else None,
        articles["aggregations"]["undated"]["doc_count"],
        in_order((one["key"], one["doc_count"]) for one in articles["aggregations"]["languages"]["buckets"]),
    )


async def stamps(link: Link, place: Place) -> dict[str, str]:
    """The stamp of each article, by id."""
    known: dict[str, str] = {}
    page: list[dict[str, Any]] = []
    while page := await _page(link, place, ["id", "stamp"], _LONG_PAGE, page):
        known |= {document["id"]: document["stamp"] for document in page}
    return known


async def found(link: Link, index: str, body: Mapping[str, object]) -> Any:
    """What a search finds in all parts of an index: one that can't be asked is no reason to answer without it."""
    return await link.call(
        link.client.search,
        index=index,
        body=body,
        search_type="dfs_query_then_fetch",
        allow_partial_search_results=False,
    )


async def _page(
    link: Link, place: Place, fields: list[str], size: int, before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The articles that follow those of the page before, with the fields of theirs that are asked for."""
    body: dict[str, object] = {"size": size, "sort": [{"id": "asc"}], "_source": fields}
    if before:
        body["search_after"] = [before[-1]["id"]]
    return [hit["_source"] for hit in (await found(link, place.articles, body))["hits"]["hits"]]


def _within(dates: DateRange | None) -> list[dict[str, object]]:
    if dates is None:
        return []
    return [{"range": {"date": {"gte": dates.first.isoformat(), "lte": dates.last.isoformat()}}}]


def _goes_with(passage: Mapping[str, Any], stamps: Mapping[str, str], articles: Mapping[str, Article]) -> bool:
    """Whether a passage was cut from the article that is at hand."""
    return passage["article"] in articles and passage["stamp"] == stamps[passage["article"]]
