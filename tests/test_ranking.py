"""Hits in, passages and their sentences out in the order that the weights make."""

import pytest

from retrieval.index.memory import MemoryIndex
from retrieval.models import Hit
from retrieval.questions import understand
from retrieval.ranking import KEPT, Ranking, rank, terms_of, weighted
from retrieval.weights import Weights
from tests.corpora import NO_WEIGHTS, articles_of, ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."
BOAT = "The boat from Tarn sank in the river."


def passages(ranking: Ranking) -> list[str]:
    return [one.hit.passage.article_id for one in ranking.passages]


def sentences(ranking: Ranking) -> list[str]:
    return [one.candidate.sentence.text for one in ranking.sentences]


def test_weighted():
    """A score is the sum of all that has a weight, each times it."""
    assert 2.5 == weighted({"a": 2.0, "b": -1.0, "c": 9.0}, {"a": 1.5, "b": 0.5, "d": 7.0})
    assert 0 == weighted({}, {"a": 1.0})


def test_scores():
    """Passages and sentences score the weighted sum of what was seen of them."""
    weights = Weights({"share": 2.0, "coverage": 3.0}, {"coverage": 4.0, "new_terms": -1.0}, {})
    ranking = ranking_of("Did the mill of Bergen burn?", MILL, "A mill.", weights=weights)
    for one in ranking.passages:
        assert pytest.approx(2 * one.views["share"] + 3 * one.views["coverage"]) == one.score
    for one in ranking.sentences:
        assert pytest.approx(4 * one.features["coverage"] - one.features["new_terms"]) == one.score
    assert 2 == ranking.articles


def test_passages_are_rescored():
    """The weights of the views decide which passage comes first, not the index."""
    texts = ("The mill.", "The mill of the mill, the old mill. It is of wood. It was a mill.")
    for sign in (1.0, -1.0):
        ranking = ranking_of("mill", *texts, weights=Weights({"repeats": sign}, {}, {}))
        assert ("1.txt" if sign > 0 else "0.txt") == passages(ranking)[0]


def test_sentences_are_compared_over_all_passages():
    """The best sentence comes first, whichever passage it stands in."""
    ranking = ranking_of("mill of Bergen", f"{BOAT} {MILL}", "A mill.", weights=Weights({}, {"coverage": 1.0}, {}))
    assert [MILL, "A mill.", BOAT] == sentences(ranking)


def test_passage_counts_for_its_sentences():
    """A sentence of a better passage comes before the like of a worse one."""
    texts = ("The mill. It rains.", "The mill. A mill burned.")
    weights = Weights({"repeats": 5.0}, {"passage": 1.0}, {})
    assert {"A mill burned.", "The mill."} == set(sentences(ranking_of("mill", *texts, weights=weights))[:2])


def test_order_of_equals():
    """Passages and sentences with the same score keep the order of the hits."""
    served, split = articles_of(MILL, MILL.replace("old", "new"))
    index = MemoryIndex(served, split)
    question = understand("mill", index)
    hits = index.search({"mill": 1.0}, 12)
    for order in (hits, [Hit(hit.passage, hit.score, hit.rank) for hit in reversed(hits)]):
        ranking = rank(question, order, served, index.idf, NO_WEIGHTS)
        expected = [hit.passage.article_id for hit in order]
        assert expected == passages(ranking)
        assert expected == [one.candidate.context.article.id for one in ranking.sentences]


def test_kept():
    """The sentences of the best passages only are compared, but all passages are there to see."""
    ranking = ranking_of("mill", *[f"The mill of {number} people." for number in range(KEPT + 5)])
    assert (KEPT + 5, KEPT) == (len(ranking.passages), len(ranking.sentences))
    assert passages(ranking)[:KEPT] == [one.candidate.context.article.id for one in ranking.sentences]


def test_passages_of_other_days_keep_no_place():
    """A passage without a sentence of the days asked about takes no place from one that has one."""
    later = [f"---\ndate: 2025-05-0{day}\n---\nThe mill of Bergen burned again." for day in range(1, 10)]
    right = "---\ndate: 2025-03-05\n---\nA mill was sold, they say."
    ranking = ranking_of("Which mill of Bergen burned in March 2025?", *later, right)
    assert len(later) >= KEPT
    assert ["A mill was sold, they say."] == sentences(ranking)


def test_all_where_a_position_is_asked():
    """Who asks for a position gets all passages compared: a contrary one says little else of what is asked."""
    texts = [f"The bridge of Tarn, number {number}." for number in range(KEPT + 5)]
    assert KEPT + 5 == len(ranking_of("Will Tarn accept the bridge?", *texts).sentences)
    assert KEPT == len(ranking_of("Where is the bridge of Tarn?", *texts).sentences)


SPREAD = [f"The bridge of Tarn{', a bridge' * (number % 3)}, number {number}." for number in range(KEPT)]


def test_far_behind():
    """What scores more than 6 less than the first passage is not compared; what scores a little more than that is."""
    found = ranking_of("Where is the bridge of Tarn?", *SPREAD, weights=Weights({"repeats": 1.0}, {}, {})).passages
    assert 3 == len({one.score for one in found})
    for behind, kept in ((found[-1], KEPT), (found[2], 4)):
        gap = found[0].score - behind.score
        for least, expected in ((5.99, kept), (6.01, kept - 2)):
            weights = Weights({"repeats": least / gap}, {}, {})
            ranking = ranking_of("Where is the bridge of Tarn?", *SPREAD, weights=weights)
            assert passages(ranking)[:expected] == [one.candidate.context.article.id for one in ranking.sentences]


def test_far_behind_where_a_position_is_asked():
    """Who asks for a position gets the passages far behind compared too."""
    weights = Weights({"repeats": 400.0}, {}, {})
    ranking = ranking_of("Will Tarn accept the bridge?", *SPREAD, weights=weights)
    assert ranking.passages[-1].score < ranking.passages[0].score - 6
    assert {*passages(ranking)} == {one.candidate.context.article.id for one in ranking.sentences}


def test_far_behind_a_passage_of_other_days():
    """A passage without a sentence of the days asked about leaves none behind."""
    later = "---\ndate: 2025-05-01\n---\nThe mill of Bergen burned again."
    right = ["A mill was sold, they say.", "A mill was bought, they say."]
    texts = (later, *(f"---\ndate: 2025-03-05\n---\n{text}" for text in right))
    weights = Weights({"coverage": 100.0}, {}, {})
    ranking = ranking_of("Which mill of Bergen burned in March 2025?", *texts, weights=weights)
    assert ranking.passages[1].score < ranking.passages[0].score - 6
    assert right == sentences(ranking)


def test_no_hits():
    """Without hits there is nothing to rank."""
    ranking = ranking_of("When did the mill burn?", BOAT)
    assert ((), (), 1) == (ranking.passages, ranking.sentences, ranking.articles)


def test_terms():
    """A sentence is known by its index terms."""
    [one] = ranking_of("mill", "The mill of Bergen burned.").sentences
    assert {"mill", "bergen", "burn"} == one.terms == terms_of(one.candidate.sentence)
