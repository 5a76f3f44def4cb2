"""The index on disk: what the index in memory finds, it finds, as of the moment when it was opened."""

import datetime as dt
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

import aiosqlite
import pytest
from caches import SHAPE, entry_of, fed, story, writing
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.entries import Entry, passages_of, with_terms
from retrieval.index.base import Index
from retrieval.index.disk import DiskHome, DiskIndex, IndexUnusable
from retrieval.index.memory import MemoryIndex
from retrieval.keeping import keep
from retrieval.models import DateRange, Hit
from retrieval.reader import Reader
from retrieval.store import Store

NAME = "0123456789abcdef0123"
EVER = DateRange(dt.date.min, dt.date.max)
DAYS = (None, *(dt.date(2025, 3, day) for day in range(1, 6)))


def told(number: int, sentences: int = 14) -> Entry:
    """An article of some passages, of one of six days or none."""
    return entry_of(f"{number:03}.txt", story(number, sentences), DAYS[number % 6])


class Shelf:
    """A cache in memory and an index on disk that is fed from it, article by article."""

    def __init__(self, folder: Path, db: aiosqlite.Connection, store: Store) -> None:
        self.home = DiskHome(folder)
        self._db = db
        self._store = store

    async def change(self, entries: Sequence[Entry], removed: Sequence[str] = (), *, anew: bool = False) -> int:
        """Keep and feed; the state of the index after that."""
        async with self._store.begun(self._db):
            change = await keep(self._db, entries, removed)
        feeder = await self.home.feeder(NAME, anew=anew)
        try:
            await feeder.remove(change.removed)
            await feeder.add(map(with_terms, change.added))
            return await feeder.commit()
        finally:
            await feeder.close()

    def reader(self) -> Reader:
        """What is served now."""
        return Reader(self._store.connect())

    def opened(self) -> tuple[DiskIndex, MemoryIndex]:
        """The index as it is now, and one in memory of the same articles and the same k1 and b."""
        reader = self.reader()
        entries = [*reader.entries()]
        split = [passages_of(one.article, one.spans) for one in entries]
        articles = {one.article.id: one.article for one in entries}
        return self.home.index(NAME, reader), MemoryIndex(articles, [*chain.from_iterable(split)], 1.2, 0.75)


@asynccontextmanager
async def shelf_in(folder: Path) -> AsyncIterator[Shelf]:
    store = Store(folder, SHAPE)
    async with writing(store) as db:
        yield Shelf(folder, db, store)


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    async with shelf_in(tmp_path) as made:
        yield made


def keys(hits: Sequence[Hit]) -> list[tuple[str, int]]:
    return [(hit.passage.article_id, hit.passage.number) for hit in hits]


def alike(disk: Index, memory: Index, terms: dict[str, float], dates: DateRange | None = None) -> None:
    """Check that both find the same passages with nearly the same scores, and so in nearly the same order."""
    found, expected = disk.search(terms, 999, dates), memory.search(terms, 999, dates)
    assert {*keys(found)} == {*keys(expected)}
    scores = dict(zip(keys(expected), (hit.score for hit in expected), strict=True))
    assert [pytest.approx(scores[key], rel=0.02) for key in keys(found)] == [hit.score for hit in found]
    assert [*range(len(found))] == [hit.rank for hit in found]
    assert sorted((hit.score for hit in found), reverse=True) == [hit.score for hit in found]


async def test_of_nothing(shelf):
    """An index of nothing finds nothing, knows nothing, and has an idf for every term all the same."""
    await shelf.change([])
    disk, _ = shelf.opened()
    assert (0, [], [], []) == (disk.size, disk.search({"a": 1.0}, 5), disk.search({}, 5), disk.openings(5, EVER))
    assert ({"a": 0, "": 0}, [], []) == (disk.counts(["a", ""]), disk.similar("a"), disk.similar(""))
    assert disk.idf("a") > 0


