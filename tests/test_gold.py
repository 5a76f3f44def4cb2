"""Gold files: what a line may hold, and what is said of one that holds something else."""

import json
from pathlib import Path

import pytest

from evaluation.gold import Evidence, GoldInvalid, GoldQuestion, read_gold
from retrieval import Article, Span


def written(folder: Path, *lines: object) -> Path:
    """A file with these lines, each as JSON unless it is text already."""
    path = folder / "gold.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8", newline="")
    return path


def article(name: str, text: str) -> Article:
    return Article(name, "Title", "stated", None, "unknown", "", "", text)


def test_sentences(tmp_path):
    """A question with accepted sentences; what is told besides is no matter."""
    line = {
        "id": "q1",
        "kind": "followup",
        "question": "And why?",
        "previous": "Who?",
        "answers": ["a fire"],
        "evidence": [{"article": "000", "sentence": "It was a fire."}],
        "note": "short",
    }
    evidence = (Evidence("000", sentence="It was a fire."),)
    assert [GoldQuestion("q1", "followup", "And why?", "Who?", ("a fire",), evidence)] == read_gold(
        written(tmp_path, line)
    )


def test_stretch(tmp_path):
    """A question with an accepted stretch of a file."""
    line = {"question": "Who?", "article": "Dog.txt", "start": 3, "end": 9, "answers": ["dogs"]}
    evidence = (Evidence("Dog.txt", stretch=Span(3, 9)),)
    assert [GoldQuestion("1", "question", "Who?", "", ("dogs",), evidence)] == read_gold(written(tmp_path, line))


def test_unanswerable(tmp_path):
    """A question without evidence has no answer; its line is its name if it has none."""
    read = read_gold(written(tmp_path, {"question": "Who?"}, "", {"question": "Why?", "kind": "far", "evidence": []}))
    assert [GoldQuestion("1", "question", "Who?"), GoldQuestion("3", "far", "Why?")] == read


def test_lines(tmp_path):
    """Only a newline ends a line, no other separator inside a text; CRLF and a byte order mark are no harm."""
    path = written(tmp_path, "\ufeff" + json.dumps({"question": "Who?"}) + "\r", {"question": "a\u2028b\x85c"})
    assert ["Who?", "a\u2028b\x85c"] == [one.question for one in read_gold(path)]


def test_none(tmp_path):
    """An empty file has no questions."""
    assert [] == read_gold(written(tmp_path, ""))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Expecting property name enclosed in double quotes"),
        ("[]", 'Expecting "question": "…"'),
        ({}, 'Expecting "question": "…"'),
        ({"question": None}, 'Expecting "question": "…"'),
        ({"question": "Who?", "answers": "me"}, 'Expecting "answers": ["…"]'),
        ({"question": "Who?", "answers": [1]}, 'Expecting "answers": ["…"]'),
        ({"question": "Who?", "start": 1}, 'Expecting "article": "…", "start": 0, "end": 9'),
        ({"question": "Who?", "article": "a", "end": 1}, 'Expecting "article": "…", "start": 0, "end": 9'),
        (
            {"question": "Who?", "article": "a", "start": "x", "end": 1},
            'Expecting "article": "…", "start": 0, "end": 9',
        ),
        ({"question": "Who?", "evidence": "a"}, 'Expecting "evidence": […]'),
        ({"question": "Who?", "evidence": ["a"]}, 'Expecting "evidence": [{"article": "…", "sentence": "…"}]'),
        (
            {"question": "Who?", "evidence": [{"article": "a", "sentence": ""}]},
            'Expecting "evidence": [{"article": "…", "sentence": "…"}]',
        ),
    ],
)
def test_mistake(tmp_path, line, problem):
    """A mistake is told with its line and what should stand there."""
    path = written(tmp_path, {"question": "Who?"}, line)
    with pytest.raises(GoldInvalid) as caught:
        read_gold(path)
    assert {"path": path, "line": 2, "problem": problem} == caught.value.facts


def test_not_utf8(tmp_path):
    """A byte that is no UTF-8 is told with its line."""
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b'{"question": "Who?"}\n{"question": "\xff"}\n')
    with pytest.raises(GoldInvalid) as caught:
        read_gold(path)
    assert {"path": path, "line": 2, "problem": "Expecting UTF-8"} == caught.value.facts


def test_missing(tmp_path):
    """A file that is not there is the system's error, with its name."""
    with pytest.raises(FileNotFoundError) as caught:
        read_gold(tmp_path / "gold.jsonl")
    assert str(tmp_path / "gold.jsonl") == str(caught.value.filename)


def test_spans_of_a_sentence():
    """An accepted sentence counts wherever it stands in the files whose name begins as told, and nowhere else."""
    evidence = Evidence("000", sentence="a b a")
    assert [Span(0, 5), Span(4, 9)] == evidence.spans(article("000_fire.txt", "a b a b a"))
    assert [] == evidence.spans(article("001_fire.txt", "a b a"))
    assert [] == evidence.spans(article("000_fire.txt", "b"))


def test_spans_of_a_stretch():
    """An accepted stretch is itself."""
    evidence = Evidence("Dog.txt", stretch=Span(3, 9))
    assert [Span(3, 9)] == evidence.spans(article("Dog.txt", "All dogs bark."))
    assert [] == evidence.spans(article("Cat.txt", "All dogs bark."))
