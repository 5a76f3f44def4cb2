"""A raw document and its catalog entry in; an Article out."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import articles, catalog, sources
from retrieval.models import Article, CatalogEntry, Document, LeftOut

BODY = "The leaders met in London on Sunday. They will meet again."
DAY, OTHER_DAY = dt.date(2025, 3, 13), dt.date(2024, 1, 1)
ENTRY = CatalogEntry("Of the catalog", "The Catalog", "https://example.org/catalog", OTHER_DAY, "inferred", "A hint.")


def parse(text: str, entry: CatalogEntry | None = None, name: str = "a.md") -> Article:
    article = articles.parse(Document(name, text), entry)
    assert isinstance(article, Article)
    return article


def test_front_matter_goes_before_text_and_catalog():
    """Every key of it; the date needs no evidence then."""
    article = parse(
        "---\ntitle: Of the front\nsource: The Front\nurl: https://example.org/front\ndate: 2025-03-13\n---\n"
        f"# Of the text\n\n1 May 2023\n\nKyiv • UNN\n\n{BODY}",
        ENTRY,
    )

    assert ("Of the front", "stated") == (article.title, article.title_source)
    assert (DAY, "stated", "") == (article.date, article.date_source, article.evidence)
    assert ("The Front", "https://example.org/front") == (article.source, article.url)


STATED = Document(
    "a.jsonl#1", BODY, "utf-8", "Of the archive", DAY, "The Archive", "https://example.org/archive", '{"n":1}', 1
)


def stated(text: str, entry: CatalogEntry | None = None) -> Article:
    article = articles.parse(replace(STATED, text=text), entry)
    assert isinstance(article, Article)
    return article


def test_what_a_page_or_an_archive_states_goes_before_the_head_of_the_text():
    """And before the catalog; all of it counts as stated, and other fields are kept."""
    article = stated(f"Of the text\n\n1 May 2023\n\nKyiv • UNN\n\n{BODY}", ENTRY)

    assert ("Of the archive", "stated") == (article.title, article.title_source)
    assert (DAY, "stated", "") == (article.date, article.date_source, article.evidence)
    assert ("The Archive", "https://example.org/archive") == (article.source, article.url)
    assert '{"n":1}' == article.extra


def test_front_matter_goes_before_what_is_stated_beside_the_text():
    """It is the article's own word; what it leaves open is taken from there."""
    article = stated(f"---\ntitle: Of the front\ndate: 2024-01-01\n---\n{BODY}")

    assert ("Of the front", OTHER_DAY) == (article.title, article.date)
    assert ("The Archive", "https://example.org/archive") == (article.source, article.url)


def test_what_is_not_stated_is_read_off_the_text():
    """A page may state a title and no date."""
    article = articles.parse(Document("a.html", f"13 March 2025\n\nKyiv • UNN\n\n{BODY}", title="Of the page"))
    assert isinstance(article, Article)

    assert ("Of the page", DAY, "stated", "UNN") == (article.title, article.date, article.date_source, article.source)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Who won? Nobody did.", "Who won? Nobody did."),
        ("Leaders  meet in London.", "LEADERS MEET\nin London."),
        ("Leaders meet", "## Leaders meet"),
        ("Leaders meet", "World\n\nLeaders meet"),
    ],
)
def test_a_line_that_only_repeats_the_title_is_not_quoted(title, line):
    """Even one that reads like a sentence."""
    article = articles.parse(Document("a.html", f"{line}\n\n{BODY}", title=title))
    assert isinstance(article, Article)

    assert [BODY] == [block.span.of(article.text) for block in article.blocks if block.kind == "paragraph"]
    assert "title" in {block.kind for block in article.blocks}


def test_a_title_that_is_said_again_in_the_text_is_quoted_there():
    """Only what stands before the text repeats the title."""
    article = articles.parse(Document("a.html", f"{BODY}\n\nNobody won.\n\n{BODY}", title="Nobody won."))
    assert isinstance(article, Article)

    assert 3 == len([block for block in article.blocks if block.kind == "paragraph"])


def test_an_article_that_only_repeats_its_title_has_no_text():
    """There is nothing to quote."""
    assert LeftOut("a.html", "no_text") == articles.parse(Document("a.html", "Nobody won.", title="Nobody won."))


def test_the_text_goes_before_the_catalog_for_title_and_date():
    """The catalog's source is somebody's word, a dateline only looks like one."""
    article = parse(f"Of the text\n\n13 March 2025\n\nKyiv • UNN\n\n{BODY}", ENTRY)

    assert ("Of the text", "stated") == (article.title, article.title_source)
    assert (DAY, "stated", "") == (article.date, article.date_source, article.evidence)
    assert ("The Catalog", "https://example.org/catalog") == (article.source, article.url)


def test_the_catalog_says_what_the_text_does_not():
    """With how the date is known, and why."""
    article = parse(BODY, ENTRY)

    assert ("Of the catalog", "catalog") == (article.title, article.title_source)
    assert (OTHER_DAY, "inferred", "A hint.") == (article.date, article.date_source, article.evidence)


