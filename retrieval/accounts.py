"""A question and its scored sentences in; those that give different figures, or tell of different positions, out.

Rather no difference than a wrong one: a figure must count what is asked for where all of it is spoken of, a position
must be that of the one asked about, and another article must give another.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from retrieval import analysis, facts, features, multilingual, stances
from retrieval.asked import Asked
from retrieval.features import Candidate
from retrieval.figures import Figure, figure, is_numeral
from retrieval.kinds import MEASURED
from retrieval.models import AnswerKind, Hit, Question, QuestionTerm
from retrieval.ranking import Scored
from retrieval.sentences import View, view

_OF_POSITIONS: frozenset[AnswerKind] = frozenset({"yes_no", "statement", "thing"})
_MOST_POSITIONS = 5
_COUNTED = 3
_NEAR = 4
_ROUNDING = 1e-9
_PAST = re.compile(r"\s+(?:ago|earlier|later|before|after|since)\b", re.IGNORECASE)
_TIES = frozenset(("from", "in", "into", "to", "for", "with", "by", "at", "on", "and", "or", "but", "than"))
"""Words after which a noun is no longer what the figure before them counts."""


def may_differ(question: Question) -> bool:
    """Whether a question is of a kind that articles may answer differently, and not only the newest is wanted."""
    return not question.latest and (question.kind in MEASURED or asks_position(question))


def differing(asked: Asked, chosen: Sequence[Scored], ranked: Sequence[Scored]) -> list[Scored]:
    """The sentences that differ, best first: of the chosen ones in figures, of all ranked in positions."""
    return _by_figures(asked, chosen) if asked.question.kind in MEASURED else _by_position(asked, ranked)


def asks_position(question: Question) -> bool:
    """Whether a question asks if, or how much, somebody is for something."""
    return question.kind in _OF_POSITIONS and stances.asked(question.text) is not None


def with_positions(question: Question, hits: Iterable[Hit]) -> list[Hit]:
    """The hits that may tell of a position, though they say little else of what is asked."""
    asked = [_forms([term]) for term in question.all_terms if term.term not in stances.STANCES]
    return [
        hit
        for hit in hits
        for held in [view(sentence.text, sentence.language).known for sentence in hit.passage.sentences]
        if held & stances.STANCES and sum(not forms.isdisjoint(held) for forms in asked) > 1
    ]


def _by_figures(asked: Asked, chosen: Sequence[Scored]) -> list[Scored]:
    """The best of the chosen sentences, and those of them that give the figure asked for, where articles differ."""
    if not chosen or chosen[0].features["lacks_figure"]:
        return []
    best = chosen[0]
    told = [(one, _figures(asked, one)) for one in chosen if _is_asked(asked, one, best)]
    differ = any(
        some
        and others
        and _article(one) != _article(other)
        and all(mine.differs(its) for mine in some for its in others)
        for (one, some), (other, others) in combinations(told, 2)
    )
    return [one for one, found in told if found or one is best] if differ and told[0][0] is best else []


def _by_position(asked: Asked, ranked: Sequence[Scored]) -> list[Scored]:
    """The sentences that tell whether somebody is for or against something, where articles of other days differ."""
    parties = _parties(asked)
    if parties is None:
        return []
    holders, things, about = parties
    told: list[tuple[Scored, int]] = []
    for one in ranked:
        sentence = one.candidate.sentence
        sign = stances.position(sentence.text, holders, things) if _speaks_of(one.candidate, about) else 0
        if sign and not any(facts.tells(other.candidate.sentence, sentence) for other, _ in told):
            told.append((facts.fullest(one, ranked), sign))
    told = told[:_MOST_POSITIONS]
    differ = any(mine != its and _days_apart(one, other) for (one, mine), (other, its) in combinations(told, 2))
    return [one for one, _ in told] if differ else []


def _is_asked(asked: Asked, one: Scored, best: Scored) -> bool:
    """Whether a sentence speaks of what is asked: of each name, near it, and of as much else as the best one does.

    What is counted need not be said beside all the rest; other figures may belong to anything, so there the rest must
    stand in the sentence itself.
    """
    context = one.candidate.context
    near = context.hit.passage.sentences
    of_title = multilingual.terms(context.article.title, context.article.language)
    held = frozenset(of_title).union(*(view(sentence.text, sentence.language).known for sentence in near))
    named = [_forms([term]) for term in asked.terms if _is_name(asked, term) or is_numeral(term.term)]
    if any(held.isdisjoint(forms) for forms in named):
        return False
    if asked.question.kind == "count":
        return one.features["coverage"] + one.features["beside"] >= best.features["coverage"] - _ROUNDING
    return best.candidate.context.held[best.candidate.at] <= context.held[one.candidate.at]


def _figures(asked: Asked, one: Scored) -> list[Figure]:
    """The figures of a sentence that answer the question."""
    own = view(one.candidate.sentence.text, one.candidate.sentence.language)
    spans = features.evidence(asked.question, own)
    if asked.question.kind == "count":
        spans = [span for span in spans if _counts(own.text, span[1], asked.counted)]
    else:
        spans = [span for span in nearest(asked.question, own, spans)[:1] if _is_near(own, span, asked.focus)]
    return [found for span in spans if (found := figure(own.text, *span))]


def _counts(text: str, end: int, counted: AbstractSet[str]) -> bool:
    """Whether the figure that ends there counts one of these: the noun follows, past its adjectives only."""
    for word in analysis.tokens(text[end : end + 80])[:_COUNTED]:
        if word.term in counted:
            return True
        if word.word in _TIES:
            return False
    return False


def nearest(question: Question, own: View, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans by how near they stand to a matched term, nearest first."""
    matched = [own.tokens[at].start for term in question.all_terms for at in own.at(term.term)]
    return sorted(spans, key=lambda span: min((abs(at - span[0]) for at in matched), default=0))


