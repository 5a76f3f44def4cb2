"""Logs: they go to standard error, and no secret can be read in them, whoever writes them."""

import ast
import asyncio
import gc
import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from bot import logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
HALF = TOKEN.partition(":")[2]
ROOT = Path(__file__).parents[1]

Form = Literal["console", "json"]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, factory = root.handlers[:], root.level, logging.getLogRecordFactory()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(capture=False)


@pytest.fixture(params=["console", "json"])
def form(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Form:
    """Logs of this form, of a bot with the token."""
    form: Form = request.param
    logs.hide(TOKEN)
    logs.configure("DEBUG", form)
    return form


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], form: Form) -> Callable[[], str]:
    """What was logged since, without a secret in it; JSON is read."""

    def read() -> str:
        out, err = capsys.readouterr()
        assert out == ""
        assert HALF not in err
        if form == "json":
            return "\n".join(str(json.loads(line)) for line in err.splitlines())
        return err

    return read


def test_every_part_of_a_record_is_redacted(said: Callable[[], str]) -> None:
    """Message, arguments, exception, its cause, its notes and the stack, on standard error."""
    try:
        try:
            error = ValueError(f"cause {TOKEN}")
            error.add_note(f"note {TOKEN}")
            raise error
        except ValueError as cause:
            raise OSError(f"effect bot{TOKEN}") from cause
    except OSError:
        logging.getLogger("x").exception(f"message {TOKEN} %s", TOKEN, stack_info=True)
    text = said()
    assert text.count(logs.REDACTED) >= 5
    for word in ("message", "cause", "effect", "note", "most recent call last"):
        assert word in text


def test_what_comes_while_something_else_goes_wrong_is_redacted(said: Callable[[], str]) -> None:
    """Groups of exceptions, and those that another one came in the middle of."""
    try:
        try:
            raise ExceptionGroup(f"group {TOKEN}", [KeyError(TOKEN), ExceptionGroup("inner", [TypeError([TOKEN])])])
        except* KeyError:
            raise RuntimeError({"url": f"bot{TOKEN}"}) from None
    except BaseException:
        logging.getLogger("x").exception("both")
    assert said().count(logs.REDACTED) >= 3


@dataclass
class _Holder:
    token: str = TOKEN
    raw: bytes = TOKEN.encode()


class _Unprintable:
    def __repr__(self) -> str:
        raise ValueError(TOKEN)

    __str__ = __repr__


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        TOKEN.encode(),
        {"a": [{"b": (TOKEN,)}]},
        {TOKEN: {TOKEN}},
        _Holder(),
        [_Holder()],
        ValueError(TOKEN),
        {"deep": {"deep": {"deep": {"deep": {"deep": {"deep": {"deep": [TOKEN]}}}}}}},
        f"{TOKEN[:11]}\\u00{ord(TOKEN[11]):02x}{TOKEN[12:]}",
        f"one\ntwo {TOKEN}\n",
        Path("/x") / f"bot{TOKEN}",
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_given_beside_a_message_is_redacted(said: Callable[[], str], value: object) -> None:
    """As an argument, and as an extra field, whatever it is and however deep the token is in it."""
    logging.getLogger("x").info("given: %s", value, extra={"given": value, "number": 7})
    text = said()
    assert text.count(logs.REDACTED) >= 2
    assert "number" in text


def test_a_message_that_does_not_fit_its_arguments_is_logged_as_they_are(said: Callable[[], str]) -> None:
    """A mistake in a call to log costs no line, and Python does not complain, for that would show the arguments."""
    logging.getLogger("x").info("a %d", TOKEN)
    logging.getLogger("x").info("two %s", *(TOKEN, TOKEN))
    logging.getLogger("x").info("%s", _Unprintable(), extra={"given": [_Unprintable()]})
    logging.getLogger("x").info("%(a)d", {"a": TOKEN})
    logging.getLogger("x").info(_Unprintable())
    text = said()
    assert text.count("<_Unprintable>") >= 2
    assert "a %d" in text
    assert "two %s" in text
    assert "--- Logging error ---" not in text


