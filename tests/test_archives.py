"""A file of many articles in; its articles out, and a reason for each line left out."""

import datetime as dt
import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import archives, articles, sources
from retrieval.models import Article, Document, LeftOut
from retrieval.sources import SourceFile
from tests.packed import PACK

DAY = dt.date(2025, 3, 13)
TEXT = "The old mill of Bergen burned on Sunday."
GOOD = json.dumps({"text": TEXT}).encode()
PLAIN = Document("a.jsonl#1", TEXT, line=1)


def file_of(folder: Path, raw: bytes, name: str = "a.jsonl") -> SourceFile:
    """The archive that this is, as a walk finds it."""
    (folder / name).write_bytes(raw)
    found = sources.look(folder, Path(name))
    assert isinstance(found, SourceFile), found
    assert found.many
    return found


def read(folder: Path, raw: bytes, name: str = "a.jsonl") -> list[Document | LeftOut]:
    return list(archives.documents(file_of(folder, raw, name)))


def one(folder: Path, told: object) -> Document | LeftOut:
    """What a line of this object, in an archive without any other, is read as."""
    (found,) = read(folder, json.dumps(told).encode())
    return found


def test_an_archive_is_its_articles_in_order(tmp_path):
    """With their own ids, or the numbers of their lines, and what nobody asks for as JSON, keys in order."""
    told = [
        {
            "id": "b7",
            "title": "Mill  burns",
            "date": "2025-03-13",
            "text": TEXT,
            "url": "https://a.example",
            "source": "UNN",
        },
        {"text": TEXT, "views": 12, "by": ["A", {"z": 1, "a": "ü"}]},
        {"id": 19, "text": TEXT, "title": None, "date": None, "source": "", "url": ""},
    ]
    lines = "\n".join(map(json.dumps, told))

    assert [
        Document("a.jsonl#b7", TEXT, "utf-8", "Mill burns", DAY, "UNN", "https://a.example", "", 1),
        Document("a.jsonl#2", TEXT, extra='{"by":["A",{"a":"ü","z":1}],"views":12}', line=2),
        Document("a.jsonl#19", TEXT, line=3),
    ] == read(tmp_path, lines.encode())


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl", bytes), ("sub.jsonl.gz", gzip.compress), ("A.JSONL.ZST", PACK[".jsonl.zst"])]
)
def test_an_archive_may_be_packed(tmp_path, name, pack):
    """Read as its suffix says, in any case."""
    assert [Document(f"{name}#1", TEXT, line=1), Document(f"{name}#2", TEXT, line=2)] == (
        read(tmp_path, pack(GOOD + b"\n" + GOOD + b"\n"), name)
    )


def test_what_stands_around_an_object_does_no_harm(tmp_path):
    """A byte order mark, other line ends, blank lines, which are counted, and no end of the last line."""
    raw = b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n \t\n  " + GOOD

    assert [PLAIN, Document("a.jsonl#4", TEXT, line=4)] == read(tmp_path, raw)


def test_an_article_keeps_its_text_as_it_is(tmp_path):
    """Offsets are into what the field holds; and it is no reason to leave it out that it is found twice."""
    text = "\r\n  The mill\u2028burned 🔥.\n\n"

    assert [Document("a.jsonl#1", text, line=1), Document("a.jsonl#1", text, line=2)] == (
        read(tmp_path, b"\n".join([json.dumps({"id": "1", "text": text}).encode()] * 2))
    )


@pytest.mark.parametrize(
    "date",
    [
        *("2025-03-13", "2025-03-13T18:20:00Z", "2025-03-13 18:20:00+01:00", "13 March 2025", "March 13, 2025"),
        *("Thu, 13 Mar 2025 18:20:00 GMT", "13 March 2025, 18.20", "13 mars 2025"),
    ],
)
def test_a_date_is_an_iso_date_or_a_written_one(tmp_path, date):
    """With a time or without."""
    assert Document("a.jsonl#1", TEXT, date=DAY, line=1) == one(tmp_path, {"text": TEXT, "date": date})


