"""A Question and the hits for it in, an Answer out: which sentences answer, in which order, and how sure that is."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from retrieval import features
from retrieval.asked import Asked, view
from retrieval.features import FEATURES, Candidate, Context
from retrieval.models import Answer, Article, Hit, Question, Quote, Sentence, Span

MOST_QUOTES = 5
LONGEST_QUOTE = 600

RANKING: Mapping[str, float] = {
    "coverage": 2.2,
    "related": 2.0,
    "flat_coverage": 1.8,
    "names": 0.3,
    "exact": 2.1,
    "passage_coverage": 1.2,
    "neighbour_coverage": 2.4,
    "title_coverage": 1.6,
    "bigrams": 0.6,
    "proximity": 0.4,
    "passage_score": 3.1,
    "strength": 2.8,
    "kind": 1.0,
    "kind_near": 0.8,
    "figure_near": 0.6,
    "speaker": 0.8,
    "opening": 0.4,
    "short": -0.3,
    "lacks_figure": -1.5,
    "unspoken": 0.0,
    "foreign_name": 0.0,
    "near_before": 1.0,
    "said_before": -2.0,
    "newest": 3.0,
}
"""What each feature adds to a sentence's score. A softmax over the sentences of twelve passages, fitted to 1,500
questions over 36 encyclopedia articles, gave most of them; what those questions hardly show (related words, speakers,
follow-ups, newest) is set by hand."""

CERTAINTY: Mapping[str, float] = {
    "coverage": 1.0,
    "related": 1.2,
    "exact": 1.0,
    "passage_coverage": 0.5,
    "neighbour_coverage": 0.4,
    "title_coverage": 3.5,
    "bigrams": 2.0,
    "strength": 4.0,
    "lacks_figure": -3.0,
    "unspoken": -4.0,
    "foreign_name": -1.3,
    "near_before": 1.5,
}
CERTAINTY_AT_NONE = -4.05
"""Logistic model of "the articles answer this" from the best sentence's features: near the maximum likelihood for 3,000
questions over 36 encyclopedia articles and 500 about others (AUROC 0.94), the title's weight held back. Figures that
count something else and speakers who say nothing, which hardly occur there, weigh what a reader would give them."""

_RANKING = tuple(RANKING[name] for name in FEATURES)
_CERTAINTY = tuple(CERTAINTY.get(name, 0.0) for name in FEATURES)
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


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, the terms of its sentence, its features in the order of `FEATURES`, and their weighted sum."""

    candidate: Candidate
    terms: Set[str]
    features: tuple[float, ...]
    score: float


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


def scored(
    question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], idf: Callable[[str], float]
) -> list[Scored]:
    """Every sentence of the hits that falls into the days asked about, best first."""
    asked = Asked(question, hits, idf)
    best = max((hit.score for hit in hits), default=0.0)
    dates = [day for hit in hits if (day := articles[hit.passage.article_id].date)]
    newest = max(dates, default=None)
    found = []
    for hit in hits:
        article = articles[hit.passage.article_id]
        held = tuple(map(asked.held, hit.passage.sentences))
        context = Context(hit, article, hit.score / best, newest is not None and article.date == newest, held)
        shared = features.passage_features(asked, context)
        for candidate in _candidates(question, context):
            values = features.measure(asked, candidate, shared)
            found.append(Scored(candidate, _terms(candidate.sentence), values, _weighted(_RANKING, values)))
    return sorted(found, key=lambda one: -one.score)


def _candidates(question: Question, context: Context) -> Iterator[Candidate]:
    """The sentences of a hit that are not of another time than the one asked about."""
    for at, sentence in enumerate(context.hit.passage.sentences):
        in_time = features.in_time(question.dates, context.article, sentence) if question.dates else None
        if in_time is not False:
            yield Candidate(context, at, bool(in_time))


def certainty(best: Scored) -> float:
    """How sure it is that the articles answer the question at all, from 0 to 1."""
    return 1 / (1 + math.exp(-CERTAINTY_AT_NONE - _weighted(_CERTAINTY, best.features)))


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
            brought.append(_terms(before))
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


def _terms(sentence: Sentence) -> Set[str]:
    return view(sentence.text).places.keys()


def _weighted(weights: Iterable[float], values: Iterable[float]) -> float:
    return sum([weight * value for weight, value in zip(weights, values, strict=True)])


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
