"""A text in; its lines and wrapped paragraphs out."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.stretches import stretches

PARAGRAPH = (
    "European leaders met in London on Sunday to talk about a force for Ukraine. The host was the prime minister of "
    "Britain, who said that the coalition of those who are willing would defend any deal that is made there."
)
WRAPPED = textwrap.fill(PARAGRAPH, 66)


def cut(text: str) -> list[str]:
    return [stretch.text for stretch in stretches(text)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n", "\n \t\n", "\u2028", "\f"])
def test_each_line_stands_for_itself(newline):
    """Whatever ends it, and without the white space around it."""
    assert ["One line", "Another line"] == cut(f" One line {newline}\tAnother line\u00a0{newline}")


def test_hard_wrapped_paragraphs_are_one_each():
    """A blank line ends one, or a line that had room for more."""
    assert ["A title", WRAPPED, WRAPPED, WRAPPED] == cut(f"A title\n\n{WRAPPED}\n{WRAPPED}\n\n{WRAPPED}")


def test_two_wrapped_lines_are_joined_where_the_text_is_wrapped():
    """Their paragraph alone would be too short to tell."""
    short = "A further meeting is planned for the week after in Paris, where\nChancellor Merz will be."

    assert [WRAPPED, short] == cut(f"{WRAPPED}\n\n{short}")
    assert short.splitlines() == cut(short)


def test_lines_of_about_the_same_length_are_not_wrapped():
    """Without a line that begins in lower case they are a list."""
    notes = [f"Note number {number} of the talks that the leaders have in London" for number in range(5)]

    assert notes == cut("\n".join(notes))


def test_a_line_that_goes_on_in_lower_case_is_one_with_the_next():
    """As long as it does not end in a stop, and the whole does not go without capitals."""
    assert ["The talks\nwent on\nfor hours."] == cut("The talks\nwent on\nfor hours.")
    assert ["The talks went on.", "for hours."] == cut("The talks went on.\nfor hours.")
    assert ["a title", "all in lower case."] == cut("a title\nall in lower case.")


@pytest.mark.parametrize(
    ("line", "mark", "text"),
    [
        ("# Title", "#", "Title"),
        ("## Title ##", "##", "Title"),
        ("- item", "-", "item"),
        ("1. item", "1.", "item"),
        ("> said", ">", "said"),
        ("> - **item**", ">", "item"),
        ("**Subhead**", "", "Subhead"),
        ("_Subhead_", "", "Subhead"),
        ("**Two** and **two**", "", "**Two** and **two**"),
        ("-5 degrees", "", "-5 degrees"),
        ("2025. It was", "", "2025. It was"),
        ("* * *", "", "* * *"),
        ("1. >", "1.", ">"),
        ("- - - - - item", "-", "- item"),
    ],
)
def test_markdown_marks_are_set_apart(line, mark, text):
    """A mark is what stands before the text and is none."""
    (stretch,) = stretches(line)

    assert (mark, text) == (stretch.mark, stretch.text)


def test_items_and_headings_are_not_joined():
    """A mark begins something new, and a rule ends what was before."""
    assert ["Head", "and text", "item", "one", "---", "more"] == cut("# Head\nand text\n- item\n- one\n---\nmore")


@pytest.mark.parametrize(("text", "stopped"), [("He went.”)", True), ("Why?", True), ("He went”", False), ("”", False)])
def test_a_stop_may_stand_before_closing_marks(text, stopped):
    """Quotation marks and brackets."""
    assert stopped == stretches(text)[0].is_stopped


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n\r #>-*_1.aA”"))))
def test_spans_are_ordered_trimmed_and_lose_only_space_and_marks(text):
    """For any text; what lies between two stretches is white space or a Markdown mark."""
    found = stretches(text)
    between, end = "", 0
    for stretch in found:
        assert stretch.text == stretch.span.of(text) == stretch.text.strip() != ""
        assert end <= stretch.span.start
        between += text[end : stretch.span.start]
        end = stretch.span.end

    assert "" == "".join((between + text[end:]).split()).strip("#>-*+•‣–—_0123456789.)")
