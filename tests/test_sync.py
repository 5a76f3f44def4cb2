"""One pass over a corpus: what is new, changed or gone is kept and fed, and nothing else is read."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from caches import SHAPE, applied, served, story, written

from retrieval import feeding, sync
from retrieval.errors import CatalogInvalid, CorpusMissing
from retrieval.feeding import Request
from retrieval.keeping import Change
from retrieval.models import LeftOut, Named, SyncReport
from retrieval.store import Store
from retrieval.sync import Progress, Sync


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data", SHAPE)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of three articles and an archive of five."""
    folder = written(tmp_path / "corpus", range(3))
    archive(folder, {str(number): story(number) for number in range(10, 15)})
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all that is read, as it is read."""
    names: list[str] = []
    reading = feeding.read

    def noted(request: Request) -> object:
        names.append(request.source.id)
        return reading(request)

    monkeypatch.setattr(feeding, "read", noted)
    return names


def archive(folder: Path, texts: Mapping[str, str], name: str = "old.jsonl") -> None:
    """An archive of these articles, by their own ids."""
    lines = [json.dumps({"id": one, "text": text}) for one, text in texts.items()]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


async def no_feed(change: Change) -> None:
    """Nobody is interested."""


async def passed(
    corpus: Path,
    store: Store,
    paths: Collection[Path] | None = None,
    feed: Callable[[Change], Awaitable[None]] = no_feed,
    progress: Progress | None = None,
) -> SyncReport:
    """A whole pass."""
    async with store.writing() as db:
        return await Sync(store, db, corpus, feed, progress).run(paths)


FILES = ["0000.txt", "0001.txt", "0002.txt"]
OLD = [f"old.jsonl#{number}" for number in range(10, 15)]


async def test_new_then_unchanged(corpus, store, read):
    """All is read at first, and nothing at all where nothing has changed."""
    report = await passed(corpus, store)
    assert (Named.of(*FILES, *OLD), 0, ()) == (report.added, report.unchanged, report.left_out)
    assert [*FILES, *OLD] == read == list(served(store))
    read.clear()
    assert SyncReport(unchanged=8) == await passed(corpus, store)
    assert [] == read


async def test_changed_and_gone(corpus, store, read):
    """Only what has changed is read; what is gone is served no more."""
    await passed(corpus, store)
    read.clear()
    (corpus / "0001.txt").write_text(story(21), encoding="utf-8")
    (corpus / "0002.txt").unlink()
    (corpus / "0003.txt").write_text(story(23), encoding="utf-8")
    report = await passed(corpus, store)
    assert ["0001.txt", "0003.txt"] == read
    assert (("0003.txt",), ("0001.txt",), ("0002.txt",), 6) == (
        report.added.first,
        report.changed.first,
        report.removed.first,
        report.unchanged,
    )
    assert story(21) == served(store)["0001.txt"].article.text


async def test_a_changed_archive(corpus, store, read):
    """Of an archive only the articles are read that are new or changed, wherever in it they stand."""
    await passed(corpus, store)
    read.clear()
    archive(corpus, {"new": story(30), "11": story(31), **{str(number): story(number) for number in (10, 14, 13)}})
    report = await passed(corpus, store)
    assert ["old.jsonl#new", "old.jsonl#11"] == read
    assert (("old.jsonl#new",), ("old.jsonl#11",), ("old.jsonl#12",), 6) == (
        report.added.first,
        report.changed.first,
        report.removed.first,
        report.unchanged,
    )
    read.clear()
    (corpus / "old.jsonl").touch()
    assert SyncReport(unchanged=8) == await passed(corpus, store)
    assert [] == read


async def test_an_archive_that_lost_articles_is_read_through(corpus, store, monkeypatch):
    """It is known as read afterwards, like any other, also where they were forgotten in several batches."""
    await passed(corpus, store)
    monkeypatch.setattr(sync, "_BATCH", 2)
    monkeypatch.setattr(sync, "_REMOVED", 2)
    archive(corpus, {"10": story(10)})
    await passed(corpus, store)
    with closing(store.connect()) as db:
        assert [] == db.execute("SELECT id FROM files WHERE stamp = ''").fetchall()
        assert ("old.jsonl",) in db.execute("SELECT id FROM files").fetchall()


async def test_an_archive_that_is_gone(corpus, store):
    """With an archive all of its articles go, and what of it was left out."""
    (corpus / "old.jsonl").write_text(json.dumps({"text": story(10)}) + "\n{", encoding="utf-8")
    assert ["old.jsonl:2"] == [one.path for one in (await passed(corpus, store)).left_out]
    (corpus / "old.jsonl").unlink()
    report = await passed(corpus, store)
    assert (("old.jsonl#1",), ()) == (report.removed.first, report.left_out)
    assert FILES == list(served(store))


async def test_an_id_twice(corpus, store):
    """Of articles with the same id in one archive the first is served, and the others are named by their lines."""
    lines = [json.dumps({"id": "7", "text": story(number)}) for number in (40, 41, 42)]
    (corpus / "old.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for _ in range(2):
        report = await passed(corpus, store)
        assert (LeftOut("old.jsonl:2", "id_twice", "7"), LeftOut("old.jsonl:3", "id_twice", "7")) == report.left_out
        assert story(40) == served(store)["old.jsonl#7"].article.text


async def test_a_file_that_is_named_like_an_article(corpus, store):
    """A file may be called like something in another: neither takes the place of the other, nor goes with it."""
    archive(corpus, {"10": story(10), "x.txt": story(11)})
    (corpus / "old.jsonl#x.txt").write_text(story(50), encoding="utf-8")
    (corpus / "0000.txt#2.txt").write_text(story(51), encoding="utf-8")
    report = await passed(corpus, store)
    assert (LeftOut("old.jsonl:2", "id_twice", "x.txt"),) == report.left_out
    assert story(50) == served(store)["old.jsonl#x.txt"].article.text
    (corpus / "old.jsonl").unlink()
    (corpus / "0000.txt").unlink()
    assert ("0000.txt", "old.jsonl#10") == (await passed(corpus, store)).removed.first
    assert {"0000.txt#2.txt", "0001.txt", "0002.txt", "old.jsonl#x.txt"} == {*served(store)}


async def test_what_is_left_out(corpus, store):
    """What can't be read is named with its reason for as long as it is there, and what it was before goes."""
    (corpus / "0001.txt").write_bytes(b"\0")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    (corpus / "old.jsonl").write_text("\n".join([json.dumps({"id": "10", "text": story(10)}), "[]"]), encoding="utf-8")
    expected = [("0001.txt", "binary"), ("old.jsonl:2", "not_json"), ("picture.png", "suffix")]
    for _ in range(2):
        report = await passed(corpus, store)
        assert expected == [(one.path, one.reason) for one in report.left_out]
        assert (("binary", 1), ("not_json", 1), ("suffix", 1)) == report.reasons
    (corpus / "0001.txt").write_text(story(1), encoding="utf-8")
    (corpus / "picture.png").unlink()
    archive(corpus, {"10": story(10), "11": "No comments:"})
    report = await passed(corpus, store)
    assert [("old.jsonl#11", "no_text")] == [(one.path, one.reason) for one in report.left_out]
    assert "0001.txt" in served(store)


