"""An open archive in; its lines out."""

import gzip
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import unpacking
from tests.packed import PACK, zstd

LONGEST = 1000
LINES = [b'{"text": "The mill %d burned on Sunday."}' % number for number in range(200)]
PLAIN = b"\n".join(LINES) + b"\n"
PACKED = {"a.jsonl.gz": PACK[".jsonl.gz"], "A.JSONL.ZST": PACK[".jsonl.zst"]}
KINDS = pytest.mark.parametrize(("name", "pack"), PACKED.items())


def lines(raw: bytes, name: str = "a.jsonl") -> list[bytes | int]:
    return list(unpacking.lines(io.BytesIO(raw), name, LONGEST))


def before_break(raw: bytes, name: str) -> tuple[list[bytes | int], str | None]:
    """The lines before an archive breaks off, and why it does; None where it does not."""
    found: list[bytes | int] = []
    try:
        for line in unpacking.lines(io.BytesIO(raw), name, LONGEST):
            found.append(line)
    except unpacking.BrokenOff as broken:
        return found, str(broken)
    return found, None


@KINDS
def test_a_packed_archive_has_the_lines_of_the_plain_one(name, pack):
    """Also in many streams one after another, an empty one among them, and with zeros behind the last."""
    parts = [pack(line + b"\n") for line in LINES]

    assert LINES == lines(PLAIN) == lines(pack(PLAIN), name)
    assert LINES == lines(b"".join([*parts[:9], pack(b""), *parts[9:]]) + bytes(512), name)


@pytest.mark.parametrize("raw", [b"", b"\n", b"a", b"a\n", b"a\nb", b"\n\na\r\n"])
def test_lines_end_with_a_line_feed_and_with_the_file(raw):
    """Only the line feed belongs to none."""
    assert raw.removesuffix(b"\n").split(b"\n") if raw else [] == lines(raw)


@KINDS
def test_an_archive_that_is_cut_off_has_all_lines_before(name, pack):
    """Wherever it is cut: each line that is whole, and not the one that is not. Only a block of zstd is lost whole."""
    many = LINES * 100
    raw = pack(PLAIN * 100)
    for cut in range(1, len(raw), len(raw) // 50):
        found, reason = before_break(raw[:cut], name)
        assert many[: len(found)] == found
        assert "" == reason
    assert len(before_break(raw[:-1], name)[0]) > 15_000


@KINDS
def test_a_break_in_a_later_stream_does_not_spoil_those_before(name, pack):
    """Each is whole by itself."""
    found, reason = before_break(pack(PLAIN) + pack(PLAIN)[:-9], name)

    assert LINES == found[: len(LINES)]
    assert "" == reason


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("raw", [PLAIN, b"nonsense", b"\x1f\x8b\x08nonsense", b"\x28\xb5\x2f\xfdnonsense"])
def test_what_is_not_packed_as_its_name_says_breaks_off(name, raw):
    """Before the first line, with the library's reason."""
    found, reason = before_break(raw, name)

    assert [] == found
    assert reason is not None


@KINDS
def test_garbage_behind_a_stream_breaks_off(name, pack):
    """All lines of the stream are there."""
    found, reason = before_break(pack(PLAIN) + b"garbage", name)

    assert LINES == found
    assert reason


def test_a_checksum_that_does_not_fit_breaks_off():
    """A changed byte is no article's word."""
    raw = bytearray(gzip.compress(PLAIN))
    raw[-6] ^= 1

    assert "incorrect data check" in str(before_break(bytes(raw), "a.gz")[1])


@pytest.mark.parametrize(
    ("raw", "sizes"),
    [
        (b"a" * 1000 + b"\nb", [1000, 1]),
        (b"a" * 1001 + b"\nb", [1001, 1]),
        (b"b\n" + b"a" * 3_000_000, [1, 3_000_000]),
        (b"a" * 3_000_000 + b"\nb\n" + b"a" * 70_000, [3_000_000, 1, 70_000]),
    ],
)
def test_of_a_line_over_the_limit_there_is_only_its_size(raw, sizes):
    """And the ones around it are whole."""
    found = lines(raw)

    assert sizes == [line if isinstance(line, int) else len(line) for line in found]
    assert all(isinstance(line, int) == (size > LONGEST) for line, size in zip(found, sizes, strict=True))


@KINDS
def test_a_bomb_is_unpacked_a_little_at_a_time(name, pack):
    """50 MB in one line, or hundreds of thousands of lines, never take more than some megabytes."""
    raw = pack(b"a" * 50_000_000) + pack(b"a\n" * 300_000)
    tracemalloc.start()
    try:
        count = sum(1 for _ in unpacking.lines(io.BytesIO(raw), name, LONGEST))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 300_000 == count
    assert peak < 20_000_000


def test_a_window_larger_than_memory_is_refused():
    """A frame may ask for gigabytes to be unpacked in."""
    options = {zstd.CompressionParameter.window_log: 30, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    raw = packer.compress(PLAIN) + packer.flush()

    assert "memory" in str(before_break(raw, "a.zst")[1])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b""))), st.sampled_from(sorted(PACKED)))
def test_any_lines_come_back_as_they_were(given_lines, name):
    """Packed in one stream or in one for each line."""
    whole = b"".join(line + b"\n" for line in given_lines)

    assert given_lines == lines(PACKED[name](whole), name) == lines(whole)
    assert given_lines == lines(b"".join(PACKED[name](line + b"\n") for line in given_lines), name)


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.jsonl", *PACKED]), st.booleans())
def test_any_bytes_are_lines_or_break_off(raw, name, begins_well):
    """Nothing else is raised, whatever stands in the file."""
    packed = PACKED[name](PLAIN)[:20] + raw if begins_well and name in PACKED else raw
    found, reason = before_break(packed, name)

    assert all(isinstance(line, bytes) for line in found)
    assert reason is None or name in PACKED
