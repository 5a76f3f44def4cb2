"""The bytes of a file in; its text and the name of its encoding out. More is proved with files, in test_sources."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import decoding

RUSSIAN = "Премьер-министр заявил, что коалиция готова."


@pytest.mark.parametrize(
    ("text", "encoding", "label", "named"),
    [
        (RUSSIAN, "cp1251", "windows-1251", "cp1251"),
        ("Ça alors – déjà vu", "cp1252", "ISO-8859-1", "cp1252"),
        ("Şimdi barış", "cp1254", "iso-8859-9", "cp1254"),
        ("和平谈判", "gb18030", "gb2312", "gb18030"),
        ("Žluťoučký kůň", "iso8859-2", "Latin2", "iso8859-2"),
    ],
)
def test_a_declared_encoding_is_taken_at_its_word(text, encoding, label, named):
    """In any spelling; a label that every browser reads as something larger is read so here."""
    assert (text, named) == decoding.decode(text.encode(encoding), label)


@pytest.mark.parametrize("label", ["windows-1251", "unicode_escape", "rot13", "no such", "", "utf-16"])
def test_utf8_is_utf8_whatever_is_declared(label):
    """What saves a page turns it into UTF-8 and often leaves the old label."""
    assert ("Café – déjà vu", "utf-8") == decoding.decode("Café – déjà vu".encode(), label)


@pytest.mark.parametrize("label", ["unicode_escape", "rot13", "utf-7", "no such", "", "utf-8"])
def test_a_label_that_does_not_explain_the_bytes_is_not_believed(label):
    """Nor one of an encoding that no page is in: the bytes are looked at instead."""
    assert (RUSSIAN, "cp1251") == decoding.decode(RUSSIAN.encode("cp1251"), label)


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_text_or_none(raw, label):
    """And text can always be stored as UTF-8."""
    found = decoding.decode(raw, label)

    assert found is None or found[0].encode().decode() == found[0]


@pytest.mark.parametrize(("raw", "named"), [(b"\xff\xfea\0", "utf-16"), (b"\xff\xfe\0\0a\0\0\0", "utf-32"), (b"a", "")])
def test_a_mark_of_wide_characters_is_seen(raw, named):
    """The one for UTF-32 begins like the one for UTF-16."""
    assert named == decoding.wide(raw)
