"""Views of how well a sentence answers: each between 0 and 1, each by the words it is about."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import analysis, features
from retrieval.features import FEATURES, KINDS
from retrieval.index.memory import MemoryIndex
from retrieval.models import Article, DateRange, Hit, Passage, Question, QuestionTerm, Sentence, Span
from retrieval.questions import understand
from retrieval.ranking import rank
from retrieval.sentences import view
from retrieval.weights import Weights
from tests.corpora import NO_WEIGHTS

MARCH = DateRange(dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def written(
    *sentences: str, title: str = "", date: dt.date | None = None, heading: str = ""
) -> tuple[Article, Passage]:
    """An article of one passage."""
    text = " ".join(sentences)
    spans, end = [], 0
    for sentence in sentences:
        start = text.index(sentence, end)
        end = start + len(sentence)
        spans.append(Span(start, end))
    found = tuple(Sentence(span, span.of(text), tuple(analysis.terms(span.of(text)))) for span in spans)
    article = Article("a", title, "stated", date, "stated" if date else "unknown", "", "", text)
    return article, Passage("a", 0, Span(0, len(text)), found, heading)


def asked_of(article: Article, passage: Passage, question: str | Question, **more: object) -> list[dict[str, float]]:
    """The features of each sentence of a passage for a question; what is not measured is 0."""
    index = MemoryIndex({"a": article}, [passage])
    if isinstance(question, str):
        question = understand(question, index, article.date)
    question = replace(question, **more)
    ranking = rank(question, [Hit(passage, 1.0, 0)], {"a": article}, index.idf, NO_WEIGHTS)
    return [dict.fromkeys(FEATURES, 0.0) | one.features for one in ranking.sentences]


def measured(question: str, *sentences: str, title: str = "", **more: object) -> dict[str, float]:
    """The features of the first of some sentences."""
    return asked_of(*written(*sentences, title=title), question, **more)[0]


def values(name: str, question: str, *sentences: str, **more: object) -> list[float]:
    """One feature of each of some sentences, that stand in a row."""
    return [row[name] for row in asked_of(*written(*sentences), question, **more)]


def test_all_are_named():
    """What is measured for the kinds of question is what there is, each kind's phrase a feature of its own."""
    found = set[str]()
    for kind in KINDS:
        article, passage = written("The mill burned.")
        index = MemoryIndex({"a": article}, [passage])
        question = replace(understand("mill", index), kind=kind)
        ranking = rank(question, [Hit(passage, 1.0, 0)], {"a": article}, index.idf, NO_WEIGHTS)
        found |= ranking.sentences[0].features.keys()
    assert set(FEATURES) == found


def test_passage():
    """A sentence of a worse passage has that passage's score less the best one's."""
    article, first = written("The mill burned.")
    second = replace(first, number=5, sentences=written("A mill.")[1].sentences)
    index = MemoryIndex({"a": article}, [first, second])
    hits = [Hit(first, 4.0, 0), Hit(second, 1.0, 1)]
    ranking = rank(understand("mill", index), hits, {"a": article}, index.idf, Weights({"share": 2.0}, {}, {}))
    assert [0.0, -1.5] == [one.features["passage"] for one in ranking.sentences]


def test_coverage():
    """Coverage is the weight of the question's terms in the sentence; flat, each counts the same."""
    both, one, none = asked_of(*written("In Bergen a mill fell.", "The mill stands.", "It rains."), "mill of Bergen?")
    assert (pytest.approx(1.0), 1) == (both["coverage"], both["flat_coverage"])
    assert 0 < one["coverage"] < 1
    assert 0.5 == one["flat_coverage"]
    assert (0, 0) == (none["coverage"], none["flat_coverage"])


def test_exact():
    """A word in the very form that was asked counts besides its stem."""
    assert pytest.approx(1.0) == measured("mills burned", "The mills burned.")["exact"]
    other = measured("mills burned", "The mill burned.")
    assert 0 < other["exact"] < other["coverage"]


def test_corrected_words_are_exact():
    """A misspelt word counts as typed where what was meant stands."""
    assert [pytest.approx(1.0), 0] == values("exact", "Bergin", "Bergen fell.", "The mill.")


def test_grams():
    """A word that begins like one that was asked for counts in part; most does what only this sentence has."""
    same, alike, none = values("grams", "millers", "The millers came.", "A millstone fell.", "It rains.")
    assert 1 >= same > alike > none == 0


def test_bigrams():
    """Neighbours in the question count where they are neighbours in the sentence, in that order."""
    near, apart, half = values(
        "bigrams", "old water mill", "An old water mill.", "A mill by the water is old.", "A water mill."
    )
    assert 1 == near > half > apart == 0


