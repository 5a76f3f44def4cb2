"""An open PDF in; the text of its text layer out, its wrapped lines joined into paragraphs.

Offsets are into the joined text, a blank line between paragraphs. What stands at the top or foot of page after page is
left away. The day that a PDF was made is not the day of the article, so none is stated.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from retrieval.models import Document, LeftOut

PAGES = 2_000
SECONDS = 120.0
"""Most pages, and most time for all of them; some twenty pages take a second."""

_LARGEST = 20_000_000
"""Bytes that a stream of a page may be unpacked to, and characters of all text."""
_OPERATIONS = 500_000
"""Of one page, of which a page of text has some thousands."""
_EDGE = 3
"""Lines at the top and at the foot of a page among which are those that every page has."""
_FULL = 0.88
"""Of the width of a page's lines, in characters: with the next one's first word, a wrapped line is about as wide."""
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\0": "\ufffd"}
)
_HYPHENS = ("-", "\u2010", "\xad")
_STOPPED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_NUMBERS = re.compile(r"\d+")

_LIMITS = pypdf.Configuration(
    zlib_maximum_output_length=_LARGEST,
    lzw_maximum_output_length=_LARGEST,
    run_length_maximum_output_length=_LARGEST,
    array_based_stream_maximum_output_length=_LARGEST,
    stream_parsing_work_maximum_count=_OPERATIONS,
    jbig2dec_binary=None,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each flaw that it can pass over


class _TooLarge(Exception):
    """More than is read; the message is the fact."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page: its text, whether it is set in, and about how many characters a full line of the page has."""

    text: str
    is_indented: bool
    width: int


def document(name: str, stream: BinaryIO) -> Document | LeftOut:
    """The article of a PDF, or why it is left out. Raises OSError."""
    pages: list[str] = []
    try:
        with pypdf.apply_configuration(_LIMITS):
            reader = pypdf.PdfReader(stream)
            for page in _pages(reader):
                pages.append(page)
            title = reader.metadata.title if reader.metadata else ""
    except OSError:
        raise
    except (FileNotDecryptedError, DependencyError):
        return LeftOut(name, "password")
    except (LimitReachedError, _TooLarge) as error:
        return LeftOut(name, "too_large", str(error))
    except Exception as error:  # "broken PDF files might cause other exceptions", says the library
        return LeftOut(name, "unreadable", f"page {len(pages) + 1}: {type(error).__name__}")
    text = "\n\n".join(_paragraphs(_lines(pages)))
    if not _is_text(text):
        return LeftOut(name, "no_layer")
    return Document(name, text, title=_title(title, pages))


def _pages(reader: pypdf.PdfReader) -> Iterator[str]:
    """The text of each page. Raises _TooLarge."""
    if len(reader.pages) > PAGES:
        raise _TooLarge(f"{len(reader.pages):,} pages")
    deadline, size = time.monotonic() + SECONDS, 0
    for page in reader.pages:
        text = page.extract_text().encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_LIGATURES)
        size += len(text)
        if size > _LARGEST:
            raise _TooLarge(f"{size / 1e6:.1f} MB")
        if time.monotonic() > deadline:
            raise _TooLarge(f"{SECONDS:.0f} s")
        yield text


def _lines(pages: Sequence[str]) -> list[_Line | None]:
    """All lines but those around the text; None for a blank one."""
    split = [page.splitlines() for page in pages]
    edges = Counter(key for lines in split for key in {_key(lines[at]) for at in _edges(lines)})
    around = {key for key, count in edges.items() if count > 1 and count * 3 >= len(pages)}
    found: list[_Line | None] = []
    for lines in split:
        skipped = {at for at in _edges(lines) if _key(lines[at]) in around}
        width = _width(lines)
        for at, line in enumerate(lines):
            text = " ".join(line.split())
            if at not in skipped:
                found.append(_Line(text, line[0].isspace(), width) if text else None)
    return found


def _edges(lines: Sequence[str]) -> set[int]:
    """Where the first and the last lines of a page are, blank ones aside."""
    full = [at for at, line in enumerate(lines) if line.strip()]
    return {*full[:_EDGE], *full[-_EDGE:]}


def _key(line: str) -> str:
    """A line with its numbers alike, as those of pages are."""
    return _NUMBERS.sub("#", " ".join(line.split()))


def _width(lines: Sequence[str]) -> int:
    """How long nine lines in ten are at most: headings may be longer."""
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _paragraphs(lines: Sequence[_Line | None]) -> Iterator[str]:
    whole = "\n".join(line.text for line in lines if line)
    held, last = "", None
    for line in lines:
        if line and last and _goes_on(last, line):
            held = _joined(held, line.text, whole)
        else:
            if held and (line or last):
                yield held
            held = line.text if line else ""
        last = line
    if held:
        yield held


def _goes_on(last: _Line, line: _Line) -> bool:
    """Whether a line goes on with the paragraph of the one before: it could not have been set beside it, or must be."""
    if last.text.endswith(_HYPHENS) or (line.text[0].islower() and not _STOPPED.search(last.text)):
        return True
    if line.is_indented and not last.is_indented and _STOPPED.search(last.text):
        return False
    return len(last.text) + 1 + len(line.text.split(maxsplit=1)[0]) > _FULL * last.width


def _joined(held: str, line: str, whole: str) -> str:
    """Two lines as one, a word cut in two made whole: with its hyphen where the text has it so elsewhere."""
    if not held.endswith(_HYPHENS) or not line[0].islower():
        return f"{held} {line}"
    before, after = held[:-1], line.split(maxsplit=1)[0]
    written = f"{before.split()[-1] if before.split() else ''}-{after}"
    return held + line if not held.endswith("\xad") and written in whole else before + line


def _is_text(text: str) -> bool:
    """Whether there is a layer, and it holds words: fonts without a table of characters come out as signs."""
    shown = sum(not char.isspace() for char in text)
    return shown > 0 and sum(char.isalnum() for char in text) * 2 > shown


def _title(title: object, pages: Sequence[str]) -> str:
    """The title of the file's properties where it is printed on the first page; many are the name of a file."""
    words = title.split() if isinstance(title, str) else []
    printed = " ".join(pages[0].split()).casefold() if pages else ""
    return " ".join(words) if len(words) > 1 and " ".join(words).casefold() in printed else ""
