"""The bytes of a file in; its text and the name of its encoding out."""

import codecs

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
# Labels under which something larger is meant, as in every browser.
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_NAMED = frozenset(codecs.lookup(name).name for name in (*_ENCODINGS, "iso8859_15"))


def decode(raw: bytes, declared: str = "") -> tuple[str, str] | None:
    """The text and the name of its encoding, or None for what is no text.

    The bytes' own word goes before `declared`, the encoding that a page names: what saves a page often leaves that.
    """
    encoding = wide(raw)
    if encoding:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            return None
    if b"\0" in raw:
        return None
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        return damaged(raw) or _declared(raw, declared) or _detect(raw)


def wide(raw: bytes) -> str:
    """The encoding of two or four bytes a character that a byte order mark names, or nothing."""
    return next((name for bom, name in _BOMS if raw.startswith(bom)), "")


def damaged(raw: bytes) -> tuple[str, str] | None:
    """UTF-8 in which a few bytes are broken: no reason to misread all the others."""
    text = raw.decode(errors="replace")
    broken = text.count("\ufffd")
    sound = sum(not char.isascii() for char in text) - broken
    return (text, "utf-8, damaged") if broken * 10 <= sound else None


def _declared(raw: bytes, label: str) -> tuple[str, str] | None:
    try:
        name = codecs.lookup(label).name
        name = _MEANT.get(name, name)
        return (raw.decode(name), name) if name in _NAMED else None
    except (LookupError, ValueError):
        return None


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
