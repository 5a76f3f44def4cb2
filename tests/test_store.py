"""The cache: what is kept comes back, and no trouble with its file is anybody else's trouble."""

import asyncio
import datetime as dt
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import models
from retrieval.models import Article, Block, Notice, Passage, Sentence, Span
from retrieval.store import Entry, Store

ROOT = Path(__file__).parents[1]
SHAPE = "one"


def entry(name: str, text: str = "Talks began. They ended on Tuesday.", stamp: str = "1") -> Entry:
    """An article of two sentences in one passage, and one passage without."""
    end = text.index(".") + 1
    first, second = Span(0, end), Span(end + 1, len(text))
    sentences = (
        Sentence(first, first.of(text), ("talk", "begin")),
        Sentence(second, second.of(text), ("end", "tuesday")),
    )
    article = Article(
        id=name,
        title="Talks",
        title_source="catalog",
        date=dt.date(2025, 3, 15),
        date_source="inferred",
        source="A paper",
        url="https://example.org/talks",
        text=text,
        blocks=(Block("heading", first), Block("paragraph", second)),
        encoding="cp1252",
        evidence="on Tuesday",
    )
    return Entry(
        stamp, article, (Passage(name, 0, Span(0, len(text)), sentences, "A subhead"), Passage(name, 1, second, ()))
    )


def many(count: int, stamp: str = "1") -> list[Entry]:
    """Articles long enough to fill some pages of the file each."""
    filler = "".join(random.Random(1).choices("abcdefgh ", k=9_000))
    return [entry(f"{number:04}.txt", f"Talks {number} began. {filler}", stamp) for number in range(count)]


async def kept(data_dir: Path, *entries: Entry) -> Path:
    """A cache that holds `entries`; its path."""
    await Store(data_dir, SHAPE).replace(entries, ())
    return data_dir / "cache.db"


def codes(store: Store) -> list[str]:
    return [notice.code for notice in store.notices]


