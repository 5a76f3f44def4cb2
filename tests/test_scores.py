"""Scores: what counts as right, and the floors that the gold questions must hold."""

import asyncio
import json
from pathlib import Path

import pytest

from evaluation.gold import Evidence, GoldQuestion, read_gold
from evaluation.scores import LONGEST, Outcome, Report, Score, evaluate, rank_of
from retrieval import Answer, Article, Engine, EngineSettings, Question, Quote, Span

DATA = Path(__file__).parent / "data"
FLOORS = json.loads((DATA / "floors.json").read_text(encoding="utf-8"))
TEXT = "The mill burned on Tuesday. Nobody was hurt. The boat sank on Friday.\n"
MILL, BOAT = "The mill burned on Tuesday.", "The boat sank on Friday."


@pytest.fixture
async def bergen(tmp_path):
    """An engine over one article about a mill and a boat."""
    (tmp_path / "bergen.txt").write_text(TEXT, encoding="utf-8")
    async with Engine.open(EngineSettings(tmp_path)) as engine:
        yield engine


async def rank(engine: Engine, *answers: str, **evidence: object) -> int | None:
    """The rank of the first right quote for a question about the mill."""
    gold = GoldQuestion("1", "fact", "When did the mill burn?", answers=answers, evidence=(Evidence(**evidence),))
    return (await evaluate(engine, [gold])).outcomes[0].rank


async def test_right(bergen):
    """A quote is right that overlaps an accepted sentence, or stretch, of its file and holds an accepted answer."""
    assert 1 == await rank(bergen, "Monday", "Tuesday", article="ber", sentence=MILL)
    assert 1 == await rank(bergen, "Tuesday", article="bergen.txt", stretch=Span(20, 40))


async def test_wrong(bergen):
    """It is wrong in another file, elsewhere in the file, beside the stretch, or without the answer."""
    assert await rank(bergen, "Tuesday", article="oslo", sentence=MILL) is None
    assert await rank(bergen, "Tuesday", article="bergen", sentence=BOAT) is None
    assert await rank(bergen, "Tuesday", article="bergen", stretch=Span(len(MILL), 40)) is None
    assert await rank(bergen, "Friday", article="bergen", sentence=MILL) is None
    assert await rank(bergen, article="bergen", sentence=MILL) is None


@pytest.mark.parametrize(("length", "rank"), [(LONGEST, 1), (LONGEST + 1, None)])
def test_too_long(length, rank):
    """A quote that is longer than a quote may be is not right."""
    article = Article("a", "Title", "stated", None, "unknown", "", "", "x" * 1000)
    answer = Answer(Question("Who?"), "answered", 1.0, (Quote(article, Span(0, length), "x" * length),))
    gold = GoldQuestion("1", "fact", "Who?", answers=("x",), evidence=(Evidence("a", stretch=Span(0, 9)),))
    assert rank == rank_of(gold, answer)


def outcome(rank: int | None, status: str = "answered", kind: str = "fact", answerable: bool = True) -> Outcome:
    evidence = (Evidence("a", "b"),) if answerable else ()
    return Outcome(GoldQuestion("1", kind, "?", evidence=evidence), Answer(Question("?"), status), rank, 2.0)


@pytest.mark.parametrize(
    ("rank", "first", "within"), [(1, True, True), (3, False, True), (4, False, False), (None, False, False)]
)
def test_ranks(rank, first, within):
    """Right at once is the first quote, right within three one of the first three."""
    assert (first, within) == (outcome(rank).first, outcome(rank).within)


@pytest.mark.parametrize(("status", "right"), [("answered", False), ("not_found", True), ("smalltalk", True)])
def test_unanswerable(status, right):
    """A question without evidence is right when it is not answered."""
    asked = outcome(None, status, answerable=False)
    assert (right, right) == (asked.first, asked.within)


