"""A sentence in, who says something in it and who holds a view out: the subjects of its verbs.

There is no parser: a subject is what stands before its verb in the same clause, past auxiliaries, adverbs and what
commas set apart, or after a verb that follows a quote.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise

from retrieval.lexicon import verb_forms, words
from retrieval.reading import Word, read

_WORD = re.compile(r"\w+")
_IRREGULAR = frozenset({"said", "told", "wrote", "thought"})
_UTTER = frozenset({"made", "makes", "make", "gave", "issued"})
PRONOUNS = frozenset({"he", "she", "they", "it"})
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got"})
_ARTICLES = frozenset(
    {"the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those", "any", "some", "no"}
)
_CLOSING = frozenset("”\"»’'")
_MOST = 12
"""Subjects of a sentence that are looked at; no sentence that somebody wrote has more."""
_BREAKS = frozenset('“”"«»;:.!?—()[]')


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose saying a verb is: the words of its head, those "of" it, and where in the sentence it stands."""

    head: tuple[Word, ...]
    of: tuple[Word, ...]
    at: int


@lru_cache(maxsize=5_000)
def sayings(sentence: str) -> tuple[Subject, ...]:
    """The subject of each verb of saying, as far as it can be told."""
    said = verb_forms("sayings") | _IRREGULAR
    if ":" not in sentence and not _has_any(sentence, said | _UTTER | {"according"}):
        return ()
    found = read(sentence)
    subjects = chain(_verbs(found, said), _according(found), _before_colon(found))
    return tuple(islice((subject for subject in subjects if subject.head), _MOST))


@lru_cache(maxsize=5_000)
def stances(sentence: str) -> tuple[Subject, ...]:
    """The subject of each verb or adjective of a view."""
    held_by = verb_forms("stances")
    if not _has_any(sentence, held_by | words("attitudes")):
        return ()
    found = read(sentence)
    held = (
        _before(found, at - 1)
        for at, word in enumerate(found)
        if word.word in words("attitudes") and any(other.word in _PASSIVE for other in found[max(0, at - 3) : at])
    )
    return tuple(islice((subject for subject in chain(_verbs(found, held_by), held) if subject.head), _MOST))


def _has_any(sentence: str, forms: frozenset[str]) -> bool:
    return not forms.isdisjoint(_WORD.findall(sentence.lower()))


def _verbs(found: Sequence[Word], verbs: frozenset[str]) -> Iterator[Subject]:
    """The subject of each verb of some forms; of a participle, that of the verb before."""
    last: Subject | None = None
    for at, word in enumerate(found):
        if not (word.word in verbs and _is_verb(found, at)) and not _utters(found, at):
            continue
        if word.word.endswith("ing") and not (at and found[at - 1].word in _PASSIVE):
            subject = last or _opening(found, at)
        elif _is_passive(found, at):
            subject = _agent(found, at)
        else:
            subject = _after(found, at) or _before(found, at)
        last = subject if subject.head else last
        yield subject


def _is_verb(found: Sequence[Word], at: int) -> bool:
    """Whether a word with the term of a verb is a verb where it stands."""
    word, before = found[at].word, found[at - 1] if at else None
    if before and (before.word in _ARTICLES or before.owner or (found[at].capital and found[at].gap == " ")):
        return False
    if word == "called" and before and before.word == "so":
        return False
    if word in _IRREGULAR or word.endswith(("ed", "ing")):
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
    if found[at].word.endswith("ing") or set(found[at].gap) & _BREAKS:
        return False
    before = at - 1
    while before >= 0 and (found[before].word in words("adverbs") or found[before].word.endswith("ly")):
        before -= 1
    return (
        before >= 0
        and found[before].word in _PASSIVE
        and (found[at].word in _IRREGULAR or found[at].word.endswith("ed"))
    )


