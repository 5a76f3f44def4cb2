"""A seed and a number in, a news article made up by rule out, with questions and their answers.

Its words and patterns are in `data/prose.toml`. Common words are as frequent as in a language, the first of a list most
(Zipf); names and technical terms are coined from syllables, so that there are new ones in every article, ever fewer as
the archive grows (Heaps). What an article is about has a name that no other article has. The same seed and number make
the same article, whatever else is made.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, cycle, product
from pathlib import Path
from random import Random
from typing import Any

PROSE_FILE = Path(__file__).with_name("data") / "prose.toml"
WORDS_FILE = Path(__file__).parents[1] / "retrieval" / "data" / "english.txt"

PASSAGES = (10, 8, 12, 9, 11)
"""Passages of an article, by its number: ten on average, and known before it is written."""
FIRST_DAY, DAYS = dt.date(2005, 1, 3), 7_300

_FRAMES = 4_096
_TABLE, _READ = 16_384, 200
"""Words of a table, and how many of them in a row one article reads."""
_SENTENCES = (3, 3, 4, 4, 4, 5, 5, 5, 6, 6)
"""Of a passage; 4.5 on average, so that it has about as many characters as one of a real article."""
_SPREAD = 30
"""Over how many coined words the most frequent ones are spread; the first is about every hundredth."""
_ONSETS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "dr", "gr", "kr", "st")
_OPEN = tuple(map("".join, product(_ONSETS, "aeiou")))
_PAIRS = tuple(map("".join, product(_OPEN, repeat=2)))
_SCATTER = 61_803_399
"""Without a common factor with the powers of ten that are all coined words: numbers in a row get names far apart."""
_ENDINGS = {
    "person": ("n", "r", "k", "v", "lm", "nsk", "rt", "nd", "x", "m"),
    "place": ("burg", "ford", "mouth", "stad", "ville", "holm", "grad", "ra", "no", "va"),
    "tail": ("nol", "side", "dium", "toid", "lase", "tone", "rite", "lous", "nic", "ma"),
    "body": ("co", "tex", "la", "nia"),
    "subject": ("th", "tz", "sh", "ck", "ft", "bz", "lth", "rz", "mp", "sk"),
}

_SLOT = re.compile(r"\{([\w ]+)\}")

Draw = Callable[[], float]
"""`random` of an article's own generator."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of an article, and questions that it answers, each with its answer."""

    sentence: str
    asked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """An article; `subject` is the name of what it is about, which is in no other article of the seed.

    Its text has just the `passages` that the product cuts it into, in paragraphs of one or several sentences.
    """

    number: int
    title: str
    date: dt.date
    text: str
    passages: tuple[str, ...]
    source: str
    desk: str
    subject: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    things: tuple[str, ...]
    titles: tuple[str, ...]
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class _Prose:
    """What all articles share: `frames` are patterns for `%` and the tables of their slots."""

    frames: tuple[tuple[str, tuple[str, ...]], ...]
    tables: dict[str, list[str]]
    events: tuple[_Event, ...]
    words: dict[str, list[str]]
    elsewhere: tuple[str, ...]


def written(seed: int, number: int) -> Written:
    """Article `number` of the archive of `seed`."""
    random = Random(f"{seed} {number}")  # noqa: S311 -- made up, not secret
    draw, prose = random.random, _prose()
    day = FIRST_DAY + dt.timedelta(int(draw() * DAYS))
    name = coined("subject", 1_000_000 + (number + seed * 7_919) % 900_000)
    event = _pick(prose.events, draw)
    fill = _fill(draw, name, _pick(event.things, draw), day)
    facts = tuple(_fact(sentence, asked, fill) for sentence, asked in event.facts)
    sentences = _sentences(draw, fill)
    passages = _passages(draw, sentences, [fact.sentence for fact in facts], PASSAGES[number % len(PASSAGES)])
    text = "\n\n".join(chain.from_iterable(_paragraphs(draw, own) for own in passages))
    joined = tuple(map(" ".join, passages))
    title = _pick(event.titles, draw).format_map(fill)
    source = f"The {fill['where']} {_pick(prose.words['paper'], draw)}"
    desk = _pick(prose.words["desk"], draw)
    return Written(number, title, day, text, joined, source, desk, fill["subject"], facts)


