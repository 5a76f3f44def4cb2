"""Text in, the same text without tokens and other secrets out, however these are spelt in it."""

import re

REDACTED = "<token>"

# A run of backslashes is counted: in a long one each would be the start of a search to its end.
_ESCAPE = r"\\{1,8}"
_PERCENT = "%(?:25){0,4}"
_COLON = rf"(?::|{_PERCENT}3A|{_ESCAPE}u003A|{_ESCAPE}x3A|&#58;|&#x3A;)"
_TOKEN = re.compile(rf"(?<=bot)\d+{_COLON}[\w-]+|(?<!\d)\d{{5,}}{_COLON}[\w-]{{30,}}", re.IGNORECASE | re.ASCII)
_LONG = 16
_FRAGMENT = 8
"""Characters in a row of the long half of a token that are hidden, too: Python leaves out the middle of long texts."""

_secrets: dict[str, re.Pattern[str]] = {}


def hide(secret: str) -> None:
    """Redact `secret` too, whatever it looks like; an empty one would stand between all letters."""
    if not secret:
        return
    patterns = ["".join(map(_spelt, secret))]
    half = secret.partition(":")[2]
    if len(half) >= _LONG:
        fragments = (half[start : start + _FRAGMENT] for start in range(len(half) - _FRAGMENT + 1))
        patterns.append(rf"(?:{'|'.join(map(re.escape, fragments))})[\w-]*")
    _secrets[secret] = re.compile("|".join(patterns), re.ASCII)


def redact(text: str) -> str:
    """`text` without tokens and without what was hidden."""
    for pattern in [*_secrets.values()]:
        text = pattern.sub(REDACTED, text)
    return _TOKEN.sub(REDACTED, text)


def printed(value: object) -> str:
    """A value as Python prints it, redacted; no more than its kind where it can't be printed."""
    try:
        return redact(repr(value))
    except Exception:  # whatever its own method does
        return f"<{type(value).__name__}>"


def _spelt(character: str) -> str:
    """A pattern for a character as it is, and as addresses, JSON, Python and HTML write it."""
    number = ord(character)
    encoded = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    ways = [
        re.escape(character),
        "".join(f"{_PERCENT}{byte:02x}" for byte in encoded),
        "".join(f"{_ESCAPE}u{units[at : at + 4]}" for at in range(0, len(units), 4)),
        "".join(f"{_ESCAPE}x{byte:02x}" for byte in encoded),
        f"{_ESCAPE}x{number:02x}",
        f"{_ESCAPE}U{number:08x}",
        f"&#0{{0,6}}{number};",
        f"&#x0{{0,6}}{number:x};",
    ]
    if character in "\"'\\/":
        ways.append(_ESCAPE + re.escape(character))
    return f"(?:{ways[0]}|(?i:{'|'.join(dict.fromkeys(ways[1:]))}))"
