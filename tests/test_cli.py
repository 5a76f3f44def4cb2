import io
import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import health
from bot.cli import main, status
from retrieval import Look

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
            "text", "article", "title", "date", "date_source", "source", "start", "end", "highlights", "score", "dates"
        ]  # fmt: skip


def test_ask_json_dates(command):
    """With --json a quote says where its words about time stand, and the first and the last day that they mean."""
    first = json.loads(command("ask", "--json", "Where does Macron propose to meet?")[1])["quotes"][0]
    tuesday = first["start"] + first["text"].index("Tuesday")
    assert [[tuesday, tuesday + len("Tuesday"), "2025-08-19", "2025-08-19"]] == first["dates"]


def test_ask_explain(command, bridges):
    """--explain says what was asked for, what was looked at, what each view, feature and sign added, and what came."""
    ended, out, err = command("ask", "--explain", "--corpus", bridges, "Who opened the brigde in Lima?")
    assert (ended, err) == (0, "")
    asked, passages, sentences, confidence = out.split("\n\n")
    assert asked.startswith("QUESTION  Who opened the brigde in Lima?\n  kind: person\n")
    terms = [line.split() for line in asked.splitlines()[2:]]
    assert {"open", "bridg", "lima"} == {term for term, *_ in terms}
    assert 0.99 <= sum(float(share) for _, share, *_ in terms) <= 1.01
    assert "typed “brigde”" in asked
    assert passages.startswith("PASSAGES  5 proposed by the index, rescored\n")
    assert "  Lima.txt #0, hit 1\n" in passages.splitlines(keepends=True)[1]
    assert sentences.startswith("SENTENCES  1 compared\n")
    assert "Lima.txt: The new bridge in Lima was opened by the mayor, Rojas, on Monday." in sentences.splitlines()[1]
    for part in (passages, sentences):
        scored, shares = part.splitlines()[1:3]
        added = [float(share.split()[1]) for share in shares.split(",")]
        assert sum(added) == pytest.approx(float(scored.split()[0]), abs=0.15)
    assert confidence.splitlines()[0].endswith(" is needed: answered")
    assert "bias" in confidence
    _, out, _ = command("ask", "--explain", "--corpus", bridges, "Who opened the bridge?")
    assert "\n\nSENTENCES  5 compared\n" in out


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (FOREIGN, "PASSAGES  0 proposed"),
        ("What is the latest on a comet, on 5 May 2025?", "the latest, 5 May 2025"),
        ("", "kind: thing"),
        ("{{ 7 * 7 }} <b>", "kind: "),
        ("\0\ud83d", "kind: "),
    ],
)
def test_ask_explain_without_an_answer(command, bridges, question, expected):
    """Where nothing is found that is explained, too: status 1."""
    ended, out, err = command("ask", "--explain", "--corpus", bridges, "--", question)
    assert (ended, err) == (1, "")
    assert expected in out
    assert " is needed: not found\n" in out


def test_ask_explain_lines(command):
    """--explain reads questions from standard input as ask does, and goes with no --json."""
    ended, out, _ = command("ask", "--explain", "-", typed=b"Hello\nThanks\n")
    assert (0, 2) == (ended, out.count("QUESTION"))
    ended, _, err = command("ask", "--explain", "--json", "Hello")
    assert (2, "--explain and --json do not go together. Leave one of them out.\n") == (ended, err)


def test_ask_explain_smalltalk(command):
    """For a greeting nothing is looked up: status 0."""
    ended, out, _ = command("ask", "--explain", "Hello")
    assert ended == 0
    assert out.endswith("Small talk: nothing is looked up.\n")
    assert "PASSAGES" not in out


