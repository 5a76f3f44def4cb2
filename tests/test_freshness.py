"""Changes in the folder of articles are answered from a moment later, while questions go on."""

import asyncio
import logging
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from caches import asked, story, written
from filelock import FileLock

from retrieval import Engine, EngineSettings, freshness, library, sync
from retrieval import engine as answering
from retrieval.freshness import Freshness
from retrieval.library import Library
from retrieval.models import IndexKind

WAITED = 60.0
"""Seconds after which a change counts as not noticed."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return written(tmp_path / "corpus", range(3))


@pytest.fixture(params=["memory", "disk"])
async def engine(request: pytest.FixtureRequest, corpus: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine that watches the corpus, and has looked at all of it."""
    index: IndexKind = request.param
    async with Engine.open(EngineSettings(corpus, tmp_path / "data", index=index), watch=True) as opened:
        written(corpus, [99])
        await until(lambda: "0099.txt" in opened.articles)
        yield opened


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(WAITED):
        while not holds():  # noqa: ASYNC110 -- it comes about in another thread
            await asyncio.sleep(0.02)


async def found(engine: Engine, number: int) -> str:
    """The article that answers the question about this number; empty where none does."""
    quotes = [quote for quote in (await engine.ask(asked(number))).quotes if f"number{number} " in quote.text]
    return quotes[0].article.id if quotes else ""


async def answered(engine: Engine, number: int, expected: str) -> None:
    """Wait until a question is answered from this article, or from none."""
    async with asyncio.timeout(WAITED):
        while await found(engine, number) != expected:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_files(engine, corpus):
    """A file that is added, changed, renamed or removed is answered from as it is then."""
    assert "" == await found(engine, 7)
    written(corpus, [7])
    await answered(engine, 7, "0007.txt")
    (corpus / "0007.txt").write_text(story(8), encoding="utf-8")
    await answered(engine, 8, "0007.txt")
    assert "" == await found(engine, 7)
    (corpus / "0007.txt").rename(corpus / "eight.txt")
    await answered(engine, 8, "eight.txt")
    assert "0007.txt" not in engine.articles
    (corpus / "eight.txt").unlink()
    await answered(engine, 8, "")
    assert ["0000.txt", "0001.txt", "0002.txt", "0099.txt"] == list(engine.articles)


async def test_folders(engine, corpus, tmp_path):
    """A folder that is moved in brings all that is in it; what changes there is noticed, and when it is moved out."""
    written(tmp_path / "new", [4, 5])
    (tmp_path / "new").rename(corpus / "new")
    await answered(engine, 5, "new/0005.txt")
    assert "new/0004.txt" in engine.articles
    written(corpus / "new", [6])
    await answered(engine, 6, "new/0006.txt")
    (corpus / "new").rename(corpus / "newer")
    await answered(engine, 6, "newer/0006.txt")
    assert not any(name.startswith("new/") for name in engine.articles)
    (corpus / "newer").rename(tmp_path / "away")
    await answered(engine, 6, "")
    assert ["0000.txt", "0001.txt", "0002.txt", "0099.txt"] == list(engine.articles)


async def test_a_file_that_takes_the_place_of_another(engine, corpus, tmp_path):
    """As editors and scripts write: beside it first, then in its place."""
    (corpus / ".0001.txt.new").write_text(story(9), encoding="utf-8")
    (corpus / ".0001.txt.new").replace(corpus / "0001.txt")
    await answered(engine, 9, "0001.txt")
    assert 4 == len(engine.articles)


async def test_the_catalog(engine, corpus):
    """What the catalog says anew is known of the articles, and gone with it."""
    (corpus / "catalog.toml").write_text('["0001.txt"]\ntitle = "Fire"\ndate = 2025-03-01\n', encoding="utf-8")
    await until(lambda: engine.articles["0001.txt"].title == "Fire")
    assert "2025-03-01" == str(engine.latest(1)[0].date)
    (corpus / "catalog.toml").unlink()
    await until(lambda: engine.articles["0001.txt"].title != "Fire")


async def test_what_goes_wrong(engine, corpus, caplog):
    """Where the catalog is wrong, nothing that is served changes, and one line says why; mended, all is read."""
    with caplog.at_level(logging.WARNING, "retrieval"):
        (corpus / "0001.txt").unlink()
        (corpus / "catalog.toml").write_text("date = soon\n", encoding="utf-8")
        await until(lambda: bool(caplog.records))
    [line] = {record.getMessage() for record in caplog.records}
    assert "catalog.toml" in line
    assert "\n" not in line
    assert not any(record.exc_info for record in caplog.records)
    caplog.clear()
    (corpus / "catalog.toml").unlink()
    await answered(engine, 1, "")
    assert "0002.txt" == await found(engine, 2)


async def test_a_fault_is_logged(corpus, tmp_path, monkeypatch, caplog):
    """Whatever goes wrong in reading, the next change is read."""
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        written(corpus, [4])
        await answered(engine, 4, "0004.txt")
        load = sync.catalog.load
        monkeypatch.setattr(sync.catalog, "load", lambda folder: 1 / 0)
        written(corpus, [5])
        await until(lambda: any(record.exc_info for record in caplog.records))
        assert "" == await found(engine, 5)
        monkeypatch.setattr(sync.catalog, "load", load)
        written(corpus, [6])
        await answered(engine, 6, "0006.txt")


