"""Why an answer is what it is: what each view, feature and sign added."""

import math

import pytest

from retrieval.answers import answer
from retrieval.explanations import Explanation, Shares
from retrieval.models import Answer, Question
from retrieval.weights import Weights
from tests.corpora import engine_over, ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."
BURNED = "When did the old mill of Bergen burn down?"
WEIGHTS = Weights(
    {"coverage": 3.0, "share": 1.0, "repeats": -2.0},
    {"coverage": 2.0, "exact": 4.0, "new_terms": -1.5, "newest": 9.0},
    {"bias": -3.0, "coverage": 4.0, "passage_exact": 2.0, "near_before": 5.0},
)


def explained(question: str, *texts: str, threshold: float = 0.5) -> Explanation:
    ranking = ranking_of(question, *texts, weights=WEIGHTS)
    return Explanation(answer(ranking.asked.question, ranking, WEIGHTS, threshold), ranking, WEIGHTS, threshold)


def is_sorted(shares: Shares) -> bool:
    sizes = [abs(share) for _, share in shares]
    return sorted(sizes, reverse=True) == sizes


def test_views_add_up():
    """What the views add makes up a passage's score, the most first."""
    explanation = explained(BURNED, MILL, "A mill of wood.")
    assert explanation.ranking is not None
    for passage in explanation.ranking.passages:
        shares = explanation.views(passage)
        assert pytest.approx(passage.score, abs=0.02) == sum(share for _, share in shares)
        assert is_sorted(shares)
        assert {name for name, _ in shares} <= WEIGHTS.passages.keys()


def test_features_add_up():
    """What the features add makes up a sentence's score, the most first; what adds nothing is not named."""
    explanation = explained(BURNED, f"{MILL} Nobody was hurt.", "A mill of wood.")
    assert explanation.ranking is not None
    for sentence in explanation.ranking.sentences:
        shares = explanation.features(sentence)
        assert pytest.approx(sentence.score, abs=0.02) == sum(share for _, share in shares)
        assert is_sorted(shares)
        assert "newest" not in dict(shares)
        assert 0 not in dict(shares).values()


def test_signs_add_up():
    """What the signs add makes up the logit of the confidence, the bias among them."""
    explanation = explained(BURNED, MILL)
    logit = sum(share for _, share in explanation.signs)
    assert pytest.approx(explanation.answer.confidence, abs=0.01) == 1 / (1 + math.exp(-logit))
    assert -3.0 == dict(explanation.signs)["bias"]
    assert is_sorted(explanation.signs)


def test_nothing_found():
    """Where nothing was found no sign spoke, nor where nothing was looked for."""
    assert () == explained("Who won?", MILL).signs
    assert () == Explanation(Answer(Question("Hi"), "smalltalk"), None, WEIGHTS, 0.5).signs


async def test_engine_explains(tmp_path):
    """An engine's explanation is of the very answer that it gives, by its own weights and threshold."""
    async with engine_over(tmp_path, {"mill.txt": MILL}) as engine:
        explanation = engine.explain(BURNED)
        assert await engine.ask(BURNED) == explanation.answer
        assert explanation.ranking is not None
        assert MILL == explanation.ranking.sentences[0].candidate.sentence.text
        assert explanation.views(explanation.ranking.passages[0])
        assert explanation.features(explanation.ranking.sentences[0])
        logit = sum(share for _, share in explanation.signs)
        assert pytest.approx(explanation.answer.confidence, abs=0.03) == 1 / (1 + math.exp(-logit))
        assert None is engine.explain("Hello").ranking
