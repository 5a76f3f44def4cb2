"""Log records in, lines on standard error out, in which no secret can be read.

Whatever a line comes from is redacted: our records and those of the libraries, in our handler and in any other,
warnings, and what nobody handled in the main thread, another thread, a destructor or the event loop. Only a crash of
the interpreter itself writes past this (faulthandler: file names and line numbers, no values).
"""

import logging
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal

from bot.redaction import REDACTED, hide, printed, redact

__all__ = ["REDACTED", "configure", "hide", "redact", "shows_questions"]

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_QUIET = {
    "httpx": logging.WARNING,  # prints each address that it asks, such as one with the token
    "httpcore": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL,  # a traceback for each answer that is no JSON, likewise
}
_TALKATIVE = ("telegram", "aiosqlite", "opensearch")
"""Who prints all that is said to it at the level of DEBUG, and with it what people ask."""

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; anything else was given as `extra`."""

_questions = threading.Event()


def configure(level: str, form: Literal["console", "json"] = "console", *, questions: bool = False) -> None:
    """Send every record of `level` and above to standard error, redacted; what people ask only with `questions`."""
    handler = _Handler()
    handler.setFormatter(_formatter(form))
    handler.setLevel(level.upper())  # some loggers have a level of their own, below it
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, lowest in _QUIET.items():
        logging.getLogger(name).setLevel(lowest)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if questions else logging.INFO)
    (_questions.set if questions else _questions.clear)()
    _take_over()


def shows_questions() -> bool:
    """Whether what people ask may be logged."""
    return _questions.is_set()


def _formatter(form: Literal["console", "json"]) -> logging.Formatter:
    if form == "console":
        return RedactingFormatter(_LINE)
    from bot.json_lines import JsonLines  # noqa: PLC0415 - 70 ms that the console does not need

    return JsonLines()


def _take_over() -> None:
    """Let everything else that writes on standard error go through here."""
    logging.setLogRecordFactory(_Record)
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(RedactingFormatter(_LINE))
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An exception that nobody handled; Ctrl-C is no fault, but may have come while one was handled."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))
    else:
        logging.getLogger(__name__).critical("ended by a fault", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(fault: threading.ExceptHookArgs) -> None:
    if fault.exc_type is SystemExit or fault.exc_value is None:
        return
    name = fault.thread.name if fault.thread else "?"
    error = (fault.exc_type, fault.exc_value, fault.exc_traceback)
    logging.getLogger(__name__).critical("a thread was ended by a fault: %s", name, exc_info=error)


def _log_unraisable(fault: "sys.UnraisableHookArgs") -> None:
    where = fault.err_msg or "exception ignored in"
    error = (fault.exc_type, fault.exc_value or fault.exc_type(), fault.exc_traceback)
    logging.getLogger(__name__).error("%s %r", where, fault.object, exc_info=error)


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: the message, what was given beside it, the exception and the stack."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library calls it so
        """The line, and behind it what was given beside the message."""
        given = "".join(f" {name}={printed(value)}" for name, value in vars(record).items() if name not in _PLAIN)
        return super().formatMessage(record) + given

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return redact(super().format(record))


class _Record(logging.LogRecord):
    """A record that holds no secret, whatever handlers of others do with it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.msg, self.args = redact(_message(self)), ()
        if self.exc_info:  # formatters take the text if there is one
            self.exc_text = redact(logging.Formatter().formatException(self.exc_info))
        if self.stack_info:
            self.stack_info = redact(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802 - the library calls it so
        """The message, its arguments in it."""
        return str(self.msg)


def _message(record: logging.LogRecord) -> str:
    """The message of a record; one that does not fit its arguments stands beside them."""
    try:
        return logging.LogRecord.getMessage(record)
    except Exception:  # whatever their own methods do
        given = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
        return " ".join(map(printed, (record.msg, *given)))


class _Handler(logging.Handler):
    """Writes lines; one that can't be written does not lead to a traceback with the exception that it was about."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # a full disk, a pipe that nobody reads
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library calls it so
        """Say so, where that can be said."""
        with suppress(Exception):
            sys.stderr.write(redact(f"not logged: {record.msg}: {sys.exception()!r}\n"))