def elsewhere() -> tuple[str, ...]:
    """Questions that no article made here has anything to do with."""
    return _prose().elsewhere


def articles_of(passages: int) -> int:
    """How many articles, from the first, have as many passages, to within an article."""
    whole, rest = divmod(passages, sum(PASSAGES))
    count = whole * len(PASSAGES)
    while rest >= PASSAGES[count % len(PASSAGES)] / 2 and count < (whole + 1) * len(PASSAGES):
        rest -= PASSAGES[count % len(PASSAGES)]
        count += 1
    return count


@lru_cache(maxsize=100_000)
def coined(kind: str, number: int) -> str:
    """The name or word number so and so of a kind, below 100 million; another for each number."""
    starts = ("",) if number < 10_000 else _OPEN if number < 1_000_000 else _PAIRS
    start, end = divmod(number * _SCATTER % (len(starts) * len(_PAIRS)), len(_PAIRS))
    endings = _ENDINGS[kind]
    word = starts[start] + _PAIRS[end] + endings[number % len(endings)]
    return word if kind == "tail" else word.capitalize()


def _passages(draw: Draw, sentence: Callable[[], str], facts: Sequence[str], count: int) -> list[list[str]]:
    """The sentences of `count` passages, each fact among those of another one."""
    passages = [[sentence() for _ in range(_pick(_SENTENCES, draw))] for _ in range(count)]
    telling = sorted(range(count), key=lambda _: draw())
    for at, fact in zip(telling, facts, strict=False):
        passages[at][int(draw() * len(passages[at]))] = fact
    return passages


def _paragraphs(draw: Draw, sentences: Sequence[str]) -> list[str]:
    """A passage in one paragraph, or in two, of which the first is too short to be a passage of its own."""
    cut = int(draw() * 3)
    return [" ".join(sentences[:cut]), " ".join(sentences[cut:])] if cut else [" ".join(sentences)]


def _sentences(draw: Draw, fill: dict[str, str]) -> Callable[[], str]:
    """Makes a sentence a call, of words that all articles have and names that this one keeps using.

    Drawn at random is where an article begins to read each table: a draw for each word would take most of the time.
    """
    prose = _prose()
    people = [_person(draw) for _ in range(6)]
    tails = [_rare("tail", draw) for _ in range(20)]
    own = {
        "person": [fill["who"], *people, *(name.rpartition(" ")[2] for name in people)],
        "place": [fill["where"], fill["there"], *(_rare("place", draw) for _ in range(4))],
        "body": [fill["body"], *(_body(draw) for _ in range(3))],
        "tail": tails,
        "a tail": list(map(_with_article, tails)),
        "subject": [fill["subject"]],
    }
    streams = {name: cycle(table) for name, table in own.items()}
    for name, table in prose.tables.items():
        start = int(draw() * _TABLE)
        streams[name] = cycle(table[start : start + _READ])
    frames = prose.frames

    def sentence() -> str:
        pattern, slots = frames[int(draw() * _FRAMES)]
        text = pattern % tuple(map(next, map(streams.__getitem__, slots)))
        return text if text[0].isupper() else _capital(text)

    return sentence


def _fill(draw: Draw, name: str, thing: str, day: dt.date) -> dict[str, str]:
    """What an event's slots hold in one article."""
    words = _prose().words
    role = _pick(words["role"], draw)
    past = day - dt.timedelta(1 + int(draw() * 6))
    return {
        "subject": f"{name} {thing}",
        "thing": thing.lower(),
        "who": _person(draw),
        "other": _person(draw),
        "where": _rare("place", draw),
        "there": _rare("place", draw),
        "body": _body(draw),
        "role": role,
        "a role": _with_article(role),
        "reason": _pick(words["reason"], draw),
        "day": f"{past.day} {past:%B %Y}",
        "count": f"{int(1_000 + draw() ** 3 * 90_000):,}",
        "few": str(int(3 + draw() * 40)),
        "share": f"{int(2 + draw() * 90)} percent",
        "money": f"${int(10 + draw() * 990) / 10:.1f} million",
    }


def _fact(sentence: str, asked: Sequence[tuple[str, str]], fill: Mapping[str, str]) -> Fact:
    """An answer goes without its article, which may open the sentence with a capital."""
    filled = ((ask.format_map(fill), answer.format_map(fill).removeprefix("the ")) for ask, answer in asked)
    return Fact(_capital(sentence.format_map(fill)), tuple(filled))


