"""The index in a cluster, on a real one of three nodes."""

import asyncio
import datetime as dt
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import opensearch_cluster
import pytest
from aiohttp import ClientSession, web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opensearch_cluster import OpenSearchCluster
from opensearchpy import TransportError

from retrieval.entries import Entry, entry
from retrieval.errors import IndexAway
from retrieval.index import cluster_link, cluster_search
from retrieval.index.base import lucene_idf
from retrieval.index.cluster import ClusterIndex
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, Block, ClusterSettings, DateRange, Hit, Passage, Sentence, Span

# aiohttp asks for something that newer Pythons do by themselves.
pytestmark = pytest.mark.filterwarnings("ignore:enable_cleanup_closed ignored:DeprecationWarning")

MARCH = [dt.date(2025, 3, day) for day in range(1, 6)]
WORDS = ("mill", "mile", "river", "boat", "bridge", "lima", "oslo", "mayor")

ask = asyncio.to_thread


def fed(name: str, *texts: str, date: dt.date | None = None, stamp: str = "1", **known: Any) -> Entry:
    """An article of which each text is a passage of one sentence, whose words are its terms."""
    starts = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]
    article = Article(name, "", "unknown", date, "stated" if date else "unknown", "", "", "\n".join(texts))
    return entry(replace(article, **known), stamp, _passages(name, texts, starts))


def _passages(name: str, texts: Sequence[str], starts: Sequence[int]) -> list[Passage]:
    spans = [Span(start, start + len(text)) for text, start in zip(texts, starts, strict=True)]
    return [
        Passage(name, number, span, (Sentence(span, text, tuple(text.split())),))
        for number, (text, span) in enumerate(zip(texts, spans, strict=True))
    ]


def in_memory(*entries: Entry) -> MemoryIndex:
    """The same in the index that the cluster's is compared with."""
    passages = [
        Passage(one.article.id, number, Span(0, 0), (Sentence(Span(0, 0), "", tuple(terms.split())),))
        for one in entries
        for number, terms in enumerate(one.terms)
    ]
    return MemoryIndex({one.article.id: one.article for one in entries}, passages)


def places(hits: Sequence[Hit]) -> list[tuple[str, int]]:
    return [(hit.passage.article_id, hit.passage.number) for hit in hits]


def texts(hits: Sequence[Hit]) -> list[str]:
    return [" ".join(sentence.text for sentence in hit.passage.sentences) for hit in hits]


@pytest.fixture(scope="session")
def cluster() -> OpenSearchCluster:
    return opensearch_cluster.running()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an index that is this test's alone."""
    own = request.node.name.partition("[")[0].replace("_", "-")
    yield own
    opensearch_cluster.running().delete(own)


@pytest.fixture
def where(cluster: OpenSearchCluster, name: str) -> ClusterSettings:
    """All nodes, and an index in two parts, on one or two of them."""
    return ClusterSettings(cluster.urls, name, shards=2, replicas=0)


@pytest.fixture
async def index(where: ClusterSettings) -> AsyncIterator[ClusterIndex]:
    async with ClusterIndex.open(where) as opened:
        yield opened


@asynccontextmanager
async def asking(question: Callable[[], object]) -> AsyncIterator[None]:
    """Asks before the block, in a thread again and again while it runs, and after it; raises what that raised."""
    over = threading.Event()

    def ask_on() -> None:
        while not over.is_set():
            question()
        question()

    await ask(question)
    task = asyncio.create_task(ask(ask_on))
    try:
        yield
    finally:
        over.set()
        await task


@pytest.fixture
async def copied(where: ClusterSettings) -> AsyncIterator[ClusterIndex]:
    """An index with everything on two nodes."""
    async with ClusterIndex.open(replace(where, replicas=1)) as opened:
        yield opened


async def feed(index: ClusterIndex, *entries: Entry, removed: Sequence[str] = (), digest: str = "fed") -> None:
    """Change what is served."""
    feeder = await index.feeder(digest)
    await feeder.remove(removed)
    await feeder.add(entries)
    await feeder.commit()
    await feeder.close()


