"""The office or relation whose holder a question asks for, and whether a sentence names that holder."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.analysis import FUNCTION_WORDS, is_nationality, term_of
from retrieval.lexicon import terms, words
from retrieval.names import persons
from retrieval.reading import Word, read

Terms = frozenset[str]

_ASKED = re.compile(
    r"\b(?:what(?:['’]?s)?\s+(?:is\s+|was\s+)?the\s+names?\s+of|who(?:['’]?s|\s+(?:is|was|are|were))|"
    r"who(?=\s.*\s(?:is|was|are|were)\W*$))\s+",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"^\W*(?:what(?:['’]?s)?(?:\s+(?:is|was))?\s+)?(?P<holder>.*?)(?:['’]?s?\s+(?:called|named|name))?\W*$",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\bwho(?:\s+(?:is|was|currently|now))*\s+(?:leads?|led|heads?|headed|runs?|chairs?|governs?|rules?|leading|heading|"
    r"running|in\s+charge\s+of)\s+(?P<of>.+)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s(?:who|that|which|whose)\s", re.IGNORECASE)
_MARRIED = re.compile(
    r"\bwho(?:m)?\s+(?:is|was)\s+(?P<of>.+?)\s+married\s+to|\bwho(?:m)?\s+did\s+(?P<did>.+?)\s+marry|"
    r"\bwho\s+(?:is\s+|was\s+)?married(?:\s+to)?\s+(?P<to>.+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_WHERE_NAMED = frozenset({"called", "named", "name", "now", "currently", "today", "anyway", "is", "was"})
_TIES = frozenset({"of", "for", "to", "in", "at", "from"})
_HIS = frozenset({"his", "her", "their", "its"})
_BESIDE = frozenset({"", ",", ":", "-", "–", "—", "("})
_JOINS = frozenset({" ", "-", " -", "- ", "‑", "–", ""})
_SPOUSES = ("wife", "husband", "spouse")
_GROUPS = (
    ("minister", "secretary"),
    ("spokesman", "spokeswoman", "spokesperson"),
    ("chair", "chairman", "chairwoman", "chairperson"),
    _SPOUSES,
    ("adviser", "aide", "counsellor"),
    ("envoy", "negotiator", "emissary"),
    ("mother", "parent"),
    ("father", "parent"),
    ("boss", "chief", "ceo"),
)
"""Words that may name the same office."""
_ANY_LEADER = frozenset({"leader", "leaders", "head", "boss"})
_WIDTH = 6


@dataclass(frozen=True, slots=True)
class Role:
    """An office or a relation whose holder is asked for.

    `heads` are terms any of which names it, `modifiers` the further words of its name ("prime", "national security"),
    and `of` the words of whose it is; each of these words is a set of terms, and one of the set is enough.
    """

    heads: Terms
    modifiers: tuple[Terms, ...] = ()
    of: tuple[Terms, ...] = ()


@lru_cache(maxsize=512)
def role_asked(question: str) -> Role | None:
    """The office or relation that a question asks the holder of ("who is the president of P", "P's wife").

    One that a clause tells ("who is the president who …") is asked for by what it does, not by whose it is.
    """
    if found := _MARRIED.search(question):
        return Role(_terms(_SPOUSES), (), _content(read(found["of"] or found["did"] or found["to"])))
    if found := _LEADS.search(question):
        of = _content(_until_stop(read(found["of"])))
        # what is no country may be led by anything: by countries, a committee, nobody that holds an office
        return Role(terms("leaders"), (), of) if any(is_nationality(term) for group in of for term in group) else None
    asked = _ASKED.search(question)
    if asked and _CLAUSE.search(question, asked.end()):
        return None
    holder = read(question[asked.end() :] if asked else _CALLED.sub(r"\g<holder>", question))
    if not asked and holder and holder[0].word in words("auxiliaries"):
        return None
    return _role(holder, bare=asked is None)


def holds_role(sentence: str, role: Role, before: str = "") -> bool:
    """Whether a sentence names the holder beside the office, tied to whose it is; `before` is the sentence before."""
    return holder(sentence, role, before) is not None


def holder(sentence: str, role: Role, before: str = "") -> tuple[int, int] | None:
    """Where a sentence names who holds an office; offsets into the sentence."""
    if not _may_hold(sentence, role.heads):
        return None
    found = read(sentence)
    heads = [at for at, word in enumerate(found) if word.terms & role.heads]
    named = _named(sentence)
    holders = (name for at in heads if (name := _holder(found, at, named, role, before)))
    first, last = next(holders, (0, 0))
    return (found[first].start, found[last - 1].end) if last else None


def _role(asked: Sequence[Word], bare: bool) -> Role | None:
    """The office named by some words of a question; a `bare` phrase must say whose it is with a possessive."""
    offices = words("roles", "kin")
    end = next((at for at, word in enumerate(asked) if word.word in _TIES | words("thought_ends")), len(asked))
    at = next((at for at in range(end - 1, -1, -1) if _singular(asked[at].word) in offices), None)
    if at is None or any(word.word not in _WHERE_NAMED for word in asked[at + 1 : end]):
        return None
    if asked[at].word == "general" and at and asked[at - 1].word in offices:
        at -= 1
    owner = next((place for place in range(at - 1, -1, -1) if asked[place].owner), None)
    if owner is None and bare:
        owner = at - 1 if at and asked[at - 1].word.endswith("s") else None
        if owner is None:
            return None
    cut = 0 if owner is None else owner + 1
    further = [word for word in _until_stop(asked[end:]) if word.terms]
    named = [word for word in asked[cut:end] if word is not asked[at] and _is_office(word)]
    named += [word for word in further if word.word in words("office_words") and not word.capital]
    of = [word for word in (*asked[:at], *further) if word not in named]
    prime = [_terms(("pm", "prime"))] if asked[at].word == "pm" else []
    modifiers = (*prime, *(word.terms for word in named if word.word != "affairs"))
    return Role(heads_of(asked[at]), modifiers, _content(of))


def _is_office(word: Word) -> bool:
    """Whether a word before an office belongs to its name, and does not say whose it is."""
    return word.word[:1].isdigit() or word.word in words("office_words", "roles", "other_offices")


def heads_of(word: Word) -> Terms:
    """The terms that name the same office as a word."""
    if word.word in _ANY_LEADER:
        return terms("leaders")
    if word.word == "pm":
        return _terms(("pm", "minister"))
    return word.terms.union(*(group for group in map(_terms, _GROUPS) if group & word.terms))


def _terms(group: Iterable[str]) -> Terms:
    return frozenset(map(term_of, group))


def _until_stop(asked: Sequence[Word]) -> Sequence[Word]:
    """The words up to one that begins another thought, or to a year."""
    end = next(
        (at for at, word in enumerate(asked) if at and (word.word in words("thought_ends") or word.word.isdigit())),
        len(asked),
    )
    return asked[:end]


def _content(asked: Sequence[Word]) -> tuple[Terms, ...]:
    """The words that say whose it is, a first name left out where more of the name follows."""
    found = [word for word in asked if word.terms and word.word not in words("current") | _WHERE_NAMED]
    last = found[-1:]
    return tuple(word.terms for word in found if word in last or word.word not in words("first_names"))


def _may_hold(sentence: str, heads: Terms) -> bool:
    """Whether a sentence has one of these words and a person at all, told at less cost than by reading it."""
    said = (term_of(word) in heads or word.startswith("minister") for word in _WORD.findall(sentence.lower()))
    return any(said) and bool(persons(sentence))


@lru_cache(maxsize=5_000)
def _named(sentence: str) -> tuple[tuple[int, int], ...]:
    """The persons of a sentence as ranges of its words."""
    found = read(sentence)
    return tuple(
        (
            next(at for at, word in enumerate(found) if word.end > start),
            next((at for at, word in enumerate(found) if word.start >= end), len(found)),
        )
        for start, end in persons(sentence)
    )


def _holder(
    found: Sequence[Word], at: int, named: Sequence[tuple[int, int]], role: Role, before: str
) -> tuple[int, int] | None:
    """The name beside the office at word `at`, as a range of words, where that is the office asked for."""
    start = _phrase_start(found, at)
    after_office = at + 2 if at + 1 < len(found) and found[at + 1].word == "general" else at + 1
    end = _phrase_end(found, after_office)
    if any(word.word in words("other_offices") and not _among(word, role.modifiers) for word in found[start:at]):
        return None
    own = found[start:end]
    if not all(_is_said(wanted, own) for wanted in role.modifiers):
        return None
    # of a list ("the president, Ann Berg, the mayor, Bo Lind"), each name is that of the office before it
    beside = sorted(_beside(found, (start, after_office, end), named), key=lambda name: _is_taken(found, start, name))
    for first, last in beside:
        after = found[last : _phrase_end(found, last)] if first == after_office else ()
        if _tied((*own, *after), role, (*read(before), *found[:start])) and not _is_owner(found[first:last], role):
            return first, last
    return None


def _is_taken(found: Sequence[Word], start: int, name: tuple[int, int]) -> bool:
    """Whether a name before the office at word `start` follows another one."""
    return 0 < name[0] < start and found[name[0] - 1].word in words("roles")


def _among(word: Word, wanted: Sequence[Terms]) -> bool:
    return any(word.terms & terms for terms in wanted)


def _phrase_start(found: Sequence[Word], at: int) -> int:
    """Where the phrase begins that ends with the office at word `at`: its adjectives, whose it is, its article."""
    start = at
    unsure = at
    while unsure > 0 and at - unsure < _WIDTH and found[unsure].gap in _JOINS:
        unsure -= 1
        word = found[unsure]
        if word.word in FUNCTION_WORDS:
            return unsure if word.word in ("the", "a", "an") or word.word in _HIS else start
        if word.owner or word.capital or word.word in words("office_words", "roles", "other_offices"):
            if start > unsure + 1 and not word.owner:
                return start
            start = unsure
        elif any(_foreign(other) for other in found[start:at]):
            return start
    return start


def _foreign(word: Word) -> bool:
    """Whether a word is a country's, or a name: the office is then somebody's already."""
    return any(map(is_nationality, word.terms)) or (word.capital and word.word not in words("office_words", "roles"))


def _phrase_end(found: Sequence[Word], at: int) -> int:
    """Where the words "of …" end that begin at word `at`; `at` itself where none do."""
    end = at
    while end < len(found) and end - at < _WIDTH:
        word = found[end]
        if word.gap not in _JOINS and not (end == at and word.gap == " "):
            break
        if end == at and word.word not in _TIES:
            break
        if end > at and word.word in FUNCTION_WORDS and word.word not in ("the", "of", "for", "and", "to"):
            break
        end += 1
    return end


def _beside(
    found: Sequence[Word], phrase: tuple[int, int, int], named: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The names that stand beside an office: right after it or its "of …", or before it as its subject.

    `phrase` is where the office's phrase starts, where its "of …" does, and where it ends.
    """
    start, of, end = phrase
    for first, last in named:
        if (
            (first in (of, end) and found[first].gap.strip(" ") in _BESIDE)
            or (end < first <= end + 3 and all(word.word in words("being") for word in found[end:first]))
            or (of + 1 < first < end and found[first - 1].capital and found[first].gap == " ")
            or (last <= start <= last + 4 and _leads_to(found, last, start))
        ):
            yield first, last


def _leads_to(found: Sequence[Word], last: int, start: int) -> bool:
    """Whether only forms of "be" and the like stand between a name and its office."""
    if last < len(found) and found[last].gap.strip() not in ("", ",", "(", "–", "—", "-"):
        return False
    if any(word.word not in words("being") for word in found[last:start]):
        return False
    return last < start or found[last].gap != " "


def _tied(own: Sequence[Word], role: Role, earlier: Sequence[Word]) -> bool:
    """Whether the office's phrase says whose it is, or "his" does where that one is named `earlier`."""
    his = own[0].word in _HIS and role.heads & terms("kin")
    return all(_is_said(wanted, own) or (his and _is_said(wanted, earlier)) for wanted in role.of)


def _is_said(wanted: Terms, own: Iterable[Word]) -> bool:
    return any(word.terms & wanted for word in own)


def _is_owner(name: Sequence[Word], role: Role) -> bool:
    """Whether a name is only that of the one whose office it is."""
    return all(_among(word, role.of) for word in name)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
