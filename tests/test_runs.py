"""Runs: what is kept of one, and read again."""

import json

import pytest

from evaluation.gold import Evidence, GoldQuestion
from evaluation.runs import Result, RunInvalid, fields, read_run, results
from evaluation.scores import Outcome, Report
from retrieval import Answer, Question

BOAT = Outcome(
    GoldQuestion("b1", "fact", "Did the boat sink?", evidence=(Evidence("a", "b"),)),
    Answer(Question("?"), "answered", 0.81234),
    2,
    3.0,
)
MOON = Outcome(GoldQuestion("m1", "far", "Is the moon far?"), Answer(Question("?"), "not_found", 0.1), None, 1.0)
KEPT = [
    Result("b1", "fact", "Did the boat sink?", True, True, False, 2, 0.8123),
    Result("m1", "far", "Is the moon far?", False, False, True, None, 0.1),
]


def test_results():
    """Of each question its words, how it went and how sure the answer was."""
    assert KEPT == results(Report((BOAT, MOON)))


def test_fields():
    """The scores of all questions and of each file stand beside the single questions."""
    kept = fields(Report((BOAT, MOON)), {"a.jsonl": Report((BOAT,)), "b.jsonl": Report((MOON,))})
    one, none = {"questions": 1, "first": 0.0, "within": 1.0}, {"questions": 0, "first": 0.0, "within": 0.0}
    assert (one, 1) == (kept["answerable"], kept["unanswerable"]["questions"])
    assert {"answerable": one, "unanswerable": none, "by_kind": {"fact": one}} == kept["files"]["a.jsonl"]
    assert (["b1"], 1.0) == (kept["failures"], kept["separation"]["auroc"])
    assert pytest.approx(0.81234) == kept["calibration_error"]
    assert fields(Report((BOAT,)), {})["separation"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_kept_and_read(tmp_path, encoding):
    """What is kept can be read again, also as a shell writes it that has an encoding of its own."""
    path = tmp_path / "old.json"
    path.write_text(json.dumps(fields(Report((BOAT, MOON)), {})) + "\n", encoding=encoding)
    assert KEPT == read_run(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"questions": 3}',
        b'{"questions": [3]}',
        b'{"questions": [{"id": "1"}]}',
        b'{"question": "Who?", "answers": []}\n{"question": "Why?"}\n',
        b"\xff\xfe\xfd",
        b"[" * 100_000,
    ],
)
def test_no_run(tmp_path, raw):
    """A file that holds anything else is named."""
    path = tmp_path / "old.json"
    path.write_bytes(raw)
    with pytest.raises(RunInvalid) as caught:
        read_run(path)
    assert {"path": path} == caught.value.facts


def test_missing(tmp_path):
    """A file that is not there is the system's error."""
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path / "old.json")
