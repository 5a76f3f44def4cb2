"""The index in memory: rank-bm25's ranking, without its pitfalls."""

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.index.base import Index
from retrieval.index.memory import LuceneBM25, MemoryIndex, lucene_idf
from retrieval.models import Article, DateRange, Passage, Sentence, Span

ORIGIN = Span(0, 0)


def article(name: str, title: str = "", date: dt.date | None = None) -> Article:
    return Article(name, title, "stated", date, "stated" if date else "unknown", "", "", "")


def passages(*texts: str, name: str = "a", heading: str = "") -> list[Passage]:
    """A passage of `name` for each text, its words being its terms."""
    return [
        Passage(name, number, ORIGIN, (Sentence(ORIGIN, "", tuple(text.split())),), heading)
        for number, text in enumerate(texts)
    ]


def index(*texts: str, title: str = "", heading: str = "", k1: float = 0.6, b: float = 0.75) -> MemoryIndex:
    return MemoryIndex({"a": article("a", title)}, passages(*texts, heading=heading), k1, b)


def found(searched: Index, terms: dict[str, float], limit: int = 10, dates: DateRange | None = None) -> list[int]:
    """Numbers of the passages that a search gives, best first."""
    return [hit.passage.number for hit in searched.search(terms, limit, dates)]


def test_empty():
    """An index of nothing finds nothing, knows nothing, and has an idf for every term all the same."""
    empty = MemoryIndex({}, ())
    assert (0, [], []) == (empty.size, empty.search({"a": 1.0}, 5), empty.search({}, 5))
    assert {"a": 0} == empty.counts(["a"])
    assert [] == empty.similar("a")
    assert math.log(2) == empty.idf("a")


def test_passages_without_terms():
    """Passages of nothing but function words are no hits, and divide nothing by zero."""
    assert [] == found(index("", ""), {"a": 1.0})


def test_one_passage():
    """The one passage there is has a positive score, although every term is in all passages."""
    [hit] = index("mill river").search({"mill": 1.0}, 5)
    assert hit.score > 0
    assert 0 == hit.rank


@pytest.mark.parametrize("holding", [1, 2, 3, 4])
def test_common_terms_count(holding):
    """A term in half of the passages or more still finds each that holds it, and no other."""
    searched = index(*["mill"] * holding, *["river"] * (4 - holding))
    hits = searched.search({"mill": 1.0}, 10)
    assert list(range(holding)) == [hit.passage.number for hit in hits]
    assert all(hit.score > 0 for hit in hits)


@settings(deadline=None)
@given(st.integers(0, 1000).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))))
def test_idf_is_lucenes(counts):
    """Idf is log(1 + (N - n + 0.5) / (n + 0.5)): positive, and the smaller the more passages hold the term."""
    size, holding = counts
    assert math.log(1 + (size - holding + 0.5) / (holding + 0.5)) == lucene_idf(size, holding) > 0
    assert lucene_idf(size, holding) > lucene_idf(size + 1, holding + 1) or size == holding


def test_one_idf():
    """What the index tells of a term's rarity is what it ranks by; an unknown term is the rarest."""
    texts = ("mill river", "mill", "boat")
    searched, ranker = index(*texts), LuceneBM25([text.split() for text in texts])
    assert {term: searched.idf(term) for term in ("mill", "river", "boat")} == ranker.idf
    assert searched.idf("unknown") == searched.idf("") == lucene_idf(3, 0) > searched.idf("river")


def test_formula():
    """A score is the weighted sum of idf * f (k1 + 1) / (f + k1 (1 - b + b * length / average length))."""
    k1, b = 1.2, 0.5
    searched = index("mill mill river", "river", "boat", k1=k1, b=b)

    def part(term: str, count: int, length: int) -> float:
        return searched.idf(term) * count * (k1 + 1) / (count + k1 * (1 - b + b * length / (5 / 3)))

    [first, second] = searched.search({"mill": 1.0, "river": 0.5}, 10)
    assert pytest.approx(part("mill", 2, 3) + 0.5 * part("river", 1, 3)) == first.score
    assert pytest.approx(0.5 * part("river", 1, 1)) == second.score


@pytest.mark.parametrize(("k1", "b"), [(0.0, 0.75), (0.6, 1.0), (0.0, 1.0), (0.6, 0.0), (10.0, 1.0)])
def test_extreme_settings(k1, b):
    """With any k1 and b that may be set, one of the terms makes a passage a hit, and all scores are finite."""
    hits = index("mill", "river", "mill river", "", k1=k1, b=b).search({"mill": 1.0, "river": 1.0}, 10)
    assert {0, 1, 2} == {hit.passage.number for hit in hits}
    assert 2 == hits[0].passage.number
    assert all(math.isfinite(hit.score) for hit in hits)


def test_searches_are_apart():
    """What a search found is what it finds again, whatever was searched for in between, and within other days."""
    searched = index("mill river", "mill", "boat river")
    both = {"mill": 1.0, "river": 0.5}
    first = searched.search(both, 10)
    searched.search({"mill": 9.0, "boat": 1.0}, 10)
    assert [] == searched.search(both, 10, DateRange(dt.date(2025, 1, 1), dt.date(2025, 1, 2)))
    assert first == searched.search(both, 10)


