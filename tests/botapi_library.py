"""Recorded calls in; those of their parameters out that python-telegram-bot does not declare for the method."""

import inspect
import re
from collections.abc import Iterable

from botapi_server import Call
from telegram import Bot

_OF_THE_LIBRARY = {
    *("self", "api_kwargs", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout"),
    *("allow_sending_without_reply", "reply_to_message_id", "disable_web_page_preview", "current_offset"),
}
"""Parameters of its own, which Telegram does not know."""


def undeclared(calls: Iterable[Call]) -> list[str]:
    """Each as `method.parameter`, or the method alone where the library has none of that name."""
    found = set()
    for call in calls:
        method = getattr(Bot, re.sub("([A-Z])", r"_\1", call.method).lower(), None)
        if method is None:
            found.add(call.method)
            continue
        declared = set(inspect.signature(method).parameters) - _OF_THE_LIBRARY
        found |= {f"{call.method}.{name}" for name in call.parameters if name not in declared}
    return sorted(found)
