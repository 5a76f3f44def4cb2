"""The cache at one moment: articles and passages as they were kept, of any number of them, and few at a time."""

import datetime as dt
import gc
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from caches import SHAPE, entry_of, kept, story
from corpora import article_of

from retrieval import passages, reader
from retrieval.models import Article, DateRange, Passage
from retrieval.reader import Reader
from retrieval.store import Store

DAYS = (dt.date(2025, 3, 3), None, dt.date(2025, 3, 1), dt.date(2025, 3, 2), None, dt.date(2025, 3, 3))


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    """A cache of six articles of several passages each, kept in no order, and a copy."""
    made = Store(tmp_path, SHAPE)
    entries = [entry_of(f"{number}.txt", story(number, 14), day) for number, day in enumerate(DAYS)]
    await kept(made, [*reversed(entries), entry_of("copy.txt", story(3, 14))])
    return made


def split(name: str) -> tuple[Passage, ...]:
    """The passages of an article as it was read, without terms."""
    read = passages.split(article_of(story(int(name[0]), 14), name))
    return tuple(
        replace(one, sentences=tuple(replace(sentence, terms=()) for sentence in one.sentences)) for one in read
    )


def read(number: int) -> Article:
    """An article as it was read."""
    return replace(article_of(story(number, 14), f"{number}.txt"), date=DAYS[number])


def test_articles(store):
    """All that is served is there by id and in that order, a copy is not, and what is not there is a KeyError."""
    opened = Reader(store.connect())
    assert {f"{number}.txt": read(number) for number in range(6)} == dict(opened)
    assert sorted(opened) == list(opened)
    assert 6 == len(opened)
    for name in ("copy.txt", "nothing.txt"):
        assert name not in opened
        with pytest.raises(KeyError):
            opened[name]
        with pytest.raises(KeyError):
            opened.passages_of(name)


def test_passages(store):
    """Passages come by their article, and by their keys in the order that is asked; of what is not there none."""
    opened = Reader(store.connect())
    numbers = {one.article.id: one.number for one in opened.entries()}
    three, five = split("3.txt"), split("5.txt")
    assert len(three) > 1
    assert three == opened.passages_of("3.txt")
    keys = [(numbers["5.txt"], 1), (numbers["3.txt"], 0), (9_999, 0), (numbers["3.txt"], 99), (numbers["3.txt"], 1)]
    assert [five[1], three[0], None, None, three[1]] == opened.passages(keys)
    assert [] == opened.passages([])


def test_a_copy_has_no_passages(store):
    """What an index may still know of an article that is a copy by now is not served."""
    with closing(store.connect()) as db:
        [[number]] = db.execute("SELECT number FROM articles WHERE id = 'copy.txt'")
    assert [None] == Reader(store.connect()).passages([(number, 0)])


def test_what_is_known_of_all(store):
    """The newest day, how many have no date, and how many passages there are, copies left out."""
    opened = Reader(store.connect())
    assert (dt.date(2025, 3, 3), 2, {"en": 6}) == (opened.newest, opened.undated, opened.languages)
    assert sum(len(split(f"{number}.txt")) for number in range(6)) == opened.passages_in_all


async def test_of_nothing(tmp_path):
    """Of an empty cache there is nothing, and no newest day."""
    empty = Store(tmp_path / "empty", SHAPE)
    await kept(empty, [])
    opened = Reader(empty.connect())
    assert (0, None, 0, {}) == (opened.passages_in_all, opened.newest, opened.undated, dict(opened))
    assert {"en": 0} == opened.languages
    assert [] == opened.latest(3)
    assert [] == opened.openings(3, DateRange(dt.date.min, dt.date.max))


def test_latest(store):
    """The newest articles come first, those of a day by id, and those without a date last; with their blocks."""
    opened = Reader(store.connect())
    assert ["0.txt", "5.txt", "3.txt", "2.txt", "1.txt", "4.txt"] == [one.id for one in opened.latest(9)]
    assert ["0.txt", "5.txt"] == [one.id for one in opened.latest(2)]
    assert opened.latest(1)[0].blocks


def test_openings(store):
    """Of the articles of some days all first passages, then all second ones; at most so many."""
    opened = Reader(store.connect())
    days = DateRange(dt.date(2025, 3, 2), dt.date(2025, 3, 3))
    counts = {f"{number}.txt": len(split(f"{number}.txt")) for number in (0, 3, 5)}
    expected = [(name, at) for at in range(max(counts.values())) for name, count in counts.items() if at < count]
    found = [one for one in opened.passages(opened.openings(99, days)) if one]
    assert expected == [(one.article_id, one.number) for one in found]
    assert opened.openings(99, days)[:4] == opened.openings(4, days)