def _agent(found: Sequence[Word], at: int) -> Subject:
    """Who stands after "by"."""
    by = next((place for place in range(at + 1, min(at + 4, len(found))) if found[place].word == "by"), None)
    return _phrase(found, by + 1) if by is not None else Subject((), (), at)


def _according(found: Sequence[Word]) -> Iterator[Subject]:
    for at, (word, after) in enumerate(pairwise(found)):
        if (word.word, after.word) in (("according", "to"), ("words", "of"), ("reported", "by")):
            yield _phrase(found, at + 2, alone=True)


def _before_colon(found: Sequence[Word]) -> Iterator[Subject]:
    """The few words before a colon and a quote that open a sentence."""
    for at, word in enumerate(found[:9]):
        if ":" in word.gap:
            if set(word.gap) & set("“\"«‘'"):
                yield _head(found[:at], 0)
            return


def _phrase(found: Sequence[Word], start: int, alone: bool = False) -> Subject:
    """The noun phrase that begins at word `start`, with an apposition after it unless it is to stand `alone`."""
    end = start
    while end < len(found) and end - start < 12:
        word = found[end]
        if end > start and set(word.gap) & _BREAKS:
            break
        if end > start and (word.word in words("subordinators", "auxiliaries") or (alone and "," in word.gap)):
            break
        end += 1
    return _joined(found[start:end], start)


def _after(found: Sequence[Word], at: int) -> Subject | None:
    """The subject after a verb that follows a quote or a comma ("…,” said Ann Berg"); None when none stands there."""
    gap = found[at].gap
    quoted = bool(set(gap) & _CLOSING) or (at == 0 and "".join(gap).strip() != "")
    if found[at].word in ("told", "tells") or not (quoted or "," in gap) or at + 1 >= len(found):
        return None
    if found[at + 1].gap.strip() or found[at + 1].word in words("subordinators", "prepositions"):
        return None
    subject = _phrase(found, at + 1)
    end = at + 1
    while end < len(found) and (end == at + 1 or not found[end].gap.strip()) and found[end].word not in _stops():
        end += 1
    follows = found[end] if end < len(found) else None
    if follows is None or follows.gap.strip() or follows.word in words("prepositions"):
        wordy = any(word.word.endswith("ed") and not word.capital for word in found[at + 2 : end])
        return None if wordy or (not quoted and follows is not None and not follows.gap.strip()) else subject
    return None


def _stops() -> frozenset[str]:
    return words("subordinators", "prepositions", "auxiliaries")


def _before(found: Sequence[Word], at: int) -> Subject:
    """The subject before a verb, past its auxiliaries, adverbs and times, and past what commas set apart."""
    last = _past(found, at)
    if last > 0 and found[last].word == "to":  # "continued to insist"
        at = last - 1
        last = _past(found, at)
    if last > 0 and found[last].word in ("who", "which", "that"):
        if "," in found[last].gap:
            return _comma(found, last - 1)
        last = _past(found, last)
    if last < 0 or set(found[last + 1].gap) & _BREAKS:
        return Subject((), (), at)
    if found[last].word in ("and", "but", "or"):
        return _opening(found, last)
    if "," in found[last + 1].gap or "–" in found[last + 1].gap:
        return _comma(found, last)
    return _segment(found, last)


def _past(found: Sequence[Word], at: int) -> int:
    """The place of the last word before `at` that is no auxiliary, adverb or time; below 0 where there is none."""
    last = at - 1
    while last >= 0 and _is_passed(found, last) and not set(found[last + 1].gap) & (_BREAKS | {","}):
        last -= 1
    return last


def _is_passed(found: Sequence[Word], at: int) -> bool:
    """Whether a word may stand between a subject and its verb."""
    word = found[at].word
    if word in words("auxiliaries", "adverbs", "times") or word.endswith("ly") or word.isdigit():
        return True
    return word in ("on", "in", "late", "early", "last", "this", "next") and found[at + 1].word in words("times") | {
        "late",
        "early",
    }


