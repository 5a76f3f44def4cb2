"""A question and a candidate sentence in, one number for each view of how well it answers out.

Every feature lies between 0 and 1, and they are the same over every index: only the candidates' own text is looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval import analysis, kinds
from retrieval.dates import ranges_in
from retrieval.models import Article, DateRange, Hit, Passage, Question, QuestionTerm, Sentence

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
    "speaker",
    "opening",
    "short",
    "lacks_figure",
    "foreign_name",
    "near_before",
    "said_before",
    "newest",
)
_NEAR = 6
_SHORT_TERMS = 5


@dataclass(frozen=True, slots=True)
class View:
    """A sentence as the features see it: its words, where each term stands, and its printed text."""

    text: str
    tokens: tuple[analysis.Token, ...]
    places: Mapping[str, tuple[int, ...]]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Sentence `at` of a hit, with what is known of the hit among the others.

    `share` is the hit's score over the best hit's, `newest` whether its article is the newest among the hits, and
    `in_time` whether the sentence falls into the days that the question asks about.
    """

    hit: Hit
    article: Article
    at: int
    share: float
    newest: bool = False
    in_time: bool = False

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.hit.passage.sentences[self.at]


class Weighing:
    """What a question's terms weigh: idf times their own weight; each as a share of the `total`.

    `foreign_name` says that the question names something that no passage holds.
    """

    def __init__(self, terms: Sequence[QuestionTerm], idf: Callable[[str], float], hits: Sequence[Hit] = ()) -> None:
        self.named = _named(terms, hits)
        unknown = idf("")
        self.foreign_name = any(term.name and idf(term.term) >= unknown for term in terms)
        raw = [idf(term.term) * term.weight for term in terms]
        # a question of light words only asks for more than it says
        self.total = sum(raw) + unknown * max(0.0, 1 - sum(term.weight for term in terms))
        self.terms = tuple(zip(terms, (weight / (self.total or 1.0) for weight in raw), strict=True))

    def coverage(self, held: Mapping[str, object] | frozenset[str], in_time: bool = False) -> float:
        """The weight of the terms that are held in so many words; of a date's, also when the time is right."""
        return sum(weight for term, weight in self.terms if term.term in held or (in_time and term.dated))

    def flat(self, held: Mapping[str, object]) -> float:
        """The share of the terms that are held, each counting the same."""
        return sum(term.term in held for term, _ in self.terms) / (len(self.terms) or 1)

    def names(self, held: Mapping[str, object]) -> float:
        """The share of the named terms that are held; 1 where there are none."""
        return sum(term in held for term in self.named) / len(self.named) if self.named else 1.0

    def exact(self, words: frozenset[str]) -> float:
        """The weight of the terms that are held in the very form in which they were typed."""
        return sum(weight for term, weight in self.terms if analysis.normalise(term.word) in words)

    def related(self, held: Mapping[str, object] | frozenset[str]) -> float:
        """The weight of the terms that are held only by a related term."""
        return sum(
            weight * max((share for other, share in term.related if other in held), default=0.0)
            for term, weight in self.terms
            if term.term not in held
        )


def _named(terms: Sequence[QuestionTerm], hits: Sequence[Hit]) -> frozenset[str]:
    """The terms that are names, as far as capitals tell: in the question, or each time inside the hits' sentences."""
    named = {term.term for term in terms if term.name}
    wanted = {term.term for term in terms} - named
    capital: dict[str, bool] = {}
    for hit in hits:
        for sentence in hit.passage.sentences:
            own = view(sentence.text)
            for term in wanted & own.places.keys():
                for at in own.places[term]:
                    if (start := own.tokens[at].start) > 1:
                        capital[term] = capital.get(term, True) and own.text[start].isupper()
    return frozenset(named | {term for term, always in capital.items() if always})


@lru_cache(maxsize=20_000)
def view(text: str) -> View:
    """The view of a sentence, remembered: candidates come back question after question."""
    places: dict[str, list[int]] = {}
    tokens = analysis.tokens(text)
    content = analysis.with_phrases(tokens)
    for at, token in enumerate(content):
        places.setdefault(token.term, []).append(at)
    return View(
        text,
        tuple(content),
        {term: tuple(where) for term, where in places.items()},
        frozenset(token.word for token in tokens),
    )


@lru_cache(maxsize=10_000)
def title_terms(title: str, heading: str) -> frozenset[str]:
    """The terms of an article's title and of a passage's subhead."""
    return frozenset(analysis.terms(f"{title} {heading}"))


