"""What a question asks for, word by word, and how much of it a text holds."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import analysis
from retrieval.asked import LEAST_IDF, Asked
from retrieval.models import Question, QuestionTerm
from retrieval.sentences import framed, view
from tests.corpora import ranking_of

MILL = "The old mill of Bergen burned down on Tuesday."
KNOWN = {"": 4.0, "mill": 4.0, "bergen": 2.0, "burn": 0.1}


def asked_of(question: str, *texts: str) -> Asked:
    """The question, made ready to be compared with articles of these texts."""
    return ranking_of(question, *texts).asked


def weighed(*terms: QuestionTerm) -> Asked:
    """These terms, each as rare as `KNOWN` says."""
    return Asked(Question("?", terms), [], lambda term: KNOWN[term])


def letters(text: str) -> str:
    return view(text).letters


def beside(asked: Asked, sentence: str) -> list[tuple[str, str]]:
    """The question's neighbouring terms that are neighbours in a sentence."""
    own = view(sentence)
    return asked.pairs(own, asked.held(asked.sought(own)))


def test_weights_are_shares():
    """A term's weight is its share of all idf, and the less the lighter it is."""
    found = weighed(QuestionTerm("mill", "mill"), QuestionTerm("bergen", "Bergen", 0.5)).weights
    assert {"mill": pytest.approx(4 / 5), "bergen": pytest.approx(1 / 5)} == found


def test_common_words_count_all_the_same():
    """A word that all passages hold counts a share of an unknown one's idf; what a passage can score is not changed."""
    asked = weighed(QuestionTerm("mill", "mill"), QuestionTerm("burn", "burn"))
    least = LEAST_IDF * 4
    assert pytest.approx(least / (4 + least)) == asked.weights["burn"]
    assert pytest.approx(4.1) == asked.attainable


def test_light_words_are_not_all():
    """What light words miss to one whole word counts as an unknown one."""
    asked = weighed(QuestionTerm("mill", "mill", 0.3))
    assert pytest.approx(0.3) == asked.coverage({"mill"})
    assert pytest.approx(0.3 * 4 + 0.7 * 4) == asked.attainable


def test_nothing_asked():
    """A question without terms is covered by nothing, and nothing is divided by zero."""
    asked = weighed()
    held = asked.held(["mill"])
    found = (asked.coverage(held), asked.exact(letters("mill"), held), asked.bigrams({("a", "b")}))
    assert (0, 0, 0) == found
    assert ([0.0], []) == (asked.grams([letters("mill")]), asked.grams([]))
    assert (0, [], []) == (asked.related(["mill"]), asked.sought(view("mill")), beside(asked, "The old mill"))


def test_dates_are_not_attainable():
    """The words of a date add nothing to what a passage can score."""
    dated = QuestionTerm("bergen", "Bergen", dated=True)
    asked = weighed(QuestionTerm("mill", "mill"), dated)
    assert (4.0, {"bergen"}) == (asked.attainable, asked.dated)


def test_sought():
    """Of a sentence only the question's terms and what may stand for them count, each as often as it is said."""
    asked = weighed(QuestionTerm("mill", "mill", related=(("farm", 0.5),)), QuestionTerm("burn", "burned"))
    found = asked.sought(view("Mills of the farm burned down a boat and a mill."))
    assert ["mill", "farm", "burn", "mill"] == found
    assert {"mill", "burn"} == asked.held(found)
    assert ([], set()) == (asked.sought(view("A boat sank.")), asked.held(["farm", "boat"]))


def test_coverage():
    """Coverage is the weight of the terms that are held."""
    asked = asked_of("Did the mill in Bergen burn?", MILL)
    assert pytest.approx(1.0) == asked.coverage({"mill", "bergen", "burn"})
    assert 0 < asked.coverage({"mill"}) < asked.coverage({"mill", "burn"}) < 1


def test_exact():
    """The very form that was typed counts; another form of the word does not."""
    asked = asked_of("mills burned", "The mill burned.")
    assert pytest.approx(1.0) == asked.exact(letters("Mills burned"), {"mill", "burn"})
    assert pytest.approx(asked.weights["burn"]) == asked.exact(letters("A mill burned."), {"mill", "burn"})


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which U.S. mill burned?", "The US mill burned."),
        ("Which mill of 5,000 people burned?", "A mill of 5000 people burned."),
        ("Did the mayors’ mill burn?", "Mayors of the mill burn."),
        ("Did the 3rd mill burn?", "On 3 May they burn the mill."),
    ],
)
def test_exact_in_spite_of_marks(question, sentence):
    """Commas, full stops and apostrophes in a word make no other word of it."""
    asked = asked_of(question, sentence)
    held = asked.held(view(sentence).terms)
    assert pytest.approx(asked.coverage(held)) == asked.exact(letters(sentence), held)


