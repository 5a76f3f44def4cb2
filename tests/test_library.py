"""The library: what is served is what is in the files, whatever is the matter with what is kept of them."""

import asyncio
import logging
import os
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from caches import asked, codes, fed, process, story, written
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import Engine, EngineSettings, library, sync
from retrieval.errors import CacheBusy, CatalogInvalid
from retrieval.index.disk import DiskHome, DiskIndex, IndexUnusable
from retrieval.index.memory import MemoryIndex
from retrieval.library import Library
from retrieval.models import DateRange, IndexKind, Notice
from retrieval.store import CacheUnusable, Store

COUNT = 8
PASSAGES = 7
"""Of each article."""
KINDS: tuple[IndexKind, ...] = ("memory", "disk")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of eight articles that nobody changes."""
    return written(tmp_path_factory.mktemp("library") / "corpus", range(COUNT), sentences=40)


@pytest.fixture
def changing(corpus: Path, tmp_path: Path) -> Path:
    """The same articles, to change."""
    return Path(shutil.copytree(corpus, tmp_path / "changing"))


def name(number: int) -> str:
    return f"{number:04}.txt"


def settled(data_dir: Path) -> Path:
    """The file of the cache, its log written into it."""
    path = data_dir / "cache.db"
    with closing(sqlite3.connect(path)) as db:
        assert 0 == db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return path


async def filled(corpus: Path, data_dir: Path, index: IndexKind = "memory") -> Path:
    """The file of a cache of the corpus."""
    async with Engine.open(EngineSettings(corpus, data_dir, index=index)):
        pass
    return settled(data_dir)


async def answers(engine: Engine, numbers: range | list[int] | None = None) -> None:
    """Check that each question is answered from its article, as it is in the file."""
    for number in range(COUNT) if numbers is None else numbers:
        quote = (await engine.ask(asked(number))).quotes[0]
        assert (name(number), story(number, 40)) == (quote.article.id, quote.article.text)


async def serves_the_truth(corpus: Path, data_dir: Path, index: IndexKind) -> list[str]:
    """Check that every question is answered from the files, now and the next time; what was noticed now."""
    async with Engine.open(EngineSettings(corpus, data_dir, index=index)) as engine:
        await answers(engine)
        noticed = codes(engine.report.notices)
    async with Engine.open(EngineSettings(corpus, data_dir, index=index)) as engine:
        await answers(engine)
        assert [] == codes(engine.report.notices)
    return noticed


@pytest.fixture
def refreshed() -> Iterator[Callable[..., Awaitable[Library]]]:
    """Opens a library of a corpus, with its settings, and brings it up to date; in the end all are closed."""
    with ExitStack() as stack:

        async def opened(corpus: Path, data_dir: Path, index: IndexKind = "auto") -> Library:
            made = stack.enter_context(closing(Library(EngineSettings(corpus, data_dir, index=index))))
            await made.refresh()
            return made

        yield opened


# What is served


@pytest.mark.parametrize("index", KINDS)
async def test_served(changing, tmp_path, index, refreshed):
    """Articles, the newest of them, passages and days are the same wherever the index is."""
    lines = "".join(f'["{name(number)}"]\ndate = 2025-03-0{1 + number % 3}\n' for number in range(1, 6))
    (changing / "catalog.toml").write_text(lines, encoding="utf-8")
    opened = await refreshed(changing, tmp_path / "data", index=index)
    snapshot = opened.snapshot
    assert isinstance(snapshot.index, DiskIndex if index == "disk" else MemoryIndex)
    assert [name(number) for number in range(COUNT)] == list(snapshot.articles)
    assert ("2025-03-03", 3) == (str(snapshot.newest), snapshot.undated)
    assert [2, 5, 1, 4, 3, 0, 6, 7] == [int(one.id[:4]) for one in snapshot.latest(9)]
    assert [2, 5] == [int(one.id[:4]) for one in snapshot.latest(2)]
    assert snapshot.first is not None
    assert name(0) == snapshot.first.id
    assert [story(number, 40) for number in range(COUNT)] == [one.text for one in snapshot.every_article()]
    assert all(one.blocks for one in snapshot.every_article())
    assert sum(len(snapshot.passages(one)) for one in snapshot.articles) == snapshot.index.size
    assert snapshot.newest is not None
    opening = snapshot.index.openings(3, DateRange(snapshot.newest, snapshot.newest))
    assert [(name(2), 0), (name(5), 0), (name(2), 1)] == [
        (hit.passage.article_id, hit.passage.number) for hit in opening
    ]
    with pytest.raises(KeyError):
        snapshot.passages("nothing.txt")
    assert [] == [one async for one in opened.left_out()]


@pytest.mark.parametrize("index", KINDS)
async def test_nothing(tmp_path, index, refreshed):
    """Of an empty folder there is nothing, and no first article."""
    (tmp_path / "corpus").mkdir()
    opened = await refreshed(tmp_path / "corpus", tmp_path / "data", index=index)
    snapshot = opened.snapshot
    assert (None, {}, 0, None) == (snapshot.first, dict(snapshot.articles), snapshot.index.size, snapshot.newest)
    assert ([], []) == (snapshot.latest(3), [*snapshot.every_article()])


@pytest.mark.parametrize("index", KINDS)
async def test_a_snapshot_stays_as_it_was(changing, tmp_path, index, refreshed):
    """Who holds what was served goes on with it, whatever is read meanwhile."""
    opened = await refreshed(changing, tmp_path / "data", index=index)
    before = opened.snapshot
    (changing / name(1)).unlink()
    (changing / name(2)).write_text("Nothing burned.", encoding="utf-8")
    written(changing, [20])
    await opened.refresh()
    assert [name(number) for number in range(COUNT)] == list(before.articles)
    assert name(1) in {hit.passage.article_id for hit in before.index.search({"number1": 1.0}, 9)}
    assert story(2, 40) == before.articles[name(2)].text
    after = opened.snapshot
    assert [] == after.index.search({"number1": 1.0}, 9)
    assert "Nothing burned." == after.articles[name(2)].text
    assert name(20) in after.articles


@pytest.mark.parametrize("index", KINDS)
async def test_nothing_is_made_anew_for_nothing(changing, tmp_path, index, refreshed):
    """Where nothing has changed the snapshot stays; where another process has changed the cache it does not."""
    opened = await refreshed(changing, tmp_path / "data", index=index)
    before = opened.snapshot
    await opened.refresh()
    assert opened.snapshot is before
    (changing / name(1)).unlink()
    for there in (False, True):
        async with Engine.open(EngineSettings(changing, tmp_path / "data", index=index)):
            pass
        report = await opened.refresh()
        assert (0, 0) == (report.added.count, report.removed.count)
        assert opened.snapshot is not before
        assert there == (name(1) in opened.snapshot.articles)
        before = opened.snapshot
        written(changing, [1], 40)


@pytest.mark.parametrize("index", KINDS)
async def test_a_mistake_changes_nothing(changing, tmp_path, index, refreshed):
    """Where the catalog is wrong, what was served is served on."""
    opened = await refreshed(changing, tmp_path / "data", index=index)
    before = opened.snapshot
    (changing / name(1)).unlink()
    (changing / "catalog.toml").write_text("date = soon", encoding="utf-8")
    with pytest.raises(CatalogInvalid):
        await opened.refresh()
    assert opened.snapshot is before
    assert name(1) in opened.snapshot.articles


# Where the index is


async def test_by_the_number_of_passages(changing, tmp_path, monkeypatch):
    """With many passages the index is on disk, with few in memory, back and forth; answers are of what there is."""
    monkeypatch.setattr(library, "IN_MEMORY", 5)
    opened = Library(EngineSettings(changing, tmp_path / "data"))
    for numbers in (range(COUNT), range(1), range(2, 5), range(3, 4), range(1, 12)):
        for path in changing.iterdir():
            path.unlink()
        written(changing, numbers, 10)
        await opened.refresh()
        many = opened.snapshot.index.size > 5
        assert isinstance(opened.snapshot.index, DiskIndex if many else MemoryIndex)
        found = {hit.passage.article_id for hit in opened.snapshot.index.search({"mill": 1.0}, 99)}
        assert {name(number) for number in numbers} == found == {*opened.snapshot.articles}
        if many:
            assert {*fed(tmp_path / "data")} == found
    opened.close()


async def test_few_passages_in_between(changing, tmp_path, monkeypatch, refreshed):
    """An index that is fed misses nothing where there are few passages for a while, in one pass."""
    monkeypatch.setattr(library, "IN_MEMORY", 5)
    monkeypatch.setattr(sync, "_BATCH", 2)
    monkeypatch.setattr(sync, "_REMOVED", 1)
    opened = await refreshed(changing, tmp_path / "data")
    for path in changing.iterdir():
        path.unlink()
    written(changing, range(20, 30), 10)
    await opened.refresh()
    assert {name(number) for number in range(20, 30)} == {*fed(tmp_path / "data")}


class _Refused(DiskHome):
    """A disk on which no index can be."""

    async def feeder(self, name: str, *, anew: bool) -> None:  # type: ignore[override]
        """Refuse it."""
        raise IndexUnusable("no room for it")


async def test_no_place_for_an_index(corpus, tmp_path, monkeypatch):
    """Where no index can be on disk it is in memory, with one notice."""
    monkeypatch.setattr(library, "DiskHome", _Refused)
    async with Engine.open(EngineSettings(corpus, tmp_path, index="disk")) as engine:
        assert (Notice("index_in_memory", "no room for it"),) == engine.report.notices
        assert isinstance(engine._library.snapshot.index, MemoryIndex)
        await answers(engine)


def _unwritable(path: Path) -> None:
    path.chmod(0o555)


def _a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("a file", encoding="utf-8")


def _gone(path: Path) -> None:
    shutil.rmtree(path)


def _noise_in(pattern: str, path: Path) -> None:
    for one in path.glob(pattern):
        size = one.stat().st_size
        one.unlink()
        one.write_bytes(random.Random(5).randbytes(size))


@pytest.mark.parametrize(
    "damage", [_unwritable, _a_file, _gone, *(partial(_noise_in, one) for one in ("*.json", "*.idx", "*.term", "*"))]
)
async def test_a_damaged_index_is_made_anew(damage):
    """Whatever is the matter with an index, another one is made from the cache, and nothing is missing."""
    with unprivileged() as folder:
        data_dir, corpus = folder / "data", written(folder / "corpus", range(COUNT), 40)
        await filled(corpus, data_dir, "disk")
        damage(next(data_dir.glob("index-*")))
        written(corpus, [20], 40)
        async with Engine.open(EngineSettings(corpus, data_dir, index="disk")) as engine:
            assert () == engine.report.notices
            assert isinstance(engine._library.snapshot.index, DiskIndex)
            await answers(engine, [*range(COUNT), 20])
        assert {name(number): PASSAGES for number in (*range(COUNT), 20)} == fed(data_dir)


# Damaged


def _noise(path: Path) -> None:
    path.write_bytes(random.Random(2).randbytes(path.stat().st_size))


def _noise_after_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + random.Random(2).randbytes(path.stat().st_size - 100))


def _noise_in_the_middle(path: Path) -> None:
    whole, quarter = path.read_bytes(), path.stat().st_size // 4
    path.write_bytes(whole[:quarter] + random.Random(2).randbytes(2 * quarter) + whole[3 * quarter :])


def _cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _a_letter_changed(path: Path) -> None:
    changed = path.read_bytes().replace(b"The mill number7", b"The bill number7")
    assert path.read_bytes() != changed
    path.write_bytes(changed)


def _a_name_in_the_schema_changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"date TEXT", b"date \x80EXT").replace(b"CREATE", b"CRE\xffTE"))


def _another_kind_of_file(path: Path) -> None:
    path.write_text("Dear diary,\n" * 1_000)


def _changed(statement: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
        db.commit()


DAMAGES = [
    _noise,
    _noise_after_the_header,
    _noise_in_the_middle,
    _cut_in_half,
    _a_letter_changed,
    _a_name_in_the_schema_changed,
    _another_kind_of_file,
    partial(_changed, "ALTER TABLE articles DROP COLUMN evidence"),
    partial(_changed, "ALTER TABLE meta DROP COLUMN shape"),
    partial(_changed, "UPDATE articles SET spans = '[]'"),
    partial(_changed, "UPDATE articles SET date = 'soon'"),
]


@pytest.mark.parametrize(
    ("damage", "index"), [*((one, "disk") for one in DAMAGES), *((one, "memory") for one in DAMAGES[:5])]
)
async def test_damaged_is_built_anew(corpus, tmp_path, damage, index):
    """A damaged file is found at the latest when it is needed, told with its path, and replaced by one that works."""
    path = await filled(corpus, tmp_path, index)
    damage(path)
    async with Engine.open(EngineSettings(corpus, tmp_path, index=index)) as engine:
        await answers(engine)
        assert ["cache_rebuilt"] == codes(engine.report.notices)
        assert engine.report.notices[0].detail.startswith(f"{path}: ")
    assert [] == await serves_the_truth(corpus, tmp_path, index)


@pytest.mark.parametrize("statement", ["", "DELETE FROM meta", "UPDATE meta SET shape = 'older'"])
async def test_an_empty_cache(corpus, tmp_path, statement):
    """An empty file, or the cache of another version, is no damage, and nothing to tell."""
    path = await filled(corpus, tmp_path)
    if statement:
        _changed(statement, path)
    else:
        path.write_bytes(b"")
    assert [] == await serves_the_truth(corpus, tmp_path, "memory")


async def test_damage_found_while_writing(changing, tmp_path, refreshed):
    """A file that breaks while it is in use is built anew with what has changed since."""
    opened = await refreshed(changing, tmp_path)
    path = settled(tmp_path)
    _noise(path)
    (changing / name(1)).unlink()
    report = await opened.refresh()
    assert ["cache_rebuilt"] == codes(report.notices)
    assert COUNT - 1 == report.added.count == len(opened.snapshot.articles)


@pytest.fixture(scope="module", params=KINDS)
def sound(
    request: pytest.FixtureRequest, corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, IndexKind]:
    """A data folder to copy, and where its index is."""
    data_dir = tmp_path_factory.mktemp("sound") / request.param
    asyncio.run(filled(corpus, data_dir, request.param))
    return data_dir, request.param


_where = st.floats(0, 1)
_noises = st.none() | st.binary(min_size=1, max_size=300) | st.integers(500, 9_000).map(random.Random(4).randbytes)


def _overwrite(path: Path, where: float, noise: bytes | None) -> None:
    """Write `noise` at this share of the file, or cut it there."""
    with path.open("r+b") as file:
        file.seek(int(where * path.stat().st_size))
        file.write(noise) if noise else file.truncate()


@settings(max_examples=15, deadline=None)
@given(where=_where, noise=_noises)
async def test_damage_never_shows(sound, corpus, where, noise):
    """Whatever is overwritten wherever, or cut, answers are of the articles as they are in the files."""
    data_dir, index = sound
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(data_dir, Path(folder) / "data"))
        _overwrite(copy / "cache.db", where, noise)
        assert {*await serves_the_truth(corpus, copy, index)} <= {"cache_rebuilt"}


@settings(max_examples=10, deadline=None)
@given(where=_where, noise=_noises)
async def test_write_ahead_log_cut_or_damaged(corpus, where, noise):
    """A log that was cut or overwritten after a crash costs at most what it held."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as copy:
        opened = Library(EngineSettings(corpus, Path(folder)))
        with closing(sqlite3.connect(Path(folder) / "cache.db")) as holding_the_log_open:
            await opened.refresh()
            holding_the_log_open.execute("SELECT * FROM articles").fetchall()
            for one in ("cache.db", "cache.db-wal"):
                shutil.copy(Path(folder, one), copy)
        opened.close()
        _overwrite(Path(copy, "cache.db-wal"), where, noise)
        assert {*await serves_the_truth(corpus, Path(copy), "memory")} <= {"cache_rebuilt"}


