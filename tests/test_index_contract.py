"""What every index must do: propose what rank-bm25 would, so that the answers are the same wherever the index is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import opensearch_cluster
import pytest

from evaluation import archive
from retrieval import ClusterSettings, Engine, EngineSettings, hits
from retrieval.index.base import Snapshot
from retrieval.models import DateRange, IndexKind
from retrieval.questions import understand

PASSAGES, QUESTIONS = 2_000, 500
WORDS = """\
The wheel of Bergen

The mill of Bergen was bought by the town in May. “We paid far too much for it,” Olga Tarn said. “The new wheel is of
oak and turns slowly.”

“Nobody pays for the roof.”
"""
KINDS: list[IndexKind] = ["disk", "cluster"]
"""Those that are compared with the one in memory."""

pytestmark = pytest.mark.filterwarnings("ignore:enable_cleanup_closed ignored:DeprecationWarning")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up archive."""
    folder = tmp_path_factory.mktemp("archive")
    archive.write(folder, PASSAGES, processes=1)
    (folder / "words.txt").write_text(WORDS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def questions() -> list[str]:
    """Questions about it, some misspelt and some about something else."""
    return [one.question for one in archive.questions(archive.SEED, QUESTIONS, PASSAGES)]


@pytest.fixture(scope="module", params=KINDS)
def opened(
    request: pytest.FixtureRequest, corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[IndexKind], object]:
    """Opens an engine over the archive with its index in memory, or where this run has it."""
    cluster = None
    if request.param == "cluster":
        cluster = ClusterSettings(urls=opensearch_cluster.running().urls, index="contract")

    @asynccontextmanager
    async def engine(kind: IndexKind) -> AsyncIterator[Engine]:
        kind = "memory" if kind == "memory" else request.param
        folder = tmp_path_factory.getbasetemp() / f"contract-{kind}"
        async with Engine.open(EngineSettings(corpus, folder, index=kind, cluster=cluster)) as opened:
            yield opened

    return engine


def served(engine: Engine) -> Snapshot:
    """What an engine searches."""
    return engine._library.snapshot


async def test_the_same_candidates(opened, questions) -> None:
    """At least 95 % of the first 10 passages that rank-bm25 finds are among the first 50 of the other's."""
    async with opened("memory") as reference, opened("other") as engine:
        held = wanted = 0
        for question in questions:
            asked = understand(question, served(reference).index)
            terms = hits.weights(asked.all_terms)
            if not terms:
                continue
            first = {place(hit) for hit in served(reference).index.search(terms, 10)}
            held += len(first & {place(hit) for hit in served(engine).index.search(terms, 50)})
            wanted += len(first)
    assert wanted
    assert held >= 0.95 * wanted


async def test_the_same_answers(opened, questions) -> None:
    """At least 97 % of the answers are the same: whether there is one, and the first quote."""
    async with opened("memory") as reference, opened("other") as engine:
        same = 0
        for question in questions:
            mine, others = await reference.ask(question), await engine.ask(question)
            same += (mine.status, mine.quotes[:1] and spot(mine)) == (others.status, others.quotes[:1] and spot(others))
    assert same >= 0.97 * len(questions)


async def test_the_same_words(opened) -> None:
    """Words in quotation marks bring along who says them, as far as their paragraph goes."""
    async with opened("memory") as reference, opened("other") as engine:
        for question, expected in (("Is the new wheel of oak?", "We paid"), ("Who pays for the roof?", "“Nobody")):
            mine, others = await reference.ask(question), await engine.ask(question)
            assert expected in mine.quotes[0].text
            assert (mine.status, mine.quotes[0].span) == (others.status, others.quotes[0].span)


async def test_the_same_collection(opened) -> None:
    """Each knows the same articles, passages, days and terms, whatever it reads them from."""
    async with opened("memory") as reference, opened("other") as engine:
        mine, others = served(reference), served(engine)
        assert (mine.index.size, mine.newest, mine.undated) == (others.index.size, others.newest, others.undated)
        assert [*mine.articles] == [*others.articles]
        assert mine.first.id == others.first.id
        assert mine.latest(5) == others.latest(5)
        assert [*mine.every_article()] == [*others.every_article()]
        name = next(iter(mine.articles))
        assert [one.sentences for one in mine.passages(name)] == [one.sentences for one in others.passages(name)]
        terms = ["the", "mill", "", "zzzz", "peopl", "citi"]
        assert mine.index.counts(terms) == others.index.counts(terms)


async def test_days(opened) -> None:
    """Only passages of the days asked about are found, and the first ones of their articles where nothing else is."""
    async with opened("memory") as reference, opened("other") as engine:
        day = served(reference).newest
        days = DateRange(day, day)
        for snapshot in (served(reference), served(engine)):
            found = snapshot.index.search({"citi": 1.0, "peopl": 1.0, "year": 1.0}, 30, days)
            assert all(snapshot.articles[hit.passage.article_id].date == day for hit in found)
        openings = [{place(hit) for hit in one.index.openings(5, days)} for one in (served(reference), served(engine))]
        assert openings[0]
        assert openings[0] == openings[1]


async def test_share_of_the_best(opened) -> None:
    """What scores less than a share of the best one is left out, and nothing else."""
    async with opened("memory") as reference, opened("other") as engine:
        for snapshot in (served(reference), served(engine)):
            terms = {snapshot.articles[snapshot.first.id].title.split()[-1].lower(): 1.0, "citi": 1.0, "year": 0.5}
            every = snapshot.index.search(terms, 50)
            best = [hit for hit in every if hit.score >= 0.7 * every[0].score]
            assert len(best) < len(every)
            assert best == snapshot.index.search(terms, 50, share=0.7)


async def test_nothing_asked(opened) -> None:
    """Without terms there is no hit, and none for a term that nothing holds."""
    async with opened("other") as engine:
        assert ([], []) == (served(engine).index.search({}, 5), served(engine).index.search({"zzzzzz": 1.0}, 5))


def place(hit) -> tuple[str, int]:
    return hit.passage.article_id, hit.passage.number


def spot(answer) -> tuple[str, object]:
    return answer.quotes[0].article.id, answer.quotes[0].span
