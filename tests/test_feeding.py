"""Reading files and lines of archives, here or in other processes: the same, in the order that was asked."""

import asyncio
import datetime as dt
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest
from caches import story

from retrieval import copies, feeding, passages
from retrieval.entries import Entry, passages_of
from retrieval.feeding import Asked, Found, Mark, Request, read, results, stamp
from retrieval.models import CatalogEntry, Document, LeftOut
from retrieval.sources import SourceFile

DOCUMENT = Document("a.jsonl#1", story(1, 14), title="The mill", date=dt.date(2025, 3, 1), source="A paper", line=7)


def source(path: Path) -> SourceFile:
    return SourceFile(path.name, path, "1", path.stat().st_size)


async def given(asked: Sequence[Asked]) -> AsyncIterator[Asked]:
    for one in asked:
        yield one


async def found(asked: Sequence[Asked], *, much: bool = False) -> list[list[Found]]:
    return [some async for some in results(given(asked), much)]


# One article


def test_read_a_file(tmp_path):
    """Of a file: its article, its passages, their terms, what it shares with copies, and a stamp."""
    path = tmp_path / "mill.txt"
    path.write_text(story(1, 14), encoding="utf-8")
    entry = read(Request(source(path), CatalogEntry(title="Fire", date=dt.date(2025, 3, 2))))
    assert isinstance(entry, Entry)
    assert ("mill.txt", "Fire", dt.date(2025, 3, 2)) == (entry.article.id, entry.article.title, entry.article.date)
    split = passages.split(entry.article)
    assert [one.span for one in split] == [one.span for one in passages_of(entry.article, entry.spans)]
    assert len(split) == len(entry.terms) > 1
    assert "fire" in entry.terms[0].split()
    assert sorted(copies.prints(entry.article, split)) == [*entry.prints]


def test_read_of_an_archive():
    """An article that an archive gave is read as it was given."""
    entry = read(Request(DOCUMENT, None))
    assert isinstance(entry, Entry)
    told = entry.article
    assert ("a.jsonl#1", "The mill", dt.date(2025, 3, 1), "A paper") == (told.id, told.title, told.date, told.source)
    assert story(1, 14) == told.text


def test_prints_out_of_the_cache():
    """What an article shares with its copies is the same when it comes out of the cache, without terms."""
    entry = read(Request(DOCUMENT, None))
    assert isinstance(entry, Entry)
    kept = passages_of(entry.article, entry.spans)
    assert not any(sentence.terms for one in kept for sentence in one.sentences)
    assert copies.prints(entry.article, kept) == {*entry.prints}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"\0", "binary"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"No comments:\n", "no_text"),
        ("a.md", b"---\ndate: soon\n---\nRain.", "front_matter"),
    ],
)
def test_left_out(tmp_path, name, content, reason):
    """What can't be read, or holds no article, is left out with its reason."""
    path = tmp_path / name
    path.write_bytes(content)
    left_out = read(Request(source(path), None))
    assert isinstance(left_out, LeftOut)
    assert (name, reason) == (left_out.path, left_out.reason)


def test_gone_meanwhile(tmp_path):
    """A file that is no more when it is to be read is left out."""
    path = tmp_path / "a.txt"
    path.write_text("Rain.", encoding="utf-8")
    gone = source(path)
    path.unlink()
    assert LeftOut("a.txt", "unreadable", "No such file or directory") == read(Request(gone, None))


def test_stamp():
    """The stamp changes with all that an article is made of, and not with the line where it stands."""
    changed = [
        replace(DOCUMENT, **{one.name: dt.date(2020, 1, 1) if one.name == "date" else "other"})
        for one in fields(Document)
        if one.name != "line"
    ]
    said = CatalogEntry(title="Fire")
    stamps = [stamp(one, None) for one in (DOCUMENT, *changed)] + [stamp(DOCUMENT, said)]
    assert len(stamps) == len({*stamps})
    assert stamp(DOCUMENT, None) == stamp(replace(DOCUMENT, line=8), None)


# Many


def batch(count: int) -> list[Asked]:
    """An archive of so many articles, one of which has no text, between its marks."""
    texts = [story(number, 8) if number != 5 else "No comments:" for number in range(count)]
    asked = [Request(Document(f"a.jsonl#{number}", text), None) for number, text in enumerate(texts)]
    return [Mark("a.jsonl", "1", 0), *asked, LeftOut("a.jsonl:9", "not_json"), Mark("a.jsonl", "1", 9, ends=True)]


def read_here(asked: Sequence[Asked]) -> list[Found]:
    return [read(one) if isinstance(one, Request) else one for one in asked]


async def test_in_order(monkeypatch):
    """What is asked for comes in that order, with what needs no reading in its place, some at a time."""
    monkeypatch.setattr(feeding, "_AT_ONCE", 2_000)
    asked = batch(20)
    some = await found(asked)
    assert len(some) > 3
    assert read_here(asked) == [one for part in some for one in part]
    assert [] == await found([])


async def _no_children() -> bool:
    """Whether the processes that were begun end."""
    for _ in range(1_200):
        if not multiprocessing.active_children():
            return True
        await asyncio.sleep(0.05)
    return False


async def test_in_other_processes(monkeypatch):
    """Where there is much to read it is read in other processes, which end then; the results are the same."""
    monkeypatch.setattr(feeding, "_AT_ONCE", 2_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    asked = batch(20)
    running = set[int]()
    some: list[Found] = []
    async for part in results(given(asked), True):
        some += part
        running |= {one.pid or 0 for one in multiprocessing.active_children()}
    assert read_here(asked) == some
    assert 0 < len(running) <= 2
    assert os.getpid() not in running
    assert await _no_children()


async def test_ended_before_the_end(monkeypatch):
    """Who wants no more leaves no process behind."""
    monkeypatch.setattr(feeding, "_AT_ONCE", 2_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    reading = results(given(batch(40)), True)
    assert await anext(reading)
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGINT)  # Ctrl-C goes to all of a terminal's processes
    await reading.aclose()
    assert await _no_children()


async def test_a_fault_is_told(monkeypatch):
    """What goes wrong in reading is raised where it was asked for, not lost."""
    monkeypatch.setattr(feeding.articles, "parse", lambda found, said: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await found(batch(3))