# Damage found while answering


async def test_healed_while_answering(corpus, tmp_path, caplog):
    """An article that is damaged when it is asked for is read anew, once however many ask at the same time."""
    await filled(corpus, tmp_path, "disk")
    async with Engine.open(EngineSettings(corpus, tmp_path, index="disk")) as engine:
        _changed("UPDATE articles SET text = 'mill ' || text WHERE id > '0003.txt'", tmp_path / "cache.db")
        await engine._library.refresh()  # who opened it before does not see the change
        engine._library.snapshot = await engine._library._taken(str(_digest(tmp_path)))
        with caplog.at_level(logging.WARNING, "retrieval"):
            found = await asyncio.gather(*(engine.ask(asked(number)) for number in range(COUNT)))
        assert [story(number, 40) for number in range(COUNT)] == [one.quotes[0].article.text for one in found]
        assert 1 == len(caplog.records)
        assert ["cache_rebuilt"] == codes(engine.report.notices)
        await answers(engine)
    assert [] == await serves_the_truth(corpus, tmp_path, "disk")


def _digest(data_dir: Path) -> object:
    with closing(sqlite3.connect(data_dir / "cache.db")) as db:
        return db.execute("SELECT digest FROM meta").fetchone()[0]


async def test_healed_once(corpus, tmp_path):
    """What turns out to be damaged again is told as that, and not read once more: it may be the disk."""
    await filled(corpus, tmp_path, "disk")
    _changed("UPDATE articles SET spans = '[]' WHERE id > '0000.txt'", tmp_path / "cache.db")
    async with Engine.open(EngineSettings(corpus, tmp_path, index="disk")) as engine:
        await answers(engine)
        _changed("UPDATE articles SET spans = '[]' WHERE id > '0000.txt'", tmp_path / "cache.db")
        engine._library.snapshot = await engine._library._taken(str(_digest(tmp_path)))
        with pytest.raises(CacheUnusable, match="checksum"):
            await engine.ask(asked(1))


