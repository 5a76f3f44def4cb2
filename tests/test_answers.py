"""From hits to an answer: what is quoted, in which order, how much of it, and how sure that is."""

import math

import pytest

from retrieval import answers, articles, passages
from retrieval.answers import MOST_QUOTES
from retrieval.companions import LONGEST_QUOTE
from retrieval.features import FEATURES
from retrieval.index.memory import MemoryIndex
from retrieval.models import Answer, Article, Document, Hit
from retrieval.questions import understand
from retrieval.ranking import CERTAINTY, RANKING, scored

MILL = "The old mill of Bergen burned down on Tuesday."


def articles_of(*texts: str) -> dict[str, Article]:
    """An article for each text; their names say nothing, and are as long as each other."""
    parsed = [articles.parse(Document(f"text-{number}", text)) for number, text in enumerate(texts)]
    return {article.id: article for article in parsed if isinstance(article, Article)}


def ask(question: str, *texts: str, threshold: float = 0.3, before: Answer | None = None) -> Answer:
    """The answer that articles of these texts give."""
    served = articles_of(*texts)
    index = MemoryIndex(served, [passage for article in served.values() for passage in passages.split(article)])
    understood = understand(question, index, before=before)
    hits = index.search({term.term: term.weight for term in understood.all_terms}, 12)
    return answers.answer(understood, hits, served, index.idf, threshold)


def said(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


def test_weights_have_features():
    """Every feature has a weight for the ranking, and no weight is of a feature that is not there."""
    assert set(FEATURES) == RANKING.keys()
    assert CERTAINTY.keys() <= set(FEATURES)


def test_answers():
    """The sentence that answers is quoted where it stands, with the words that may be the answer marked."""
    text = f"Nobody was hurt.\n\n{MILL} The fire is out."
    answer = ask("When did the mill of Bergen burn?", text)
    assert "answered" == answer.status
    quote = answer.quotes[0]
    assert (MILL, MILL) == (quote.text, quote.span.of(text))
    assert ["Tuesday"] == [mark.of(text) for mark in quote.highlights]


def test_no_hits():
    """Without hits nothing is found, and it is sure that nothing is."""
    answer = ask("When did the mill burn?")
    assert ("not_found", 0.0, ()) == (answer.status, answer.confidence, answer.quotes)


def test_other_days():
    """A sentence of another time than the one asked about is no candidate, however well it fits."""
    dated = f"---\ndate: 2025-03-15\n---\n{MILL} The mill of Bergen was built on 3 May 1901."
    assert [MILL] == said(ask("When did the mill of Bergen burn in March 2025?", dated))
    assert [] == said(ask("When did the mill of Bergen burn in March 2024?", dated))


def test_undated():
    """Where neither sentence nor article has a date, nobody knows that it is of another time."""
    assert [MILL] == said(ask("When did the mill of Bergen burn in March 2024?", MILL, threshold=0.0))


def test_threshold():
    """An answer that is not sure enough is none; how sure it would have been is told."""
    sure = ask("When did the mill of Bergen burn?", MILL, threshold=0.0).confidence
    assert "answered" == ask("When did the mill of Bergen burn?", MILL, threshold=sure).status
    refused = ask("When did the mill of Bergen burn?", MILL, threshold=math.nextafter(sure, 1))
    assert ("not_found", sure, ()) == (refused.status, refused.confidence, refused.quotes)


def test_foreign_question_is_less_sure():
    """The less the articles know of a question, the less sure the answer."""
    questions = ("When did the mill of Bergen burn?", "When did the mill of Tarn burn?", "When did Tarn close?")
    sure = [ask(question, MILL, threshold=0.0).confidence for question in questions]
    assert sorted(sure, reverse=True) == sure
    assert sure[0] > 0.9
    assert 0.1 > sure[1] > sure[2] == 0


CITIES = ("Lima", "Oslo", "Turin", "Porto", "Ghent", "Essen", "Malmo", "Basel")


def test_most_quotes():
    """No answer has more than five quotes, each of another sentence."""
    texts = [f"The new bridge in {city} was opened by its mayor, {city[::-1].title()}, on Monday." for city in CITIES]
    answer = ask("Who opened the new bridge?", *texts)
    assert MOST_QUOTES == len(set(said(answer))) == len(answer.quotes)
    assert sorted((quote.score for quote in answer.quotes), reverse=True) == [quote.score for quote in answer.quotes]


def test_much_worse_is_left_out():
    """A sentence that answers far less well than the first is no further quote."""
    assert [MILL] == said(ask("When did the old mill of Bergen burn down?", MILL, "Bergen has rain. It rains."))


def test_same_fact_once():
    """The same fact is told once, in its fuller form, also when the shorter one ranks first."""
    fuller = "The old mill of Bergen burned down on Tuesday after lightning struck."
    for texts in ((MILL, fuller), (fuller, MILL)):
        assert [fuller] == said(ask("When did the old mill of Bergen burn down?", *texts))


def test_twice_in_one_article():
    """A paragraph printed twice is quoted once."""
    assert [MILL] == said(ask("When did the mill of Bergen burn?", f"{MILL}\n\n{MILL}\n\nThe fire is out."))


def test_much_longer_is_another_fact():
    """A sentence twice as long tells more than the fact: it does not stand in for the short one."""
    long = (
        MILL[:-1] + ", and Olga Karin Lund, its owner of forty years, told weeping neighbours about insurance troubles."
    )
    assert MILL == said(ask("When did the old mill of Bergen burn down?", MILL, long))[0]


def test_wordless_sentence_is_no_fact():
    """A sentence of function words only is not the same as everything else."""
    answer = ask("Who was it in the mill?", "It was him. He was there.\n\nOlga was in the mill.", threshold=0.0)
    assert "Olga was in the mill." in said(answer)


LEANING = "Olga Lund runs the mill. She bought it from an uncle in Tarn."


def test_leans_on_the_one_before():
    """A sentence that opens with a pronoun brings along the sentence before."""
    answer = ask("Who sold it, an uncle in Tarn?", LEANING, threshold=0)
    assert [LEANING] == said(answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is clear that an uncle in Tarn sold it.",
        "It’s not known why an uncle in Tarn sold it.",
        "This Saturday an uncle in Tarn sold it.",
        "Italy has an uncle in Tarn who sold it.",
    ],
)
def test_leans_on_nothing(sentence):
    """An "it" that means nothing, a day and a word that only begins like a pronoun stand alone."""
    assert [sentence] == said(ask("Who sold it, an uncle in Tarn?", f"Olga Lund runs the mill. {sentence}"))


