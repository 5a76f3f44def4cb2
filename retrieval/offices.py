"""A text in, the offices that it names beside the country or the organisation whose they are out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from retrieval.analysis import FUNCTION_WORDS, is_nationality, related, term_of
from retrieval.lexicon import terms, words
from retrieval.reading import Word, read
from retrieval.roles import Role, heads_of

Terms = frozenset[str]

STATE_LEADERS = frozenset(map(term_of, ("president", "pm", "premier", "chancellor", "leader", "ruler")))
"""Who may be called the leader of a country."""

_PRIME_MINISTERS = frozenset({"pm", term_of("premier")})
_ANY_LEADER = frozenset({"leader", "head", "boss", "chief"})
_JOINS = frozenset({" ", "-", " -", "- ", "‑", "–", "", "\u00a0"})
_OF = frozenset({"of", "for"})
_WITHIN_OF = _OF | {"the"}
_WIDTH = 6
_MOST = 12
"""Offices of a text that are looked at; no sentence that somebody wrote names more."""


@dataclass(frozen=True, slots=True)
class Office:
    """An office named at characters [start, end) of a text, an article before it and whose it is included.

    `roles` are the ways to ask for its holder, the surest first; a sentence that names it holds all its `terms`.
    """

    start: int
    end: int
    roles: tuple[Role, ...]
    terms: Terms


@lru_cache(maxsize=2_000)
def offices(text: str) -> tuple[Office, ...]:
    """The offices that a text names, as far as it says whose they are: "the French president", "head of NATO"."""
    found = read(text)
    heads = (at for at, word in enumerate(found) if word.word in words("offices"))
    return tuple(islice((office for at in heads if (office := _office(found, at))), _MOST))


def _office(found: Sequence[Word], at: int) -> Office | None:
    """The office whose head is word `at`, where it says whose it is."""
    end = at + 2 if _word(found, at + 1) == "general" else at + 1
    first = _modified(found, at)
    start = _owned(found, first)
    of, last = _after(found, end)
    whose = [*found[start:first], *(word for word in of if word.word not in words("office_words") or _owns(word))]
    if not any(map(_owns, whose)):
        return None
    whole = start - 1 if start and found[start - 1].word in words("other_offices") else start
    kept = [word for word in (*found[whole:at], *found[at + 1 : end], *of) if word not in whose]
    kept = [word for word in kept if not ("pm" in word.terms or word.word == "affairs" or word.word.isdigit())]
    if whole and found[whole - 1].word in ("the", "a", "an") and found[whole].gap == " ":
        whole -= 1
    named = frozenset().union(*map(_main, (found[at], *kept, *whose)))
    return Office(found[whole].start, found[last - 1].end, tuple(_roles(found[at], kept, whose)), named)


def _roles(head: Word, modifiers: Sequence[Word], whose: Sequence[Word]) -> Iterator[Role]:
    """The ways to ask for who holds an office, the surest first."""
    further = tuple(word.terms for word in modifiers)
    of = tuple(dict.fromkeys(map(_alternatives, whose)))
    state = all(any(map(is_nationality, _alternatives(word))) for word in whose)
    if head.word in _ANY_LEADER and not modifiers:
        yield Role(STATE_LEADERS if state else terms("leaders"), (), of)
        if not state:
            yield Role(frozenset({term_of("secretary")}), (frozenset({term_of("general")}),), of)
        return
    yield Role(_PRIME_MINISTERS if "pm" in head.terms else heads_of(head), further, of)
    if head.word == "president" and state:
        yield Role(frozenset({term_of("leader")}), further, of)


def _modified(found: Sequence[Word], at: int) -> int:
    """Where the name of an office begins that ends with word `at`: "national security adviser", "47th president"."""
    first = at
    while first and found[first].gap in _JOINS and at - first < _WIDTH:
        if not _is_office(found[first - 1]) or _owns(found[first - 1]):
            break
        first -= 1
    return first


def _owned(found: Sequence[Word], first: int) -> int:
    """Where the words begin that say whose the office is, before its name; `first` where none do."""
    start = first
    while start and found[start].gap in _JOINS and first - start < _WIDTH:
        word = found[start - 1]
        noun = start < first and found[start].word in words("organisation_nouns") and word.word not in FUNCTION_WORDS
        if not _owns(word) and not noun:
            break
        start -= 1
    return start


def _after(found: Sequence[Word], end: int) -> tuple[list[Word], int]:
    """The words of an "of …" at word `end` that say whose the office is, or which, and where that ends."""
    if _word(found, end) not in _OF:
        return [], end
    last = at = end
    while at < len(found) and at - end < _WIDTH and found[at].gap in _JOINS:
        word, after = found[at], found[at + 1 : at + 2]
        if word.word in FUNCTION_WORDS:
            if word.word not in _WITHIN_OF:
                break
        elif _owns(word):
            last = at + 1
        elif last > end and not any(other.word in words("organisation_nouns") for other in after):
            break
        at += 1
    if last == end:  # "of state", "of defence"
        last = next((at for at in range(end + 1, len(found)) if not _is_office(found[at])), len(found))
    return [word for word in found[end:last] if word.word not in FUNCTION_WORDS], last


def _is_office(word: Word) -> bool:
    """Whether a word may belong to the name of an office."""
    return word.word in words("office_words", "roles", "other_offices") or word.word[:1].isdigit()


def _owns(word: Word) -> bool:
    """Whether an office may be this one's: a country's, a place's, an organisation's, or that of whom "’s" marks."""
    named = {word.word, *_main(word)} & words("organisation_heads", "places", "bodies")
    return word.owner or bool(named) or any(map(is_nationality, word.terms))


def _alternatives(word: Word) -> Terms:
    """The terms of a word, and of the country or the capital that stands for it."""
    others = (other for term in word.terms for other in related(term) if is_nationality(term) or is_nationality(other))
    return word.terms.union(others)


def _main(word: Word) -> Terms:
    """What a sentence holds of a word: that which its phrase is another name of ("prime minister"), or its own term."""
    own = frozenset({term_of(word.word)})
    return word.terms - own or own


def _word(found: Sequence[Word], at: int) -> str:
    return found[at].word if at < len(found) else ""
