"""A question and an index in, the passages that may answer it out."""

import datetime as dt

import pytest

from retrieval import hits
from retrieval.articles import parse
from retrieval.hits import CANDIDATES, bounded, candidates, in_days, named, ranked, sought, weights
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, CatalogEntry, Document, Hit, Passage, QuestionTerm, Sentence, Span
from retrieval.passages import split
from retrieval.questions import understand

MARCH = dt.date(2025, 3, 13)


class Shelf:
    """Articles of given days, and what is proposed from them."""

    def __init__(self, **texts: tuple[str, dt.date | None]) -> None:
        self.articles: dict[str, Article] = {}
        for name, (text, date) in texts.items():
            self.articles[name] = parse(Document(name, text), CatalogEntry(title=name, date=date))
        self.passages = [passage for article in self.articles.values() for passage in split(article)]
        self.index = MemoryIndex(self.articles, self.passages)
        self.newest = max((date for _, date in texts.values() if date), default=None)

    def proposed(self, text: str) -> list[str]:
        """The ids of the articles proposed for a question, best first."""
        question = understand(text, self.index, self.newest)
        proposed = candidates(sought(question.all_terms, self.index), self.index)
        return [
            hit.passage.article_id
            for hit in ranked(in_days(question, proposed, self.index, self.articles, self.newest))
        ]


SHELF = Shelf(
    mill=("The mill of Bergen burned down.", MARCH),
    farm=("The farm of Tarn burned down.", MARCH + dt.timedelta(3)),
    church=("The church of Tarn will open on Thursday.", MARCH - dt.timedelta(4)),
    barn=("A barn of Tarn burned down.", MARCH + dt.timedelta(200)),
    note=("Somebody wrote of Tarn.", None),
    plan=("A house of Tarn was built on 13 March 2025.", None),
)


def test_the_days_and_the_weeks_around():
    """Where nothing but days is asked for, their articles and those of the weeks around are proposed."""
    assert {"mill", "farm", "church", "plan"} == set(SHELF.proposed("What happened on 13 March 2025?"))


def test_undated():
    """What has no date is left out where days are asked about, unless it speaks of them."""
    assert "note" in SHELF.proposed("Who wrote of Tarn?")
    assert {"farm", "church", "barn", "plan"} == set(SHELF.proposed("What of Tarn on 13 March 2025?"))


def test_a_passage_need_not_say_its_days():
    """What says the date is no better for it than what is of that day."""
    shelf = Shelf(
        mill=("The mill of Bergen burned down.", MARCH),
        notes=("Notes of 13 March 2025.", MARCH + dt.timedelta(300)),
    )
    assert "mill" == shelf.proposed("Which mill burned on 13 March 2025?")[0]


def test_latest():
    """Asked for nothing but the latest, only the newest day is proposed; of what else is asked, all days."""
    assert ["barn"] == SHELF.proposed("What is the latest news?")
    assert {"farm", "church", "barn", "note", "plan"} == set(SHELF.proposed("What is the latest from Tarn?"))


def test_nothing_has_a_date():
    """Where no article has a date, the words of a date are words like others."""
    shelf = Shelf(mill=("The mill burned in 2014.", None), farm=("The farm burned.", None))
    assert ["mill", "farm"] == shelf.proposed("What burned in 2014?")


def test_many():
    """However many articles there are, each stretch of days has its best twelve, and openings come first."""
    shelf = Shelf(**{f"a{number}": ("It burned. " * 40, MARCH) for number in range(30)})
    assert [f"a{number}" for number in range(CANDIDATES)] == shelf.proposed("What happened on 13 March 2025?")


@pytest.mark.parametrize("days", ["since 1 January 0001", "on 9999-12-31", "after 31 December 9998", "before 1500"])
def test_ends_of_the_calendar(days):
    """The first and the last days that there are have no weeks around."""
    assert isinstance(SHELF.proposed(f"What happened {days}?"), list)


def test_an_event():
    """A question is bounded by an event whose day the articles tell; without one, or with days, it is left as it is."""
    shelf = Shelf(
        fair=("The Lima fair was held on 13 March 2025.", None),
        mill=("The mill burned.", dt.date(2025, 3, 20)),
    )
    for text, expected in (
        ("What burned after the Lima fair?", "after the Lima fair"),
        ("What burned after the Oslo fair?", ""),
        ("What burned in March 2025 after the Lima fair?", ""),
        ("What burned?", ""),
    ):
        question = understand(text, shelf.index, shelf.newest)
        read = bounded(question, shelf.index, shelf.articles)
        assert expected == read.event
        assert (read == question) is not bool(expected)
    assert (
        dt.date(2025, 3, 13)
        == bounded(understand("What burned after the Lima fair?", shelf.index), shelf.index, shelf.articles).dates.first
    )  # type: ignore[union-attr]


