"""Feeding an index from the cache: wherever it ends half-way, the next start makes it whole, and does no more."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from caches import SHAPE, entry_of, fed, story, writing
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import indexing
from retrieval.entries import Entry
from retrieval.index.base import Feeder
from retrieval.index.disk import DiskHome
from retrieval.indexing import Indexing
from retrieval.keeping import keep
from retrieval.reader import Reader
from retrieval.store import Store


class PowerFailure(Exception):
    """Ends a process at some step, here."""


@dataclass
class Watched:
    """A home of indexes that counts what it is told, and stops everything before or after some call of a feeder."""

    folder: Path
    stop: tuple[str, int, str] = ("", 0, "")
    calls: Counter[str] = field(default_factory=Counter)
    added: list[str] = field(default_factory=list)
    anew: list[bool] = field(default_factory=list)

    async def state(self, name: str) -> int | None:
        """See `Home.state`."""
        return await DiskHome(self.folder).state(name)

    async def feeder(self, name: str, *, anew: bool) -> Feeder:
        """See `Home.feeder`."""
        self.anew.append(anew)
        return _WatchedFeeder(self, await DiskHome(self.folder).feeder(name, anew=anew))

    def passes(self, call: str, when: str) -> None:
        """Raise at the call that is to be the last."""
        self.calls[call] += when == "before"
        if self.stop == (call, self.calls[call], when):
            raise PowerFailure


class _WatchedFeeder:
    def __init__(self, watch: Watched, feeder: Feeder) -> None:
        self._watch = watch
        self._feeder = feeder

    async def add(self, entries: Iterable[Entry]) -> None:
        entries = [*entries]
        self._watch.passes("add", "before")
        await self._feeder.add(entries)
        self._watch.added += [one.article.id for one in entries]
        self._watch.passes("add", "after")

    async def remove(self, articles: Iterable[str]) -> None:
        self._watch.passes("remove", "before")
        await self._feeder.remove(articles)
        self._watch.passes("remove", "after")

    async def commit(self) -> int:
        self._watch.passes("commit", "before")
        state = await self._feeder.commit()
        self._watch.passes("commit", "after")
        return state

    async def close(self) -> None:
        await self._feeder.close()


Batch = tuple[Sequence[Entry], Sequence[str]]


def told(*numbers: int) -> list[Entry]:
    return [entry_of(f"{number:02}.txt", story(number, 14)) for number in numbers]


BATCHES: tuple[Batch, ...] = (
    (told(0, 1, 2), ()),
    ([*told(3, 4), entry_of("01.txt", story(21))], ("00.txt",)),
    ([entry_of("copy.txt", story(3, 14))], ("02.txt",)),
    (told(5), ("03.txt", "never there")),
)
"""In the last one a copy takes the place of what it is a copy of."""


@asynccontextmanager
async def begun(home: Watched) -> AsyncIterator[Callable[[Batch], object]]:
    """Feed as a pass does: a function that keeps and feeds a batch; the index is not brought to an end."""
    store = Store(home.folder, SHAPE)
    async with writing(store) as db:
        feeding = Indexing(store, db, home)

        async def change(batch: Batch) -> None:
            async with store.begun(db):
                changed = await keep(db, *batch)
            await feeding.change(changed)

        try:
            yield change
        finally:
            await feeding.close()


async def finished(home: Watched, *batches: Batch) -> str:
    """A whole pass over some batches; the name of the index."""
    store = Store(home.folder, SHAPE)
    async with writing(store) as db:
        feeding = Indexing(store, db, home)
        try:
            for batch in batches:
                async with store.begun(db):
                    changed = await keep(db, *batch)
                await feeding.change(changed)
            return await feeding.finish()
        finally:
            await feeding.close()


def served(folder: Path) -> Counter[str]:
    """How many passages of each article are served."""
    reader = Reader(Store(folder, SHAPE).connect())
    return Counter({name: len(reader.passages_of(name)) for name in reader})


async def test_fed(tmp_path):
    """All batches fed, the index holds just what is served; it was made anew once, and committed once."""
    home = Watched(tmp_path)
    await finished(home, *BATCHES)
    assert {"01.txt", "04.txt", "05.txt", "copy.txt"} == {*fed(tmp_path)}
    assert served(tmp_path) == fed(tmp_path)
    assert ([True], 1) == (home.anew, home.calls["commit"])


async def test_nothing_to_do(tmp_path):
    """An index in the state of the cache is not fed, and not even opened."""
    name = await finished(Watched(tmp_path), *BATCHES)
    again = Watched(tmp_path)
    assert name == await finished(again)
    assert ([], Counter()) == (again.anew, again.calls)


async def test_no_articles(tmp_path):
    """Of a cache without articles there is an empty index."""
    await finished(Watched(tmp_path))
    assert Counter() == fed(tmp_path)


async def test_a_change_feeds_only_what_changed(tmp_path):
    """One article more feeds that alone, whatever else there is."""
    await finished(Watched(tmp_path), *BATCHES)
    home = Watched(tmp_path)
    await finished(home, (told(9), ()))
    assert (["09.txt"], [False]) == (home.added, home.anew)
    assert served(tmp_path) == fed(tmp_path)


async def test_made_safe_now_and_then(tmp_path, monkeypatch):
    """In a long pass the index is committed every so many passages, and what was is not fed again after a crash."""
    monkeypatch.setattr(indexing, "_COMMIT", 6)
    home = Watched(tmp_path)
    async with begun(home) as change:
        for batch in BATCHES:
            await change(batch)
    assert home.calls["commit"] >= 2
    committed = [*home.added]
    again = Watched(tmp_path)
    await finished(again)
    assert True not in again.anew
    assert len(again.added) < len(committed)
    assert served(tmp_path) == fed(tmp_path)


# Cut short

STOPS = [
    (every, (call, number, when))
    for every, calls in ((1, ("add 1", "add 2", "remove 2", "commit 1", "commit 2")), (100_000, ("add 3", "commit 1")))
    for call, number in ((one.split()[0], int(one.split()[1])) for one in calls)
    for when in ("before", "after")
]


@pytest.mark.parametrize(("every", "stop"), STOPS)
async def test_cut_short_anywhere(tmp_path, monkeypatch, every, stop):
    """Whichever step is the last, with a commit after every batch or one at the end: the next start makes it whole."""
    monkeypatch.setattr(indexing, "_COMMIT", every)
    await finished(Watched(tmp_path), BATCHES[0])
    with pytest.raises(PowerFailure):
        await finished(Watched(tmp_path, stop), *BATCHES[1:], ((), ()), ((), ()))

    await finished(Watched(tmp_path))

    assert served(tmp_path) == fed(tmp_path)
    await finished(Watched(tmp_path), *BATCHES[1:], (told(7), ()))
    assert {"01.txt", "04.txt", "05.txt", "07.txt", "copy.txt"} == {*fed(tmp_path)}
    assert served(tmp_path) == fed(tmp_path)


async def test_committed_but_not_noted(tmp_path):
    """What was committed, but not noted in the cache as fed, is fed again, and is there once."""
    await finished(Watched(tmp_path), BATCHES[0])
    with pytest.raises(PowerFailure):
        await finished(Watched(tmp_path, ("commit", 1, "after")), BATCHES[1])
    assert served(tmp_path) == fed(tmp_path)
    home = Watched(tmp_path)
    await finished(home)
    assert ([False], {"01.txt", "03.txt", "04.txt"}) == (home.anew, {*home.added})
    assert served(tmp_path) == fed(tmp_path)


async def test_never_ended(tmp_path):
    """A pass that ends before the index is committed leaves all of it to the next one."""
    await finished(Watched(tmp_path), BATCHES[0])
    async with begun(Watched(tmp_path)) as change:
        for batch in BATCHES[1:]:
            await change(batch)
    assert {"00.txt", "01.txt", "02.txt"} == {*fed(tmp_path)}
    home = Watched(tmp_path)
    await finished(home, (told(7), ()))
    assert [False] == home.anew
    assert served(tmp_path) == fed(tmp_path)


# An index that is not the cache's


def _deleted(folder: Path, _: Path) -> None:
    for path in folder.glob("index-*"):
        while path.exists():  # a thread of tantivy may tidy it up at this moment
            shutil.rmtree(path, ignore_errors=True)


def _older(folder: Path, before: Path) -> None:
    _deleted(folder, before)
    shutil.copytree(before, folder / before.name)


def _noise(folder: Path, _: Path) -> None:
    (next(folder.glob("index-*")) / "meta.json").write_bytes(b"\0" * 300)


def _empty(folder: Path, _: Path) -> None:
    path = next(folder.glob("index-*"))
    _deleted(folder, path)
    path.mkdir()


@pytest.mark.parametrize("damage", [_deleted, _older, _noise, _empty])
async def test_made_anew(tmp_path, damage):
    """An index that is gone, damaged or in an older state is made anew, all of it, from the cache."""
    folder, before = tmp_path / "data", tmp_path / "before"
    await finished(Watched(folder), BATCHES[0])
    before.mkdir()
    before = Path(shutil.copytree(next(folder.glob("index-*")), before / next(folder.glob("index-*")).name))
    await finished(Watched(folder), *BATCHES[1:])

    damage(folder, before)
    home = Watched(folder)
    await finished(home)

    assert ([True], {*served(folder)}) == (home.anew, {*home.added})
    assert served(folder) == fed(folder)


async def test_made_anew_while_something_changes(tmp_path):
    """Also when the next pass has changes: what is new is fed once, what is gone not at all."""
    await finished(Watched(tmp_path), *BATCHES[:2])
    _deleted(tmp_path, tmp_path)
    home = Watched(tmp_path)
    await finished(home, *BATCHES[2:])
    assert [True] == home.anew
    assert served(tmp_path) == fed(tmp_path)


async def test_another_cache(tmp_path):
    """The index of a cache that is no more is not taken for that of the new one."""
    first = await finished(Watched(tmp_path), *BATCHES)
    (tmp_path / "cache.db").unlink()
    assert first != await finished(Watched(tmp_path), (told(8), ()))
    assert {"08.txt": 3} == fed(tmp_path)


_texts = st.dictionaries(st.integers(0, 5), st.none() | st.integers(0, 20), min_size=1, max_size=4)
_stops = st.tuples(
    st.sampled_from(["add", "remove", "commit"]), st.integers(1, 4), st.sampled_from(["before", "after"])
)


@settings(max_examples=12, deadline=None)
@given(passes=st.lists(st.tuples(st.lists(_texts, max_size=3), st.none() | _stops | st.just("older")), max_size=5))
async def test_any_passes(tmp_path_factory, passes):
    """Whatever passes there are, and wherever each of them ends: a whole one makes the index what is served."""
    folder = tmp_path_factory.mktemp("data")
    kept: Path | None = None
    for steps, end in passes:
        batches: list[Batch] = [
            (
                [entry_of(f"{name}.txt", story(text)) for name, text in step.items() if text is not None],
                [f"{name}.txt" for name, text in step.items() if text is None],
            )
            for step in steps
        ]
        try:
            await finished(Watched(folder, ("", 0, "") if end is None or end == "older" else end), *batches)
        except PowerFailure:
            continue
        assert served(folder) == fed(folder)
        if end == "older" and kept is not None:
            _older(folder, kept)
        elif kept is None:
            path = next(folder.glob("index-*"))
            kept = Path(shutil.copytree(path, tmp_path_factory.mktemp("older") / path.name))
    await finished(Watched(folder))
    assert served(folder) == fed(folder)