def test_ask_closest(command, unset, monkeypatch):
    """What comes near an answer is shown in words; in JSON it is no quote."""
    folder = corpus(unset / "news", mill="The old mill of Bergen burned down on Tuesday.")
    monkeypatch.setenv("DATELINE_THRESHOLD", "1.0")
    question = "When did the old mill of Bergen burn down?"
    ended, out, _ = command("ask", "--corpus", folder, question)
    assert ended == 1
    assert out.startswith("The articles don't say.\n\nThe closest they come")
    assert "❝The old mill of Bergen burned down on Tuesday.❞" in out
    ended, out, _ = command("ask", "--json", "--corpus", folder, question)
    answer = json.loads(out)
    assert (ended, answer["status"], answer["quotes"]) == (1, "not_found", [])
    assert list(answer) == ["question", "status", "confidence", "elapsed_ms", "quotes"]


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
    (folder / "c.png").write_bytes(b"PNG")
    ended, out, err = command("index", "--corpus", folder)
    assert (ended, err) == (0, "")
    assert out.startswith("2 articles on file: 2 added, 0 changed, 0 removed, 0 unchanged.")
    assert "c.png: not .txt" in out
    (folder / "a.txt").write_text("It rained in Quito on Monday.", encoding="utf-8")
    (folder / "b.txt").unlink()
    out = command("index", "--corpus", folder)[1]
    assert out.startswith("1 article on file: 0 added, 1 changed, 1 removed, 0 unchanged.")


def test_index_report(command, unset):
    """--report writes all that is left out, an object a line: what, why, and why in words."""
    folder = corpus(unset / "news", a="It rained in Lima on Monday.", b="It rained in Lima on Monday.")
    (folder / "old.jsonl").write_text("[]\n" * 1_200, encoding="utf-8")
    (folder / "c.xyz").write_bytes(b"?")
    report = unset / "left out.jsonl"
    ended, out, err = command("index", "--corpus", folder, "--report", report)
    assert (ended, err) == (0, "")
    told = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [("b.txt", "copy"), ("c.xyz", "suffix")] == [(one["path"], one["reason"]) for one in told[:2]]
    assert all(set(one) == {"path", "reason", "detail", "message"} and one["message"] for one in told)
    lines = [one for one in told if one["path"].startswith("old.jsonl")]
    assert lines == told[2:]
    assert len(told) > len([line for line in out.splitlines() if "old.jsonl" in line])
    ended, _, err = command("index", "--corpus", folder, "--report", unset / "nowhere" / "report.jsonl")
    assert (ended, err.count("\n")) == (2, 1)
    assert "nowhere" in err


def test_articles(command, seeds):
    """The listing names every article, and with --furniture what is never quoted."""
    ended, out, _ = command("articles")
    assert ended == 0
    assert [path.name for path in sorted(seeds.glob("*.txt")) if path.name not in out] == []
    assert "furniture: " not in out
    assert "furniture: " in command("articles", "--furniture")[1]


MAYOR = {
    "id": "g1",
    "kind": "fact",
    "question": "Who opened the harbour?",
    "answers": ["Ana Rojas"],
    "evidence": [{"article": "rain", "sentence": "The mayor of Lima, Ana Rojas, opened the new harbour on Monday."}],
}
MISSED = {**MAYOR, "id": "g2", "question": "When did the mayor open the harbour?", "answers": ["on Friday"]}
UNKNOWN = {**MAYOR, "id": "g3", "question": "What did xylophones cost?"}
FAR = {"id": "f1", "kind": "far", "question": "How deep is the ocean?"}
NEAR = {"id": "f2", "kind": "near", "question": "Did the mayor of Lima open the harbour?"}


@pytest.fixture
def evaluated(command, unset):
    """Scores gold questions, each list a file of its own, over one article."""
    rain = "Rain in Lima\n\nThe mayor of Lima, Ana Rojas, opened the new harbour on Monday.\n"
    folder = corpus(unset / "news", rain=rain)

    def run(*files, options=()):
        paths = [unset / f"{letter}.jsonl" for letter, _ in zip("abc", files, strict=False)]
        for path, questions in zip(paths, files, strict=True):
            path.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
        return command("eval", "--corpus", folder, *paths, *options)

    return run