def test_entries_have_blocks(store):
    """What is fed to an index comes whole."""
    assert [article_of(story(number, 14), f"{number}.txt").blocks for number in range(6)] == [
        one.article.blocks for one in Reader(store.connect()).entries()
    ]


async def test_one_moment(store):
    """What is kept after a reader was opened is seen by the next one, not by this."""
    opened = Reader(store.connect())
    await kept(store, [entry_of("9.txt", story(9)), entry_of("2.txt", story(20))], ["0.txt"])
    assert [f"{number}.txt" for number in range(6)] == list(opened)
    assert story(2, 14) == opened["2.txt"].text
    assert split("0.txt") == opened.passages_of("0.txt")
    assert ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt", "9.txt"] == list(Reader(store.connect()))


def test_nothing_can_be_written(store):
    """Who reads changes nothing."""
    db = store.connect()
    opened = Reader(db)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM articles")
    assert 6 == len(opened)


def test_few_articles_are_remembered(store, monkeypatch):
    """However many are asked for, no more than so many characters of them stay in memory; all come right."""
    size = len(story(0, 14))
    monkeypatch.setattr(reader, "REMEMBERED", 2 * size + size // 2)
    opened = Reader(store.connect())
    for _ in range(3):
        for number in range(6):
            assert story(number, 14) == opened[f"{number}.txt"].text
            remembered = [article for article, _ in opened._known.values()]
            assert 0 < sum(len(one.text) for one in remembered) <= reader.REMEMBERED
            assert {one.id for one in remembered} == opened._numbers.keys()


def test_an_article_longer_than_all_that_is_remembered(store, monkeypatch):
    """An article that is too long to be remembered is read each time."""
    monkeypatch.setattr(reader, "REMEMBERED", 10)
    opened = Reader(store.connect())
    for _ in range(2):
        assert story(4, 14) == opened["4.txt"].text
    assert {} == opened._known


def test_from_any_thread(store, monkeypatch):
    """Many threads that read at the same time, with hardly anything remembered, each get what they ask for."""
    monkeypatch.setattr(reader, "REMEMBERED", 2 * len(story(0, 14)))
    opened = Reader(store.connect())
    expected = [split(f"{number}.txt") for number in range(6)]
    with ThreadPoolExecutor(8) as threads:
        names = [f"{at * 7 % 6}.txt" for at in range(300)]
        assert [expected[int(name[0])] for name in names] == list(threads.map(opened.passages_of, names))


async def test_let_go(store, tmp_path):
    """When nobody holds it any more, a reader no longer keeps the log from being emptied."""
    opened = Reader(store.connect())
    await kept(store, [entry_of("9.txt", story(9))])
    with closing(sqlite3.connect(tmp_path / "cache.db", timeout=0)) as db:
        assert (1,) == db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[:1]
        del opened
        gc.collect()
        assert (0,) == db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[:1]


@pytest.mark.parametrize("column", ["text", "spans", "title", "date"])
def test_damage_is_found(store, column):
    """An article that is not what was written is an error when it is read; the others are read all the same."""
    with closing(store.connect()) as db:
        db.execute(f"UPDATE articles SET {column} = replace({column}, '2', '7') WHERE id = '2.txt'")
    opened = Reader(store.connect())
    with pytest.raises(sqlite3.DatabaseError, match="checksum"):
        opened["2.txt"]
    with pytest.raises(sqlite3.DatabaseError, match="checksum"):
        list(opened.entries())
    assert story(3, 14) == opened["3.txt"].text


def test_a_day_that_is_none(store):
    """What is wrong where no checksum is, is an error of the database too."""
    with closing(store.connect()) as db:
        db.execute("UPDATE articles SET date = 'soon'")
    with pytest.raises(sqlite3.DatabaseError, match="date 'soon'"):
        Reader(store.connect())


def test_another_article_in_its_place(store, monkeypatch):
    """An article that is not found where the cache says it is is an error, and no other is given for it."""
    opened = Reader(store.connect())
    [number] = [one.number for one in opened.entries() if one.article.id == "3.txt"]
    read = opened._rows
    for wrong in (number, 9_999):
        monkeypatch.setattr(
            opened,
            "_rows",
            lambda query, *values, at=wrong: [(at,)] if "SELECT number" in query else read(query, *values),
        )
        with pytest.raises(sqlite3.DatabaseError, match=r"number of 2\.txt"):
            opened["2.txt"]
