"""What people do on the Bot API server for tests: the updates that come of it are those that Telegram would send."""

import json
from typing import Any

import pytest
from botapi_client import KEYBOARD, Caller
from botapi_server import BOT, BotApiServer, act
from telegram import Update

GROUP = -100
CARD = {
    "type": "article",
    "id": "1",
    "title": "A bridge",
    "input_message_content": {"message_text": "<b>A bridge</b>", "parse_mode": "HTML"},
    "reply_markup": KEYBOARD,
}


async def updates(call: Caller) -> list[dict[str, Any]]:
    """The updates that wait; each can be read by the library."""
    _, waiting = await call("getUpdates")
    for update in waiting:
        assert isinstance(Update.de_json(update, None), Update)
    return list(waiting)


async def test_several_people_talk_in_one_group(server: BotApiServer, call: Caller) -> None:
    """Each is who they are, with a language of their own; a supergroup numbers its messages itself."""
    group = -1_000_000_000_100
    server.person(8, first_name="Bob", language_code="fr")
    server.say(group, "one", person=100)
    server.say(group, "two", person=8)
    server.say(8, "three")
    said = [update["message"] for update in await updates(call)]
    assert [(100, "Ada", "en", 1), (8, "Bob", "fr", 2), (8, "Bob", "fr", 1)] == [
        (of["from"]["id"], of["from"]["first_name"], of["from"]["language_code"], of["message_id"]) for of in said
    ]
    assert ["supergroup", "supergroup", "private"] == [of["chat"]["type"] for of in said]
    assert "Bob" == said[2]["chat"]["first_name"]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/ask who?", [("bot_command", 0, 4)]),
        ("😀 @dateline_test_bot, who?", [("mention", 3, 18)]),
        ("see /ask@dateline_test_bot", [("bot_command", 4, 22)]),
        ("and/or a@example.org", []),
        ("/ what", []),
        ("https://example.org/@reader.", [("url", 0, 27)]),
    ],
)
async def test_telegram_finds_mentions_commands_and_addresses(
    server: BotApiServer, text: str, entities: list[tuple[str, int, int]]
) -> None:
    """Anywhere in a text, in UTF-16 units."""
    message = server.say(7, text)
    assert entities == [tuple(entity.values()) for entity in message.get("entities", [])]


async def test_a_message_may_be_edited(server: BotApiServer, call: Caller) -> None:
    """Both versions come, and a reply to it shows the new one from then on."""
    question = server.say(7, "Who?")
    await call("sendMessage", chat_id=7, text="I", reply_parameters={"message_id": 1}, reply_markup=KEYBOARD)
    server.edit(question, "/who is it?")
    server.press(server.sent[0])
    first, second, pressed = await updates(call)
    assert ("Who?", "/who is it?") == (first["message"]["text"], second["edited_message"]["text"])
    assert second["edited_message"]["edit_date"] > first["message"]["date"]
    assert "bot_command" == second["edited_message"]["entities"][0]["type"]
    assert "/who is it?" == pressed["callback_query"]["message"]["reply_to_message"]["text"]
    with pytest.raises(AssertionError, match="only the bot"):
        server.edit(server.sent[0], "You")


async def test_a_button_is_found_by_its_label(server: BotApiServer, call: Caller) -> None:
    """The first whose text contains it, on the message as it is now, by whoever presses."""
    buttons = [{"text": "Look", "url": "https://example.org"}, {"text": "◀ Back", "callback_data": "b"}]
    server.say(GROUP, "Hello")
    _, sent = await call("sendMessage", chat_id=GROUP, text="a", reply_markup=KEYBOARD)
    edit = {"chat_id": GROUP, "message_id": sent["message_id"], "reply_markup": {"inline_keyboard": [buttons]}}
    await call("editMessageReplyMarkup", **edit)
    server.press(sent, label="Back", person=8)
    query = (await updates(call))[-1]["callback_query"]
    assert ("b", 8, [buttons]) == (
        query["data"],
        query["from"]["id"],
        query["message"]["reply_markup"]["inline_keyboard"],
    )
    for label in ("Look", "More"):
        with pytest.raises(AssertionError, match=f"no button {label}"):
            server.press(sent, label=label)


async def test_of_a_message_that_is_gone_only_its_place_is_told(server: BotApiServer, call: Caller) -> None:
    """A button under a deleted message comes with the date 0."""
    server.say(7, "Hello")
    _, sent = await call("sendMessage", chat_id=7, text="a", reply_markup=KEYBOARD)
    server.delete(sent)
    server.press(sent)
    message = (await updates(call))[-1]["callback_query"]["message"]
    assert {"chat": sent["chat"], "message_id": 2, "date": 0} == message
    assert (400, "Bad Request: message to edit not found") == await call(
        "editMessageText", chat_id=7, message_id=2, text="b"
    )


