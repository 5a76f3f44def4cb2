"""A Question and the hits for it in, an Answer out: which sentences are quoted, and what of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval import accounts
from retrieval.asked import Asked, view
from retrieval.companions import with_companions
from retrieval.facts import also_in, fullest, tells
from retrieval.features import Candidate
from retrieval.highlights import highlights
from retrieval.models import Answer, Article, DateRange, Hit, Question, Quote, Sentence, Span
from retrieval.ranking import Scored, certainty, scored
from retrieval.resolved import resolved

MOST_QUOTES = 5

_MARGIN = 4.0
"""A further quote may score this much less than the first."""


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
    chosen = choose(ranked)
    differing: list[Scored] = []
    if accounts.may_differ(question):
        sure = [one for one in chosen if certainty(one) >= threshold]
        differing = accounts.differing(Asked(question, hits, idf), sure, ranked)
    quotes = tuple(_quotes(question, differing or chosen, ranked))
    corrections = tuple(_printed(question.corrections, quotes))
    return Answer(replace(question, corrections=corrections), "answered", confidence, quotes, differing=bool(differing))


def choose(ranked: Sequence[Scored]) -> list[Scored]:
    """At most five sentences, best first, each fact once and in its fuller form."""
    chosen: list[Scored] = []
    for one in ranked:
        if len(chosen) == MOST_QUOTES or one.score < ranked[0].score - _MARGIN:
            break
        fuller = fullest(one, ranked)
        forms = {one.candidate.sentence, fuller.candidate.sentence}
        if not any(tells(other.candidate.sentence, form) for other in chosen for form in forms):
            chosen.append(fuller)
    return chosen


def _quotes(question: Question, chosen: Iterable[Scored], ranked: Sequence[Scored]) -> Iterator[Quote]:
    """The chosen sentences as quotes, each with those beside it that it cannot do without; none is said twice."""
    said: list[tuple[str, Span]] = []
    brought: list[Sentence] = []
    for one in chosen:
        article, own = one.candidate.context.article, one.candidate.sentence
        whole = with_companions(one.candidate)
        spans = (Span(whole[0].span.start, whole[-1].span.end), own.span)
        span = next((span for span in spans if _is_free(article.id, span, said)), None)
        if span is None or any(tells(sentence, own) for sentence in brought):
            continue
        if span != own.span:
            brought += [sentence for sentence in whole if sentence != own]
        said.append((article.id, span))
        marks = tuple(_highlights(question, one.candidate))
        dates = tuple(_dates(article, span))
        yield Quote(article, span, span.of(article.text), marks, one.score, dates, also_in(one, ranked))


def _dates(article: Article, span: Span) -> Iterator[tuple[Span, DateRange]]:
    """The words of a quote that mean other days than they say, and these days."""
    for first, end, days in resolved(span.of(article.text), article.date):
        yield Span(span.start + first, span.start + end), days


def _is_free(article_id: str, span: Span, said: Iterable[tuple[str, Span]]) -> bool:
    return not any(article_id == other and span.overlaps(already) for other, already in said)


def _highlights(question: Question, candidate: Candidate) -> Iterator[Span]:
    """What in the sentence may be the answer."""
    sentence, at = candidate.sentence, candidate.at
    before = candidate.context.hit.passage.sentences[at - 1].text if at else ""
    for first, end in highlights(question, view(sentence.text), before):
        yield Span(sentence.span.start + first, sentence.span.start + end)


def _printed(corrections: Iterable[tuple[str, str]], quotes: Sequence[Quote]) -> Iterator[tuple[str, str]]:
    """The corrections that the quotes bear out, with the word as the first of them prints it."""
    for typed, term in corrections:
        tokens = (token for quote in quotes for token in view(quote.text).tokens)
        word = next((token.word for token in tokens if token.term == term), typed.lower())
        if word != typed.lower():
            yield typed, word