async def test_as_in_memory(shelf):
    """Searching, counting, openings and words alike give what the index in memory gives; passages come as read."""
    await shelf.change([told(number) for number in range(60)])
    disk, memory = shelf.opened()
    assert memory.size == disk.size > 120
    some = random.Random(1)
    known = sorted(memory._holding)
    for _ in range(40):
        terms = {some.choice(known): some.choice([1.0, 1.0, 0.5, 2.5]) for _ in range(some.randint(1, 5))}
        day = dt.date(2025, 3, some.randint(1, 5))
        alike(disk, memory, terms | {"unheardof": 1.0})
        alike(disk, memory, terms, DateRange(day, day + dt.timedelta(days=some.randint(0, 3))))
    assert memory.counts([*known, "unheardof"]) == disk.counts([*known, "unheardof"])
    assert [memory.idf(term) for term in known] == [disk.idf(term) for term in known]
    hits = memory.search({"mill": 1.0}, 999)
    assert {key: hit.passage for key, hit in zip(keys(hits), hits, strict=True)} == {
        (hit.passage.article_id, hit.passage.number): hit.passage for hit in disk.search({"mill": 1.0}, 999)
    }


async def test_the_best(shelf):
    """At most so many hits, and those the best."""
    await shelf.change([told(number) for number in range(30)])
    disk, memory = shelf.opened()
    terms = {"mill": 1.0, "number7": 1.0, "burn": 0.3}
    best, expected = disk.search(terms, 5), memory.search(terms, 5)
    assert 5 == len(best)
    assert ("007.txt", 0) == keys(best)[0] == keys(expected)[0]
    assert [pytest.approx(hit.score, rel=0.02) for hit in expected] == [hit.score for hit in best]


async def test_share(shelf):
    """What scores less than a share of the best one of the same days is left out, and nothing else."""
    await shelf.change([told(number) for number in range(30)])
    disk, _ = shelf.opened()
    terms = {"mill": 0.2, "number8": 1.0, "number9": 0.5, "burn": 0.3}
    for dates in (None, DateRange(dt.date(2025, 3, 2), dt.date(2025, 3, 4))):
        every = disk.search(terms, 99, dates)
        assert every[-1].score < 0.9 * every[0].score
        for share in (0.0, 0.1, 0.5, 0.9, 1.0):
            expected = [hit for hit in every if hit.score >= share * every[0].score]
            assert expected == disk.search(terms, 99, dates, share)
        assert every[:2] == disk.search(terms, 2, dates, every[1].score / every[0].score)
    assert [] == disk.search({"unheardof": 1.0}, 99, share=0.5) == disk.search({}, 99, share=0.5)


async def test_openings(shelf):
    """The openings of the articles of some days are those of the index in memory; without a date there is none."""
    await shelf.change([told(number) for number in range(30)])
    disk, memory = shelf.opened()
    for first, last, limit in ((1, 5, 999), (2, 2, 999), (1, 5, 7), (1, 5, 40)):
        days = DateRange(dt.date(2025, 3, first), dt.date(2025, 3, last))
        assert keys(memory.openings(limit, days)) == keys(disk.openings(limit, days))
    assert {1.0} == {hit.score for hit in disk.openings(999, EVER)}
    assert not any(one.endswith(("0.txt", "6.txt")) for one, _ in keys(disk.openings(9, DateRange(DAYS[1], DAYS[1]))))


async def test_undated_is_never_within(shelf):
    """Not even from the first day of the calendar on."""
    await shelf.change([told(number) for number in range(12)])
    disk, memory = shelf.opened()
    alike(disk, memory, {"mill": 1.0}, EVER)
    assert {"000.txt", "006.txt"}.isdisjoint(name for name, _ in keys(disk.search({"mill": 1.0}, 99, EVER)))


WORDS = ("macron", "macrn", "marcon", "magnet", "minsk", "mill", "meeting", "boat", "moscow")


