"""An open archive in; its lines out, unpacked as they are asked for, none of them longer than is allowed."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

_READ, _UNPACKED = 1 << 16, 1 << 20
"""Bytes read at a time, and unpacked at a time: a small file may hold a large one."""
_GZIP = 31
"""zlib's word for a stream with gzip's header and checksum."""


class BrokenOff(Exception):
    """The rest of an archive cannot be unpacked; the message says why, and is empty where it just ends."""


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def lines(stream: BinaryIO, name: str, longest: int) -> Iterator[bytes | int]:
    """The lines of an archive packed as the suffix of its `name` says; only its size of one over the limit.

    Raises BrokenOff in place of the first line that is not whole: what is cut off does not spoil what is before.
    """
    held: list[bytes] = []
    size = 0
    for part in _unpacked(stream, name.lower()):
        *ends, rest = part.split(b"\n")
        for end in ends:
            size += len(end)
            yield b"".join((*held, end)) if size <= longest else size
            held, size = [], 0
        size += len(rest)
        held = [*held, rest] if size <= longest else []
    if size:
        yield b"".join(held) if size <= longest else size


def _unpacked(stream: BinaryIO, name: str) -> Iterator[bytes]:
    parts = iter(lambda: stream.read(_READ), b"")
    if name.endswith(".gz"):
        return _members(parts, lambda: zlib.decompressobj(_GZIP), zlib.error)
    if name.endswith(".zst"):
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415
        else:
            from backports import zstd  # noqa: PLC0415
        return _members(parts, zstd.ZstdDecompressor, zstd.ZstdError)
    return parts


def _members(parts: Iterator[bytes], unpacker: Callable[[], _Unpacker], broken: type[Exception]) -> Iterator[bytes]:
    """What is packed in one stream after another; zeros between them and behind the last are padding."""
    unpack, is_open = unpacker(), False
    for part in parts:
        rest, more = part, True
        while more:
            rest = rest if is_open else rest.lstrip(b"\0")
            if not rest and not is_open:
                break
            try:
                found = unpack.decompress(rest, _UNPACKED)
            except broken as error:
                raise BrokenOff(str(error)) from None
            if found:
                yield found
            is_open = not unpack.eof
            if is_open:
                rest = getattr(unpack, "unconsumed_tail", b"")  # zlib's own; zstd keeps what it has not used
                more = bool(rest) or len(found) == _UNPACKED
            else:
                rest, unpack = unpack.unused_data, unpacker()
    if is_open:
        raise BrokenOff