async def test_empty(index):
    """An index of nothing finds nothing, knows nothing, and has an idf for every term all the same."""
    snapshot = index.snapshot
    assert ("", None, 0, 0, 0) == (
        index.digest,
        snapshot.newest,
        snapshot.undated,
        len(snapshot.articles),
        snapshot.index.size,
    )
    assert [] == await ask(snapshot.index.search, {"mill": 1.0}, 5) == await ask(snapshot.index.search, {}, 5)
    assert [] == await ask(snapshot.index.openings, 5, DateRange(MARCH[0], MARCH[4]))
    assert {"mill": 0, "": 0} == await ask(snapshot.index.counts, ["mill", ""])
    assert lucene_idf(0, 0) == await ask(snapshot.index.idf, "mill") == await ask(snapshot.index.idf, "")
    assert [] == await ask(list, snapshot.articles)
    assert {} == await index.stamps()


async def test_gives_back_what_was_fed(index):
    """Articles come back as they were, in the order of their ids, and passages with the sentences they were cut to."""
    blocks = (Block("title", Span(0, 4)), Block("paragraph", Span(5, 9)))
    first = fed(
        "b.txt",
        "mill on",
        "river",
        date=MARCH[0],
        title="Müller",
        url="https://x.example/",
        evidence="e",
        extra="{}",
        blocks=blocks,
        language="fr",
    )
    second = fed("a.txt", "boat")
    await feed(index, first, second)
    snapshot = index.snapshot
    for _ in range(2):
        assert first.article == await ask(snapshot.articles.__getitem__, "b.txt")
    assert ["a.txt", "b.txt"] == await ask(list, snapshot.articles)
    assert [second.article, first.article] == await ask(list, snapshot.articles.values())
    assert {"a.txt": second.article, "b.txt": first.article} == dict(await ask(list, snapshot.articles.items()))
    assert {"a.txt": "1", "b.txt": "1"} == await index.stamps()
    assert (2, 3, MARCH[0], 1) == (len(snapshot.articles), snapshot.index.size, snapshot.newest, snapshot.undated)
    assert [("en", 1), ("fr", 1)] == list(snapshot.languages.items())
    [hit] = await ask(snapshot.index.search, {"river": 1.0}, 5)
    span = Span(8, 13)
    assert Passage("b.txt", 1, span, (Sentence(span, "river", (), "fr"),)) == hit.passage


async def test_missing_article(index):
    """An article that is not there is missing as from any mapping."""
    with pytest.raises(KeyError, match="nowhere"):
        await ask(index.snapshot.articles.__getitem__, "nowhere.txt")
    assert not await ask(index.snapshot.articles.__contains__, "nowhere.txt")


async def test_finds_what_memory_finds(index):
    """For any terms, weights, days and limit the hits, scores, counts and openings are those of the index in memory."""
    entries = [
        fed(
            f"{at:02}.txt",
            *(" ".join(WORDS[(at * 3 + one * 5) % 8] for one in range(at % 4 + 1 + more)) for more in range(3)),
            date=day,
        )
        for at, day in enumerate([*MARCH, None, *MARCH, None, *MARCH])
    ]
    await feed(index, *entries)
    cluster, memory = index.snapshot.index, in_memory(*entries)
    terms = st.dictionaries(st.sampled_from([*WORDS, "unknown"]), st.sampled_from([0.0, 0.5, 1.0, 3.0]), max_size=5)
    days = st.tuples(st.sampled_from(MARCH), st.sampled_from(MARCH)).map(sorted).map(lambda two: DateRange(*two))

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(terms, days | st.none(), st.integers(0, 60))
    def agree(weights, dates, limit):
        found, wanted = (one.search(weights, limit, dates) for one in (cluster, memory))
        assert pytest.approx([hit.score for hit in wanted], rel=1e-5) == [hit.score for hit in found]
        assert list(range(len(found))) == [hit.rank for hit in found]
        if len(found) < limit:
            assert set(places(wanted)) == set(places(found))
        assert memory.counts(weights) == cluster.counts(weights)
        if dates:
            assert places(memory.openings(limit, dates)) == places(cluster.openings(limit, dates))

    await ask(agree)


