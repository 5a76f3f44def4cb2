"""A question and a sentence that answers it in, the shortest phrases of the sentence that may be the answer out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrieval import kinds
from retrieval.analysis import normalise, terms
from retrieval.lexicon import either, words
from retrieval.models import AnswerKind, Question
from retrieval.phrases import phrases, quoted
from retrieval.roles import holder, role_asked
from retrieval.sentences import View
from retrieval.things import thing

Phrase = tuple[int, int]

_INSTEAD: Mapping[AnswerKind, tuple[AnswerKind, ...]] = {"person": ("organisation", "place")}
"""Kinds that may answer where no phrase of the expected kind stands: a company or a country may be who did it."""
_APART = frozenset({"person", "place"})
_BOUNDARY = re.compile(r"[,;:()–—]")
_JOINT = re.compile(r"\s*(?:,|,?\s(?:and|or|&))\s(?:the\s)?")
_SEVERAL = re.compile(
    r"\bwho(?:m)? (?:are|were|else)\b|\b(?:which|what)\s(?:\w+\s)?(?:two|three|four|five|[a-z]+[^\Ws])s\b|"
    r"\b(?:which|what) (?:two|three|four|five)\b",
    re.IGNORECASE,
)
"""Questions that ask for more than one."""
_PLACED = re.compile(r"\b(?:in|at|on|near|to|from)\s(?:the\s)?$")
_BY = re.compile(r"\bby\s(?:the\s)?$")
_OFFICE = re.compile(rf"\b(?i:{either('roles', 'titles', 'kin')}),?\s$")
_WIDTH = 20


def highlights(question: Question, own: View, before: str = "") -> list[Phrase]:
    """At most two phrases, the best first; none where that is not clear, as a wrong one is worse than none.

    `own` is the sentence, `before` the sentence before it.
    """
    if question.kind == "thing":
        return [phrase] if (phrase := thing(question, own)) else []
    if (role := role_asked(question.text)) and (named := holder(own.text, role, before)):
        return [named]
    for spans in _kinds_of_phrases(question, own):
        if new := _new(question, own, spans):
            best = _nearest(question, own, new)
            return [best, *_joined(own.text, best, new)[:1]] if _SEVERAL.search(question.text) else [best]
    return []


def _kinds_of_phrases(question: Question, own: View) -> Iterator[list[Phrase]]:
    """The phrases of the kinds that may answer, kind by kind: of names given, what stands in quotation marks first."""
    if question.kind == "statement" and kinds.is_naming(question.text):
        yield quoted(own.text)
    for kind in (question.kind, *_INSTEAD.get(question.kind, ())):
        yield phrases(kind, own.text, own.language)


def _new(question: Question, own: View, spans: Iterable[Phrase]) -> list[Phrase]:
    """The phrases not of the question's own words alone; of names of places and persons, those that share none."""
    asked = {term.term for term in question.all_terms}
    fully = {term.term for term in question.all_terms if term.weight == 1}
    new = [token.start for token in own.tokens if token.term not in asked]
    old = [token.start for token in own.tokens if token.term in fully] if question.kind in _APART else []
    return [
        (start, end)
        for start, end in spans
        if any(start <= at < end for at in new) and not any(start <= at < end for at in old)
    ]


def _nearest(question: Question, own: View, spans: Sequence[Phrase]) -> Phrase:
    """The phrase that the words asked stand nearest to, all of them taken together."""
    asked = [
        (term.weight, [at for name in (term.term, *dict(term.related)) for at in own.at(name)])
        for term in question.all_terms
    ]
    held = [(weight, places) for weight, places in asked if places]
    counted = frozenset(terms(kinds.counted(question.text))[:1])
    steps = _steps(own)

    def score(span: Phrase) -> float:
        inside = [at for at, token in enumerate(own.tokens) if span[0] <= token.start < span[1]]
        if not inside:
            return 0.0
        first, last = inside[0], inside[-1]
        close = [
            weight / (1 + min([max(steps[first] - steps[at], steps[at] - steps[last], 0) for at in places]))
            for weight, places in held
        ]
        counts = any(token.term in counted for token in own.tokens[last + 1 : last + 4])
        return sum(close) + 2 * counts + _likely(question.kind, own.text, span)

    return max(spans, key=score)


def _steps(own: View) -> list[float]:
    """How far into the sentence each word stands, where a comma counts as more than a word."""
    found: list[float] = []
    step, end = 0.0, 0
    for token in own.tokens:
        step += 1 + 1.5 * len(_BOUNDARY.findall(own.text, end, token.start))
        found.append(step)
        end = token.end
    return found


def _likely(kind: AnswerKind, text: str, span: Phrase) -> float:
    """How much a phrase looks like an answer of its kind, whatever stands near it."""
    before = text[max(0, span[0] - _WIDTH) : span[0]]
    if kind == "place":
        return 0.4 * bool(_PLACED.search(before))
    if kind not in ("person", "organisation"):
        return 0.0
    by = 0.6 * bool(_BY.search(before))
    if kind == "organisation":
        return by
    first, *more = text[span[0] : span[1]].split()
    return (
        by + 0.3 * bool(more) + 0.45 * (normalise(first) in words("first_names")) + 0.3 * bool(_OFFICE.search(before))
    )


def _joined(text: str, best: Phrase, spans: Sequence[Phrase]) -> list[Phrase]:
    """The phrases that a comma or "and" joins to the best one."""
    return [
        span
        for span in spans
        if (span[0] >= best[1] and _JOINT.fullmatch(text, best[1], span[0]))
        or (span[1] <= best[0] and _JOINT.fullmatch(text, span[1], best[0]))
    ]
