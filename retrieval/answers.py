"""A Question and the hits for it in, an Answer out: which sentences are quoted, and what of each."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval import accounts
from retrieval.certainty import certainty
from retrieval.companions import fits, with_companions
from retrieval.facts import also_in, fullest, tells
from retrieval.features import Candidate
from retrieval.highlights import highlights
from retrieval.models import Answer, Question, Quote, Sentence, Span
from retrieval.quotations import quotation
from retrieval.ranking import Ranking, Scored
from retrieval.sentences import view
from retrieval.weights import Weights

MOST_QUOTES = 5

_MARGIN = 6.0
"""A further quote may score this much less than the first."""
_CLOSE = 0.4
"""A question must reach this share of the threshold for what comes closest to it to be worth showing."""
_BESIDE = 3.5
"""A sentence beside a quote is part of it when it scores at most this much less: it holds the answer with odds of one
to thirty or better. Of 3,000 questions .75 instead of .70 then have theirs in the first quote, which is 290 characters
long instead of 180."""


def answer(question: Question, ranking: Ranking, weights: Weights, threshold: float, most: int = MOST_QUOTES) -> Answer:
    """Choose at most `most` quotes; `not_found` when the best one's confidence is below `threshold`."""
    if not ranking.sentences:
        return Answer(question, "not_found")
    confidence = certainty(ranking.sentences[0], ranking, weights)
    if confidence < threshold * _CLOSE:
        return Answer(question, "not_found", confidence)
    chosen = choose(ranking.sentences, most, lambda one: certainty(one, ranking, weights) >= threshold)
    if confidence < threshold:
        closest = next(quotes_of(question, chosen[:1], ranking.sentences))
        return Answer(question, "not_found", confidence, closest=closest)
    differing = _differing(ranking, chosen, weights, threshold)
    quotes = tuple(quotes_of(question, differing or chosen, ranking.sentences))
    corrections = tuple(_printed(question.corrections, quotes))
    return Answer(replace(question, corrections=corrections), "answered", confidence, quotes, differing=bool(differing))


def choose(
    ranked: Sequence[Scored], most: int = MOST_QUOTES, is_sure: Callable[[Scored], bool] = lambda _: False
) -> list[Scored]:
    """At most `most` sentences, best first, each fact once and in its fuller form.

    Where more than five are wanted, those beyond the margin are taken too that are sure to be answers by themselves.
    """
    chosen: list[Scored] = []
    for one in ranked:
        if len(chosen) == most:
            break
        if one.score < ranked[0].score - _MARGIN and (most <= MOST_QUOTES or not is_sure(one)):
            break
        fuller = fullest(one, ranked)
        forms = {one.candidate.sentence, fuller.candidate.sentence}
        if not any(tells(other.candidate.sentence, form) for other in chosen for form in forms):
            chosen.append(fuller)
    return chosen


def _differing(ranking: Ranking, chosen: Sequence[Scored], weights: Weights, threshold: float) -> list[Scored]:
    """The sentences by which the articles differ in what is asked; a figure must be sure to be an answer by itself."""
    if not accounts.may_differ(ranking.asked.question):
        return []
    sure = [one for one in chosen if certainty(one, ranking, weights) >= threshold]
    return accounts.differing(ranking.asked, sure, ranking.sentences)


def quotes_of(
    question: Question, chosen: Iterable[Scored], ranked: Sequence[Scored], *, beside: bool = True
) -> Iterator[Quote]:
    """The chosen sentences as quotes, each with those that belong to it; none is said twice.

    Where those `beside` it are not wanted that may hold the answer, too, it has only those that it cannot do without.
    """
    scores = {_place(one.candidate): one.score for one in ranked if beside}
    said: list[tuple[str, Span]] = []
    told: list[Sentence] = []
    for one in chosen:
        article, own = one.candidate.context.article, one.candidate.sentence
        whole = _whole(one, scores, told)
        spans = (Span(whole[0].span.start, whole[-1].span.end), own.span)
        span = next((span for span in spans if _is_free(article.id, span, said)), None)
        if span is None or any(tells(sentence, own) for sentence in told):
            continue
        told += whole if span != own.span else (own,)
        said.append((article.id, span))
        marks = tuple(_highlights(question, one.candidate))
        yield quotation(article, span, marks, score=one.score, also=also_in(one, ranked))


def _whole(one: Scored, scores: Mapping[tuple[str, int, int], float], told: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentence, those that it cannot do without, and those beside these that may hold the answer as well as it.

    What was `told` before, or among these, is not told again for being beside them.
    """
    passage = one.candidate.context.hit.passage
    own = with_companions(one.candidate)
    first, last = passage.sentences.index(own[0]), passage.sentences.index(own[-1])
    while True:
        beside = [
            (score, at)
            for at in (first - 1, last + 1)
            if (score := scores.get((passage.article_id, passage.number, at), -math.inf)) >= one.score - _BESIDE
            and fits(passage.sentences, min(at, first), max(at, last))
            and not any(tells(other, passage.sentences[at]) for other in (*told, *passage.sentences[first : last + 1]))
        ]
        if not beside:
            return passage.sentences[first : last + 1]
        _, at = max(beside)
        first, last = min(at, first), max(at, last)


def _place(candidate: Candidate) -> tuple[str, int, int]:
    passage = candidate.context.hit.passage
    return passage.article_id, passage.number, candidate.at


def _is_free(article_id: str, span: Span, said: Iterable[tuple[str, Span]]) -> bool:
    return not any(article_id == other and span.overlaps(already) for other, already in said)


def _highlights(question: Question, candidate: Candidate) -> Iterator[Span]:
    """What in the sentence may be the answer."""
    sentence, at = candidate.sentence, candidate.at
    before = candidate.context.hit.passage.sentences[at - 1].text if at else ""
    for first, end in highlights(question, view(sentence.text, sentence.language), before):
        yield Span(sentence.span.start + first, sentence.span.start + end)


def _printed(corrections: Iterable[tuple[str, str]], quotes: Sequence[Quote]) -> Iterator[tuple[str, str]]:
    """The corrections that the quotes bear out, with the word as the first of them prints it."""
    for typed, term in corrections:
        tokens = (token for quote in quotes for token in view(quote.text, quote.article.language).tokens)
        word = next((token.word for token in tokens if token.term == term), typed.lower())
        if word != typed.lower():
            yield typed, word
