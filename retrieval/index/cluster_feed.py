"""Entries in, and into a cluster they go: in bulk, so many bytes at a time, and all of them or an error.

What can't be taken now (too many requests, a node lost) is offered again after a pause; everything has a key that is
made from what it is, so that what was taken twice is there once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice

from opensearchpy import TransportError

from retrieval.entries import Entry
from retrieval.index.cluster_documents import article_document, key, line, passage_documents, passage_key
from retrieval.index.cluster_generations import Generation
from retrieval.index.cluster_link import Link, passes

_REMOVED = 500
"""Articles that are taken out at a time."""

Operation = bytes
"""One or two lines of a bulk request: what to do with which key, and what to keep there."""


class ClusterFeeder:
    """Feeds one generation; see `Feeder`. Where feeding failed, nothing can be committed any more.

    `committed` is called last in a commit, `closed` when all is over.
    """

    def __init__(
        self,
        link: Link,
        generation: Generation,
        committed: Callable[[], Awaitable[object]],
        closed: Callable[[], None],
    ) -> None:
        self._link = link
        self._generation = generation
        self._place = generation.place
        self._committed = committed
        self._close = closed
        self._closed = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None

    async def add(self, entries: Iterable[Entry]) -> None:
        """See `Feeder.add`. Waits while more than `in_flight` requests are under way. Raises IndexAway."""
        await self._ready()
        for chunk in _chunks(self._added(entries), self._link.settings.chunk):
            await self._send(chunk)

    async def remove(self, articles: Iterable[str]) -> None:
        """See `Feeder.remove`; also of what was added and not committed. Raises IndexAway."""
        await self._ready()
        rest = iter(articles)
        while batch := [*islice(rest, _REMOVED)]:
            await self._settle()
            counts = await self._counts(batch)
            for chunk in _chunks(self._taken_out(counts), self._link.settings.chunk):
                await self._send(chunk)
        await self._settle()

    async def commit(self) -> None:
        """See `Feeder.commit`. Raises IndexAway."""
        await self._ready()
        await self._settle()
        await self._link.call(self._link.client.indices.refresh, index=self._place.both)
        await self._generation.commit()
        await self._committed()

    async def close(self) -> None:
        """See `Feeder.close`; what is under way is given up."""
        if self._closed:
            return
        self._closed = True
        try:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)
            await self._generation.leave()
        finally:
            self._close()

    def _added(self, entries: Iterable[Entry]) -> Iterator[Operation]:
        for entry in entries:
            own = key(entry.article.id)
            yield _kept(self._place.articles, own, article_document(entry))
            for number, passage in enumerate(passage_documents(entry)):
                yield _kept(self._place.passages, passage_key(own, number), passage)

    def _taken_out(self, counts: Iterable[tuple[str, int]]) -> Iterator[Operation]:
        for own, count in counts:
            for number in range(count):
                yield _gone(self._place.passages, passage_key(own, number))
            yield _gone(self._place.articles, own)

    async def _counts(self, articles: Iterable[str]) -> list[tuple[str, int]]:
        """How many passages there are of each article that is there, by key, what was not committed included."""
        found = await self._link.call(
            self._link.client.mget,
            index=self._place.articles,
            body={"ids": [key(article_id) for article_id in articles]},
            _source=["passages"],
        )
        return [(one["_id"], one["_source"]["passages"]) for one in found["docs"] if one["found"]]

    async def _ready(self) -> None:
        if self._closed:
            raise RuntimeError("the feeder is closed")
        if self._failure:
            raise self._failure
        await self._generation.begin()

    async def _send(self, chunk: list[Operation]) -> None:
        while len(self._under_way) >= self._link.settings.in_flight:
            await self._settle(asyncio.FIRST_COMPLETED)
        self._under_way.add(asyncio.create_task(self._bulk(chunk)))

    async def _settle(self, until: str = asyncio.ALL_COMPLETED) -> None:
        """Wait for requests under way; where one has failed, nothing more can be fed."""
        if not self._under_way:
            return
        done, self._under_way = await asyncio.wait(self._under_way, return_when=until)
        self._failure = next((error for task in done if isinstance(error := task.exception(), Exception)), None)
        if self._failure:
            raise self._failure

    async def _bulk(self, chunk: list[Operation]) -> None:
        """Have all of a chunk taken, what was not for now again and again."""
        rest = chunk

        async def attempt(timeout: float) -> None:  # noqa: ASYNC109 - the cluster and the client keep to it
            nonlocal rest
            answer = await self._link.client.bulk(
                body=b"".join(rest), timeout=f"{timeout * 500:.0f}ms", request_timeout=timeout
            )
            results = [result for one in answer["items"] for result in one.values()]
            rest = [one for one, result in zip(rest, results, strict=True) if "error" in result]
            problems = sorted((one for one in results if "error" in one), key=lambda one: passes(one["status"]))
            if problems:  # one that stays comes first
                error = problems[0]["error"]
                raise TransportError(problems[0]["status"], error["type"], {"error": error})

        await self._link.repeat(attempt)


def _kept(index: str, own: str, document: dict[str, object]) -> Operation:
    return line({"index": {"_index": index, "_id": own}}) + b"\n" + line(document) + b"\n"


def _gone(index: str, own: str) -> Operation:
    return line({"delete": {"_index": index, "_id": own}}) + b"\n"


def _chunks(operations: Iterable[Operation], limit: int) -> Iterator[list[Operation]]:
    """Operations of about `limit` bytes together; one that is longer is alone."""
    chunk: list[Operation] = []
    length = 0
    for one in operations:
        if chunk and length + len(one) > limit:
            yield chunk
            chunk, length = [], 0
        chunk.append(one)
        length += len(one)
    if chunk:
        yield chunk
