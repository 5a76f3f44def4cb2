"""A chosen sentence in; it and the sentences beside it without which it could not stand alone, out.

A sentence that opens with a pronoun brings along the one before; words whose speaker is named only beside them, or is
"he", bring along the sentence that names them.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.analysis import tokens
from retrieval.clauses import IRREGULAR
from retrieval.features import Candidate
from retrieval.lexicon import verb_forms
from retrieval.models import Article, Sentence, Span

LONGEST_QUOTE = 600
MOST_SENTENCES = 3

_LEANS_BACK = re.compile(
    r"\W*(?!it(?:\W?s| is| was| remains| seems) (?:\w+ ){1,2}(?:that|why|how|whether|if)\b)"  # "It is clear that"
    r"(?!(?:this|these|that) (?:\w+day|morning|evening|week|month|year|spring|summer|autumn|winter)s?\b)"
    r"(?:he|she|they|it|his|her|hers|its|their|this|these|that|those)\b",
    re.IGNORECASE,
)
_SAYING = rf"(?:{'|'.join(sorted(verb_forms('sayings') | IRREGULAR | {'continued', 'according'}))})"
_SAID = re.compile(rf"\b{_SAYING}\b", re.IGNORECASE)
_HE_SAID = re.compile(
    rf"[”\"»]\W{{0,5}}(?:(?:he|she|they) (?:also )?{_SAYING}|{_SAYING} (?:he|she|they))\b", re.IGNORECASE
)
_TIMES = frozenset(name.lower() for name in (*calendar.day_name, *calendar.month_name))
_OPENING, _CLOSING = "“«", "”»"
_MARKS = _OPENING + _CLOSING + '"'


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A sentence of a paragraph: whether it opens inside a quote, is nothing but a quote, and names who speaks."""

    opened: bool
    is_bare: bool
    names_speaker: bool


def with_companions(candidate: Candidate) -> tuple[Sentence, ...]:
    """The sentence and those that belong to it, in a row; fewer where all are too long for a quote."""
    article, sentences, at = candidate.context.article, candidate.context.hit.passage.sentences, candidate.at
    before = at - 1 if at and _LEANS_BACK.match(sentences[at].text) else at
    speaker = _speaker(article, sentences, at)
    ranges = [(min(at, *others), max(at, *others)) for others in ((before, speaker), (speaker,), (before,))]
    first, last = next((found for found in ranges if fits(sentences, *found)), (at, at))
    return sentences[first : last + 1]


def fits(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    """Whether the sentences from `first` to `last`, both of them in, are few and short enough for a quote."""
    return last - first < MOST_SENTENCES and sentences[last].span.end - sentences[first].span.start <= LONGEST_QUOTE


def _speaker(article: Article, sentences: Sequence[Sentence], at: int) -> int:
    """Which sentence names who says the words of sentence `at`; itself where it needs no other."""
    if _HE_SAID.search(sentences[at].text):
        earlier = range(at - 1, max(-1, at - MOST_SENTENCES), -1)
        return next((before for before in earlier if _spoken((sentences[before].text,))[0].names_speaker), at)
    if not any(mark in sentences[other].text for other in range(at + 1) for mark in _MARKS):
        return at
    first, last = _paragraph(article, sentences, at)
    spoken = _spoken(tuple(sentence.text for sentence in sentences[first:last]))
    here = at - first
    if not spoken[here].is_bare:
        return at
    for after in range(here + 1, len(spoken)):
        if not spoken[after].opened:
            break
        if spoken[after].names_speaker:
            return first + after
    for before in range(here - 1, -1, -1):
        if spoken[before].names_speaker:
            return first + before
        if not spoken[before].is_bare:
            break
    return at


def _paragraph(article: Article, sentences: Sequence[Sentence], at: int) -> tuple[int, int]:
    """The sentences of the same paragraph, as a range."""
    start = sentences[at].span.start
    whole = next((block.span for block in article.blocks if block.span.start <= start < block.span.end), Span(0, 0))
    inside = [other for other, sentence in enumerate(sentences) if whole.overlaps(sentence.span)] or [at]
    return inside[0], inside[-1] + 1


@lru_cache(maxsize=2_000)
def _spoken(sentences: tuple[str, ...]) -> tuple[_Spoken, ...]:
    """What of each sentence of a paragraph stands outside of quotation marks."""
    return tuple(_outside(sentences))


def _outside(sentences: Iterable[str]) -> Iterator[_Spoken]:
    is_open = False
    for text in sentences:
        opened = is_open
        outside = []
        for char in text:
            if char in _OPENING or (char == '"' and not is_open):
                is_open = True
            elif char in _CLOSING or char == '"':
                is_open = False
            elif not is_open:
                outside.append(char)
        yield _said(text, "".join(outside), opened)


def _said(text: str, outside: str, opened: bool) -> _Spoken:
    """What a sentence is, by what stands `outside` of its quotation marks: a name, or what somebody is, that speaks."""
    rest = _SAID.sub(" ", outside)
    return _Spoken(
        opened,
        len(outside) < len(text) and not any(token.term for token in tokens(outside)),
        rest != outside and any(token.term and token.word not in _TIMES for token in tokens(rest)),
    )