def test_eval(evaluated, monkeypatch):
    """What was not right at once is told with what was said in its place, then the scores."""
    monkeypatch.setenv("DATELINE_THRESHOLD", "0.25")
    ended, out, err = evaluated([MAYOR, MISSED, UNKNOWN, FAR, NEAR])
    assert (ended, err) == (0, "")
    quoted = "    rain.txt: The mayor of Lima, Ana Rojas, opened the new harbour on Monday."
    lines = out.splitlines()
    assert [
        "Not right at once, 3 of 5:",
        "g2 (fact): When did the mayor open the harbour?",
        quoted,
        "g3 (fact): What did xylophones cost?",
        "    not found (confidence 0.00)",
        "f2 (near): Did the mayor of Lima open the harbour?",
        quoted,
        "",
        "KIND                 QUESTIONS  AT ONCE  WITHIN THREE",
        "fact                         3    0.333         0.333",
        "far                          1    1.000",
        "near                         1    0.000",
        "with an answer               3    0.333         0.333",
        "without an answer            2    0.500",
        "",
        "3 of 3 quotes are verbatim and cited with title and date.",
    ] == lines[:16]
    assert "at the threshold                 0.250           0.667              0.500" in lines
    assert "AUROC 0." in out
    assert "(calibration error)" in out


def test_eval_lines(evaluated):
    """A long question and a long quote are wrapped, and no line is wider than a terminal."""
    text = "The mayor of Lima opened the harbour and " + "the very long well-known wall behind it, " * 9 + "on Monday."
    _, out, _ = evaluated([{**NEAR, "question": text}, {**NEAR, "question": "Hello"}, {**MAYOR, "question": "Hello"}])
    assert "    small talk\n" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "-\n" not in out


def test_eval_files(evaluated):
    """Several files have a table each, and one over all."""
    _, out, _ = evaluated([MAYOR], [FAR], [MISSED])
    tables = out[out.index("KIND") : out.index("2 of 2 quotes")].split("\n\n")
    assert ["fact", "far", "fact", "with an answer"] == [table.splitlines()[1][:20].rstrip() for table in tables[1:5]]
    assert [True, True, True, False] == [table.splitlines()[0].endswith(".jsonl") for table in tables[1:5]]
    assert "with an answer               2    0.500         0.500\nwithout an answer            1    1.000" in tables[4]
    assert "Not right at once, 1 of 1 in " in out


def test_eval_failures(evaluated):
    """--failures lists so many of each file, and counts the others."""
    _, out, _ = evaluated([MISSED, UNKNOWN], options=["--failures", 1])
    assert "g2 (fact)" in out
    assert "g3 (fact)" not in out
    assert "\nand 1 more\n" in out
    assert evaluated([MISSED], options=["--failures", 0])[1].startswith("KIND")


def test_eval_of_nothing(evaluated):
    """An empty gold file has no scores, and that is no mistake."""
    ended, out, _ = evaluated([])
    assert (ended, "0 of 0 quotes" in out, "AUROC" in out) == (0, True, False)


def test_eval_json(evaluated):
    """With --json the scores are one line, which names each question and how it went."""
    ended, out, _ = evaluated([MAYOR], [FAR], options=["--json"])
    scores = json.loads(out)
    assert (ended, out.count("\n")) == (0, 1)
    assert (scores["unanswerable"]["first"], scores["failures"], len(scores["files"])) == (1.0, [], 2)
    assert [("g1", True, 1), ("f1", False, None)] == [
        (question["id"], question["answered"], question["rank"]) for question in scores["questions"]
    ]


def test_eval_compare(evaluated, unset):
    """--compare names what was won and lost, what is new and gone, and says when that is within chance."""
    old = unset / "old.json"
    gone = {**FAR, "id": "f3"}
    scores = json.loads(evaluated([MAYOR, MISSED, FAR, gone], options=["--json"])[1])
    for question in scores["questions"][:2]:
        question["right"] = not question["right"]
    old.write_text(json.dumps(scores), encoding="utf-8")
    gold = [MAYOR, MISSED, FAR, NEAR]
    out = evaluated(gold, options=["--compare", old])[1]
    compared = out[out.index("Against") :].splitlines()
    assert [
        f"Against {old}:",
        "RIGHT AT ONCE     QUESTIONS  BEFORE    NOW  WON  LOST  DIFFERENCE (95 %)",
        "with an answer            2   0.500  0.500    1     1  +0.000 (-1.000 to +1.000)",
        "without an answer         1   1.000  1.000    0     0  +0.000 (+0.000 to +0.000)",
        "all                       3   0.667  0.667    1     1  +0.000 (-1.000 to +1.000)",
        "with an answer: the difference is within chance (p = 1.000).",
        "without an answer: no question changed.",
        "all: the difference is within chance (p = 1.000).",
    ] == compared[:8]
    named = "\n".join(compared[9:])
    assert "\nWon, 1:\n  g1 (fact): Who opened the harbour?\n\nLost, 1:\n  g2 (fact): When did" in named
    assert "\nNew, 1:\n  f2 (near): Did the mayor" in named
    assert "\nGone, 1:\n  f3 (far): How deep" in named
    changes = json.loads(evaluated(gold, options=["--compare", old, "--json"])[1])["comparison"]
    assert (changes["all"]["won"], [one["id"] for one in changes["lost"]]) == (1, ["g2"])


