"""Other ways to rank the same passages by BM25, each in a process of its own, so that its memory can be told.

    python -m evaluation.rivals NAME FOLDER --build TERMS

makes an index in FOLDER from a file that has the terms of a passage on each line. Without `--build` it is loaded from
there, and then each line of JSON on standard input is done: `{"terms": "…"}` gives the numbers of the ten best
passages, `{"add": ["…"]}` adds passages. Every line on standard output says how long it took, in milliseconds.
"""

import argparse
import json
import pickle
import sqlite3
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import ClassVar

LIMIT = 10
K1, B = 0.6, 0.75
"""Where they can be set."""


class Rival(ABC):
    """An index in a folder; passages are numbered from 0 in the order in which they come."""

    grows: ClassVar[bool] = True
    """Whether passages can be added to it; otherwise it is built anew for one more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def build(self, passages: Iterable[str]) -> None:
        """Make the index and keep it."""

    @abstractmethod
    def load(self) -> None:
        """Make ready to rank."""

    @abstractmethod
    def best(self, asked: Sequence[str]) -> list[int]:
        """The numbers of the ten best passages for some terms, best first."""

    def add(self, passages: Sequence[str]) -> None:
        """Add passages, so that they are ranked from now on, and kept."""
        raise NotImplementedError


class RankBM25(Rival):
    """rank-bm25 as it comes, pickled."""

    grows = False

    def build(self, passages: Iterable[str]) -> None:
        """See `Rival.build`; a term is one string for all passages, which it need not be."""
        from rank_bm25 import BM25Okapi  # noqa: PLC0415 -- only what is measured is loaded

        made = BM25Okapi([list(map(sys.intern, passage.split())) for passage in passages], k1=K1, b=B)
        with (self.folder / "bm25.pickle").open("wb") as file:
            pickle.dump(made, file, pickle.HIGHEST_PROTOCOL)

    def load(self) -> None:
        """See `Rival.load`."""
        with (self.folder / "bm25.pickle").open("rb") as file:
            self._bm25 = pickle.load(file)  # noqa: S301 -- just written by us  # nosec B301

    def best(self, asked: Sequence[str]) -> list[int]:
        """See `Rival.best`."""
        import numpy as np  # noqa: PLC0415

        scores = self._bm25.get_scores(asked)
        found = np.flatnonzero(scores > 0)
        return [int(at) for at in found[np.argsort(-scores[found], kind="stable")[:LIMIT]]]


class BM25S(Rival):
    """bm25s with NumPy: what each term adds to each passage is reckoned beforehand."""

    grows = False

    def build(self, passages: Iterable[str]) -> None:
        """See `Rival.build`."""
        import bm25s  # type: ignore[import-untyped] # noqa: PLC0415

        numbers: dict[str, int] = {}
        ids = [[numbers.setdefault(term, len(numbers)) for term in passage.split()] for passage in passages]
        made = bm25s.BM25(k1=K1, b=B, method="lucene")
        made.index(bm25s.tokenization.Tokenized(ids, numbers), show_progress=False)
        made.save(self.folder)

    def load(self) -> None:
        """See `Rival.load`."""
        import bm25s  # noqa: PLC0415

        self._bm25 = bm25s.BM25.load(self.folder, load_vocab=True)

    def best(self, asked: Sequence[str]) -> list[int]:
        """See `Rival.best`."""
        known = [term for term in asked if term in self._bm25.vocab_dict]
        if not known:
            return []
        size = min(LIMIT, int(self._bm25.scores["num_docs"]))
        found, scores = self._bm25.retrieve([known], k=size, show_progress=False)
        return [int(at) for at, score in zip(found[0], scores[0], strict=True) if score > 0]


class FTS5(Rival):
    """SQLite's full-text search, which stores no text here; its k1 and b are 1.2 and 0.75."""

    def build(self, passages: Iterable[str]) -> None:
        """See `Rival.build`."""
        self.load()
        self._db.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(terms, content='', tokenize=\"unicode61 tokenchars '.'\")"
        )
        self.add(passages)

    def load(self) -> None:
        """See `Rival.load`."""
        self._db = sqlite3.connect(self.folder / "fts5.sqlite", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")

    def best(self, asked: Sequence[str]) -> list[int]:
        """See `Rival.best`."""
        if not asked:
            return []
        either = " OR ".join(f'"{term}"' for term in asked)
        found = self._db.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (either, LIMIT)
        )
        return [number for (number,) in found]

    def add(self, passages: Iterable[str]) -> None:
        """See `Rival.add`."""
        (last,) = self._db.execute("SELECT coalesce(max(id), -1) FROM passages_docsize").fetchone()
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO passages (rowid, terms) VALUES (?, ?)", zip(count(last + 1), passages))
        self._db.execute("COMMIT")


class Tantivy(Rival):
    """Tantivy and nothing around it; its k1 and b are 1.2 and 0.75."""

    def build(self, passages: Iterable[str]) -> None:
        """See `Rival.build`."""
        self.load()
        self.add(passages)
        self._writer.wait_merging_threads()

    def load(self) -> None:
        """See `Rival.load`."""
        import tantivy  # noqa: PLC0415

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        schema.add_integer_field("number", fast=True, stored=True)
        self._schema = schema.build()
        self._tantivy = tantivy
        self._index = tantivy.Index(self._schema, path=str(self.folder))
        self._writer = self._index.writer(128_000_000, 2)
        self._searcher = self._index.searcher()

    def best(self, asked: Sequence[str]) -> list[int]:
        """See `Rival.best`."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        either = query.boolean_query([(should, query.term_query(self._schema, "terms", term)) for term in asked])
        hits = self._searcher.search(either, LIMIT).hits
        return [self._searcher.doc(address)["number"][0] for _, address in hits]

    def add(self, passages: Iterable[str]) -> None:
        """See `Rival.add`."""
        for number, passage in enumerate(passages, self._searcher.num_docs):
            document = self._tantivy.Document()
            document.add_text("terms", passage)
            document.add_integer("number", number)
            self._writer.add_document(document)
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


RIVALS: dict[str, type[Rival]] = {"rank-bm25": RankBM25, "bm25s": BM25S, "FTS5": FTS5, "tantivy": Tantivy}


def serve(rival: Rival, lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Load a rival and do what the lines say."""
    yield {"ms": _milliseconds(rival.load)}
    for line in lines:
        asked = json.loads(line)
        if "add" in asked:
            yield {"ms": _milliseconds(lambda: rival.add(asked["add"]))}  # noqa: B023 -- called at once
        else:
            found: list[int] = []
            words = asked["terms"].split()
            yield {"ms": _milliseconds(lambda: found.extend(rival.best(words))), "best": found}  # noqa: B023


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, and build or serve."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.rivals", description=__doc__)
    parser.add_argument("name", choices=RIVALS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--build", type=Path, metavar="TERMS")
    given = parser.parse_args(arguments)
    rival = RIVALS[given.name](given.folder)
    if given.build is None:
        for done in serve(rival, sys.stdin):
            sys.stdout.write(json.dumps(done) + "\n")
            sys.stdout.flush()
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    with given.build.open(encoding="utf-8") as passages:
        sys.stdout.write(json.dumps({"ms": _milliseconds(lambda: rival.build(passages))}) + "\n")


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
