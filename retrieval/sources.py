"""A corpus folder in; its article files, the text of each, and a reason for each one left out."""

import codecs
import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from retrieval.errors import CorpusMissing
from retrieval.models import Document, LeftOut

SUFFIXES = frozenset({".txt", ".md", ".markdown"})
LIMIT = 20_000_000
"""Bytes of the largest file that is read."""

_NO_ARTICLES = frozenset({"readme.md", "catalog.toml"})
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
# What is found on the web and in old newsrooms. Left to all its encodings, the detector takes short Western texts for
# UTF-16, Greek Macintosh or DOS code pages.
_ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("iso8859_2", "iso8859_5", "iso8859_7", "koi8_r", "koi8_u", "mac_roman", "mac_cyrillic"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
]
_DOUBT = 0.1  # "à – “d" alone, in cp1252, is worth 0.097 of disorder to the detector


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its id (POSIX path in the corpus), where it is, and a stamp that changes when it does."""

    id: str
    path: Path
    stamp: str


def scan(corpus: Path) -> tuple[tuple[SourceFile, ...], tuple[LeftOut, ...]]:
    """List the article files of `corpus`, by id, and what is left out without opening it. Raises CorpusMissing."""
    try:
        root = corpus.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        raise CorpusMissing(corpus) from None
    if not root.is_dir():
        raise CorpusMissing(corpus)
    found = list(_walk(root))
    files = sorted((one for one in found if isinstance(one, SourceFile)), key=lambda file: file.id)
    left_out = sorted((one for one in found if isinstance(one, LeftOut)), key=lambda one: one.path)
    return tuple(files), tuple(left_out)


def read(file: SourceFile) -> Document | LeftOut:
    """The text of `file`, never more than the limit of it even if it has grown since."""
    try:
        with file.path.open("rb") as stream:
            raw = stream.read(LIMIT + 1)
    except OSError as error:
        return LeftOut(file.id, "unreadable", error.strerror or "")
    if len(raw) > LIMIT:
        return LeftOut(file.id, "too_large", _megabytes(len(raw)))
    decoded = _decode(raw)
    if decoded is None:
        return LeftOut(file.id, "binary")
    text, encoding = decoded
    if not text.removeprefix("\ufeff").strip():
        return LeftOut(file.id, "empty")
    return Document(file.id, text, encoding)


def _walk(root: Path) -> Iterator[SourceFile | LeftOut]:
    """Visit each folder once: real folders under their own path first, so that a link to one adds nothing."""
    folders, links, seen = deque([(root, "")]), deque[tuple[Path, str]](), set[Path]()
    while folders or links:
        folder, prefix = (folders or links).popleft()
        real = folder.resolve()
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = [entry for entry in os.scandir(folder) if not _is_ignored(entry.name, prefix)]
        except OSError as error:
            yield LeftOut(prefix.rstrip("/") or ".", "unreadable", error.strerror or "")
            continue
        for entry in entries:
            one = _look(entry, prefix + entry.name, root)
            if isinstance(one, Path):
                (links if entry.is_symlink() else folders).append((one, f"{prefix}{entry.name}/"))
            else:
                yield one


def _is_ignored(name: str, prefix: str) -> bool:
    return name.startswith(".") or name.lower() == "readme.md" or prefix + name == "catalog.toml"


def _look(entry: os.DirEntry[str], name: str, root: Path) -> SourceFile | LeftOut | Path:
    """What an entry is: an article file, something left out, or a folder to visit (its path)."""
    path = Path(entry.path)
    try:
        name.encode()
        status = entry.stat()
    except UnicodeEncodeError:
        return LeftOut(name.encode(errors="replace").decode(), "unreadable", "name: utf-8")
    except OSError as error:
        return LeftOut(name, "unreadable", error.strerror or "")
    if entry.is_symlink() and not path.resolve().is_relative_to(root):
        return LeftOut(name, "outside", str(path.readlink()))
    if stat.S_ISDIR(status.st_mode):
        return path
    return _left_out(name, status) or SourceFile(name, path, _stamp(status))


def _left_out(name: str, status: os.stat_result) -> LeftOut | None:
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in SUFFIXES:
        return LeftOut(name, "suffix", suffix)
    if not stat.S_ISREG(status.st_mode):  # to open a pipe is to wait for its other end
        return LeftOut(name, "unreadable", os.strerror(errno.EINVAL))
    if status.st_size > LIMIT:
        return LeftOut(name, "too_large", _megabytes(status.st_size))
    return None


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _decode(raw: bytes) -> tuple[str, str] | None:
    """The text and the name of its encoding, or None for what is no text."""
    for bom, name in _BOMS:
        if raw.startswith(bom):
            try:
                return raw.decode(name), name
            except UnicodeDecodeError:
                return None
    if b"\0" in raw:
        return None
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        return _damaged(raw) or _detect(raw)


def _damaged(raw: bytes) -> tuple[str, str] | None:
    """UTF-8 in which a few bytes are broken: no reason to misread all the others."""
    text = raw.decode(errors="replace")
    broken = text.count("\ufffd")
    sound = sum(not char.isascii() for char in text) - broken
    return (text, "utf-8, damaged") if broken * 10 <= sound else None


def _detect(raw: bytes) -> tuple[str, str] | None:
    """Any other encoding; Western European where that explains the bytes as well as the detector's first choice."""
    if len(raw) - len(raw.translate(None, _CONTROLS)) > len(raw) // 50:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415  40 ms that hardly any corpus needs

    matches = from_bytes(raw, cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None:
        return None
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), best)
    if western.chaos <= best.chaos + _DOUBT and western.coherence >= best.coherence:
        best = western
    return str(best), "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
