"""`dateline feedback`: what was not found or voted down, for whoever keeps the articles."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_state import DAY, REPLY

from bot.cli import status
from bot.state.database import State
from bot.state.replies import Replies
from evaluation.gold import read_gold


@pytest.fixture
async def asked(unset: Path) -> Path:
    """A data folder in which a question was not found a week ago, and another voted down today."""
    data = unset / "data"
    async with State.open(data) as state:
        replies = Replies(state, 30)
        old = await replies.add(replace(REPLY, question="Who is Zorblax?", status="not_found", quotes=()))
        await state.write("UPDATE replies SET at = at - ? WHERE id = ?", 7 * DAY, old)
        await replies.vote(await replies.add(replace(REPLY, messages=(), before=old)), 8, -1)
        await replies.add(replace(REPLY, question="Who is fine?", messages=()))
    return data


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    assert status(["feedback", *arguments]) == 0
    return capsys.readouterr().out


def test_a_list_for_people(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Newest first, with what was quoted where that was not liked."""
    first, after, quoted, last = printed(capsys).splitlines()
    assert "voted down" in first
    assert REPLY.question in first
    assert after.strip() == "after: Who is Zorblax?"
    assert quoted.strip() == "quoted: Sixty? (a.txt)"
    assert "not found" in last


def test_drafts_of_gold_questions(asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`dateline eval` reads them, and whoever completes them sees what was asked and quoted."""
    lines = printed(capsys, "--json")
    file = tmp_path / "drafts.jsonl"
    file.write_text(lines, encoding="utf-8")
    down, missed = read_gold(file)
    assert (down.question, down.kind, down.previous) == (REPLY.question, "voted_down", "Who is Zorblax?")
    assert (missed.question, missed.kind, missed.evidence) == ("Who is Zorblax?", "unanswered", ())
    assert json.loads(lines.splitlines()[0])["note"]["quoted"] == [{"article": "a.txt", "sentence": "Sixty?"}]
    assert len({one.id for one in (down, missed)}) == 2


def test_a_table(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a header, as programs read it."""
    rows = [*csv.DictReader(io.StringIO(printed(capsys, "--csv")))]
    assert ["voted_down", "not_found"] == [row["status"].replace("answered", "voted_down") for row in rows]
    assert rows[0]["quote"] == "Sixty?"


@pytest.mark.parametrize(("since", "lines"), [("2", 1), ("30", 2), ("2000-01-01", 2), ("2999-01-01", 0)])
def test_since_when(asked: Path, capsys: pytest.CaptureFixture[str], since: str, lines: int) -> None:
    """A day, or a number of days."""
    assert len(printed(capsys, "--since", since, "--json").splitlines()) == lines


def test_nothing_to_tell(unset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any question it says so."""
    assert "Nothing was asked" in printed(capsys)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--since", "soon"], "--since cannot be “soon”"), (["--json", "--csv"], "--json and --csv do not go together")],
)
def test_mistakes(unset: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    """One line each, and the status 2."""
    assert status(["feedback", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert message in line


def test_a_damaged_file_is_told(unset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line that says what to do."""
    (unset / "data").mkdir()
    (unset / "data" / "state.db").write_bytes(b"noise" * 1000)
    assert status(["feedback"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "state.db cannot be read" in line
