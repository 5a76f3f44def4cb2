"""What Telegram handed over, in the database until it is done."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.state import updates as module
from bot.state.database import NAME, State
from bot.state.updates import Depth, Updates, is_one

ADA, BOT = 7, 4242


def said(number: int, text: str = "Hi") -> dict[str, Any]:
    return {"update_id": number, "message": {"text": text, "from": {"id": ADA}}}


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    async with State.open(tmp_path) as state:
        yield state


@pytest.fixture
def updates(state: State) -> Updates:
    return Updates(state, BOT)


async def numbers(updates: Updates, after: int = 0, limit: int = 100) -> list[int]:
    return [one.body["update_id"] for one in await updates.waiting(after, limit)]


async def test_they_wait_in_the_order_in_which_they_came(updates: Updates) -> None:
    """Whatever their numbers are; in parts where there are many."""
    await updates.add([said(5), said(3)])
    await updates.add([said(4)])
    assert [5, 3, 4] == await numbers(updates)
    first = (await updates.waiting(0, 1))[0]
    assert [3] == await numbers(updates, first.number, 1)


async def test_an_update_is_taken_once(updates: Updates, state: State) -> None:
    """Also when it is done by then; another bot has numbers of its own, and Telegram may begin to count anew."""
    await updates.add([said(1)])
    [one] = await updates.waiting(0, 10)
    await updates.finish(one.number)
    await updates.add([said(1), said(2)])
    await Updates(state, BOT + 1).add([said(1)])
    assert [2] == await numbers(updates)
    await updates.add([said(1, "Something else")])
    assert [2, 1] == await numbers(updates)


async def test_nothing_is_kept_of_a_batch_that_fails(updates: Updates, state: State) -> None:
    """All or none; when there is room again, it is taken."""
    [[pages]] = await state.rows("PRAGMA page_count")
    await state.rows(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await updates.add([said(number, "who? " * 1000) for number in range(10)])
    assert [] == await numbers(updates)
    await state.rows("PRAGMA max_page_count = 100000")
    await updates.add([said(1)])
    assert [1] == await numbers(updates)


async def test_what_is_done_is_forgotten_but_for_its_number(updates: Updates, tmp_path: Path) -> None:
    """Its words go with the answer."""
    await updates.add([said(1, "Who is Zorblax?")])
    [one] = await updates.waiting(0, 10)
    await updates.finish(one.number)
    with sqlite3.connect(tmp_path / NAME) as db:
        assert [("", "done")] == db.execute("SELECT body, state FROM inbox").fetchall()
    db.close()


async def test_many_are_finished_together(updates: Updates, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are done while one is written share a transaction."""
    await updates.add([said(number) for number in range(50)])
    begun = []
    writing = state.writing
    monkeypatch.setattr(state, "writing", lambda: begun.append(1) or writing())
    await asyncio.gather(*(updates.finish(one.number) for one in await updates.waiting(0, 50)))
    assert [] == await numbers(updates)
    assert len(begun) == 2


async def test_what_could_not_be_finished_is_with_the_next(
    updates: Updates, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not count as waiting until then."""
    await updates.add([said(1), said(2)])
    one, two = await updates.waiting(0, 10)
    with monkeypatch.context() as patch:
        patch.setattr(state, "writing", _full)
        with pytest.raises(sqlite3.OperationalError):
            await updates.finish(one.number)
    assert (1, 0) == ((await updates.depth()).waiting, (await updates.depth()).aside)
    await updates.finish(two.number)
    assert Depth(0, 0.0, 0) == await updates.depth()


def _full() -> None:
    raise sqlite3.OperationalError("database or disk is full")


async def test_depth(updates: Updates, state: State) -> None:
    """How many wait, since when the oldest does, how many are set aside."""
    await updates.add([said(1), said(2), said(3)])
    first, *_ = await updates.waiting(0, 10)
    await updates.set_aside(first.number, "RuntimeError")
    await state.write("UPDATE inbox SET at = at - 100 WHERE update_id = 2")
    depth = await updates.depth()
    assert (2, 1) == (depth.waiting, depth.aside)
    assert 99 < depth.oldest < 110
    await state.write("UPDATE inbox SET at = at + 5000")
    assert (await updates.depth()).oldest == 0.0  # the clock was set back


async def test_deaths_are_counted(updates: Updates) -> None:
    """By the starts that find it, up to where it is done alone; from there on one by one."""
    await updates.add([said(1)])
    for _ in range(5):
        await updates.begin()
    [one] = await updates.waiting(0, 1)
    assert module.CONCURRENT_DEATHS == one.deaths
    await updates.suspect(one.number)
    assert [module.CONCURRENT_DEATHS + 1] == [one.deaths for one in await updates.waiting(0, 1)]


async def test_it_stays_small(updates: Updates, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done long ago goes, of the rest what is more than enough; what waits stays, however old."""
    monkeypatch.setattr(module, "MOST_DONE", 2)
    await updates.add([said(number) for number in range(6)])
    old, one, two, three, aside, _ = await updates.waiting(0, 10)
    for done in (old, one, two, three):
        await updates.finish(done.number)
    await updates.set_aside(aside.number, "RuntimeError")
    await state.write("UPDATE inbox SET at = ?", int(time.time()) - module.DONE_KEPT + 60)
    await state.write("UPDATE inbox SET at = 0 WHERE number = ?", old.number)
    await updates.prune(30)
    rows = await state.rows("SELECT update_id, state FROM inbox ORDER BY update_id")
    assert [(4, "aside"), (5, "waiting")] == rows
    await state.write("UPDATE inbox SET at = 0")
    await updates.prune(30)
    assert [(5, "waiting")] == await state.rows("SELECT update_id, state FROM inbox")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"update_id": 1}, True),
        ({"update_id": "1"}, False),
        ({"update_id": True}, False),
        ({"update_id": 2**63}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_what_an_update_is(value: object, expected: bool) -> None:
    """An object with a number that the database takes."""
    assert expected == is_one(value)


async def test_odd_updates_are_kept_as_they_are(updates: Updates, state: State) -> None:
    """Letters that are none, persons that are none."""
    odd = [
        {"update_id": 1, "message": {"text": "\ud800", "from": {"id": 2**70}}},
        {"update_id": 2, "poll": {"from": 3}, "x": None, "message": {"from": {"id": True}}},
    ]
    await updates.add(odd)
    assert odd == [one.body for one in await updates.waiting(0, 10)]
    assert [(None,), (None,)] == await state.rows("SELECT person FROM inbox")