@pytest.mark.parametrize("typed", ["macron", "mcron", "mocron", "amcron", "macro", "mosow", "mlil", "mi", "m", "zebra"])
async def test_similar(shelf, typed):
    """Of the known terms those that are alike: none but those of the contract, and all that one edit makes."""
    await shelf.change([entry_of("a.txt", f"The {' '.join(WORDS)} is here.")])
    disk, memory = shelf.opened()
    assert {*disk.similar(typed)} <= {*memory.similar(typed)}
    near = {"macron": {"macron", "macrn", "marcon"}, "mcron": {"macron"}, "mocron": {"macron"}, "macro": {"macron"}}
    near |= {"mosow": {"moscow"}, "mlil": {"mill"}}
    assert near.get(typed, set()) <= {*disk.similar(typed)}
    assert len(disk.similar(typed)) == len({*disk.similar(typed)})


@pytest.mark.parametrize("term", ["m" * 100_000, "ß🔥", "a b", "\0", "e\u0301", '"+-(:*'])
async def test_odd_terms(shelf, term):
    """Whatever is asked for is a term that no passage holds, and nothing else."""
    await shelf.change([told(1)])
    disk, _ = shelf.opened()
    assert ([], {term: 0}) == (disk.search({term: 1.0}, 5), disk.counts([term]))
    assert term not in disk.similar(term)


# Changes


async def test_a_snapshot_stays_as_it_was(shelf):
    """What is fed after an index was opened is in the next one; this one goes on with what it had."""
    await shelf.change([told(number) for number in range(20)])
    disk, memory = shelf.opened()
    await shelf.change([told(30), entry_of("003.txt", story(40))], ["001.txt", "002.txt"])
    await shelf.change([], [f"{number:03}.txt" for number in range(4, 20)])
    alike(disk, memory, {"mill": 1.0, "number1": 2.0})
    after, expected = shelf.opened()
    assert ["000.txt", "003.txt", "030.txt"] == sorted({name for name, _ in keys(after.search({"mill": 1.0}, 99))})
    assert expected.size == after.size


async def test_a_snapshot_outlives_its_folder(shelf, tmp_path):
    """An index that is made anew takes nothing from those who still search the old one."""
    await shelf.change([told(number) for number in range(20)])
    disk, memory = shelf.opened()
    await shelf.change([told(50)], anew=True)
    shutil.rmtree(next(tmp_path.glob("index-*")))
    alike(disk, memory, {"mill": 1.0, "number1": 2.0})


_step = st.dictionaries(st.integers(0, 7), st.none() | st.integers(0, 40), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(_step, min_size=1, max_size=5))
async def test_any_changes(tmp_path_factory, steps):
    """Whatever articles come, change and go one after the other, the index holds just the passages that are served."""
    folder = tmp_path_factory.mktemp("index")
    async with shelf_in(folder) as shelf:
        for step in steps:
            new = [entry_of(f"{name:03}.txt", story(text)) for name, text in step.items() if text is not None]
            await shelf.change(new, [f"{name:03}.txt" for name, text in step.items() if text is None])
            disk, memory = shelf.opened()
            assert memory.size == disk.size
            assert {*keys(memory.search({"mill": 1.0}, 99))} == {*keys(disk.search({"mill": 1.0}, 99))}
            assert Counter(one.article_id for one in memory._passages) == fed(folder)


async def test_no_term_is_commoner_than_all(shelf):
    """Of much that was taken out, no term is left in more passages than there are: its idf stays positive."""
    await shelf.change([told(number) for number in range(40)])
    await shelf.change([], [f"{number:03}.txt" for number in range(1, 40)])
    disk, _ = shelf.opened()
    assert disk.counts(["mill"])["mill"] <= disk.size
    assert disk.idf("mill") > 0


# Feeding


async def test_nothing_is_seen_before_it_is_committed(shelf, tmp_path):
    """What is fed is not there until it is committed, and never if it is closed before."""
    state = await shelf.change([told(1)])
    feeder = await shelf.home.feeder(NAME, anew=False)
    await feeder.add([replace(told(2), number=99)])
    await feeder.remove(["001.txt"])
    assert ({"001.txt"}, state) == ({*fed(tmp_path)}, await shelf.home.state(NAME))
    await feeder.close()
    assert ({"001.txt"}, state) == ({*fed(tmp_path)}, await shelf.home.state(NAME))


