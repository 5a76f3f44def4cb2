"""Sentences in, who is said in them to hold which office out, so that the one may be asked for and the other told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval import analysis, kinds
from retrieval.analysis import is_nationality, term_of
from retrieval.lexicon import words
from retrieval.models import AnswerKind, Question, QuestionTerm, Span
from retrieval.offices import STATE_LEADERS, Office, offices
from retrieval.reading import Word, read
from retrieval.roles import Role, holder, role_asked

Terms = frozenset[str]

_ASKS_HOLDER: frozenset[AnswerKind] = frozenset({"person", "role"})
_MOST = 3
"""Offices of a question that are looked at, and persons that may hold one: where it is said of more, it names none."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Somebody who is said to hold an office: the terms of the office, of the name, and the surname's own."""

    office: Terms
    name: Terms
    surname: str


@lru_cache(maxsize=5_000)
def aliases(sentence: str) -> tuple[Alias, ...]:
    """Who is said in a sentence to hold an office."""
    return tuple(
        Alias(office.terms, frozenset().union(*(word.terms for word in name)), term_of(name[-1].word))
        for office in offices(sentence)
        if (name := _holder(sentence, office.roles[0]))
    )


def offices_of(named: Terms, sentence: str) -> Iterator[Terms]:
    """The terms of the offices that a sentence says somebody of a name holds; who heads a state is its leader, too."""
    for alias in aliases(sentence):
        if alias.surname in named and named <= alias.name | alias.office:
            yield alias.office
            head = alias.office & STATE_LEADERS
            if head and all(map(is_nationality, alias.office - head)):
                yield alias.office - head | {term_of("leader")}


def sought(office: Office) -> Terms:
    """What to look for to find out who holds an office."""
    return frozenset().union(*(terms for role in office.roles for terms in (role.heads, *role.modifiers, *role.of)))


def holders(office: Office, sentences: Sequence[str]) -> list[str]:
    """The surnames of who is said to hold an office, by the surest of the ways to call it, the most frequent first."""
    for role in office.roles:
        printed = Counter(name[-1].word for sentence in sentences if (name := _holder(sentence, role)))
        surnames: dict[str, str] = {}
        for word, _ in printed.most_common():
            surnames.setdefault(term_of(word), word)
        if surnames:
            return list(surnames.values()) if len(surnames) <= _MOST else []
    return []


def _holder(sentence: str, role: Role) -> tuple[Word, ...]:
    """The words of the name of who is said to hold an office; none of a mere first name.

    Whose it is must be a name as well: "the company’s chief" is that of any company.
    """
    if (span := holder(sentence, role)) is None:
        return ()
    found = read(sentence)
    name = tuple(word for word in found if span[0] <= word.start and word.end <= span[1])
    owned = all(any(word.capital and word.terms & whose for word in found) for whose in role.of)
    return name if owned and not (len(name) == 1 and name[0].word in words("first_names")) else ()


def offices_in(question: Question) -> list[Office]:
    """The first offices that a question names, without those whose holder it asks for."""
    found = offices(question.text)[:_MOST]
    if not found or role_asked(question.text):
        return []
    asked = kinds.type_words(question.text)
    return [one for one in found if not asked.overlaps(Span(one.start, one.end)) and not _is_predicate(question, one)]


def _is_predicate(question: Question, office: Office) -> bool:
    """Whether a question asks who has become what an office is, or the like."""
    before = [word for word in read(question.text) if word.end <= office.start][-1:]
    return question.kind in _ASKS_HOLDER and any(word.word in words("being") for word in before)


def renamed(question: Question, names: Mapping[Office, str]) -> Question:
    """The question with a surname in place of each of some offices, each surname once."""
    terms, corrections = list(question.terms), list(question.corrections)
    for office, surname in names.items():
        text, name = question.text, term_of(surname)
        typed = text[office.start : office.end]
        others = frozenset(analysis.terms(f"{text[: office.start]} {text[office.end :]}"))
        own = frozenset(analysis.terms(typed)) - others
        at = next((at for at, term in enumerate(terms) if term.term in own), None)
        if at is None or any(term.term == name for term in terms):
            continue
        rest = [term for term in terms if term.term not in own]
        terms = [*rest[:at], QuestionTerm(name, typed, name=True), *rest[at:]]
        corrections.append((typed, name))
    return replace(question, terms=tuple(terms), corrections=tuple(corrections))
