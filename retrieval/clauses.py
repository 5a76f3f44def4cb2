"""The words of a sentence and a place among them in, the noun phrase before or after it out.

There is no parser: a subject is what stands before its verb in the same clause, past auxiliaries, adverbs and what
commas set apart, or after a verb that follows a quote.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.lexicon import verb_forms, words
from retrieval.reading import Word

IRREGULAR = frozenset({"said", "told", "wrote", "thought"})
PRONOUNS = frozenset({"he", "she", "they", "it"})
BREAKS = frozenset('“”"«»;:.!?—()[]')
_CLOSING = frozenset("”\"»’'")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose saying a verb is: the words of its head, those "of" it, and where in the sentence it stands."""

    head: tuple[Word, ...]
    of: tuple[Word, ...]
    at: int


def subject_from(found: Sequence[Word], start: int, alone: bool = False) -> Subject:
    """The noun phrase that begins at word `start`, with an apposition after it unless it is to stand `alone`."""
    end = start
    while end < len(found) and end - start < 12:
        word = found[end]
        if end > start and set(word.gap) & BREAKS:
            break
        if end > start and (word.word in words("subordinators", "auxiliaries") or (alone and "," in word.gap)):
            break
        end += 1
    return _joined(found[start:end], start)


def subject_after(found: Sequence[Word], at: int) -> Subject | None:
    """The subject after a verb that follows a quote or a comma ("…,” said Ann Berg"); None when none stands there."""
    gap = found[at].gap
    quoted = bool(set(gap) & _CLOSING) or (at == 0 and "".join(gap).strip() != "")
    if found[at].word in ("told", "tells") or not (quoted or "," in gap) or at + 1 >= len(found):
        return None
    if found[at + 1].gap.strip() or found[at + 1].word in words("subordinators", "prepositions"):
        return None
    subject = subject_from(found, at + 1)
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


def subject_before(found: Sequence[Word], at: int) -> Subject:
    """The subject before a verb, past its auxiliaries, adverbs and times, and past what commas set apart."""
    last = _past(found, at)
    if last > 0 and found[last].word == "to":  # "continued to insist"
        at = last - 1
        last = _past(found, at)
    if last > 0 and found[last].word in ("who", "which", "that"):
        if "," in found[last].gap:
            return _comma(found, last - 1)
        last = _past(found, last)
    if last < 0 or set(found[last + 1].gap) & BREAKS:
        return Subject((), (), at)
    if found[last].word in ("and", "but", "or"):
        return first_subject(found, last)
    if "," in found[last + 1].gap or "–" in found[last + 1].gap:
        return _comma(found, last)
    return _segment(found, last)


def _past(found: Sequence[Word], at: int) -> int:
    """The place of the last word before `at` that is no auxiliary, adverb or time; below 0 where there is none."""
    last = at - 1
    while last >= 0 and _is_passed(found, last) and not set(found[last + 1].gap) & (BREAKS | {","}):
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
    return head_of(found[start : last + 1], start)


def _comma(found: Sequence[Word], last: int) -> Subject:
    """The subject before what commas set apart, and its appositions among that."""
    start = _clause_start(found, last, across=True)
    return _joined(found[start : last + 1], start)


def _clause_start(found: Sequence[Word], last: int, across: bool) -> int:
    """Where the clause begins that `last` is in; `across` commas or not."""
    start = last
    while start > 0:
        gap, before = found[start].gap, found[start - 1]
        if set(gap) & BREAKS or (not across and ("," in gap or "–" in gap)):
            break
        if before.word in words("subordinators") or _is_finite(before):
            break
        if before.word == "and" and ("," in before.gap or _has_verb(found, start - 1)):
            break
        start -= 1
    return start


def _is_finite(word: Word) -> bool:
    return word.word in IRREGULAR or (word.word.endswith("ed") and word.word in verb_forms("sayings"))


def _has_verb(found: Sequence[Word], end: int) -> bool:
    """Whether a verb stands before `end` in the same clause, as far as its form tells."""
    for word in found[max(0, end - 12) : end][::-1]:
        if word.word in words("auxiliaries") or (word.word.endswith("ed") and not word.capital) or _is_finite(word):
            return True
        if set(word.gap) & BREAKS:
            return False
    return False


def first_subject(found: Sequence[Word], end: int) -> Subject:
    """The first noun phrase of the clause that ends before `end`: the subject that a second verb shares."""
    start = end
    while start > 0 and not set(found[start].gap) & (BREAKS - {"”", "“", '"'}):
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
    subjects = [head_of(part, at) for part in kept]
    return Subject(
        tuple(word for subject in subjects for word in subject.head),
        tuple(word for subject in subjects for word in subject.of),
        at,
    )


def head_of(part: Sequence[Word], at: int) -> Subject:
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
