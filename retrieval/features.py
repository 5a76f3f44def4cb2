"""A question and a candidate sentence in, one number for each feature that tells how well it answers out.

Every feature lies between 0 and 1, but for "passage", which is 0 or less. They are the same over every index: only the
candidates' own text is looked at.
"""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from retrieval import kinds, resolved, speech
from retrieval.asked import Asked
from retrieval.languages import ENGLISH
from retrieval.models import AnswerKind, Article, DateRange, Hit, Question, Sentence, Span
from retrieval.relations import measured
from retrieval.roles import holds_role
from retrieval.sentences import View, held_phrases, view

KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
FEATURES = (
    "passage",
    "coverage",
    "flat_coverage",
    "exact",
    "grams",
    "bigrams",
    "related",
    "proximity",
    "in_title",
    "beside",
    "before",
    "length",
    "new_terms",
    "pull",
    *(f"holds_{kind}" for kind in KINDS),
    "speaker",
    "lacks_figure",
    "lacks_role",
    "unspoken",
    "foreign_name",
    "near_before",
    "said_before",
    "newest",
    "other_language",
)
_NEAR = 6
_LONG = 30
_MANY_NEW = 15
_LONGEST_SEASON = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Context:
    """A hit among the others: its article, its passage's score less the best one's, whether its article is the newest.

    `views` are its sentences as the features see them, `sought` what each holds of the question's terms and of what may
    stand for these, `held` the terms alone, `titled` those that its title and subhead hold.
    """

    hit: Hit
    article: Article
    score: float
    newest: bool
    views: tuple[View, ...]
    sought: tuple[Sequence[str], ...]
    held: tuple[frozenset[str], ...]
    titled: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Sentence `at` of a hit; `in_time` says that it falls into the days that the question asks about."""

    context: Context
    at: int
    in_time: bool = False

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.context.hit.passage.sentences[self.at]


def passage_features(asked: Asked, context: Context) -> dict[str, float]:
    """The features that all sentences of a hit share; what depends on the time is not among them."""
    return {
        "passage": context.score,
        "foreign_name": float(asked.foreign_name),
        "newest": float(asked.question.latest and context.newest),
        "other_language": float(asked.question.language != context.article.language),
    }


def measure(asked: Asked, candidate: Candidate, shared: Mapping[str, float], grams: float) -> dict[str, float]:
    """The features of a candidate, by name; what is not named is 0.

    `shared` are those of its passage, `grams` its share of the question's runs of four letters.
    """
    question, context, at = asked.question, candidate.context, candidate.at
    own = context.views[at]
    dated = asked.dated if candidate.in_time and question.dates and question.dates.closed else frozenset[str]()
    before = context.views[at - 1].text if at else ""
    found = _new_in_phrases(asked, own)
    spoken = _spoken(asked, own, before)
    unsaid = dated | _called_by_office(asked, own, before)
    held = context.held[at] | unsaid
    statement = question.kind == "statement"
    around = context.held[max(0, at - 1) : at + 2]
    values: dict[str, float] = {
        **shared,
        f"holds_{question.kind}": spoken if statement else float(bool(found)),
        "pull": _pull(asked, own, found, context.held[at]),
        "coverage": asked.coverage(held),
        "flat_coverage": len(held) / max(1, len(asked.weights)),
        "exact": asked.exact(own.letters, held, unsaid),
        "grams": grams,
        "bigrams": asked.bigrams(asked.pairs(own, context.held[at])),
        "related": asked.related(context.sought[at]),
        "proximity": _proximity(asked, own, context.held[at]),
        "in_title": asked.coverage(context.titled - held),
        "beside": asked.coverage(frozenset().union(*around) - held),
        "before": asked.coverage(around[0] - held) if at else 0.0,
        "length": min(1.0, len(own.terms) / _LONG),
        "new_terms": min(1.0, len(own.known - held) / _MANY_NEW),
        "speaker": spoken,
        "lacks_figure": float(
            question.kind in kinds.MEASURED
            and own.language == ENGLISH
            and not (found and measured(own.text, question.kind, asked.counted))
        ),
        "lacks_role": float(
            asked.role is not None and bool(asked.role.of) and not holds_role(own.text, asked.role, before)
        ),
        "unspoken": float(statement and not asked.naming and not spoken),
        "near_before": float(_overlaps(question.near, candidate, context.hit.passage.span)),
        "said_before": float(_overlaps(question.near, candidate, candidate.sentence.span)),
    }
    return values


def evidence(question: Question, own: View) -> list[tuple[int, int]]:
    """Spans of a sentence that could be the answer and are not the question's own words."""
    asked = {term.term for term in question.all_terms}
    held = held_phrases(question.kind, own.text, own.language)
    return [span for span, places in held if any(own.terms[at] not in asked for at in places)]