def test_report():
    """Shares are told for each kind, and for questions with and without an answer; what failed is listed."""
    outcomes = (
        outcome(1),
        outcome(2),
        outcome(None, "not_found", "far", answerable=False),
        outcome(None, kind="multi"),
    )
    report = Report(outcomes)
    assert {"fact": Score(2, 0.5, 1.0), "far": Score(1, 1.0, 1.0), "multi": Score(1, 0.0, 0.0)} == report.by_kind
    assert ["fact", "far", "multi"] == list(report.by_kind)
    assert (3, pytest.approx(1 / 3), pytest.approx(2 / 3)) == (
        report.answerable.questions,
        report.answerable.first,
        report.answerable.within,
    )
    assert Score(1, 1.0, 1.0) == report.unanswerable
    assert (outcomes[1], outcomes[3]) == report.failures
    assert 2.0 == report.median_ms


def test_empty_report():
    """No questions, no scores."""
    report = Report(())
    assert (Score(0, 0.0, 0.0), {}, (), 0, 0, 0.0) == (
        report.answerable,
        report.by_kind,
        report.failures,
        report.quotes,
        report.faithful,
        report.median_ms,
    )


def test_faithful():
    """A quote is faithful that is verbatim and has a title, and a date or the mark that it is unknown."""
    article = Article("a", "Title", "stated", None, "unknown", "", "", TEXT)
    untitled = Article("a", "", "unknown", None, "unknown", "", "", TEXT)
    undated = Article("a", "Title", "stated", None, "stated", "", "", TEXT)
    quotes = (
        Quote(article, Span(0, 8), "The mill"),
        Quote(article, Span(0, 8), "The boat"),
        Quote(untitled, Span(0, 8), "The mill"),
        Quote(undated, Span(0, 8), "The mill"),
    )
    report = Report((Outcome(GoldQuestion("1", "fact", "?"), Answer(Question("?"), "answered", 1.0, quotes), 1, 1.0),))
    assert (4, 1) == (report.quotes, report.faithful)


async def test_previous_and_progress(bergen):
    """A follow-up is asked after the question before it, others on their own; progress is told for each."""
    gold = [GoldQuestion("1", "fact", "And when?"), GoldQuestion("2", "followup", "And when?", "Did the mill burn?")]
    steps: list[tuple[int, int]] = []
    alone, after = (await evaluate(bergen, gold, lambda *step: steps.append(step))).outcomes
    assert ("not_found", "answered") == (alone.answer.status, after.answer.status)
    assert after.elapsed_ms > 0
    assert [(1, 2), (2, 2)] == steps


@pytest.fixture(scope="module")
def report() -> Report:
    """How the gold questions over the seeds go."""

    async def run() -> Report:
        async with Engine.open(EngineSettings(DATA.parents[1] / "seeds")) as engine:
            return await evaluate(engine, read_gold(DATA / "seeds-dev.jsonl"))

    return asyncio.run(run())


def below(score: Score, floor: dict[str, float]) -> dict[str, float]:
    """The shares of a score that lie below their floor."""
    return {name: getattr(score, name) for name, least in floor.items() if getattr(score, name) < least}


def test_floors_by_kind(report):
    """Each kind of question has a floor, and none scores below it."""
    assert FLOORS["kinds"].keys() == report.by_kind.keys()
    assert {} == {kind: low for kind, score in report.by_kind.items() if (low := below(score, FLOORS["kinds"][kind]))}


def test_floors(report):
    """Questions with an answer and without one score no less than their floors."""
    assert {} == below(report.answerable, FLOORS["answerable"])
    assert {} == below(report.unanswerable, FLOORS["unanswerable"])


def test_floors_hold_the_bars():
    """The floors are no lower than what the project sets out to do."""
    kinds = FLOORS["kinds"]
    assert kinds["fact"]["first"] >= 0.85
    assert kinds["fact"]["within"] >= 0.95
    assert kinds["unanswerable_far"]["first"] == 1
    assert FLOORS["answerable"]["first"] >= 0.70


def test_quotes_are_faithful(report):
    """Every quote of the gold run is verbatim and cited."""
    assert report.quotes == report.faithful > 100