@contextmanager
def process(code: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """Another Python that runs `code`, ended with the block."""
    command = [sys.executable, "-c", f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{code}"]
    with subprocess.Popen(
        [*command, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


# What is kept comes back

_text = st.text(max_size=60)


@st.composite
def spans(draw: st.DrawFn, text: str) -> Span:
    """Any span of `text`."""
    start = draw(st.integers(0, len(text)))
    return Span(start, draw(st.integers(start, len(text))))


@st.composite
def entries(draw: st.DrawFn, name: str) -> Entry:
    """Any entry whose sentences are verbatim."""
    text = draw(_text)
    sentence = st.builds(
        lambda span, terms: Sentence(span, span.of(text), tuple(terms)), spans(text), st.lists(_text, max_size=5)
    )
    passages = draw(st.lists(st.tuples(spans(text), st.lists(sentence, max_size=4), _text), max_size=3))
    article = Article(
        id=name,
        title=draw(_text),
        title_source=draw(st.sampled_from(get_args(models.TitleSource))),
        date=draw(st.none() | st.dates()),
        date_source=draw(st.sampled_from(get_args(models.DateSource))),
        source=draw(_text),
        url=draw(_text),
        text=text,
        blocks=tuple(
            draw(st.lists(st.builds(Block, st.sampled_from(get_args(models.BlockKind)), spans(text)), max_size=4))
        ),
        encoding=draw(_text),
        evidence=draw(_text),
    )
    numbered = enumerate(passages)
    return Entry(
        draw(_text),
        article,
        tuple(Passage(name, number, span, tuple(of), head) for number, (span, of, head) in numbered),
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=9), max_size=4, unique=True).flatmap(
        lambda ids: st.tuples(*map(entries, ids))
    )
)
async def test_load_gives_what_was_kept(any_entries: tuple[Entry, ...]) -> None:
    """Save and load is identity for any articles, passages, sentences and terms; in the order of the ids."""
    with tempfile.TemporaryDirectory() as folder:
        await kept(Path(folder), *any_entries)
        store = Store(Path(folder), SHAPE)

        assert sorted(any_entries, key=lambda one: one.article.id) == await store.load()
        assert store.notices == ()


async def test_a_new_cache_is_empty(tmp_path: Path) -> None:
    """Where nothing was kept, nothing is loaded, and that is nothing to tell."""
    store = Store(tmp_path / "some" / "where", SHAPE)

    assert await store.load() == []
    assert store.notices == ()


async def test_replace_changes_and_forgets(tmp_path: Path) -> None:
    """Changed articles take the place of the old ones, removed ones go with their passages, the others stay."""
    await kept(tmp_path, entry("a"), entry("b"), entry("c"))
    store = Store(tmp_path, SHAPE)
    changed = entry("b", "Nothing happened. At all.", stamp="2")

    await store.replace([changed, entry("d")], ["c", "never there"])

    assert [entry("a"), changed, entry("d")] == await store.load()
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        assert db.execute("SELECT DISTINCT article_id FROM passages ORDER BY 1").fetchall() == [("a",), ("b",), ("d",)]


async def test_many_batches(tmp_path: Path) -> None:
    """More articles than are written at once are all kept."""
    expected = [entry(f"{number:04}") for number in range(501)]
    await kept(tmp_path, *expected)

    assert expected == await Store(tmp_path, SHAPE).load()


async def test_no_folder_no_cache() -> None:
    """Without a folder nothing is kept, which is as asked and no notice."""
    store = Store(None, SHAPE)
    await store.replace([entry("a")], ["b"])

    assert await store.load() == []
    assert store.notices == ()


async def test_write_ahead_log(tmp_path: Path) -> None:
    """The file is in WAL mode."""
    with closing(sqlite3.connect(await kept(tmp_path))) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    """The folder and the file that the store makes are for their owner only; a folder that was there stays as it is."""
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    asyncio.run(kept(there, entry("a")))
    path = asyncio.run(kept(there / "made", entry("a")))

    assert [stat.S_IMODE(one.stat().st_mode) for one in (there, path.parent, path)] == [0o755, 0o700, 0o600]


async def test_only_verbatim_sentences(tmp_path: Path) -> None:
    """A sentence that is not the article's own words is a mistake of the caller, and leaves the cache as it was."""
    await kept(tmp_path, entry("a"))
    store = Store(tmp_path, SHAPE)
    wrong = replace(entry("a"), article=replace(entry("a").article, text="Something else. Altogether, this time."))

    with pytest.raises(ValueError, match="not verbatim in a at Span"):
        await store.replace([wrong], ())

    assert [entry("a")] == await store.load()
    assert store.notices == ()


# Of another version


async def test_another_shape_counts_as_empty(tmp_path: Path) -> None:
    """A cache made by other code is emptied without a word, and used."""
    await kept(tmp_path, entry("a"))
    store = Store(tmp_path, "two")

    assert await store.load() == []
    await store.replace([entry("b")], ())
    assert [entry("b")] == await Store(tmp_path, "two").load()
    assert store.notices == ()


async def test_another_schema_counts_as_empty(tmp_path: Path) -> None:
    """Tables of another version, of whatever name, make place for ours."""
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        db.executescript('CREATE TABLE articles (x); CREATE TABLE "odd name" (y); INSERT INTO articles VALUES (1)')
    store = Store(tmp_path, SHAPE)

    assert await store.load() == []
    assert store.notices == ()
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall()
    assert tables == [("articles",), ("passages",), ("shape",)]


# Damaged


def _noise(path: Path) -> None:
    path.write_bytes(random.Random(2).randbytes(path.stat().st_size))


def _noise_after_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + random.Random(2).randbytes(path.stat().st_size - 100))


def _noise_in_the_middle(path: Path) -> None:
    whole, middle = path.read_bytes(), path.stat().st_size // 2
    path.write_bytes(whole[:middle] + random.Random(2).randbytes(5_000) + whole[middle + 5_000 :])


def _cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _a_letter_changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Talks 7 began", b"Walks 7 began"))


def _a_name_in_the_schema_changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"date TEXT", b"date \x80EXT").replace(b"CREATE", b"CRE\xffTE"))


