"""Text in, the same text without tokens and other secrets out, however these are spelt in it."""

import re

REDACTED = "<token>"

_COLON = r"(?::|%(?:25)*3A|\\+u003A|\\+x3A|&#58;|&#x3A;)"
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


def _spelt(character: str) -> str:
    """A pattern for a character as it is, and as addresses, JSON, Python and HTML write it."""
    number = ord(character)
    encoded = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    ways = [
        re.escape(character),
        "".join(f"%(?:25)*{byte:02x}" for byte in encoded),
        "".join(rf"\\+u{units[at : at + 4]}" for at in range(0, len(units), 4)),
        "".join(rf"\\+x{byte:02x}" for byte in encoded),
        rf"\\+x{number:02x}",
        rf"\\+U{number:08x}",
        f"&#0*{number};",
        f"&#x0*{number:x};",
    ]
    if character in "\"'\\/":
        ways.append(rf"\\+{re.escape(character)}")
    return f"(?:{ways[0]}|(?i:{'|'.join(dict.fromkeys(ways[1:]))}))"
