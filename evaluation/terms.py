"""An archive's passages in, their index terms out, as the product's own indexes have them: for feeding other ones."""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from evaluation.prose import articles_of, written
from retrieval import terms

_PART = 1_000
"""Articles that a process does at a time."""


def terms_of(seed: int, number: int) -> list[str]:
    """The terms of each passage of an article, as the product's own indexes have them, joined by spaces."""
    article = written(seed, number)
    title = terms(article.title)
    return [" ".join(title + terms(passage)) for passage in article.passages]


def write_terms(path: Path, seed: int, passages: int, processes: int = 2) -> None:
    """Write a file with the terms of each passage of an archive on a line."""
    articles = articles_of(passages)
    parts = [range(first, min(first + _PART, articles)) for first in range(0, articles, _PART)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool, path.open("w", encoding="utf-8") as file:
        for lines in pool.map(partial(_terms_of_part, seed), parts):
            file.writelines(lines)


def _terms_of_part(seed: int, numbers: Iterable[int]) -> list[str]:
    return [line + "\n" for number in numbers for line in terms_of(seed, number)]
