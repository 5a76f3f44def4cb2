"""A question and an index in, the passages that may answer it out."""

import datetime as dt

import pytest

from retrieval.articles import parse
from retrieval.hits import CANDIDATES, bounded, in_days, named, ranked, weights
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, CatalogEntry, Document, Hit, QuestionTerm
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
        terms = weights(question.all_terms)
        found = self.index.search(terms, CANDIDATES) if terms else []
        return [
            hit.passage.article_id for hit in ranked(in_days(question, found, self.index, self.articles, self.newest))
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
    found = shelf.proposed("What happened on 13 March 2025?")
    assert [f"a{number}" for number in range(CANDIDATES)] == found


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
        found = bounded(question, shelf.index, shelf.articles)
        assert expected == found.event
        assert (found == question) is not bool(expected)
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
    found = named(understand(text, OFFICES.index), OFFICES.index)

    assert expected == [{term.term for term in question.terms} for question in found]


def test_weights():
    """A light term counts less; what may stand for one counts less again, unless it is asked for itself."""
    related = (("kyiv", 0.5), ("capital", 0.2))
    terms = [QuestionTerm("kiev", "Kiev", 0.25, related=related), QuestionTerm("capital", "capital")]
    assert {"kiev": 0.5, "kyiv": 0.125, "capital": 1.0} == weights(terms)


def test_ranked():
    """Each passage comes once, with its best score, and its rank."""
    first, second, *_ = SHELF.passages
    found = ranked([Hit(first, 1.0, 0), Hit(second, 2.0, 0), Hit(first, 3.0, 5)])
    assert [Hit(first, 3.0, 0), Hit(second, 2.0, 1)] == found