def test_eval_more_than_chance(evaluated, unset):
    """A difference that is more than chance is called better or worse."""
    old = unset / "old.json"
    gold = [{**MAYOR, "id": f"g{number}"} for number in range(12)]
    scores = json.loads(evaluated(gold, options=["--json"])[1])
    for question in scores["questions"]:
        question["right"] = False
    old.write_text(json.dumps(scores), encoding="utf-8")
    assert "all: better, and by more than chance (p = 5e-04).\n" in evaluated(gold, options=["--compare", old])[1]
    none_in_both = evaluated([FAR], options=["--compare", old, "--failures", 2])[1]
    assert "No question is in both.\n" in none_in_both
    assert none_in_both.endswith(
        "Gone, 12:\n  g0 (fact): Who opened the harbour?\n  g1 (fact): Who opened the harbour?\n  and 10 more\n"
    )


def test_eval_picture(evaluated, unset):
    """--picture draws, with words from the templates, besides telling the scores."""
    ended, out, err = evaluated([MAYOR, FAR], options=["--picture", unset / "a.svg"])
    assert (ended, out.startswith("KIND"), err) == (0, True, "")
    assert "<svg" in (unset / "a.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--compare", "a.jsonl"], "a.jsonl is not what dateline eval keeps"),
        (["--compare", "missing.json"], "missing.json: No such file"),
        (["--picture", "a.gif"], "a.gif is no picture that can be drawn. Its name must end in .svg or .png."),
        (["--picture", "missing/a.png"], "missing/a.png: No such file"),
        (["--failures", "-1"], "--failures"),
    ],
)
def test_eval_mistake_in_an_option(evaluated, options, told):
    """A mistake in an option is told in one line; status 2."""
    ended, _, err = evaluated([MAYOR], options=options)
    assert (ended, err.count("\n")) == (2, 1)
    assert told in err


def test_eval_without_matplotlib(evaluated, unset, monkeypatch):
    """Where what draws is missing, one line tells what to install, before a question is asked."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ended, out, err = evaluated([MAYOR], options=["--picture", unset / "a.svg"])
    assert (ended, out) == (2, "")
    assert err == "Drawing a picture needs matplotlib. Install it with: python -m pip install matplotlib\n"


def test_eval_mistake(command, unset):
    """A gold file with a mistake is told with file and line."""
    gold = unset / "gold.jsonl"
    gold.write_text('{"question": "a"}\n{\n', encoding="utf-8")
    ended, out, err = command("eval", gold)
    assert (ended, out, err.count("\n")) == (2, "", 1)
    assert f"{gold}, line 2" in err


def test_health(command, unset):
    """Health is 1 before the first sign of life, 0 after it, and 1 again when something is wrong, in one line."""
    (unset / "data").mkdir()
    assert command("health")[:2] == (1, "The bot has given no sign of life yet.\n")
    health.beat(unset / "data")
    assert command("health") == (0, "Telegram was heard 0 seconds ago: all is well.\n", "")
    health.Heart(unset / "data", Look).note_state("disk is full")
    ended, out, err = command("health")
    assert (ended, out.count("\n"), err) == (1, 1, "")
    assert "disk is full" in out


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
    assert sys.stdout.getvalue() == "The bot has given no sign of life yet.\n"


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
