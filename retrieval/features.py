"""A question and a candidate sentence in, one number for each view of how well it answers out.

Every feature lies between 0 and 1, and they are the same over every index: only the candidates' own text is looked at.
"""

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval import analysis, kinds, phrases, resolved
from retrieval.asked import Asked, View, view
from retrieval.models import AnswerKind, Article, DateRange, Hit, Question, Sentence, Span

FEATURES = (
    "coverage",
    "related",
    "flat_coverage",
    "names",
    "exact",
    "passage_coverage",
    "neighbour_coverage",
    "title_coverage",
    "bigrams",
    "proximity",
    "passage_score",
    "strength",
    "kind",
    "kind_near",
    "figure_near",
    "speaker",
    "opening",
    "short",
    "lacks_figure",
    "unspoken",
    "foreign_name",
    "near_before",
    "said_before",
    "newest",
)
_NEAR = 6
_COUNTED = 2
_SHORT_TERMS = 5
_LONGEST_SEASON = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Context:
    """A hit among the others: its article, its score as a share of the best, and whether its article is the newest.

    `held` are the terms of the question that each of its sentences holds.
    """

    hit: Hit
    article: Article
    share: float
    newest: bool
    held: tuple[frozenset[str], ...]


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
    passage = context.hit.passage
    titles = _title_terms(context.article.title, passage.heading)
    return {
        "title_coverage": asked.coverage(titles),
        "passage_score": context.share,
        "strength": min(1.0, context.hit.score / asked.attainable) if asked.attainable else 1.0,
        "opening": 1 / (1 + passage.number),
        "foreign_name": float(asked.foreign_name),
        "newest": float(asked.question.latest and context.newest),
    }


def measure(asked: Asked, candidate: Candidate, shared: Mapping[str, float]) -> tuple[float, ...]:
    """The features of a candidate, in the order of `FEATURES`; `shared` are those of its passage."""
    question, held, at = asked.question, candidate.context.held, candidate.at
    own = view(candidate.sentence.text)
    found = evidence(question, own)
    near = _nearness(asked, own, found)
    spoken = _spoken(asked, own)
    dated = asked.dated if candidate.in_time and question.dates and question.dates.closed else frozenset[str]()
    dated_words = {word for word in asked.words if dated and analysis.term_of(word) in dated}
    values = {
        **shared,
        "coverage": asked.coverage(held[at], candidate.in_time),
        "related": asked.related(own.places),
        "flat_coverage": _share(asked.weights, own.places.keys() | dated),
        "names": _share(asked.names, own.places) if asked.names else 1.0,
        "exact": sum([weight for word, weight in asked.words.items() if word in own.words or word in dated_words]),
        "passage_coverage": asked.coverage(frozenset().union(*held), candidate.in_time),
        "neighbour_coverage": asked.coverage(frozenset().union(*held[max(0, at - 1) : at + 2]), candidate.in_time),
        "bigrams": _bigrams(asked, own),
        "proximity": _proximity(asked, own),
        "kind": spoken if question.kind == "statement" else float(bool(found)),
        "kind_near": spoken if question.kind == "statement" and not asked.naming else near,
        "figure_near": near if question.kind in kinds.MEASURED else 0.0,
        "speaker": spoken,
        "short": float(len(own.tokens) < _SHORT_TERMS),
        "lacks_figure": float(question.kind in kinds.MEASURED and not (found and _counts(asked, own, found))),
        "unspoken": float(question.kind == "statement" and not asked.naming and not spoken),
        "near_before": float(_overlaps(question.near, candidate, candidate.context.hit.passage.span)),
        "said_before": float(_overlaps(question.near, candidate, candidate.sentence.span)),
    }
    return tuple([values[name] for name in FEATURES])


def evidence(question: Question, own: View) -> list[tuple[int, int]]:
    """Spans of a sentence that could be the answer and are not the question's own words."""
    spans = _phrases(question.kind, own.text)
    if not spans:
        return []
    asked = {term.term for term in question.all_terms}
    new = [token.start for token in own.tokens if token.term not in asked]
    return [(start, end) for start, end in spans if any(start <= at < end for at in new)]