async def test_ties_keep_order(index):
    """Passages of the same score come by their articles' ids and their numbers, whatever part of the index has them."""
    await feed(index, *(fed(f"{at}.txt", "mill", "mill", date=MARCH[0]) for at in (3, 1, 2)))
    hits = await ask(index.snapshot.index.search, {"mill": 1.0}, 10)
    assert [("1.txt", 0), ("1.txt", 1), ("2.txt", 0), ("2.txt", 1), ("3.txt", 0), ("3.txt", 1)] == places(hits)
    first = await ask(index.snapshot.index.openings, 4, DateRange(MARCH[0], MARCH[0]))
    assert [("1.txt", 0), ("2.txt", 0), ("3.txt", 0), ("1.txt", 1)] == places(first)


async def test_similar(index):
    """Known terms within two edits are offered, itself too, but none that is gone, nor one that is nearly all edits."""
    await feed(index, fed("a.txt", "mill mills mile meadow river m milieus"), fed("b.txt", "mil milk"))
    offered = index.snapshot.index.similar
    assert {"mil", "mill", "mills", "mile", "milk"} == set(await ask(offered, "mil"))
    assert {"river"} == set(await ask(offered, "rvier"))
    assert [] == await ask(offered, "") == await ask(offered, "zzz") == await ask(offered, "z" * 5000)
    await feed(index, removed=["b.txt"])
    assert {"mill", "mills", "mile"} == set(await ask(index.snapshot.index.similar, "mil"))


async def test_nothing_is_seen_before_commit(index):
    """What is added or removed is served from the commit on, not before; so is what the last commit was told."""
    await feed(index, fed("a.txt", "mill"), digest="one")
    feeder = await index.feeder("two")
    await feeder.remove(["a.txt", "never.txt"])
    await feeder.add([fed("b.txt", "mill boat")])
    await index.refresh()
    assert ["mill"] == texts(await ask(index.snapshot.index.search, {"mill": 1.0, "boat": 1.0}, 5))
    assert "" == index.digest
    await feeder.commit()
    assert ["mill boat"] == texts(await ask(index.snapshot.index.search, {"mill": 1.0, "boat": 1.0}, 5))
    assert (1, 1, "two") == (index.snapshot.index.size, len(index.snapshot.articles), index.digest)
    await feeder.close()


async def test_changed_article(index):
    """Of an article that is removed and added again only the passages that it has now are there."""
    await feed(index, fed("a.txt", "mill", "river", "boat"))
    await feed(index, fed("a.txt", "bridge mill", stamp="2"), removed=["a.txt"])
    known = await ask(index.snapshot.index.counts, ["mill", "river", "boat", "bridge"])
    assert {"mill": 1, "river": 0, "boat": 0, "bridge": 1} == known
    assert ["bridge mill"] == texts(await ask(index.snapshot.index.search, {"mill": 1.0}, 5))
    assert {"a.txt": "2"} == await index.stamps()


async def test_removed_before_it_was_committed(index):
    """An article that was added and not committed can be removed, all its passages."""
    feeder = await index.feeder("fed")
    await feeder.add([fed("a.txt", "mill", "river"), fed("b.txt", "boat")])
    await feeder.remove(["a.txt"])
    await feeder.commit()
    await feeder.close()
    assert (1, ["b.txt"]) == (index.snapshot.index.size, await ask(list, index.snapshot.articles))


