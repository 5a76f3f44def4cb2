"""An event that bounds a question and the passages that speak of it in, its day out, if that is beyond doubt."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping

from retrieval import analysis
from retrieval.languages import ENGLISH
from retrieval.models import Answer, Article, DateRange, Hit, QuestionTerm, Sentence
from retrieval.resolved import spoken
from retrieval.sentences import View, view

_LEAST_TERMS = 2
"""One word ("the summit") may mean several events; two hardly do, if one of them is a name."""
_SPREAD = 2
"""So many other words may stand among those of an event."""
_LINKS = frozenset(
    "on of in at the s last this late early held took take place was were is will be which that opened began".split()  # noqa: SIM905
)
"""Words that may stand between an event and its day."""
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"’)]*\s+")
_STOP = re.compile(r"[.;:!?“”\"–—]")


def event_day(event: str, hits: Iterable[Hit], articles: Mapping[str, Article]) -> dt.date | None:
    """The one day that sentences with all words of an event give it; None where none does, or they do not agree."""
    terms = frozenset(analysis.terms(event))
    if len(terms) < _LEAST_TERMS:
        return None
    days = {
        day
        for hit in hits
        for sentence in hit.passage.sentences
        for day in _days(sentence, terms, articles[hit.passage.article_id].date)
    }
    return days.pop() if len(days) == 1 else None


def bounded(bound: str, day: dt.date) -> DateRange:
    """The days before, during or after an event; its own day counts as all of these."""
    if bound == "during":
        return DateRange(day, day)
    return DateRange(day, dt.date.max) if bound in ("after", "since", "following") else DateRange(dt.date.min, day)


def says(sentence: str, phrase: str) -> bool:
    """Whether a sentence has the words of a phrase in their order, with two words between them at most."""
    wanted = [token.word for token in analysis.tokens(phrase) if token.word not in ("the", "a", "an")]
    words = [token.word for token in analysis.tokens(sentence)]
    return any(_follow(words[at:], wanted) for at, word in enumerate(words) if wanted and word == wanted[0])


def missing(answer: Answer, phrase: str = "") -> float:
    """The weight of what is asked, dates apart, that the first quote of an answer does not say.

    With a `phrase`, one of its sentences must say that too, or all is missing.
    """
    text = answer.quotes[0].text if answer.quotes else ""
    parts = [part for part in _SENTENCE_END.split(text) if says(part, phrase)] if phrase else [text]
    terms = [term for term in answer.question.all_terms if not term.dated]
    language = answer.quotes[0].article.language if answer.quotes else ENGLISH
    return min((_unsaid(view(part, language), terms) for part in parts), default=sum(term.weight for term in terms))


def _unsaid(own: View, terms: Iterable[QuestionTerm]) -> float:
    return sum(term.weight for term in terms if term.term not in own.known)


def _follow(words: list[str], wanted: Iterable[str]) -> bool:
    at = -1
    for word in wanted:
        near = words[at + 1 : at + 4]
        if word not in near:
            return False
        at += 1 + near.index(word)
    return True


def _days(sentence: Sentence, terms: frozenset[str], written: dt.date | None) -> Iterator[dt.date]:
    """The days that stand right beside the words of an event."""
    text = sentence.text
    own = view(text, sentence.language)
    if not terms <= own.known:
        return
    for one in spoken(text, written):
        days = one.readings[0] if one.sure else None
        if (
            days
            and days.first == days.last
            and any(
                _is_linked(text, min(end, one.end), max(start, one.start))
                for start, end in _stretches(own, terms)
                if end <= one.start or one.end <= start
            )
        ):
            yield days.first


def _stretches(own: View, terms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where all words of an event stand close together."""
    places = sorted((at, term) for term in terms for at in own.at(term))
    for first, (at, _) in enumerate(places):
        near = [(other, term) for other, term in places[first:] if other - at < len(terms) + _SPREAD]
        named = any(own.text[own.tokens[other].start].isupper() for other, _ in near)
        if named and terms == {term for _, term in near}:
            yield own.tokens[at].start, own.tokens[near[-1][0]].end


def _is_linked(text: str, start: int, end: int) -> bool:
    """Whether nothing stands between an event and a day but names and words that link them."""
    between = text[start:end]
    words = re.findall(r"\w+", between)
    return not _STOP.search(between) and all(word.lower() in _LINKS or word[0].isupper() for word in words)
