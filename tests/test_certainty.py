"""How sure an answer is: a probability, by what speaks for it and against."""

import math

import pytest

from retrieval import weights as files
from retrieval.certainty import SIGNS, certainty, signs
from retrieval.features import FEATURES
from retrieval.models import Question, QuestionTerm
from retrieval.ranking import Ranking
from retrieval.views import VIEWS
from retrieval.weights import Weights
from tests.corpora import ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."
BURNED = "When did the old mill of Bergen burn down?"


STREAM = Question("Which stream is it?", (QuestionTerm("stream", "stream", related=(("river", 0.5),)),))


def sure(ranking: Ranking, **weights: float) -> float:
    """How sure the best sentence is, by these weights of signs."""
    return certainty(ranking.sentences[0], ranking, Weights({}, {}, {"bias": 0.0} | weights))


def seen(question: str | Question, *texts: str) -> dict[str, float]:
    """The signs of the first sentence of the first article."""
    ranking = ranking_of(
        question, *texts, weights=Weights({"share": 5.0}, {"coverage": 1.0, "related": 1.0, "passage": 1.0}, {})
    )
    return signs(next(one for one in ranking.sentences if one.candidate.context.article.id == "0.txt"), ranking)


def test_a_logistic_model():
    """Signs and bias add up to the logit."""
    ranking = ranking_of(BURNED, MILL)
    assert 0.5 == sure(ranking)
    assert pytest.approx(1 / (1 + math.exp(-1.0))) == sure(ranking, bias=1.0)
    assert pytest.approx(1 / (1 + math.exp(-2.0 * signs(ranking.sentences[0], ranking)["exact"]))) == sure(
        ranking, exact=2.0
    )


@pytest.mark.parametrize("name", SIGNS)
def test_each_sign_counts(name):
    """Each sign is a feature of the sentence, a view of its passage, how far the hits agree, or of the question."""
    ranking = ranking_of(BURNED, f"A mill\n\nIt burned. {MILL}", "The farm of Tarn burned down, too.")
    one = ranking.sentences[0]
    values = signs(one, ranking)
    if name in FEATURES:
        assert one.features[name] == values[name]
    elif name.startswith("passage_"):
        views = next(two.views for two in ranking.passages if two.hit is one.candidate.context.hit)
        assert views[name.removeprefix("passage_")] == values[name]
    assert SIGNS == tuple(values)
    more, less = sure(ranking, **{name: 1.0}), sure(ranking, **{name: -1.0})
    assert (values[name] > 0) is (more > 0.5 > less)
    assert pytest.approx(1.0) == more + less


def test_signs_have_names():
    """No sign is named that is neither a feature, nor a view of the passage, nor one of the two others."""
    known = {*FEATURES, *(f"passage_{name}" for name in VIEWS), "agreement", "only_time"}
    assert set(SIGNS) <= known
    assert len(SIGNS) == len(set(SIGNS))


@pytest.mark.parametrize(
    ("name", "question", "other"),
    [
        ("coverage", BURNED, "When did the old barn of Bergen burn down?"),
        ("flat_coverage", BURNED, "When did the old barn of Bergen burn down?"),
        ("exact", "Who burned the mill?", "Who burns mills?"),
        ("related", STREAM, "Which river is it?"),
        ("proximity", "Did the old mill burn?", "Did the mill on Tuesday burn?"),
        ("in_title", "Which fire was at the mill?", "Which was at the mill?"),
        ("lacks_figure", "How many mills burned?", "Which mills burned?"),
        ("lacks_role", "Who is the mayor of Bergen?", "Which mill is in Bergen?"),
        ("unspoken", "What did Karl say about the mill?", "Who is at the mill?"),
        ("foreign_name", "Did Karl Weiss burn the mill?", "Did lightning burn the mill?"),
        ("passage_coverage", "Did the mill of Bergen rain?", "Did the mill of Tarn snow?"),
        ("passage_strength", "Did the mill of Bergen burn?", "Did the mill of Karl Weiss the farmer burn?"),
        ("passage_exact", "Who burned the mill?", "Who burns mills?"),
        ("passage_repeats", "Which mill is it?", "Which river is it?"),
        ("passage_bigrams", "Which old mill?", "Which mill is old?"),
        ("passage_title", "Which fire was at the mill?", "Which was at the mill?"),
    ],
)
def test_raised(name, question, other):
    """What is asked so raises the sign; asked otherwise of the same articles it is lower."""
    text = f"---\ntitle: Fire\n---\n{MILL} A river is near that mill."
    assert (
        seen(question, text, "The bridge of Oslo opened.")[name] > seen(other, text, "The bridge of Oslo opened.")[name]
    )


MANY = [f"The bridge of city {number} opened on a rainy Monday." for number in range(20)]


def test_agreement():
    """Hits of one article agree; the more they are strewn over many, the less, and below a half they speak against."""
    one = seen(BURNED, MILL, *MANY)["agreement"]
    two = seen(BURNED, MILL, MILL.replace("Tuesday", "Friday"), *MANY)["agreement"]
    strewn = seen("Which bridge opened on Monday?", MANY[0], *MANY[1:])["agreement"]
    assert one > two > strewn
    assert one > 0 > strewn


def test_agreement_of_weights():
    """A hit that scores far less than the best hardly speaks against it."""
    texts = (MILL, "A mill stands in the town of Tarn, which lies at the sea.", *MANY)
    close, far = (
        signs(ranking.sentences[0], ranking)["agreement"]
        for weight in (0.0, 20.0)
        for ranking in [
            ranking_of("mill of Bergen", *texts, weights=Weights({"coverage": weight}, {"coverage": 1.0}, {}))
        ]
    )
    assert far > close


def test_agreement_of_few():
    """Among five articles or fewer, agreement comes about by chance and tells nothing; the more there are, the more."""
    few, more, many = (seen(BURNED, MILL, *MANY[:number])["agreement"] for number in (4, 8, 20))
    assert 0 == few < more < many


def test_less_known_is_less_sure():
    """By the weights that come along, the less the articles know of a question the less sure they are."""
    questions = (BURNED, "When did the old mill of Tarn burn down?", "When did the harbour of Tarn close?")
    found = []
    for question in questions:
        ranking = ranking_of(question, MILL, *MANY, weights=files.load())
        found += [certainty(ranking.sentences[0], ranking, files.load()) if ranking.sentences else 0.0]
    assert sorted(found, reverse=True) == found
    assert found[0] > found[1] > found[2]