def _pick(table: Sequence[Any], draw: Draw) -> Any:
    return table[int(draw() * len(table))]


def _rare(kind: str, draw: Draw) -> str:
    """A coined word, those of low numbers more often: by Zipf and Mandelbrot, with an exponent of 1.25."""
    return coined(kind, int(_SPREAD * ((1 - draw()) ** -4 - 1)) % 1_000_000)


def _person(draw: Draw) -> str:
    return f"{_pick(_prose().words['given'], draw)} {_rare('person', draw)}"


def _body(draw: Draw) -> str:
    return f"the {_rare('body', draw)} {_pick(_prose().words['institution'], draw)}"


@cache
def _prose() -> _Prose:
    found = tomllib.loads(PROSE_FILE.read_text(encoding="utf-8"))
    events = tuple(
        _Event(
            tuple(event["things"].split()),
            tuple(event["titles"]),
            tuple((fact["sentence"], tuple((ask, own) for ask, own in fact["asked"])) for fact in event["facts"]),
        )
        for event in found["events"]
    )
    random = Random(1)  # noqa: S311
    words = {name: words if isinstance(words, list) else words.split() for name, words in found["words"].items()}
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    words["word"] = list(chain.from_iterable(line.split() for line in lines if not line.startswith("#")))
    random.shuffle(words["word"])
    frames = tuple(_frame(found["sentences"], random.random) for _ in range(_FRAMES))
    return _Prose(frames, _tables(words, random), events, words, tuple(found["elsewhere"]["asked"]))


def _tables(words: Mapping[str, Sequence[str]], random: Random) -> dict[str, list[str]]:
    """What sentences read their words from: `_TABLE` of them in any order, and the first ones once more at the end."""
    drawn = {name: _zipf(words[name], random) for name in ("noun", "adjective", "verbed", "verb", "adverb", "word")}
    drawn |= {name: random.choices(words[name], k=_TABLE) for name in ("role", "weekday", "month", "season", "small")}
    drawn |= {f"{name}s": list(map(_plural, drawn[name])) for name in ("noun", "role")}
    drawn |= {f"a {name}": list(map(_with_article, drawn[name])) for name in ("noun", "role", "adjective", "word")}
    draw = random.random
    drawn["number"] = [f"{int(10 ** (1 + 4 * draw())):,}" for _ in range(_TABLE)]
    drawn["percent"] = [f"{1 + int(draw() * 98)} percent" for _ in range(_TABLE)]
    drawn["money"] = [f"${int(10 ** (1 + 2.5 * draw())) / 10:,.1f} million" for _ in range(_TABLE)]
    return {name: table + table[:_READ] for name, table in drawn.items()}


def _zipf(words: Sequence[str], random: Random) -> list[str]:
    """Words drawn as often as Zipf and Mandelbrot have it, the first most: "year" is in a third of the passages."""
    return random.choices(words, [1 / (rank + 20) for rank in range(len(words))], k=_TABLE)


def _frame(parts: Mapping[str, Sequence[str]], draw: Draw) -> tuple[str, tuple[str, ...]]:
    """A sentence's pattern, and which table fills each of its slots."""
    core: str = _pick(parts["core"], draw)
    if draw() < 0.5:
        opening: str = _pick(parts["opening"], draw)
        core = opening + (core if core[0] == "“" else core[0].lower() + core[1:])
    for likely in (0.9, 0.2):
        if draw() < likely:
            core += _pick(parts["ending"], draw)
    pattern = core.replace("%", "%%")
    return _SLOT.sub("%s", pattern) + ".", tuple(_SLOT.findall(core))


def _plural(noun: str) -> str:
    if noun.endswith("man"):
        return f"{noun[:-3]}men"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "ch", "sh")) else f"{noun}s"


def _with_article(word: str) -> str:
    is_vowel = word[0] in "aeiou" and not word.startswith(("uni", "us", "eu", "one"))
    return f"an {word}" if is_vowel else f"a {word}"


def _capital(sentence: str) -> str:
    """The sentence with a capital first letter, also behind a quotation mark."""
    at = 1 if sentence[0] == "“" else 0
    return sentence[:at] + sentence[at].upper() + sentence[at + 1 :]
