import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.settings import load
from bot.terminal import chat, picture, styled

QUESTION = "Who leads the coalition of the willing?"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def held(monkeypatch, keys, hint=False):
    """What a person sees who types `keys` into the chat."""
    seen = Terminal()
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(sys, "stdout", seen)
        assert chat(load(), hint=hint) == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", seen.getvalue())


def piped(monkeypatch, capsys, typed, hint=False):
    """What a pipe gets that sends `typed` into the chat."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    assert chat(load(), hint=hint) == 0
    return capsys.readouterr()


def test_pipe(unset, monkeypatch, capsys):
    """A pipe gets an answer for each line, in plain text, and the hint on standard error."""
    output = piped(monkeypatch, capsys, f"{QUESTION}\nWhat is the capital of Peru?\n".encode(), hint=True)
    first, *_ = output.out.split("\n\n")
    assert first.startswith("❝")
    assert "The articles don't say." in output.out
    assert "\x1b" not in output.out
    assert "<" not in output.out
    assert "BotFather" in output.err


def test_pipe_with_odd_bytes(unset, monkeypatch, capsys):
    """A line that is empty, no UTF-8, very long or full of NULs gets a kind reply too."""
    odd = [b"", b"\xff\xfe", b"\0\0", b"x" * 100_000, "\u202e?".encode(), b"{{ 7 * 7 }}", b"<b>"]
    output = piped(monkeypatch, capsys, b"\n".join(odd) + b"\n")
    assert output.err == ""
    assert "49" not in output.out
    assert len(odd) <= output.out.count("\n\n") + 1


def test_pipe_that_leaves(unset, monkeypatch, capsys):
    """Nothing after :quit is answered."""
    assert piped(monkeypatch, capsys, b":quit\nhello\n").out == ""


def test_closed_input(unset, monkeypatch, capsys):
    """Without any standard input the chat ends at once."""
    monkeypatch.setattr(sys, "stdin", None)
    assert chat(load()) == 0


def test_pipe_of_commands(unset, monkeypatch, capsys):
    """A pipe may give commands, too; nothing is numbered for it."""
    output = piped(monkeypatch, capsys, f"{QUESTION}\n:context 2\n:latest\n".encode())
    assert "Passage 1 of 5" in output.out
    assert "The newest articles" in output.out
    assert "\n❝" in output.out
    assert "Read on" not in output.out


def test_person(unset, monkeypatch):
    """A person is greeted, answered and let go; Ctrl-C clears the line, and what was typed is kept for later."""
    seen = held(monkeypatch, f"nonsense\x03\r{QUESTION}\r:quit\r", hint=True)
    assert seen.index("I am Dateline") < seen.index("BotFather") < seen.index("❝")
    history = unset / "data" / "history"
    assert QUESTION in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_end_of_input(unset, monkeypatch):
    """Ctrl-D ends the chat."""
    assert "I am Dateline" in held(monkeypatch, "\x04")


def test_no_place_for_history(unset, monkeypatch, capsys):
    """Where no history can be kept, the chat is held without."""
    (unset / "data").write_text("not a folder", encoding="utf-8")
    assert "❝" in held(monkeypatch, f"{QUESTION}\r\x04")


@pytest.mark.parametrize("width", [20, 40, 100])
def test_width(width):
    """A reply keeps to the width of the terminal, without its tags, the highlight in bold."""
    quote = "<blockquote>❝One <b>two</b> three &lt;four&gt; five.❞</blockquote>"
    html = f"{quote}\n— A title, 13 March 2025\n\n<i>about: x</i>"
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="standard", highlight=False)
    console.print(styled(html))
    shown = console.file.getvalue()
    assert "\x1b[1;33mtwo" in shown
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join("".join(f"{line} " for line in lines).split()) == (
        "❝One two three <four> five.❞ — A title, 13 March 2025 about: x"
    )


@pytest.mark.parametrize("width", [20, 40, 100])
def test_numbers(width):
    """A quote's number stands beside it, and none of its lines below the number."""
    html = "<blockquote><code>12</code>❝One <b>two</b> three four five six seven.❞</blockquote>\n— A title, undated"
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="standard", highlight=False)
    console.print(styled(html))
    first, *others = re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue()).splitlines()
    assert first.startswith("12 ❝One two")
    assert all(line.startswith("   ") or line.lstrip("— ") in "A title, undated" for line in others)
    assert max(map(len, (first, *others))) <= width


def test_picture(unset):
    """The picture is an SVG image with question and answer in it, and fetches nothing."""
    drawn = picture(load(), [QUESTION])
    assert "url(" not in drawn.replace("url(#", "")
    words = "".join(ElementTree.fromstring(drawn).itertext()).replace("\u00a0", " ")
    assert QUESTION in words
    assert "❝" in words


def test_real_terminal(unset):
    """On a real terminal the chat greets, prompts, answers and ends."""
    ours, theirs = pty.openpty()
    root = Path(__file__).parents[1]
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(root), "PROMPT_TOOLKIT_NO_CPR": "1"}
    command = [sys.executable, "-m", "bot", "chat"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True)
    os.close(theirs)
    seen = read_until(ours, "›")
    os.write(ours, f"{QUESTION}\r".encode())
    seen += read_until(ours, "❞")
    os.write(ours, b":quit\r")
    assert process.wait(timeout=20) == 0
    os.close(ours)
    assert "Good day" in seen


def read_until(descriptor, words):
    seen = b""
    end = time.monotonic() + 20
    while words not in seen.decode("utf-8", "replace"):
        assert time.monotonic() < end, seen
        seen += os.read(descriptor, 65536)
    return seen.decode("utf-8", "replace")
