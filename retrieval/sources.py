"""A corpus folder in; its article files, the text of each, and a reason for each one left out.

Most files are one article. An archive holds many, and is read by `retrieval.archives`.
"""

import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from retrieval import decoding
from retrieval.errors import CorpusMissing
from retrieval.models import Document, LeftOut

ARCHIVES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
"""Suffixes of files that hold many articles, of any size."""
PAGES = (".html", ".htm")
SUFFIXES = frozenset({".txt", ".md", ".markdown", ".pdf", *PAGES, *ARCHIVES})
LIMIT = 20_000_000
"""Bytes of the largest file that is read as one article."""
PDF_LIMIT = 100_000_000
"""Bytes of the largest PDF: most of them are pictures, which are never loaded."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its id (POSIX path in the corpus), where it is, a stamp that changes when it does, its bytes."""

    id: str
    path: Path
    stamp: str
    size: int

    @property
    def many(self) -> bool:
        """Whether it is an archive of many articles, and not one."""
        return self.id.lower().endswith(ARCHIVES)


def scan(corpus: Path) -> tuple[tuple[SourceFile, ...], tuple[LeftOut, ...]]:
    """List the article files of `corpus`, by id, and what is left out without opening it. Raises CorpusMissing."""
    found = list(walk(corpus))
    files = sorted((one for one in found if isinstance(one, SourceFile)), key=lambda file: file.id)
    left_out = sorted((one for one in found if isinstance(one, LeftOut)), key=lambda one: one.path)
    return tuple(files), tuple(left_out)


def walk(corpus: Path) -> Iterator[SourceFile | LeftOut]:
    """The article files of `corpus` and what is left out unopened, one by one, in no order. Raises CorpusMissing.

    Of a tree no more than its folders is held at a time.
    """
    return _walk(_root(corpus))


def look(corpus: Path, path: Path) -> SourceFile | LeftOut | None:
    """What `walk` would say of one path below `corpus`: None for a folder, and for what is passed over or not there.

    Where several links lead to a hidden folder, `walk` takes one of them, and this any. Raises CorpusMissing.
    """
    root = _root(corpus)
    path = corpus / path
    top = next((folder for folder in (root, corpus) if path.is_relative_to(folder)), None)
    if top is None or path == top:
        return None
    name = path.relative_to(top)
    if _is_hidden(name) or any(_is_elsewhere(root / folder, root) for folder in name.parents):
        return None
    if not os.path.lexists(root / name):
        return None
    return _look(root / name, name.as_posix(), root)


def read(file: SourceFile) -> Document | LeftOut:
    """The text of a `file` that is one article, never more than the limit of it even if it has grown since."""
    try:
        with file.path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > _limit(file.id):
                return LeftOut(file.id, "too_large", _megabytes(size))
            return _document(file.id, stream)
    except OSError as error:
        return LeftOut(file.id, "unreadable", error.strerror or "")


def _document(name: str, stream: BinaryIO) -> Document | LeftOut:
    """Libraries for pages and PDFs take 300 ms each to load, which a corpus of texts has no need of."""
    suffix = _suffix(name)
    if suffix == ".pdf":
        from retrieval import pdfs  # noqa: PLC0415

        return pdfs.document(name, stream)
    raw = stream.read(LIMIT)
    if suffix in PAGES:
        from retrieval import pages  # noqa: PLC0415

        return pages.document(name, raw)
    decoded = decoding.decode(raw)
    if decoded is None:
        return LeftOut(name, "binary")
    text, encoding = decoded
    if not text.removeprefix("\ufeff").strip():
        return LeftOut(name, "empty")
    return Document(name, text, encoding)


def _root(corpus: Path) -> Path:
    try:
        root = corpus.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        raise CorpusMissing(corpus) from None
    if not root.is_dir():
        raise CorpusMissing(corpus)
    return root


def _walk(root: Path) -> Iterator[SourceFile | LeftOut]:
    """Visit each folder once: real folders under their own path first, so that a link to one adds nothing."""
    folders, links, seen = deque([""]), deque[str](), set[int]()
    while folders or links:
        prefix = (folders or links).popleft()
        try:
            status = (root / prefix).stat()
            identity = status.st_dev << 64 | status.st_ino
            if identity in seen:
                continue
            seen.add(identity)
            with os.scandir(root / prefix) as entries:
                for entry in entries:
                    if _is_ignored(entry.name, prefix):
                        continue
                    one = _look(entry, prefix + entry.name, root)
                    if one:
                        yield one
                    else:
                        (links if entry.is_symlink() else folders).append(f"{prefix}{entry.name}/")
        except OSError as error:
            yield LeftOut(prefix.rstrip("/") or ".", "unreadable", error.strerror or "")


def _is_ignored(name: str, prefix: str) -> bool:
    return name.startswith(".") or name.lower() == "readme.md" or prefix + name == "catalog.toml"


def _is_hidden(name: Path) -> bool:
    """Whether a walk passes over a path below the root, or over a folder on the way to it."""
    return any(_is_ignored(part, "/" * number) for number, part in enumerate(name.parts))


def _is_elsewhere(folder: Path, root: Path) -> bool:
    """Whether a folder is a link out of the corpus, or to where a walk comes without it."""
    if not folder.is_symlink():
        return False
    real = Path(os.path.realpath(folder))  # unlike `resolve`, it takes a link to itself
    return not real.is_relative_to(root) or not _is_hidden(real.relative_to(root))


def _look(entry: os.DirEntry[str] | Path, name: str, root: Path) -> SourceFile | LeftOut | None:
    """What an entry is: an article file, something left out, or None for a folder to visit."""
    try:
        name.encode()
        status = entry.stat()
    except UnicodeEncodeError:
        return LeftOut(name.encode(errors="replace").decode(), "unreadable", "name: utf-8")
    except OSError as error:
        return LeftOut(name, "unreadable", error.strerror or "")
    if entry.is_symlink() and not Path(entry).resolve().is_relative_to(root):
        return LeftOut(name, "outside", str(Path(entry).readlink()))
    if stat.S_ISDIR(status.st_mode):
        return None
    return _left_out(name, status) or SourceFile(name, Path(entry), _stamp(status), status.st_size)


def _left_out(name: str, status: os.stat_result) -> LeftOut | None:
    suffix = _suffix(name)
    if suffix not in SUFFIXES:
        return LeftOut(name, "suffix", PurePosixPath(name).suffix)
    if not stat.S_ISREG(status.st_mode):  # to open a pipe is to wait for its other end
        return LeftOut(name, "unreadable", os.strerror(errno.EINVAL))
    if status.st_size > LIMIT and suffix not in ARCHIVES and status.st_size > _limit(name):
        return LeftOut(name, "too_large", _megabytes(status.st_size))
    return None


def _suffix(name: str) -> str:
    """The suffix in lower case, with the one before where it says how the file is packed."""
    before, dot, last = name.lower().rpartition(".")
    if last in {"gz", "zst"} and before.endswith(".jsonl"):
        return f".jsonl.{last}"
    return dot + last


def _limit(name: str) -> int:
    return PDF_LIMIT if _suffix(name) == ".pdf" else LIMIT


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