@pytest.mark.parametrize(
    ("told", "detail"),
    [
        ({}, 'text: "…"'),
        ({"text": None}, 'text: "…"'),
        ({"text": " \n"}, 'text: "…"'),
        ({"text": ["a"]}, 'text: "…"'),
        *(
            ({"text": TEXT, "date": date}, "date: YYYY-MM-DD, 13 March 2025")
            for date in (
                "soon",
                "2025-13-13",
                "May 2025",
                "yesterday",
                " ",
                1741824000,
                20250313,
                True,
                {},
                ["2025-03-13"],
            )
        ),
        *(({"text": TEXT, key: value}, f'{key}: "…"') for key in ("title", "url", "source") for value in (7, [], {})),
        *(({"text": TEXT, key: "x" * 1001}, f"{key}: ≤ 1000") for key in ("title", "url", "source")),
        *(
            ({"text": TEXT, "url": url}, "url: https://…")
            for url in ("example.org", "javascript:alert(1)", "https://a b")
        ),
        *(({"text": TEXT, "id": name}, 'id: "…", 1') for name in (1.5, True, [], "a\nb", "a\tb", "x" * 1001)),
    ],
)
def test_a_field_that_is_not_as_allowed_is_named(tmp_path, told, detail):
    """With what is allowed; the line is left out, as a file with such front matter is."""
    assert LeftOut("a.jsonl:1", "field", detail) == one(tmp_path, told)


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (b"{", "column 2: Expecting property name enclosed in double quotes"),
        (b'{"text": "a" "b"}', "column 14: Expecting ',' delimiter"),
        (b'{"text": "a\tb"}', "column 12: Invalid control character at"),
        (b'{"text": "\0"}', "column 11: Invalid control character at"),
        (b'{"text": "a"}{"text": "b"}', "column 14: Extra data"),
        (b'{"text": "a", "n": NaN}', "NaN"),
        (b'{"text": "a", "n": 1e999}', "Out of range float values are not JSON compliant: inf"),
        (b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "Exceeds the limit (4300 digits) for integer string conversion"),
        (b"[" * 100_000, "[[[…"),
        (b'{"text": "a", "n": ' + b"[" * 900 + b'"\\ud800"' + b"]" * 900 + b"}", "[[[…"),
        (b'["text"]', "list"),
        (b'"text"', "str"),
        (b"17", "int"),
        (b"null", "NoneType"),
    ],
)
def test_a_line_that_is_no_object_is_named_and_the_others_are_served(tmp_path, line, detail):
    """With the place on the line, where there is one."""
    found = read(tmp_path, b"\n".join([GOOD, line, GOOD]))

    assert [PLAIN, Document("a.jsonl#3", TEXT, line=3)] == [found[0], found[2]]
    assert isinstance(found[1], LeftOut)
    assert ("a.jsonl:2", "not_json") == (found[1].path, found[1].reason)
    assert found[1].detail.startswith(detail[:40])


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (rb'{"text": "The mill \ud800 burned."}', "The mill \ufffd burned."),
        (rb'{"text": "The mill \uDC00\uD800 burned."}', "The mill \ufffd\ufffd burned."),
        (rb'{"text": "The mill \u0000 burned."}', "The mill \ufffd burned."),
        (b'{"text": "' + "„Überfällig!“ ".encode() * 3 + b'\xff"}', "„Überfällig!“ " * 3 + "\ufffd"),
    ],
)
def test_what_no_text_may_hold_is_replaced_and_marked(tmp_path, line, text):
    """Half a character, NUL and a broken byte: it could not be stored or shown otherwise."""
    (found,) = read(tmp_path, line)
    assert isinstance(found, Document)

    assert "utf-8, damaged" == found.encoding
    assert text == found.text


def test_whole_characters_are_no_damage(tmp_path):
    """Two halves in a row are one, and a backslash before them makes them plain letters."""
    (found,) = read(
        tmp_path, rb'{"text": "The mill \ud83d\udd25 \\ud800 \\u0000.", "x\ud800": "\ud800"}'.replace(b"x\\ud800", b"x")
    )
    assert isinstance(found, Document)

    assert "The mill 🔥 \\ud800 \\u0000." == found.text
    assert '{"x":"\ufffd"}' == found.extra


def test_bytes_of_another_encoding_are_named(tmp_path):
    """Each line of an old encoding, with the first byte that is wrong; of two bytes a character the whole file."""
    latin = '{"text": "Die Mühle."}'.encode("cp1252")

    assert [PLAIN, LeftOut("a.jsonl:2", "not_utf8", "byte 16")] == read(tmp_path, GOOD + b"\n" + latin)
    assert [LeftOut("a.jsonl", "not_utf8", "utf-16")] == read(tmp_path, ('{"text": "a"}\n' * 9).encode("utf-16"))


def test_a_line_over_the_limit_is_named_and_never_held(tmp_path, monkeypatch):
    """It is skipped to its end."""
    monkeypatch.setattr(archives, "LINE", 1_000_000)
    file = file_of(tmp_path, GOOD + b"\n" + b'{"text": "' + b"a" * 40_000_000 + b'"}\n' + GOOD)
    tracemalloc.start()
    try:
        found = list(archives.documents(file))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [PLAIN, LeftOut("a.jsonl:2", "too_large", "40.0 MB"), Document("a.jsonl#3", TEXT, line=3)] == found
    assert peak < 5_000_000