def measure(question: Question, weighing: Weighing, candidate: Candidate) -> tuple[float, ...]:
    """The features of a candidate, in the order of `FEATURES`."""
    passage = candidate.hit.passage
    own = view(candidate.sentence.text)
    around = frozenset(_terms_of(passage, candidate.at - 1, candidate.at + 2))
    titles = title_terms(candidate.article.title, passage.heading)
    coverage = weighing.coverage(own.places, candidate.in_time)
    related = weighing.related(own.places)
    found = evidence(question, own)
    return (
        coverage,
        related,
        weighing.flat(own.places),
        weighing.names(own.places),
        weighing.exact(own.words),
        weighing.coverage(frozenset(_terms_of(passage, 0, len(passage.sentences))), candidate.in_time),
        weighing.coverage(around, candidate.in_time),
        weighing.coverage(titles),
        _bigrams(question, own),
        _proximity(question, own),
        candidate.share,
        min(1.0, candidate.hit.score / weighing.total) if weighing.total else 0.0,
        float(bool(found)),
        _nearness(question, own, found),
        float(_speaks(question, own)),
        1 / (1 + passage.number),
        float(len(own.tokens) < _SHORT_TERMS),
        float(question.kind in kinds.MEASURED and not found),
        float(weighing.foreign_name),
        float(question.near is not None and _is_near(question.near, candidate)),
        float(question.near == (candidate.article.id, candidate.sentence.span)),
        float(question.latest and candidate.newest),
    )


def evidence(question: Question, own: View) -> list[tuple[int, int]]:
    """Spans of a sentence that could be the answer and are not the question's own words."""
    asked = {term.term for term in question.all_terms}
    spans = kinds.evidence(question.kind, own.text)
    return [
        span
        for span in spans
        if any(token.term not in asked for token in own.tokens if span[0] <= token.start < span[1])
    ]


def nearest(question: Question, own: View, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans by how near they stand to a matched term, nearest first."""
    matched = [own.tokens[at].start for term in question.all_terms for at in own.places.get(term.term, ())]
    return sorted(spans, key=lambda span: min((abs(at - span[0]) for at in matched), default=0))


def in_time(days: DateRange, article: Article, sentence: Sentence) -> bool | None:
    """Whether a sentence falls into the days asked about; None when neither it nor its article has a date."""
    spoken = ranges_in(sentence.text, article.date)
    if any(said.first <= days.last and days.first <= said.last for said in spoken):
        return True
    if article.date is None:
        return False if spoken else None
    return days.holds(article.date) and not spoken


def _terms_of(passage: Passage, first: int, end: int) -> set[str]:
    held: set[str] = set()
    for sentence in passage.sentences[max(0, first) : end]:
        held.update(sentence.terms)
    return held


def _bigrams(question: Question, own: View) -> float:
    """The share of the question's neighbouring terms that stand side by side in the sentence too, in that order."""
    pairs = list(pairwise(term.term for term in question.terms))
    if not pairs:
        return 0.0
    held = sum(
        any(after - before in (1, 2) for before in own.places.get(left, ()) for after in own.places.get(right, ()))
        for left, right in pairs
    )
    return held / len(pairs)


def _proximity(question: Question, own: View) -> float:
    """How close together the matched terms stand: 1 for side by side, towards 0 the wider they are spread."""
    matched = [own.places[term.term] for term in question.all_terms if term.term in own.places]
    if len(matched) < 2:
        return 0.0
    gaps = [min(abs(a - b) for a in left for b in right) for left, right in pairwise(matched)]
    return sum(1 / max(1, gap) for gap in gaps) / len(gaps)


def _nearness(question: Question, own: View, found: Sequence[tuple[int, int]]) -> float:
    """How near an expected kind of phrase stands to what it should be near: 1 within a word or so, 0 beyond six.

    A figure should stand near what is counted, anything else near any term of the question.
    """
    if not found:
        return 0.0
    focus = frozenset(analysis.terms(kinds.counted(question.text)))
    wanted = [term for term in question.all_terms if term.term in focus] or question.all_terms
    named = {name for term in wanted for name in (term.term, *(other for other, _ in term.related))}
    matched = [at for name in named for at in own.places.get(name, ())]
    phrases = [at for at, token in enumerate(own.tokens) if any(start <= token.start < end for start, end in found)]
    gap = min((abs(a - b) for a in matched for b in phrases if a != b), default=_NEAR + 1)
    return max(0.0, 1 - (gap - 1) / _NEAR)


def _speaks(question: Question, own: View) -> bool:
    """Whether who is asked about stands just before a verb of saying, or just after it."""
    asked = frozenset(analysis.terms(kinds.speaker(question.text)))
    if question.kind == "statement":
        asked = asked or frozenset(term.term for term in question.all_terms)
    speakers = [at for term in asked for at in own.places.get(term, ())]
    saying = [at for at, token in enumerate(own.tokens) if token.term in kinds.SAYING_TERMS]
    return any(-2 <= at - verb <= 3 and at != verb for at in speakers for verb in saying)


def _is_near(near: tuple[str, object], candidate: Candidate) -> bool:
    article_id, span = near
    passage = candidate.hit.passage.span
    return candidate.article.id == article_id and passage.start <= getattr(span, "start", -1) < passage.end
