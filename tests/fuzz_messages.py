"""A random generator in; what somebody may write to the bot out: questions, damaged ones, and what is hard to read."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random

from fuzz_patterns import bait, patterns

LONGEST = 4096
"""Characters of a message of Telegram's."""

_DATA = Path(__file__).parent / "data"
_TALK = (
    *(
        "hello",
        "thanks!",
        "who are you",
        "more",
        "More please",
        "and when?",
        "Why?",
        "What about him?",
        "encore",
        "mehr",
    ),
    *("and in 2024?", "what did he say", "где?", "ще", "περισσότερα", "más", "the latest news", "anything else?", "?"),
)
_COMMANDS = (
    "/start",
    "/help",
    "/ask",
    "/sources",
    "/latest",
    "/timeline",
    "/article",
    "/language",
    "/forget",
    "/about",
)
_TRAPS = (
    *(
        "'; DROP TABLE replies; --",
        '" OR 1=1 --',
        "NEAR(a b, 3) AND title:x*",
        "{{ 7*7 }}",
        "{% for x in y %}",
        "{# x #}",
    ),
    *("<b>bold</b>", "</blockquote>", "<a href='x'>", "&amp;&lt;&#0;&#x110000;", "<script>alert(1)</script>", "[x](y)"),
    *("https://example.org/a?b=c#d", "../../etc/passwd", "%s%n%d", "${jndi:ldap://x}", "\\u0000", "@dateline_test_bot"),
    *("NaN", "1e999", "-0", "0x1F", "½", "٣٤٥", "12,500,000", "1.5bn", "U.S.A.", "31 February 2025", "2025-13-45"),
    *("yesterday", "last week", "between 5 and 7 March", "on the 99th", "in the year 0", "99999 years ago", "q1 2025"),
)
_SIGNS = (
    *(
        "a",
        "A",
        "1",
        " ",
        ".",
        ",",
        "?",
        "!",
        "'",
        '"',
        "-",
        "—",
        "(",
        "[",
        "{",
        "<",
        "&",
        "%",
        "_",
        "*",
        "`",
        "~",
        "|",
    ),
    *("\n", "\t", "\0", "\x1b", "\x85", "\u2028", "\ufeff", "\u200b", "\u200d", "\u202e", "\u0301", "\u20e3", "\xad"),
    *(
        "é",
        "ß",
        "İ",
        "ı",
        "ſ",
        "ﬁ",
        "Ω",
        "Я",
        "ї",
        "א",
        "ع",
        "中",
        "한",
        "ก",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇺🇦",
        "\U0010ffff",
        "\ud83d",
        "\udc00",
    ),
)
_PAIRS = ("()", "[]", "{}", "<>", "“”", "«»", "''", '""')


@cache
def questions() -> tuple[str, ...]:
    """Questions about the articles that are asked about here, in six languages."""
    files = (_DATA / "seeds-dev.jsonl", _DATA / "seeds-more.jsonl", _DATA / "languages" / "questions.jsonl")
    return tuple(json.loads(line)["question"] for file in files for line in file.read_text("utf-8").splitlines())


@cache
def _words() -> tuple[str, ...]:
    return tuple(sorted({word for question in (*questions(), *_TALK, *_TRAPS) for word in question.split()}))


def message(random: Random) -> str:
    """One message, at most as long as Telegram lets it be."""
    way = random.choices(_WAYS, _SHARES)[0]
    return way(random)[:LONGEST]


def _asked(random: Random) -> str:
    return random.choice(questions())


def _talked(random: Random) -> str:
    return random.choice(_TALK)


def _commanded(random: Random) -> str:
    words = random.choice((_asked, _damaged, _worded, _trap, _length_of_one))(random)
    return f"{random.choice(_COMMANDS)}{random.choice(('', '@dateline_test_bot', '@other_bot'))} {words}"


def _damaged(random: Random) -> str:
    text = _asked(random)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        text = random.choice(_DAMAGES)(random, text)[: 2 * LONGEST]
    return text


def _worded(random: Random) -> str:
    return " ".join(random.choices(_words(), k=_length(random, 120)))


def _trap(random: Random) -> str:
    return " ".join(random.choices(_TRAPS, k=random.randint(1, 8)))