OFFICES = Shelf(
    fair=("French President Luc Dubois opened the fair. The French president was glad.", MARCH),
    mill=("French President Max Roy opened the mill. He met Norwegian Foreign Minister Bo Lind.", None),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what did the french president open", [{"duboi", "open"}, {"roi", "open"}]),
        (
            "did france's president meet the norwegian foreign minister",
            [{"duboi", "meet", "lind"}, {"roi", "meet", "lind"}],
        ),
        ("did the french president Luc Dubois open it", []),
        ("who is the french president", []),
        ("what did the norwegian president open", []),
        ("what did the president open", []),
        ("what burned", []),
    ],
)
def test_named(text, expected):
    """There is a question for each holder that the articles name; none where it asks for or names one."""
    questions = named(understand(text, OFFICES.index), OFFICES.index)

    assert expected == [{term.term for term in question.terms} for question in questions]


def test_weights():
    """A light term counts less; what may stand for one counts less again, unless it is asked for itself."""
    related = (("kyiv", 0.5), ("capital", 0.2))
    terms = [QuestionTerm("kiev", "Kiev", 0.25, related=related), QuestionTerm("capital", "capital")]
    assert {"kiev": 0.5, "kyiv": 0.125, "capital": 1.0} == weights(terms)


def passages_holding(**counts: int) -> MemoryIndex:
    """A hundred passages, each term in so many of them."""
    nowhere = Span(0, 0)
    texts = [tuple(term for term, count in counts.items() if number < count) for number in range(100)]
    passages = [Passage("a", number, nowhere, (Sentence(nowhere, "", text),), "") for number, text in enumerate(texts)]
    return MemoryIndex({"a": Article("a", "", "stated", None, "unknown", "", "", "")}, passages)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take any collection for a large one."""
    monkeypatch.setattr(hits, "_LARGE", 1)


HUNDRED = passages_holding(rare=1, seldom=2, some=3, often=20, common=21, all=100)


def term(name: str, *related: str) -> QuestionTerm:
    return QuestionTerm(name, name, related=tuple((other, 0.5) for other in related))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([term("rare", "seldom", "some", "all")], {"rare", "seldom"}),
        ([term("often", "rare", "common")], {"often", "rare"}),
        ([term("rare"), term("often"), term("common"), term("all")], {"rare", "often"}),
        ([term("often"), term("common", "rare")], {"often", "rare"}),
        ([term("common"), term("all")], {"common", "all"}),
        ([term("common", "rare", "some"), term("all")], {"common", "all", "rare"}),
        ([term("common"), term("unheardof")], {"common"}),
        ([term("some", "often"), term("often", "some")], {"some", "often"}),
        ([term("unheardof", "unknown")], set()),
        ([], set()),
    ],
)
def test_sought_in_a_large_collection(terms, expected):
    """Common related words are not looked for, nor own words that are everywhere, unless all known ones are."""
    whole = weights(terms)
    assert {name: weight for name, weight in whole.items() if name in expected} == sought(terms, HUNDRED)


def test_sought_in_a_small_collection():
    """Otherwise all are, each with its weight."""
    terms = [term("rare", "all", "unheardof"), term("common"), term("unknown")]
    assert weights(terms) == sought(terms, HUNDRED)
    assert {"rare", "all", "unheardof", "common", "unknown"} == set(sought(terms, HUNDRED))


@pytest.mark.usefixtures("large")
def test_found_in_a_large_collection():
    """What scores less than half of the best hit is no candidate, and all the rest is."""
    terms = {"rare": 1.0, "often": 1.0, "all": 1.0}
    every = HUNDRED.search(terms, CANDIDATES)
    expected = [hit for hit in every if hit.score >= every[0].score / 2]
    assert 1 <= len(expected) < len(every) == CANDIDATES
    assert expected == candidates(terms, HUNDRED)
    assert HUNDRED.search({"all": 1.0}, CANDIDATES) == candidates({"all": 1.0}, HUNDRED)
    assert [] == candidates({}, HUNDRED)


def test_found_in_a_small_collection():
    """Otherwise the best are candidates, whatever they score."""
    terms = {"rare": 1.0, "often": 1.0, "all": 1.0}
    assert HUNDRED.search(terms, CANDIDATES) == candidates(terms, HUNDRED)
    assert CANDIDATES == len(candidates(terms, HUNDRED))
    assert [] == candidates({}, HUNDRED)


@pytest.mark.usefixtures("large")
def test_days_of_a_large_collection():
    """The days asked about are searched for what is looked for only: not for what is everywhere."""
    dated = {f"a{day}": (f"The mill of Tarn. {'A boat.' if day == 3 else ''}", MARCH) for day in range(30)}
    assert ["a3"] == Shelf(**dated).proposed("Which mill of Tarn has a boat on 13 March 2025?")


def test_ranked():
    """Each passage comes once, with its best score, and its rank."""
    first, second, *_ = SHELF.passages
    hits = [Hit(first, 1.0, 0), Hit(second, 2.0, 0), Hit(first, 3.0, 5)]
    assert [Hit(first, 3.0, 0), Hit(second, 2.0, 1)] == ranked(hits)
