"""A message and the turn before it in, a Question out: its terms, the kind of answer it expects, its dates."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection
from functools import cache, partial

from retrieval import analysis, foreign, kinds, spelling
from retrieval.followups import follow_up
from retrieval.index.base import Index
from retrieval.languages import ENGLISH
from retrieval.models import Answer, Question, QuestionTerm, Smalltalk
from retrieval.periods import DatePhrase, asked_range, asks_latest

LONGEST = 1_000
"""Characters of a message that are read; what comes after is not part of the question."""

_MOST_TERMS = 40
_TAG = re.compile(r"</?[a-z!][^<>]{0,200}>|\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}|\bhttps?://\S+", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<!\S)[*_~`\[]+(?=\w)|(?<=[\w.,!?])[*_~`\]]+(?=[.,:;!?]*(?:\s|$))")
_CODE = re.compile(r"[{}\\|*=<>_\[\]^~`]|;.|.\($")

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
    (
        "identity",
        r"(?:who|what) are you|what (?:can|do) you do|what is this|are you (?:a bot|human|an? ai)|help(?: me)?",
    ),
)
_TO_WHOM = r"(?:\s+(?:there|all|everyone|bot|again|so much|very much|a lot|you))*"
_SMALLTALK = tuple(
    (kind, re.compile(rf"\W*(?:{words}){_TO_WHOM}\W*", re.IGNORECASE)) for kind, words in _SMALLTALK_WORDS
)

_GOES_ON = r"(?:wh\w+|how|is|are|was|were|do|does|did|can|could|please|plz|tell|show|give|and|i)\b"
_HELLO = re.compile(
    r"\W*\b(?:hi+|hey+|hello+|good (?:morning|afternoon|evening|day)|thanks?(?: you)?|thx|ok(?:ay)?|great|please|plz)"
    rf"(?: there| all| everyone| bot| so much| a lot)*(?:\s*[,.!;:…–—]|\s+(?={_GOES_ON}))",
    re.IGNORECASE,
)
_TELL_ME = re.compile(
    r"\W*(?:(?:(?:can|could|would|will) you )?(?:(?:please|plz) )?(?:tell|show|give|remind|let) (?:me|us)\b"
    r"(?: know\b)?|i(?:['’]?d| would)? (?:want|like|need) to know\b|do you know\b|"
    r"(?:list|explain)\b(?= (?:the|all|why|how|what|who|which)\b))(?: please\b)?[\s,:]*",
    re.IGNORECASE,
)

_EMPTY_WORDS = frozenset(
    """
    tell give please plz pls article articles kind type sort many much exactly actually really thing things named
    according accord news latest newest recently happen happened happens happening answer question information info
    details wat wha wen u ur r
    """.split()  # noqa: SIM905 -- reads better as prose
)
_NO_CONTENT = frozenset(map(analysis.term_of, _EMPTY_WORDS))
_LIGHT_WORDS = frozenset(
    """
    make makes made making get gets got go goes went gone come comes came take takes took use uses used work works put
    do does done good bad best better great well way ways people person someone anyone anything lot part parts new old
    need needs find know let show want first also like currently today
    """.split()  # noqa: SIM905 -- reads better as prose
)
_LIGHT = frozenset(map(analysis.term_of, _LIGHT_WORDS))
_PLAIN = sorted(word for word in _EMPTY_WORDS | analysis.FUNCTION_WORDS if len(word) > 2)
_KIND_WORDS = {
    kind: frozenset(map(analysis.term_of, words.split()))
    for kind, words in {
        "age": "old age",
        "duration": "long last take",
        "count": "number total",
        "amount": "percentage amount total",
        "statement": "say tell think call describe mention state comment",
    }.items()
}
"""What a question of a kind says and its answer need not."""

_LIGHT_WEIGHT = 0.3
_TYPE_WEIGHT = 0.5


def understand(
    text: str,
    index: Index,
    newest: dt.date | None = None,
    before: Answer | None = None,
    languages: Collection[str] = (ENGLISH,),
) -> Question:
    """Read a message; `newest` is the date of the newest article, `before` the last answer in the same chat.

    `languages` are those of the articles, in the order in which a message that may be in any of them is read.
    """
    cleaned = clean(text)
    if (smalltalk := _smalltalk(cleaned)) is not None:
        return Question(cleaned, smalltalk=smalltalk)
    if (said := foreign.smalltalk(cleaned)) is not None:
        return Question(cleaned, smalltalk=said[0], language=said[1])
    language = foreign.asked_in(cleaned, index, languages)
    if language != ENGLISH:
        question = foreign.read(cleaned, language, index, languages)
        return follow_up(question, before) if before is not None else question
    asked = _question_part(cleaned)
    kind = kinds.expected(asked)
    phrase = asked_range(asked, newest)
    terms, corrections = _terms(asked, kind, phrase, index, languages)
    question = Question(
        text=asked,
        terms=terms,
        kind=kind,
        dates=phrase.days if phrase else None,
        stated=phrase is not None and phrase.stated,
        latest=asks_latest(asked),
        corrections=corrections,
    )
    return follow_up(question, before) if before is not None else question


def clean(text: str) -> str:
    """The first `LONGEST` characters of a message on one line, without markup, code and invisible characters."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in text.strip()[:LONGEST]
        if unicodedata.category(char) not in ("Cf", "Cs", "Co")
    )
    words = _EMPHASIS.sub("", _TAG.sub(" ", visible)).split()
    return " ".join(word for word in words if not _CODE.search(word))


