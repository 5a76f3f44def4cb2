"""A message and the turn before it in, a Question out: its terms, the kind of answer it expects, its dates."""

import datetime as dt
import re
import unicodedata

from retrieval import analysis, kinds, spelling
from retrieval.analysis import Token
from retrieval.dates import DatePhrase, asked_range, asks_latest
from retrieval.followups import follow_up
from retrieval.index.base import Index
from retrieval.models import Answer, Question, QuestionTerm, Smalltalk

LONGEST = 1_000
"""Characters of a message that are read; what comes after is not part of the question."""

_MOST_TERMS = 40
_TAG = re.compile(r"<[^<>]{0,200}>|\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}")
_EMPHASIS = re.compile(r"(?<!\S)[*_~`]+(?=\w)|(?<=[\w.,!?])[*_~`]+(?=[.,:;!?]*(?:\s|$))")
_CODE = re.compile(r"\S*[{}\\|;*=<>_\[\]^~`]\S*|\S+\((?=\s|$)")
_TO_LAST_QUESTION_MARK = re.compile(r"(.*)\?", re.DOTALL)

_SMALLTALK_WORDS: tuple[tuple[Smalltalk, str], ...] = (
    (
        "greeting",
        r"hi+|hey+|hello+|good (?:morning|afternoon|evening|day)|greetings|how are you(?: doing)?|salut|hallo",
    ),
    (
        "thanks",
        r"(?:ok(?:ay)?,? |great,? )?(?:many )?(?:thanks?(?: you)?|thx|ty|cheers|merci)|great|ok(?:ay)?|perfect|nice",
    ),
    ("farewell", r"(?:good)?bye+(?:[ -]bye)?|see you(?: later| soon)?|good night|farewell|ciao"),
    ("identity", r"(?:who|what) are you|what (?:can|do) you do|what is this|are you (?:a bot|human|an? ai)"),
)
_TO_WHOM = r"(?:\s+(?:there|all|everyone|bot|again|so much|very much|a lot|you))*"
_SMALLTALK = tuple(
    (kind, re.compile(rf"\W*(?:{words}){_TO_WHOM}\W*", re.IGNORECASE)) for kind, words in _SMALLTALK_WORDS
)

_NO_CONTENT = frozenset(
    analysis.term_of(word)
    for word in """
    tell know please article articles kind type sort many much exactly actually really thing things named
    whats whos wheres hows dont didnt doesnt isnt according accord news latest newest recently happen happened happens
    happening find give show want let answer question information info details
    """.split()  # noqa: SIM905 -- reads better as prose
)
_LIGHT = frozenset(
    analysis.term_of(word)
    for word in """
    make makes made making get gets got go goes went gone come comes came take takes took use uses used work works put
    do does done good bad best better great well way ways people person someone anyone anything lot part parts new old
    become became need needs first also like currently today
    """.split()  # noqa: SIM905 -- reads better as prose
)
_PLAIN = _NO_CONTENT | analysis.FUNCTION_WORDS
_KIND_WORDS = {
    "age": frozenset({"old", "age"}),
    "duration": frozenset({"long", "last", "take"}),
    "count": frozenset({"number", "total"}),
    "amount": frozenset({"percentag", "amount", "total"}),
    "statement": frozenset({"sai", "tell", "think", "call", "describ", "mention", "state", "comment"}),
}
_LIGHT_WEIGHT = 0.3
_TYPE_WEIGHT = 0.5


def understand(text: str, index: Index, newest: dt.date | None = None, before: Answer | None = None) -> Question:
    """Read a message; `newest` is the date of the newest article, `before` the last answer in the same chat."""
    cleaned = clean(text)
    if (smalltalk := _smalltalk(cleaned)) is not None:
        return Question(text, smalltalk=smalltalk)
    asked = _question_part(cleaned)
    phrase = asked_range(asked, newest)
    terms, corrections = _terms(asked, kinds.expected(asked), phrase, index)
    question = Question(
        text=asked,
        terms=terms,
        kind=kinds.expected(asked),
        dates=phrase.days if phrase else None,
        latest=asks_latest(asked),
        corrections=corrections,
    )
    return follow_up(question, before) if before is not None else question


def clean(text: str) -> str:
    """The first `LONGEST` characters of a message on one line, without markup, code and invisible characters."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in text[:LONGEST]
        if unicodedata.category(char) not in ("Cf", "Cs", "Co")
    )
    return " ".join(_CODE.sub(" ", _EMPHASIS.sub("", _TAG.sub(" ", visible))).split())


def _smalltalk(text: str) -> Smalltalk | None:
    return next((kind for kind, pattern in _SMALLTALK if pattern.fullmatch(text)), None)


def _question_part(text: str) -> str:
    """Up to the last question mark, when there is a question before it; else all."""
    match = _TO_LAST_QUESTION_MARK.match(text)
    return match.group() if match and len(analysis.terms(match[1])) > 1 else text


def _terms(
    text: str, kind: str, phrase: DatePhrase | None, index: Index
) -> tuple[tuple[QuestionTerm, ...], tuple[tuple[str, str], ...]]:
    """The terms that carry the question's content, each once, and the corrections made to get there."""
    found: dict[str, QuestionTerm] = {}
    corrections: list[tuple[str, str]] = []
    shouting = text.upper() == text
    types = kinds.type_words(text)
    for token in analysis.with_phrases(analysis.tokens(text))[:_MOST_TERMS]:
        dated = phrase is not None and phrase.start <= token.start < phrase.end
        name = token.start > 0 and text[token.start].isupper() and not shouting
        for term in (token.term,) if dated else _known(token, index):
            if term in _NO_CONTENT:
                continue
            if term != token.term:
                corrections.append((text[token.start : token.end], term))
            light = token.term in _LIGHT or token.term in _KIND_WORDS.get(kind, ())
            weight = _LIGHT_WEIGHT if light else _TYPE_WEIGHT if types.start <= token.start < types.end else 1.0
            related = tuple(analysis.related(term).items())
            found.setdefault(term, QuestionTerm(term, text[token.start : token.end], weight, name, dated, related))
    return tuple(found.values()), tuple(corrections)


def _known(token: Token, index: Index) -> tuple[str, ...]:
    """The term itself when the index, or the language, knows it; else what was meant, as far as can be told."""
    term = token.term
    if term in index or term in _NO_CONTENT or analysis.related(term):
        return (term,)
    if (plain := spelling.nearest(term, _PLAIN)) is not None:
        return (plain,) if plain in _NO_CONTENT else ()
    if (whole := spelling.meant(term, token.word, index)) is not None:
        return (whole,)
    return spelling.split(term, index) or (term,)
