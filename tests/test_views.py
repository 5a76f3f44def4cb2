"""Views of how well a passage answers: each between 0 and 1, each by what it is about."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import analysis
from retrieval.asked import Asked
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, Hit, Passage, Question, QuestionTerm, Sentence, Span
from retrieval.questions import understand
from retrieval.views import VIEWS, passage_views, title_terms

NOWHERE = Span(0, 0)


def written(*sentences: str, name: str = "a", number: int = 0, heading: str = "") -> Passage:
    """A passage of these sentences."""
    found = tuple(Sentence(NOWHERE, text, tuple(analysis.terms(text))) for text in sentences)
    return Passage(name, number, NOWHERE, found, heading)


def seen(
    question: str | Question,
    *passages: Passage,
    scores: Sequence[float] = (),
    title: str = "",
    attainable: float | None = None,
) -> list[dict[str, float]]:
    """The views of some passages that an index gave these scores, or all the same; article `a` has the title."""
    articles = {
        one.article_id: Article(
            one.article_id, title if one.article_id == "a" else "", "stated", None, "unknown", "", "", ""
        )
        for one in passages
    }
    index = MemoryIndex(articles, passages)
    hits = [
        Hit(passage, score, rank)
        for rank, (passage, score) in enumerate(zip(passages, scores or [1.0] * len(passages), strict=True))
    ]
    asked = Asked(understand(question, index) if isinstance(question, str) else question, hits, index.idf)
    asked.attainable = asked.attainable if attainable is None else attainable
    return passage_views(asked, hits, articles)


def values(name: str, question: str | Question, *passages: Passage, **more: object) -> list[float]:
    """One view of some passages."""
    return [one[name] for one in seen(question, *passages, **more)]


def each(*texts: str) -> list[Passage]:
    """A passage of one sentence for each text, far apart in the same article."""
    return [written(text, number=10 * number) for number, text in enumerate(texts)]


def test_all_have_values():
    """Each passage has all views, in their order, and nothing else."""
    [found] = seen("mill", written("The mill."))
    assert VIEWS == tuple(found)


def test_share():
    """The share is the hit's score against the best one's."""
    assert [1.0, 0.25, 0.5] == values("share", "mill", *each("mill", "mill", "mill"), scores=(4.0, 1.0, 2.0))


def test_strength():
    """The strength is the hit's score against what can be attained, and never more than all."""
    assert [0.75, 1.0] == values("strength", "mill", *each("mill", "mill"), scores=(3.0, 9.0), attainable=4.0)
    assert [1.0] == values("strength", "mill", *each("mill"), attainable=0.0)


def test_order():
    """What the index put first counts most, and the next always less."""
    found = values("order", "mill", *each("mill", "mill", "mill"))
    assert sorted(found, reverse=True) == found
    assert 1.0 == found[0] > found[1] > found[2] > 0


def test_coverage():
    """Coverage is the weight of the terms that stand anywhere in the passage."""
    whole = written("The mill burned.", "Bergen wept.")
    all_of_it, part, none = values("coverage", "Did the mill in Bergen burn?", whole, *each("A mill.", "A boat."))
    assert pytest.approx(1.0) == all_of_it > part > none == 0


def test_repeats():
    """What is asked for counts more each time that it is said, though less and less."""
    never, once, twice, thrice = values("repeats", "mill", *each("boat", "mill", "mill mill", "mill, mill and mill"))
    assert 0 == never < once < twice < thrice < 1
    assert twice - once > thrice - twice


def test_exact():
    """A word in the very form that was typed counts."""
    typed, other = values("exact", "mills", *each("The mills.", "A mill."))
    assert pytest.approx(1.0) == typed > other == 0


def test_grams():
    """A word that begins like the one that was typed counts in part."""
    same, alike, other = values("grams", "millers", *each("The millers.", "A millstone.", "A boat."))
    assert pytest.approx(1.0) == same > alike > other == 0


def test_bigrams():
    """Neighbours in the question that are neighbours in a sentence count; over the end of a sentence they are none."""
    apart = written("Bring water.", "The mill stands.")
    near, over, none = values("bigrams", "water mill", *each("A water mill.")[:1], apart, written("A mill.", number=5))
    assert (1, 0, 0) == (near, over, none)


def test_title():
    """What the article's title and the subhead say of the question counts."""
    texts = written("It burned."), written("It burned.", number=5, heading="In Bergen"), written("It burned.", name="b")
    titled, headed, none = values("title", "Did the mill of Bergen burn?", *texts, title="Mills")
    assert 1 > headed > titled > none == 0
    assert {"mill", "bergen"} == title_terms("Mills", "In Bergen")


def test_best_sentence():
    """What one sentence says by itself counts, not what two say together."""
    together, apart = values(
        "best_sentence",
        "Did the mill in Bergen burn?",
        written("The mill in Bergen burned.", "Oh."),
        written("The mill burned.", "Bergen wept.", number=5),
    )
    assert pytest.approx(1.0) == together > apart > 0


def test_related():
    """What the passage says in other words counts, unless it says it in the question's, too."""
    terms = (QuestionTerm("ship", "ship", related=(("boat", 0.5),)), QuestionTerm("burn", "burned"))
    texts = each("A boat.", "A boat, a ship.", "It burned.")
    other, both, none = values("related", Question("Which ship burned?", terms), *texts)
    assert other > both == none == 0


def test_neighbours():
    """The better of the passages beside it counts, in the same article only."""
    texts = [written("mill", number=number) for number in (0, 1, 2, 5)] + [written("mill", name="b", number=6)]
    found = values("neighbours", "mill", *texts, scores=(4.0, 1.0, 2.0, 3.0, 1.0))
    assert [0.25, 1.0, 0.25, 0.0, 0.0] == found


def test_article():
    """The more of the hits are of its article, the more it counts."""
    assert [0.75, 0.75, 0.75, 0.25] == values(
        "article", "mill", *each("mill", "mill", "mill"), written("mill", name="b")
    )


def test_no_hits():
    """Without hits there is nothing to see."""
    assert [] == seen("mill")


def test_nothing_asked():
    """A question without terms divides nothing by zero."""
    [found] = seen("?", written("A mill."), scores=[0.0])
    assert (0, 0, 0) == (found["share"], found["coverage"], found["grams"])


_word = st.sampled_from(
    ["Olga", "said", "the", "mill", "Mills", "of", "“Bergen", "burned”", "5%", "2025", "boat", "\u202eİß"]
)
_text = st.lists(_word, max_size=8).map(" ".join) | st.text(max_size=12)
_places = st.tuples(st.sampled_from("ab"), st.integers(0, 3))


@settings(max_examples=25, deadline=None)
@given(_text, st.dictionaries(_places, st.lists(_text, min_size=1, max_size=3), min_size=1, max_size=4), _text)
def test_between_0_and_1(question, texts, title):
    """For any texts every view lies between 0 and 1."""
    passages = [written(*found, name=name, number=number) for (name, number), found in texts.items()]
    for one in seen(question, *passages, scores=[3.0, 2.0, 0.5, 0.0][: len(passages)], title=title):
        assert {name: value for name, value in one.items() if not -1e-9 <= value <= 1 + 1e-9} == {}
