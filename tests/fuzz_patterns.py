"""The program's regular expressions in; texts that they match, or nearly match after a long run, out."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

import bot
import retrieval

parser: Any = importlib.import_module("re._parser")  # how an expression is made up; type stubs know nothing of it

_LONG = 8
"""Repeats from which on a part of an expression may take long."""
_SAMPLE = 'aZ1 .-_é\n,"\u4e00'
_OF_A_CATEGORY = {"DIGIT": "1", "NOT_DIGIT": "a", "SPACE": " ", "NOT_SPACE": "a", "WORD": "a", "NOT_WORD": "."}
_SPOILERS = ("", "!", "\0", " x", ".", "\n")


@cache
def patterns() -> Mapping[str, re.Pattern[str]]:
    """All that stand in a module of the program, in its lists and tables too, by where that is."""
    found: dict[str, re.Pattern[str]] = {}
    for package in (retrieval, bot):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                for name, value in vars(importlib.import_module(module.name)).items():
                    found |= {f"{module.name}.{name}[{at}]": one for at, one in enumerate(_held(value))}
    return found


def _held(value: object, deep: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif deep and isinstance(value, dict):
        yield from _held(list(value.values()), deep - 1)
    elif deep and isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _held(one, deep - 1)


def bait(random: Random, pattern: re.Pattern[str], longest: int) -> str:
    """A text of at most so many characters that the expression matches, or goes on with for long and then does not."""
    tree = _tree(pattern)
    parts = [part for part in _repeated(tree) if len(part)]
    way = random.randrange(4)
    if way == 0 or not parts:
        text = _text(tree, random, random.choice((3, 30, 300, longest)))
    elif way == 1:
        text = _many(_text(random.choice(parts), random, 2), longest)
    elif way == 2:
        whole = _text(tree, random, 3)
        text = whole[: random.randint(0, len(whole))] + _many(_text(random.choice(parts), random, 2), longest)
    else:
        whole = _text(tree, random, random.choice((1, 2, 5)))
        text = _many(whole[: random.randint(1, max(1, len(whole)))], longest)
    before = random.choice('aA1 ."(') if random.random() < 0.3 else ""
    return before + text[: longest - 3] + random.choice(_SPOILERS)


@cache
def _tree(pattern: re.Pattern[str]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags)


def _many(text: str, longest: int) -> str:
    return text * (longest // len(text) + 1) if text else ""


def _repeated(tree: Iterable[Any]) -> Iterator[Any]:
    """The parts that may stand many times."""
    for code, of in tree:
        if str(code).endswith("_REPEAT"):
            if of[1] > _LONG:
                yield of[2]
            yield from _repeated(of[2])
        elif str(code) == "SUBPATTERN":
            yield from _repeated(of[3])
        elif str(code) == "BRANCH":
            for one in of[1]:
                yield from _repeated(one)
        elif str(code).startswith("ASSERT"):
            yield from _repeated(of[1])


def _text(tree: Iterable[Any], random: Random, many: int) -> str:
    """What a part of an expression matches; its long repeats are about `many`."""
    return "".join([_TEXTS.get(str(code), _nothing)(of, random, many) for code, of in tree])


def _nothing(_of: Any, _random: Random, _many: int) -> str:
    """Anchors, looks around and references take no characters, or are left to chance."""
    return ""


def _repeats(of: Any, random: Random, many: int) -> str:
    least, most, part = of
    wanted = random.choice((least, least + 1, least + many))
    times = max(least, min(int(most), wanted))
    if random.random() < 0.5:
        return _text(part, random, max(1, many // 10)) * times
    return "".join([_text(part, random, max(1, many // 10)) for _ in range(min(times, 300))])


def _one_of(of: Any, random: Random, _many: int) -> str:
    if str(of[0][0]) == "NEGATE":
        fitting = [sign for sign in _SAMPLE if not any(_holds(one, sign) for one in of[1:])]
        return random.choice(fitting or ["\u4e00"])
    code, what = random.choice(of)
    if str(code) == "RANGE":
        return chr(random.randint(*what))
    return chr(what) if str(code) == "LITERAL" else _category(what, random, 1)


def _holds(one: Any, sign: str) -> bool:
    code, what = one
    if str(code) == "RANGE":
        return bool(what[0] <= ord(sign) <= what[1])
    if str(code) == "LITERAL":
        return bool(ord(sign) == what)
    is_of = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"}
    name = str(what).removeprefix("CATEGORY_")
    return is_of[name.removeprefix("NOT_")] != name.startswith("NOT_")


def _category(what: Any, _random: Random, _many: int) -> str:
    return _OF_A_CATEGORY[str(what).removeprefix("CATEGORY_")]


_TEXTS: Mapping[str, Callable[[Any, Random, int], str]] = {
    "LITERAL": lambda of, _random, _many: chr(of),
    "NOT_LITERAL": lambda of, random, _many: random.choice([sign for sign in _SAMPLE if ord(sign) != of]),
    "ANY": lambda _of, random, _many: random.choice(_SAMPLE),
    "IN": _one_of,
    "CATEGORY": _category,
    "BRANCH": lambda of, random, many: _text(random.choice(of[1]), random, many),
    "SUBPATTERN": lambda of, random, many: _text(of[3], random, many),
    "MAX_REPEAT": _repeats,
    "MIN_REPEAT": _repeats,
}
