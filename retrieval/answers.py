"""A Question and the hits for it in, an Answer out: which sentences are quoted, and what of each."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from retrieval import features
from retrieval.asked import view
from retrieval.features import Candidate
from retrieval.models import Answer, Article, Hit, Question, Quote, Sentence, Span
from retrieval.ranking import Scored, certainty, scored, terms_of

MOST_QUOTES = 5
LONGEST_QUOTE = 600

_MARGIN = 4.0
"""A further quote may score this much less than the first."""
_SAME_FACT = 0.75
_LEANS_BACK = re.compile(
    r"\W*(?!it(?:\W?s| is| was| remains| seems) (?:\w+ ){1,2}(?:that|why|how|whether|if)\b)"  # "It is clear that"
    r"(?!(?:this|these|that) (?:\w+day|morning|evening|week|month|year|spring|summer|autumn|winter)s?\b)"
    r"(?:he|she|they|it|his|her|hers|its|their|this|these|that|those)\b",
    re.IGNORECASE,
)
_HIGHLIGHTS = 2


def answer(
    question: Question,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    idf: Callable[[str], float],
    threshold: float,
) -> Answer:
    """Choose the quotes; `not_found` when the best one's confidence is below `threshold`."""
    ranked = scored(question, hits, articles, idf)
    if not ranked:
        return Answer(question, "not_found")
    confidence = certainty(ranked[0])
    if confidence < threshold:
        return Answer(question, "not_found", confidence)
    quotes = tuple(_quotes(question, choose(ranked)))
    corrections = tuple(_printed(question.corrections, quotes))
    return Answer(replace(question, corrections=corrections), "answered", confidence, quotes)


def choose(ranked: Sequence[Scored]) -> list[Scored]:
    """At most five sentences, best first, each fact once and in its fuller form."""
    chosen: list[Scored] = []
    for one in ranked:
        if len(chosen) == MOST_QUOTES or one.score < ranked[0].score - _MARGIN:
            break
        fuller = _fullest(one, ranked)
        if not any(_same_fact(told.terms, other.terms) for told in (fuller, one) for other in chosen):
            chosen.append(fuller)
    return chosen


def _quotes(question: Question, chosen: Sequence[Scored]) -> Iterator[Quote]:
    """The chosen sentences as quotes, each with the sentence before it where it leans on that one; none said twice."""
    said: list[tuple[str, Span]] = []
    brought: list[Set[str]] = []
    for one in chosen:
        article, own = one.candidate.context.article, one.candidate.sentence.span
        before = _before(one.candidate)
        spans = (Span(before.span.start, own.end), own) if before else (own,)
        span = next((span for span in spans if _is_free(article.id, span, said)), None)
        if span is None or any(_same_fact(one.terms, terms) for terms in brought):
            continue
        if before and span != own:
            brought.append(terms_of(before))
        said.append((article.id, span))
        yield Quote(article, span, span.of(article.text), tuple(_highlights(question, one.candidate)), one.score)


def _before(candidate: Candidate) -> Sentence | None:
    """The sentence before, where the candidate's opens with a pronoun and both together are not too long."""
    if candidate.at == 0 or not _LEANS_BACK.match(candidate.sentence.text):
        return None
    before = candidate.context.hit.passage.sentences[candidate.at - 1]
    return before if candidate.sentence.span.end - before.span.start <= LONGEST_QUOTE else None


def _is_free(article_id: str, span: Span, said: Iterable[tuple[str, Span]]) -> bool:
    return not any(article_id == other and span.overlaps(already) for other, already in said)


def _same_fact(one: Set[str], other: Set[str]) -> bool:
    """Whether the terms of the shorter sentence are, most of them, in the longer one too."""
    return len(one & other) >= max(1, _SAME_FACT * min(len(one), len(other)))


def _fullest(one: Scored, ranked: Sequence[Scored]) -> Scored:
    """The longest sentence that tells the same fact and says at least as much of what was asked."""
    fuller = [
        other
        for other in ranked
        if len(other.terms) > len(one.terms)
        and _same_fact(one.terms, other.terms)
        and len(other.terms) < 2 * len(one.terms)
        and other.features[0] >= one.features[0]
    ]
    return max(fuller, key=lambda other: len(other.terms), default=one)


def _highlights(question: Question, candidate: Candidate) -> Iterator[Span]:
    """What in the sentence may be the answer: the phrases nearest to the words that were asked."""
    start = candidate.sentence.span.start
    own = view(candidate.sentence.text)
    for first, end in features.nearest(question, own, _apart(features.evidence(question, own)))[:_HIGHLIGHTS]:
        yield Span(start + first, start + end)


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans without those that overlap a longer one: of "5 March 2025" neither "March 2025" nor "2025"."""
    kept: list[tuple[int, int]] = []
    for first, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if not any(first < last and start < end for start, last in kept):
            kept.append((first, end))
    return kept


def _printed(corrections: Iterable[tuple[str, str]], quotes: Sequence[Quote]) -> Iterator[tuple[str, str]]:
    """The corrections that the quotes bear out, with the word as the first of them prints it."""
    for typed, term in corrections:
        tokens = (token for quote in quotes for token in view(quote.text).tokens)
        word = next((token.word for token in tokens if token.term == term), typed.lower())
        if word != typed.lower():
            yield typed, word
