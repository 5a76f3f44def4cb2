"""From hits to an answer: what is quoted, in which order, how much of it, and how sure that is."""

import math

import pytest

from retrieval import answers
from retrieval.answers import MOST_QUOTES
from retrieval.companions import LONGEST_QUOTE, MOST_SENTENCES
from retrieval.models import Answer
from retrieval.weights import Weights
from tests.corpora import ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."
STRICT = Weights({}, {"coverage": 100.0, "said_before": -100.0}, {"bias": -4.0, "coverage": 8.0})
"""Only what is asked counts, and so much that no sentence beside another comes near it."""
LAX = Weights({}, {"coverage": 1.0}, {"bias": 4.0})
"""All sentences come near each other, and every question is answered."""


def ask(
    question: str, *texts: str, threshold: float = 0.3, weights: Weights = STRICT, before: Answer | None = None
) -> Answer:
    """The answer that articles of these texts give, by these weights."""
    ranking = ranking_of(question, *texts, weights=weights, before=before)
    return answers.answer(ranking.asked.question, ranking, weights, threshold)


def said(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


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
    question = "Who of Bergen runs the mill or bought it?"
    first, second = (one.features["coverage"] for one in ranking_of(question, " ".join(sentences)).sentences)
    weight = (answers._BESIDE + answers._MARGIN) / 2 / (first - second)
    weights = Weights({}, {"coverage": weight}, {"bias": 4.0})
    assert sentences == said(ask(question, " ".join(sentences), weights=weights))


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


THREE = ["The mill burned.", "The mill of Bergen fell.", "The mill lay low."]


def test_what_is_beside_may_be_the_answer():
    """A quote takes in the sentences beside it that may hold the answer as well as it, and no others."""
    text = " ".join(THREE)
    assert [text] == said(ask("Which mill fell?", text, weights=LAX))
    assert [THREE[1]] == said(ask("Which mill fell?", text))


def test_best_beside_first():
    """Where not all fit, the better sentence beside it is taken in."""
    first, own, last = "It rains in Oslo.", "The mill of Bergen fell on Monday.", "A mill is rare."
    long = f"{first[:-1]}{' and in Lima' * 25}.", own, f"{last[:-1]}{' and useful' * 25}."
    assert sum(map(len, long)) > LONGEST_QUOTE
    assert said(ask("Which mill of Bergen fell?", " ".join(long), weights=LAX))[0].startswith(own)
    assert said(ask("Which mill of Bergen fell?", " ".join(reversed(long)), weights=LAX))[0].endswith(own)


@pytest.mark.parametrize(("words", "expected"), [(5, MOST_SENTENCES), (40, 2), (100, 1)])
def test_bounds_of_a_quote(words, expected):
    """A quote is of three sentences at most, and of six hundred characters, however much may be the answer."""
    sentences = [f"The mill {letter * 3}{' wept' * words}." for letter in "bcdef"]
    quotes = ask("mill", " ".join(sentences), weights=LAX).quotes
    assert expected == max(sum(sentence in quote.text for sentence in sentences) for quote in quotes)
    assert all(len(quote.text) <= LONGEST_QUOTE for quote in quotes)
    assert all(quote.text == quote.span.of(quote.article.text) for quote in quotes)


def test_beside_over_a_subhead():
    """What stands under another subhead is not beside it."""
    text = f"{THREE[0]} {THREE[1]}\n\nThe end of it\n\n{THREE[2]}"
    quotes = said(ask("Which mill fell?", text, weights=LAX))
    assert f"{THREE[0]} {THREE[1]}" == quotes[0]
    assert not any(THREE[1] in quote and THREE[2] in quote for quote in quotes)


def test_beside_marks_the_answer_itself():
    """In a quote of several sentences, the words of the best one are marked."""
    text = f"The mill of Bergen stood for ages. {MILL}"
    [quote] = ask("When did the old mill of Bergen burn down?", text, weights=LAX).quotes
    assert (text, ["Tuesday"]) == (quote.text, [mark.of(text) for mark in quote.highlights])


def test_nothing_is_told_again_beside():
    """A sentence beside a quote is left out when an earlier quote tells the same."""
    other = "Nobody in the valley knows why it burned on that day."
    texts = MILL, f"{MILL} {other}"
    quotes = said(ask("When did the old mill of Bergen burn?", *texts, weights=LAX))
    assert 1 == sum(MILL in quote for quote in quotes)


def test_closest():
    """What comes near an answer, but not near enough, is told as the closest; it is no quote."""
    sure = ask("When did the old mill burn?", MILL, threshold=0.0).confidence
    near = ask("When did the old mill burn?", f"It rains. {MILL}", threshold=math.nextafter(sure, 1))
    assert ("not_found", ()) == (near.status, near.quotes)
    assert near.closest is not None
    assert (MILL, MILL) == (near.closest.text, near.closest.span.of(near.closest.article.text))


def test_not_even_close():
    """What comes nowhere near an answer is not told at all, nor is a closest one where there is an answer."""
    sure = ask("When did the old mill burn?", MILL, threshold=0.0).confidence
    assert None is ask("When did the old mill burn?", MILL, threshold=sure * 100).closest
    assert None is ask("When did the old mill burn?", MILL, threshold=sure).closest
    assert None is ask("Who won?", MILL).closest


def test_more_than_five():
    """Where more quotes are wanted, further ones come that hold what is asked, and none that does not."""
    what = ("lightning struck", "sparks flew", "wool caught fire", "nobody looked", "soldiers came", "lamps fell over")
    mills = [f"The mill of Bergen burned when {one}." for one in what]
    texts = [f"{mills[0]} Oslo has one that stands to this day, a mill like no other.", *mills[1:]]
    ranking = ranking_of("When did the mill of Bergen burn?", *texts, weights=STRICT)
    five, ten = (answers.answer(ranking.asked.question, ranking, STRICT, 0.3, most) for most in (5, 10))
    assert said(five) == said(ten)[:5]
    assert set(said(ten)) == set(mills)
