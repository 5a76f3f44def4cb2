"""A question in, the same made ready to be compared with sentences out."""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import chain, pairwise

from retrieval import analysis, kinds
from retrieval.aliases import offices_of
from retrieval.models import Hit, Question, QuestionTerm
from retrieval.multilingual import tokens
from retrieval.roles import role_asked
from retrieval.sentences import View, framed, grams_of, view

_BESIDE = 3
LEAST_IDF = 0.3
"""No word of a question counts less than this share of an unknown one: in a small collection the names that it is all
about stand in nearly every passage, and idf alone would ignore them (seeds: .81 right at once without, .87 with)."""


class Asked:
    """A question made ready to be compared with sentences.

    `weights` are its terms' shares of what it asks for, by idf. A question of light words only asks for more than it
    says: what is missing to one whole word counts as unknown. `attainable` is about the most that a passage can score.
    """

    def __init__(self, question: Question, hits: Sequence[Hit], idf: Callable[[str], float]) -> None:
        self.question = question
        self._hits = hits
        self.terms = question.all_terms
        idf = cache(idf)
        unknown = idf("")
        missing = unknown * max(0.0, 1 - sum(term.weight for term in self.terms))
        raw = {term.term: max(idf(term.term), LEAST_IDF * unknown) * term.weight for term in self.terms}
        self.weights = {term: weight / (sum(raw.values()) + missing) for term, weight in raw.items()}
        self.attainable = missing + sum(idf(term.term) * term.weight for term in self.terms if not term.dated)
        self.only_time = (question.latest or question.dates is not None) and all(term.dated for term in self.terms)
        self.dated = frozenset(term.term for term in self.terms if term.dated)
        self.foreign_name = any(term.name and not term.dated and idf(term.term) >= unknown for term in self.terms)
        words = {term.term: _typed(term, question.language) for term in self.terms}
        self._typed = {term: framed(word) for term, word in words.items() if word}
        self._pairs = _weighted_pairs([term.term for term in question.terms], self.weights)
        self._grams = _weighted_grams(words, self.weights)
        self._related = [(term.term, dict(term.related)) for term in self.terms if term.related]
        self._own = frozenset(self.weights)
        self._sought = self._own.union(*(shares for _, shares in self._related))
        self.speakers = _speakers(question)
        self.counted = _counted(question)
        self.words_asked = kinds.asks_words(question.text)
        self.naming = kinds.is_naming(question.text)
        self.role = role_asked(question.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """The terms that are names, as far as capitals tell: in the question, or each time inside a hit's sentences."""
        return _names(self.terms, self._hits)

    @cached_property
    def offices(self) -> frozenset[frozenset[str]]:
        """The terms of each office that the hits say the speaker holds, who may be called by it."""
        if not self.speakers:
            return frozenset()
        sentences = (sentence for hit in self._hits for sentence in hit.passage.sentences)
        views = (view(sentence.text, sentence.language) for sentence in sentences)
        saying = (own.text for own in views if not self.speakers.isdisjoint(own.known))
        return frozenset(chain.from_iterable(offices_of(self.speakers, text) for text in saying))

    @cached_property
    def focus(self) -> frozenset[str]:
        """The terms that a figure should stand near: what is counted, else any term of the question."""
        return _focus(self.question)

    def sought(self, own: View) -> list[str]:
        """The terms of the question in a sentence, and what may stand for them, each as often as it is said."""
        return list(filter(self._sought.__contains__, own.terms))

    def held(self, sought: Iterable[str]) -> frozenset[str]:
        """Those that are terms of the question itself."""
        return self._own.intersection(sought)

    def coverage(self, held: Iterable[str]) -> float:
        """The weight of some of the question's own terms."""
        return math.fsum(map(self.weights.__getitem__, held))

    def exact(self, letters: str, held: Container[str], dated: Container[str] = ()) -> float:
        """The weight of the terms that are held, or dated, and whose words are held as typed.

        Of a misspelt word nothing is as typed, so that its term is enough; so it is for the words of a date on the
        right day.
        """
        typed = self._typed
        return sum(
            [
                weight
                for term, weight in self.weights.items()
                if (term in held and (term not in typed or typed[term] in letters)) or term in dated
            ]
        )

    def pairs(self, own: View, held: Container[str]) -> list[tuple[str, str]]:
        """The question's neighbouring terms that are neighbours in a sentence too, or have one other between them."""
        terms = own.terms
        return [
            (one, other)
            for one, other in self._pairs
            if one in held
            and other in held
            and any(other in terms[at + 1 : at + _BESIDE] for at, term in enumerate(terms) if term == one)
        ]

    def bigrams(self, pairs: Container[tuple[str, str]]) -> float:
        """The share of the question's neighbouring terms that are held as neighbours too, by weight."""
        return sum([weight for pair, weight in self._pairs.items() if pair in pairs])

    def grams(self, letters: Sequence[str]) -> list[float]:
        """The share of the question's runs of four letters that are in the letters of each of some sentences.

        A run weighs the more the fewer of them hold it, so that what sets them apart decides.
        """
        held = [[gram for gram in self._grams if gram in one] for one in letters]
        counts = Counter(chain.from_iterable(held))
        weights = {gram: share * math.log(1 + len(held) / max(1, counts[gram])) for gram, share in self._grams.items()}
        whole = sum(weights.values()) or 1.0
        return [sum([weights[gram] for gram in grams]) / whole for grams in held]

    def related(self, sought: Iterable[str]) -> float:
        """The weight of the terms that are held only by a related term."""
        held = set(sought)
        return sum(
            [
                self.weights[term] * max([shares[other] for other in shares.keys() & held])
                for term, shares in self._related
                if term not in held and not shares.keys().isdisjoint(held)
            ]
        )


def _weighted_pairs(terms: Sequence[str], weights: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Neighbouring terms, each pair with the share of the lighter one among all."""
    lighter = {(left, right): min(weights[left], weights[right]) for left, right in pairwise(terms)}
    whole = sum(lighter.values()) or 1.0
    return {pair: weight / whole for pair, weight in lighter.items()}


def _typed(term: QuestionTerm, language: str) -> str:
    """The word of a term as it was typed; empty where that was read as another, or is several."""
    return next((token.word for token in tokens(term.word, language) if token.term == term.term), "")


def _weighted_grams(words: Mapping[str, str], weights: Mapping[str, float]) -> dict[str, float]:
    """The runs of four letters of terms as typed; the weight of each term is shared out among its own."""
    shares: dict[str, float] = {}
    for term, word in words.items():
        grams = grams_of(word or term)
        for gram in grams:
            shares[gram] = shares.get(gram, 0.0) + weights[term] / len(grams)
    return shares


def _names(terms: Sequence[QuestionTerm], hits: Sequence[Hit]) -> frozenset[str]:
    """The terms that are names, as far as capitals tell: in the question, or each time inside a hit's sentences."""
    named = {term.term for term in terms if term.name}
    unsure = {term.term for term in terms} - named
    capital: dict[str, bool] = {}
    for hit in hits if unsure else ():
        for sentence in hit.passage.sentences:
            own = view(sentence.text, sentence.language)
            for term in unsure.intersection(own.terms):
                if inside := own.capitals(term):
                    capital[term] = capital.get(term, True) and all(inside)
    return frozenset(named | {term for term, always in capital.items() if always})


def _speakers(question: Question) -> frozenset[str]:
    """The terms of whose words are asked for; of whom the turn before named, where this one only has a pronoun.

    None where anybody's are ("What was said on 11 March?").
    """
    said = asked = frozenset(analysis.terms(kinds.speaker(question.text)))
    for typed, term in question.corrections:
        wrong = frozenset(analysis.terms(typed))
        if wrong and said and (wrong <= said or said <= wrong):
            asked = asked - wrong | {term}
    named = frozenset(term.term for term in question.carried if term.name)
    return asked or named if question.kind == "statement" else asked


def _counted(question: Question) -> frozenset[str]:
    """The terms of what is to be counted, and what may stand for them; none where the question does not say."""
    if question.kind != "count":
        return frozenset()
    terms = analysis.terms(kinds.counted(question.text))
    counted = terms[1:2] if len(terms) > 1 and analysis.is_nationality(terms[0]) else terms[:1]
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