def test_opens_its_passage():
    """Nothing is brought along over a subhead."""
    text = "Olga Lund runs the mill.\n\nThe family\n\nShe bought it from an uncle in Tarn."
    assert ["She bought it from an uncle in Tarn."] == said(ask("Did she buy it from an uncle in Tarn?", text))


def test_too_long_to_lean():
    """Both together may not be longer than a quote may be."""
    long = "Olga Lund runs the mill" + " and the farm and the boats" * 20 + "."
    own = "She bought all of that from an uncle in Tarn."
    assert len(long) < LONGEST_QUOTE < len(long) + len(own)
    assert own in said(ask("Who sold that, an uncle in Tarn?", f"{long} {own}", threshold=0))


def test_brought_along_is_not_told_again():
    """What one quote brought along is told by no other, here or in another article."""
    first = "The mill of Bergen opened in May with forty people."
    text = f"{first} It pays the people of the valley well."
    assert [text] == said(ask("Does it pay the people of the valley well in Bergen?", text))
    assert [text] == said(ask("Does it pay the people of the valley well in Bergen?", text, first))


def test_shown_before_it_is_leant_on():
    """A sentence that was already quoted is not quoted again for the one that leans on it."""
    sentences = ["Olga Lund of Bergen runs the mill.", "She bought the mill from an uncle."]
    assert sentences == said(ask("Who runs the mill or bought it?", " ".join(sentences)))


def test_corrections_that_quotes_bear_out():
    """A word read otherwise than typed is told as the quotes print it; one that no quote holds is not told."""
    answer = ask("When did the mill of Bergin burn?", MILL)
    assert (("Bergin", "bergen"),) == answer.question.corrections
    other = "The river Tarnau rose."
    answer = ask("When did the old mill of Bergen burn down, Tarnaw?", MILL, other)
    assert [MILL] == said(answer)
    assert () == answer.question.corrections


def test_correct_after_all():
    """A word that was read otherwise but is printed as typed was none to correct."""
    answer = ask("When did the mills of Bergen burn?", MILL)
    assert () == answer.question.corrections


def test_the_answer_is_marked():
    """Of the dates in a quote the one that is asked for is marked, whole."""
    text = "The mill of Bergen burned on 5 March 2025, in May 2024 and on Sunday."
    [quote] = ask("When did the mill of Bergen burn?", text).quotes
    assert ["5 March 2025"] == [mark.of(text) for mark in quote.highlights]


def test_follow_up_says_something_new():
    """What was quoted before is not the first answer now, whether for itself or brought along."""
    text = "Olga Lund runs the farm. It lies in Tarn. Olga Lund runs the boat, too."
    for question, first in (("What does Olga Lund run?", "the farm."), ("Does it lie in Tarn?", "in Tarn.")):
        before = ask(question, text)
        assert said(before)[0].endswith(first)
        assert "Olga Lund runs the boat, too." == said(ask("and what else does she run, Olga?", text, before=before))[0]


def test_scored_is_stable():
    """Sentences with the same score keep the order of the hits."""
    served = articles_of(MILL, MILL.replace("old", "new"))
    index = MemoryIndex(served, [passage for article in served.values() for passage in passages.split(article)])
    question = understand("mill", index)
    hits = index.search({"mill": 1.0}, 12)
    for order in (hits, [Hit(hit.passage, hit.score, hit.rank) for hit in reversed(hits)]):
        ranked = scored(question, order, served, index.idf)
        assert [hit.passage.article_id for hit in order] == [one.candidate.context.article.id for one in ranked]
