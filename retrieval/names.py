"""A sentence in, where it names persons, places and organisations out, as far as capitals and general words tell."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from retrieval.analysis import FUNCTION_WORDS, is_nationality, normalise, term_of
from retrieval.lexicon import plurals, words

Class = Literal["role", "time", "place", "people", "where", "organisation", "none", "acronym", "name"]

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİŁĻŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_CAPITAL = re.compile(rf"[{UPPER}](?<!\w.)\w*(?:[’'](?!s\b)\w+|-\w+)*")
_GLUED = re.compile(r"(?<=[a-z]{4})(?=[A-Z][a-z]{2})")
_ABBREVIATED = frozenset({"Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Sen", "Rep", "Gov", "Lt", "Col", "Sgt", "Prof", "Rev"})
_PARTICLES = re.compile(r"\s(?:(?:de|von|van|der|den|al|bin|ibn|la|le|di|da|dos|del|du|el)\s){1,2}")
_LINKS = re.compile(r"\s(?:of|for|&|and|of\sthe|for\sthe|in|on)\s")
_OPENING = re.compile(r"(?:^|[.!?:]\s+|[“\"‘«•]\s*|^\W+)$")
_BEFORE = re.compile(r"(?:(?<!\w)(\w+)\s)?(?:(?<!\w)(the|an?|The|An?)\s)?$")
_NOT_FIRST = frozenset({"time", "none", "organisation", "place", "people", "where"})
_NOT_LAST = frozenset({"organisation", "where", "none", "time", "people"})
_NO_ORGANISATION = frozenset({"place", "people", "none", "where"})
_LOWER = re.compile(r"(?<!\w)[a-z]+")
_SOME_PLACE = re.compile(
    r"\b(?:in|at|on|near|from|to|into|across|outside|along|through|of)\s"
    r"((?:the|an?|his|her|its|their)\s(?:(?!of\b|and\b)[\w-]{1,30}\s){1,3})$"
)
_OF_NAME = re.compile(rf"\sof\s[{UPPER}]\w+")
_WIDTH = 80


class Capital(NamedTuple):
    """A capitalised word at characters [start, end), what kind of word it is, and whether it may be a first name."""

    start: int
    end: int
    kind: Class
    first: bool


def persons(sentence: str) -> list[tuple[int, int]]:
    """Names that may be a person's, without title and office: no place, organisation, time or nationality."""
    found = []
    for run in _runs(sentence):
        if named := _person(sentence, run):
            found.append((named[0].start, named[-1].end))
    return found


def places(sentence: str) -> list[tuple[int, int]]:
    """Names that are a known place, end like one, or stand where one would; and places without a name."""
    found = set(_plain_places(sentence))
    for run in _runs(sentence):
        if _is_place(sentence, run):
            found.add((run[0].start, run[-1].end))
        else:
            found |= {(capital.start, capital.end) for capital in run if capital.kind == "place"}
    return sorted(found)


def _plain_places(sentence: str) -> Iterator[tuple[int, int]]:
    """Where a common noun of a place stands with an article and an adjective: "near the north coast"."""
    for noun in _LOWER.finditer(sentence):
        if noun.group() in _place_nouns() and (
            before := _SOME_PLACE.search(sentence, max(0, noun.start() - _WIDTH), noun.start())
        ):
            name = _OF_NAME.match(sentence, noun.end())
            yield before.start(1), name.end() if name else noun.end()


@cache
def _place_nouns() -> frozenset[str]:
    return frozenset(form for word in words("place_nouns") for form in (word, *plurals(word)))


def organisations(sentence: str) -> list[tuple[int, int]]:
    """Names that may be an organisation's: with a word like "Council", an acronym, or what is no person or place."""
    found = []
    for run in map(_without_office, _linked(sentence, _runs(sentence))):
        kinds = [capital.kind for capital in run]
        if set(kinds) <= _NO_ORGANISATION or (run[0].first and "organisation" not in kinds) or _is_state(kinds):
            continue
        if kinds != ["name"] or not (_opens(sentence, run[0].start) and _is_common(sentence, run[0])):
            found.append((run[0].start, run[-1].end))
    return found


def _is_state(kinds: Sequence[Class]) -> bool:
    """Whether a name is a country's: "United Kingdom", but no "United Airlines"."""
    return kinds[-1] == "where" and kinds[:-1] == ["organisation"]


def proper(sentence: str) -> list[tuple[int, int]]:
    """Names of any kind but countries and peoples, without offices and times: titles, events, persons."""
    runs = map(_without_office, _linked(sentence, _runs(sentence)))
    return [(run[0].start, run[-1].end) for run in runs if not {capital.kind for capital in run} <= _NO_ORGANISATION]


def _without_office(run: Sequence[Capital]) -> Sequence[Capital]:
    """A run of capitalised words without offices and times at its ends."""
    kept = [at for at, capital in enumerate(run) if capital.kind not in ("role", "time")]
    return run[kept[0] : kept[-1] + 1] if kept else ()


def _is_place(sentence: str, run: Sequence[Capital]) -> bool:
    """Whether a whole run of capitalised words names a place, by its last word or by the preposition before it."""
    kinds = {capital.kind for capital in run}
    before, article = _words_before(sentence, run[0].start)
    if kinds & {"time", "role"} or kinds == {"people"}:
        return False
    if before in words("placing") and not (kinds == {"name"} and _owns(sentence, run[-1].end)):
        return True
    if len(run) > (2 if run[0].first else 1) and "where" in (run[0].kind, run[-1].kind):
        return True
    return before in ("from", "to", "on", "of", "and") and not article and kinds <= {"name", "where", "place"}


