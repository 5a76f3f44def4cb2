"""A text in; what is title, heading, paragraph, metadata and furniture."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.furniture import blocks

BODY = "The leaders met in London on Sunday. They will meet again."
MORE = "Nothing was agreed."

SEEDS = {
    "000": {
        "metadata": ["date 2025-03-15"],
        "title": [],
        "heading": ["Become independent", "Defend the agreement", "Concern for the United States"],
        "furniture": [
            "What unites Trump with Putin: a long business history, resentment and more than one enigma",
            (
                "What is happening, As explained here Our expert journalist in Ukraine Icíar Gutiérrezis the "
                "replication of Kursk’s Ukrainian troops."
            ),
            "Russian advance forces Ukraine to withdraw from his positions in Kursk: what happened and what can mean",
        ],
    },
    "001": {
        "metadata": ["date 2025-03-13", "Kyiv • UNN"],
        "title": ["Britain and France are seeking to strengthen Ukraine's position in negotiations - Bloomberg"],
        "heading": [],
        "furniture": [
            "Details",
            "Rubio: minerals deal is not a guarantee of security12.03.25, 16:43 • 29922 views",
            (
                'European allies are accelerating the creation of a "coalition of the willing" for security guarantees '
                "for Ukraine - Heappey12.03.25, 23:25 • 12915 views"
            ),
        ],
    },
    "002": {
        "metadata": [],
        "title": [],
        "heading": ["The armies will settle the details", "‘Not good enough’"],
        "furniture": [],
    },
    "003": {
        "metadata": [],
        "title": ["European leaders discuss Ukraine security guarantees after Trump talks"],
        "heading": [],
        "furniture": [
            "No comments:",
            "Post a Comment",
            "What’s next after a court cut Donald Trump’s $515 million fine to $0",
            (
                "DONATE Sign in Menu FBI raids Bolton’s home Ghislaine Maxwell transcripts Menendez brothers denied "
                "parole Tour bus crash College football ..."
            ),
        ],
    },
    "004": {
        "metadata": [],
        "title": [],
        "heading": ["US-Ukraine minerals deal"],
        "furniture": ["Article by:Source:"],
    },
}


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(text)) for block in blocks(text)]


def kind_between(line: str) -> str:
    """What a line between two paragraphs is taken for."""
    return kinds(f"A title\n\n{BODY}\n\n{line}\n\n{MORE}")[2][0]


@pytest.mark.parametrize("number", sorted(SEEDS))
def test_each_line_of_the_seeds_that_is_no_paragraph_is_known_for_what_it_is(seeds, number):
    """And no other line is taken for one of these."""
    (path,) = seeds.glob(f"{number}_*.txt")
    found = kinds(path.read_bytes().decode())

    assert SEEDS[number] == {kind: [text for other, text in found if other == kind] for kind in SEEDS[number]}


def test_a_long_line_without_a_stop_is_a_paragraph(seeds):
    """A missing full stop alone makes nothing furniture."""
    (path,) = seeds.glob("001_*.txt")

    assert any(
        kind == "paragraph" and line.endswith("further Russian aggression")
        for kind, line in kinds(path.read_text("utf-8"))
    )


@pytest.mark.parametrize(
    "line",
    [
        "Become independent",
        "‘Not good enough’",
        "**Why now**",
        "## A heading of Markdown, however long it is, and with a stop.",
        "What happens next?",
    ],
)
def test_a_short_line_without_a_stop_or_with_a_question_is_a_subhead(line):
    """Between paragraphs."""
    assert "heading" == kind_between(line)


@pytest.mark.parametrize(
    "line",
    [
        "Details",
        "Moscow: no troops",
        "Trump pauses military aid to Ukraine after argument with Zelensky in the Oval Office",
        "Talks end early12.03.25, 16:43 • 29922 views",
        "1,204 views",
        "By Jane Doe and John Smith",
        "Article by: Jane Doe",
        "Reporting by Jane Doe; editing by John Smith",
        "Photo: the leaders in London.",
        "Read more: Who is the host?",
        "More on this story: what the leaders want",
        "Sign up for our newsletter.",
        "Advertisement - continue below",
        "5 min read",
        "© 2025 The Example",
        "Copyright 2025 The Example. All rights reserved.",
        "Home | World | Politics | Sport",
        "Menu Sign in Subscribe",
        "The plan, as we have explained here, is simple.",
        "Click here for the plan",
        "![a photo](photo.jpg)",
        "[Who is the host?](https://example.org)",
        "https://example.org/live",
        "<br/>",
        "***",
    ],
)
def test_what_stands_around_an_article_is_furniture(line):
    """By its form, whatever it says."""
    assert "furniture" == kind_between(line)


@pytest.mark.parametrize(
    "line",
    [
        "He said no.",
        "Why should we wait? We should not.",
        "“What now?” he asked.",
        "“What now?”",
        "- A point without a stop",
        "The points are:",
        "The talks went on, then they,",
        "He told them that nobody would wait for an answer",
        "Advertisement spending fell.",
        "Copyright law is changing.",
        "By Monday the talks had ended.",
        "Photographs by the river are forbidden. They always were.",
        "Subscribers left.",
        "As he explained, here and there troops are needed.",
        "There were 29922 views.",
        "It ended on 12.03.25.",
        "Reuters | Kyiv is where he works.",
        "In 2014 he met Angela Merkel of Germany and Donald Tusk of the European Council in Paris.",
    ],
)
def test_a_sentence_is_a_paragraph(line):
    """Even when a word in it is one that furniture likes."""
    assert "paragraph" == kind_between(line)


def test_nothing_after_a_comment_form_is_the_articles():
    """However well written it is."""
    assert ["title", "paragraph", "furniture", "furniture", "furniture"] == [
        kind for kind, _ in kinds(f"A title\n\n{BODY}\n\n3 comments\n\nJane: {BODY}\n\n{MORE}")
    ]


@pytest.mark.parametrize("line", ["No comments:", "Post a Comment", "Leave a reply", "12 Comments", "Comments (3)"])
def test_a_comment_counter_above_the_text_closes_nothing(line):
    """Sites show it under the title too."""
    assert ["title", "furniture", "paragraph"] == [kind for kind, _ in kinds(f"A title\n{line}\n\n{BODY}")]


def test_the_head_holds_title_metadata_and_furniture():
    """A menu before the title; a date and a dateline on lines of their own after it; a byline and a standfirst."""
    head = ["Home", "World", "Sport", "A title: what it says | The Example", "Published 2 March 2025", "Kyiv • UNN"]
    head += ["By Jane Doe", "What the leaders want to talk about in London on Sunday"]

    assert ["furniture"] * 3 + ["title", "metadata", "metadata", "furniture", "heading", "paragraph"] == [
        kind for kind, _ in kinds("\n".join([*head, "", BODY]))
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"Leaders meet\n\n{BODY}", "title"),
        (f"# Leaders meet\n\n{BODY}", "title"),
        (f"## Leaders meet\n\n{BODY}", "title"),
        (f"Will the leaders meet?\n{BODY}", "title"),
        (f"Peace in our time!\n{BODY}", "title"),
        (f"He said that the leaders were told to wait until the talks had ended\n{BODY}", "title"),
        (f"The leaders met.\n\n{BODY}", "paragraph"),
        (f"- Leaders meet\n\n{BODY}", "paragraph"),
        (f"The leaders met. They talk\n\n{BODY}", "paragraph"),
        ("Long " * 40 + f"\n\n{BODY}", "paragraph"),
        ("Leaders meet", "paragraph"),
        ("Leaders meet\n\n***\n\nhttps://example.org", "paragraph"),
    ],
)
def test_the_title_is_a_first_line_that_does_not_tell(text, first):
    """And has something under it."""
    assert first == kinds(text)[0][0]


def test_the_date_line_of_the_header_leaves_its_line():
    """What follows on the line is title or text like any other."""
    assert [("metadata", "date 2025-03-13"), ("title", "Leaders meet"), ("paragraph", BODY)] == kinds(
        f" date 2025-03-13 Leaders meet\n{BODY}"
    )
    assert [("metadata", "date 2025-03-13"), ("paragraph", BODY)] == kinds(f" date 2025-03-13 {BODY}")


def test_a_dateline_within_the_text_is_no_metadata():
    """Only the head states."""
    assert "heading" == kind_between("Kyiv • UNN")


def test_lines_that_a_colon_announces_are_the_text():
    """A list without marks."""
    found = kinds(f"A title\n\nThey will:\n\nMeet\n\nAgree\n\nGo home\n\n{BODY}")

    assert ["title"] + ["paragraph"] * 5 == [kind for kind, _ in found]


def test_three_short_lines_in_a_row_are_no_subheads():
    """They are a menu or a list of links; so are lines with nothing after them."""
    lines = "The first of the links\nThe second of the links\nThe third of the links"

    assert ["title", "paragraph"] + ["furniture"] * 3 + ["paragraph", "furniture"] == [
        kind for kind, _ in kinds(f"A title\n\n{BODY}\n\n{lines}\n\n{MORE}\n\nThe last link")
    ]


def test_where_hardly_a_line_has_a_stop_none_is_missed():
    """A file of notes would otherwise be furniture as a whole."""
    notes = [f"Note number {number} of the talks that the leaders have in London" for number in range(5)]

    assert ["title"] + ["paragraph"] * 4 == [kind for kind, _ in kinds("\n".join(notes))]
    assert ["title", "paragraph", "paragraph"] == [
        kind for kind, _ in kinds("Notes of today\nThe first of the notes\nThe second of the notes")
    ]


def test_a_menu_alone_has_no_text():
    """Nor has a page of links."""
    assert {"furniture"} == {kind for kind, _ in kinds("Home\nWorld\nSport\n\n[a](b)\n\n***")}
    assert () == blocks(" \n\n")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.text(), st.sampled_from([BODY, "Head", "No comments", "Kyiv • UNN", "A: b", "Why?"]))))
def test_blocks_are_ordered_trimmed_and_apart(lines):
    """For any text."""
    text = "\n".join(lines)
    end = 0
    for block in blocks(text):
        printed = block.span.of(text)
        assert end <= block.span.start
        assert printed == printed.strip() != ""
        end = block.span.end


@pytest.mark.parametrize(
    "piece",
    ["word ", "A\n", "[a](b)\n", "“", "[", "![](", "<", "http://", "* ", "> ", "1, ", "a | ", "as ", "A\n***\n"],
)
def test_a_long_text_of_one_pattern_is_no_trouble(piece):
    """Work grows with the text, not with its square or worse: this would not end otherwise."""
    assert len(blocks(piece * 20_000)) <= 40_000
