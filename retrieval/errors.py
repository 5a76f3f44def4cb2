"""What can go wrong in retrieval: one tree, each error with the facts its sentence needs.

RetrievalError
├── CorpusMissing      the folder of articles is not there
├── CatalogInvalid     catalog.toml says something it may not
├── CacheBusy          another process reads the articles for the first time
├── CacheUnwritable    what changed can't be kept
└── IndexAway          the index is on other machines and can't be reached

The sentence a person reads is a template (`prompts/error.*.j2`), chosen by `code` and filled with `facts`.
"""

from pathlib import Path
from typing import ClassVar


class RetrievalError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "retrieval"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        shown = ", ".join(f"{name}={value!s}" for name, value in facts.items())
        super().__init__(f"{self.code}: {shown}")


class CorpusMissing(RetrievalError, FileNotFoundError):
    """The corpus folder does not exist, or is no folder."""

    code = "corpus_missing"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class CatalogInvalid(RetrievalError, ValueError):
    """A mistake in `catalog.toml`: where it is, which key, and what is allowed there."""

    code = "catalog_invalid"

    def __init__(self, path: Path, line: int, key: str, allowed: str) -> None:
        super().__init__(path=path, line=line, key=key, allowed=allowed)


class CacheBusy(RetrievalError):
    """Another process has been writing the cache for too long, and there is nothing in it yet to be served."""

    code = "cache_busy"

    def __init__(self, path: str) -> None:
        super().__init__(path=path)


class CacheUnwritable(RetrievalError, OSError):
    """What changed in the articles can't be written to the cache at `path`; what was served before still is."""

    code = "cache_unwritable"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path=path, problem=problem)


class IndexAway(RetrievalError, ConnectionError):
    """The index is on other machines and can't be reached, or does not take what it is told."""

    code = "index_away"

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(address=address, problem=problem)
