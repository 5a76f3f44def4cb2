"""Log records in, JSON objects out, one a line and redacted: time, level, logger, message, what was given beside it."""

import datetime as dt
import logging
import math
from collections.abc import Mapping
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.redaction import printed, redact

_DEEP = 6
"""Levels of values in values that are kept as such; what is deeper is printed as Python would."""

_NAMES = {"levelname": "level", "name": "logger", "exc_info": "exception", "stack_info": "stack"}


class JsonLines(JsonFormatter):
    """Redacts each value before it is written, so that no way of writing it hides a secret."""

    def __init__(self) -> None:
        super().__init__(["asctime", "levelname", "name", "message"], rename_fields={"asctime": "time", **_NAMES})
        self.json_ensure_ascii = False

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """The moment in UTC, as ISO 8601 writes it."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """The fields as they are written."""
        return {redact(str(name)): _plain(value) for name, value in log_data.items()}

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        return redact(super().format(record))


def _plain(value: object, deep: int = _DEEP) -> object:
    """A value that JSON knows, with no secret in it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return redact(value)
    if deep and isinstance(value, Mapping):
        return {redact(str(name)): _plain(one, deep - 1) for name, one in value.items()}
    if deep and isinstance(value, list | tuple | set | frozenset):
        return [_plain(one, deep - 1) for one in value]
    return printed(value)
