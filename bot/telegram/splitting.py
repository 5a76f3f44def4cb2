"""A reply of any length in; messages that Telegram accepts out, cut where a reader would pause."""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from html import unescape
from typing import NamedTuple

LIMIT = 4096
"""UTF-16 units that a message may show, once its tags and entities are read."""

_TAG = re.compile(r"<(?P<slash>/?)(?P<tag>[a-z][a-z0-9-]*)[^<>]*>", re.IGNORECASE)
_TOKEN = re.compile(
    rf"{_TAG.pattern}|&(?:lt|gt|amp|quot|#[0-9]{{1,6}}|#x[0-9a-f]{{1,5}});|.", re.DOTALL | re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s\Z")
_LOOK_BACK = 5
_SHORT = 8
"""A message of less than this part of what it may show is too short, if more can stand in it."""


class _Pause(IntEnum):
    """How good a cut is after a token."""

    NONE = 0
    WORD = 1
    SENTENCE = 2
    PARAGRAPH = 3


class _Token(NamedTuple):
    """A character, an entity or a tag: as written, as shown (a tag shows nothing), and the pause after it.

    `width` is in UTF-16 units. A tuple, since there is one for each character.
    """

    written: str
    shown: str = ""
    width: int = 0
    pause: _Pause = _Pause.NONE
    opens: str = ""
    closes: str = ""


def split(html: str, limit: int = LIMIT) -> list[str]:
    """Cut `html` into messages that show at most `limit` UTF-16 units, two at the least.

    Words stay whole where they fit, everything stays in order, and tags open at a cut are closed and opened again.
    A message that would show only white space is left out, for Telegram would refuse it.
    """
    if _width(html) <= limit and unescape(_TAG.sub("", html)).strip():  # nearly all, in a fiftieth of the time
        return [html + _tail([], map(_tag, _TAG.finditer(html)))]
    tokens = list(_tokens(html))
    pieces: list[str] = []
    open_tags: list[_Token] = []
    start = 0
    while start < len(tokens):
        end = _cut(tokens, start, limit)
        piece = _piece(tokens[start:end], open_tags)
        if any(token.shown.strip() for token in tokens[start:end]):
            pieces.append(piece)
        start = end
    return pieces


def _tokens(html: str) -> Iterator[_Token]:
    seen = ""
    for match in _TOKEN.finditer(html):
        written = match[0]
        if match["tag"]:
            yield _tag(match)
            continue
        shown = unescape(written) if len(written) > 1 else written
        seen = (seen + shown)[-_LOOK_BACK:]
        yield _Token(written, shown, _width(shown), _pause(seen) if shown.isspace() else _Pause.NONE)


def _tag(match: re.Match[str]) -> _Token:
    name = match["tag"].lower()
    return _Token(match[0], closes=name) if match["slash"] else _Token(match[0], opens=name)


def _pause(seen: str) -> _Pause:
    """The pause after the white space that the characters `seen` so far end with."""
    if seen.endswith("\n\n"):
        return _Pause.PARAGRAPH
    return _Pause.SENTENCE if seen.endswith("\n") or _SENTENCE_END.search(seen) else _Pause.WORD


def _cut(tokens: Sequence[_Token], start: int, limit: int) -> int:
    """Where a message that starts at `start` ends: the last of the best pauses that it still reaches.

    A pause near its start is only good enough where there is none after it: a heading does not stand alone.
    """
    width, best, end, early = 0, _Pause.NONE, start, True
    for place in range(start, len(tokens)):
        token = tokens[place]
        width += token.width
        if width > limit:
            return _with_closing_tags(tokens, end)
        if token.shown and (token.pause >= best or (early and token.pause)):
            best, end, early = token.pause, place + 1, width < limit // _SHORT
    return len(tokens)


def _with_closing_tags(tokens: Sequence[_Token], end: int) -> int:
    while end < len(tokens) and tokens[end].closes:
        end += 1
    return end


def _width(shown: str) -> int:
    return len(shown.encode("utf-16-le", "surrogatepass")) // 2


def _piece(tokens: Sequence[_Token], open_tags: list[_Token]) -> str:
    """The tokens as one balanced message; `open_tags` are those open before it, and then those open after it."""
    head = "".join(tag.written for tag in open_tags)
    return head + "".join(token.written for token in tokens) + _tail(open_tags, tokens)


def _tail(open_tags: list[_Token], tokens: Iterable[_Token]) -> str:
    """What closes the tags that are open after the tokens; `open_tags` are those open before, and then after them."""
    for token in tokens:
        if token.opens:
            open_tags.append(token)
        elif open_tags and token.closes == open_tags[-1].opens:
            open_tags.pop()
    return "".join(f"</{tag.opens}>" for tag in reversed(open_tags))
