"""A raw update in, what the library makes of it out: only of the kinds that are asked for, and only where it is sound.

The library takes a field of any type, and whoever reads it has the trouble later.
"""

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update

_WHOLE = range(-(2**63), 2**63)
"""The numbers that SQLite takes; Telegram's are smaller."""

_Shape = Mapping[str, Any]
"""What the fields that the bot reads hold: a type, a shape, or a list of one; those with a `!` must be there."""

_USER: _Shape = {"id!": int, "username": str, "language_code": str}
_CHAT: _Shape = {"id!": int, "type!": str}
_ENTITIES = [{"type!": str, "offset!": int, "length!": int, "user": _USER}]
_MESSAGE: dict[str, Any] = {
    "message_id!": int,
    "date!": int,
    "chat!": _CHAT,
    "from": _USER,
    "sender_chat": _CHAT,
    "via_bot": _USER,
    "text": str,
    "entities": _ENTITIES,
    "caption": str,
    "caption_entities": _ENTITIES,
    "quote": {"text!": str},
    "message_thread_id": int,
    "is_topic_message": bool,
    "media_group_id": str,
    "migrate_from_chat_id": int,
}
_MESSAGE["reply_to_message"] = _MESSAGE
_UPDATE: _Shape = {
    "update_id!": int,
    "message": _MESSAGE,
    "edited_message": _MESSAGE,
    "callback_query": {"id!": str, "from!": _USER, "message": _MESSAGE, "data": str},
    "inline_query": {"id!": str, "from!": _USER, "query!": str},
}
_KINDS = frozenset(name.removesuffix("!") for name in _UPDATE)


class Malformed(Exception):
    """An update is not what the Bot API says; the message is where."""


def read(raw: Mapping[str, Any], bot: Bot | None = None) -> Update:
    """The update. Raises Malformed, and whatever the library stumbles over."""
    known = {name: of for name, of in raw.items() if name in _KINDS}
    _check(known, _UPDATE, "update")
    return Update.de_json(_whole(known), bot)


def _check(value: Any, shape: Any, where: str) -> None:
    """Raises Malformed."""
    if isinstance(shape, list):
        _expect(isinstance(value, list), where)
        for number, one in enumerate(value):
            _check(one, shape[0], f"{where}[{number}]")
    elif isinstance(shape, Mapping):
        _expect(isinstance(value, dict), where)
        for key, of in shape.items():
            name = key.removesuffix("!")
            _expect(name in value or name == key, f"{where}.{name}")
            if name in value:
                _check(value[name], of, f"{where}.{name}")
    else:
        _expect(type(value) is shape and (shape is not int or value in _WHOLE), where)


def _expect(is_so: bool, where: str) -> None:
    if not is_so:
        raise Malformed(where)


def _whole(value: Any) -> Any:
    """The same with halves of characters replaced, which JSON can name, and nothing can store or send."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: _whole(of) for name, of in value.items()}
    return [_whole(of) for of in value] if isinstance(value, list) else value
