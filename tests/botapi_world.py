"""The world of a bot, in memory: persons, chats, topics, messages and the updates that tell of them."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from textwrap import shorten
from typing import Any

from botapi_markup import Refused, typed

BOT = {"id": 4242, "is_bot": True, "first_name": "Dateline", "username": "dateline_test_bot"}
ME = BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Updates that come only when `allowed_updates` names them."""
FIRST_SUPERGROUP = -1_000_000_000_000

Message = dict[str, Any]


def copied(value: Any) -> Any:
    """As it is now, whatever becomes of it."""
    return json.loads(json.dumps(value))


class World:
    """What is true; `push` tells the bot of it."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self._persons: dict[int, dict[str, Any]] = {}
        self._chats: dict[int, dict[str, Any]] = {}
        self._closed: dict[int, Callable[[], Refused]] = {}
        self._messages: dict[tuple[int, int], Message] = {}
        self._replies: defaultdict[tuple[int, int], list[Message]] = defaultdict(list)
        self._last: Counter[int] = Counter()
        self._topics: dict[tuple[int, int], Message | None] = {}
        self._by_inline_id: dict[str, Message] = {}
        self._inline_ids: dict[tuple[int, int], str] = {}
        self.inline_answers: dict[str, dict[str, Any]] = {}
        self._queries: set[str] = set()
        self._inline_queries: dict[str, tuple[int, str]] = {}
        self._updates: list[dict[str, Any]] = []
        self._allowed: set[str] | None = None
        self._last_id = time.time_ns() // 1_000_000 % 1_000_000_000  # no two servers have an update of the same number
        self._changed = asyncio.Event()

    def person(self, number: int, **fields: Any) -> dict[str, Any]:
        """A person, with what is said of them here, such as `language_code` or `first_name`."""
        about = self._persons.get(number, {"id": number, "is_bot": False, "first_name": "Ada", "language_code": "en"})
        self._persons[number] = about | fields
        return self._persons[number]

    def chat(self, number: int, **fields: Any) -> dict[str, Any]:
        """A chat that the bot is in; a group is a supergroup unless its `type` is given, `is_forum` gives it topics."""
        if number not in self._chats:
            private = {"type": "private", "first_name": self.person(number)["first_name"]} if number > 0 else {}
            self._chats[number] = {"id": number} | (private or {"type": "supergroup", "title": "Readers"})
        self._chats[number] |= fields
        return self._chats[number]

    def topic(self, chat: int, name: str, person: int | None = None) -> int:
        """A new topic of a forum, opened by a person or the bot; its thread's id, that of its first message."""
        self.chat(chat, is_forum=True)
        counted = _counted(chat)
        self._last[counted] = max(self._last[counted], 1)  # 1 is the general topic
        thread = self._last[counted] + 1
        self._topics[chat, thread] = None
        about = {"message_thread_id": thread, "is_topic_message": True}
        created = {"name": name, "icon_color": 7322096}
        sender = self.person(person) if person else BOT
        message = self._message(chat, sender, {"forum_topic_created": created, **about})
        self._topics[chat, thread] = message
        self.push(message=message)
        return thread

    def push(self, **update: Any) -> int:
        """Queue any update; its id. One that the bot did not ask for is not delivered."""
        number = self._next_id()
        [kind] = update
        if kind not in UNASKED if self._allowed is None else kind in self._allowed:
            self._updates.append({"update_id": number, **copied(update)})
        self._notify()
        return number

    def now(self, message: Message) -> Message | None:
        """A message as it is now; None when it is gone."""
        return self._messages.get((message["chat"]["id"], message["message_id"]))

    def in_chat(self, chat: int) -> list[Message]:
        """All messages of a chat that are there now, in order."""
        return [message for (of, _), message in self._messages.items() if of == chat]

    async def until(self, holds: Callable[[], bool], within: float = 20.0) -> None:
        """Wait for something to hold; it is looked at after each call and update."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never came; {self._so_far()}") from None

    def _so_far(self) -> str:
        sent = [f"{message['chat']['id']}: {shorten(message['text'], 100)!r}" for message in self.sent]
        return f"sent: {', '.join(sent)}"

    def _message(self, chat_id: int, sender: dict[str, Any], fields: dict[str, Any]) -> Message:
        """A new message; the fields that stand for more are filled in as Telegram does."""
        chat = self.chat(chat_id, **({"is_forum": True} if fields.get("is_topic_message") else {}))
        counted = _counted(chat_id)
        self._last[counted] += 1
        number = self._last[counted]
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": sender} | fields
        self._thread(chat, message)
        if "text" in message and "entities" not in message and sender is not BOT:
            message |= {"entities": entities} if (entities := typed(message["text"])) else {}
        self._messages[chat_id, number] = message
        if "reply_to_message" in message:
            self._replies[chat_id, message["reply_to_message"]["message_id"]].append(message)
        return message

    def _thread(self, chat: dict[str, Any], message: Message) -> None:
        """Replies in a supergroup are a thread, but no topic; in a topic, what hangs on nothing hangs on its start."""
        reply = message.get("reply_to_message")
        if reply and chat.get("is_forum") and reply.get("is_topic_message") and "message_thread_id" not in message:
            message |= {"message_thread_id": reply["message_thread_id"], "is_topic_message": True}
        if (chat["id"], message.get("message_thread_id")) in self._topics:
            message["is_topic_message"] = True
        if message.get("is_topic_message"):
            created = self._topics.setdefault((chat["id"], message["message_thread_id"]), None)
            if created and not reply:
                message["reply_to_message"] = copied(created)
        elif reply and chat["type"] == "supergroup" and not chat.get("is_forum"):
            message.setdefault("message_thread_id", reply.get("message_thread_id", reply["message_id"]))

    def _change(self, message: Message, change: dict[str, Any]) -> None:
        """Give a message other fields, None for none; replies to it show them, too."""
        message |= change
        for name in [name for name, value in change.items() if value is None]:
            del message[name]
        for reply in self._replies[message["chat"]["id"], message["message_id"]]:
            reply["reply_to_message"] = without_reply(message)

    def _remove(self, key: tuple[int, int]) -> None:
        del self._messages[key]
        for reply in self._replies.pop(key, ()):
            reply.pop("reply_to_message", None)

    def _open(self, chat_id: int | str) -> dict[str, Any]:
        """The chat that the bot may write to. Raises Refused in Telegram's words."""
        number = self._number(chat_id)
        if number in self._closed:
            raise self._closed[number]()
        if number not in self._chats:
            if number in self._persons:
                raise Refused("Forbidden: bot can't initiate conversation with a user", 403)
            raise Refused("chat not found")
        return self._chats[number]

    def _number(self, chat_id: int | str) -> int:
        if isinstance(chat_id, int):
            return chat_id
        if chat_id.lstrip("-").isdecimal():
            return int(chat_id)
        names = {f"@{chat['username']}": number for number, chat in self._chats.items() if "username" in chat}
        return names.get(chat_id, 0)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _counted(chat: int) -> int:
    """Where the messages of a chat are numbered: a supergroup numbers its own, the other chats have a row in common."""
    return chat if chat <= FIRST_SUPERGROUP else 0


def without_reply(message: Message) -> Message:
    """A message as it stands in a reply to it, which does not say what it replies to itself."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