async def test_one_feeder_at_a_time(index):
    """Who wants to feed waits until the one before has closed, which may be done twice; then nothing can be added."""
    first = await index.feeder("first")
    waiting = asyncio.create_task(index.rebuild("second"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await first.close()
    await first.close()
    second = await waiting
    with pytest.raises(RuntimeError, match="closed"):
        await first.add([fed("a.txt", "mill")])
    await second.close()


async def test_digest(index, where):
    """The digest outlasts the connection; feeding that is broken off, or another ranking, leaves none."""
    await feed(index, fed("a.txt", "mill"), digest="one")
    async with ClusterIndex.open(replace(where, replicas=1)) as again:
        assert ("one", 1) == (again.digest, again.snapshot.index.size)
    async with ClusterIndex.open(replace(where, k1=1.2)) as other:
        assert "" == other.digest
    feeder = await index.feeder("two")
    await feeder.add([fed("b.txt", "mill")])
    await feeder.close()
    async with ClusterIndex.open(where) as again:
        assert "" == again.digest


async def test_refresh(index, where):
    """What another process has fed is counted after a refresh, which tells whether there was anything."""
    async with ClusterIndex.open(where) as other:
        before = other.snapshot
        assert not await other.refresh()
        await feed(index, fed("a.txt", "mill", date=MARCH[1]))
        assert await other.refresh()
        assert (1, MARCH[1], "fed") == (other.snapshot.index.size, other.snapshot.newest, other.digest)
        assert (0, None) == (before.index.size, before.newest)
        assert not await other.refresh()


async def test_passages_go_with_their_articles(index, cluster, name):
    """A passage is never given with the text of another version of its article."""
    await feed(index, fed("a.txt", "mill", "river"), fed("b.txt", "mill"))
    feeder = await index.feeder("two")
    await feeder.remove(["a.txt"])
    await feeder.add([fed("a.txt", "a very long way to the mill", stamp="2")])
    await feeder._settle()
    await ask(httpx.post, f"{cluster.urls[0]}/{name}-articles/_refresh")
    assert ["b.txt"] == [one for one, _ in places(await ask(index.snapshot.index.search, {"mill": 1.0}, 5))]
    await feeder.commit()
    await feeder.close()
    assert {"mill", "a very long way to the mill"} == set(
        texts(await ask(index.snapshot.index.search, {"mill": 1.0}, 5))
    )


async def test_any_id_and_any_text(index):
    """Ids as long as paths may be, and halves of characters in ids and texts, come back as they were."""
    entries = [
        fed(one, "mill \ud83d" if at else "mill 🌉") for at, one in enumerate(["x" * 4000, "bad\udcff.txt", "ü/é #1"])
    ]
    await feed(index, *entries)
    hits = await ask(index.snapshot.index.search, {"mill": 1.0}, 5)
    assert {one.article.id: one.article.text for one in entries} == {
        hit.passage.article_id: hit.passage.sentences[0].text for hit in hits
    }
    await feed(index, removed=[one.article.id for one in entries])
    assert 0 == index.snapshot.index.size


async def test_a_question_of_many_terms(index):
    """Of more terms than a cluster takes the weightiest are searched for, and any number can be counted."""
    await feed(index, fed("a.txt", "mill"), fed("b.txt", "river"))
    many = {f"t{at}": 0.5 for at in range(2000)}
    assert ["mill"] == texts(await ask(index.snapshot.index.search, {"river": 0.1} | many | {"mill": 1.0}, 5))
    counted = await ask(index.snapshot.index.counts, [*many, "mill"])
    assert (2001, 1) == (len(counted), sum(counted.values()))


async def test_articles_beyond_what_is_remembered(where):
    """Articles that are not at hand any more are fetched again."""
    async with ClusterIndex.open(replace(where, remembered=10)) as index:
        await feed(index, fed("a.txt", "mill of a"), fed("b.txt", "mill of b"))
        for _ in range(2):
            assert 2 == len(await ask(index.snapshot.index.search, {"mill": 1.0}, 5))
            assert "mill of a" == (await ask(index.snapshot.articles.__getitem__, "a.txt")).text


async def test_many_pages_of_articles(index, monkeypatch):
    """All articles are given, each once, however many are fetched at a time; so are all counts that are not at hand."""
    for name in ("_PAGE", "_LONG_PAGE", "_BATCH", "_REMEMBERED"):
        monkeypatch.setattr(cluster_search, name, 2)
    names = [f"{at}.txt" for at in range(5)]
    await feed(index, *(fed(name, f"mill {name[0]}") for name in names))
    articles = index.snapshot.articles
    assert (
        names
        == await ask(list, articles)
        == [one.id for one in await ask(list, articles.values())]
        == [*await index.stamps()]
    )
    for _ in range(2):
        assert dict.fromkeys("01234", 1) | {"mill": 5} == await ask(index.snapshot.index.counts, [*"01234", "mill"])


async def test_loop_held_up(index, where):
    """A thread does not wait for ever for an event loop that is held up."""
    async with ClusterIndex.open(where) as other:
        other._link.settings = replace(where, patience=0.05)
        asked = asyncio.create_task(ask(other.snapshot.index.search, {"mill": 1.0}, 5))
        await asyncio.sleep(0)
        threading.Event().wait(1)
        with pytest.raises(IndexAway, match="no answer"):
            await asked


async def test_not_in_the_loops_own_thread(index):
    """A question asked in the event loop's own thread is refused, since it would wait for ever."""
    with pytest.raises(RuntimeError, match="another"):
        index.snapshot.index.search({"mill": 1.0}, 5)


async def test_rebuild_without_a_gap(copied, cluster, name):
    """While the index is rebuilt every question is answered, by the old one or the new; then the old one is gone."""
    await feed(copied, *(fed(f"{at}.txt", "old mill") for at in range(5)))
    answers: list[list[str]] = []
    async with asking(lambda: answers.append(texts(copied.snapshot.index.search({"mill": 1.0}, 9)))):
        for _ in range(2):
            feeder = await copied.rebuild("new")
            await feeder.add(fed(f"{at}.txt", "new mill", stamp="2") for at in range(5))
            await feeder.commit()
            await feeder.close()
    assert [["old mill"] * 5, ["new mill"] * 5] == [answers[0], answers[-1]]
    assert {("old mill",) * 5, ("new mill",) * 5} == {tuple(one) for one in answers}
    assert ("new", 5) == (copied.digest, copied.snapshot.index.size)
    assert 2 == len(await ask(cluster.indices, name))


async def test_rebuild_given_up(index, cluster, name):
    """A rebuild closed before it is committed changes nothing and leaves nothing; one cut off goes with the next."""
    await feed(index, fed("a.txt", "mill"), digest="old")
    cut_off = await index.rebuild("never")
    await cut_off.add([fed("a.txt", "boat")])
    cut_off._closed = True
    cut_off._close()
    feeder = await index.rebuild("never")
    await feeder.add([fed("a.txt", "boat")])
    await feeder.close()
    await index.refresh()
    assert ("old", ["mill"]) == (
        index.digest,
        texts(await ask(index.snapshot.index.search, {"mill": 1.0, "boat": 1.0}, 5)),
    )
    assert 2 == len(await ask(cluster.indices, name))


async def test_node_lost(copied, cluster):
    """The node that manages the others goes away amid questions and feeding: every question is answered in full."""
    entries = [fed(f"{at:02}.txt", f"mill {WORDS[at % 8]}") for at in range(40)]
    await feed(copied, *entries)
    await ask(cluster.recovered)
    answers: list[int] = []
    lost = cluster.manager()
    async with asking(lambda: answers.append(len(copied.snapshot.index.search({"mill": 1.0}, 100)))):
        await ask(cluster.stop, lost)
        try:
            await feed(copied, fed("new.txt", "bridge"), digest="meanwhile")
            for _ in range(20):
                assert 40 == len(await ask(copied.snapshot.index.search, {"mill": 1.0}, 100))
        finally:
            await ask(cluster.start, lost)
    assert {40} == set(answers)
    assert ("meanwhile", 41) == (copied.digest, copied.snapshot.index.size)


class Gate:
    """Stands before a node and lets requests through, but for what it is told; it may go away and come back.

    `refusals` are for the next bulk requests, in order: "all" answers 429, "some" says 429 of every other part, though
    it was taken. Where it `loses`, it does so with the first answer to any other request that is no mere look.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._port = 0
        self._now = 0
        self.most = 0
        self.loses = False
        self._lost: set[tuple[str, str, bytes]] = set()
        self.refusals: list[str] = []
        self.bulks: list[int] = []
        self.authorization: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._session = ClientSession()
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _handle(self, request: web.Request) -> web.Response:
        self.authorization.add(request.headers.get("authorization"))
        body = await request.read()
        if request.path.endswith("_bulk"):
            return await self._bulk(request, body)
        answer = await self._passed(request, body)
        asked = (request.method, request.path_qs, body)
        if self.loses and request.method != "GET" and asked not in self._lost:
            self._lost.add(asked)
            return web.json_response({}, status=504)
        return answer

    async def _bulk(self, request: web.Request, body: bytes) -> web.Response:
        self.bulks.append(len(body))
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            refusal = self.refusals.pop(0) if self.refusals else ""
            problem = {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}, "status": 429}
            if refusal == "all":
                return web.json_response(problem, status=429)
            return await self._passed(request, body, refusal and problem)
        finally:
            self._now -= 1

    async def _passed(self, request: web.Request, body: bytes, problem: object = None) -> web.Response:
        kind = {"content-type": request.headers.get("content-type", "application/json")}
        url = f"{self._target}{request.path_qs}"
        async with self._session.request(request.method, url, data=body, headers=kind) as answer:
            told = await answer.read()
        if problem:
            given = json.loads(told)
            given["items"][::2] = [dict.fromkeys(part, problem) for part in given["items"][::2]]
            told = json.dumps(given).encode()
        return web.Response(body=told, status=answer.status, content_type=answer.content_type)


@pytest.fixture
async def gate(cluster: OpenSearchCluster) -> AsyncIterator[Gate]:
    one = Gate(cluster.urls[0])
    await one.open()
    yield one
    await one.close()


async def test_back_pressure(where, gate):
    """Feeding keeps to its limits of bytes and of requests under way; what is refused for now is offered again."""
    limits = replace(where, urls=(gate.url,), chunk=2_000, in_flight=3)
    entries = [fed(f"{at:03}.txt", *["mill and river " * 5] * (at % 7 + 1)) for at in range(60)]
    large = fed("large.txt", "boat " * 2_000)
    async with ClusterIndex.open(limits) as index:
        gate.refusals = ["all", "some", "all", "all", "some", "some"] * 2
        await feed(index, *entries, large)
        assert [] == gate.refusals
        assert 3 == gate.most
        assert 2 == sum(size > 2_000 for size in set(gate.bulks))
        assert sum(len(one.terms) for one in (*entries, large)) == index.snapshot.index.size
        await feed(index, removed=[one.article.id for one in entries])
        assert (1, {"large.txt": "1"}) == (index.snapshot.index.size, await index.stamps())


async def test_lost_answers(where, gate):
    """What the cluster did, though its answer was lost, is not asked of it in vain a second time."""
    gate.loses = True
    async with ClusterIndex.open(replace(where, urls=(gate.url,))) as index:
        for begin in (index.feeder, index.rebuild):
            feeder = await begin("two")
            await feeder.add([fed("a.txt", "mill")])
            await feeder.commit()
            await feeder.close()
        assert ("two", ["mill"]) == (index.digest, texts(await ask(index.snapshot.index.search, {"mill": 1.0}, 5)))


def test_a_part_that_failed():
    """An answer of which a part is a failure is no answer, whatever its status."""
    problem = {"type": "node_closed", "reason": "gone"}
    whole = {"_shards": {"failed": 0}, "docs": [{"found": False}], "responses": [{"hits": {}}]}
    assert whole == cluster_link._whole(whole)
    for part in (
        {"_shards": {"failed": 1, "failures": [{"shard": 0, "reason": problem, "status": "INTERNAL_SERVER_ERROR"}]}},
        {"docs": [{"_id": "a", "error": problem}]},
        {"responses": [{"hits": {}}, {"error": problem, "status": 503}]},
    ):
        with pytest.raises(TransportError, match="node_closed") as told:
            cluster_link._whole(part)
        assert 503 == told.value.status_code


async def test_a_refused_entry_is_an_error(index):
    """What the cluster will never take ends the feeding with an error, also of the commit, and is never left out."""
    wrong = fed("wrong.txt", "mill")
    wrong = replace(wrong, article=replace(wrong.article, title={"no": "title"}))
    feeder = await index.feeder("never")
    await feeder.add([fed("a.txt", "mill"), wrong])
    for _ in range(2):
        with pytest.raises(IndexAway, match=r"400 mapper_parsing_exception.*title"):
            await feeder.commit()
    await feeder.close()
    await index.refresh()
    assert "" == index.digest


async def test_refused_for_too_long(index, where, gate):
    """A cluster that takes nothing for as long as one is patient ends the feeding with one error."""
    async with ClusterIndex.open(replace(where, urls=(gate.url,), feeding_patience=1.0)) as other:
        gate.refusals = ["all"] * 100
        with pytest.raises(IndexAway, match="429 rejected_execution_exception: queue is full"):
            await feed(other, fed("a.txt", "mill"))


async def test_away_and_back(index, where, gate):
    """While the whole cluster is away a question ends with one error that says where and what; then it is answered."""
    await feed(index, fed("a.txt", "mill"))
    async with ClusterIndex.open(replace(where, urls=(gate.url,), patience=1.0, feeding_patience=2.0)) as other:
        await gate.close()
        with pytest.raises(IndexAway) as told:
            await ask(other.snapshot.index.search, {"mill": 1.0}, 5)
        assert gate.url == told.value.facts["address"]
        assert "Cannot connect" in str(told.value.facts["problem"])
        with pytest.raises(IndexAway):
            await other.refresh()
        with pytest.raises(IndexAway):
            await other.feeder("never")
        await gate.open()
        assert ["mill"] == texts(await ask(other.snapshot.index.search, {"mill": 1.0}, 5))
        await feed(other, fed("b.txt", "mill"))


async def test_log_is_quiet(index, where, gate, caplog):
    """Failed attempts are told in one line each, and none is a warning: the error says it all."""
    async with ClusterIndex.open(replace(where, urls=(gate.url,), patience=1.0)) as other:
        await gate.close()
        with caplog.at_level("INFO"), pytest.raises(IndexAway):
            await other.refresh()
        await gate.open()
    assert {("retrieval.index.cluster_link", "INFO")} == {(one.name, one.levelname) for one in caplog.records}
    assert not any(one.exc_info for one in caplog.records)


@pytest.mark.parametrize(
    ("known", "header"),
    [({}, None), ({"user": "me", "password": "it's"}, "Basic bWU6aXQncw=="), ({"token": "t0"}, "Bearer t0")],
)
async def test_credentials(where, gate, known, header):
    """Every request carries what the settings say of who asks."""
    async with ClusterIndex.open(replace(where, urls=(gate.url,), **known)):
        assert {header} == gate.authorization


def test_settings_hide_secrets():
    """What is secret in the settings is in no message."""
    told = ClusterSettings(("https://me:pw@one.example:9200", "https://two.example"), password="pw", token="t0")
    assert "https://one.example:9200, https://two.example" == told.address
    assert "t0" not in repr(told)
    assert "password" not in repr(told)


async def test_nobody_there(unused_tcp_port):
    """An address where no cluster is makes one error, after as long as one is patient."""
    nowhere = ClusterSettings((f"http://127.0.0.1:{unused_tcp_port}",), patience=0.3)
    with pytest.raises(IndexAway, match="Cannot connect"):
        async with ClusterIndex.open(nowhere):
            pytest.fail("there is something")


async def test_no_answer():
    """A node that takes a question and never answers makes the same error."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(IndexAway, match=r"no answer within 0\.3 s"):
            async with ClusterIndex.open(ClusterSettings((url,), patience=0.3)):
                pytest.fail("there is something")


async def test_ca_file_missing(tmp_path):
    """A file of certificates that is not there makes one error."""
    with pytest.raises(IndexAway, match="ca_certs"):
        async with ClusterIndex.open(ClusterSettings(("https://127.0.0.1:1",), ca_file=tmp_path / "none.pem")):
            pytest.fail("there is something")
