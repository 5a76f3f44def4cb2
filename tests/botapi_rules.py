"""What the Bot API accepts: a call as it came over HTTP in, checked values out, or `Refused` in Telegram's words.

Methods, parameters and types are Bot API 10.1, in data/botapi.json: `"Integer|String!"` is either, and required.
"""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

_API = json.loads((Path(__file__).parent / "data" / "botapi.json").read_text())
METHODS: dict[str, dict[str, str]] = _API["methods"]
TYPES: dict[str, Any] = _API["types"]

TEXT, CALLBACK_ANSWER, CALLBACK_DATA = 4096, 200, 64
ACTIONS = re.compile("typing|choose_sticker|find_location|(upload|record)_(photo|video|voice|document|video_note)")


class Refused(Exception):
    """A call that the server does not accept."""

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description if status != 400 else f"Bad Request: {description}"
        self.parameters = parameters


def read(method: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a call, typed; strict: nothing unknown, nothing missing, nothing of another type."""
    if method not in METHODS:
        raise Refused("Not Found", 404)
    values = _fields(raw, METHODS[method], method, outer=True)
    for name, check in _CHECKS.get(method, {}).items():
        if name in values:
            check(values)
    _check_keyboard(values.get("reply_markup", {}))
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
    for kind in kinds.split("|"):
        try:
            return _one(value, kind, where, outer)
        except Refused as refused:
            failures.append(refused)
    raise failures[0] if len(failures) == 1 else Refused(f"{where} is no {kinds}: {value!r}")


def _one(value: Any, kind: str, where: str, outer: bool) -> Any:
    wrong = Refused(f"{where} is no {kind}: {value!r}")
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


def width(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(values: dict[str, Any]) -> str:
    """The text of a message as people see it; 1 to 4096 units of it, in well-formed HTML or as it is."""
    mode = values.get("parse_mode")
    if mode not in (None, "HTML"):
        raise Refused(f"unsupported parse_mode {mode}")
    text = parse_html(values["text"]) if mode else values["text"]
    if not text.strip():
        raise Refused("message text is empty")
    if width(text) > TEXT:
        raise Refused("message is too long")
    return text.strip()


_TAGS = {
    **dict.fromkeys(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del"), re.compile("")),
    **dict.fromkeys(("tg-spoiler", "code", "pre"), re.compile("")),
    "a": re.compile(r' href="[^"<>]*"'),
    "span": re.compile(' class="tg-spoiler"'),
    "tg-emoji": re.compile(r' emoji-id="\d+"'),
    "blockquote": re.compile("( expandable)?"),
}
_CODE_IN_PRE = re.compile(r'( class="language-[^"<>]+")?')
_PART = re.compile(
    r"<(?P<slash>/?)(?P<tag>[a-z-]+)(?P<more>[^<>]*)>|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)"
)


def parse_html(html: str) -> str:
    """The text without its tags; anything that is not exactly what Telegram documents is refused."""
    parts: list[str] = []
    opened: list[str] = []
    end = 0
    for match in _PART.finditer(html):
        parts.append(_bare(html[end : match.start()], end))
        end = match.end()
        if match["entity"]:
            parts.append(unescape(match["entity"]))
        elif match["slash"]:
            if not opened or opened.pop() != match["tag"] or match["more"]:
                raise _unparsed(f'Unexpected end tag "{match["tag"]}"', match.start())
        else:
            _check_tag(match, opened)
            opened.append(match["tag"])
    parts.append(_bare(html[end:], end))
    if opened:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"', end)
    return "".join(parts)


def _check_tag(match: re.Match[str], opened: list[str]) -> None:
    tag = match["tag"]
    if tag not in _TAGS:
        raise _unparsed(f'Unsupported start tag "{tag}"', match.start())
    attributes = _CODE_IN_PRE if tag == "code" and opened == ["pre"] else _TAGS[tag]
    if not attributes.fullmatch(match["more"]):
        raise _unparsed(f'Unexpected attributes of tag "{tag}"', match.start())
    if (tag == "blockquote" and tag in opened) or "code" in opened or ("pre" in opened and tag != "code"):
        raise _unparsed(f'Tag "{tag}" can\'t stand inside of {opened}', match.start())


def _bare(text: str, offset: int) -> str:
    stray = re.search("[<>&]", text)
    if stray:
        raise _unparsed(f'Unescaped "{stray[0]}"', offset + stray.start())
    return text


def _unparsed(why: str, offset: int) -> Refused:
    return Refused(f"can't parse entities: {why} at offset {offset}")


def _check_keyboard(markup: dict[str, Any]) -> None:
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not button["text"] or len(set(button) - {"text", "style", "icon_custom_emoji_id"}) != 1:
                raise Refused("inline keyboard button needs a text and exactly one action")
            if not 1 <= len(button.get("callback_data", "x").encode()) <= CALLBACK_DATA:
                raise Refused("BUTTON_DATA_INVALID")


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
    "answerCallbackQuery": {"text": _at_most("text", CALLBACK_ANSWER, "MESSAGE_TOO_LONG")},
    "sendChatAction": {"action": _check_action},
    "setMyCommands": {"commands": _check_commands},
    "setMyDescription": {"description": _at_most("description", 512, "description is too long")},
    "setMyShortDescription": {"short_description": _at_most("short_description", 120, "short description is too long")},
}