def in_time(days: DateRange, article: Article, sentence: Sentence) -> bool | None:
    """Whether a sentence falls into the days asked about; None where it may.

    It may where it speaks of a longer time, where it was written in these days but speaks of what is to come, and where
    neither it nor its article has a date.
    """
    said, written = resolved.spoken(sentence.text, article.date), article.date
    readings = [one for each in said for one in each.readings]
    if any(days.first <= one.first and one.last <= days.last for one in readings):
        return True
    if written and days.holds(written):
        elsewhen = [one for one in said if one.sure and not _is_mentioned(one, sentence)]
        past = any(one.readings[0].last < written for one in elsewhen)
        return False if past else None if any(one.readings[0].first > written for one in elsewhen) else True
    may_be = any(one.first <= days.last and days.first <= one.last for one in readings)
    return None if may_be or not (written or said) else False


def _is_mentioned(said: resolved.Spoken, sentence: Sentence) -> bool:
    """Whether a year is only part of what somebody says, who says it later."""
    is_year = said.readings[0].last - said.readings[0].first > _LONGEST_SEASON
    return is_year and not kinds.SAYING_TERMS.isdisjoint(view(sentence.text, sentence.language).known)


def _proximity(asked: Asked, own: View, held: Set[str]) -> float:
    """How close together the matched terms stand: 1 for side by side, towards 0 the wider they are spread."""
    matched = [term.term for term in asked.terms if term.term in held]
    if len(matched) < 2:
        return 0.0
    places = list(map(own.at, matched))
    gaps = [min([abs(a - b) for a in left for b in right]) for left, right in pairwise(places)]
    return sum([1 / max(1, gap) for gap in gaps]) / len(gaps)


def _new_in_phrases(asked: Asked, own: View) -> list[int]:
    """The places of words in phrases of the expected kind that the question does not say itself."""
    held = held_phrases(asked.question.kind, own.text, own.language)
    return [at for _, places in held for at in places if own.terms[at] not in asked.weights]


def _pull(asked: Asked, own: View, found: Sequence[int], held: Set[str]) -> float:
    """How near a phrase of the expected kind stands to all that was asked: each term's weight, less with each word."""
    if not found or not held:
        return 0.0
    places = [(own.at(term), weight) for term, weight in asked.weights.items() if term in held]
    return max(
        [
            sum([weight / (1 + min([abs(at - phrase) for at in near]) / _NEAR) for near, weight in places])
            for phrase in found
        ]
    )


def _spoken(asked: Asked, own: View, before: str) -> float:
    """How surely a sentence gives somebody's words or view; anybody's where the question does not say whose."""
    if asked.question.kind != "statement":
        return 0.0
    if not asked.speakers:
        return float(not kinds.SAYING_TERMS.isdisjoint(own.terms))
    # who only holds a view said nothing: "Ann said Bo would accept" are Ann's words
    share = speech.said if asked.words_asked else speech.position
    return max([share(own.text, holders, before) for holders in (asked.speakers, *asked.offices)])


def _called_by_office(asked: Asked, own: View, before: str) -> frozenset[str]:
    """The terms of the speaker's name, where a sentence says what the holder of the speaker's office says."""
    if asked.question.kind != "statement" or asked.speakers.issubset(own.terms):
        return frozenset()
    told = any(speech.position(own.text, office, before) == 1 for office in asked.offices)
    return asked.speakers & asked.weights.keys() if told else frozenset()


def _overlaps(near: tuple[str, Span] | None, candidate: Candidate, span: Span) -> bool:
    """Whether the turn before was answered with words of `span` of the candidate's article."""
    return near is not None and near[0] == candidate.context.article.id and near[1].overlaps(span)
