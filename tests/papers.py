"""PDF files for tests, written by hand: pages of lines in, the bytes of a file out."""

import io
import zlib
from collections.abc import Sequence

import pypdf

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding%s>>"


def pdf_of(*pages: Sequence[str], info: str = "") -> bytes:
    """A PDF with these lines on its pages, and this dictionary of properties."""
    return pdf_with(*map(shown, pages), info=info)


def shown(lines: Sequence[str]) -> bytes:
    """The operators that print lines below each other."""
    printed = []
    for number, line in enumerate(lines):
        text = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        printed.append(f"BT /F1 11 Tf 72 {760 - 14 * number} Td ({text}) Tj ET")
    return "\n".join(printed).encode("cp1252")


def pdf_with(*contents: bytes, info: str = "", packed: bool = False, encoding: bytes = b"/WinAnsiEncoding") -> bytes:
    """A PDF with these content streams, each on a page."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(contents)))
    things = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(contents)}/Kids[{kids}]>>".encode(),
        FONT % encoding,
    ]
    for number, content in enumerate(contents):
        things += [
            _stream(content, packed),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R>>>>"
            + f"/Contents {4 + 2 * number} 0 R>>".encode(),
        ]
    return _file([*things, info.encode("cp1252")] if info else things, bool(info))


def locked(raw: bytes, user: str, owner: str = "owner", algorithm: str = "RC4-128") -> bytes:
    """The same PDF with passwords to read it and to change it."""
    writer, out = pypdf.PdfWriter(io.BytesIO(raw)), io.BytesIO()
    writer.encrypt(user, owner, algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


def _stream(content: bytes, packed: bool) -> bytes:
    raw = zlib.compress(content) if packed else content
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (b"/Filter/FlateDecode" if packed else b"", len(raw), raw)


def _file(things: Sequence[bytes], has_info: bool) -> bytes:
    out, offsets = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, thing in enumerate(things, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, thing))
    table = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    info = b"/Info %d 0 R" % len(things) if has_info else b""
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(things) + 1, rows))
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(things) + 1, info, table))
    return out.getvalue()
