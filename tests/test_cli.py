import io
import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main, status
from bot.health import beat

ROOT = Path(__file__).parents[1]
QUESTION = "Who leads the coalition of the willing?"
FOREIGN = "What is the capital of Peru?"


@pytest.fixture(autouse=True)
def nothing_set(unset):
    return unset


@pytest.fixture
def command(capsys, monkeypatch):
    """Runs the command in this process: its status, output and errors."""

    def run(*arguments, typed=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        ended = status([str(argument) for argument in arguments])
        return ended, *capsys.readouterr()

    return run


def dateline(*arguments, **options):
    """The command as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(process, capture_output=True, env=environment, timeout=60, check=False, **options)


def corpus(folder, **articles):
    folder.mkdir()
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_help(command):
    """Every command has a help with an example in it."""
    ended, out, _ = command("--help")
    assert ended == 0
    for name in ("run", "chat", "ask", "index", "articles", "eval", "health"):
        assert f"\n  {name} " in out
        assert "Example: " in command(name, "--help")[1]
        assert "dateline " + name in command(name, "--help")[1]
    assert command() == (0, out, "")


@pytest.mark.parametrize(
    "arguments", [["unknown"], ["ask"], ["ask", "a", "b"], ["--unknown"], ["index", "--unknown"], ["eval"]]
)
def test_usage(command, arguments):
    """A mistake in the arguments is told in one line; status 2."""
    ended, out, err = command(*arguments)
    assert (ended, out, err.count("\n")) == (2, "", 1)


def test_ask(command):
    """One question is answered in words: status 0."""
    ended, out, err = command("ask", QUESTION)
    assert (ended, err) == (0, "")
    assert out.startswith("❝")


def test_ask_without_an_answer(command):
    """One question that the articles do not answer: status 1, and the reply says so."""
    ended, out, _ = command("ask", FOREIGN)
    assert (ended, out.splitlines()[0]) == (1, "The articles don't say.")


@pytest.mark.parametrize(
    "asked", ["", " ", "🙂", "the of and", "\0", "x" * 100_000, "'; DROP TABLE", "{{ 1 }}", "<b>", "-x"]
)
def test_ask_anything(command, asked):
    """Whatever is asked gets a kind reply."""
    ended, out, err = command("ask", "--", asked)
    assert ended in (0, 1)
    assert out
    assert err == ""


def test_ask_smalltalk(command):
    """A greeting is answered: status 0."""
    ended, out, _ = command("ask", "--json", "Hello")
    assert (ended, json.loads(out)["status"], json.loads(out)["quotes"]) == (0, "smalltalk", [])


def test_ask_json(command, seeds):
    """With --json a question gives one line, whose quotes stand in the files where it says."""
    ended, out, _ = command("ask", "--json", QUESTION)
    answer = json.loads(out)
    assert (ended, out.count("\n")) == (0, 1)
    assert list(answer) == ["question", "status", "confidence", "elapsed_ms", "quotes"]
    assert (answer["question"], answer["status"]) == (QUESTION, "answered")
    assert 1 <= len(answer["quotes"]) <= 5
    for quote in answer["quotes"]:
        with (seeds / quote["article"]).open(encoding="utf-8", newline="") as file:
            text = file.read()
        assert quote["text"] == text[quote["start"] : quote["end"]]
        assert all(quote["start"] <= first < last <= quote["end"] for first, last in quote["highlights"])
        assert list(quote) == [
            "text", "article", "title", "date", "date_source", "source", "start", "end", "highlights", "score"
        ]  # fmt: skip


def test_ask_lines(command):
    """Each line gives one line, in order; what looks like JSON but is none is named and read as words."""
    lines = [
        QUESTION.encode(),
        b"",
        b'{"question": "Hello", "chat": 7}',
        b'{"question": 3}',
        b"[1]",
        b'{"chat": "a"}',
        b'{"a":' * 50_000,
        b"{{ 7 * 7 }}",
        b"\xff",
        FOREIGN.encode(),
    ]
    ended, out, err = command("ask", "--json", "-", typed=b"\r\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (ended, len(answers)) == (0, len(lines))
    expected = ["answered", "not_found", "smalltalk", *["not_found"] * 7]
    assert [answer["status"] for answer in answers] == expected
    assert answers[2]["question"] == "Hello"
    assert [f"line {number}:" in err for number in range(1, 11)] == [n in (4, 6, 7, 8) for n in range(1, 11)]


def test_ask_chats(command, bridges):
    """Lines of the same chat share its memory; those of another do not, and those of none have none."""
    question = "Who opened the bridge?"
    lines = [("a", question), ("b", "more"), ("a", "more"), ("a", "more"), (None, question), (None, "more")]
    typed = "\n".join(json.dumps({"question": asked, "chat": chat}) for chat, asked in lines)
    _, out, _ = command("ask", "--json", "--corpus", bridges, "-", typed=typed.encode())
    first, elsewhere, more, no_more, _, nowhere = (json.loads(line)["quotes"] for line in out.splitlines())
    assert (len(first), more) == (5, first[3:])
    assert [elsewhere, no_more, nowhere] == [[], [], []]


def test_ask_lines_in_words(command):
    """Without --json the replies to the lines are told apart by an empty line."""
    _, out, _ = command("ask", "-", typed=f"{FOREIGN}\n{FOREIGN}\n".encode())
    assert out.count("The articles don't say.\n\n") == 2


def test_ask_line_by_line(unset):
    """A line is answered before the next one is there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    for asked in (QUESTION, FOREIGN):
        process.stdin.write(f"{asked}\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["question"] == asked
    process.send_signal(signal.SIGINT)
    process.stdin, kept = None, process.stdin
    out, _ = process.communicate(timeout=20)
    kept.close()
    assert (process.returncode, out) == (130, b"")


def test_reader_that_leaves():
    """When nobody reads any more, the command ends without a word."""
    asked = f"{QUESTION}\n".encode() * 2000
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(asked, timeout=60)
    assert (process.returncode, err) == (1, b"")


def test_corpus(command, unset):
    """--corpus asks another folder; a missing one is told in one line with its path."""
    folder = corpus(
        unset / "news", rain="Rain in Lima\n\nThe mayor of Lima, Ana Rojas, opened the new harbour on Monday.\n"
    )
    ended, out, _ = command("ask", "--json", "--corpus", folder, "Who opened the harbour?")
    assert [ended, json.loads(out)["quotes"][0]["article"]] == [0, "rain.txt"]
    ended, out, err = command("ask", "--corpus", unset / "missing", QUESTION)
    assert (ended, out, err.count("\n")) == (2, "", 1)
    assert str(unset / "missing") in err


def test_empty_corpus(command, unset):
    """An empty folder is said to be empty, by every command."""
    folder = corpus(unset / "none")
    assert "DATELINE_CORPUS" in command("ask", "--corpus", folder, QUESTION)[1]
    assert "DATELINE_CORPUS" in command("articles", "--corpus", folder)[1]
    assert command("index", "--corpus", folder)[1].startswith("0 articles on file")
    assert json.loads(command("ask", "--json", "--corpus", folder, QUESTION)[1])["status"] == "not_found"


def test_index(command, unset):
    """The summary says what was added, changed, removed and left out."""
    folder = corpus(unset / "news", a="It rained in Lima on Monday.", b="It snowed in Oslo on Tuesday.")
    (folder / "c.pdf").write_bytes(b"%PDF")
    ended, out, err = command("index", "--corpus", folder)
    assert (ended, err) == (0, "")
    assert out.startswith("2 articles on file: 2 added, 0 changed, 0 removed, 0 unchanged.")
    assert "c.pdf: not a .txt or .md file" in out
    (folder / "a.txt").write_text("It rained in Quito on Monday.", encoding="utf-8")
    (folder / "b.txt").unlink()
    out = command("index", "--corpus", folder)[1]
    assert out.startswith("1 article on file: 0 added, 1 changed, 1 removed, 0 unchanged.")


def test_articles(command, seeds):
    """The listing names every article, and with --furniture what is never quoted."""
    ended, out, _ = command("articles")
    assert ended == 0
    assert [path.name for path in sorted(seeds.glob("*.txt")) if path.name not in out] == []
    assert "furniture: " not in out
    assert "furniture: " in command("articles", "--furniture")[1]


def test_eval(command, unset):
    """Gold questions are scored, for a person and as JSON."""
    gold = unset / "gold.jsonl"
    gold.write_text(json.dumps({"question": FOREIGN, "kind": "far"}) + "\n", encoding="utf-8")
    ended, out, _ = command("eval", gold)
    assert ended == 0
    assert "far" in out
    scores = json.loads(command("eval", "--json", gold)[1])
    assert (scores["unanswerable"]["first"], scores["failures"]) == (1.0, [])


def test_eval_mistake(command, unset):
    """A gold file with a mistake is told with file and line."""
    gold = unset / "gold.jsonl"
    gold.write_text('{"question": "a"}\n{\n', encoding="utf-8")
    ended, out, err = command("eval", gold)
    assert (ended, out, err.count("\n")) == (2, "", 1)
    assert f"{gold}, line 2" in err


def test_health(command, unset):
    """Health is 1 before the first poll, 0 after it, and 1 again when it is long ago."""
    (unset / "data").mkdir()
    assert command("health")[:2] == (1, "The bot has not polled Telegram yet.\n")
    beat(unset / "data")
    assert command("health")[0] == 0
    os.utime(unset / "data" / "heartbeat", (0, 0))
    ended, out, err = command("health")
    assert (ended, out.count("\n"), err) == (1, 1, "")


def test_run_without_a_token(command):
    """Without a token the chat is here, and says how to get one, not on standard output."""
    ended, out, err = command("run", typed=f"{QUESTION}\n".encode())
    assert ended == 0
    assert out.startswith("❝")
    assert "BotFather" in err


def test_run_with_a_token_that_is_none(command, monkeypatch):
    """What cannot be a token is refused in one line that names the setting, and does not print it."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "no token/at all")
    ended, out, err = command("run")
    assert (ended, out) == (2, "")
    assert "TELEGRAM_BOT_TOKEN" in err
    assert "at all" not in err


def test_chat(command):
    """`chat` answers line by line from a pipe."""
    ended, out, err = command("chat", typed=f"{QUESTION}\n".encode())
    assert (ended, err) == (0, "")
    assert out.startswith("❝")


@pytest.mark.parametrize("arguments", [["ask", "a"], ["run"], ["chat"], ["index"], ["articles"], ["health"]])
def test_mistake_in_the_settings(command, monkeypatch, arguments):
    """A mistake in the settings is told in one line by every command; status 2."""
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "loud")
    ended, out, err = command(*arguments)
    assert (ended, out, err.count("\n")) == (2, "", 1)
    assert "DATELINE_LOG_LEVEL" in err


def test_token_in_the_wrong_place(command, monkeypatch):
    """A token set as the name of its file is not printed."""
    token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", token)
    ended, _, err = command("run")
    assert ended == 2
    assert token not in err


def test_log_level(command, monkeypatch):
    """A log level that is set is kept to, on standard error."""
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "DEBUG")
    assert command("ask", QUESTION)[0] == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_full_disk(monkeypatch, capsys):
    """A full disk under standard output is told in one line; status 2."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(full, write_through=True))
        assert status(["health"]) == 2
        monkeypatch.undo()
    assert capsys.readouterr().err == "No space left on device\n"


def test_fault_of_ours(capsys):
    """What is nobody's mistake is raised, not hidden."""
    with pytest.raises(TypeError):
        status([3])


def test_main(capsys):
    """main() leaves with the status."""
    with pytest.raises(SystemExit) as left:
        main(["health"])
    assert left.value.code == 1


def test_output_of_another_kind(monkeypatch):
    """Output may be any stream, such as one in memory."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert status(["health"]) == 1
    assert sys.stdout.getvalue() == "The bot has not polled Telegram yet.\n"


def test_module(monkeypatch, capsys):
    """`python -m bot` is the command, and `dateline run` without an argument."""
    monkeypatch.setattr(sys, "argv", ["bot"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b":help\n")))
    with pytest.raises(SystemExit) as left:
        runpy.run_module("bot", run_name="__main__")
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("Asking")


def test_process():
    """As a process, from any folder, standard output has nothing but the answer."""
    done = dateline(input=f"{QUESTION}\n".encode())
    assert (done.returncode, done.stdout.decode()[0]) == (0, "❝")
    assert "BotFather" in done.stderr.decode()


def test_process_in_another_locale(monkeypatch):
    """Where the terminal cannot show a character the command does not fail."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert dateline("ask", QUESTION).returncode == 0
    assert json.loads(dateline("ask", "--json", QUESTION).stdout.decode("utf-8"))["status"] == "answered"
