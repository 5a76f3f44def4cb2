"""Which sentences a chosen one brings along: whom its pronoun means, and who says its words."""

from retrieval import passages, ranking
from retrieval.companions import LONGEST_QUOTE, with_companions
from retrieval.models import Hit, Question
from tests.corpora import NO_WEIGHTS, article_of

LUND = "Olga Lund runs the mill."
SPOKE = "“We grind corn here,” said Olga Lund."
BARE = "“The wheel is of oak."


def brought(text: str, chosen: str) -> str:
    """The words that are quoted for the sentence that begins like `chosen`."""
    article = article_of(text)
    hits = [Hit(passage, 1.0, rank) for rank, passage in enumerate(passages.split(article))]
    ranked = ranking.rank(Question("?"), hits, {article.id: article}, lambda _: 1.0, NO_WEIGHTS).sentences
    candidate = next(one.candidate for one in ranked if one.candidate.sentence.text.startswith(chosen))
    found = with_companions(candidate)
    return article.text[found[0].span.start : found[-1].span.end]


def test_alone():
    """A sentence that says who and what stands alone."""
    assert LUND == brought(f"It rains. {LUND} She likes it.", "Olga")


def test_pronoun():
    """A sentence that opens with a pronoun brings along the one before; the first of a passage cannot."""
    assert f"{LUND} She likes it." == brought(f"It rains. {LUND} She likes it.", "She")
    assert "She likes it." == brought("She likes it. It rains. They came.", "She")


def test_speaker_before():
    """Bare words bring along the sentence before that says whose they are."""
    bare = "“The wheel is of oak and turns slowly.”"
    assert f"{SPOKE} {bare}" == brought(f"It rains. {SPOKE} {bare} The roof is new.", "“The wheel")


def test_speaker_after():
    """Words whose quotation goes on bring along the sentence at its end that says whose they are."""
    text = 'It rains. “The old wheel is made of oak. It turns, slowly," said Olga Lund.'
    assert text.removeprefix("It rains. ") == brought(text, "“The old")
    text = 'It rains. “The old wheel is made of oak. That is so. It turns, slowly," said Olga Lund.'
    assert text.removeprefix("It rains. ") == brought(text, "“The old")


def test_quotation_without_an_end():
    """Where a quotation ends without a speaker, who speaks later is not its speaker."""
    text = "It rains. “The old wheel is made of oak. It turns» for years now. The roof is new, said Olga Lund."
    assert "“The old wheel is made of oak." == brought(text, "“The old")


def test_speaker_of_another_paragraph():
    """Who speaks in another paragraph need not be who speaks here."""
    bare = "“The wheel is of oak and turns slowly.”"
    assert bare == brought(f"{SPOKE}\n\n{bare} The roof is new.", "“The wheel")


def test_unnamed_speaker():
    """A sentence without a speaker, or with one who is only "he", names nobody."""
    bare = "“The wheel is of oak and turns slowly.”"
    for before in ("“We grind corn here.” It rains on Monday.", "“We grind corn here,” he said on Monday."):
        assert bare == brought(f"It rains. {before} {bare}", "“The wheel")


def test_he_said():
    """Words that "she said" bring along the sentence that says who she is, with one between at most."""
    words = "“The wheel is of oak and turns slowly,” she said."
    spoke = "Olga Lund said she was glad."
    assert f"{spoke} {words}" == brought(f"{spoke} {words}", "“The wheel")
    assert f"{spoke} It rains. {words}" == brought(f"{spoke} It rains. {words}", "“The wheel")
    assert words == brought(f"It rains. The mill stands. {words}", "“The wheel")
    assert words == brought(f"{spoke} It rains. The mill stands. {words}", "“The wheel")


def test_both():
    """A pronoun inside bare words brings along both whom it means and who speaks, in a row of three at most."""
    bare = "“It is of oak and turns slowly.”"
    assert f"{SPOKE} {bare}" == brought(f"{SPOKE} {bare}", "“It is")


def test_too_long():
    """Of what would make a quote too long, the speaker goes first, then whom the pronoun means, then nobody."""
    spoke = f"“We grind {'rye and ' * 55}corn here,” said Olga Lund."
    bare = f"“The wheel is of oak {'and elm ' * 12}and turns slowly.”"
    assert len(spoke) < LONGEST_QUOTE < len(spoke) + len(bare)
    assert bare == brought(f"{spoke} {bare}", "“The wheel")
    long = f"{LUND[:-1]}{' and the farm and the boats' * 21}."
    assert "She likes it." == brought(f"{long} She likes it.", "She")


def test_speaker_before_pronoun():
    """Where the three sentences do not fit, the speaker is kept rather than whom the pronoun means."""
    filler = f"“Corn is {'good and ' * 40}cheap."
    text = f"{SPOKE} {filler} It is ground here for {'weeks and ' * 20}months.”"
    assert brought(text, "“Corn").startswith(SPOKE)
