"""A batch kept: all of it or nothing, copies as if all had been decided at once, and what is to be fed said right."""

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace

import pytest
from caches import SHAPE, applied, bare, entry_of, kept, served, story, writing
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import copies
from retrieval.entries import Entry, passages_of
from retrieval.keeping import SELECT, Change, keep, kept_entry
from retrieval.store import Store

POOL = story(1, 30).rstrip(".\n").split(". ")
ONE, TWO, THREE = (entry_of(f"{number}.txt", story(number)) for number in (1, 2, 3))


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty cache in memory."""
    made = Store(None, SHAPE)
    yield made
    made.close()


def originals(entries: dict[str, Entry]) -> dict[str, str]:
    """Which article is served for each of these, all decided at once."""
    return copies.originals((one.article, passages_of(one.article, one.spans)) for _, one in sorted(entries.items()))


async def decided(store: Store) -> dict[str, str]:
    """Which article is served for each that is kept."""
    async with writing(store) as db:
        rows = await db.execute_fetchall("SELECT id, coalesce(original, id) FROM articles ORDER BY id")
    return dict(rows)


async def half_kept(store: Store) -> None:
    """Fail after a batch was kept, but within its transaction."""
    async with writing(store) as db, store.begun(db):
        await keep(db, [TWO, THREE], ["1.txt"])
        raise RuntimeError("half-way")


async def unfed(store: Store) -> set[str]:
    async with writing(store) as db:
        return {name for (name,) in await db.execute_fetchall("SELECT id FROM unfed")}


async def test_kept_and_forgotten(store):
    """New articles are served, changed ones take the place of the old, removed ones go, the others stay."""
    first = await kept(store, [ONE, TWO])
    assert (["1.txt", "2.txt"], []) == (sorted(one.article.id for one in first.added), list(first.removed))

    changed = entry_of("2.txt", story(20), stamp="2")
    second = await kept(store, [changed, THREE], ["1.txt", "never there"])

    assert bare([changed, THREE]) == served(store)
    assert {"1.txt", "2.txt"} == set(second.removed)
    assert ["2.txt", "3.txt"] == sorted(one.article.id for one in second.added)


async def test_added_entries_can_be_fed(store):
    """What is to be added has the number that the cache gave it, and the terms that it came with."""
    change = await kept(store, [ONE, TWO])
    async with writing(store) as db:
        numbers = dict(await db.execute_fetchall("SELECT id, number FROM articles"))
    assert {replace(one, number=numbers[one.article.id]) for one in (ONE, TWO)} == set(change.added)


async def test_a_number_is_never_given_twice(store):
    """An article that comes back has another number, so that an index that still knows the old one finds nothing."""
    [before] = (await kept(store, [ONE])).added
    await kept(store, [], ["1.txt"])
    [after] = (await kept(store, [ONE])).added
    assert before.number < after.number


async def test_copies(store):
    """A copy is not served; when what it is a copy of goes, it is, and is to be fed."""
    copy = entry_of("9.txt", story(1))
    assert {"1.txt", "2.txt"} == {one.article.id for one in (await kept(store, [ONE, copy, TWO])).added}

    change = await kept(store, [], ["1.txt"])

    assert (["9.txt"], ["1.txt"]) == ([one.article.id for one in change.added], list(change.removed))
    assert bare([copy, TWO]) == served(store)


async def test_the_first_of_the_same_text_is_served(store):
    """Whichever came first: of the same text the first by name is served, and the other taken out."""
    await kept(store, [entry_of("b.txt", story(1))])
    change = await kept(store, [entry_of("a.txt", story(1))])
    assert (["a.txt"], ["b.txt"]) == ([one.article.id for one in change.added], list(change.removed))


async def test_nothing_changes_for_a_copy(store):
    """A copy that comes or goes is nothing to feed."""
    await kept(store, [ONE])
    assert Change([], []) == await kept(store, [entry_of("9.txt", story(1))])
    assert Change([], []) == await kept(store, [], ["9.txt"])
    assert {"1.txt"} == await unfed(store)


async def test_copies_of_what_is_removed_are_put_together(store):
    """Copies that were told from what they were copies of are copies of each other when it goes."""
    whole, part = story(1, 24), story(1, 24)
    half, most = part[: int(len(whole) * 0.6)], part[: int(len(whole) * 0.8)]
    await kept(store, [entry_of("whole.txt", whole), entry_of("half.txt", half), entry_of("most.txt", most)])
    assert ["whole.txt"] == list(served(store))
    await kept(store, [], ["whole.txt"])
    assert ["most.txt"] == list(served(store))


def printed(*stretches: tuple[int, int]) -> str:
    """Some stretches of a long story."""
    return ". ".join(sentence for start, end in stretches for sentence in POOL[start:end]) + ".\n"


async def test_a_copy_passes_to_another(store):
    """What a new article takes the copies of may leave one to an article that has nothing to do with the new one."""
    old, copy = entry_of("old.txt", printed((2, 16))), entry_of("copy.txt", printed((9, 16)))
    other = entry_of("other.txt", printed((10, 16), (26, 30)))
    await kept(store, [old, copy, other])
    assert {"copy.txt": "old.txt", "old.txt": "old.txt", "other.txt": "other.txt"} == await decided(store)

    await kept(store, [entry_of("new.txt", printed((2, 14), (20, 26)))])

    assert {"copy.txt": "other.txt", "new.txt": "new.txt", "old.txt": "new.txt", "other.txt": "other.txt"} == (
        await decided(store)
    )


async def test_a_copy_goes_that_held_another(store):
    """What only a fellow copy holds, and not the earlier article that is served for both, is served when that goes."""
    late = entry_of("late.txt", printed((0, 12)), dt.date(2025, 3, 9))
    early = entry_of("early.txt", printed((2, 12)), dt.date(2025, 3, 1))
    await kept(store, [late, early, entry_of("part.txt", printed((0, 5)))])
    assert ["early.txt"] == list(served(store))

    await kept(store, [], ["late.txt"])

    assert ["early.txt", "part.txt"] == list(served(store))


async def test_an_article_that_changes_often_leaves_nothing_behind(store):
    """What was noted of a text is forgotten with it: after sixty states of one article its copy is found still."""
    text = story(1, 12)
    for number in range(60):
        await kept(store, [entry_of("1.txt", f"{text}It was told {number} times.\n")])
    async with writing(store) as db:
        [[prints, known]] = await db.execute_fetchall(
            "SELECT (SELECT count(*) FROM prints), (SELECT sum(prints) FROM articles)"
        )
    assert known == prints
    await kept(store, [entry_of("copy.txt", text)])
    assert ["1.txt"] == list(served(store))


async def test_all_or_nothing(tmp_path):
    """A batch that fails half-way leaves the cache as it was, and what is unfed."""
    store = Store(tmp_path, SHAPE)
    await kept(store, [ONE])
    before = await unfed(store)
    with pytest.raises(RuntimeError, match="half-way"):
        await half_kept(store)
    assert bare([ONE]) == served(store)
    assert before == await unfed(store)


async def test_unfed_stays_until_it_is_fed(tmp_path):
    """All that an index may know otherwise is noted, what was removed too, over many batches."""
    store = Store(tmp_path, SHAPE)
    await kept(store, [ONE, TWO, entry_of("9.txt", story(1))])
    await kept(store, [THREE], ["2.txt"])
    await kept(store, [], ["1.txt"])
    assert {"1.txt", "2.txt", "3.txt", "9.txt"} == await unfed(store)
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db:
        assert [("3.txt",), ("9.txt",)] == db.execute("SELECT id FROM articles ORDER BY 1").fetchall()


# Any order


def _printed(start: int, length: int, edit: str) -> str:
    """A stretch of a long story, as it is, turned round, or with a word or a figure more."""
    sentences = POOL[start : start + length]
    if edit == "turned":
        sentences = sentences[length // 2 :] + sentences[: length // 2]
    elif edit == "word":
        sentences[length // 2] += f" oddly{start}"
    elif edit == "figure":
        sentences[length // 2] += f" after {start + 3} hours"
    return ". ".join(sentences) + ".\n"


_edit = st.sampled_from(["as it is", "as it is", "turned", "word", "figure"])
_day = st.sampled_from([None, dt.date(2025, 3, 1), dt.date(2025, 3, 9)])
_new = st.tuples(st.builds(_printed, st.integers(0, 12), st.integers(3, 18), _edit), _day)
_batch = st.dictionaries(st.sampled_from("abcdefgh"), _new | _new | st.none(), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(_batch, min_size=1, max_size=5))
async def test_decided_bit_by_bit_as_all_at_once(batches):
    """For any order in which articles come, change and go: the same are copies as if all were decided at once.

    What was served, changed by what each batch says, is always what is served then; all of it is noted as unfed.
    """
    store = Store(None, SHAPE)
    everything: dict[str, Entry] = {}
    shown: dict[str, Entry] = {}
    noted: set[str] = set()
    async with writing(store) as db:
        for batch in batches:
            new = [entry_of(name, *told) for name, told in batch.items() if told]
            everything = {name: one for name, one in everything.items() if name not in batch}
            everything |= {one.article.id: one for one in new}

            async with store.begun(db):
                change = await keep(db, new, [name for name, told in batch.items() if not told])

            shown = applied(shown, change)
            noted |= {*change.removed, *(one.article.id for one in change.added)}
            rows = await db.execute_fetchall("SELECT id, coalesce(original, id) FROM articles")
            assert originals(everything) == dict(rows)
            rows = await db.execute_fetchall(f"{SELECT} WHERE original IS NULL")
            assert shown == bare(map(kept_entry, rows))
            assert noted == {name for (name,) in await db.execute_fetchall("SELECT id FROM unfed")}
    store.close()
