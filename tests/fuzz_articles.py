"""A random generator in; files that may lie in a folder of articles out: sound ones of each kind, and damaged ones."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random

from fuzz_messages import message
from fuzz_patterns import bait, patterns
from fuzz_updates import mutated
from papers import pdf_of, pdf_with, shown

LONGEST = 16_384
"""Bytes of a file."""

_ROOT = Path(__file__).parents[1]
_HEADS = (
    *("", "", "The news of the day\n\n", "date 2025-03-13 ", "Kyiv • UNN\n\n", "13 March 2025, 10:15 • 2345 views\n\n"),
    *(
        "Menu\nHome\nSport\nSign in\n\n",
        "# Title\n\nBy Ann Lee\n\n",
        "\ufeff",
        "---\n---\n",
        "Published on 31 June 2025\n\n",
    ),
)
_FEET = ("", "", "\n\n3 comments\n\nNice!", "\n\n© 2025 All rights reserved", "\n\nRead also: More", "\n\n* * *\n\n")
_KEYS = ("title", "date", "source", "url", "known", "evidence", "Date", "x")
_VALUES = ("13 March 2025", "2025-03-13", "2025-02-30", '"Leaders meet"', "https://x.y/z", "inferred", "", "9999-12-31")
_ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "cp1251",
    "koi8-r",
    "shift_jis",
    "gb18030",
)
_TAGS = (
    *("p", "div", "article", "main", "h1", "h2", "title", "script", "blockquote", "table", "li", "a href='/x'", "time"),
    *("meta property='og:title' content='A'", "meta name=date content=2025-03-13", "script type='application/ld+json'"),
)


@cache
def _texts() -> tuple[str, ...]:
    files = sorted([*(_ROOT / "seeds").glob("*.txt"), *(_ROOT / "tests/data/languages/corpus").glob("*.txt")])
    return tuple(file.read_text("utf-8")[:6000] for file in files)


def file(random: Random) -> tuple[str, bytes]:
    """The name of a file, and what is in it."""
    make = random.choices([*_KINDS], [*_KINDS.values()])[0]
    name, raw = make(random)
    if random.random() < 0.2:
        raw = _damaged(random, raw)
    return name, raw[:LONGEST]


def _plain(random: Random) -> tuple[str, bytes]:
    return random.choice(("a.txt", "a.md")), _encoded(random, _article(random))


def _fronted(random: Random) -> tuple[str, bytes]:
    lines = [f"{random.choice(_KEYS)}: {_value(random)}" for _ in range(random.choice((1, 2, 4, 60)))]
    return "a.md", _encoded(random, "\n".join(["---", *lines, "---", _article(random)]))


def _archived(random: Random) -> tuple[str, bytes]:
    lines = []
    for number in range(random.choice((1, 1, 2, 5))):
        told = {"id": number, "title": message(random)[:200], "date": _value(random), "text": _short(random)}
        told = mutated(random, told) if random.random() < 0.5 else told
        lines.append(json.dumps(told, ensure_ascii=random.random() < 0.5))
    return "a.jsonl", _encoded(random, "\n".join(lines))


def _nested(random: Random) -> tuple[str, bytes]:
    deep = random.choice((10, 100, 1_000, 5_000))
    left, right = random.choice((("[", "]"), ('{"a":', "}"), ("<div>", "</div>"), ("<b>", ""), ("(", ")"), ("> ", "")))
    suffix = random.choice((".html", ".jsonl", ".md", ".txt"))
    return f"a{suffix}", (left * deep + random.choice(("1", '"x"', "Ann said so.")) + right * deep).encode()


def _page(random: Random) -> tuple[str, bytes]:
    parts = [f"<p>{part}</p>" for part in _article(random)[:3000].split("\n\n")]
    for _ in range(random.choice((0, 1, 3, 9))):
        tag = random.choice(_TAGS)
        inside = random.choice((_short(random)[:300], json.dumps({"@type": "NewsArticle", "headline": "A"}), ""))
        end = "" if random.random() < 0.2 else f"</{tag.split()[0]}>"
        parts.insert(random.randint(0, len(parts)), f"<{tag}>{inside}{end}")
    charset = random.choice(("", "<meta charset='windows-1251'>", "<meta charset='x'>", "<?xml encoding='utf-16'?>"))
    return "a.html", _encoded(random, f"<html>{charset}<body><article>{''.join(parts)}</article>")


def _paper(random: Random) -> tuple[str, bytes]:
    lines = [line.encode("cp1252", "replace").decode("cp1252") for line in _short(random)[:1500].splitlines()]
    if random.random() < 0.5:
        return "a.pdf", pdf_of(lines, lines[:3], info="<</Title(The news)>>")
    return "a.pdf", pdf_with(shown(lines), _any_bytes(random)[:500], packed=random.random() < 0.5)


def _catalog(random: Random) -> tuple[str, bytes]:
    lines = []
    for _ in range(random.choice((1, 2, 5))):
        lines.append(random.choice(('["a.txt"]', "[a.txt]", "['b']", "[x", "[[a]]", '["a.txt"]  # x')))
        lines += [f"{random.choice(_KEYS)} = {random.choice((_value(random), repr(_value(random))))}" for _ in range(3)]
    return "catalog.toml", _encoded(random, "\n".join(lines))


def _noise(random: Random) -> tuple[str, bytes]:
    return f"a{random.choice(('.txt', '.md', '.html', '.pdf', '.jsonl', '.jsonl.gz', '.jsonl.zst'))}", _any_bytes(
        random
    )


def _any_bytes(random: Random) -> bytes:
    return random.randbytes(max(1, round(LONGEST ** random.random())))


def _value(random: Random) -> str:
    return random.choice(_VALUES) if random.random() < 0.8 else message(random)[:200]


def _article(random: Random) -> str:
    return random.choice(_HEADS) + _body(random) + random.choice(_FEET)


def _body(random: Random) -> str:
    way = random.random()
    if way < 0.45:
        return _short(random)
    if way < 0.85:
        text = random.choice(_texts())
        start = random.randrange(len(text))
        text = text[start : start + random.choice((300, 1_000, 3_000))]
        for _ in range(random.choice((0, 1, 4))):
            at = random.randint(0, len(text))
            text = text[:at] + random.choice((message(random)[:500], "\n\n", "\n", " ", "“", "\0")) + text[at:]
        return text
    if way < 0.93:
        return bait(random, random.choice([*patterns().values()]), random.choice((500, 500, 500, 4_000, LONGEST)))
    unit = random.choice((random.choice(_texts())[: random.randint(1, 300)], message(random)[:100] or "x"))
    return unit * (random.choice((500, 500, 500, 5_000, LONGEST)) // len(unit) + 1)


def _short(random: Random) -> str:
    """A few paragraphs of what people write."""
    return "\n\n".join([message(random)[:800] + random.choice(("", ".")) for _ in range(random.choice((1, 2, 3, 6)))])


def _encoded(random: Random, text: str) -> bytes:
    if random.random() < 0.95:  # no text holds it, and what is refused as a whole tries nothing else
        text = text.replace("\0", " ")
    if random.random() < 0.85:
        return text.encode("utf-8", "surrogatepass" if random.random() < 0.05 else "replace")
    return text.encode(random.choice(_ENCODINGS), "replace")


def _damaged(random: Random, raw: bytes) -> bytes:
    """With some bytes cut out, put in, changed or repeated."""
    for _ in range(random.choice((1, 1, 3))):
        start, end = sorted((random.randint(0, len(raw)), random.randint(0, len(raw))))
        part = random.choice((b"", random.randbytes(3), raw[start:end][:2000] * 2, b"\0", b"\xff\xfe", b"\n" * 500))
        raw = raw[:start] + part + (raw[start + 1 :] if random.random() < 0.7 else raw[end:])
    return raw


_KINDS: Mapping[Callable[[Random], tuple[str, bytes]], int] = {
    _plain: 56,
    _fronted: 10,
    _archived: 14,
    _page: 6,
    _paper: 3,
    _catalog: 6,
    _nested: 2,
    _noise: 3,
}
