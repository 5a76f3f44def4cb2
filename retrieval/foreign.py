"""A message in another language than English and an index in, its Question out.

It is read by its words alone: which of them carry content, and which ask. What English is read for besides (dates,
offices, who speaks) is left to the words of the articles.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import product

from retrieval import spelling
from retrieval.analysis import Token, normalise
from retrieval.index.base import Index
from retrieval.languages import ENGLISH, known, may_be
from retrieval.models import AnswerKind, Question, QuestionTerm, Smalltalk
from retrieval.multilingual import content, term_of, terms

MOST_TERMS = 40
_AS_NAME = 0.9
"""What the term of a name in another language counts against that in the question's own."""
_FEWEST = 5
"""Letters of a term that may be mistyped."""
_WORD = re.compile(r"\w+")
_LEAD = re.compile(r"(?P<lead>[^,.!;:?]{2,40})[,.!;:]+\s+(?=\w|¿)")


def smalltalk(text: str) -> tuple[Smalltalk, str] | None:
    """What a message is that only greets, thanks or the like, and the first language that says it so."""
    return _smalltalk().get(_plain(text))


def asks_more(text: str) -> bool:
    """Whether a message in another language than English asks for further quotes of the answer before."""
    return _plain(text) in _more()


def read(text: str, language: str, index: Index, languages: Collection[str]) -> Question:
    """Read a message in a language over articles in some `languages`."""
    lead = _LEAD.match(text)
    asked = text[lead.end() :] if lead and smalltalk(lead["lead"]) else text
    tokens = [one for one in content(asked, language) if one.word not in known()[language].empty][:MOST_TERMS]
    held = index.counts([token.term for token in tokens])
    terms: dict[str, QuestionTerm] = {}
    corrections: list[tuple[str, str]] = []
    for token in tokens:
        typed, name = asked[token.start : token.end], _is_name(asked, token, language)
        others = tuple(elsewhere(typed, language, languages)) if name or not held[token.term] else ()
        term = token.term if held[token.term] else _known(token.term, others, index)
        if term != token.term and term not in dict(others):
            corrections.append((typed, term))
        terms.setdefault(term, QuestionTerm(term, typed, name=name, related=others))
    kind = _kind(asked, language)
    return Question(asked, tuple(terms.values()), kind, corrections=tuple(corrections), language=language)


def asked_in(text: str, index: Index, languages: Collection[str]) -> str:
    """The language of a message over articles in some languages; English where they are all in English.

    Where it may be in several, it is the first of those of which the articles know most of its words.
    """
    if {*languages} == {ENGLISH}:
        return ENGLISH
    codes = may_be(text, [*languages])
    if len(codes) == 1:
        return codes[0]
    read = {code: set(terms(text, code)) for code in codes}
    held = index.counts(set().union(*read.values()))
    return max(codes, key=lambda code: sum([held[term] > 0 for term in read[code]]))


def elsewhere(word: str, language: str, languages: Collection[str]) -> Iterator[tuple[str, float]]:
    """The terms that a name in one language has in others of its script, where they are not the same."""
    own, script = term_of(word, language), known()[language].script
    for other in dict.fromkeys(term_of(word, code) for code in languages if known()[code].script == script):
        if other and other != own:
            yield other, _AS_NAME


def _is_name(text: str, token: Token, language: str) -> bool:
    """Whether a word is a name, as far as its capital tells inside a sentence."""
    inside = any(map(str.isalnum, text[: token.start]))
    return inside and text[token.start].isupper() and not text.isupper() and not known()[language].capital_nouns


def _known(term: str, others: Iterable[tuple[str, float]], index: Index) -> str:
    """What stands for a term that no passage holds: its form in another language, or what was probably meant.

    No list tells which words of a language there are, so that what is short may be another word as well.
    """
    counts = index.counts([other for other, _ in others])
    if found := next((other for other in counts if counts[other]), None):
        return found
    return (len(term) >= _FEWEST and spelling.nearest(term, index.similar(term), index.idf)) or term


def _kind(text: str, language: str) -> AnswerKind:
    """What the first asking word of a text asks for; of several that begin with it, the longest."""
    said = f" {_plain(text)} "
    found = [(said.find(f" {phrase} "), -len(phrase), kind) for phrase, kind in _asking(language)]
    return min([one for one in found if one[0] >= 0], default=(0, 0, "thing"))[2]


@cache
def _asking(language: str) -> tuple[tuple[str, AnswerKind], ...]:
    return tuple((_plain(phrase), kind) for phrase, kind in known()[language].asking.items())


def _plain(text: str) -> str:
    return " ".join(map(normalise, _WORD.findall(text)))


@cache
def _smalltalk() -> dict[str, tuple[Smalltalk, str]]:
    found: dict[str, tuple[Smalltalk, str]] = {}
    for one in known().values():
        for said, kind in one.smalltalk.items():
            found.setdefault(_plain(said), (kind, one.code))
    return found


@cache
def _more() -> frozenset[str]:
    return frozenset(
        " ".join(map(_plain, filter(None, said)))
        for one in known().values()
        for said in product(("", *one.openers), one.more, ("", *one.please))
    )