def test_related():
    """A related word counts where the word itself is missing, and not besides it."""
    article, passage = written("A boat burned.", "The boat and the ship burned.", "No.")
    terms = (QuestionTerm("ship", "ship", related=(("boat", 0.5),)), QuestionTerm("burn", "burned"))
    other, both, none = (row["related"] for row in asked_of(article, passage, Question("Which ship burned?", terms)))
    assert other > both == none == 0


def test_proximity():
    """Terms side by side are nearest; one term alone is near nothing."""
    near, wide, alone = values(
        "proximity",
        "mill burned",
        "The mill burned.",
        "The mill that Olga bought from her uncle in Bergen burned.",
        "The mill stands.",
    )
    assert 1 == near > wide > alone == 0


def test_in_title():
    """What the title or the subhead says for the sentence counts, and not what it says itself."""
    article, passage = written("It burned.", "The mill burned.", title="A mill", heading="In Bergen")
    first, second = asked_of(article, passage, "Did the mill in Bergen burn?")
    assert first["in_title"] > second["in_title"] > 0
    assert 0 == measured("Did the mill burn?", "It burned.")["in_title"]


def test_beside():
    """What the sentences beside it say of the question, and it does not, counts; before it, once more."""
    first, second, third, fourth = asked_of(
        *written("In Bergen it rains.", "The mill stands.", "It burned.", "Nobody knew."),
        "Did the mill in Bergen burn?",
    )
    assert second["beside"] > first["beside"] > 0
    assert second["beside"] > second["before"] > 0 == first["before"]
    assert 0 < third["before"] == pytest.approx(third["beside"])
    assert fourth["before"] > 0


def test_said_itself_is_not_beside():
    """What the sentence says itself is no more for being said beside it."""
    rows = asked_of(*written("The mill stands.", "The mill burned."), "mill")
    assert {(0, 0)} == {(row["beside"], row["before"]) for row in rows}


def test_length():
    """A sentence is the longer the more words it has, up to thirty."""
    short, long, longest = values(
        "length", "mill", "A mill.", "A mill stands by that river.", f"It has {'mills, ' * 40}."
    )
    assert short < long < longest == 1


def test_new_terms():
    """What the sentence says that was not asked counts as new, to a bound; on the right day it is no less than none."""
    none, some, many = values(
        "new_terms",
        "mill burn",
        "The mill burned.",
        "The mill burned on Monday.",
        " ".join("abcdefghijklmnopqrstuvw") + " burn.",
    )
    assert 0 == none < some < many <= 1
    article, passage = written("It burned.", date=dt.date(2025, 3, 5))
    assert 0 == asked_of(article, passage, "Did it burn on 5 March 2025?")[0]["new_terms"]


def test_dated_words_are_held_by_the_time():
    """A sentence of the right time holds the question's date without saying it."""
    article, passage = written("The mill burned.", date=dt.date(2025, 3, 5))
    [row] = asked_of(article, passage, "Did the mill burn in March 2025?")
    assert pytest.approx(1.0) == row["coverage"]
    assert measured("Did the mill burn in March 2025?", "The mill burned.")["coverage"] < 1


@pytest.mark.parametrize(("when", "all_held"), [("on 5 March 2025", True), ("since 5 March 2025", False)])
def test_dates_are_held_word_for_word(when, all_held):
    """Of the right days no sentence is better for saying them; of all days since one, those near it may say it."""
    article, passage = written("The mill burned.", date=dt.date(2025, 3, 5))
    [found] = asked_of(article, passage, f"Did the mill burn {when}?")
    assert all_held is (pytest.approx(1.0) == found["coverage"])
    assert (all_held, all_held) == (found["flat_coverage"] == 1, found["exact"] > found["coverage"] / 2)


def test_nothing_asked():
    """A question without terms is covered by nothing, and divides nothing by zero."""
    found = measured("?", "The mill burned.")
    assert (0, 0, 0, 0) == tuple(found[name] for name in ("coverage", "flat_coverage", "bigrams", "proximity"))


def test_foreign_name():
    """A name that no article knows is told apart from one that they know."""
    assert [1, 1] == values("foreign_name", "Does Olga Tarn burn?", "The mill burned.", "It rains.")
    assert [0] == values("foreign_name", "Does the mill of Bergen burn?", "The mill of Bergen burned.")