async def test_an_article_that_turns_bad(corpus, store):
    """A file or a line of an archive that can be read no more is served no more."""
    await passed(corpus, store)
    (corpus / "0001.txt").write_bytes(b"\0")
    archive(corpus, {str(number): story(number) if number != 12 else "No comments:" for number in range(10, 15)})
    report = await passed(corpus, store)
    assert ("0001.txt", "old.jsonl#12") == report.removed.first
    assert {"0001.txt", "old.jsonl#12"}.isdisjoint(served(store))


async def test_more_that_is_left_out_than_fits_a_batch(corpus, store, monkeypatch):
    """Lines that are left out are all kept, however many there are between two articles."""
    monkeypatch.setattr(sync, "_BATCH", 20)
    monkeypatch.setattr(sync, "_REMOVED", 4)
    lines = [json.dumps({"id": "1", "text": story(1)}), *["{"] * 50, json.dumps({"id": "2", "text": story(2)})]
    (corpus / "old.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert (("not_json", 50), ("copy", 2)) == (await passed(corpus, store)).reasons


async def test_catalog(corpus, store, read):
    """What the catalog says anew of an article has that read again, in an archive too, and no other."""
    await passed(corpus, store)
    read.clear()
    (corpus / "catalog.toml").write_text(
        '["0001.txt"]\ntitle = "Rain"\n["old.jsonl#13"]\ntitle = "Snow"\n', encoding="utf-8"
    )
    assert ("0001.txt", "old.jsonl#13") == (await passed(corpus, store)).changed.first
    assert ["0001.txt", "old.jsonl#13"] == read
    assert ["Rain", "Snow"] == [served(store)[name].article.title for name in read]


async def test_some_paths(corpus, store, read):
    """Of some paths only these are looked at, and a folder that is gone takes what was in it along."""
    (corpus / "deep").mkdir()
    (corpus / "deep" / "4.txt").write_text(story(4), encoding="utf-8")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    await passed(corpus, store)
    read.clear()
    for name in ("0000.txt", "0001.txt"):
        (corpus / name).write_text(story(60 + int(name[3])), encoding="utf-8")
    (corpus / "0002.txt").unlink()
    (corpus / "deep").rename(corpus.parent / "away")
    (corpus / "song.mp3").write_bytes(b"ID3")
    report = await passed(corpus, store, [corpus / "0001.txt", corpus / "deep", corpus / "song.mp3"])
    assert (["0001.txt"], ("deep/4.txt",)) == (read, report.removed.first)
    assert ["picture.png", "song.mp3"] == [one.path for one in report.left_out]
    assert (story(0), story(61)) == tuple(served(store)[name].article.text for name in FILES[:2])
    report = await passed(corpus, store)
    assert (("0000.txt",), ("0002.txt",)) == (report.changed.first, report.removed.first)


async def test_what_is_fed(corpus, store, monkeypatch):
    """What was served, changed by all that is fed batch by batch, is what is served after the pass."""
    monkeypatch.setattr(sync, "_BATCH", 2)
    monkeypatch.setattr(sync, "_REMOVED", 1)
    monkeypatch.setattr(feeding, "_AT_ONCE", 1)
    shown: dict[str, object] = {}
    batches = 0

    async def feed(change: Change) -> None:
        nonlocal shown, batches
        shown, batches = applied(shown, change), batches + 1

    await passed(corpus, store, feed=feed)
    assert served(store) == shown
    assert batches > 3
    for path in corpus.glob("*.txt"):
        path.unlink()
    archive(corpus, {"10": story(70), "copy": story(11), "11": story(11)})
    await passed(corpus, store, feed=feed)
    assert served(store) == shown
    assert ["old.jsonl#10", "old.jsonl#11"] == sorted(shown)


async def test_progress(corpus, store):
    """How far it has come is told in bytes up to all that were to be read, and in passages, and where it is."""
    told: list[tuple[int, int, str, int]] = []
    (corpus / "empty.txt").write_text(" ", encoding="utf-8")
    await passed(corpus, store, progress=lambda *step: told.append(step))
    size = sum(path.stat().st_size for path in corpus.iterdir())
    assert (size, size, "old.jsonl", 8) == told[-1]
    assert sorted(done for done, _, _, _ in told) == [done for done, _, _, _ in told]
    assert {*FILES, *OLD, "empty.txt", "old.jsonl"} == {name for _, _, name, _ in told}
    told.clear()
    await passed(corpus, store, progress=lambda *step: told.append(step))
    assert [] == told


@pytest.mark.parametrize("mistake", ["catalog", "folder"])
async def test_a_mistake_changes_nothing(corpus, store, mistake):
    """Where the catalog or the folder is not what it should be, all stays as it was."""
    await passed(corpus, store)
    before = served(store)
    (corpus / "0000.txt").unlink()
    if mistake == "catalog":
        (corpus / "catalog.toml").write_text("date = soon", encoding="utf-8")
    else:
        corpus.rename(corpus.parent / "away")
    with pytest.raises(CatalogInvalid if mistake == "catalog" else CorpusMissing):
        await passed(corpus, store)
    assert before == served(store)


# Cut short


class Stop(Exception):
    """Ends a pass."""


def stopping(after: int) -> Callable[[Change], Awaitable[None]]:
    """Feeds so many batches, and no more."""
    left = after

    async def feed(change: Change) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Stop

    return feed


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one article or two."""
    monkeypatch.setattr(sync, "_BATCH", 2)
    monkeypatch.setattr(feeding, "_AT_ONCE", 1)


@pytest.mark.usefixtures("small")
async def test_goes_on_where_it_was(corpus, store, read):
    """What was kept before a pass was cut short is not read again; in the end all is there, once."""
    with pytest.raises(Stop):
        await passed(corpus, store, feed=stopping(3))
    kept = list(served(store))
    assert 3 <= len(kept) < 8
    read.clear()
    await passed(corpus, store)
    assert [*FILES, *OLD] == list(served(store))
    assert {*read}.isdisjoint(kept) or {*read} & {*kept} == {read[0]}
    assert SyncReport(unchanged=8) == await passed(corpus, store)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("after", [1, 2, 3, 4, 5])
async def test_half_read_and_then_gone(corpus, store, after):
    """What is deleted after it was read half-way leaves nothing behind."""
    with pytest.raises(Stop):
        await passed(corpus, store, feed=stopping(after))
    (corpus / "old.jsonl").unlink()
    (corpus / "0001.txt").unlink()
    await passed(corpus, store)
    assert ["0000.txt", "0002.txt"] == list(served(store))
    with closing(store.connect()) as db:
        assert [("0000.txt",), ("0002.txt",)] == db.execute("SELECT id FROM files").fetchall()


@pytest.mark.usefixtures("small")
async def test_half_read_and_then_as_before(corpus, store):
    """A catalog that is changed, read half-way, and changed back counts as it is then."""
    await passed(corpus, store)
    (corpus / "catalog.toml").write_text(
        "".join(f'["{name}"]\ntitle = "Other"\n' for name in (*FILES, *OLD)), encoding="utf-8"
    )
    with pytest.raises(Stop):
        await passed(corpus, store, feed=stopping(4))
    (corpus / "catalog.toml").unlink()
    await passed(corpus, store)
    assert "Other" not in {one.article.title for one in served(store).values()}


@pytest.mark.usefixtures("small")
async def test_a_removal_cut_short(corpus, store, monkeypatch):
    """Also where it was cut short while it forgot what is gone, in the end only that is gone."""
    monkeypatch.setattr(sync, "_REMOVED", 1)
    await passed(corpus, store)
    (corpus / "old.jsonl").unlink()
    (corpus / "0002.txt").unlink()
    for after in (1, 2):
        with pytest.raises(Stop):
            await passed(corpus, store, feed=stopping(after))
    assert 2 < len(served(store)) < 8
    await passed(corpus, store)
    assert ["0000.txt", "0001.txt"] == list(served(store))


@pytest.mark.usefixtures("small")
async def test_cancelled(corpus, store):
    """A pass that is cancelled keeps what it had kept, and the next one does the rest."""
    waiting = asyncio.Event()

    async def feed(change: Change) -> None:
        if len(served(store)) > 2:
            waiting.set()
            await asyncio.sleep(3_600)

    task = asyncio.create_task(passed(corpus, store, feed=feed))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = len(served(store))
    assert 2 < kept < 8
    report = await passed(corpus, store)
    assert kept == report.unchanged + report.changed.count
    assert report.changed.count <= 1
    assert [*FILES, *OLD] == list(served(store))


async def test_few_articles_of_an_archive_at_once(corpus, store, monkeypatch):
    """Long articles of an archive are not all held at a time: so many characters, or one."""
    monkeypatch.setattr(sync, "_CHARACTERS", 10)
    batches: list[int] = []
    some = sync._some
    monkeypatch.setattr(sync, "_some", lambda documents: (found := some(documents), batches.append(len(found)))[0])
    await passed(corpus, store)
    assert [1, 1, 1, 1, 1, 0] == batches
    assert [*FILES, *OLD] == list(served(store))
