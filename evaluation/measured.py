"""An archive in, what the product and other indexes cost over it out, by whole processes as an operator has them.

All but the cold start, which comes last, is with files in the kernel's cache, as they are after feeding. For the cold
start the archive's files and all that is kept of them are dropped from it; Python's own are not.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation import archive, rivals
from evaluation.archive import Known
from evaluation.processes import Dialogue, forget, occupied, run, talking
from evaluation.prose import articles_of, written
from evaluation.terms import terms_of
from retrieval import terms

QUESTIONS, BESIDE = 800, 60
"""Asked one by one, enough for the process to have remembered all that it will, and in turns with another index."""
SECONDS, FEWEST = 15.0, 20
"""How long another index is asked, and how many questions it gets however long they take."""
ADDED, PATIENCE = 3, 10.0
"""Articles that are added while a process answers, and seconds in which each has to be found."""
WITHIN = 3
"""How many quotes a reader is taken to read."""

Row = dict[str, Any]
"""The figures of one index at one size; None for what was not measured."""

_ADDED = "added-"
_ASK = (sys.executable, "-m", "bot", "ask", "--json", "-")
_FEED = (sys.executable, "-m", "bot", "index")


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive on disk, and questions about it: those `asked` one by one, and those asked `beside` another index.

    `size` is the number of passages that it was made for; `text` are the bytes of its articles' text.
    """

    folder: Path
    form: archive.Form
    size: int
    text: int
    asked: tuple[Known, ...]
    beside: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to a question: after how many milliseconds, by our clock and its own, and which quote is right."""

    known: Known
    elapsed: float
    own: float
    answered: bool
    rank: int | None


def make(folder: Path, size: int, form: archive.Form = "jsonl", questions: int = QUESTIONS) -> Archive:
    """Make an archive and its questions."""
    archive.write(folder, size, form=form)
    known = list(archive.questions(archive.SEED, questions + BESIDE, size))
    every = len(known) // BESIDE
    beside = known[::every][:BESIDE]
    asked = [one for at, one in enumerate(known) if at % every or at >= every * BESIDE]
    text = sum(_text_bytes(path) for path in folder.rglob("a*") if path.is_file())
    return Archive(folder, form, size, text, tuple(asked), tuple(beside))


def product(of: Archive, index: str, data: Path, other: Dialogue | None = None) -> Row:
    """The figures of the product with an index of some kind, asked also in turns with an `other` one."""
    chosen = {} if index == "auto" else {"DATELINE_INDEX": index}
    environment = os.environ | chosen | {"DATELINE_CORPUS": str(of.folder), "DATELINE_DATA_DIR": str(data)}
    fed = run(_FEED, environment)
    disk, index_only = occupied(data), sum(map(occupied, data.glob("index-*")))
    first, *further = of.asked
    started = time.perf_counter()
    with talking(_ASK, environment) as answering:
        _reply(answering, first, of)
        warm = time.perf_counter() - started
        before = answering.worked()
        replies = [_reply(answering, known, of) for known in further]
        worked = (answering.worked() - before) / len(replies)
        memory = answering.memory()
        found = list(_found(answering, of))
        turns = list(_in_turns(answering, other, of)) if other else []
    forget(data)
    forget(of.folder)
    started = time.perf_counter()
    with talking(_ASK, environment) as answering:
        _reply(answering, first, of)
        cold = time.perf_counter() - started
    for path in of.folder.glob(f"{_ADDED}*"):
        path.unlink()  # the next index is to find the same archive
    return {
        "passages": of.size,
        "index": index,
        "feed_s": fed.seconds,
        "feed_worked_s": fed.worked,
        "feed_peak_mb": fed.peak,
        "disk_mb": disk / 1e6,
        "index_mb": index_only / 1e6,
        "text_mb": of.text / 1e6,
        "cold_s": cold,
        "start_s": warm,
        **_latencies([reply.elapsed for reply in replies]),
        "own_p50_ms": statistics.median(reply.own for reply in replies),
        "worked_ms": worked,
        "per_second": 1000 / statistics.fmean(reply.elapsed for reply in replies),
        **_shares(replies),
        "memory_mb": memory.resident,
        "memory_own_mb": memory.own,
        "add_ms": statistics.median(found) * 1000 if found else None,
        **_beside(turns),
    }


def rival(name: str, passages: Path, of: Archive, folder: Path) -> Row:
    """The figures of another index, which ranks and does no more: fed the terms of `passages`, asked the same."""
    command = (sys.executable, "-m", "evaluation.rivals", name, str(folder))
    built = run([*command, "--build", str(passages)])
    seconds: float = json.loads(built.printed)["ms"] / 1000
    disk = occupied(folder)
    grows = rivals.RIVALS[name].grows
    with talking(command) as ranking:
        load = ranking.hear()["ms"] / 1000
        took = list(_ranked(ranking, of.asked))
        memory = ranking.memory()
        added = list(_added(ranking, of)) if grows else [seconds * 1000]
    return {
        "passages": of.size,
        "index": name,
        "feed_s": seconds,
        "feed_peak_mb": built.peak,
        "disk_mb": disk / 1e6,
        "text_mb": of.text / 1e6,
        "start_s": load,
        **_latencies(took),
        "memory_mb": memory.resident,
        "memory_own_mb": memory.own,
        "add_ms": statistics.median(added),
        "grows": grows,
    }


def _reply(answering: Dialogue, known: Known, of: Archive) -> Reply:
    fields, elapsed = answering.ask({"question": known.question})
    ranks = (
        rank
        for rank, quote in enumerate(fields["quotes"], 1)
        if known.article is not None
        and quote["article"] == archive.article_id(known.article, of.form)
        and known.answer in quote["text"]
    )
    return Reply(known, elapsed, fields["elapsed_ms"], fields["status"] == "answered", next(ranks, None))


def _found(answering: Dialogue, of: Archive) -> Iterator[float]:
    """Seconds from when an article is in the folder until it is quoted; ends at the first that is not found in time."""
    for at in range(ADDED):
        article = written(archive.SEED, articles_of(of.size) + at)
        path = of.folder / f"{_ADDED}{at}.txt"
        hidden = path.with_name(f".{path.name}")
        hidden.write_text(archive.as_text(article), encoding="utf-8")
        question = {"question": article.facts[0].asked[0][0]}
        hidden.rename(path)
        started = time.perf_counter()
        while path.name not in {quote["article"] for quote in answering.ask(question)[0]["quotes"]}:
            if time.perf_counter() - started > PATIENCE:
                return
            time.sleep(0.005)
        yield time.perf_counter() - started


def _ranked(ranking: Dialogue, asked: Iterable[Known]) -> Iterator[float]:
    """Milliseconds of each ranking, until the time for it is over."""
    started = time.perf_counter()
    for number, known in enumerate(asked):
        if number >= FEWEST and time.perf_counter() - started > SECONDS:
            return
        yield _rank(ranking, known)


def _rank(ranking: Dialogue, known: Known) -> float:
    fields, _ = ranking.ask({"terms": " ".join(terms(known.question))})
    took: float = fields["ms"]
    return took


def _added(ranking: Dialogue, of: Archive) -> Iterator[float]:
    """Milliseconds that each of some further articles takes."""
    for at in range(ADDED):
        fields, _ = ranking.ask({"add": terms_of(archive.SEED, articles_of(of.size) + at)})
        yield fields["ms"]


def _in_turns(answering: Dialogue, other: Dialogue, of: Archive) -> Iterator[tuple[float, float]]:
    """Milliseconds of the product's whole answer, and of the other's ranking for the same question."""
    started = time.perf_counter()
    for number, known in enumerate(of.beside):
        if number >= FEWEST and time.perf_counter() - started > SECONDS:
            return
        yield _reply(answering, known, of).elapsed, _rank(other, known)


def _beside(turns: Sequence[tuple[float, float]]) -> Row:
    if not turns:
        return {}
    own, others = (statistics.median(column) for column in zip(*turns, strict=True))
    return {"beside_p50_ms": own, "other_p50_ms": others, "times": others / own}


def _latencies(took: Sequence[float]) -> Row:
    return {
        "questions": len(took),
        "p50_ms": statistics.median(took),
        "p99_ms": statistics.quantiles(took, n=100, method="inclusive")[98],
    }


def _shares(replies: Sequence[Reply]) -> Row:
    """How many questions have their answer in the first quote, how many in one of three; and no quote without one."""
    known = [reply for reply in replies if reply.known.article is not None]
    others = [reply for reply in replies if reply.known.article is None]
    return {
        "first": _share(reply.rank == 1 for reply in known),
        "within": _share(reply.rank is not None and reply.rank <= WITHIN for reply in known),
        "refused": _share(not reply.answered for reply in others),
    }


def _share(those: Iterable[bool]) -> float | None:
    found = list(those)
    return sum(found) / len(found) if found else None


def _text_bytes(path: Path) -> int:
    if path.suffix != ".jsonl":
        return path.stat().st_size
    with path.open(encoding="utf-8") as lines:
        return sum(len(json.loads(line)["text"].encode()) for line in lines)
