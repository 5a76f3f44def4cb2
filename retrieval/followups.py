"""A message and the answer before it in, what is carried over from it out; decided by form alone.

A message follows up when it is short and opens like a continuation ("and …", "what about …"), has nothing but asking
words, or has a pronoun for what it does not name itself. A message that stands on its own carries nothing over.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval import analysis
from retrieval.languages import ENGLISH, known
from retrieval.models import Answer, Question, QuestionTerm

_OPENER = re.compile(
    r"\W*(?:and|but|also|or|then|so|what about|how about|what else|who else|where else)\b", re.IGNORECASE
)
_ASKING = re.compile(r"\b(?:who|what|which|when|where|why|how)", re.IGNORECASE)
_NEWS = re.compile(r"\b(?:happen|news\b|going on\b)", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:what|which|how)\b(?! about)", re.IGNORECASE)

_AUXILIARY = r"(?:did|does|was|were|has|had|have|will|would|can|could|should|are)"
_BEFORE_PRONOUN = rf"(?:{_AUXILIARY}|about|with|from|for|after|before|over|into|like|than|and|but)"
_PRONOUN = re.compile(
    r"\b(?:he|she|they|it|him|her|them|his|hers|its|their|theirs|that|this|those|these|there)\b", re.IGNORECASE
)
_NO_PRONOUN = re.compile(
    r"\bis (?:it|this|that) (?:true|possible|clear|right|known)\b(?!\W*$)|\b(?:it|there) (?:is|was|are|were)\b|"
    r"\b(?:is|are|was|were) there\b(?!\W*$)|\b(?:is|was) it\b(?=.*\b(?:who|that)\b)|"
    r"\bthis (?:morning|week|weekend|month|year|spring|summer|autumn|winter|time)\b|"
    rf"\b(?!{_BEFORE_PRONOUN}\b)[a-z]{{3,}} that (?=[a-z]+ )",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"(?:it|him|her|them|that|this|those|these|there)\W*$", re.IGNORECASE)
_SUBJECT = re.compile(rf"\b(?:is|do|{_AUXILIARY})\s+(?:(?:the|an?)\s+)?(\w+)", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:and|who|if|when|because|while)\b", re.IGNORECASE)

_WORD = re.compile(r"\w+")
_MOST_OWN_TERMS = 4
_CARRIED_NAME = 0.6
_CARRIED_WORD = 0.4
_FADED = 0.05
"""What weighs less after some turns is carried no further."""


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
        latest=question.latest or (kept_kind and old.latest),
        carried=carried,
        about=_about(carried, old.text),
        near=(before.quotes[0].article.id, before.quotes[0].span) if before.quotes else None,
    )


def _follows(question: Question) -> bool:
    if len(question.terms) > _MOST_OWN_TERMS:
        return False
    if question.language != ENGLISH:
        return not question.terms or _WORD.findall(question.text.lower())[0] in known()[question.language].openers
    if _OPENER.match(question.text) or _points_back(question):
        return True
    content = any(not term.dated for term in question.terms)
    return not content and not _NEWS.search(question.text) and bool(question.dates or _ASKING.search(question.text))


def _points_back(question: Question) -> bool:
    """Whether some pronoun stands for nothing that the message names before it."""
    text = _NO_PRONOUN.sub(" ", question.text)
    names = [term.word for term in question.terms if term.name]
    return any(_stands_outside(text, pronoun, names) for pronoun in _PRONOUN.finditer(text))


def _stands_outside(text: str, pronoun: re.Match[str], names: Iterable[str]) -> bool:
    """Whether a pronoun means something else than what is named before it.

    The object at the end of a clause is never its subject ("Did Ann meet him?"). Names typed in lower case are told by
    their place: what follows an auxiliary is the subject.
    """
    before = text[: pronoun.start()]
    subject = next((found for found in _SUBJECT.finditer(before) if analysis.term_of(found[1].lower())), None)
    if subject is None and not any(name in before for name in names):
        return True
    return _OBJECT.match(text, pronoun.start()) is not None and not _CLAUSE.search(before)


def _carried(question: Question, old: Question) -> Iterable[QuestionTerm]:
    """The old terms that the new message neither repeats nor replaces (one nationality replaces another)."""
    own = {term.term for term in question.terms}
    new_nationality = any(analysis.is_nationality(term) for term in own)
    for term in old.all_terms:
        weight = term.weight * (_CARRIED_NAME if term.name else _CARRIED_WORD)
        replaced = term.term in own or (new_nationality and analysis.is_nationality(term.term))
        if weight >= _FADED and not term.dated and not replaced:
            yield replace(term, weight=weight)


def _about(carried: Iterable[QuestionTerm], asked: str) -> str:
    """What is carried over, in words: the names if there are any, else all that carries weight, as it was asked."""
    words = [term.word for term in carried if term.name] or [one.word for one in carried if one.weight >= _CARRIED_WORD]
    places = [asked.find(word) for word in words]
    if words and not any(term.name for term in carried) and -1 not in places and places == sorted(places):
        return asked[places[0] : places[-1] + len(words[-1])]
    return " ".join(dict.fromkeys(words))
