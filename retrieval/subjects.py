"""A sentence in, who says something in it and who holds a view out: the subjects of its verbs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice, pairwise

from retrieval.clauses import (
    BREAKS,
    IRREGULAR,
    PRONOUNS,
    Subject,
    first_subject,
    head_of,
    subject_after,
    subject_before,
    subject_from,
)
from retrieval.lexicon import verb_forms, words
from retrieval.reading import Word, read

_WORD = re.compile(r"\w+")
_UTTER = frozenset({"made", "makes", "make", "gave", "issued"})
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got"})
_ARTICLES = frozenset(
    {"the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those", "any", "some", "no"}
)
_MOST = 12
"""Subjects of a sentence that are looked at; no sentence that somebody wrote has more."""


@lru_cache(maxsize=5_000)
def sayings(sentence: str) -> tuple[Subject, ...]:
    """The subject of each verb of saying, as far as it can be told."""
    said = verb_forms("sayings") | IRREGULAR
    if ":" not in sentence and not _has_any(sentence, said | _UTTER | {"according"}):
        return ()
    found = read(sentence)
    subjects = chain(_verbs(found, said), _according(found), _before_colon(found))
    return tuple(islice((subject for subject in subjects if subject.head), _MOST))


@lru_cache(maxsize=5_000)
def stances(sentence: str) -> tuple[Subject, ...]:
    """The subject of each verb or adjective of a view."""
    held_by = verb_forms("stances")
    if not _has_any(sentence, held_by | words("attitudes", "opinions")):
        return ()
    found = read(sentence)
    held = (
        subject_before(found, at - 1)
        for at, word in enumerate(found)
        if word.word in words("attitudes") and any(other.word in _PASSIVE for other in found[max(0, at - 3) : at])
    )
    return tuple(
        islice((subject for subject in chain(_verbs(found, held_by), held, _owned(found)) if subject.head), _MOST)
    )


def _owned(found: Sequence[Word]) -> Iterator[Subject]:
    """Whose demand, view or complaint is spoken of: "Ann Berg’s demands"."""
    for at, word in enumerate(found):
        if word.owner and any(other.word in words("opinions") for other in found[at + 1 : at + 4]):
            start = at
            while start > 0 and found[start - 1].capital and found[start].gap == " ":
                start -= 1
            yield Subject((*found[start:at], replace(word, owner=False)), (), start)


def _has_any(sentence: str, forms: frozenset[str]) -> bool:
    return not forms.isdisjoint(_WORD.findall(sentence.lower()))


def _verbs(found: Sequence[Word], verbs: frozenset[str]) -> Iterator[Subject]:
    """The subject of each verb of some forms; of a participle, that of the verb before."""
    last: Subject | None = None
    for at, word in enumerate(found):
        if not (word.word in verbs and _is_verb(found, at)) and not _utters(found, at):
            continue
        if word.word.endswith("ing") and not (at and found[at - 1].word in _PASSIVE):
            subject = last or first_subject(found, at)
        elif _is_passive(found, at):
            subject = _agent(found, at)
        else:
            subject = subject_after(found, at) or subject_before(found, at)
        last = subject if subject.head else last
        yield subject


def _is_verb(found: Sequence[Word], at: int) -> bool:
    """Whether a word with the term of a verb is a verb where it stands."""
    word, before = found[at].word, found[at - 1] if at else None
    if before and (before.word in _ARTICLES or before.owner or (found[at].capital and found[at].gap == " ")):
        return False
    if word == "called" and before and before.word == "so":
        return False
    if word in IRREGULAR or word.endswith(("ed", "ing")):
        return True
    if before is None:
        return False
    bare = word in words("sayings", "stances")
    if bare and word in words("noun_sayings", "stances"):
        return before.word in words("auxiliaries", "adverbs") or before.word == "to"
    return bare or before.capital or before.word in PRONOUNS or before.word in words("adverbs", "roles")


def _utters(found: Sequence[Word], at: int) -> bool:
    """Whether somebody "made no mention", "made it clear" and the like."""
    if found[at].word not in _UTTER:
        return False
    return any(word.word in words("utterances") for word in found[at + 1 : at + 4])


def _is_passive(found: Sequence[Word], at: int) -> bool:
    if found[at].word.endswith("ing") or set(found[at].gap) & BREAKS:
        return False
    before = at - 1
    while before >= 0 and (found[before].word in words("adverbs") or found[before].word.endswith("ly")):
        before -= 1
    return (
        before >= 0
        and found[before].word in _PASSIVE
        and (found[at].word in IRREGULAR or found[at].word.endswith("ed"))
    )


def _agent(found: Sequence[Word], at: int) -> Subject:
    """Who stands after "by"."""
    by = next((place for place in range(at + 1, min(at + 4, len(found))) if found[place].word == "by"), None)
    return subject_from(found, by + 1) if by is not None else Subject((), (), at)


def _according(found: Sequence[Word]) -> Iterator[Subject]:
    for at, (word, after) in enumerate(pairwise(found)):
        if (word.word, after.word) in (("according", "to"), ("words", "of"), ("reported", "by")):
            yield subject_from(found, at + 2, alone=True)


def _before_colon(found: Sequence[Word]) -> Iterator[Subject]:
    """The few words before a colon and a quote that open a sentence."""
    for at, word in enumerate(found[:9]):
        if ":" in word.gap:
            if set(word.gap) & set("“\"«‘'"):
                yield head_of(found[:at], 0)
            return