@pytest.mark.parametrize("typed", ["Bergin", "millbergen"])
def test_what_was_meant_counts_as_typed(typed):
    """For a misspelt or glued word, the word that was meant is as good as typed, and only that."""
    asked = asked_of(f"Did {typed} burn?", MILL.replace("burned", "burn"))
    assert asked.question.corrections
    assert pytest.approx(1.0) == asked.exact(letters("mill of Bergen burn"), {"mill", "bergen", "burn"})
    assert pytest.approx(asked.weights["burn"]) == asked.exact(letters("They burn."), {"burn"})


def test_what_was_meant_before_counts_as_typed():
    """So it does in the question that follows up on it."""
    corrected = QuestionTerm("bergen", "Bergin", 0.8, name=True)
    asked = Asked(Question("And when?", carried=(corrected,)), [], lambda _: 1.0)
    assert pytest.approx(0.8) == asked.exact(letters("bergen"), {"bergen"})


def test_a_phrase_counts_as_typed():
    """Where a phrase stands for a term, that is as good as typed."""
    asked = asked_of("Did they stop the fire?", "A ceasefire holds.")
    assert asked.weights["ceasefir"] == asked.exact(letters("A ceasefire holds."), {"ceasefir"})


def test_right_days_count_as_typed():
    """The words of a date count as typed for what is of its days."""
    asked = weighed(QuestionTerm("mill", "mill"), QuestionTerm("bergen", "Bergen", dated=True))
    assert pytest.approx(1.0) == asked.exact(letters("mill"), {"mill"}, {"bergen"})


def test_bigrams():
    """Neighbours in the question count where they are neighbours in the sentence, in that order, by the lighter one."""
    asked = asked_of("old water mill", "An old water mill.", "The mill.", "A mill of old.")
    assert pytest.approx(1.0) == asked.bigrams(beside(asked, "An old water mill."))
    assert 0 == asked.bigrams(beside(asked, "A mill by the water is old."))
    assert 0 < asked.bigrams(beside(asked, "A water mill.")) < 1


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The old mill of Bergen", [("old", "mill"), ("mill", "bergen")]),
        ("Old stone mills", [("old", "mill")]),
        ("Old grey stone mills", []),
        ("A mill that is old", []),
        ("A mill in ruins, an old mill, but not of Bergen", [("old", "mill"), ("mill", "bergen")]),
        ("Bergen", []),
    ],
)
def test_pairs(sentence, expected):
    """Neighbours are terms that stand next or next but one to each other, in the question's order, at any place."""
    assert expected == beside(asked_of("old mill of Bergen", "The old mill of Bergen, a mill."), sentence)


def test_pairs_of_what_is_held():
    """Only what counts as held is looked for."""
    asked = asked_of("old mill of Bergen", "The old mill of Bergen.")
    assert [("old", "mill")] == asked.pairs(view("The old mill of Bergen"), {"old", "mill"})
    assert [("mill", "bergen")] == asked.pairs(view("The old mill of Bergen"), {"mill", "bergen"})


def test_grams():
    """Words that are alike in part share letters; a word that shares none adds nothing."""
    asked = asked_of("Zelenskyy", "Zelenskyy came.")
    whole, alike, other = asked.grams([framed(word) for word in ("zelenskyy", "zelenskis", "mill")])
    assert pytest.approx(1.0) == whole
    assert 1 > alike > other == 0


def test_rare_grams():
    """Runs of letters that few of the candidates hold tell more than those of all."""
    asked = asked_of("mill farm", "A mill and a farm.")
    rare, *_, common = asked.grams([framed("farm"), framed("mill"), framed("mill")])
    assert rare > common > 0


def test_only_its_own_grams():
    """Of a sentence's runs of letters only the question's own are compared, none of them over the end of a word."""
    asked = asked_of("Did the mill burn?", MILL)
    for sentence, expected in (("Millers bake.", 2 / 3), ("Mil lmi", 1 / 3), ("A boat sank.", 0)):
        assert [pytest.approx(expected * asked.weights["mill"])] == asked.grams([letters(sentence)])


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=4))
def test_grams_of_all_words(typed):
    """For any words, a text that holds them all has all their runs of letters."""
    terms = {analysis.term_of(word): word for word in typed if analysis.term_of(word)}
    asked = Asked(Question("?", tuple(QuestionTerm(*one) for one in terms.items())), [], lambda _: 1.0)
    [found] = asked.grams(["".join(map(framed, typed))])
    assert pytest.approx(1.0 if terms else 0.0) == found


def test_related():
    """A related word counts by its share where the word itself is missing, and not besides it."""
    asked = weighed(QuestionTerm("mill", "mill", related=(("works", 0.5), ("bergen", 0.2))))
    assert pytest.approx(0.5) == asked.related(["works", "bergen", "bergen"])
    assert pytest.approx(0.2) == asked.related(["bergen"])
    assert 0 == asked.related(["works", "mill"]) == asked.related(["burn"])


def test_names():
    """Names are the capitals of a question, and words that the hits' sentences print in capitals wherever they can."""
    for opening in ("Then Berg came.", "Berg came."):
        asked = asked_of("did berg or the miller come", f"{opening} And so did Berg, the miller. The miller left.")
        assert {"berg"} == asked.names
    assert {"berg"} == asked_of("Did Berg or the miller come?", "The miller came.").names


