"""Log records in, lines on standard error out, in which no token can be read."""

import logging
import re
import sys
from types import TracebackType

REDACTED = "<token>"

_TOKEN = re.compile(r"(?<=bot)\d+(?::|%3A)[\w-]+|(?<!\d)\d{5,}(?::|%3A)[\w-]{30,}", re.IGNORECASE | re.ASCII)
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_QUIET = {
    "httpx": logging.WARNING,  # would print each request's address, and with it the token
    "httpcore": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL,  # a traceback for each answer that is no JSON, likewise
}

_secrets: set[str] = set()


def configure(level: str) -> None:
    """Send every record of `level` and above to standard error, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(_LINE))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, lowest in _QUIET.items():
        logging.getLogger(name).setLevel(lowest)
    sys.excepthook = _log_uncaught


def hide(secret: str) -> None:
    """Redact `secret` too, whatever it looks like; an empty one would stand between all letters."""
    if secret:
        _secrets.add(secret)


def redact(text: str) -> str:
    """`text` without tokens and without what was hidden."""
    for secret in _secrets:
        text = text.replace(secret, REDACTED)
    return _TOKEN.sub(REDACTED, text)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python does with an exception that nobody handled, but redacted."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger(__name__).critical("ended by a fault", exc_info=(kind, error, trace))


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: the message, its arguments, the exception and the stack."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return redact(super().format(record))
