"""A text in; its stretches out: single lines and hard-wrapped paragraphs, trimmed, Markdown marks set apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from retrieval.models import Span

STOPS = frozenset(".!?…。！？।؟۔")
CLOSERS = "\"'”’»)]*_ "

_MARK_STARTS = frozenset("#-*+•‣–—>_0123456789")
_MARK = re.compile(r"(?P<mark>#{1,6}|[-*+•‣–—]|\d{1,3}[.)])\s+|>\s*(?=\S)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|_)(?=\S)(?:(?!\1).)+(?<=\S)\1$")
_NARROWEST, _WIDEST = 40, 100
_NESTED = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters that belong together; `mark` is the Markdown mark before them, `run` counts the blank lines above."""

    span: Span
    text: str
    mark: str = ""
    run: int = 0

    @property
    def is_stopped(self) -> bool:
        """Whether it ends as a sentence does."""
        return self.text.rstrip(CLOSERS)[-1:] in STOPS

    @property
    def is_rule(self) -> bool:
        """Whether it holds neither letter nor digit."""
        return not self.text[0].isalnum() and not any(char.isalnum() for char in self.text)


def stretches(text: str, start: int = 0) -> list[Stretch]:
    """What stands in `text` from `start` on, in order: all of it but white space and Markdown marks."""
    lines = _lines(text, start)
    width = _wrap_width(lines)
    groups: list[list[Stretch]] = []
    run = -1
    for line in lines:
        if line.run == run and _goes_on(groups[-1][0], groups[-1][-1], line, width):
            groups[-1].append(line)
        else:
            groups.append([line])
            run = line.run
    return [group[0] if len(group) == 1 else _joined(group, text) for group in groups]


def _joined(group: list[Stretch], text: str) -> Stretch:
    span = Span(group[0].span.start, group[-1].span.end)
    return replace(group[0], span=span, text=span.of(text))


def _lines(text: str, start: int) -> list[Stretch]:
    found: list[Stretch] = []
    run, offset = 0, start
    for line in text[start:].splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            at = offset + line.index(stripped[0])
            if stripped[0] in _MARK_STARTS:
                found.append(_unmarked(stripped, at, run))
            else:
                found.append(Stretch(Span(at, at + len(stripped)), stripped, "", run))
        else:
            run += 1
        offset += len(line)
    return found


def _unmarked(line: str, start: int, run: int) -> Stretch:
    """The line without the marks it begins with and the emphasis around the whole of it."""
    mark = ""
    whole = Stretch(Span(start, start + len(line)), line, "", run)
    if whole.is_rule:
        return whole
    for _ in range(_NESTED):
        found = _MARK.match(line)
        if not found:
            break
        mark = mark or found["mark"] or ">"
        line, start = line[found.end() :], start + found.end()
    if mark.startswith("#"):
        line = line.rstrip("# ") or line
    if emphasis := _EMPHASIS.match(line):
        width = len(emphasis[1])
        line, start = line[width:-width], start + width
    return Stretch(Span(start, start + len(line)), line, mark, run)


def _wrap_width(lines: Sequence[Stretch]) -> int:
    """The column at which the text was wrapped, or 0."""
    if not any(line.run == third.run for line, third in zip(lines, lines[2:], strict=False)):
        return 0
    runs = (list(run) for _, run in groupby(lines, key=lambda line: line.run))
    return max((_width_of([line.text for line in run]) for run in runs), default=0)


def _width_of(run: Sequence[str]) -> int:
    """The longest line of a wrapped paragraph: hardly one could have held the next one's first word.

    Some lines must begin in lower case, or a list of headlines of about the same length would do.
    """
    width = max(map(len, run))
    if len(run) < 3 or not _NARROWEST <= width <= _WIDEST:
        return 0
    full = sum(_is_full(line, following, width) for line, following in pairwise(run))
    lower = sum(line[0].islower() for line in run)
    return width if full * 10 >= (len(run) - 1) * 7 and lower * 3 >= len(run) else 0


def _is_full(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def _goes_on(first: Stretch, last: Stretch, line: Stretch, width: int) -> bool:
    """Whether `line` continues the paragraph from the line `first` to the line `last` right above it."""
    if line.mark or first.mark.startswith("#") or line.is_rule or last.is_rule:
        return False
    if len(line.text) <= width >= len(last.text) and _is_full(last.text, line.text, width):
        return True
    return line.text[0].islower() and not first.text[0].islower() and not last.is_stopped
