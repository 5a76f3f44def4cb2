"""The file of the cache: what is written is there or is not, and what is wrong with it is told as what it is."""

import asyncio
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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from caches import ROOT, SHAPE, bare, codes, entry_of, kept, process, served, story, writing

from retrieval.keeping import keep
from retrieval.models import Notice
from retrieval.store import CacheUnusable, Store

ONE, TWO = entry_of("1.txt", story(1)), entry_of("2.txt", story(2))


async def trouble(store: Store) -> CacheUnusable:
    """What there is to say against writing."""
    with pytest.raises(CacheUnusable) as caught:
        await kept(store, [TWO])
    return caught.value


# What is kept


async def test_a_new_cache_is_empty(tmp_path):
    """Where nothing was kept there is nothing, which is nothing to tell; the folders to it are made."""
    store = Store(tmp_path / "some" / "where", SHAPE)
    async with store.writing():
        assert {} == served(store)
    assert () == store.notices
    assert not store.in_memory


async def test_what_was_kept_is_there_the_next_time(tmp_path):
    """Another process finds what was kept."""
    await kept(Store(tmp_path, SHAPE), [ONE, TWO])
    assert bare([ONE, TWO]) == served(Store(tmp_path, SHAPE))


async def test_no_folder_no_cache():
    """Without a folder all is kept in memory, as long as the store is open, which is as asked and no notice."""
    store, other = Store(None, SHAPE), Store(None, SHAPE)
    await kept(store, [ONE])
    assert store.in_memory
    assert bare([ONE]) == served(store)
    async with other.writing():
        assert {} == served(other)
    assert () == store.notices
    store.close()
    other.close()


async def test_write_ahead_log(tmp_path):
    """The file is in WAL mode."""
    await kept(Store(tmp_path, SHAPE), [])
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        assert ("wal",) == db.execute("PRAGMA journal_mode").fetchone()


def test_only_the_owner_may_look(tmp_path):
    """The folder and the file that the store makes are for their owner only; a folder that was there stays as it is."""
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    asyncio.run(kept(Store(there, SHAPE), [ONE]))
    made = there / "made"
    asyncio.run(kept(Store(made, SHAPE), [ONE]))
    assert [0o755, 0o700, 0o600] == [stat.S_IMODE(one.stat().st_mode) for one in (there, made, made / "cache.db")]


async def test_who_reads_waits_for_nobody(tmp_path):
    """While another process writes, what it has finished is there to be looked at."""
    await kept(Store(tmp_path, SHAPE), [ONE])
    with closing(sqlite3.connect(tmp_path / "cache.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM articles")
        async with Store(tmp_path, SHAPE, wait=0).reading() as reading:
            assert [(1,)] == await reading.execute_fetchall("SELECT count(*) FROM articles")


# Of another version


async def test_another_shape_counts_as_empty(tmp_path):
    """A cache made by other code is emptied without a word, and used."""
    await kept(Store(tmp_path, SHAPE), [ONE])
    store = Store(tmp_path, "two")
    await kept(store, [TWO])
    assert bare([TWO]) == served(Store(tmp_path, "two"))
    assert () == store.notices


async def test_another_shape_is_left_to_who_writes(tmp_path):
    """Who only looks at a cache of another shape is refused, and leaves it as it is."""
    await kept(Store(tmp_path, SHAPE), [ONE])
    with pytest.raises(CacheUnusable, match="shape"):
        async with Store(tmp_path, "two").reading():
            pass
    assert bare([ONE]) == served(Store(tmp_path, SHAPE))


async def test_another_schema_counts_as_empty(tmp_path):
    """Tables of another version, of whatever name, make place for ours."""
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        db.executescript('CREATE TABLE articles (x); CREATE TABLE "odd name" (y); INSERT INTO articles VALUES (1)')
    await kept(Store(tmp_path, SHAPE), [ONE])
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"articles", "files", "left_out", "meta", "prints", "sqlite_sequence", "unfed"} == tables


# Given up


async def test_damaged_is_replaced_once(tmp_path):
    """A damaged file makes place for a new one; if that is damaged, too, no third is tried."""
    store = Store(tmp_path, SHAPE)
    path = tmp_path / "cache.db"
    for number, code in enumerate(("cache_rebuilt", "cache_in_memory")):
        await kept(store, [ONE])
        path.write_bytes(random.Random(number).randbytes(path.stat().st_size))
        told = await trouble(store)
        assert told.damaged
        store.give_up(told)
        assert Notice(code, f"{path}: file is not a database") == store.notices[number]
    assert store.in_memory
    await kept(store, [TWO])
    assert bare([TWO]) == served(store)
    with pytest.raises(CacheUnusable):
        store.give_up(told)
    store.close()