def _smalltalk(text: str) -> Smalltalk | None:
    return next((kind for kind, pattern in _SMALLTALK if pattern.fullmatch(text)), None)


def _question_part(text: str) -> str:
    """A message without what leads up to its question, and up to the last question mark with a question before it."""
    start = 0
    while hello := _HELLO.match(text, start):
        start = hello.end()
    if tell_me := _TELL_ME.match(text, start):
        start = tell_me.end()
    text = text[start:].strip() or text
    asked, mark, _ = text.rpartition("?")
    return asked + mark if len(analysis.terms(asked)) > 1 else text


def _terms(
    text: str, kind: str, phrase: DatePhrase | None, index: Index, languages: Collection[str]
) -> tuple[tuple[QuestionTerm, ...], tuple[tuple[str, str], ...]]:
    """The terms that carry the question's content, each once, and the corrections made to get there."""
    found: dict[str, QuestionTerm] = {}
    corrections: list[tuple[str, str]] = []
    shouting = text.upper() == text
    types = kinds.type_words(text)
    tokens = analysis.with_phrases(analysis.tokens(text))[:_MOST_TERMS]
    held = index.counts([token.term for token in tokens])
    known = cache(partial(_known, index=index))  # forty times the same word is one word
    for token in tokens:
        dated = phrase is not None and phrase.start <= token.start < phrase.end
        name = token.start > 0 and text[token.start].isupper() and not shouting
        for term in (token.term,) if dated or held[token.term] else known(token.term, token.word, name):
            if term in _NO_CONTENT:
                continue
            if term != token.term:
                corrections.append((text[token.start : token.end], term))
            light = token.term in _LIGHT or token.term in _KIND_WORDS.get(kind, ())
            weight = _LIGHT_WEIGHT if light else _TYPE_WEIGHT if types.start <= token.start < types.end else 1.0
            related = tuple(analysis.related(term).items())
            if name and len(languages) > 1:
                related += tuple(foreign.elsewhere(text[token.start : token.end], ENGLISH, languages))
            found.setdefault(term, QuestionTerm(term, text[token.start : token.end], weight, name, dated, related))
    return tuple(found.values()), tuple(corrections)


def _known(term: str, word: str, name: bool, index: Index) -> tuple[str, ...]:
    """The term that no passage holds, when the language knows it; else what was meant, as far as can be told."""
    if term in _NO_CONTENT or spelling.is_word(term):
        return (term,)
    if not name and spelling.slip(word, _PLAIN) is not None:
        return ()
    if (whole := spelling.meant(term, word, index)) is not None:
        return (whole,)
    return spelling.split(word, index) or (term,)
