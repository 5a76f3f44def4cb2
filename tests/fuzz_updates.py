"""A random generator in; updates as Telegram might send them out: well-formed ones of each kind, and mutated ones."""

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from botapi_world import BOT
from fuzz_bot import OPERATOR
from fuzz_messages import LONGEST, message

Values = dict[str, Any]

_LANGUAGES = ("en", "fr", "de", "es", "el", "uk", "pt-br", "xx", "", "EN-us-x-private")
_ENTITIES = (
    *(
        "mention",
        "bot_command",
        "url",
        "text_link",
        "text_mention",
        "bold",
        "pre",
        "custom_emoji",
        "blockquote",
        "new_kind",
    ),
)
_MEDIA: Mapping[str, Any] = {
    "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
    "sticker": {
        "file_id": "s",
        "file_unique_id": "s",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    },
    "document": {"file_id": "d", "file_unique_id": "d"},
    "voice": {"file_id": "v", "file_unique_id": "v", "duration": 1},
    "location": {"longitude": 1.5, "latitude": 50.0},
    "contact": {"phone_number": "1", "first_name": "A"},
    "dice": {"emoji": "🎲", "value": 6},
    "poll": {
        "id": "1",
        "question": "Who?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    },
}
_STATUS: Mapping[str, Any] = {
    "new_chat_members": [BOT],
    "left_chat_member": BOT,
    "new_chat_title": "Readers",
    "group_chat_created": True,
    "forum_topic_created": {"name": "News", "icon_color": 1},
    "pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}},
    "migrate_to_chat_id": -1_000_000_000_999,
    "migrate_from_chat_id": -200,
    "new_kind_of_service_message": {"deep": [{"x": 1}]},
}
_ODD: Sequence[Any] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 10**30, 1.5, -0.0, "", " ", "0", "x", "\ud83d", "\0", [], {}),
    *([None], [[]], {"": None}, {"id": 1}, "x" * 100_000, "1" * 5_000, ["x"] * 1_000, {"a": {"b": {"c": [{}] * 9}}}),
)
_DATA = (
    *(
        "c0",
        "c0.1",
        "c0.-1",
        "c9.999999",
        "b",
        "m",
        "s0",
        "s99",
        "n0",
        "n7",
        "+",
        "-",
        "aAAAAAAAAAAA",
        "a",
        "lfr",
        "lxx",
        "l",
    ),
    *(
        "rAAAAAAAAAAA.0",
        "rAAAAAAAAAAA.99999",
        "r.",
        "c٣",
        "c²",
        "n-1",
        "",
        "\0",
        "😀" * 16,
        "x" * 64,
        "{{ 1 }}",
        "c0.1.2",
    ),
)
_PAYLOADS = (
    *(
        "start",
        "aAAAAAAAAAAA",
        "qV2hvPw",
        "q",
        "q_-_-",
        "qgICA",
        "lAAAAAAAAAAAAAAAAAAAAAA",
        "a" * 64,
        "q=",
        "٣",
        "q" + "A" * 63,
    ),
)