async def test_a_deleted_message_can_not_be_replied_to(server: BotApiServer, call: Caller) -> None:
    """Unless the bot allows that the reply hangs on nothing."""
    gone = server.say(7, "Hello")
    server.delete(gone)
    reply = {"message_id": gone["message_id"]}
    status, why = await call("sendMessage", chat_id=7, text="a", reply_parameters=reply)
    assert (400, "Bad Request: message to be replied not found") == (status, why)
    reply |= {"allow_sending_without_reply": True}
    _, sent = await call("sendMessage", chat_id=7, text="a", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_a_query_that_expired_can_not_be_answered(server: BotApiServer, call: Caller) -> None:
    """Neither a press nor an inline query; nor one as if it were the other."""
    pressed = server.press({"chat": {"id": 7, "type": "private"}, "message_id": 1, "date": 0}, "x")
    asked = server.inline("who")
    assert 400 == (await call("answerCallbackQuery", callback_query_id=asked))[0]
    assert 400 == (await call("answerInlineQuery", inline_query_id=pressed, results=[]))[0]
    server.expire(pressed)
    server.expire(asked)
    told = [
        await call("answerCallbackQuery", callback_query_id=pressed),
        await call("answerInlineQuery", inline_query_id=asked, results=[]),
    ]
    why = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert [(400, why)] * 2 == told


async def test_a_card_is_chosen_and_sent(server: BotApiServer, call: Caller) -> None:
    """The message is the person's, via the bot; a press on its button names no message, and it is edited by its id."""
    server.say(7, "Hello")
    server.inline_feedback = True
    query = server.inline("bridge", person=8, offset="10")
    await call("answerInlineQuery", inline_query_id=query, results=[CARD])
    assert [CARD] == server.inline_answers[query]["results"]
    message = server.choose(query, 0, 7)
    elsewhere = server.choose(query, 0, 9)
    pressed = server.press(message, person=9)
    _, asked, sent, chosen, chosen_again, press = await updates(call)
    inline = asked["inline_query"]
    assert ("bridge", "10", 8) == (inline["query"], inline["offset"], inline["from"]["id"])
    assert ("A bridge", "bold", BOT["id"], 8) == (
        sent["message"]["text"],
        sent["message"]["entities"][0]["type"],
        sent["message"]["via_bot"]["id"],
        sent["message"]["from"]["id"],
    )
    assert ("1", "1") == tuple(of["chosen_inline_result"]["result_id"] for of in (chosen, chosen_again))
    by_id = press["callback_query"]["inline_message_id"]
    assert (pressed, True, chosen["chosen_inline_result"]["inline_message_id"]) == (
        press["callback_query"]["id"],
        "message" not in press["callback_query"],
        by_id,
    )
    edit = {"inline_message_id": by_id, "text": "Another"}
    assert [200, 400] == [(await call("editMessageText", **edit))[0] for _ in range(2)]
    assert ("Another", "A bridge") == (message["text"], elsewhere["text"])
    assert 403 == (await call("sendMessage", chat_id=9, text="a"))[0]


async def test_a_query_longer_than_a_client_allows_is_a_fault_of_the_test(server: BotApiServer) -> None:
    """256 characters are typed at most."""
    with pytest.raises(AssertionError):
        server.inline("x" * 257)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendChatAction"])
async def test_who_blocked_the_bot_gets_nothing(server: BotApiServer, call: Caller, method: str) -> None:
    """Whatever is sent or edited there is forbidden, until the bot is let in again."""
    server.say(7, "Hello")
    await call("sendMessage", chat_id=7, text="a")
    parameters = {
        "sendMessage": {"text": "a"},
        "editMessageText": {"text": "b", "message_id": 2},
        "sendChatAction": {"action": "typing"},
    }[method]
    server.block(7)
    assert (403, "Forbidden: bot was blocked by the user") == await call(method, chat_id=7, **parameters)
    server.unblock(7)
    assert 200 == (await call(method, chat_id=7, **parameters))[0]
    statuses = [of["my_chat_member"]["new_chat_member"]["status"] for of in (await updates(call))[1:]]
    assert ["kicked", "member"] == statuses


async def test_a_bot_is_kicked_or_leaves(server: BotApiServer, call: Caller) -> None:
    """Then it can't write to the group."""
    for group in (GROUP, GROUP - 1):
        server.say(group, "Hello")
    server.kick(GROUP)
    await call("leaveChat", chat_id=GROUP - 1)
    told = [await call("sendMessage", chat_id=group, text="a") for group in (GROUP, GROUP - 1)]
    assert [
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot is not a member of the supergroup chat"),
    ] == told


async def test_a_group_becomes_a_supergroup(server: BotApiServer, call: Caller) -> None:
    """The old id is refused, two service messages tell of it, and the talk goes on under the new one."""
    server.chat(-5, type="group", title="Friends")
    server.say(-5, "Hello")
    new = server.migrate(-5)
    status, why = await call("sendMessage", chat_id=-5, text="a")
    assert (400, "Bad Request: group chat was upgraded to a supergroup chat") == (status, why)
    assert 200 == (await call("sendMessage", chat_id=new, text="a"))[0]
    _, old, fresh = [update["message"] for update in await updates(call)]
    assert (-5, "group", new) == (old["chat"]["id"], old["chat"]["type"], old["migrate_to_chat_id"])
    assert (new, "supergroup", "Friends", -5) == (
        fresh["chat"]["id"],
        fresh["chat"]["type"],
        fresh["chat"]["title"],
        fresh["migrate_from_chat_id"],
    )


async def test_a_forum_has_topics(server: BotApiServer, call: Caller) -> None:
    """What is said in a topic hangs on its first message; the bot writes where the topic is, or to the general one."""
    thread = server.topic(GROUP, "News", person=8)
    said = server.say(GROUP, "Hello", message_thread_id=thread)
    assert ("News", 8) == (
        said["reply_to_message"]["forum_topic_created"]["name"],
        said["reply_to_message"]["from"]["id"],
    )
    _, there = await call("sendMessage", chat_id=GROUP, text="a", message_thread_id=thread)
    _, general = await call("sendMessage", chat_id=GROUP, text="a")
    reply = {"message_id": said["message_id"]}
    _, by_reply = await call("sendMessage", chat_id=GROUP, text="a", reply_parameters=reply)
    assert [thread, None, thread] == [of.get("message_thread_id") for of in (there, general, by_reply)]
    told = [await call("sendMessage", chat_id=GROUP, text="a", message_thread_id=number) for number in (1, 99)]
    assert [(400, "Bad Request: message thread not found")] * 2 == told
    assert 200 == (await call("sendChatAction", chat_id=GROUP, action="typing", message_thread_id=1))[0]
    await updates(call)


async def test_replies_in_a_supergroup_are_a_thread_but_no_topic(server: BotApiServer) -> None:
    """The thread is named by its first message; the bot can't be told to write there."""
    first = server.say(GROUP, "one")
    second = server.say(GROUP, "two", reply_to_message=first)
    third = server.say(GROUP, "three", reply_to_message=2)
    assert [1, 1] == [message["message_thread_id"] for message in (second, third)]
    assert "is_topic_message" not in third
    assert "reply_to_message" not in third["reply_to_message"]
    assert [first, second, third] == server.in_chat(GROUP)


async def test_only_what_was_asked_for_is_delivered(server: BotApiServer, call: Caller) -> None:
    """`allowed_updates` holds for what happens from then on, until it is changed; by default all but three kinds."""
    server.push(chat_member={})
    await call("getUpdates", allowed_updates=["message"])
    server.inline("who")
    server.say(7, "Hello")
    assert ["message"] == [kind for update in await updates(call) for kind in update if kind != "update_id"]


async def test_a_person_who_never_wrote_can_not_be_written_to(server: BotApiServer, call: Caller) -> None:
    """Someone known from a group only; a chat with a name may be called by it."""
    server.say(GROUP, "Hello", person=8)
    server.chat(GROUP, username="readers")
    told = await call("sendMessage", chat_id=8, text="a")
    assert (403, "Forbidden: bot can't initiate conversation with a user") == told
    assert 200 == (await call("sendMessage", chat_id="@readers", text="a"))[0]
    assert 200 == (await call("sendMessage", chat_id=str(GROUP), text="a"))[0]
    assert 400 == (await call("sendMessage", chat_id="@nobody", text="a"))[0]


async def test_each_deed_can_be_a_line_of_json(server: BotApiServer, call: Caller) -> None:
    """What the command line reads does what the methods do."""
    deeds: list[dict[str, Any]] = [
        {"person": 9, "language_code": "fr"},
        {"chat": -5, "type": "group"},
        {"chat": -5, "text": "Hello", "person": 9},
        {"chat": -5, "edit": 1, "text": "Hello!"},
        {"chat": -6, "topic": "News"},
        {"inline": "who", "person": 9},
        {"delay": "getMe", "seconds": 0},
    ]
    for deed in deeds:
        act(server, json.dumps(deed))
    query = (await updates(call))[-1]["inline_query"]["id"]
    await call("answerInlineQuery", inline_query_id=query, results=[CARD])
    await call("sendMessage", chat_id=-5, text="a", reply_markup=KEYBOARD)
    for deed in (
        {"choose": 0, "chat": 7},
        {"chat": -5, "press": 3, "label": "More", "person": 9},
        {"expire": query},
        {"chat": -5, "delete": 3},
        {"migrate": -5},
        {"kick": -6},
        {"chat": 7, "text": "Hello"},
        {"block": 7},
        {"drop": "getMe"},
    ):
        act(server, json.dumps(deed))
    kinds = [kind for update in await updates(call) for kind in update if kind != "update_id"]
    assert ["message", "edited_message", "message", "inline_query", "callback_query"] == kinds[:5]
    assert ["message", "message", "my_chat_member", "message", "my_chat_member"] == kinds[5:]
    assert server.refused == []