@pytest.mark.parametrize(
    ("kind", "question", "sentence"),
    [
        ("person", "Who opened the mill?", "Olga Lund opened the mill."),
        ("place", "Where is the mill?", "The mill is in Bergen."),
        ("organisation", "Which company owns the mill?", "Nordic Steel Company owns the mill."),
        ("time", "When did the mill burn?", "The mill burned on Tuesday."),
        ("duration", "How long did the mill burn?", "The mill burned for three hours."),
        ("age", "How old is Olga?", "Olga is 51 years old."),
        ("count", "How many workers has the mill?", "The mill has forty workers."),
        ("amount", "How much wheat does the mill take?", "The mill takes 40 tonnes of wheat."),
        ("money", "How much did the mill cost?", "The mill cost $5 million."),
        ("share", "What percentage of the mill burned?", "Of the mill 30% burned."),
        ("measure", "How tall is the mill?", "The mill is 12 metres tall."),
        ("reason", "Why did the mill burn?", "The mill burned because lightning struck."),
        ("role", "Who is Olga Lund?", "Olga Lund is the mayor of Bergen."),
        ("statement", "What did Olga say about the mill?", "Olga said the mill would stay."),
    ],
)
def test_holds(kind, question, sentence):
    """A sentence with a phrase of the expected kind is told from one without, by a feature of the kind's own."""
    told, silent = asked_of(*written(sentence, "The mill stands."), question, kind=kind)
    assert 1 == told[f"holds_{kind}"] > silent[f"holds_{kind}"] == 0
    assert {f"holds_{kind}"} == {name for name in told if name.startswith("holds_") and told[name]}


def test_pull():
    """A phrase of the expected kind pulls the more, the nearer it stands to all that was asked."""
    near, far, none = values(
        "pull",
        "When did the mill burn?",
        "The mill burned on Tuesday.",
        "On Tuesday Olga and her old uncle from Bergen told many weeping neighbours that the mill burned.",
        "The mill burned.",
    )
    assert 1 > near > far > none == 0


def test_pull_is_of_new_words():
    """A phrase that is the question's own words has no pull."""
    assert [0.0] == values("pull", "Did Olga Lund burn?", "Olga Lund burned.", kind="person")


def test_own_words_are_no_answer():
    """A phrase of the expected kind that the question itself says is no evidence."""
    article, passage = written("In 1999 the mill burned.")
    question = understand("In which year after 1999 did the mill burn?", MemoryIndex({"a": article}, [passage]))
    assert [] == features.evidence(question, view(passage.sentences[0].text))


@pytest.mark.parametrize(
    ("sentence", "lacking"),
    [
        ("The mill has 40 workers.", 0),
        ("The mill has forty good workers.", 0),
        ("The mill has workers.", 1),
        ("Another 40 mills would share their wheat with workers.", 1),
        ("Of the workers, 40 left.", 1),
    ],
)
def test_lacks_figure(sentence, lacking):
    """What has no figure of what is to be counted lacks one; a figure that counts something else is none."""
    assert lacking == measured("How many workers has the mill?", sentence)["lacks_figure"]


def test_any_figure():
    """Where the question names nothing that is to be counted, any figure will do; where none is asked, none lacks."""
    assert 0 == measured("What is the number?", "The mill has 40 workers.")["lacks_figure"]
    assert 0 == measured("Who has the mill?", "The mill has workers.")["lacks_figure"]


@pytest.mark.parametrize(
    ("question", "sentence", "lacking"),
    [
        ("Who is the mayor of Bergen?", "The mayor of Bergen, Olga Lund, wept.", 0),
        ("Who is the mayor of Bergen?", "The mayor of Bergen wept.", 1),
        ("Who is the mayor of Bergen?", "The mayor of Tarn, Olga Lund, wept in Bergen.", 1),
        ("Who wept in Bergen?", "The mayor of Bergen wept.", 0),
    ],
)
def test_lacks_role(question, sentence, lacking):
    """Who is asked for by an office must be named beside it, and it must be the office that is asked for."""
    assert lacking == measured(question, sentence)["lacks_role"]


@pytest.mark.parametrize(
    ("question", "sentence", "unspoken"),
    [
        ("What did Olga say?", "Olga said that the mill burned.", 0),
        ("What did Olga say?", "Olga also came.", 1),
        ("What did Olga call the mill?", "Olga came to the “sad old mill”.", 0),
        ("Why did Olga come?", "Olga also came.", 0),
    ],
)
def test_unspoken(question, sentence, unspoken):
    """A sentence in which who was asked about says nothing is no statement; a name for something needs no verb."""
    assert unspoken == measured(question, sentence)["unspoken"]


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("The Norwegian president said it was late.", 1),
        ("The Norwegian leader said it was late.", 1),
        ("The Polish president said it was late.", 0),
        ("The Norwegian president saw that it was late.", 0),
    ],
)
def test_an_office_is_its_holder(sentence, share):
    """What the holder of the speaker's office says is the speaker's, and holds the name."""
    found = measured("What did Olga Berg say?", sentence, "Norwegian President Olga Berg came.")
    assert share == found["speaker"]
    assert share == round(found["coverage"])


