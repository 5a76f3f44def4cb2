"""Files and documents in, entries out: many at once in processes of their own where there is much to read.

Cutting and analysing is what takes the time (four fifths of it), and a process of Python does one thing at a time.
"""

import asyncio
import hashlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields

from retrieval import articles, copies, passages, sources
from retrieval.entries import Entry, entry
from retrieval.models import CatalogEntry, Document, LeftOut
from retrieval.sources import SourceFile

MUCH = 4_000_000
"""Bytes to read from which on other processes help: they take half a second to start."""
_AT_ONCE = 300_000
"""Characters that are sent to a process at a time."""
_FILE = 20_000
"""Characters that a file is taken to have."""


@dataclass(frozen=True, slots=True)
class Request:
    """An article to read: its file, or its text as an archive gave it; and what the catalog says of it."""

    source: SourceFile | Document
    said: CatalogEntry | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What comes after this is of a file, until the mark that `ends` it; `done` are the bytes read by then."""

    file: str
    stamp: str
    done: int
    ends: bool = False
    many: bool = False


Asked = Request | LeftOut | Mark
Found = Entry | LeftOut | Mark


def stamp(document: Document, said: CatalogEntry | None) -> str:
    """What an article is made from, in short; where it stands in an archive is no part of that."""
    digest = hashlib.blake2b(digest_size=12)
    for one in fields(document):
        if one.name != "line":
            digest.update(f"{getattr(document, one.name)}\0".encode(errors="replace"))
    digest.update(repr(said).encode(errors="replace"))
    return digest.hexdigest()


def read(request: Request) -> Entry | LeftOut:
    """Read one article."""
    found = request.source if isinstance(request.source, Document) else sources.read(request.source)
    if isinstance(found, LeftOut):
        return found
    article = articles.parse(found, request.said)
    if isinstance(article, LeftOut):
        return article
    split = passages.split(article)
    if not split:
        return LeftOut(article.id, "no_text")
    return entry(article, stamp(found, request.said), split, sorted(copies.prints(article, split)))


async def results(asked: AsyncIterable[Asked], much: bool) -> AsyncGenerator[list[Found], None]:
    """What was asked for, in that order, some at a time; no more is under way than keeps the processors busy."""
    processes = (os.cpu_count() or 1) if much else 1
    pool = _pool(processes) if processes > 1 else None
    loop = asyncio.get_running_loop()
    under_way: deque[asyncio.Future[list[Found]]] = deque()
    try:
        async for batch in _batches(asked):
            with _undisturbed():
                under_way.append(loop.run_in_executor(pool, _read_all, batch))
            if len(under_way) > (2 * processes if pool else 0):
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for one in under_way:
            one.add_done_callback(_dropped)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _dropped(future: "asyncio.Future[list[Found]]") -> None:
    """Take what nobody waits for any more, also when it failed."""
    if not future.cancelled():
        future.exception()


async def _batches(asked: AsyncIterable[Asked]) -> AsyncGenerator[list[Asked], None]:
    batch: list[Asked] = []
    size = 0
    async for one in asked:
        batch.append(one)
        if isinstance(one, Request):
            size += len(one.source.text) if isinstance(one.source, Document) else _FILE
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_all(asked: list[Asked]) -> list[Found]:
    return [read(one) if isinstance(one, Request) else one for one in asked]


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=_start)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What is begun meanwhile never gets Ctrl-C: a process that it ends while it starts may leave the pool waiting."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start() -> None:
    """End with the process that began this one, however it ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