async def test_no_log_is_left_to_another_file(tmp_path):
    """With a damaged file its log goes, which else would be read into the next file."""
    store = Store(tmp_path, SHAPE)
    await kept(store, [ONE])
    with closing(sqlite3.connect(tmp_path / "cache.db")) as holding_the_log_open:
        holding_the_log_open.execute("SELECT * FROM articles").fetchall()
        await kept(store, [TWO])
        assert (tmp_path / "cache.db-wal").stat().st_size
        store.give_up(CacheUnusable("cache.db", sqlite3.DatabaseError("damaged")))
        assert [] == [*tmp_path.iterdir()]
    async with store.writing():
        assert {} == served(store)


# Locked

_LOCK = """
import sqlite3
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
"""


async def test_locked_for_too_long(tmp_path):
    """A cache that another process holds is waited for, then given up, and that is no damage."""
    await kept(Store(tmp_path, SHAPE), [ONE])
    store = Store(tmp_path, SHAPE, wait=0.1)
    with process(_LOCK, tmp_path / "cache.db") as other:
        assert other.stdout is not None
        assert "locked\n" == other.stdout.readline()
        told = await trouble(store)
    assert (False, f"{tmp_path / 'cache.db'}: database is locked") == (told.damaged, str(told))
    store.give_up(told)
    assert ["cache_in_memory"] == codes(store.notices)
    store.close()
    assert bare([ONE]) == served(Store(tmp_path, SHAPE))


async def test_locked_for_a_while(tmp_path):
    """A cache that is let go in time is used; meanwhile the others in this process go on."""
    store = Store(tmp_path, SHAPE, wait=60)
    await kept(store, [ONE])
    with process(_LOCK, tmp_path / "cache.db") as other:
        assert other.stdout is not None
        other.stdout.readline()
        keeping = asyncio.create_task(kept(store, [TWO]))
        await asyncio.sleep(0.1)
        assert not keeping.done()
        other.communicate("\n")
        await keeping
    assert bare([ONE, TWO]) == served(store)