def test_an_archive_is_read_as_it_is_asked_for(tmp_path):
    """Of 10 MB no more than a part is held."""
    file = file_of(tmp_path, gzip.compress((GOOD + b"\n") * 200_000, 1), "a.jsonl.gz")
    tracemalloc.start()
    try:
        found = archives.documents(file)
        first = [next(found) for _ in range(2_000)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert Document("a.jsonl.gz#2000", TEXT, line=2_000) == first[-1]
    assert peak < 5_000_000


@pytest.mark.parametrize(("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", PACK[".jsonl.zst"])])
def test_an_archive_that_is_cut_off_is_served_up_to_there(tmp_path, name, pack):
    """The line that is not whole is named, and none is lost before it."""
    whole = pack(GOOD + b"\n") * 3

    *served, last = read(tmp_path, whole + pack(GOOD + b"\n")[:-2], name)
    assert served[:3] == [Document(f"{name}#{number}", TEXT, line=number) for number in (1, 2, 3)]
    assert LeftOut(f"{name}:{len(served) + 1}", "broken_off") == last


def test_what_is_no_gzip_breaks_off_at_once(tmp_path):
    """With the reason of the library."""
    assert [LeftOut("a.jsonl.gz:1", "broken_off", "Error -3 while decompressing data: incorrect header check")] == (
        read(tmp_path, GOOD, "a.jsonl.gz")
    )


@pytest.mark.parametrize("raw", [b"", b"\n \r\n\n", b"\xef\xbb\xbf"])
def test_an_archive_without_a_line_is_empty(tmp_path, raw):
    """Packed or not."""
    assert [LeftOut("a.jsonl", "empty")] == read(tmp_path, raw)
    assert [LeftOut("a.jsonl.gz", "empty")] == read(tmp_path, gzip.compress(raw), "a.jsonl.gz")


def test_a_file_that_is_no_json_lines_is_given_up(tmp_path):
    """JSON over many lines would be a million mistakes; one article among the first lines is enough to go on."""
    pretty = json.dumps([{"text": TEXT}] * 2000, indent=2).encode()
    bad = b"{\n" * 5000

    *lines, last = read(tmp_path, pretty)
    assert (1000, "a.jsonl:1000") == (len(lines), getattr(lines[-1], "path", ""))
    assert LeftOut("a.jsonl", "not_lines", "1,000") == last
    assert 5001 == len(read(tmp_path, GOOD + b"\n" + bad))


def test_an_archive_that_is_gone_is_unreadable(tmp_path):
    """Files may go between a walk and the reading; the others are served."""
    file = file_of(tmp_path, GOOD)
    file.path.unlink()

    assert [LeftOut("a.jsonl", "unreadable", "No such file or directory")] == list(archives.documents(file))


def test_an_article_of_an_archive_is_cut_as_any_article_is(tmp_path):
    """Its fields go before the head of its text, and are kept."""
    text = f"Of the text\n\n1 May 2023\n\nKyiv • UNN\n\n{TEXT}"
    found = one(
        tmp_path, {"id": "x", "title": "Of the field", "date": "2025-03-13", "source": "S", "text": text, "n": 1}
    )
    assert isinstance(found, Document)
    article = articles.parse(found)
    assert isinstance(article, Article)

    assert ("a.jsonl#x", "Of the field", "stated") == (article.id, article.title, article.title_source)
    assert (DAY, "stated", "S", '{"n":1}') == (article.date, article.date_source, article.source, article.extra)
    assert [TEXT] == [block.span.of(text) for block in article.blocks if block.kind == "paragraph"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "title", "date", "url", "source", "extra"), JSON) | {"text": st.text() | JSON}
)


@settings(deadline=None)
@given(st.lists(FIELDS, max_size=4))
def test_any_object_is_an_article_or_left_out(tmp_path_factory, told):
    """One of both for each line, with its number, and all that is kept can be stored as UTF-8."""
    found = read(tmp_path_factory.mktemp("corpus"), "\n".join(map(json.dumps, told)).encode())

    assert max(len(told), 1) == len(found)
    for number, got in enumerate(found, 1):
        if isinstance(got, Document):
            assert number == got.line
            assert "\0" not in got.text
            assert (got.id + got.text + got.title + got.source + got.url + got.extra).encode()
            assert not got.extra or isinstance(json.loads(got.extra), dict)
        else:
            assert got.path == (f"a.jsonl:{number}" if told else "a.jsonl")


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"]), st.booleans())
def test_any_bytes_are_articles_or_left_out(tmp_path_factory, raw, name, is_packed):
    """Nothing is raised, whatever stands in the file."""
    pack = {"a.jsonl": bytes, "a.jsonl.gz": gzip.compress, "a.jsonl.zst": PACK[".jsonl.zst"]}[name]
    found = read(tmp_path_factory.mktemp("corpus"), pack(raw) if is_packed else raw, name)

    assert found
    assert all(isinstance(one, LeftOut) or one.text for one in found)
