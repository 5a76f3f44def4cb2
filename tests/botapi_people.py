"""What people do in chats in, updates of the bot out: they write, edit, press, ask inline, block the bot."""

from typing import Any

from botapi_markup import Refused, typed
from botapi_rules import content, width
from botapi_world import BOT, Message, World, copied, without_reply

QUERY = 256


class People(World):
    """Each deed happens at once; the bot learns of it by an update."""

    def __init__(self) -> None:
        super().__init__()
        self.inline_feedback = False
        """Whether BotFather was told that the bot wants to know which card was chosen."""

    def say(self, chat_id: int, text: str, *, person: int | None = None, **fields: Any) -> Message:
        """Someone writes `text`; `reply_to_message` and the like go in as further fields of the message."""
        return self.post(chat_id, person=person, text=text, **fields)

    def post(self, chat_id: int, *, person: int | None = None, **fields: Any) -> Message:
        """Someone sends a message that consists of `fields`; it hangs on a message given as it is or by its number."""
        reply = fields.get("reply_to_message")
        if isinstance(reply, int):
            fields["reply_to_message"] = self._messages[chat_id, reply]
        if reply:
            fields["reply_to_message"] = copied(without_reply(fields["reply_to_message"]))
        message = self._message(chat_id, self._who(chat_id, person), fields)
        self.push(message=message)
        return message

    def edit(self, message: Message, text: str, **fields: Any) -> Message:
        """Someone changes what they wrote."""
        own = self._messages[message["chat"]["id"], message["message_id"]]
        assert own["from"]["id"] != BOT["id"], "only the bot edits what it wrote"
        entities = fields.pop("entities", typed(text)) or None
        self._change(own, {"text": text, "entities": entities, "edit_date": own["date"] + 1, **fields})
        self.push(edited_message=own)
        return own

    def delete(self, message: Message) -> None:
        """Someone deletes a message; no bot is told."""
        self._remove((message["chat"]["id"], message["message_id"]))

    def press(
        self,
        message: Message,
        data: str | None = None,
        *,
        label: str | None = None,
        person: int | None = None,
        **fields: Any,
    ) -> str:
        """Someone presses a button under `message`, as it is now; the id of the callback query.

        The first button, or the one with `label` in its text, or whichever has `data`. Of a message with the date 0, or
        one that is gone, Telegram tells no more than its place.
        """
        chat = message["chat"]["id"]
        shown = message if message.get("date") == 0 else self.now(message)
        data = data or _button(shown or message, label)["callback_data"]
        query = str(self._next_id())
        self._queries.add(query)
        place = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        by_id = self._inline_ids.get((chat, message["message_id"]))
        about = {"inline_message_id": by_id} if by_id else {"message": shown or place}
        about |= {"id": query, "from": self._who(chat, person), "chat_instance": str(chat), "data": data}
        self.push(callback_query=about | fields)
        return query

    def inline(self, query: str, *, person: int = 7, offset: str = "", **fields: Any) -> str:
        """Someone types `query` behind the bot's name in some chat; the id of the inline query."""
        assert width(query) <= QUERY, "no client lets a person type so much"
        number = str(self._next_id())
        self._queries.add(number)
        self._inline_queries[number] = person, query
        about = {"id": number, "from": self.person(person), "query": query, "offset": offset, "chat_type": "sender"}
        self.push(inline_query=about | fields)
        return number

    def choose(self, query: str, number: int, chat_id: int) -> Message:
        """Whoever asked inline sends the card with this number, from 0, to a chat; a bot that is in it is told."""
        result = self.inline_answers[query]["results"][number]
        person, text = self._inline_queries[query]
        fields = content(result["input_message_content"], "message_text") | {"via_bot": BOT}
        markup = result.get("reply_markup")
        bot_is_there = chat_id in self._chats
        message = self._message(chat_id, self.person(person), fields | ({"reply_markup": markup} if markup else {}))
        chosen = {"result_id": result["id"], "from": self.person(person), "query": text}
        if markup:
            inline_id = f"inline-{self._next_id()}"
            self._by_inline_id[inline_id] = message
            self._inline_ids[chat_id, message["message_id"]] = inline_id
            chosen["inline_message_id"] = inline_id
        if bot_is_there:
            self.push(message=message)
        else:
            del self._chats[chat_id]
        if self.inline_feedback:
            self.push(chosen_inline_result=chosen)
        return message

    def expire(self, query: str) -> None:
        """A callback or inline query grows too old to be answered."""
        self._queries.discard(query)

    def block(self, chat_id: int, why: str = "bot was blocked by the user") -> None:
        """A person blocks the bot, or `why` says what else ended it, such as `user is deactivated`."""
        self._close(chat_id, why)

    def unblock(self, chat_id: int) -> None:
        """A person lets the bot write again."""
        del self._closed[chat_id]
        self._member(chat_id, "kicked", "member")

    def kick(self, chat_id: int) -> None:
        """The bot is thrown out of a group."""
        self._close(chat_id, f"bot was kicked from the {self.chat(chat_id)['type']} chat")

    def migrate(self, group: int) -> int:
        """A group becomes a supergroup under another id, which is given back; its messages stay behind."""
        self.chat(group, type="group").pop("is_forum", None)
        new = -1_000_000_000_000 - self._next_id()
        title = self._chats[group]["title"]
        why = "group chat was upgraded to a supergroup chat"
        self._closed[group] = lambda: Refused(why, migrate_to_chat_id=new)
        self.chat(new, type="supergroup", title=title)
        self.post(group, migrate_to_chat_id=new)
        self.post(new, person=abs(group), migrate_from_chat_id=group)
        return new

    def _close(self, chat_id: int, why: str) -> None:
        self._closed[chat_id] = lambda: Refused(f"Forbidden: {why}", 403)
        self._member(chat_id, "member", "kicked")

    def _member(self, chat_id: int, before: str, after: str) -> None:
        old, new = (
            {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
            for status in (before, after)
        )
        about = {"chat": self.chat(chat_id), "from": self._who(chat_id, None), "date": 1}
        self.push(my_chat_member=about | {"old_chat_member": old, "new_chat_member": new})

    def _who(self, chat_id: int, person: int | None) -> dict[str, Any]:
        """Who does it: in a private chat whoever it is with, in a group someone who is always the same."""
        return self.person(person or abs(chat_id))


def _button(message: Message, label: str | None) -> dict[str, Any]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if "callback_data" in button and (label or "") in button["text"]:
            return dict(button)
    raise AssertionError(f"no button {label or 'at all'} under the message: {buttons}")