def test_handlers_of_others_show_no_secret_either(form: Form) -> None:
    """A library's own handler, with a plain format or one that prints the whole record, gets nothing to show."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("a.library")
    logger.addHandler(handler)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logger.exception("there: %s", TOKEN, stack_info=True)
    handler.setFormatter(logging.Formatter("%(msg)s %(args)s %(exc_text)s"))
    logger.warning("and %s", f"bot{TOKEN}")
    logger.removeHandler(handler)
    text = stream.getvalue()
    assert HALF not in text
    assert text.count(logs.REDACTED) >= 3


def test_what_is_written_where_there_is_no_handler_is_redacted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is configured, and when everything is closed, Python writes by itself."""
    with monkeypatch.context() as patched:  # a program may have taken that away
        patched.setattr(logging, "lastResort", None)
        logs.configure("INFO")
    logs.configure("INFO")
    root = logging.getLogger()
    handlers, root.handlers[:] = root.handlers[:], []
    logging.getLogger("x").error("alone %s", f"bot{TOKEN}")
    root.handlers[:] = handlers
    assert f"alone bot{logs.REDACTED}" in capsys.readouterr().err


def test_a_line_that_cannot_be_written_shows_nothing(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk behind standard error: Python would print the record and the exception that it is about."""

    class _Full(io.StringIO):
        def write(self, text: str) -> int:
            if not text.startswith("not logged"):
                raise OSError("No space left on device")
            return super().write(text)

    full = _Full()
    monkeypatch.setattr(sys, "stderr", full)
    logs.configure("INFO", form)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("x").exception("lost %s", TOKEN)
    assert full.getvalue().startswith(f"not logged: lost {logs.REDACTED}: OSError")
    assert HALF not in full.getvalue()


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The moment in UTC, the level, who says it, what, and what was given beside it, in that order."""
    logs.configure("INFO", "json")
    logging.getLogger("x.y").info(
        "two\nlines \x1b[0m é", extra={"number": 7, "share": 0.5, "none": None, "nan": float("nan")}
    )
    [line] = capsys.readouterr().err.splitlines()
    read = json.loads(line, parse_constant=pytest.fail)
    assert ["time", "level", "logger", "message", "number", "share", "none", "nan"] == list(read)
    assert ("INFO", "x.y", "two\nlines \x1b[0m é", 7, 0.5, None, "nan") == tuple(read.values())[1:]
    assert read["time"].endswith("Z")
    assert len("2026-11-29T13:01:10.411Z") == len(read["time"])


def test_json_names_the_exception_and_the_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Both are text of several lines in a field of their own."""
    logs.configure("INFO", "json")
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("x").exception("what", stack_info=True)
    read = json.loads(capsys.readouterr().err)
    assert read["exception"].endswith("ValueError: why")
    assert read["stack"].startswith("Stack")


def test_the_console_shows_what_is_given_beside_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, so that nobody can write a line that is none of ours."""
    logs.configure("INFO")
    logging.getLogger("x").info("question", extra={"update": 5, "question": "a\n2026-01-01 INFO bot: forged"})
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO x: question update=5 question='a\\n2026-01-01 INFO bot: forged'")


@pytest.mark.parametrize(
    ("logger", "level", "shown"),
    [
        ("bot", logging.INFO, True),
        ("bot", logging.DEBUG, False),
        ("httpx", logging.INFO, False),
        ("httpx", logging.WARNING, True),
        ("httpcore", logging.INFO, False),
    ],
)
def test_who_may_log_what(logger: str, level: int, shown: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """The level holds for all, but the libraries that print addresses say less."""
    logs.configure("INFO")
    logging.getLogger(logger).log(level, "something")
    assert shown == ("something" in capsys.readouterr().err)


@pytest.mark.parametrize("logger", ["telegram.Bot", "telegram.ext.Application", "aiosqlite", "opensearch"])
def test_libraries_that_print_what_people_say_are_kept_from_it(logger: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Even at the level of DEBUG, unless questions may be logged."""
    for questions in (False, True):
        logs.configure("DEBUG", questions=questions)
        logging.getLogger(logger).debug("Who opened the bridge?")
        assert questions == ("bridge" in capsys.readouterr().err)
        assert questions == logs.shows_questions()


@pytest.mark.parametrize("logger", ["telegram.ext.Application", "aiosqlite", "httpx", "bot"])
def test_no_logger_says_more_than_was_asked_for(logger: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that have a lowest level of their own neither."""
    logs.configure("ERROR")
    logging.getLogger(logger).warning("a warning")
    logging.getLogger(logger).error("an error")
    assert "a warning" not in (err := capsys.readouterr().err)
    assert "an error" in err


@pytest.mark.parametrize(
    ("error", "shown"), [(ValueError, f"bot{logs.REDACTED}"), (KeyboardInterrupt, "KeyboardInterrupt")]
)
def test_an_uncaught_exception_is_redacted_too(
    error: type[BaseException], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last word before the process ends shows no token; Ctrl-C is no fault, but may come while there is one."""
    logs.configure("INFO")
    caught = error() if error is KeyboardInterrupt else error(f"bot{TOKEN}")
    caught.__context__ = ValueError(f"bot{TOKEN}")
    sys.excepthook(error, caught, None)
    err = capsys.readouterr().err
    assert (True, False) == (shown in err, HALF in err)
    assert ("ended by a fault" in err) == (error is ValueError)


def test_a_fault_in_a_thread_is_redacted(said: Callable[[], str]) -> None:
    """It is told with the thread's name; a thread that leaves by itself is none."""

    def fail(error: BaseException) -> None:
        raise error

    for one in (ValueError(TOKEN), SystemExit(TOKEN)):
        thread = threading.Thread(target=fail, args=(one,), name=f"bot{TOKEN}")
        thread.start()
        thread.join()
    text = said()
    assert text.count("a thread was ended by a fault") == 1
    assert text.count(logs.REDACTED) >= 2


def test_what_python_can_only_ignore_is_redacted(said: Callable[[], str]) -> None:
    """An exception in a destructor, and what it was in."""

    class _Leaving:
        def __del__(self) -> None:
            raise ValueError(f"bot{TOKEN}")

    leaving = _Leaving()
    del leaving
    gc.collect()
    text = said()
    assert "ignored" in text
    assert logs.REDACTED in text


def test_what_an_event_loop_can_only_report_is_redacted(said: Callable[[], str]) -> None:
    """A task that nobody waited for, and a callback that fails."""

    async def fail() -> None:
        raise ValueError(f"bot{TOKEN}")

    async def main() -> None:
        task = asyncio.create_task(fail(), name=f"bot{TOKEN}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()
        asyncio.get_running_loop().call_soon(lambda: 1 / 0 if TOKEN else None)
        asyncio.get_running_loop().call_exception_handler({"message": f"oh {TOKEN}", "more": [TOKEN]})
        await asyncio.sleep(0)

    asyncio.run(main(), debug=True)
    text = said()
    assert "never retrieved" in text
    assert "ZeroDivisionError" in text
    assert text.count(logs.REDACTED) >= 4


def test_warnings_are_redacted(said: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They go the way of all logs."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(f"old: bot{TOKEN}", DeprecationWarning, "file.py", 3, None, f"call('{TOKEN}')")
    text = said()
    assert "DeprecationWarning" in text
    assert text.count(logs.REDACTED) == 2


def test_a_process_that_fails_in_every_way_shows_no_secret() -> None:
    """From its first line to the crash of the interpreter, not a character of the token's secret half comes out."""
    code = """
import asyncio, atexit, faulthandler, logging, os, sys, threading, warnings
from bot import logs
faulthandler.enable()
TOKEN = os.environ["SECRET"]
logs.hide(TOKEN)
logs.configure("DEBUG", os.environ["FORM"])
def fail(*_):
    raise ValueError("it is " + TOKEN)
atexit.register(fail)
warnings.warn("careful with bot" + TOKEN)
threading.Thread(target=fail).start()
class Leaving:
    __del__ = fail
Leaving()
logging.getLogger("x").error("%d", TOKEN, extra={"given": [TOKEN.encode()]})
async def main():
    asyncio.get_running_loop().call_soon(fail)
    asyncio.ensure_future(asyncio.to_thread(fail))
    await asyncio.sleep(0.1)
asyncio.run(main())
if os.environ["END"] == "crash":
    os.abort()
fail()
"""
    for form in ("console", "json"):
        for end in ("fault", "crash"):
            environment = os.environ | {"SECRET": TOKEN, "FORM": form, "END": end, "PYTHONPATH": str(ROOT)}
            ended = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
            )
            shown = ended.stdout + ended.stderr
            assert ended.returncode != 0
            assert not any(HALF[at : at + 8] in shown for at in range(len(HALF) - 7)), shown
            assert shown.count(logs.REDACTED) >= 7


_SAID = {"question", "text", "words", "said", "html", "body", "query", "reply", "answer", "quote", "caption"}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls to log below ERROR."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"debug", "info", "warning", "log"}
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"log", "_log", "logger"}
        ):
            yield node


def test_no_call_to_log_is_given_what_people_say() -> None:
    """Below ERROR nothing is passed on that is called a question, words or the like; warnings of Python are none."""
    calls = 0
    for file in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "retrieval").rglob("*.py")):
        for call in _calls(ast.parse(file.read_text(encoding="utf-8"))):
            calls += 1
            named = {one.id for given in call.args for one in ast.walk(given) if isinstance(one, ast.Name)}
            named |= {one.attr for given in call.args for one in ast.walk(given) if isinstance(one, ast.Attribute)}
            assert not named & _SAID, f"{file}, line {call.lineno}"
    assert calls > 20
