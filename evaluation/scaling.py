"""Measures the product and other indexes at several sizes of an archive.

    python -m evaluation.scaling --sizes 2000 20000 200000

makes each archive in a temporary folder, feeds it, starts, asks and adds to it, and puts the figures into
docs/benchmarks/ beside those of other sizes; docs/scaling.md says what follows from them. How it is measured stands in
evaluation/measured.py.
"""

import argparse
import datetime as dt
import os
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation import archive
from evaluation.measured import QUESTIONS, Archive, Row, make, product, rival
from evaluation.processes import Dialogue, talking
from evaluation.rivals import RIVALS
from evaluation.scaling_report import FOLDER, merge, report
from evaluation.terms import write_terms

SIZES = (2_000, 20_000, 200_000)
INDEXES = ("auto", "memory", "disk", "cluster")
BESIDE = "rank-bm25"
"""The other index whose ranking is timed in turns with the product's answers."""


def measured(of: Archive, folder: Path, indexes: Sequence[str], others: Sequence[str]) -> Iterator[Row]:
    """The figures of some indexes of the product, and of other ones, over an archive; what they keep is in `folder`."""
    terms = folder / "terms.txt"
    if others:
        write_terms(terms, archive.SEED, of.size)
    for name in others:
        yield rival(name, terms, of, folder / name)
    with ExitStack() as stack:
        other: Dialogue | None = None
        if indexes and BESIDE in others:
            command = (sys.executable, "-m", "evaluation.rivals", BESIDE, str(folder / BESIDE))
            other = stack.enter_context(talking(command))
            other.hear()
        for index in indexes:
            yield product(of, index, folder / f"data-{index}", other)


def machine() -> str:
    """What it is measured on; nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = re.match(r"[\d.]*\d", platform.release())
    system = f"{platform.system()} {kernel[0] if kernel else ''}".strip()
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, measure and report."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.scaling", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N", help="numbers of passages")
    parser.add_argument(
        "--indexes", nargs="*", choices=INDEXES, default=["auto"], help="the product's own; none for none"
    )
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=list(RIVALS), help="other ones; none for none")
    parser.add_argument("--questions", type=int, default=QUESTIONS, metavar="M", help="how many are asked")
    parser.add_argument("--form", choices=["jsonl", "txt"], default="jsonl", help="archive files or text files")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER", help="where the figures go")
    given = parser.parse_args(arguments)
    common: Row = {"machine": machine(), "date": dt.datetime.now(dt.UTC).date().isoformat()}
    for size in given.sizes:
        with TemporaryDirectory(prefix="archive-") as name:
            folder = Path(name)
            of = make(folder / "corpus", size, given.form, given.questions)
            for row in measured(of, folder, given.indexes, given.rivals):
                sys.stderr.write(f"{row}\n")
                rows = merge(given.out, [row | common])
                report(given.out, rows)


if __name__ == "__main__":
    main()
