"""The name of a list of English words in, its words or their index terms out (`data/lexicon.toml`)."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from retrieval.analysis import normalise, term_of

LEXICON_FILE = Path(__file__).with_name("data") / "lexicon.toml"


@cache
def words(*lists: str) -> frozenset[str]:
    """The words of some lists together."""
    return frozenset(word for name in lists for word in _lists()[name].split())


@cache
def terms(*lists: str) -> frozenset[str]:
    """The index terms of the words of some lists; a term stands for every form of its word."""
    return frozenset(term for word in words(*lists) for part in word.split("-") if (term := term_of(normalise(part))))


def either(*lists: str, plural: bool = False) -> str:
    """A regular expression for any word of some lists, the longest first."""
    found: Iterable[str] = words(*lists)
    if plural:
        found = {form for word in found for form in (word, *plurals(word))}
    return "(?:" + "|".join(sorted(found, key=lambda word: (-len(word), word))) + ")"


def plurals(word: str) -> tuple[str, ...]:
    """How a word may be written when there are several of it; it need not be a noun."""
    if word.endswith("y"):
        return (f"{word}s", f"{word[:-1]}ies")
    if word.endswith(("s", "x", "ch", "sh")):
        return (f"{word}es",)
    return (f"{word[:-3]}men",) if word.endswith("man") else (f"{word}s",)


@cache
def verb_forms(*lists: str) -> frozenset[str]:
    """Every regular form of the verbs of some lists."""
    return frozenset(form for verb in words(*lists) for form in _forms(verb))


def _forms(verb: str) -> Iterator[str]:
    yield verb
    yield from plurals(verb)
    stem = verb.removesuffix("e")
    doubled = verb + verb[-1]
    yield from (stem + "ed", stem + "ing", doubled + "ed", doubled + "ing")
    if verb.endswith("y"):
        yield f"{verb[:-1]}ied"


@cache
def _lists() -> dict[str, str]:
    return tomllib.loads(LEXICON_FILE.read_text(encoding="utf-8"))