def _person(sentence: str, run: Sequence[Capital]) -> Sequence[Capital]:
    """The part of a run of capitalised words that names a person; empty where none does."""
    office = max((at for at, capital in enumerate(run[:-1]) if capital.kind == "role"), default=-1)
    named = run[office + 1 :]
    while named and named[0].kind in _NOT_FIRST and not _is_first_name(named, alone=len(run) == 1, titled=office >= 0):
        named = named[1:]
    if not any(capital.kind in ("name", "where") or capital.first for capital in named):
        return ()
    if len(named) > 1 and named[-1].kind in _NOT_LAST and not (named[0].first and len(named) == 2):
        return ()
    if office >= 0 or named[0].first:
        return named
    opens = named[0] is run[0] and _opens(sentence, named[0].start)
    return () if _is_other(sentence, named, inside=not opens) else named


def _is_first_name(named: Sequence[Capital], alone: bool, titled: bool) -> bool:
    """Whether a word that is no name by itself may begin one: a first name, or any word after an office."""
    return (
        named[0].first
        or (titled and len(named) > 1 and named[1].kind == "name")
        or (alone and named[0].kind == "where")
    )


def _is_other(sentence: str, named: Sequence[Capital], inside: bool) -> bool:
    """Whether a name without office and first name stands where those of persons do not."""
    before, article = _words_before(sentence, named[0].start)
    if article or (before in words("placing") and not _owns(sentence, named[-1].end)):
        return True
    plain = len(named) == 1 and (named[0].kind == "where" or not inside)
    return plain and _is_common(sentence, named[0])


@lru_cache(maxsize=512)
def _runs(sentence: str) -> tuple[tuple[Capital, ...], ...]:
    """The capitalised words, those in a row together."""
    runs: list[list[Capital]] = []
    for start, end in _capitals(sentence):
        capital = Capital(start, end, *_class(sentence[start:end]))
        last = runs[-1][-1].end if runs else -1
        gap = sentence[last:start] if runs else ","
        if gap in ("", " ", "\u00a0") or (len(gap) < 16 and _PARTICLES.fullmatch(gap)):
            runs[-1].append(capital)
        else:
            runs.append([capital])
    return tuple(map(tuple, runs))


def _capitals(sentence: str) -> Iterator[tuple[int, int]]:
    """Each capitalised word with the dot of its abbreviation, and the parts of those that are printed glued."""
    for match in _CAPITAL.finditer(sentence):
        start, end = match.span()
        if sentence[end : end + 1] == "." and (end - start == 1 or match.group() in _ABBREVIATED):
            end += 1
        elif not match.group()[1:].islower():
            for cut in _GLUED.finditer(sentence, start, end):
                yield start, cut.start()
                start = cut.start()
        yield start, end


def _linked(sentence: str, runs: Sequence[tuple[Capital, ...]]) -> Iterator[tuple[Capital, ...]]:
    """The runs, those joined that "of", "for" or "and" makes one name of."""
    whole: tuple[Capital, ...] = ()
    for run in runs:
        if whole and whole[-1].kind == "organisation" and _LINKS.fullmatch(sentence, whole[-1].end, run[0].start):
            whole += run
        else:
            if whole:
                yield whole
            whole = run
    if whole:
        yield whole


@lru_cache(maxsize=20_000)
def _class(printed: str) -> tuple[Class, bool]:
    """What kind of word a capitalised one is, and whether it may be a first name."""
    word = normalise(printed.rstrip("."))
    first = word in words("first_names") or word.partition("-")[0] in words("first_names")
    if printed.endswith(".") and word not in words("titles"):
        return "name", False
    if word in FUNCTION_WORDS:
        return "none", False
    known = _classes().get(word)
    if known is None and word.rpartition("-")[2] in words("roles"):
        known = "role"
    if known is None and is_nationality(term_of(word)):
        known = "people"
    return known or ("acronym" if printed.isupper() and len(printed) > 1 else "name"), first


_CLASSES: tuple[tuple[Class, tuple[str, ...]], ...] = (
    ("time", ("times",)),
    ("role", ("roles", "titles")),
    ("place", ("places",)),
    ("where", ("place_heads",)),
    ("organisation", ("organisation_heads",)),
    ("none", ("no_names",)),
)


@cache
def _classes() -> dict[str, Class]:
    """The kind of each general word; of one that is on several lists, that of the first."""
    return {word: kind for kind, lists in reversed(_CLASSES) for word in words(*lists)}


def _words_before(sentence: str, start: int) -> tuple[str, bool]:
    """The word before `start`, past an article, in lower case; and whether there is an article."""
    found = _BEFORE.search(sentence, max(0, start - 20), start)
    return (found[1] or "").lower() if found else "", bool(found and found[2])


def _opens(sentence: str, start: int) -> bool:
    """Whether a sentence, or a quote in it, begins at `start`."""
    return _OPENING.search(sentence, max(0, start - 6), start) is not None


def _owns(sentence: str, end: int) -> bool:
    return sentence[end : end + 2] in ("’s", "'s")


def _is_common(sentence: str, capital: Capital) -> bool:
    """Whether a word that opens a sentence may be no name: not that of who owns, says or does what comes next."""
    after = sentence[capital.end : capital.end + 20]
    return not (_owns(sentence, capital.end) or _DOES.match(after))


_DOES = re.compile(
    r"\s(?:said|says|was|is|has|had|also|did|will|would|told|and|[a-z]+ed)\b|"
    r",\s(?:who|the|an?|\w+,\s(?:is|was|has))\b"
)