def test_what_nobody_says_is_unknown():
    """The title is the file's name in words then; no date is made up."""
    article = parse(BODY, name="2025/leaders_meet--in-london.txt")

    assert ("Leaders meet in london", "unknown") == (article.title, article.title_source)
    assert (None, "unknown", "", "") == (article.date, article.date_source, article.source, article.url)


def test_a_name_without_words_is_left_as_it_is():
    """A title is never empty."""
    assert "__" == parse(BODY, name="__.txt").title


def test_an_article_is_never_dated_from_its_text_or_its_furniture():
    """Nor from what stands after a comment form."""
    article = parse(
        f"A title\n\nThe talks of 13 March 2025 went on. {BODY}\n\n14 March 2025\n\n{BODY}\n\n"
        f"Talks12.03.25, 16:43 • 29922 views\n\nNo comments:\n\n15 March 2025\n\n{BODY}"
    )

    assert (None, "unknown") == (article.date, article.date_source)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Leaders meet | The Example", "Leaders meet"),
        ("Leaders meet - The Example", "Leaders meet"),
        ("Leaders meet - Rutte", "Leaders meet - Rutte"),
        ("Leaders meet – and part", "Leaders meet – and part"),
        ("Leaders\u00a0meet  again", "Leaders meet again"),
        ("Leaders meet - A(b", "Leaders meet - A(b"),
    ],
)
def test_a_title_is_shown_without_the_name_of_who_reports(line, title):
    """The name of one who is only quoted says whose claim it is, and stays."""
    assert title == parse(f"{line}\n\nThis is reported by The Example. Rutte said so. {BODY}").title


def test_front_matter_and_text_are_one_text():
    """The front matter is a block of its own, and offsets are those of the file, byte order mark and all."""
    text = f"\ufeff---\r\ntitle: x\r\n---\r\n{BODY}"
    article = parse(text)

    assert text == article.text
    assert ["metadata", "paragraph"] == [block.kind for block in article.blocks]
    assert ["---\r\ntitle: x\r\n---", BODY] == [block.span.of(text) for block in article.blocks]


def test_a_byte_order_mark_is_in_no_block():
    """It would be quoted otherwise."""
    assert [BODY] == [block.span.of(f"\ufeff{BODY}") for block in parse(f"\ufeff{BODY}").blocks]


def test_a_mistake_in_the_front_matter_leaves_the_article_out():
    """The others are served."""
    assert LeftOut("a.md", "front_matter", "line 2: date: YYYY-MM-DD, 13 March 2025") == articles.parse(
        Document("a.md", f"---\ndate: soon\n---\n{BODY}")
    )


@pytest.mark.parametrize("text", ["---\ntitle: x\n---\n", "***\n\n[a](b)", "# A heading\n\n## Another"])
def test_a_file_without_a_paragraph_has_no_text(text):
    """There is nothing to quote."""
    assert LeftOut("a.md", "no_text") == articles.parse(Document("a.md", text))


def test_the_encoding_is_kept():
    """It is shown in the list of articles."""
    article = articles.parse(Document("a.txt", BODY, "cp1252"))

    assert isinstance(article, Article)
    assert "cp1252" == article.encoding


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_is_an_article_or_left_out(text):
    """And its text is untouched."""
    article = articles.parse(Document("a.md", text), ENTRY)

    assert isinstance(article, LeftOut) or (text == article.text and article.title)


SEEDS = {
    "000": (
        "UK and France design a military mission for Ukraine as Starmer hosts video summit",
        *("catalog", dt.date(2025, 3, 15), "stated", ""),
    ),
    "001": (
        "Britain and France are seeking to strengthen Ukraine's position in negotiations",
        *("stated", DAY, "stated", "UNN"),
    ),
    "002": (
        "Military leaders of about 30 Ukraine allies to meet in London",
        *("catalog", dt.date(2025, 3, 15), "inferred", ""),
    ),
    "003": (
        "European leaders discuss Ukraine security guarantees after Trump talks",
        *("stated", dt.date(2025, 8, 19), "inferred", ""),
    ),
    "004": (
        "Trump says Putin will accept European peacekeepers in post-ceasefire Ukraine",
        *("catalog", dt.date(2025, 2, 24), "inferred", ""),
    ),
}


def test_title_date_and_source_of_the_seeds(seeds):
    """Each with its origin; every date that was worked out has its evidence."""
    entries = catalog.load(seeds)
    found = {}
    for file in sources.scan(seeds)[0]:
        document = sources.read(file)
        assert isinstance(document, Document)
        article = articles.parse(document, entries.get(file.id))
        assert isinstance(article, Article)
        assert bool(article.evidence) == (article.date_source == "inferred")
        found[file.id[:3]] = (article.title, article.title_source, article.date, article.date_source, article.source)

    assert SEEDS == found
