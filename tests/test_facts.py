"""When two sentences tell the same fact, which of them is fuller, and in which other articles it stands."""

import pytest

from retrieval import passages
from retrieval.facts import also_in, fullest, tells
from retrieval.models import Sentence
from retrieval.ranking import Scored
from retrieval.weights import Weights
from tests.corpora import article_of, ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."


def sentence(text: str) -> Sentence:
    return passages.split(article_of(text))[0].sentences[0]


def ranked(question: str, *texts: str) -> tuple[Scored, ...]:
    """The sentences of these articles, best first."""
    return ranking_of(question, *texts, weights=Weights({}, {"coverage": 1.0}, {})).sentences


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (MILL, "On Tuesday the old mill in Bergen burned down.", True),
        ("The old mill of Bergen burned down on Tuesday after lightning.", MILL, True),
        (MILL, "The new bridge of Tarn was opened by its mayor.", False),
        ("The fire in the mill killed 3 men.", "The fire in the mill killed three men.", True),
        ("The fire in the mill killed 3 men.", "The fire in the mill killed four men.", False),
        ("The fire in the mill killed 3 men.", "The fire in the mill killed men.", True),
        ("The fire in the mill killed men.", "The fire in the mill killed 3 men.", False),
        ("The mill of Bergen will open again.", "The mill of Bergen will not open again.", False),
        ("It was him.", "He was there.", False),
    ],
)
def test_tells(one, other, expected):
    """The same words are the same fact, unless the other has a figure that is missing, or denies it."""
    assert expected == tells(sentence(one), sentence(other))


def test_fullest():
    """The fuller form says more of the same, but not twice as much, and nothing less of what was asked."""
    fuller = "The old mill of Bergen burned down on Tuesday night after lightning."
    other = (
        "The old mill of Bergen burned down on Tuesday, and Olga Lund, its owner of many years, wept for her insurance."
    )
    found = ranked("When did the old mill of Bergen burn down?", MILL, fuller, other, "The boat sank.")
    texts = {one.candidate.sentence.text: one for one in found}
    assert fuller == fullest(texts[MILL], found).candidate.sentence.text
    assert fuller == fullest(texts[fuller], found).candidate.sentence.text


def also(question: str, *texts: str) -> list[str]:
    """The other articles that tell what the first one does."""
    found = ranked(question, *texts)
    own = next(one for one in found if one.candidate.context.article.id == "0.txt")
    return [article.id for article in also_in(own, found)]


def test_also_in():
    """The same fact is known to stand in another article, and twice there is once."""
    again = "On Tuesday the old mill in Bergen burned down."
    assert ["1.txt"] == also("When did the mill of Bergen burn?", MILL, f"{again}\n\n{again}", "Bergen is old.")
    assert [] == also("When did the mill of Bergen burn?", f"{MILL}\n\n{again}", "Bergen is old.")


@pytest.mark.parametrize(
    "other",
    [
        "The old mill of Bergen did not burn down on Tuesday.",
        "The old mill of Bergen burned down.",
        "The old mill of Tarn burned down on Tuesday.",
    ],
)
def test_not_also_in(other):
    """An article that denies it, that holds less of what was asked, or tells it of another, does not tell the same."""
    assert [] == also("Did the mill of Bergen burn on Tuesday?", MILL, other)


def test_too_short_for_also_in():
    """A few words that stand in the longer sentence too are not its fact."""
    assert [] == also("Who sang?", "Olga Lund sang in the church of Bergen on Sunday.", "Olga sang.")
    assert [] == also("Who sang?", "Olga Lund sang.", "Olga Lund sang.")
