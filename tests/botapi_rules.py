"""What the Bot API accepts: a call as it came over HTTP in, checked values out, or `Refused` in Telegram's words.

Methods, parameters and types are Bot API 10.1, in data/botapi.json: `"Integer|String!"` is either, and required;
`"=chat!"` is that word.
"""

import json
import re
from pathlib import Path
from typing import Any

from botapi_markup import Refused, formatted, parse_html, width

__all__ = ["METHODS", "Refused", "content", "parse_html", "read", "width"]

_API = json.loads((Path(__file__).parent / "data" / "botapi.json").read_text())
METHODS: dict[str, dict[str, str]] = _API["methods"]
TYPES: dict[str, Any] = _API["types"]

TEXT, CALLBACK_ANSWER, CALLBACK_DATA = 4096, 200, 64
BUTTONS, BUTTONS_IN_A_ROW, MARKUP_BYTES, COPIED = 100, 8, 10_240, 256
RESULTS, ID_BYTES, OFFSET_BYTES = 50, 64, 64
ACTIONS = re.compile("typing|choose_sticker|find_location|(upload|record)_(photo|video|voice|document|video_note)")
START = re.compile("[A-Za-z0-9_-]{1,64}")


def read(method: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a call, typed; strict: nothing unknown, nothing missing, nothing of another type."""
    if method not in METHODS:
        raise Refused("Not Found", 404)
    values = _fields(raw, METHODS[method], method, outer=True)
    for name, check in _CHECKS.get(method, {}).items():
        if name in values:
            check(values)
    _check_keyboard(values.get("reply_markup", {}))
    if not re.fullmatch("([a-z]{2})?", values.get("language_code", "")):
        raise Refused("invalid language code specified")
    return values


def _fields(raw: dict[str, Any], spec: dict[str, str], where: str, outer: bool) -> dict[str, Any]:
    for name in raw:
        if name not in spec:
            raise Refused(f"{where} has no parameter {name}")
    for name, kinds in spec.items():
        if kinds.endswith("!") and name not in raw:
            raise Refused(f"{where} needs the parameter {name}")
    return {name: _fit(value, spec[name].rstrip("!"), f"{where}.{name}", outer) for name, value in raw.items()}


def _fit(value: Any, kinds: str, where: str, outer: bool) -> Any:
    failures = []
    for kind in _alike(value, kinds.split("|"), outer):
        try:
            return _one(value, kind, where, outer)
        except Refused as refused:
            failures.append(refused)
    raise failures[0] if len(failures) == 1 else Refused(f"{where} is no {kinds}: {value!r}")


def _alike(value: Any, kinds: list[str], outer: bool) -> list[str]:
    """The kinds that `value` may be by what it says of itself; its fault is then told for that one."""
    if len(kinds) == 1 or kinds[-1] not in TYPES:
        return kinds
    try:
        value = json.loads(value) if outer and isinstance(value, str) else value
    except ValueError:
        return kinds
    said = f"={value['type']}!" if isinstance(value, dict) and "type" in value else ""
    return [kind for kind in kinds if isinstance(TYPES[kind], dict) and TYPES[kind].get("type", said) == said]


def _one(value: Any, kind: str, where: str, outer: bool) -> Any:
    wrong = Refused(f"{where} is no {kind.lstrip('=')}: {value!r}")
    if kind.startswith("="):
        if value != kind[1:]:
            raise wrong
        return value
    if kind in ("Integer", "Float", "Boolean", "String", "InputFile"):
        return _scalar(value, kind, outer, wrong)
    if outer and isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Refused(f"can't parse {where} JSON object") from None
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            raise wrong
        return [_fit(item, kind.removeprefix("Array of "), f"{where}[{n}]", False) for n, item in enumerate(value)]
    if isinstance(TYPES[kind], str):
        return _fit(value, TYPES[kind], where, False)
    if not isinstance(value, dict):
        raise wrong
    return _fields(value, TYPES[kind], where, False)


def _scalar(value: Any, kind: str, outer: bool, wrong: Refused) -> Any:
    if outer and isinstance(value, str) and kind != "String":
        if kind == "InputFile" or not _WRITTEN[kind].fullmatch(value):
            raise wrong
        return json.loads(value)
    fits = {"Integer": int, "Float": (int, float), "Boolean": bool, "String": str, "InputFile": bytes}[kind]
    if not isinstance(value, fits) or (isinstance(value, bool) and kind != "Boolean"):
        raise wrong
    return value


_WRITTEN = {
    "Integer": re.compile(r"-?\d+"),
    "Float": re.compile(r"-?\d+(\.\d+)?"),
    "Boolean": re.compile("true|false"),
}


def content(values: dict[str, Any], name: str = "text") -> dict[str, Any]:
    """The text of a message as people see it, 1 to 4096 units of it, and its entities where it has any."""
    text, entities = formatted(values[name], values.get("parse_mode"), values.get("entities"))
    if not text:
        raise Refused("message text is empty")
    if width(text) > TEXT:
        raise Refused("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def _check_keyboard(markup: dict[str, Any]) -> None:
    rows = markup.get("inline_keyboard", [])
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_IN_A_ROW for row in rows):
        raise Refused("REPLY_MARKUP_TOO_LONG: too many buttons")
    if len(json.dumps(markup, ensure_ascii=False).encode()) > MARKUP_BYTES:
        raise Refused("REPLY_MARKUP_TOO_LONG")
    for button in (button for row in rows for button in row):
        if not button["text"].strip() or len(set(button) - {"text", "style", "icon_custom_emoji_id"}) != 1:
            raise Refused("inline keyboard button needs a text and exactly one action")
        if not 1 <= len(button.get("callback_data", "x").encode()) <= CALLBACK_DATA:
            raise Refused("BUTTON_DATA_INVALID")
        if not re.match("(https?|tg)://[^ ]", button.get("url", "tg://x")):
            raise Refused("BUTTON_URL_INVALID")
        if not 1 <= width(button.get("copy_text", {"text": "x"})["text"]) <= COPIED:
            raise Refused("BUTTON_COPY_TEXT_INVALID")


def _check_results(values: dict[str, Any]) -> None:
    results = values["results"]
    if len(results) > RESULTS:
        raise Refused("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise Refused("RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= ID_BYTES:
            raise Refused("RESULT_ID_INVALID")
        if result["type"] == "article" and not result["title"].strip():
            raise Refused("ARTICLE_TITLE_EMPTY")
        if "message_text" in result.get("input_message_content", {}):
            content(result["input_message_content"], "message_text")
        _check_keyboard(result.get("reply_markup", {}))


def _check_results_button(values: dict[str, Any]) -> None:
    button = values["button"]
    if not button["text"].strip() or len(button) != 2:
        raise Refused("inline query results button needs a text and exactly one of web_app and start_parameter")
    if not START.fullmatch(button.get("start_parameter", "x")):
        raise Refused("START_PARAM_INVALID")


def _check_offset(values: dict[str, Any]) -> None:
    if len(values["next_offset"].encode()) > OFFSET_BYTES:
        raise Refused("NEXT_OFFSET_INVALID")


def _check_cache_time(values: dict[str, Any]) -> None:
    if values["cache_time"] < 0:
        raise Refused("CACHE_TIME_INVALID")


def _check_ids(values: dict[str, Any]) -> None:
    if not 1 <= len(values["message_ids"]) <= 100:
        raise Refused("message identifiers are not 1 to 100")


def _check_commands(values: dict[str, Any]) -> None:
    if len(values["commands"]) > 100:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    for command in values["commands"]:
        if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
            raise Refused("BOT_COMMAND_INVALID")
        if not 1 <= width(command["description"]) <= 256:
            raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")


def _check_action(values: dict[str, Any]) -> None:
    if not ACTIONS.fullmatch(values["action"]):
        raise Refused("wrong parameter action in request")


def _at_most(name: str, limit: int, description: str) -> Any:
    def check(values: dict[str, Any]) -> None:
        if width(values[name]) > limit:
            raise Refused(description)

    return check


_CHECKS: dict[str, dict[str, Any]] = {
    "answerInlineQuery": {
        "results": _check_results,
        "button": _check_results_button,
        "next_offset": _check_offset,
        "cache_time": _check_cache_time,
    },
    "deleteMessages": {"message_ids": _check_ids},
    "answerCallbackQuery": {"text": _at_most("text", CALLBACK_ANSWER, "MESSAGE_TOO_LONG")},
    "sendChatAction": {"action": _check_action},
    "setMyCommands": {"commands": _check_commands},
    "setMyName": {"name": _at_most("name", 64, "name is too long")},
    "setMyDescription": {"description": _at_most("description", 512, "description is too long")},
    "setMyShortDescription": {"short_description": _at_most("short_description", 120, "short description is too long")},
}