def test_speaker():
    """The speaker must be who speaks; who only takes part, or is spoken of, has said nothing."""
    question = "What did Olga Berg say about the mill?"
    assert 1 == measured(question, "Olga Berg said the mill would stay.")["speaker"]
    assert 1 == measured(question, "“The mill stays,” said Olga Berg.")["speaker"]
    assert 0 == measured(question, "Olga Berg saw the mill.")["speaker"]
    assert 0 == measured(question, "Karl Weiss said the mill of Olga Berg would stay.")["speaker"]
    assert 0 == measured(question, "Karl Weiss said Olga Berg would accept the mill.")["speaker"]


def test_anybodys_words():
    """Where no speaker is named, any verb of saying speaks."""
    article, passage = written("Olga said that it burned.", "It burned.", date=dt.date(2025, 3, 5))
    assert [1, 0] == [row["speaker"] for row in asked_of(article, passage, "What was said on 5 March 2025?")]


def test_newest():
    """The newest article counts for a question about the latest, and only for that."""
    article, passage = written("The mill burned.", date=dt.date(2025, 3, 5))
    assert 1 == asked_of(article, passage, "the latest on the mill")[0]["newest"]
    assert 0 == asked_of(article, passage, "what of the mill")[0]["newest"]
    assert 0 == measured("the latest on the mill", "The mill burned.")["newest"]


def test_older_is_not_newest():
    """Of two articles, that of the later day is the newest."""
    served, hits = {}, []
    for name, day in (("a", 5), ("b", 6)):
        article, passage = written("The mill burned.", date=dt.date(2025, 3, day))
        served[name] = replace(article, id=name)
        hits.append(Hit(replace(passage, article_id=name), 1.0, len(hits)))
    index = MemoryIndex(served, [hit.passage for hit in hits])
    ranking = rank(understand("the latest on the mill", index), hits, served, index.idf, NO_WEIGHTS)
    newest = {one.candidate.context.article.id: one.features["newest"] for one in ranking.sentences}
    assert {"a": 0, "b": 1} == newest


def test_turn_before():
    """Sentences beside the answer before are near it, those of it were said; another article's are neither."""
    article, passage = written("The mill burned.", "It was old.", "Olga wept.")
    before = Span(0, passage.sentences[1].span.end)
    rows = asked_of(article, passage, "who wept", near=("a", before))
    assert [(1, 1), (1, 1), (1, 0)] == [(row["near_before"], row["said_before"]) for row in rows]
    for near in (("b", before), None):
        rows = asked_of(article, passage, "who wept", near=near)
        assert {(0, 0)} == {(row["near_before"], row["said_before"]) for row in rows}


@pytest.mark.parametrize(
    ("sentence", "date", "expected"),
    [
        ("The mill burned on 5 March 2025.", None, True),
        ("The mill burned in March 2025.", dt.date(2024, 1, 1), True),
        ("The mill burned on 5 April 2025.", None, False),
        ("The mill burned on 5 February 2025.", dt.date(2025, 3, 3), False),
        ("The mill burned in 2019.", dt.date(2025, 3, 3), False),
        ("Ana said that the mill burned in 2019.", dt.date(2025, 3, 3), True),
        ("Ana said that the mill burned on 5 May 2019.", dt.date(2025, 3, 3), False),
        ("The mill will open on 5 April 2025.", dt.date(2025, 3, 3), None),
        ("The mill will open on 5 April 2025.", dt.date(2025, 2, 3), False),
        ("The mill of Bergen on Monday, they say.", dt.date(2025, 3, 31), True),
        ("The mill burned in 2025.", dt.date(2025, 4, 3), None),
        ("The mill burned.", dt.date(2025, 3, 3), True),
        ("The mill burned.", dt.date(2025, 4, 3), False),
        ("The mill burned on Monday.", dt.date(2025, 4, 3), True),
        ("The mill burned.", None, None),
    ],
)
def test_in_time(sentence, date, expected):
    """A sentence's own date goes before its article's, but for plans and years that are told of; vague ones may fit."""
    article, passage = written(sentence, date=date)
    assert features.in_time(MARCH, article, passage.sentences[0]) is expected


_word = st.sampled_from(
    [
        "Olga",
        "said",
        "the",
        "mill",
        "Mills",
        "of",
        "“Bergen",
        "burned”",
        "5%",
        "2025",
        "May",
        "he",
        "\u202eİß",
        "\u00a0",
    ]
)
_text = st.lists(_word, max_size=12).map(" ".join) | st.text(max_size=20)
_question = _text | st.sampled_from(
    ["What did Olga say?", "How many mills in 2025?", "latest on the mill", "Who is Olga?", "and she?", "mill mill"]
)


@settings(max_examples=40, deadline=None)
@given(_question, st.lists(_text, min_size=1, max_size=3), _text, st.none() | st.dates())
def test_between_0_and_1(question, sentences, title, date):
    """For any texts every feature lies between 0 and 1."""
    for row in asked_of(*written(*sentences, title=title, date=date), question):
        assert {name: value for name, value in row.items() if not -1e-9 <= value <= 1 + 1e-9} == {}