def _is_near(own: View, span: tuple[int, int], focus: AbstractSet[str]) -> bool:
    """Whether a figure that is no time past stands within a few words of what it is asked of."""
    if _PAST.match(own.text, span[1]):
        return False
    inside = [at for at, token in enumerate(own.tokens) if span[0] <= token.start < span[1]]
    places = [at for term in focus for at in own.at(term)]
    return any(0 < abs(at - place) <= _NEAR for at in inside for place in places)


def _parties(asked: Asked) -> tuple[AbstractSet[str], AbstractSet[str], list[AbstractSet[str]]] | None:
    """Whose position is asked for, on what, and all that must be spoken of near it; none where no position is."""
    said = stances.asked(asked.question.text) or ("", "")
    before, after = (frozenset(analysis.terms(part)) for part in said)
    holders = [term for term in asked.terms if term.term in before and _is_name(asked, term)]
    about = [term for term in asked.terms if term.term in after and term.weight == 1 and not term.dated]
    things = [term for term in about if not _is_name(asked, term)]
    if not holders or not things:
        return None
    return _forms(holders[-1:]), _forms(things), [_forms([term]) for term in about]


def _is_name(asked: Asked, term: QuestionTerm) -> bool:
    return term.name or term.term in asked.names or analysis.is_nationality(term.term)


def _forms(terms: Iterable[QuestionTerm]) -> AbstractSet[str]:
    """The terms, and what may stand for them."""
    return frozenset(name for term in terms for name in (term.term, *(other for other, _ in term.related)))


def _speaks_of(candidate: Candidate, about: Iterable[AbstractSet[str]]) -> bool:
    """Whether the sentence and those beside it hold a form of each."""
    sentences = candidate.context.hit.passage.sentences[max(0, candidate.at - 1) : candidate.at + 2]
    held = frozenset[str]().union(*(view(sentence.text, sentence.language).known for sentence in sentences))
    return all(forms & held for forms in about)


def _article(one: Scored) -> str:
    return one.candidate.context.article.id


def _days_apart(one: Scored, other: Scored) -> bool:
    first, second = one.candidate.context.article.date, other.candidate.context.article.date
    return first is not None and second is not None and first != second