def _segment(found: Sequence[Word], last: int) -> Subject:
    """The noun phrase that ends at word `last`, back to where its clause begins."""
    start = _clause_start(found, last, across=False)
    return _head(found[start : last + 1], start)


def _comma(found: Sequence[Word], last: int) -> Subject:
    """The subject before what commas set apart, and its appositions among that."""
    start = _clause_start(found, last, across=True)
    return _joined(found[start : last + 1], start)


def _clause_start(found: Sequence[Word], last: int, across: bool) -> int:
    """Where the clause begins that `last` is in; `across` commas or not."""
    start = last
    while start > 0:
        gap, before = found[start].gap, found[start - 1]
        if set(gap) & _BREAKS or (not across and ("," in gap or "–" in gap)):
            break
        if before.word in words("subordinators") or _is_finite(before):
            break
        if before.word == "and" and ("," in before.gap or _has_verb(found, start - 1)):
            break
        start -= 1
    return start


def _is_finite(word: Word) -> bool:
    return word.word in _IRREGULAR or (word.word.endswith("ed") and word.word in verb_forms("sayings"))


def _has_verb(found: Sequence[Word], end: int) -> bool:
    """Whether a verb stands before `end` in the same clause, as far as its form tells."""
    for word in found[max(0, end - 12) : end][::-1]:
        if word.word in words("auxiliaries") or (word.word.endswith("ed") and not word.capital) or _is_finite(word):
            return True
        if set(word.gap) & _BREAKS:
            return False
    return False


def _opening(found: Sequence[Word], end: int) -> Subject:
    """The first noun phrase of the clause that ends before `end`: the subject that a second verb shares."""
    start = end
    while start > 0 and not set(found[start].gap) & (_BREAKS - {"”", "“", '"'}):
        start -= 1
    while start < end and (found[start].word in words("prepositions", "times", "subordinators")):
        start += 1
    stop = start
    while (
        stop < end
        and stop - start < 7
        and not (found[stop].word in _stops() or (stop > start and ("," in found[stop].gap or _is_finite(found[stop]))))
    ):
        stop += 1
        if stop < end and found[stop - 1].capital and not found[stop].capital and found[stop].word.endswith("ed"):
            break
    return Subject(tuple(found[start:stop]), (), start)


def _joined(found: Sequence[Word], at: int) -> Subject:
    """The heads of the parts that commas cut, those left out that only say when, where or how."""
    parts: list[list[Word]] = [[]]
    for word in found:
        if parts[-1] and ("," in word.gap or "–" in word.gap or "(" in word.gap):
            parts.append([])
        parts[-1].append(word)
    kept = [
        part
        for part in parts
        if part
        and part[0].word not in words("prepositions", "subordinators") | {"who", "whose"}
        and not (part[0].word.endswith("ing") and not part[0].capital)
    ]
    subjects = [_head(part, at) for part in kept]
    return Subject(
        tuple(word for subject in subjects for word in subject.head),
        tuple(word for subject in subjects for word in subject.of),
        at,
    )


def _head(part: Sequence[Word], at: int) -> Subject:
    """The head of a noun phrase and what is "of" it; of a phrase that opens with a preposition, its last name."""
    if part and part[0].word in words("prepositions"):
        place = len(part)
        while place > 1 and (part[place - 1].capital or part[place - 1].word in PRONOUNS):
            place -= 1
        named = [word for word in part[place:] if word.word not in words("times")]
        return Subject(tuple(named), (), at)
    cut = next((place for place, word in enumerate(part) if word.word in words("prepositions") and place), len(part))
    of = part[cut + 1 :] if cut < len(part) and part[cut].word in ("of", "to", "for") else ()
    end = next((place for place, word in enumerate(of) if word.word in words("prepositions", "subordinators")), len(of))
    return Subject(tuple(part[:cut]), tuple(of[:end]), at)