def _another_kind_of_file(path: Path) -> None:
    path.write_text("Dear diary,\n" * 1_000)


def _a_passage_lost(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM passages WHERE article_id = '0003.txt' AND number = 1")
        db.commit()


def _a_column_lost(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE articles DROP COLUMN evidence")
        db.commit()


@pytest.mark.parametrize(
    "damage",
    [
        _noise,
        _noise_after_the_header,
        _noise_in_the_middle,
        _cut_in_half,
        _a_letter_changed,
        _a_name_in_the_schema_changed,
        _another_kind_of_file,
        _a_passage_lost,
        _a_column_lost,
    ],
)
async def test_damaged_is_built_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """A damaged file is found when it is loaded, told once with its path, and replaced by one that works."""
    path = await kept(tmp_path, *many(20))
    damage(path)
    store = Store(tmp_path, SHAPE)

    assert await store.load() == []
    await store.replace(many(20), ())

    assert codes(store) == ["cache_rebuilt"]
    assert store.notices[0].detail.startswith(f"{path}: ")
    again = Store(tmp_path, SHAPE)
    assert many(20) == await again.load()
    assert again.notices == ()


async def test_damage_found_while_writing(tmp_path: Path) -> None:
    """A file that breaks after it was loaded is built anew with what is written then."""
    path = await kept(tmp_path, *many(20))
    store = Store(tmp_path, SHAPE)
    await store.load()
    _noise(path)

    await store.replace([entry("new")], ["0001.txt"])

    assert codes(store) == ["cache_rebuilt"]
    assert [entry("new")] == await Store(tmp_path, SHAPE).load()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of ten articles, to copy."""
    return asyncio.run(kept(tmp_path_factory.mktemp("sound"), *many(10)))


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1), noise=st.binary(min_size=1, max_size=300))
async def test_damage_never_shows(sound: Path, where: float, noise: bytes) -> None:
    """Whatever is overwritten wherever, only articles as they were kept are loaded, and the next cache is sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(sound, folder))
        _overwrite(path, where, noise)
        await _serves_the_truth(Path(folder))


@settings(max_examples=30, deadline=None)
@given(where=st.floats(0, 1))
async def test_cut_anywhere(sound: Path, where: float) -> None:
    """Wherever the file is cut, only articles as they were kept are loaded, and the next cache is sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(sound, folder))
        _overwrite(path, where, None)
        await _serves_the_truth(Path(folder))


@settings(max_examples=30, deadline=None)
@given(where=st.floats(0, 1), noise=st.none() | st.binary(min_size=1, max_size=300))
async def test_write_ahead_log_cut_or_damaged(where: float, noise: bytes | None) -> None:
    """A log that was cut or overwritten after a crash costs at most what it held."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as copy:
        path = await kept(Path(folder), *many(10))
        with closing(sqlite3.connect(path)) as holding_the_log_open:
            holding_the_log_open.execute("SELECT * FROM articles").fetchall()
            await kept(Path(folder), *many(10))
            for name in ("cache.db", "cache.db-wal"):
                shutil.copy(Path(folder, name), copy)
        _overwrite(Path(copy, "cache.db-wal"), where, noise)
        await _serves_the_truth(Path(copy))


def _overwrite(path: Path, where: float, noise: bytes | None) -> None:
    """Write `noise` at this share of the file, or cut it there."""
    with path.open("r+b") as file:
        file.seek(int(where * path.stat().st_size))
        file.write(noise) if noise else file.truncate()


async def _serves_the_truth(data_dir: Path) -> None:
    truth = many(10)
    store = Store(data_dir, SHAPE)
    loaded = await store.load()
    assert all(one in truth for one in loaded)
    missing = [one for one in truth if one not in loaded]

    await store.replace(missing, ())
    assert set(codes(store)) <= {"cache_rebuilt"}

    again = Store(data_dir, SHAPE)
    assert await again.load() in (truth, missing)  # only the missing ones where the damage showed while writing
    assert again.notices == ()


# Locked

_LOCK = """
import sqlite3
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
"""


async def test_locked_for_too_long(tmp_path: Path) -> None:
    """A cache that another process holds is waited for, then done without, and that is told once."""
    path = await kept(tmp_path, entry("a"))
    store = Store(tmp_path, SHAPE, wait=0.1)
    with process(_LOCK, path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"

        assert await store.load() == []
        await store.replace([entry("b")], ())

    assert (Notice("cache_in_memory", f"{path}: database is locked"),) == store.notices
    assert [entry("a")] == await Store(tmp_path, SHAPE).load()


async def test_locked_for_a_while(tmp_path: Path) -> None:
    """A cache that is let go in time is used; meanwhile the others in this process go on."""
    path = await kept(tmp_path, entry("a"))
    store = Store(tmp_path, SHAPE, wait=60)
    with process(_LOCK, path) as other:
        assert other.stdout is not None
        other.stdout.readline()
        loading = asyncio.create_task(store.load())
        await asyncio.sleep(0.1)
        assert not loading.done()
        other.communicate("\n")

        assert [entry("a")] == await loading
    assert store.notices == ()


_FILL = """
import asyncio
from pathlib import Path
from retrieval.store import Store
from test_store import SHAPE, many
async def fill():
    store = Store(Path(sys.argv[1]), SHAPE, wait=60)
    loaded = await store.load()
    await store.replace([one for one in many(50) if one not in loaded], ())
    print(await store.load() == many(50), store.notices)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(fill())
"""


def test_several_start_at_once(tmp_path: Path) -> None:
    """Processes that open the same new cache at the same time all work."""
    with process(_FILL, tmp_path) as one, process(_FILL, tmp_path) as two, process(_FILL, tmp_path) as three:
        started = (one, two, three)
        for other in started:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
        for other in started:
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        assert [other.communicate()[0] for other in started] == ["True ()\n"] * 3


# No place for it


async def test_the_folder_is_a_file(tmp_path: Path) -> None:
    """Where no folder can be made, nothing is kept, and that is told once."""
    path = tmp_path / "file"
    path.write_text("not a folder")
    store = Store(path, SHAPE)

    assert await store.load() == []
    await store.replace([entry("a")], ())

    assert (Notice("cache_in_memory", f"{path / 'cache.db'}: File exists"),) == store.notices


async def test_the_file_is_a_folder(tmp_path: Path) -> None:
    """Where no file can be made, nothing is kept, and that is told once."""
    path = tmp_path / "cache.db"
    path.mkdir()
    store = Store(tmp_path, SHAPE)

    assert await store.load() == []
    await store.replace([entry("a")], ())

    assert (Notice("cache_in_memory", f"{path}: Is a directory"),) == store.notices


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder, and not to be root, whom no file mode stops."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)


def _become_nobody() -> None:
    if os.geteuid() == 0:
        os.seteuid(65534)


async def test_a_read_only_folder() -> None:
    """In a folder where no file can be made nothing is kept, and that is told once."""
    with unprivileged() as folder:
        folder.chmod(0o555)
        _become_nobody()
        store = Store(folder, SHAPE)

        assert await store.load() == []
        await store.replace([entry("a")], ())

    assert (Notice("cache_in_memory", f"{folder / 'cache.db'}: Permission denied"),) == store.notices


@pytest.mark.parametrize("mode", [0o444, 0o666])
async def test_a_cache_in_a_read_only_folder(mode: int) -> None:
    """A cache that was put into a read-only folder is left as it is, itself read-only or not."""
    with unprivileged() as folder:
        path = await kept(folder, entry("a"))
        before = path.read_bytes()
        path.chmod(mode)
        folder.chmod(0o555)
        _become_nobody()
        store = Store(folder, SHAPE)

        assert await store.load() == []
        await store.replace([entry("b")], ())

        assert before == path.read_bytes()
    assert codes(store) == ["cache_in_memory"]


async def test_damaged_in_a_read_only_folder() -> None:
    """A damaged cache that can't be removed is done without, and only that is told."""
    with unprivileged() as folder:
        path = await kept(folder, entry("a"))
        _noise(path)
        path.chmod(0o666)
        folder.chmod(0o555)
        _become_nobody()
        store = Store(folder, SHAPE)

        assert await store.load() == []

    assert codes(store) == ["cache_in_memory"]


_FULL = """
import asyncio, resource
from pathlib import Path
from retrieval.store import Store
from test_store import SHAPE, many
async def fill():
    store = Store(Path(sys.argv[1]), SHAPE)
    before = await store.load()
    if sys.argv[2:]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    await store.replace(many(300), ())
    await store.replace(many(300), ())
    print(len(before), *store.notices)
asyncio.run(fill())
"""


async def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """A disk that fails while a sync is written leaves the old state, and that is told once."""
    path = await kept(tmp_path, *many(20))
    with process(_FULL, tmp_path, 1_000_000) as other:
        told = other.communicate()[0]

    assert f"20 {Notice('cache_in_memory', f'{path}: disk I/O error')}\n" == told
    assert many(20) == await Store(tmp_path, SHAPE).load()


def test_a_full_disk(tmp_path: Path) -> None:
    """On a disk without room nothing is kept, and that is told once."""
    mount = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=1m none "$0" && exec "$@"']
    if shutil.which("unshare") is None or subprocess.run([*mount, tmp_path, "true"], check=False).returncode:
        pytest.skip("needs a small disk of its own: user namespaces")
    code = f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{_FULL}"
    told = subprocess.run(
        [*mount, tmp_path, sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )

    full = Notice("cache_in_memory", f"{tmp_path / 'cache.db'}: database or disk is full")
    assert f"0 {full}\n" == told.stdout


# Cut short

_HALF = """
import asyncio, time
from pathlib import Path
from retrieval.store import Store
from test_store import SHAPE, many
class Half(list):
    passes = 0
    def __iter__(self):
        self.passes += 1
        for number, one in enumerate(super().__iter__()):
            if self.passes == 2 and number == 600:
                print("half", flush=True)
                time.sleep(600)
            yield one
asyncio.run(Store(Path(sys.argv[1]), SHAPE).replace(Half(many(1_000, stamp="2")), ["0000.txt"]))
"""


async def test_killed_while_it_writes(tmp_path: Path) -> None:
    """A process that is killed in the middle of a sync, with half of it on disk, leaves the old state."""
    path = await kept(tmp_path, *many(30))
    with process(_HALF, tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "half\n"
        assert path.with_name("cache.db-wal").stat().st_size > 1_000_000
        os.kill(other.pid, signal.SIGKILL)
        assert other.wait() == -signal.SIGKILL
    store = Store(tmp_path, SHAPE)

    assert many(30) == await store.load()
    await store.replace([entry("new")], ())
    assert [*many(30), entry("new")] == await store.load()
    assert store.notices == ()


def _left_behind(before: set[threading.Thread]) -> set[threading.Thread]:
    """The threads that were not there before and do not end within a moment."""
    new = set(threading.enumerate()) - before
    for thread in new:
        thread.join(10)
    return {thread for thread in new if thread.is_alive()}


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 12, 20, 40])
def test_cancelled_at_any_time(tmp_path: Path, turns: int) -> None:
    """A sync that is cancelled keeps all or nothing, and leaves no thread behind."""

    async def cancelled() -> None:
        writing = asyncio.create_task(Store(tmp_path, SHAPE).replace(many(450), ()))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)

    before = set(threading.enumerate())
    asyncio.run(cancelled())

    assert _left_behind(before) == set()
    store = Store(tmp_path, SHAPE)
    assert asyncio.run(store.load()) in ([], many(450))
    assert store.notices == ()


async def test_cancelled_while_it_waits(tmp_path: Path) -> None:
    """Who waits for a lock can be stopped at once."""
    path = await kept(tmp_path, entry("a"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Store(tmp_path, SHAPE, wait=3_600).load(), 0.1)