async def test_a_damaged_index_is_healed_while_answering(corpus, tmp_path, monkeypatch, caplog):
    """An index that turns out to be damaged when it is searched is made anew; if it is again, that is told."""
    search = DiskIndex.search
    failing = {"now": False}

    def searched(self: DiskIndex, *args: object, **named: object) -> object:
        if failing["now"]:
            failing["now"] = failing.get("always", False)
            raise IndexUnusable("noise")
        return search(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(DiskIndex, "search", searched)
    async with Engine.open(EngineSettings(corpus, tmp_path, index="disk")) as engine:
        before = [*tmp_path.glob("index-*")]
        failing["now"] = True
        await answers(engine)
        assert before != [*tmp_path.glob("index-*")]
        assert 1 == len([one for one in caplog.records if one.levelno == logging.WARNING])
        failing |= {"now": True, "always": True}
        with pytest.raises(IndexUnusable, match="noise"):
            await engine.ask(asked(1))
        failing |= {"now": False, "always": False}
        await answers(engine)
        assert () == engine.report.notices


# Others at the same time


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only a moment for others."""
    monkeypatch.setattr(library, "WAIT", 0.05)
    monkeypatch.setattr(library, "Store", partial(Store, wait=0.05))


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("index", KINDS)
async def test_another_process_is_at_it(changing, tmp_path, index):
    """While another process reads, what is in the cache is served, with a notice; when it has ended, all of it is."""
    await filled(changing, tmp_path, index)
    written(changing, [20], 40)
    with FileLock(tmp_path / "cache.lock"), closing(sqlite3.connect(tmp_path / "cache.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        async with Engine.open(EngineSettings(changing, tmp_path, index=index)) as engine:
            assert (Notice("cache_busy", str(tmp_path / "cache.db")),) == engine.report.notices
            assert COUNT == engine.report.unchanged == len(engine.articles)
            await answers(engine)
    async with Engine.open(EngineSettings(changing, tmp_path, index=index)) as engine:
        assert (1, ()) == (engine.report.added.count, engine.report.notices)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "state", ["no file", "empty", "no articles", "another version", "noise", "no index", "not fed"]
)
async def test_another_process_has_just_begun(corpus, tmp_path, state):
    """Where there is nothing yet to be served, that is told, and what is there is left as it is."""
    path = tmp_path / "cache.db"
    if state not in ("no file", "empty", "noise"):
        await filled(corpus, tmp_path, "disk")
    if state == "empty":
        path.write_bytes(b"")
    elif state == "no articles":
        _changed("DELETE FROM articles", path)
    elif state == "another version":
        _changed("UPDATE meta SET shape = 'older'", path)
    elif state == "noise":
        path.write_bytes(random.Random(3).randbytes(9_000))
    elif state == "no index":
        shutil.rmtree(next(tmp_path.glob("index-*")))
    elif state == "not fed":
        digest = str(_digest(tmp_path))
        await (await DiskHome(tmp_path).feeder(digest, anew=True)).close()
    before = path.read_bytes() if path.exists() else b""
    with FileLock(tmp_path / "cache.lock"), pytest.raises(CacheBusy) as caught:
        async with Engine.open(EngineSettings(corpus, tmp_path, index="disk")):
            pass
    assert {"path": str(path)} == caught.value.facts
    assert before == path.read_bytes()


@pytest.mark.usefixtures("hurried")
async def test_a_refresh_while_another_process_is_at_it(changing, tmp_path, refreshed):
    """What is served is served on, until the other has ended."""
    opened = await refreshed(changing, tmp_path)
    before = opened.snapshot
    (changing / name(1)).unlink()
    with FileLock(tmp_path / "cache.lock"), pytest.raises(CacheBusy):
        await opened.refresh()
    assert opened.snapshot is before
    assert ((name(1),), 7) == ((await opened.refresh()).removed.first, len(opened.snapshot.articles))


async def test_the_lock_is_waited_for(corpus, tmp_path):
    """Who finds the lock taken waits for it a while, and others in this process go on."""
    lock = FileLock(tmp_path / "cache.lock")
    lock.acquire()
    opened = Library(EngineSettings(corpus, tmp_path))
    reading = asyncio.create_task(opened.refresh())
    await asyncio.sleep(0.2)
    assert not reading.done()
    lock.release()
    assert COUNT == (await reading).added.count
    opened.close()


@pytest.mark.usefixtures("hurried")
async def test_locked_by_something_else(corpus, tmp_path):
    """A database that somebody else has locked for too long is done without, and that is told once."""
    path = await filled(corpus, tmp_path)
    before = path.read_bytes()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        async with Engine.open(EngineSettings(corpus, tmp_path)) as engine:
            assert (Notice("cache_in_memory", f"{path}: database is locked"),) == engine.report.notices
            await answers(engine)
            await engine._library.refresh()
            assert 1 == len(engine.report.notices)
    assert before == settled(tmp_path).read_bytes()


_START = """
import asyncio
from pathlib import Path
from retrieval import Engine, EngineSettings
from caches import asked
async def start():
    async with Engine.open(EngineSettings(Path(sys.argv[1]), Path(sys.argv[2]), index="disk")) as engine:
        found = [(await engine.ask(asked(number))).quotes[0].article.id for number in range(8)]
    print(*found, *engine.report.notices)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(start())
"""


def test_several_start_at_once(corpus, tmp_path):
    """Processes that open the same new cache at the same time all work, and read it once."""
    with process(_START, corpus, tmp_path) as one, process(_START, corpus, tmp_path) as two:
        for other in (one, two):
            assert other.stdout is not None
            assert "ready\n" == other.stdout.readline()
        for other in (one, two):
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()
        expected = " ".join(name(number) for number in range(COUNT)) + "\n"
        assert [expected, expected] == [other.communicate()[0] for other in (one, two)]
    assert {name(number): PASSAGES for number in range(COUNT)} == fed(tmp_path)
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        assert (COUNT,) == db.execute("SELECT max(number) FROM articles").fetchone()


# No place


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder, and not to be root, whom no file mode stops."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        if user == 0:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)


async def test_a_read_only_folder():
    """Where nothing can be kept the articles are served all the same, and that is told once."""
    with unprivileged() as folder:
        corpus = written(folder / "corpus", range(COUNT), 40)
        (folder / "data").mkdir()
        (folder / "data").chmod(0o555)
        async with Engine.open(EngineSettings(corpus, folder / "data", index="disk")) as engine:
            expected = Notice("cache_in_memory", f"{folder / 'data' / 'cache.db'}: Permission denied")
            assert (expected,) == engine.report.notices
            await answers(engine)


_FILL = """
import asyncio, resource
from pathlib import Path
from caches import asked, written
from retrieval import Engine, EngineSettings
async def fill():
    corpus = Path(sys.argv[1])
    async with Engine.open(EngineSettings(corpus, Path(sys.argv[2]))) as engine:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        written(corpus, [20], 4_000)
        report = await engine._library.refresh()
        print(*report.notices, len(engine.articles), (await engine.ask(asked(20))).quotes[0].article.id)
asyncio.run(fill())
"""


def test_a_disk_that_takes_no_more(changing, tmp_path):
    """A disk that fails while something is kept leaves the old state there; all is served, and that is told."""
    data_dir = tmp_path / "data"
    asyncio.run(filled(changing, data_dir))
    with process(_FILL, changing, data_dir) as other:
        told = other.communicate()[0]
    assert f"{Notice('cache_in_memory', f'{data_dir / chr(99)}ache.db: disk I/O error')} {COUNT + 1} 0020.txt\n" == told
    with closing(sqlite3.connect(data_dir / "cache.db")) as db:
        assert (COUNT,) == db.execute("SELECT count(*) FROM articles").fetchone()


# Cut short


@pytest.mark.parametrize("turns", [0, 1, 3, 8, 20, 50])
def test_cancelled_at_any_time(corpus, tmp_path, monkeypatch, turns):
    """Who is cancelled while it opens leaves no thread behind, and the next one finds nothing wrong."""
    monkeypatch.setattr(sync, "_BATCH", 8)
    before = set(threading.enumerate())

    async def cancelled() -> None:
        task = asyncio.create_task(filled(corpus, tmp_path, "disk"))
        for _ in range(turns):
            await asyncio.sleep(0.002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancelled())
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert set() == {one for one in set(threading.enumerate()) - before if "tantivy" not in one.name}
    assert [] == asyncio.run(serves_the_truth(corpus, tmp_path, "disk"))
    assert {name(number): PASSAGES for number in range(COUNT)} == fed(tmp_path)