async def test_cancelled_while_it_waits(tmp_path):
    """Who waits for a lock can be stopped at once."""
    await kept(Store(tmp_path, SHAPE), [ONE])
    with closing(sqlite3.connect(tmp_path / "cache.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(kept(Store(tmp_path, SHAPE, wait=3_600), [TWO]), 0.1)


# No place for it


async def test_the_folder_is_a_file(tmp_path):
    """Where no folder can be made no cache can be."""
    path = tmp_path / "file"
    path.write_text("not a folder")
    told = await trouble(Store(path, SHAPE))
    assert (False, f"{path / 'cache.db'}: File exists") == (told.damaged, str(told))


async def test_the_file_is_a_folder(tmp_path):
    """A folder in the place of the file is none to remove."""
    path = tmp_path / "cache.db"
    path.mkdir()
    told = await trouble(Store(tmp_path, SHAPE))
    assert (False, f"{path}: Is a directory") == (told.damaged, str(told))


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


async def test_a_read_only_folder():
    """In a folder where no file can be made no cache can be."""
    with unprivileged() as folder:
        folder.chmod(0o555)
        _become_nobody()
        told = await trouble(Store(folder, SHAPE))
    assert (False, f"{folder / 'cache.db'}: Permission denied") == (told.damaged, str(told))


@pytest.mark.parametrize("mode", [0o444, 0o666])
async def test_a_cache_in_a_read_only_folder(mode):
    """A cache that was put into a read-only folder is left as it is, itself read-only or not."""
    with unprivileged() as folder:
        path = folder / "cache.db"
        await kept(Store(folder, SHAPE), [ONE])
        before = path.read_bytes()
        path.chmod(mode)
        folder.chmod(0o555)
        _become_nobody()
        assert not (await trouble(Store(folder, SHAPE))).damaged
        assert before == path.read_bytes()


async def test_damaged_in_a_read_only_folder():
    """A damaged cache that can't be removed is done without, and only that is told."""
    with unprivileged() as folder:
        path = folder / "cache.db"
        await kept(Store(folder, SHAPE), [ONE])
        path.write_bytes(random.Random(2).randbytes(9_000))
        path.chmod(0o666)
        folder.chmod(0o555)
        _become_nobody()
        store = Store(folder, SHAPE)
        store.give_up(await trouble(store))
        assert ["cache_in_memory"] == codes(store.notices)
        store.close()


_FILL = """
import asyncio, resource
from pathlib import Path
from caches import SHAPE, entry_of, kept, large, story
from retrieval.store import CacheUnusable, Store
async def fill():
    store = Store(Path(sys.argv[1]), SHAPE)
    await kept(store, [entry_of("1.txt", story(1))])
    if sys.argv[2:]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        await kept(store, [large("large.txt")])
    except CacheUnusable as trouble:
        print(trouble.damaged, trouble)
asyncio.run(fill())
"""


def test_a_disk_that_takes_no_more(tmp_path):
    """A disk that fails while a batch is written leaves the state before, and is no damage."""
    with process(_FILL, tmp_path, 1_000_000) as other:
        assert f"False {tmp_path / 'cache.db'}: disk I/O error\n" == other.communicate()[0]
    assert bare([ONE]) == served(Store(tmp_path, SHAPE))


def test_a_full_disk(tmp_path):
    """On a disk without room nothing more is kept, and that is no damage."""
    mount = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=1m none "$0" && exec "$@"']
    if shutil.which("unshare") is None or subprocess.run([*mount, tmp_path, "true"], check=False).returncode:
        pytest.skip("needs a small disk of its own: user namespaces")
    code = f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{_FILL}"
    told = subprocess.run(
        [*mount, tmp_path, sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert f"False {tmp_path / 'cache.db'}: database or disk is full\n" == told.stdout


# Cut short

_HALF = """
import asyncio, time
from pathlib import Path
from caches import SHAPE, large, writing
from retrieval.keeping import keep
from retrieval.store import Store
async def half():
    store = Store(Path(sys.argv[1]), SHAPE)
    async with writing(store) as db:
        await db.execute("PRAGMA cache_size = 10")
        async with store.begun(db):
            await keep(db, [large("large.txt")], ["1.txt"])
            print("half", flush=True)
            time.sleep(600)
asyncio.run(half())
"""


async def test_killed_while_it_writes(tmp_path):
    """A process that is killed in the middle of a batch, with half of it on disk, leaves the state before."""
    store = Store(tmp_path, SHAPE)
    await kept(store, [ONE])
    with process(_HALF, tmp_path) as other:
        assert other.stdout is not None
        assert "half\n" == other.stdout.readline()
        assert (tmp_path / "cache.db-wal").stat().st_size > 1_000_000
        os.kill(other.pid, signal.SIGKILL)
        assert -signal.SIGKILL == other.wait()
    assert bare([ONE]) == served(store)
    await kept(store, [TWO])
    assert bare([ONE, TWO]) == served(store)


async def test_a_batch_that_fails(tmp_path):
    """What is raised in a transaction undoes it, and goes on to who began it."""
    store = Store(tmp_path, SHAPE)
    await kept(store, [ONE])
    with pytest.raises(ZeroDivisionError):
        await _fail(store)
    assert bare([ONE]) == served(store)


async def _fail(store: Store) -> None:
    async with writing(store) as db, store.begun(db):
        await keep(db, [TWO], ["1.txt"])
        raise ZeroDivisionError


def _left_behind(before: set[threading.Thread]) -> set[threading.Thread]:
    """The threads that were not there before and do not end within a moment."""
    new = set(threading.enumerate()) - before
    for thread in new:
        thread.join(10)
    return {thread for thread in new if thread.is_alive()}


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 12, 20, 40])
def test_cancelled_at_any_time(tmp_path, turns):
    """Who is cancelled has kept all or nothing, and leaves no thread behind."""
    entries = [entry_of(f"{number:02}.txt", story(number)) for number in range(40)]

    async def cancelled() -> None:
        task = asyncio.create_task(kept(Store(tmp_path, SHAPE), entries))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    before = set(threading.enumerate())
    asyncio.run(cancelled())

    assert set() == _left_behind(before)
    store = Store(tmp_path, SHAPE)
    asyncio.run(kept(store, []))
    assert served(store) in ({}, bare(entries))
    assert () == store.notices
