"""Logs: they go to standard error, and no token can be read in them."""

import logging
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{TOKEN.replace(':', '%3A')}/x",
        "http://127.0.0.1:8081/bot1:short/getMe",
        f"the token `{TOKEN}` was rejected",
    ],
)
def test_tokens_are_redacted(text: str) -> None:
    """A token is unreadable by itself and in an address, whatever its length there."""
    secret = text.partition(":AA")[2][:20] or "short"
    assert secret not in logs.redact(text)
    assert logs.REDACTED in logs.redact(text)


@pytest.mark.parametrize("text", ["09:30:00", "http://127.0.0.1:8081/", "5 of 10: done", "123456789: not a secret"])
def test_other_text_stays(text: str) -> None:
    """Times, ports and figures are no tokens."""
    assert text == logs.redact(text)


@given(st.from_regex(r"[0-9]{8,10}:[A-Za-z0-9_-]{35}", fullmatch=True), st.text(), st.text())
def test_any_token_is_redacted_in_any_address(token: str, before: str, after: str) -> None:
    """Whatever stands around an address, the token in it is gone."""
    assert token not in logs.redact(f"{before}/bot{token}/{after}")


def test_a_hidden_secret_is_redacted_whatever_it_looks_like() -> None:
    """The token in use is unreadable even when it is none that Telegram gives."""
    logs.hide("42:odd one")
    assert f"refused: {logs.REDACTED}" == logs.redact("refused: 42:odd one")


def test_no_secret_hides_nothing() -> None:
    """A token that is not set leaves the log as it is."""
    logs.hide("")
    assert logs.redact("something") == "something"


def test_every_part_of_a_record_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    """Message, arguments, exception, its cause and the stack pass through the redaction, on standard error."""
    logs.configure("info")
    try:
        try:
            raise ValueError(f"cause {TOKEN}")
        except ValueError as cause:
            raise OSError(f"effect bot{TOKEN}") from cause
    except OSError:
        logging.getLogger("x").exception(f"message {TOKEN} %s", TOKEN, stack_info=True)
    out, err = capsys.readouterr()
    assert (out, err.count(TOKEN)) == ("", 0)
    assert err.count(logs.REDACTED) >= 4


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


@pytest.mark.parametrize(
    ("error", "shown"), [(ValueError, f"bot{logs.REDACTED}"), (KeyboardInterrupt, "KeyboardInterrupt")]
)
def test_an_uncaught_exception_is_redacted_too(
    error: type[BaseException], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last word before the process ends shows no token; Ctrl-C is no fault, and told as ever."""
    logs.configure("INFO")
    sys.excepthook(error, error() if error is KeyboardInterrupt else error(f"bot{TOKEN}"), None)
    err = capsys.readouterr().err
    assert (True, False) == (shown in err, TOKEN in err)
    assert ("ended by a fault" in err) == (error is ValueError)