class Updates:
    """Makes updates for one conversation; `sent` is what the bot has sent in it so far."""

    def __init__(self, random: Random, people: int) -> None:
        self._random = random
        self._people = people
        self._number = 0
        self._said: list[Values] = []
        self.sent: list[Values] = []

    def update(self) -> Values:
        """The next update."""
        random = self._random
        self._number += 1
        kind = random.choices([*_KINDS], [share for share, _ in _KINDS.values()])[0]
        update = {"update_id": self._people + self._number, kind: _KINDS[kind][1](self)}
        if random.random() < 0.4:
            for _ in range(random.choice((1, 1, 1, 2, 5))):
                update = mutated(random, update)
        return update

    def _message(self) -> Values:
        random = self._random
        chat = self._chat()
        told: Values = {"message_id": self._number, "date": 1_700_000_000, "chat": chat}
        if random.random() < 0.95:
            told["from"] = self._person()
        if chat["type"] == "channel" or random.random() < 0.05:
            told["sender_chat"] = {"id": -300, "type": "channel", "title": "Paper"}
        told |= self._content()
        if random.random() < 0.03:
            told |= {"chat": {"id": OPERATOR, "type": "private"}, "from": {**self._person(), "id": OPERATOR}}
            told |= _said(f"/{random.choice(('stats', 'status', 'reindex', 'unanswered'))} {told.get('text', '')[:50]}")
        if random.random() < 0.25:
            told["reply_to_message"] = self._other(chat)
        if random.random() < 0.05:
            told["quote"] = {"text": message(random)[:1024], "position": random.choice((0, 5, 9999))}
        if random.random() < 0.1:
            told |= {"message_thread_id": random.choice((1, 2, 99)), "is_topic_message": random.random() < 0.7}
        if random.random() < 0.05:
            told |= random.choice(({"via_bot": BOT}, {"media_group_id": "9"}, {"forward_origin": self._origin()}))
        self._said.append(told)
        return told

    def _content(self) -> Values:
        random = self._random
        way = random.random()
        if way < 0.1:
            kind = random.choice([*_MEDIA])
            caption = {"caption": message(random)[:1024]} if random.random() < 0.5 else {}
            return {kind: _MEDIA[kind]} | caption | ({"caption_entities": self._entities(60)} if caption else {})
        if way < 0.15:
            kind = random.choice([*_STATUS])
            return {kind: _STATUS[kind]}
        text = message(random) if way < 0.9 else f"/start {random.choice(_PAYLOADS)}"
        if random.random() < 0.2:
            at = random.randint(0, len(text))
            text = (text[:at] + f"@{BOT['username']}" + text[at:])[:LONGEST]
        told = _said(text)
        return told | {"entities": told["entities"] + (self._entities(len(text)) if random.random() < 0.2 else [])}

    def _entities(self, length: int) -> list[Values]:
        random = self._random
        return [
            {
                "type": random.choice(_ENTITIES),
                "offset": random.choice((0, 1, random.randint(0, length + 9), length, -1, 2**31)),
                "length": random.choice((1, random.randint(0, length + 9), 0, -5, 2**31)),
            }
            | random.choice(({}, {"url": "https://x.y"}, {"user": BOT}, {"user": self._person()}))
            for _ in range(random.choice((1, 2, 3, 100)))
        ]

    def _other(self, chat: Values) -> Values:
        """What a message replies to: something of the bot's or of somebody's, near or far."""
        random = self._random
        if self.sent and random.random() < 0.6:
            return {key: of for key, of in random.choice(self.sent[-5:]).items() if key != "reply_to_message"}
        if self._said and random.random() < 0.5:
            return {key: of for key, of in random.choice(self._said[-5:]).items() if key != "reply_to_message"}
        return {"message_id": random.randint(1, 99), "date": 0, "chat": chat} | self._content()

    def _edited(self) -> Values:
        if not self._said or self._random.random() < 0.2:
            return self._message()
        return self._random.choice(self._said[-5:]) | {"edit_date": 1_700_000_001} | self._content()

    def _press(self) -> Values:
        random = self._random
        press: Values = {"id": str(self._number), "from": self._person(), "chat_instance": "1"}
        data = random.choice(_DATA)
        if self.sent and random.random() < 0.8:
            shown = random.choice(self.sent[-5:])
            press["message"] = shown if random.random() < 0.9 else shown | {"date": 0}
            buttons = [one for row in shown.get("reply_markup", {}).get("inline_keyboard", []) for one in row]
            offered = [one["callback_data"] for one in buttons if "callback_data" in one]
            data = random.choice(offered) if offered and random.random() < 0.8 else data
        elif random.random() < 0.3:
            press["inline_message_id"] = "i"
        else:
            press["message"] = {"message_id": random.randint(1, 99), "date": 0, "chat": self._chat()}
        return press | random.choice(({"data": data}, {"data": data}, {"data": data}, {"game_short_name": "g"}, {}))

    def _inline(self) -> Values:
        random = self._random
        query = message(random)[: random.choice((256, 20))]
        return {
            "id": str(self._number),
            "from": self._person(),
            "query": query,
            "offset": random.choice(("", "10", "x")),
        }

    def _membership(self) -> Values:
        old, new = ({"user": BOT, "status": status} for status in ("member", "left"))
        about = {"chat": self._chat(), "from": self._person(), "date": 1}
        return about | {"old_chat_member": old, "new_chat_member": new}

    def _unknown(self) -> Any:
        return self._random.choice((*_ODD, self._message()))

    def _chat(self) -> Values:
        random = self._random
        number = self._people + random.randrange(3)
        if (way := random.random()) < 0.7:
            return {"id": number, "type": "private", "first_name": "Ada"}
        if way < 0.95:
            kind = random.choice(("supergroup", "group"))
            return {"id": -number, "type": kind, "title": "Readers"} | random.choice(({}, {"is_forum": True}))
        return {"id": -number, "type": random.choice(("channel", "new_kind")), "title": "Paper"}

    def _person(self) -> Values:
        random = self._random
        person = {"id": self._people + random.randrange(30), "is_bot": False, "first_name": "Ada"}
        return person | ({"language_code": random.choice(_LANGUAGES)} if random.random() < 0.9 else {})

    def _origin(self) -> Values:
        return {"type": "user", "date": 1, "sender_user": self._person()}


_KINDS: Mapping[str, tuple[int, Callable[[Updates], Any]]] = {
    "message": (50, Updates._message),
    "edited_message": (8, Updates._edited),
    "callback_query": (22, Updates._press),
    "inline_query": (10, Updates._inline),
    "my_chat_member": (3, Updates._membership),
    "channel_post": (2, Updates._message),
    "business_message": (1, Updates._message),
    "message_reaction": (1, Updates._unknown),
    "poll": (1, Updates._unknown),
    "new_kind_of_update": (2, Updates._unknown),
}


def _said(text: str) -> Values:
    """A text with the entities that Telegram finds where it begins with a command, or names the bot."""
    found = []
    if text.startswith("/") and text[1:2].isalpha():
        found.append({"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])})
    if (at := text.find(f"@{BOT['username']}")) >= 0:
        start = len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
        found.append({"type": "mention", "offset": start, "length": len(BOT["username"]) + 1})
    return {"text": text, "entities": found}


def mutated(random: Random, value: Any) -> Any:
    """A value with something in it left out, put in, doubled, or replaced by what may not stand there."""
    value = json.loads(json.dumps(value))
    places = [(holder, key) for holder, key in _places(value) if key != "update_id"]
    if not places:
        return value
    holder, key = random.choice(places)
    way = random.random()
    if way < 0.3:
        del holder[key]
    elif way < 0.8:
        holder[key] = random.choice(_ODD)
    elif way < 0.9:
        other, name = random.choice(places)
        holder[key] = other[name] if other is not holder and not _holds(other, holder) else random.choice(_ODD)
    elif isinstance(holder, dict):
        holder[random.choice(("new_field", "text", "id", "date", "entities", "chat"))] = random.choice(_ODD)
    else:
        holder.extend(holder[:1] * random.choice((1, 100)))
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Where something stands, at any depth: the object or list that holds it, and the key."""
    keys = [*value] if isinstance(value, dict) else [*range(len(value))] if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in _places(value[key])]


def _holds(value: Any, sought: Any) -> bool:
    return value is sought or any(holder[key] is sought for holder, key in _places(value))