async def test_a_question_under_way(engine, corpus, monkeypatch):
    """Who has begun to answer ends on what was served then, whatever is read meanwhile."""
    begun, on = threading.Event(), threading.Event()
    rank = answering.rank

    def halted(*args: object) -> object:
        begun.set()
        assert on.wait(WAITED)
        return rank(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(answering, "rank", halted)
    question = asyncio.create_task(engine.ask(asked(1)))
    await until(begun.is_set)
    monkeypatch.setattr(answering, "rank", rank)
    (corpus / "0001.txt").unlink()
    written(corpus, [7])
    await answered(engine, 7, "0007.txt")
    assert "" == await found(engine, 1)
    on.set()
    assert ("0001.txt", story(1)) == ((quote := (await question).quotes[0]).article.id, quote.article.text)


async def test_many_changes_at_once(corpus, tmp_path, monkeypatch):
    """Of many changed files at once all are read, in one look at everything."""
    monkeypatch.setattr(freshness, "_FEW", 5)
    looked: list[int | None] = []
    refresh = Library.refresh

    async def noted(self: Library, progress: sync.Progress | None = None, paths: set[Path] | None = None) -> object:
        looked.append(None if paths is None else len(paths))
        return await refresh(self, progress, paths)

    monkeypatch.setattr(Library, "refresh", noted)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        await until(lambda: len(looked) == 2)
        written(corpus, range(10, 40))
        await until(lambda: len(engine.articles) == 33)
    assert all(count is None or count <= 5 for count in looked)


async def test_what_changed_before_it_watched(corpus, tmp_path, monkeypatch):
    """What changes after the folder was read and before it is watched is not missed."""
    enter = Freshness.__enter__

    def late(self: Freshness) -> None:
        written(corpus, [7])
        enter(self)

    monkeypatch.setattr(Freshness, "__enter__", late)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        await answered(engine, 7, "0007.txt")


async def test_looked_at_again_now_and_then(corpus, tmp_path, monkeypatch):
    """Where a file system tells of no change, it is found out all the same, after a while."""
    monkeypatch.setattr(freshness, "_RESCAN", 50)
    hidden = corpus / ".hidden"
    hidden.mkdir()
    written(hidden, [5])
    (corpus / "link").symlink_to(hidden)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        assert "link/0005.txt" in engine.articles
        written(hidden, [6])
        await answered(engine, 6, "link/0006.txt")


async def test_while_another_process_reads(corpus, tmp_path, monkeypatch):
    """What changes while another process has the lock is found when that is over, at the latest with the next look."""
    monkeypatch.setattr(library, "WAIT", 0.05)
    monkeypatch.setattr(freshness, "_RESCAN", 100)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        with FileLock(tmp_path / "data" / "cache.lock"):
            written(corpus, [7])
            await asyncio.sleep(0.5)
            assert "" == await found(engine, 7)
        await answered(engine, 7, "0007.txt")


async def test_begun_while_another_process_reads(corpus, tmp_path, monkeypatch):
    """Who served what there was, since another process was at it, serves all when that has ended."""
    monkeypatch.setattr(library, "WAIT", 0.05)
    monkeypatch.setattr(freshness, "_RESCAN", 100)
    settings = EngineSettings(corpus, tmp_path / "data")
    async with Engine.open(settings):
        written(corpus, [7])
    lock = FileLock(tmp_path / "data" / "cache.lock")
    lock.acquire()
    async with Engine.open(settings, watch=True) as engine:
        assert ["cache_busy"] == [notice.code for notice in engine.report.notices]
        assert 3 == len(engine.articles)
        lock.release()
        await answered(engine, 7, "0007.txt")


async def test_a_folder_that_goes_and_comes_back(corpus, tmp_path, monkeypatch, caplog):
    """Without its folder the articles are served as they were; another one in its place is read."""
    monkeypatch.setattr(freshness, "_RESCAN", 100)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        with caplog.at_level(logging.WARNING, "retrieval"):
            shutil.move(corpus, tmp_path / "away")
            await until(lambda: any("corpus_missing" in record.getMessage() for record in caplog.records))
        assert "0001.txt" == await found(engine, 1)
        written(corpus, [7])
        await answered(engine, 7, "0007.txt")
        assert ["0007.txt"] == list(engine.articles)


async def test_ended_in_the_middle(corpus, tmp_path, monkeypatch):
    """Who closes the engine does not wait for all that there is to read, and leaves no thread behind."""
    begun = threading.Event()

    async def endless(change: object) -> None:
        begun.set()
        await asyncio.sleep(3_600)

    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        written(corpus, [7])
        await answered(engine, 7, "0007.txt")
        monkeypatch.setattr(sync.keeping, "keep", lambda db, entries, removed: endless(entries))
        written(corpus, [8])
        await until(begun.is_set)
        assert "0007.txt" == await found(engine, 7)
    assert not any(thread.name == "freshness" for thread in threading.enumerate())
    monkeypatch.undo()
    async with Engine.open(EngineSettings(corpus, tmp_path / "data")) as engine:
        assert (("0008.txt",), ()) == (engine.report.added.first, engine.report.notices)


async def test_no_more_folders_can_be_watched(corpus, tmp_path, monkeypatch, caplog):
    """Where a system watches no more folders, the articles are served as they are, and one line says so."""

    class _Refused:
        def __init__(self, *_: object) -> None:
            raise OSError("OS file watch limit reached")

    monkeypatch.setattr(freshness, "RustNotify", _Refused)
    async with Engine.open(EngineSettings(corpus, tmp_path / "data"), watch=True) as engine:
        await until(lambda: bool(caplog.records))
        assert "0001.txt" == await found(engine, 1)
    [line] = caplog.records
    assert "not noticed" in line.getMessage()
