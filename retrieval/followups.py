"""A message and the answer before it in, what is carried over from it out; decided by form alone.

A message follows up when it is short and opens like a continuation ("and …", "what about …"), or has a pronoun with no
name before it, or is a bare question word. A message that stands on its own carries nothing over.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval import analysis
from retrieval.models import Answer, Question, QuestionTerm

_OPENER = re.compile(
    r"\W*(?:and|but|also|or|then|so|what about|how about|what else|who else|where else)\b", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:he|she|they|it|him|her|them|his|hers|its|their|theirs|that|this|those|these|there)\b", re.IGNORECASE
)
_NO_PRONOUN = re.compile(
    r"\bis (?:it|this|that) (?:true|possible|clear|right|known)\b|\b(?:it|there) (?:is|was|are|were)\b|"
    r"\b(?:is|are|was|were) there\b|\b(?:that|this|these|those) (?=[a-z]{4,})|\b[a-z]{3,} that (?=[a-z]+ )",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:what|which|how)\b(?! about)", re.IGNORECASE)
_MOST_OWN_TERMS = 4
_CARRIED_NAME = 0.6
_CARRIED_WORD = 0.4


def follow_up(question: Question, before: Answer) -> Question:
    """`question` with what it takes over from the turn before, or as it is when it stands on its own."""
    if not _follows(question):
        return question
    old = before.question
    carried = tuple(_carried(question, old))
    kept_kind = question.kind == "thing" and not _ASKS.search(question.text)
    return replace(
        question,
        kind=old.kind if kept_kind else question.kind,
        dates=question.dates or old.dates,
        carried=carried,
        about=_about(carried),
        near=(before.quotes[0].article.id, before.quotes[0].span) if before.quotes else None,
    )


def _follows(question: Question) -> bool:
    if len(question.terms) > _MOST_OWN_TERMS:
        return False
    if not question.terms or _OPENER.match(question.text):
        return True
    pronoun = _PRONOUN.search(_NO_PRONOUN.sub(" ", question.text))
    named = any(term.name for term in question.terms)
    return pronoun is not None and not named


def _carried(question: Question, old: Question) -> list[QuestionTerm]:
    """The old terms that the new message neither repeats nor replaces (one nationality replaces another)."""
    own = {term.term for term in question.terms}
    new_nationality = any(analysis.is_nationality(term) for term in own)
    return [
        replace(term, weight=term.weight * (_CARRIED_NAME if term.name else _CARRIED_WORD))
        for term in old.all_terms
        if term.term not in own and not term.dated and not (new_nationality and analysis.is_nationality(term.term))
    ]


def _about(carried: Iterable[QuestionTerm]) -> str:
    """What is carried over, in words: the names if there are any, else all that carries weight."""
    names = [term.word for term in carried if term.name]
    return " ".join(dict.fromkeys(names or [term.word for term in carried if term.weight >= _CARRIED_WORD]))