def test_ties_keep_order():
    """Passages with the same score come in their own order, however many are asked for."""
    searched = index(*["mill"] * 20)
    assert list(range(20)) == found(searched, {"mill": 1.0}, 20)
    assert [0, 1, 2] == found(searched, {"mill": 1.0}, 3)


def test_ranks_and_order():
    """Ranks count from 0, scores fall, a missing term is no reason to be left out."""
    hits = index("boat", "mill boat", "mill river boat").search({"mill": 1.0, "river": 1.0, "unknown": 1.0}, 10)
    assert [(2, 0), (1, 1)] == [(hit.passage.number, hit.rank) for hit in hits]
    assert hits[0].score > hits[1].score


def test_weights():
    """A term counts by its weight; one without weight finds nothing."""
    searched = index("mill", "river")
    assert [1, 0] == found(searched, {"mill": 0.5, "river": 1.0})
    assert [1] == found(searched, {"mill": 0.0, "river": 1.0})


def test_share():
    """What scores less than a share of the best one of the same days is left out; what scores as much is not."""
    articles = {name: article(name, date=dt.date(2025, 3, day)) for day, name in enumerate("ab", 1)}
    texts = ("mill river boat", "mill river", "mill", "river", "boat")
    searched = MemoryIndex(articles, [*passages(*texts, name="a"), *passages("mill", "mill farm " * 5, name="b")])
    terms = {"mill": 1.0, "river": 2.0, "boat": 3.0}
    for dates in (
        None,
        DateRange(dt.date(2025, 3, 1), dt.date(2025, 3, 1)),
        DateRange(dt.date(2025, 3, 2), dt.date.max),
    ):
        every = searched.search(terms, 10, dates)
        for share in (0.0, *(hit.score / every[0].score for hit in every)):
            expected = [hit for hit in every if hit.score >= share * every[0].score]
            assert expected == searched.search(terms, 10, dates, share)
        assert [every[0]] == searched.search(terms, 10, dates, 1.0)
        assert every[:2] == searched.search(terms, 2, dates, 0.01)
    assert [] == searched.search({"unheardof": 1.0}, 10, share=0.5) == searched.search({}, 10, share=0.5)


def test_title_and_heading_are_searched():
    """A passage is found by its article's title and by the subhead above it."""
    searched = index("river", "boat", title="The Mills of Bergen", heading="Forty workers")
    assert [0, 1] == found(searched, {"mill": 1.0}) == found(searched, {"worker": 1.0})


def test_dates():
    """With a date range only passages of articles dated within are hits; both of its ends count, no date never does."""
    days = [dt.date(2025, 3, day) for day in (1, 2, 3)]
    articles = {name: article(name, date=day) for name, day in zip("abc", days, strict=True)} | {"d": article("d")}
    searched = MemoryIndex(articles, [passage for name in "abcd" for passage in passages("mill", name=name)])
    hits = searched.search({"mill": 1.0}, 10, DateRange(days[0], days[1]))
    assert ["a", "b"] == [hit.passage.article_id for hit in hits]
    assert [] == searched.search({"mill": 1.0}, 10, DateRange(dt.date(2024, 1, 1), dt.date(2024, 12, 31)))


def test_no_terms():
    """Without any terms there is no hit."""
    assert [] == found(index("mill", "river", "boat"), {}, 2)


def test_openings():
    """Of some days come the first passages of the articles dated within, then the second, up to a limit."""
    day = dt.date(2025, 3, 1)
    articles = {"a": article("a", date=day), "b": article("b", date=day), "c": article("c")}
    searched = MemoryIndex(articles, [one for name in "abc" for one in passages("mill", "river", name=name)])
    hits = searched.openings(3, DateRange(day, day))
    assert [("a", 0), ("b", 0), ("a", 1)] == [(hit.passage.article_id, hit.passage.number) for hit in hits]
    assert [0, 1, 2] == [hit.rank for hit in hits]
    assert [] == searched.openings(3, DateRange(dt.date(2024, 1, 1), dt.date(2024, 12, 31)))


def test_contains_and_similar():
    """The index knows its terms, and for an unknown one those of the same first letter and about its length."""
    searched = index("mill mills mile meadows river a m")
    assert {"mill": 1, "mil": 0} == searched.counts(["mill", "mil"])
    assert {"mill", "mile", "mills", "m"} == set(searched.similar("mil"))
    assert [] == searched.similar("")
    assert [] == searched.similar("zzz")


_words = st.text("abc", min_size=1, max_size=2)


@settings(deadline=None)
@given(
    st.lists(st.lists(_words, max_size=6), max_size=8),
    st.dictionaries(_words, st.floats(0.01, 1.0), max_size=4),
    st.floats(0, 10),
    st.floats(0, 1),
)
def test_every_holder_is_found(texts, terms, k1, b):
    """For any corpus, terms and settings: exactly the passages that hold a term are found, best first."""
    searched = index(*map(" ".join, texts), k1=k1, b=b)
    hits = searched.search(terms, 100)
    wanted = {at for at, text in enumerate(texts) if terms.keys() & set(text)}
    assert wanted == {hit.passage.number for hit in hits}
    assert sorted(hits, key=lambda hit: (-hit.score, hit.passage.number)) == hits
    assert all(0 < hit.score < math.inf for hit in hits)
