"""A text as a bot sends it in, or a person types it; what is shown out, with its entities, as Telegram sees them."""

import re
from html import unescape
from itertools import pairwise
from typing import Any

Entity = dict[str, Any]


class Refused(Exception):
    """A call that the server does not accept, in Telegram's words."""

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description if status != 400 else f"Bad Request: {description}"
        self.parameters = parameters


def width(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_TAGS = {
    **dict.fromkeys(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del"), re.compile("")),
    **dict.fromkeys(("tg-spoiler", "code", "pre"), re.compile("")),
    "a": re.compile(r' href="(?P<url>[^"<>]*)"'),
    "span": re.compile(' class="tg-spoiler"'),
    "tg-emoji": re.compile(r' emoji-id="(?P<custom_emoji_id>\d+)"'),
    "blockquote": re.compile("( expandable)?"),
}
_CODE_IN_PRE = re.compile(r'( class="language-(?P<language>[^"<>]+)")?')
_TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_PART = re.compile(
    r"<(?P<slash>/?)(?P<tag>[a-z-]+)(?P<more>[^<>]*)>|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)"
)
_CONTROL = {
    **dict.fromkeys([*range(9), 11, 12, *range(14, 32)], " "),
    13: "",
    **dict.fromkeys(range(0x2028, 0x202F), ""),
}


def parse_html(html: str) -> str:
    """The text without its tags; anything that is not exactly what Telegram documents is refused."""
    return _parse(html)[0]


def formatted(text: str, mode: str | None, entities: list[Entity] | None = None) -> tuple[str, list[Entity]]:
    """What people see of a bot's text, and its entities; white space around it goes."""
    if mode not in (None, "HTML"):
        raise Refused(f"unsupported parse_mode {mode}")
    plain, marked = _parse(text) if mode else (text.translate(_CONTROL), entities or [])
    stripped = plain.strip()
    before = width(plain[: len(plain) - len(plain.lstrip())])
    marked = [entity for entity in (_within(entity, before, width(stripped)) for entity in marked) if entity["length"]]
    opaque = [entity for entity in marked if entity["type"] in ("code", "pre", "text_link")]
    found = [entity for entity in typed(stripped) if not any(_overlap(entity, other) for other in opaque)]
    return stripped, sorted(marked + found, key=lambda entity: (entity["offset"], -entity["length"]))


_TYPED = (
    ("mention", re.compile(r"(?<![\w/])@[A-Za-z]\w{3,31}\b", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("url", re.compile(r"\bhttps?://[^\s<>]*[^\s<>.,;:!?)\"']")),
)


def typed(text: str) -> list[Entity]:
    """The entities that Telegram finds by itself: mentions, commands, addresses."""
    found: list[Entity] = []
    for kind, pattern in reversed(_TYPED):
        for match in pattern.finditer(text):
            entity = {"type": kind, "offset": width(text[: match.start()]), "length": width(match[0])}
            if not any(_overlap(entity, other) for other in found):
                found.append(entity)
    return sorted(found, key=lambda entity: entity["offset"])


def _within(entity: Entity, before: int, length: int) -> Entity:
    start = max(entity["offset"] - before, 0)
    end = min(entity["offset"] + entity["length"] - before, length)
    return entity | {"offset": start, "length": max(end - start, 0)}


def _overlap(one: Entity, other: Entity) -> bool:
    end, of_other = one["offset"] + one["length"], other["offset"] + other["length"]
    return bool(one["offset"] < of_other and other["offset"] < end)


class _Text:
    """The text so far, its entities, and the tags that are open."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.units = 0
        self.opened: list[str] = []
        self.entities: list[Entity] = []
        self._unfinished: list[Entity] = []

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.units += width(text)

    def open(self, tag: str, attributes: re.Match[str]) -> None:
        kind = "expandable_blockquote" if attributes[0] == " expandable" else _TYPES.get(tag, tag)
        values = {name: unescape(value) for name, value in attributes.groupdict().items() if value}
        entity: Entity = {"type": kind, "offset": self.units, "length": 0, **values}
        self.opened.append(tag)
        self._unfinished.append(entity)
        self.entities.append(entity)

    def close(self) -> None:
        self.opened.pop()
        entity = self._unfinished.pop()
        entity["length"] = self.units - entity["offset"]


def _parse(html: str) -> tuple[str, list[Entity]]:
    text, end = _Text(), 0
    for match in _PART.finditer(html):
        text.add(_bare(html[end : match.start()], end))
        end = match.end()
        if match["entity"]:
            text.add(unescape(match["entity"]).translate(_CONTROL))
        elif match["slash"]:
            if not text.opened or text.opened[-1] != match["tag"] or match["more"]:
                raise _unparsed(f'Unexpected end tag "{match["tag"]}"', match.start())
            text.close()
        else:
            text.open(match["tag"], _attributes(match, text.opened))
    text.add(_bare(html[end:], end))
    if text.opened:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{text.opened[-1]}"', end)
    return "".join(text.parts), _joined(text.entities)


def _joined(entities: list[Entity]) -> list[Entity]:
    """A language belongs to the `pre` around its `code`; a link without an address is none."""
    for outer, inner in pairwise(entities):
        if outer["type"] == "pre" and inner["type"] == "code" and "language" in inner:
            outer["language"] = inner["language"]
    in_pre = [entity for entity in entities if entity["type"] == "pre"]
    return [
        entity
        for entity in entities
        if not (entity["type"] == "code" and any(_overlap(entity, other) for other in in_pre))
        and (entity["type"] != "text_link" or entity.get("url"))
    ]


def _attributes(match: re.Match[str], opened: list[str]) -> re.Match[str]:
    tag = match["tag"]
    if tag not in _TAGS:
        raise _unparsed(f'Unsupported start tag "{tag}"', match.start())
    attributes = (_CODE_IN_PRE if tag == "code" and opened == ["pre"] else _TAGS[tag]).fullmatch(match["more"])
    if not attributes:
        raise _unparsed(f'Unexpected attributes of tag "{tag}"', match.start())
    if (tag == "blockquote" and tag in opened) or "code" in opened or ("pre" in opened and tag != "code"):
        raise _unparsed(f'Tag "{tag}" can\'t stand inside of {opened}', match.start())
    return attributes


def _bare(text: str, offset: int) -> str:
    stray = re.search("[<>&]", text)
    if stray:
        raise _unparsed(f'Unescaped "{stray[0]}"', offset + stray.start())
    return text.translate(_CONTROL)


def _unparsed(why: str, offset: int) -> Refused:
    return Refused(f"can't parse entities: {why} at offset {offset}")