async def test_states(shelf):
    """Each state has a higher number than the one before; where there is no index there is none."""
    assert await shelf.home.state(NAME) is None
    states = [await shelf.change([told(number)]) for number in range(3)]
    assert sorted({*states}) == states
    assert states[-1] == await shelf.home.state(NAME)


async def test_one_feeder_at_a_time(shelf):
    """Who would feed while somebody does is refused; when that is closed, it may."""
    feeder = await shelf.home.feeder(NAME, anew=True)
    with pytest.raises(IndexUnusable, match="Lock"):
        await shelf.home.feeder(NAME, anew=False)
    await feeder.close()
    await (await shelf.home.feeder(NAME, anew=False)).close()


async def test_others_are_deleted(shelf, tmp_path):
    """Indexes of other caches go when one is fed, and one that is made anew begins empty."""
    await shelf.change([told(1)])
    await (await shelf.home.feeder("fedcba98765432100000", anew=True)).close()
    assert ["index-fedcba9876543210"] == [path.name for path in tmp_path.glob("index-*")]
    await shelf.change([told(2)], anew=True)
    assert {"002.txt"} == {*fed(tmp_path)}


async def test_no_index_is_made_by_looking(shelf, tmp_path):
    """Where there is no index, none is opened, and none made."""
    with pytest.raises(IndexUnusable):
        shelf.home.index(NAME, shelf.reader())
    assert [] == [*tmp_path.glob("index-*")]


# Damaged


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"opstamp": "soon"}', b"\xff\xfe noise"])
async def test_a_state_that_is_none(shelf, tmp_path, content):
    """An index whose state can't be read is none."""
    await shelf.change([told(1)])
    [meta] = tmp_path.glob("index-*/meta.json")
    meta.write_bytes(content)
    assert await shelf.home.state(NAME) is None


async def test_no_place_for_it(shelf, tmp_path):
    """A file in its place is told as that."""
    (tmp_path / f"index-{NAME[:16]}").write_text("a file", encoding="utf-8")
    with pytest.raises(IndexUnusable):
        await shelf.home.feeder(NAME, anew=True)
    with pytest.raises(IndexUnusable):
        shelf.home.index(NAME, shelf.reader())


def _noise(path: Path, share: float) -> None:
    """Overwrite this share of a file in its middle."""
    whole = bytearray(path.read_bytes())
    count = max(1, int(len(whole) * share))
    start = (len(whole) - count) // 2
    whole[start : start + count] = random.Random(3).randbytes(count)
    path.unlink()  # it may be mapped into memory
    path.write_bytes(whole)


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize("kind", ["idx", "term", "fast", "fieldnorm", "store", "pos"])
async def test_damaged(shelf, tmp_path, kind, share):
    """Whichever file is damaged, what is searched and fed works as if it were not, or is told as damage."""
    await shelf.change([told(number) for number in range(20)])
    known = sorted(shelf.opened()[1]._holding)
    [path] = tmp_path.glob(f"index-*/*.{kind}")
    _noise(path, share)
    try:
        disk, _ = shelf.opened()
        for term in known:
            disk.search({term: 1.0, "mill": 1.0}, 9, EVER)
            disk.similar(term)
        disk.counts(known)
        await shelf.change([told(30)], ["001.txt"])
    except IndexUnusable:
        return
    assert "030.txt" in shelf.reader()


@pytest.mark.parametrize("kind", ["idx", "term", "fast", "fieldnorm", "store", "json"])
async def test_a_file_lost(shelf, tmp_path, kind):
    """An index of which a file is gone is none."""
    await shelf.change([told(number) for number in range(20)])
    for path in tmp_path.glob(f"index-*/*.{kind}"):
        path.unlink()
    with pytest.raises(IndexUnusable):
        shelf.opened()
