"""What a pass did and what is left out, counted in full and named in part."""

from collections.abc import AsyncIterator

import aiosqlite
import pytest
from caches import SHAPE, entry_of, kept, story, writing

from retrieval import reports
from retrieval.keeping import keep
from retrieval.models import LeftOut, Named, Notice, SyncReport
from retrieval.reports import left_out, report
from retrieval.store import Store


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A cache in memory of three articles and a copy."""
    made = Store(None, SHAPE)
    await kept(made, [entry_of(f"{number}.txt", story(number)) for number in range(3)])
    await kept(made, [entry_of("copy.txt", story(1))])
    yield made
    made.close()


async def test_nothing_done(store):
    """A pass that changed nothing says how many articles there are, and what is left out."""
    async with writing(store) as db:
        copy = LeftOut("copy.txt", "copy", "1.txt")
        assert SyncReport(unchanged=3, left_out=(copy,), reasons=(("copy", 1),)) == await report(db, ())


async def test_done_in_several_batches(store):
    """Each article is counted once, by what the whole pass made of it, whichever batch it was in."""
    async with writing(store) as db:
        async with store.begun(db):
            await keep(db, [entry_of("new.txt", story(7)), entry_of("2.txt", story(8))], ["1.txt"])
        async with store.begun(db):
            await keep(db, [entry_of("short.txt", story(9)), entry_of("new.txt", story(10))], ["0.txt"])
        async with store.begun(db):
            await keep(db, [entry_of("0.txt", story(0)), entry_of("late.txt", story(7))], ["short.txt"])
        done = await report(db, (Notice("cache_rebuilt", "why"),))
    assert Named.of("copy.txt", "late.txt", "new.txt") == done.added
    assert Named.of("0.txt", "2.txt") == done.changed
    assert Named.of("1.txt") == done.removed
    assert (0, ()) == (done.unchanged, done.left_out)
    assert (Notice("cache_rebuilt", "why"),) == done.notices


async def test_a_new_copy_is_not_added(store):
    """An article that is a copy is left out, and neither added nor unchanged; one that gives way is removed."""
    async with writing(store) as db:
        async with store.begun(db):
            await keep(db, [entry_of("again.txt", story(0)), entry_of("00.txt", story(2))], ())
        done = await report(db, ())
    assert (Named.of("00.txt"), Named(), Named.of("2.txt")) == (done.added, done.changed, done.removed)
    assert 2 == done.unchanged
    assert [("2.txt", "00.txt"), ("again.txt", "0.txt"), ("copy.txt", "1.txt")] == [
        (one.path, one.detail) for one in done.left_out
    ]


async def _leave_out(db: aiosqlite.Connection, count: int) -> None:
    rows = [("a.jsonl", f"a.jsonl:{number:03}", "not_json" if number % 3 else "field", "") for number in range(count)]
    await db.executemany("INSERT INTO left_out VALUES (?, ?, ?, ?)", rows)


async def test_the_first_are_named(store, monkeypatch):
    """Of many only the first are named, by id; the counts are of all, and reasons come by how many they are."""
    monkeypatch.setattr(reports, "SHOWN", 4)
    async with writing(store) as db:
        await _leave_out(db, 30)
        async with store.begun(db):
            await keep(db, [entry_of(f"n{number}.txt", story(20 + number)) for number in range(9)], ())
        done = await report(db, ())
    assert Named(9, ("n0.txt", "n1.txt", "n2.txt", "n3.txt")) == done.added
    assert ["a.jsonl:000", "a.jsonl:001", "a.jsonl:002", "a.jsonl:003"] == [one.path for one in done.left_out]
    assert (("not_json", 20), ("field", 10), ("copy", 1)) == done.reasons


async def test_all_that_is_left_out(store, monkeypatch):
    """All of it can be had one by one, by path, copies among it."""
    monkeypatch.setattr(reports, "SHOWN", 1)
    async with writing(store) as db:
        await _leave_out(db, 30)
        paths = [one.path async for one in left_out(db)]
    assert [*(f"a.jsonl:{number:03}" for number in range(30)), "copy.txt"] == paths
