"""The methods of the Bot API: checked parameters in, what Telegram answers out, and the world as it is after that."""

import re
from typing import Any

from botapi_markup import Refused, formatted
from botapi_rules import content
from botapi_webhook import Deliveries
from botapi_world import BOT, ME, Message, copied, without_reply

Values = dict[str, Any]
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


class Methods(Deliveries):
    """`_result(method, values)` carries a call out. Raises Refused."""

    def __init__(self) -> None:
        super().__init__()
        self.profile: dict[str, Any] = {}
        """Names, descriptions and commands, by what stands behind set and get, for whoever has no language of its own.

        `MyCommands` are those of the default scope or, if there are none, of all private chats.
        """
        self.translated: dict[tuple[str, str], Values] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        """The commands by scope, such as `default`, `all_group_chats` or `chat 7`, and language, "" for any."""

    def _result(self, method: str, values: Values) -> Any:
        served = getattr(self, f"_on_{method}", None)
        if served:
            return served(values)
        profile = re.fullmatch("(set|get)(My[A-Za-z]+)", method)
        if profile is None:
            raise Refused(f"{method} is not served here", 501)
        name, language = profile[2], values.get("language_code", "")
        if profile[1] == "get":
            return self.translated.get((name, language), self.profile.get(name, {}))
        if language:
            self.translated[name, language] = {key: of for key, of in values.items() if key != "language_code"}
        else:
            self.profile[name] = values
        return True

    # The bot itself

    def _on_getMe(self, values: Values) -> Values:  # noqa: N802
        return ME

    def _on_setMyCommands(self, values: Values) -> bool:  # noqa: N802
        key = self._scope(values)
        self.commands.pop(key, None)
        if values["commands"]:
            self.commands[key] = values["commands"]
        return self._tell_commands()

    def _on_deleteMyCommands(self, values: Values) -> bool:  # noqa: N802
        self.commands.pop(self._scope(values), None)
        return self._tell_commands()

    def _on_getMyCommands(self, values: Values) -> list[dict[str, str]]:  # noqa: N802
        return self.commands.get(self._scope(values), [])

    def _scope(self, values: Values) -> tuple[str, str]:
        scope = values.get("scope", {"type": "default"})
        parts = [scope["type"]]
        if "chat_id" in scope:
            parts.append(str(self._open(scope["chat_id"])["id"]))
        if "user_id" in scope:
            if scope["user_id"] not in self._persons:
                raise Refused("user not found")
            parts.append(str(scope["user_id"]))
        return " ".join(parts), values.get("language_code", "")

    def _tell_commands(self) -> bool:
        self.profile.pop("MyCommands", None)
        for scope in ("all_private_chats", "default"):
            if (scope, "") in self.commands:
                self.profile["MyCommands"] = self.commands[scope, ""]
        return True

    # Messages

    def _on_sendMessage(self, values: Values) -> Message:  # noqa: N802
        chat = self._open(values["chat_id"])
        fields = content(values) | _keyboard(values) | self._topic(chat, values)
        fields |= {name: values[name] for name in ("link_preview_options",) if name in values}
        fields |= self._reply(chat["id"], values.get("reply_parameters"))
        message = self._message(chat["id"], BOT, fields)
        self.sent.append(message)
        return message

    def _on_sendChatAction(self, values: Values) -> bool:  # noqa: N802
        chat = self._open(values["chat_id"])
        if values.get("message_thread_id") != 1 or not chat.get("is_forum"):  # there the general topic has a number
            self._topic(chat, values)
        return True

    def _on_editMessageText(self, values: Values) -> Message | bool:  # noqa: N802
        if "text" not in values:
            raise Refused("message text is empty")
        change = {"entities": None, "link_preview_options": None, "reply_markup": None, **content(values)}
        change |= _keyboard(values)
        change |= {name: values[name] for name in ("link_preview_options",) if name in values}
        return self._edit(values, change)

    def _on_editMessageReplyMarkup(self, values: Values) -> Message | bool:  # noqa: N802
        return self._edit(values, {"reply_markup": None} | _keyboard(values))

    def _on_deleteMessage(self, values: Values) -> bool:  # noqa: N802
        chat = self._open(values["chat_id"])
        message = self._messages.get((chat["id"], values["message_id"]))
        if message is None:
            raise Refused("message to delete not found")
        if message["from"] != BOT and chat["type"] != "private":
            raise Refused("message can't be deleted")
        self._remove((chat["id"], values["message_id"]))
        return True

    def _on_deleteMessages(self, values: Values) -> bool:  # noqa: N802
        chat = self._open(values["chat_id"])["id"]
        for number in values["message_ids"]:
            if (chat, number) in self._messages:
                self._on_deleteMessage({"chat_id": chat, "message_id": number})
        return True

    def _topic(self, chat: Values, values: Values) -> Values:
        """What says in which topic a message stands."""
        thread = values.get("message_thread_id")
        if thread is None:
            return {}
        if (chat["id"], thread) not in self._topics:
            raise Refused("message thread not found")
        return {"message_thread_id": thread, "is_topic_message": True}

    def _reply(self, chat: int, reply: Values | None) -> Values:
        """What says which message another one hangs on."""
        if not reply:
            return {}
        if self._number(reply.get("chat_id", chat)) != chat:
            raise Refused("replies in another chat are not served here", 501)
        target = self._messages.get((chat, reply["message_id"]))
        if target is None:
            if reply.get("allow_sending_without_reply"):
                return {}
            raise Refused("message to be replied not found")
        fields: Values = {"reply_to_message": copied(without_reply(target))}
        if "quote" in reply:
            quote = formatted(reply["quote"], reply.get("quote_parse_mode"), reply.get("quote_entities"))[0]
            if quote not in target.get("text", ""):
                raise Refused("QUOTE_TEXT_INVALID")
            fields["quote"] = {"text": quote, "position": reply.get("quote_position", 0), "is_manual": True}
        return fields

    def _edit(self, values: Values, change: Values) -> Message | bool:
        message = self._to_edit(values)
        if all(message.get(name) == value for name, value in change.items()):
            raise Refused(NOT_MODIFIED)
        self._change(message, change | {"edit_date": message["date"] + 1})
        return message if "inline_message_id" not in values else True

    def _to_edit(self, values: Values) -> Message:
        if "inline_message_id" in values:
            if values["inline_message_id"] not in self._by_inline_id or "chat_id" in values:
                raise Refused("MESSAGE_ID_INVALID")
            return self._by_inline_id[values["inline_message_id"]]
        if "chat_id" not in values or "message_id" not in values:
            raise Refused("message identifier is not specified")
        message = self._messages.get((self._open(values["chat_id"])["id"], values["message_id"]))
        if message is None:
            raise Refused("message to edit not found")
        if message["from"] != BOT:
            raise Refused("message can't be edited")
        return message

    # Queries

    def _on_answerCallbackQuery(self, values: Values) -> bool:  # noqa: N802
        query = values["callback_query_id"]
        if query not in self._queries or query in self._inline_queries:
            raise Refused(TOO_OLD)
        if not re.match(
            rf"(https?://)?t\.me/{BOT['username']}\?start=", values.get("url", f"t.me/{BOT['username']}?start=")
        ):
            raise Refused("URL_INVALID")
        self._queries.remove(query)
        return True

    def _on_answerInlineQuery(self, values: Values) -> bool:  # noqa: N802
        query = values["inline_query_id"]
        if query not in self._queries or query not in self._inline_queries:
            raise Refused(TOO_OLD)
        self._queries.remove(query)
        self.inline_answers[query] = values
        return True

    # Chats

    def _on_getChat(self, values: Values) -> Values:  # noqa: N802
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        about = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        return self._open(values["chat_id"]) | about

    def _on_getChatMember(self, values: Values) -> Values:  # noqa: N802
        self._open(values["chat_id"])
        if values["user_id"] == BOT["id"]:
            return {"status": "member", "user": BOT}
        if values["user_id"] not in self._persons:
            raise Refused("user not found")
        return {"status": "member", "user": self._persons[values["user_id"]]}

    def _on_leaveChat(self, values: Values) -> bool:  # noqa: N802
        chat = self._open(values["chat_id"])
        why = f"Forbidden: bot is not a member of the {chat['type']} chat"
        self._closed[chat["id"]] = lambda: Refused(why, 403)
        return True


def _keyboard(values: Values) -> Values:
    """The buttons under a message; other keyboards belong to the person's screen, and an empty one is none."""
    markup = values.get("reply_markup", {})
    rows = [row for row in markup.get("inline_keyboard", []) if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}