def nearest(question: Question, own: View, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans by how near they stand to a matched term, nearest first."""
    matched = [own.tokens[at].start for term in question.all_terms for at in own.places.get(term.term, ())]
    return sorted(spans, key=lambda span: min((abs(at - span[0]) for at in matched), default=0))


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
        elsewhen = [one for one in said if one.sure and not _is_mentioned(one, sentence.text)]
        past = any(one.readings[0].last < written for one in elsewhen)
        return False if past else None if any(one.readings[0].first > written for one in elsewhen) else True
    may_be = any(one.first <= days.last and days.first <= one.last for one in readings)
    return None if may_be or not (written or said) else False


def _is_mentioned(said: resolved.Spoken, text: str) -> bool:
    """Whether a year is only part of what somebody says, who says it later."""
    is_year = said.readings[0].last - said.readings[0].first > _LONGEST_SEASON
    return bool(is_year and kinds.SAYING_TERMS & view(text).places.keys())


@lru_cache(maxsize=10_000)
def _title_terms(title: str, heading: str) -> frozenset[str]:
    return frozenset(analysis.terms(f"{title} {heading}"))


@lru_cache(maxsize=20_000)
def _phrases(kind: AnswerKind, text: str) -> list[tuple[int, int]]:
    return phrases.phrases(kind, text)


def _share(wanted: Collection[str], held: Container[str]) -> float:
    return sum([term in held for term in wanted]) / len(wanted) if wanted else 0.0


def _bigrams(asked: Asked, own: View) -> float:
    """The share of the question's neighbouring terms that stand side by side in the sentence too, in that order."""
    if not asked.pairs:
        return 0.0
    held = [
        any(after - before in (1, 2) for before in own.places[left] for after in own.places[right])
        for left, right in asked.pairs
        if left in own.places and right in own.places
    ]
    return sum(held) / len(asked.pairs)


def _proximity(asked: Asked, own: View) -> float:
    """How close together the matched terms stand: 1 for side by side, towards 0 the wider they are spread."""
    matched = [own.places[term.term] for term in asked.terms if term.term in own.places]
    if len(matched) < 2:
        return 0.0
    gaps = [min([abs(a - b) for a in left for b in right]) for left, right in pairwise(matched)]
    return sum([1 / max(1, gap) for gap in gaps]) / len(gaps)


def _nearness(asked: Asked, own: View, found: Sequence[tuple[int, int]]) -> float:
    """How near a phrase of the expected kind stands to its focus: 1 within a word or so, 0 beyond six."""
    if not found:
        return 0.0
    matched = [at for term in asked.focus for at in own.places.get(term, ())]
    phrases = [at for at, token in enumerate(own.tokens) if any(start <= token.start < end for start, end in found)]
    gap = min([abs(a - b) for a in matched for b in phrases if a != b], default=_NEAR + 1)
    return max(0.0, 1 - (gap - 1) / _NEAR)


def _counts(asked: Asked, own: View, found: Sequence[tuple[int, int]]) -> bool:
    """Whether a figure counts what the question wants counted: it stands at most two words before it.

    Where the question does not say in so many words what is to be counted, any figure will do.
    """
    if not asked.counted:
        return True
    figures = [at for at, token in enumerate(own.tokens) if any(start <= token.start < end for start, end in found)]
    return any(
        0 <= noun - figure <= _COUNTED
        for term in asked.counted
        for noun in own.places.get(term, ())
        for figure in figures
    )


def _spoken(asked: Asked, own: View) -> float:
    """How much of the speaker stands close to a verb of saying: up to six words before it, or three after."""
    saying = [at for verb in kinds.SAYING_TERMS & own.places.keys() for at in own.places[verb]]
    if not asked.speakers:
        return float(asked.question.kind == "statement" and bool(saying))
    near = [
        any(-3 <= verb - at <= 6 and at != verb for at in own.places.get(term, ()) for verb in saying)
        for term in asked.speakers
    ]
    return sum(near) / len(near)


def _overlaps(near: tuple[str, Span] | None, candidate: Candidate, span: Span) -> bool:
    """Whether the turn before was answered with words of `span` of the candidate's article."""
    return near is not None and near[0] == candidate.context.article.id and near[1].overlaps(span)
