"""A question and its hits in, the question made ready to be compared with sentences out."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval import analysis, kinds
from retrieval.analysis import Token
from retrieval.models import Hit, Question, QuestionTerm, Sentence

LEAST_IDF = 0.3
"""No word of a question counts less than this share of an unknown one: in a small collection the names that it is all
about stand in nearly every passage, and idf alone would ignore them (seeds: .81 right at once without, .87 with)."""


@dataclass(frozen=True, slots=True)
class View:
    """A sentence as the features see it: its printed text, its words in order, and where each term stands."""

    text: str
    tokens: tuple[Token, ...]
    places: dict[str, tuple[int, ...]]
    words: frozenset[str]


@lru_cache(maxsize=20_000)
def view(text: str) -> View:
    """The view of a sentence, remembered: candidates come back question after question."""
    tokens = tuple(analysis.with_phrases(analysis.tokens(text)))
    places: dict[str, tuple[int, ...]] = {}
    for at, token in enumerate(tokens):
        places[token.term] = (*places.get(token.term, ()), at)
    return View(text, tokens, places, frozenset(token.word for token in tokens))


class Asked:
    """A question made ready to be compared with sentences.

    `weights` are its terms' shares of what it asks for, by idf. A question of light words only asks for more than it
    says: what is missing to one whole word counts as unknown. `attainable` is about the most that a passage can score.
    """

    def __init__(self, question: Question, hits: Sequence[Hit], idf: Callable[[str], float]) -> None:
        self.question = question
        self.terms = question.all_terms
        unknown = idf("")
        missing = unknown * max(0.0, 1 - sum(term.weight for term in self.terms))
        raw = {term.term: max(idf(term.term), LEAST_IDF * unknown) * term.weight for term in self.terms}
        self.weights = {term: weight / (sum(raw.values()) + missing) for term, weight in raw.items()}
        self.attainable = missing + sum(idf(term.term) * term.weight for term in self.terms if not term.dated)
        self.dated = frozenset(term.term for term in self.terms if term.dated)
        self.names = _names(self.terms, hits)
        self.foreign_name = any(term.name and not term.dated and idf(term.term) >= unknown for term in self.terms)
        self.words = {analysis.normalise(term.word): self.weights[term.term] for term in self.terms}
        self.pairs = tuple(pairwise(term.term for term in question.terms))
        self.speakers = _speakers(question)
        self.focus = _focus(question)
        self.counted = _counted(question)
        self.naming = kinds.is_naming(question.text)

    def held(self, sentence: Sentence) -> frozenset[str]:
        """The terms of the question that a sentence holds in so many words."""
        return frozenset(view(sentence.text).places.keys() & self.weights.keys())

    def coverage(self, held: Container[str], in_time: bool = False) -> float:
        """The weight of the terms that are held in so many words; of a date's, also when the time is right."""
        return sum(
            [weight for term, weight in self.weights.items() if term in held or (in_time and term in self.dated)]
        )

    def related(self, held: Container[str]) -> float:
        """The weight of the terms that are held only by a related term."""
        return sum(
            [
                self.weights[term.term] * max([share for other, share in term.related if other in held], default=0.0)
                for term in self.terms
                if term.related and term.term not in held
            ]
        )


def _names(terms: Sequence[QuestionTerm], hits: Sequence[Hit]) -> frozenset[str]:
    """The terms that are names, as far as capitals tell: in the question, or each time inside the hits' sentences."""
    named = {term.term for term in terms if term.name}
    unsure = {term.term for term in terms} - named
    capital: dict[str, bool] = {}
    for hit in hits if unsure else ():
        for sentence in hit.passage.sentences:
            own = view(sentence.text)
            for term in unsure & own.places.keys():
                starts = [own.tokens[at].start for at in own.places[term]]
                if inside := [own.text[start].isupper() for start in starts if start > 1]:
                    capital[term] = capital.get(term, True) and all(inside)
    return frozenset(named | {term for term, always in capital.items() if always})


def _speakers(question: Question) -> frozenset[str]:
    """The terms of whose words are asked for; none where anybody's are ("What was said on 11 March?")."""
    asked = frozenset(analysis.terms(kinds.speaker(question.text)))
    if question.kind != "statement" or asked:
        return asked
    others = [term for term in question.all_terms if not term.dated]
    return frozenset(term.term for term in others) if any(term.weight == 1 for term in others) else frozenset()


def _counted(question: Question) -> frozenset[str]:
    """The terms of what is to be counted, and what may stand for them; none where the question does not say."""
    if question.kind != "count":
        return frozenset()
    counted = frozenset(analysis.terms(kinds.counted(question.text))[:1])
    return _with_related(term for term in question.all_terms if term.term in counted)


def _focus(question: Question) -> frozenset[str]:
    """The terms that a phrase of the expected kind should stand near.

    What is counted, or what somebody is asked to have spoken of; else any term of the question.
    """
    counted = frozenset(analysis.terms(kinds.counted(question.text)))
    wanted = [term for term in question.all_terms if term.term in counted]
    if question.kind == "statement":
        speakers = _speakers(question)
        wanted = [term for term in question.terms if term.term not in speakers and term.weight == 1]
    return _with_related(wanted or question.all_terms)


def _with_related(terms: Iterable[QuestionTerm]) -> frozenset[str]:
    """The terms, and what may stand for them."""
    return frozenset(name for term in terms for name in (term.term, *(other for other, _ in term.related)))