@pytest.mark.parametrize("text", ["Mills burn. Mills fall.", "Old Mills burn, and so do other mills."])
def test_no_names(text):
    """A capital at the start of a sentence says nothing, and one that a small letter contradicts says it is none."""
    assert set() == asked_of("which mills burn", text).names


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does Olga Tarn burn?", True),
        ("Does the mill of Bergen burn?", False),
        ("Did the mill burn in April?", False),
        ("Did the quarry burn?", False),
    ],
)
def test_foreign_name(question, expected):
    """A name that no article knows is told from one that they know, from dates and from other words."""
    assert expected == asked_of(question, MILL).foreign_name


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the latest news?", True),
        ("What happened on 5 March 2025?", True),
        ("What happened to the mill on 5 March 2025?", False),
        ("What is the latest from the mill?", False),
        ("Which mill?", False),
        ("?", False),
    ],
)
def test_only_time(question, expected):
    """A question may ask for nothing but what there is of some days, or the newest."""
    assert expected == asked_of(question, f"---\ndate: 2025-03-05\n---\n{MILL}").only_time


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Olga Lund say about the mill?", {"olga", "lund"}),
        ("What was said on 11 March?", set()),
        ("Who owns the mill?", set()),
    ],
)
def test_speakers(question, expected):
    """Whose words are asked for, where somebody's are."""
    assert expected == asked_of(question, "Olga Lund said the mill of March 11 owns.").speakers


@pytest.mark.parametrize(
    ("text", "corrections", "expected"),
    [
        ("What did Lnud say?", (("Lnud", "lund"),), {"lund"}),
        ("What did the mayor of Oslo say?", (("the mayor of Oslo", "lund"),), {"lund"}),
        ("What fell according to the mayor of Oslo?", (("the mayor of Oslo", "lund"),), {"lund"}),
        ("What did the mayor of Oslo say of Tarn?", (("Trn", "tarn"),), {"maior", "oslo"}),
        ("What did airforce pilots say?", (("airforce", "air"), ("airforce", "forc")), {"air", "forc", "pilot"}),
    ],
)
def test_speakers_read_otherwise(text, corrections, expected):
    """Whose words are asked for is what was read for the words as typed."""
    assert expected == Asked(Question(text, kind="statement", corrections=corrections), [], lambda _: 1.0).speakers


def test_offices():
    """The speaker may be called by each office that the hits tell of, and by no other."""
    text = "Norwegian President Olga Lund met Polish President Jan Kowal. Olga Lund, the mayor of Oslo, left."
    found = {frozenset({"presid", "norwai"}), frozenset({"leader", "norwai"}), frozenset({"maior", "oslo"})}

    assert found == asked_of("What did Olga Lund say?", text).offices
    assert frozenset() == asked_of("What did Fischer say?", text).offices
    assert frozenset() == asked_of("Who met Lund?", text).offices


def test_speaker_of_the_turn_before():
    """A pronoun means who was named in the turn before, in a question for words only."""
    named = QuestionTerm("lund", "Lund", 0.8, name=True)
    for text, kind, expected in (("What did she say?", "statement", {"lund"}), ("When did she come?", "time", set())):
        assert expected == Asked(Question(text, kind=kind, carried=(named,)), [], lambda _: 1.0).speakers


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many workers has the mill?", {"worker"}),
        ("How many French workers has the mill?", {"worker"}),
        ("Who has the mill?", set()),
    ],
)
def test_counted(question, expected):
    """What is to be counted is the noun, past a nationality; what may stand for it counts too."""
    assert expected <= (found := asked_of(question, "The mill has forty French workers.").counted)
    assert bool(found) == bool(expected)
    assert not found & {"mill", "french", "franc"}


def test_focus():
    """A figure should stand near what is counted, words near what they are about, else near anything asked."""
    text = "Olga said the mill has forty workers."
    assert {"worker"} == asked_of("How many workers has the mill?", text).focus & {"worker", "mill"}
    assert {"mill"} == asked_of("What did Olga say about the mill?", text).focus & {"olga", "mill"}
    assert {"olga", "mill"} == asked_of("Who is Olga of the mill?", text).focus & {"olga", "mill"}


def test_order_of_sets_changes_nothing():
    """Sums are the same to the last digit, however a set is ordered."""
    asked = asked_of("When did the old mill of Bergen burn down?", MILL)
    orders = list(permutations(asked.held(view(MILL).terms)))
    pairs = beside(asked, MILL)
    assert (len(orders[0]), len(pairs)) == (4, 3)
    assert 1 == len({asked.coverage(order) for order in orders})
    assert 1 == len({asked.exact(letters(MILL), order) for order in orders})
    assert 1 == len({asked.bigrams(order) for order in permutations(pairs)})
    assert 1 == len({asked.grams(["".join(map(framed, order))])[0] for order in orders})
