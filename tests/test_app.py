import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import desk, progress
from bot.settings import load
from retrieval import CorpusMissing


def test_desk(unset, bridges):
    """A desk answers, in a chat with memory and without, and tells how long it took."""
    with desk(load(corpus=bridges)) as opened:
        reply, milliseconds = opened.ask("a", "Who opened the bridge?")
        assert reply.answer.status == "answered"
        assert milliseconds > 0
        assert opened.ask("a", "more")[0].part == "more"
        assert opened.ask(None, "more")[0].part == "answer"


def test_half_a_character(unset):
    """Half of a character, as a broken pipe may bring, does not disturb."""
    with desk(load()) as opened:
        assert opened.ask(None, "Who leads \ud800 it?")[0].answer.question.text.isprintable()


def test_no_corpus(unset):
    """A missing corpus is a mistake of its own kind."""
    with pytest.raises(CorpusMissing), desk(load(corpus=unset / "missing")):
        pass


def test_notices(unset, capsys):
    """What the engine notices is told once, on standard error."""
    (unset / "data").write_text("not a folder", encoding="utf-8")
    with desk(load()) as opened:
        assert opened.engine.articles
    output = capsys.readouterr()
    assert output.err.count("held in memory") == 1
    assert output.out == ""


def test_no_progress_in_a_pipe():
    """Where nobody watches, no progress is shown."""
    with progress() as shown:
        assert shown is None


def test_progress_on_a_terminal():
    """On a terminal, long work shows how far it has come, and nothing is left of it in the end."""
    work = (
        "from bot.app import progress\nwith progress() as shown: shown(1, 4, 'a.txt', 1200); shown(2, 4, 'a.txt', 1200)"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    subprocess.run(
        [sys.executable, "-c", work], stderr=theirs, env=environment, cwd=Path(__file__).parents[1], check=True
    )
    os.close(theirs)
    written = os.read(ours, 65536)
    assert b"50%" in written
    assert b"1,200 passages" in written
    os.close(ours)


def test_progress_in_this_process(monkeypatch):
    """The bar takes what the engine and the evaluation report."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress() as shown:
            shown(1, 3, "a.txt")
    os.close(ours)