def _length_of_one(random: Random) -> str:
    """The same again and again, with another end."""
    unit = random.choice((random.choice(_SIGNS), random.choice(_words()), _signs(random), random.choice(_TRAPS)))
    text = (unit + random.choice(("", " ", ", "))) * _length(random, LONGEST)
    return text[: LONGEST - 1] + random.choice(("", "?", "!", "\0", "x"))


def _signs(random: Random) -> str:
    return "".join(random.choices(_SIGNS, k=random.randint(1, 12)))


def _any_signs(random: Random) -> str:
    return "".join(random.choices(_SIGNS, k=_length(random, LONGEST)))


def _any_characters(random: Random) -> str:
    first = random.choice(
        (0x20, 0x300, 0x370, 0x400, 0x590, 0x600, 0xE00, 0x1100, 0x2000, 0x4E00, 0xD800, 0xE000, 0x1F300)
    )
    return "".join([chr(first + random.randrange(256)) for _ in range(_length(random, LONGEST))])


def _numbers(random: Random) -> str:
    sign = random.choice((".", ",", "/", "-", ":", " ", "", "e", "th "))
    groups = [
        "".join(random.choices("0123456789", k=random.choice((1, 2, 3, 4, 30)))) for _ in range(_length(random, 900))
    ]
    return sign.join(groups)


def _nested(random: Random) -> str:
    left, right = random.choice(_PAIRS)
    deep = _length(random, LONGEST // 2)
    return left * deep + random.choice(("", _asked(random))) + right * random.choice((deep, deep - 1, 0))


def _baited(random: Random) -> str:
    """What an expression of the program goes on with for long, alone or inside a question."""
    pattern = random.choice([*patterns().values()])
    text = bait(random, pattern, random.choice((40, 40, 200, 1000, LONGEST)))
    before, after = random.choice(
        (("", ""), ("Who said ", "?"), (_asked(random) + " ", ""), ("", " " + _asked(random)))
    )
    return before + text + after


def _length(random: Random, longest: int) -> int:
    """Short mostly, and long often enough."""
    return max(1, round(longest ** random.random() ** 2))


def _cut_out(random: Random, text: str) -> str:
    start, end = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
    return text[:start] + text[end:]


def _put_in(random: Random, text: str) -> str:
    at = random.randint(0, len(text))
    what = random.choice((random.choice(_SIGNS), random.choice(_TRAPS), random.choice(_words()), _signs(random)))
    return text[:at] + what + text[at:]


def _repeat(random: Random, text: str) -> str:
    start, end = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
    return text[:end] + text[start:end] * _length(random, 300) + text[end:]


def _swap(random: Random, text: str) -> str:
    words = text.split(" ")
    random.shuffle(words)
    return " ".join(words)


def _recase(random: Random, text: str) -> str:
    return random.choice((str.upper, str.lower, str.title, str.swapcase))(text)


def _misspell(random: Random, text: str) -> str:
    if not text:
        return text
    at = random.randrange(len(text))
    return text[:at] + random.choice((text[at : at + 1] * 2, "", random.choice("aeiouxyz"))) + text[at + 1 :]


def _accent(random: Random, text: str) -> str:
    marks = "".join(chr(random.randint(0x300, 0x36F)) for _ in range(random.choice((1, 2, 40))))
    return marks.join(text)


def _space_out(random: Random, text: str) -> str:
    return random.choice((" ", ". ", "-", "\u200b", "\n", "")).join(text.split(" ") if random.random() < 0.5 else text)


def _splice(random: Random, text: str) -> str:
    return text + random.choice((" ", "? ", " and ", "\n", "; ")) + _asked(random)


_Damage = Callable[[Random, str], str]
_DAMAGES: Sequence[_Damage] = (
    *(_cut_out, _put_in, _put_in, _repeat, _swap, _recase, _misspell, _misspell, _accent, _space_out, _splice),
)
_CHANCES: Mapping[Callable[[Random], str], int] = {
    _asked: 4,
    _talked: 6,
    _commanded: 4,
    _damaged: 32,
    _worded: 5,
    _trap: 5,
    _length_of_one: 10,
    _any_signs: 8,
    _any_characters: 7,
    _numbers: 5,
    _nested: 4,
    _baited: 10,
}
_WAYS, _SHARES = [*_CHANCES], [*_CHANCES.values()]
