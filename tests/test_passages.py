"""An Article in; its Passages of Sentences out."""

import textwrap
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import analysis, articles, passages, sources
from retrieval.models import Article, Block, Document, Passage, Span

ODD = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(list(" \n.!?,;:\"'“”‘’«»()[]#*-•|aAbB1"))),
    max_size=400,
)


def article_of(text: str) -> Article:
    article = articles.parse(Document("a.txt", text))
    assert isinstance(article, Article)
    return article


def split(text: str) -> tuple[Passage, ...]:
    return passages.split(article_of(text))


def sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph, wherever the passages part."""
    text = f"A title\n\n{paragraph}"
    blocks = (Block("paragraph", Span(text.index(paragraph), len(text))),)
    article = Article("a.txt", "A title", "stated", None, "unknown", "", "", text, blocks)
    return [sentence.text for passage in passages.split(article) for sentence in passage.sentences]


def paragraphs(*sizes: int) -> str:
    """Paragraphs of so many sentences each."""
    return "A title\n\n" + "\n\n".join(" ".join(f"This is sentence {n}." for n in range(size)) for size in sizes)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((1,), [1]),
        ((4, 5, 6), [4, 5, 6]),
        ((1, 1, 1, 1, 1, 1), [3, 3]),
        ((1, 1, 1, 1), [4]),
        ((2, 2, 4), [4, 4]),
        ((2, 4), [6]),
        ((2, 5), [2, 5]),
        ((5, 2, 5), [5, 2, 5]),
        ((4, 2, 5), [6, 5]),
        ((7,), [3, 4]),
        ((13,), [4, 4, 5]),
        ((6, 1), [6, 1]),
    ],
)
def test_passages_have_three_to_six_sentences_where_paragraphs_allow(sizes, expected):
    """Short neighbours are put together, long paragraphs divided evenly, and a remainder joins what is before it."""
    assert expected == [len(passage.sentences) for passage in split(paragraphs(*sizes))]


def test_a_passage_knows_its_place():
    """Number, article and span, from its first sentence to its last."""
    text = paragraphs(3, 3)
    found = split(text)

    assert [("a.txt", 0), ("a.txt", 1)] == [(passage.article_id, passage.number) for passage in found]
    assert text.split("\n\n")[1:] == [passage.span.of(text) for passage in found]


def test_no_passage_reaches_over_a_subhead_or_furniture():
    """What is quoted from one passage holds together; the subhead stays in force after furniture."""
    one = "This is a sentence."
    found = split(
        f"A title\n\n{one}\n\nA short   subhead\n\n{one}\n\nRead more: the link\n\n{one}\n\n## Another\n\n{one}"
    )

    assert ["", "A short subhead", "A short subhead", "Another"] == [passage.heading for passage in found]


def test_a_subhead_is_known_by_its_beginning():
    """Each passage below it holds it: one of 100,000 characters above 1,500 passages took half a gigabyte."""
    first, *_ = split(f"A title\n\n# {'word ' * 1000}\n\nThis is a sentence.\n")

    assert ("word " * 60) == first.heading


def test_terms_are_those_of_the_sentence():
    """As the analysis of questions makes them."""
    (passage,) = split(paragraphs(2))

    assert [tuple(analysis.terms(one.text)) for one in passage.sentences] == [one.terms for one in passage.sentences]


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Smith went to St. Petersburg.", "He left."],
        ["“It is so.”", "He left."],
        ["“It is so. We stay,” he said.", "He left."],
        ["“Is it so?” asked the minister.", "He left."],
        ["“It is so.” Starmer said.", "He left."],
        ["He left. ”", "Then “we go” was heard."],
        ["It will last. “he said.", "He left."],
        ["He left.", "“ We go.”"],
        ["He spoke.", '" We go. "', "He left."],
        ["It grew.[citation needed]", "Then it fell.[n 7][8]", "It rose.:35", "It ended."],
        ["He paid $3 bn. at once.", "He left."],
        ["It sells phones.", "iPods are no phones."],
        ["hello.", "this is all lower case."],
        ["“He left.” ”", "They stayed."],
        ["He left. ...", "They stayed."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected):
    """Quotations stay with who said them, marks and notes with what they close."""
    assert expected == sentences(" ".join(expected))


def test_a_wrapped_line_ends_no_sentence():
    """The line break stays in the text, as printed."""
    text = "The leaders met in London on Sunday to talk about a force that could be sent there. They left."

    assert "\n" in textwrap.fill(text, 50)
    assert [textwrap.fill(text, 50).removesuffix(" They left."), "They left."] == sentences(textwrap.fill(text, 50))


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("“" + "We go now. " * 100 + "”", ". "),
        ("Point of the list; " * 60, "; "),
        ("Point of the list, " * 60, ", "),
        ("word " * 300, " "),
        ("x" * 1500, ""),
        (f"He went on{' ' * 5000}and on{' ' * 700}for hours.", ""),
    ],
)
def test_a_sentence_over_600_characters_is_cut_at_the_best_place(text, cuts):
    """At a stop within a quotation, a semicolon, a comma, white space, or anywhere; into about equal parts."""
    found = sentences(text)

    assert text.split() == " ".join(found).split() or text == "".join(found)
    assert all(4 < len(part) <= passages.LONGEST for part in found)
    assert all(part[-1] == cuts[0] for part in found[:-1] if cuts.strip())


def test_an_abbreviation_is_no_place_to_cut():
    """A long sentence is cut at a comma rather than after `St.`"""
    text = "the church of St. Mary, " * 40

    assert {","} == {part[-1] for part in sentences(f"They saw {text}and left.")[:-1]}


@settings(max_examples=300, deadline=None)
@given(ODD)
def test_splitting_loses_nothing_but_white_space(text):
    """Every sentence is verbatim at its offsets, in order, of at most 600 characters, and in one passage only."""
    article = articles.parse(Document("a.txt", text))
    if not isinstance(article, Article):
        return
    found = passages.split(article)
    spans = [sentence.span for passage in found for sentence in passage.sentences]

    for passage in found:
        assert 0 < len(passage.sentences) <= passages.MOST
        assert passage.span == Span(passage.sentences[0].span.start, passage.sentences[-1].span.end)
        for sentence in passage.sentences:
            assert sentence.text == sentence.span.of(text) == sentence.text.strip() != ""
            assert len(sentence.text) <= passages.LONGEST
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    paragraphs = "".join(block.span.of(text) for block in article.blocks if block.kind == "paragraph")
    assert "".join(paragraphs.split()) == "".join(kept.split())


@pytest.mark.parametrize("piece", ["word ", "x", "“a ", "' a", '" a', "“", ". ", "[1]", "A. b “ ", "a, "])
def test_a_long_paragraph_of_one_pattern_is_no_trouble(piece):
    """Work grows with the text: at the square of some of these it would take minutes."""
    text = piece * 50_000
    blocks = (Block("paragraph", Span(0, len(text))),)
    found = passages.split(Article("a.txt", "A", "stated", None, "unknown", "", "", text, blocks))

    assert "".join(text.split()) == "".join("".join(one.text.split()) for part in found for one in part.sentences)


def test_the_seeds_are_split_into_whole_sentences(seeds):
    """Each sentence of a passage begins as a sentence does, and but for one, which the text gives no stop, ends so."""
    found = []
    for file in sources.scan(seeds)[0]:
        document = sources.read(file)
        assert isinstance(document, Document)
        article = articles.parse(document)
        assert isinstance(article, Article)
        found += [sentence.text for passage in passages.split(article) for sentence in passage.sentences]

    assert 142 == len(found)
    assert [] == [one for one in found if not one.lstrip("“‘” ")[0].isupper()]
    assert ["aggression"] == [one.split()[-1] for one in found if one.rstrip("”’ )")[-1] not in ".?!"]
