"""An open PDF in; the text of its text layer out."""

import io
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import articles, passages, pdfs
from retrieval.models import Article, Document, LeftOut
from tests.papers import locked, pdf_of, pdf_with, shown

LINES = [
    "Harbour bridge reopens",
    "The harbour bridge of Bergen was reopened on Thursday",
    "by the mayor, after repairs that cost 410 million kro-",
    "ner.",
    "“It is a good day for the town,” she told two thou-",
    "sand people on the quay. It was a well-known moment",
    "of joy.",
    "Longer than planned",
    "Divers found cracks in three of the seven piers, but a",
    "well-",
    "known company repaired them.",
]
TEXT = [
    "Harbour bridge reopens",
    "The harbour bridge of Bergen was reopened on Thursday by the mayor, after repairs that cost 410 million kroner.",
    "“It is a good day for the town,” she told two thousand people on the quay. It was a well-known moment of joy.",
    "Longer than planned",
    "Divers found cracks in three of the seven piers, but a well-known company repaired them.",
]
FILE_NAME = "<</Title(Microsoft Word - bridge.docx)>>"


def found(raw: bytes) -> Document | LeftOut:
    return pdfs.document("a.pdf", io.BytesIO(raw))


def paragraphs(*pages: list[str]) -> list[str]:
    read = found(pdf_of(*pages))
    assert isinstance(read, Document), read
    return read.text.split("\n\n")


def test_wrapped_lines_become_paragraphs():
    """A word cut in two is made whole: with its hyphen where the text has it so elsewhere."""
    assert TEXT == paragraphs(LINES)


def test_a_paragraph_goes_on_over_the_page():
    """Between two lines of it stand the foot of one page and the head of the next."""
    halves = [["The Fjord Times", *LINES[:6], f"Page {number} of 2"] for number in (1, 2)]
    halves[1][1:-1] = LINES[6:]

    assert TEXT == paragraphs(*halves)


def test_an_indented_line_begins_a_paragraph():
    """Even where the line before it is as wide as any."""
    assert [
        "The mill of Bergen burned on Sunday, said the mayor.",
        "The ferry ran aground in the thick fog of the day.",
    ] == (
        paragraphs(
            [
                "The mill of Bergen burned on Sunday, said the mayor.",
                " The ferry ran aground in the thick fog of the day.",
            ]
        )
    )


def test_a_pdf_is_cut_as_any_article_is():
    """Its first line is the title, its paragraphs are quoted."""
    read = found(pdf_of(LINES))
    assert isinstance(read, Document)
    article = articles.parse(read)
    assert isinstance(article, Article)

    assert ("Harbour bridge reopens", "stated", None) == (article.title, article.title_source, article.date)
    assert ["", "Longer than planned"] == [passage.heading for passage in passages.split(article)]


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ("<</Title(Harbour  bridge reopens)/CreationDate(D:20250313182000Z)>>", "Harbour bridge reopens"),
        (FILE_NAME, ""),
        ("<</Title(Harbour)>>", ""),
        ("<</CreationDate(nonsense)/Title 7>>", ""),
        ("", ""),
    ],
)
def test_a_title_is_one_that_is_printed(info, title):
    """Most others are the name of a file. The day when the file was made is none of the article."""
    assert Document("a.pdf", "\n\n".join(TEXT), title=title) == found(pdf_of(LINES, info=info))


def test_ligatures_are_letters():
    """Nobody types them in a question."""
    joined = b"<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[83/ffi 84/fi]>>"

    assert Document("a.pdf", "the office burned in a fire") == (
        found(pdf_with(b"BT /F1 11 Tf 72 700 Td (the oSce burned in a Tre) Tj ET", encoding=joined))
    )


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_opens_without_a_password_is_read(algorithm):
    """Many have one against printing or copying only."""
    assert Document("a.pdf", "\n\n".join(TEXT)) == found(locked(pdf_of(LINES), "", algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_left_out(algorithm):
    """With a reason of its own."""
    assert LeftOut("a.pdf", "password") == found(locked(pdf_of(LINES), "secret", algorithm=algorithm))


@pytest.mark.parametrize(
    "raw",
    [
        pdf_with(b"0 0 m 100 100 l S"),
        pdf_of([]),
        pdf_with(),
        pdf_of(["+ - % / * ( ) = < >"]),
        pdf_of(*[["Scanned with a scanner", f"{number}"] for number in range(4)]),
    ],
)
def test_a_pdf_without_words_has_no_layer(raw):
    """Drawings, empty pages, no page, signs in place of letters, and the stamp of a scanner on every page."""
    assert LeftOut("a.pdf", "no_layer") == found(raw)


@pytest.mark.parametrize("raw", [b"", b"text", b"%PDF-1.7\n", pdf_of(LINES)[:400], b"PK\x03\x04" * 100])
def test_a_broken_pdf_is_unreadable(raw):
    """And what only has the suffix of one."""
    left_out = found(raw)

    assert isinstance(left_out, LeftOut)
    assert ("unreadable", "page 1: ") == (left_out.reason, left_out.detail[:8])


def test_a_pdf_of_too_many_pages_is_left_out():
    """Before any of them is read."""
    assert LeftOut("a.pdf", "too_large", "2,001 pages") == found(pdf_with(*[b""] * 2001))


def test_a_pdf_that_takes_too_long_is_left_out(monkeypatch):
    """The clock is looked at after each page."""
    monkeypatch.setattr(pdfs, "SECONDS", 0.0)

    assert LeftOut("a.pdf", "too_large", "0 s") == found(pdf_of(LINES))


@pytest.mark.parametrize("content", [b" " * 30_000_000, shown(LINES) * 80_000])
def test_a_small_file_that_unpacks_to_a_large_one_is_left_out(content):
    """By the size of a page's stream, and by what is drawn in it."""
    raw = pdf_with(content[:60_000_000], packed=True)
    left_out = found(raw)

    assert len(raw) < 1_000_000
    assert isinstance(left_out, LeftOut)
    assert "too_large" == left_out.reason


def test_more_text_than_is_read_of_any_file_is_left_out(monkeypatch):
    """All pages together."""
    monkeypatch.setattr(pdfs, "_LARGEST", 1000)

    assert LeftOut("a.pdf", "too_large", "0.0 MB") == found(pdf_of(*[LINES] * 9))


def test_what_is_wrong_with_a_pdf_is_not_logged(caplog):
    """It is the reason for leaving it out, or no matter."""
    found(pdf_of(LINES).replace(b"startxref", b"startxxxx"))
    found(b"%PDF-1.7 nothing")

    assert [] == caplog.records


def test_a_disk_error_is_an_error_of_the_system(tmp_path: Path):
    """Whoever opened the file says so."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        pdfs.document("a.pdf", Failing(pdf_of(LINES)))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_damage_leaves_an_article_or_a_reason(data):
    """Bytes changed, cut out and put in anywhere; the text can be stored."""
    raw = bytearray(pdf_of(LINES, LINES, info=FILE_NAME))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6))
    left = found(bytes(raw))

    assert isinstance(left, LeftOut) or left.text.encode()


@given(st.lists(st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), max_size=60), max_size=12))
@settings(deadline=None, max_examples=60)
def test_no_word_is_lost_between_lines(lines):
    """But for the hyphens of words cut in two, and what white space there was."""
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(lines)))
    printed = "".join(reader.pages[0].extract_text().split()).translate(pdfs._LIGATURES)
    read = found(pdf_of(lines))

    if isinstance(read, Document):
        assert printed.replace("-", "") == "".join(read.text.split()).replace("-", "")
