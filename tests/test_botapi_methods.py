"""The methods of the Bot API server for tests: what they keep, answer and refuse is what Telegram would."""

import json
from typing import Any

import pytest
from botapi_client import KEYBOARD, Caller
from botapi_library import undeclared
from botapi_markup import formatted
from botapi_pace import Limit, Pace
from botapi_server import BotApiServer, Call

TEXT = {"message_text": "a"}
CARD = {"type": "article", "id": "1", "title": "A bridge", "input_message_content": TEXT}
START = {"command": "start", "description": "Begin"}
ASK = {"command": "ask", "description": "Ask"}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a</b> b", "a b", [("bold", 0, 1)]),
        ("  \n <b>a</b> \n ", "a", [("bold", 0, 1)]),
        ("<b> a <i> </i></b>", "a", [("bold", 0, 1)]),
        ("😀<i>a</i>", "😀a", [("italic", 2, 1)]),
        ("<blockquote>a <b>b</b></blockquote>", "a b", [("blockquote", 0, 3), ("bold", 2, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<a href="https://e.org/?a&amp;b">a</a>', "a", [("text_link", 0, 1, "https://e.org/?a&b")]),
        ('<a href="">a</a>', "a", []),
        ('<pre><code class="language-sh">a /b</code></pre>', "a /b", [("pre", 0, 4, "sh")]),
        ("<code>/a</code> /b", "/a /b", [("code", 0, 2), ("bot_command", 3, 2)]),
        (
            "<u>a</u><s>b</s><tg-spoiler>c</tg-spoiler>",
            "abc",
            [("underline", 0, 1), ("strikethrough", 1, 1), ("spoiler", 2, 1)],
        ),
        ("a\rb\x00c\u202ed", "ab cd", []),
    ],
)
def test_entities_are_what_the_markup_says(html: str, text: str, entities: list[tuple[Any, ...]]) -> None:
    """In UTF-16 units of the text as it is shown, outer ones first."""
    shown, found = formatted(html, "HTML")
    assert (text, entities) == (shown, [tuple(entity.values()) for entity in found])


def test_entities_may_be_given_without_markup() -> None:
    """They move with the text when white space in front of it goes."""
    assert ("a", [{"type": "bold", "offset": 0, "length": 1}]) == formatted(
        " a", None, [{"type": "bold", "offset": 1, "length": 1}]
    )


@pytest.mark.parametrize(
    ("change", "modified"),
    [
        ({"text": "<b>a</b>"}, False),
        ({"text": " <strong>a</strong> "}, False),
        ({"text": "a"}, True),
        ({"text": "<b>b</b>"}, True),
        ({"text": "<b>a</b>", "reply_markup": {"inline_keyboard": []}}, True),
        ({"text": "<b>a</b>", "link_preview_options": {"is_disabled": True}}, True),
    ],
)
async def test_an_edit_changes_text_entities_or_buttons(
    server: BotApiServer, call: Caller, change: dict[str, Any], modified: bool
) -> None:
    """What comes out the same is not modified, however it was written."""
    server.say(7, "Hello")
    await call("sendMessage", chat_id=7, text="<b>a</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    edit = {"chat_id": 7, "message_id": 2, "parse_mode": "HTML", "reply_markup": KEYBOARD} | change
    status, answer = await call("editMessageText", **edit)
    assert modified == (status == 200)
    assert ("edit_date" in answer) if modified else answer.startswith("Bad Request: message is not modified")


async def test_messages_are_deleted(server: BotApiServer, call: Caller) -> None:
    """The bot's own anywhere, others' in private chats only; of several, those are passed over that are gone."""
    for chat in (7, -100):
        server.say(chat, "Hello")
        await call("sendMessage", chat_id=chat, text="a")
    statuses = [(await call("deleteMessage", chat_id=-100, message_id=number))[0] for number in (3, 4, 4)]
    assert [400, 200, 400] == statuses
    assert (200, True) == await call("deleteMessages", chat_id=7, message_ids=[1, 2, 3])
    assert [400, 400] == [(await call("deleteMessages", chat_id=7, message_ids=[1] * n))[0] for n in (0, 101)]
    assert ([], 1) == (server.in_chat(7), len(server.in_chat(-100)))


async def test_a_quote_stands_in_what_it_quotes(server: BotApiServer, call: Caller) -> None:
    """Word for word."""
    server.say(7, "Who opened the bridge?")
    reply = {"message_id": 1, "quote": "<i>the bridge</i>", "quote_parse_mode": "HTML"}
    _, sent = await call("sendMessage", chat_id=7, text="a", reply_parameters=reply)
    assert "the bridge" == sent["quote"]["text"]
    reply["quote"] = "a bridge"
    assert 400 == (await call("sendMessage", chat_id=7, text="a", reply_parameters=reply))[0]
    assert 501 == (await call("sendMessage", chat_id=7, text="a", reply_parameters={"message_id": 1, "chat_id": 8}))[0]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"text": "a"}, "message identifier is not specified"),
        ({"chat_id": 7, "message_id": 2}, "message text is empty"),
        ({"inline_message_id": "x", "text": "a"}, "MESSAGE_ID_INVALID"),
        ({"chat_id": 8, "message_id": 2, "text": "a"}, "chat not found"),
    ],
)
async def test_an_edit_names_one_message(server: BotApiServer, call: Caller, edit: dict[str, Any], why: str) -> None:
    """By chat and number, or by its inline id."""
    server.say(7, "Hello")
    assert (400, f"Bad Request: {why}") == await call("editMessageText", **edit)


def row(button: dict[str, Any], times: int = 1, rows: int = 1) -> dict[str, Any]:
    return {"inline_keyboard": [[button] * times] * rows}


@pytest.mark.parametrize(
    ("markup", "accepted"),
    [
        (row({"text": "a", "callback_data": "x"}, 8, 12), True),
        (row({"text": "a", "callback_data": "x"}, 9), False),
        (row({"text": "a", "callback_data": "x"}, 1, 101), False),
        (row({"text": "a" * 200, "callback_data": "x"}, 1, 60), False),
        (row({"text": "a", "url": "https://example.org"}), True),
        (row({"text": "a", "url": "tg://user?id=7"}), True),
        (row({"text": "a", "url": "javascript:x"}), False),
        (row({"text": "a", "switch_inline_query": ""}), True),
        (row({"text": "a", "switch_inline_query_current_chat": "who"}), True),
        (row({"text": "a", "copy_text": {"text": "x" * 256}}), True),
        (row({"text": "a", "copy_text": {"text": "x" * 257}}), False),
        (row({"text": "a", "copy_text": {"text": ""}}), False),
        (row({"text": " ", "callback_data": "x"}), False),
        ({"inline_keyboard": [[]]}, True),
        ({"force_reply": True}, True),
    ],
)
async def test_a_keyboard_keeps_to_the_rules(
    server: BotApiServer, call: Caller, markup: dict[str, Any], accepted: bool
) -> None:
    """8 buttons a row, 100 and 10 KB in all; addresses and texts to copy are what they should be."""
    server.say(7, "Hello")
    assert accepted == ((await call("sendMessage", chat_id=7, text="a", reply_markup=markup))[0] == 200)


async def test_commands_are_kept_by_scope_and_language(server: BotApiServer, call: Caller) -> None:
    """Each has its own; the profile shows the default ones or, without any, those of private chats."""
    server.say(7, "Hello")
    private: dict[str, Any] = {"scope": {"type": "all_private_chats"}}
    own: dict[str, Any] = {"scope": {"type": "chat_member", "chat_id": 7, "user_id": 7}}
    await call("setMyCommands", commands=[START, ASK], **private)
    await call("setMyCommands", commands=[ASK], language_code="fr", **private)
    await call("setMyCommands", commands=[START], **own)
    assert [START, ASK] == server.profile["MyCommands"]
    for parameters, commands in (
        ({}, []),
        (private, [START, ASK]),
        (private | {"language_code": "fr"}, [ASK]),
        (own, [START]),
    ):
        assert (200, commands) == await call("getMyCommands", **parameters)
    await call("setMyCommands", commands=[ASK])
    assert [ASK] == server.profile["MyCommands"]
    await call("deleteMyCommands")
    await call("deleteMyCommands", **private)
    assert "MyCommands" not in server.profile
    assert [("all_private_chats", "fr"), ("chat_member 7 7", "")] == list(server.commands)


@pytest.mark.parametrize(
    "parameters",
    [
        {"scope": {"type": "all_chats"}},
        {"scope": {"type": "chat"}},
        {"scope": {"type": "default", "chat_id": 7}},
        {"scope": {"type": "chat", "chat_id": 8}},
        {"scope": {"type": "chat_member", "chat_id": 7, "user_id": 8}},
        {"scope": "{"},
        {"language_code": "English"},
    ],
)
async def test_a_scope_is_one_of_telegrams(server: BotApiServer, call: Caller, parameters: dict[str, Any]) -> None:
    """Of a known type, with what that type needs, about a chat and a person that are known."""
    server.say(7, "Hello")
    assert 400 == (await call("setMyCommands", commands=[START], **parameters))[0]


async def test_the_profile_may_speak_several_languages(server: BotApiServer, call: Caller) -> None:
    """Whoever's language has no description of its own sees the one for all."""
    await call("setMyDescription", description="A bot")
    await call("setMyDescription", description="Un bot", language_code="fr")
    for language, description in (("", "A bot"), ("fr", "Un bot"), ("de", "A bot")):
        assert (200, {"description": description}) == await call("getMyDescription", language_code=language)
    assert {"description": "A bot"} == server.profile["MyDescription"]


def cards(number: int) -> list[dict[str, Any]]:
    return [CARD | {"id": str(n)} for n in range(number)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"results": cards(50), "cache_time": 0, "is_personal": True, "next_offset": "x" * 64}, ""),
        ({"results": [], "button": {"text": "Ask", "start_parameter": "a-_9"}}, ""),
        ({"results": [], "button": {"text": "Ask", "web_app": {"url": "https://example.org"}}}, ""),
        ({"results": [CARD | {"id": "é" * 32}]}, ""),
        ({"results": [{"type": "photo", "id": "1", "photo_url": "x", "thumbnail_url": "x"}]}, ""),
        ({"results": [{"type": "photo", "id": "1", "photo_file_id": "x"}]}, ""),
        ({"results": cards(51)}, "RESULTS_TOO_MUCH"),
        ({"results": [CARD, CARD]}, "RESULT_ID_DUPLICATE"),
        ({"results": [CARD | {"id": ""}]}, "RESULT_ID_INVALID"),
        ({"results": [CARD | {"id": "é" * 33}]}, "RESULT_ID_INVALID"),
        ({"results": [CARD | {"title": " "}]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [CARD | {"type": "photo"}]}, "is no InlineQueryResult"),
        ({"results": [CARD | {"type": "story"}]}, "is no InlineQueryResult"),
        ({"results": [CARD | {"colour": "red"}]}, "results[0] has no parameter colour"),
        ({"results": [{"type": "article", "id": "1", "title": "a"}]}, "needs the parameter input_message_content"),
        ({"results": [CARD | {"input_message_content": {"message_text": ""}}]}, "message text is empty"),
        ({"results": [CARD | {"input_message_content": {"message_text": "x" * 4097}}]}, "message is too long"),
        (
            {"results": [CARD | {"input_message_content": {"message_text": "<b>", "parse_mode": "HTML"}}]},
            "can't parse entities",
        ),
        ({"results": [CARD | {"reply_markup": row({"text": "a"})}]}, "exactly one action"),
        ({"results": [], "cache_time": -1}, "CACHE_TIME_INVALID"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "Ask"}}, "exactly one of web_app and start_parameter"),
        ({"results": [], "button": {"text": "", "start_parameter": "a"}}, "needs a text"),
        ({"results": [], "button": {"text": "Ask", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "Ask", "start_parameter": "a" * 65}}, "START_PARAM_INVALID"),
    ],
)
async def test_an_inline_answer_is_checked(
    server: BotApiServer, call: Caller, answer: dict[str, Any], why: str
) -> None:
    """Results, their ids, contents and buttons; what is accepted is kept, once."""
    query = server.inline("who")
    status, described = await call("answerInlineQuery", inline_query_id=query, **answer)
    assert (200 if not why else 400) == status
    assert why in str(described)
    assert ([query] if not why else []) == list(server.inline_answers)
    if not why:
        assert 400 == (await call("answerInlineQuery", inline_query_id=query, results=[]))[0]


async def test_a_press_opens_no_address_but_the_bots(server: BotApiServer, call: Caller) -> None:
    """Telegram follows a link to the bot itself, with something to start with."""
    urls = ("https://example.org", "https://t.me/dateline_test_bot?start=a")
    press = {"chat": {"id": 7, "type": "private"}, "message_id": 1, "date": 0}
    told = [await call("answerCallbackQuery", callback_query_id=server.press(press, "x"), url=url) for url in urls]
    assert [(400, "Bad Request: URL_INVALID"), (200, True)] == told


async def test_chats_and_members_can_be_asked_for(server: BotApiServer, call: Caller) -> None:
    """As far as they are known."""
    server.say(-100, "Hello", person=8)
    assert "Readers" == (await call("getChat", chat_id=-100))[1]["title"]
    assert 8 == (await call("getChatMember", chat_id=-100, user_id=8))[1]["user"]["id"]
    assert "member" == (await call("getChatMember", chat_id=-100, user_id=4242))[1]["status"]
    assert 400 == (await call("getChatMember", chat_id=-100, user_id=9))[0]
    assert (await call("getMe"))[1]["supports_inline_queries"]


async def test_what_comes_too_fast_is_remembered(server: BotApiServer, call: Caller) -> None:
    """Messages and edits count, to one chat and in all; signs and answers to a press don't."""
    hour = 3600.0
    server.pace = Pace(chat=Limit(1, hour), group=Limit(2, hour), overall=Limit(5, hour))
    for chat in (7, 8, 9, -100):
        server.say(chat, "Hello")
    await call("sendMessage", chat_id=7, text="a")
    await call("sendChatAction", chat_id=7, action="typing")
    assert server.hurried == []
    await call("editMessageText", chat_id=7, message_id=5, text="b")
    for _ in range(3):
        await call("sendMessage", chat_id=-100, text="a")
    await call("sendMessage", chat_id=8, text="a")
    assert [
        ("editMessageText", "more than 1 in 3600 s (chat)"),
        ("sendMessage", "more than 1 in 3600 s (chat)"),
        ("sendMessage", "more than 1 in 3600 s (chat); more than 2 in 3600 s (group)"),
        ("sendMessage", "more than 5 in 3600 s (overall)"),
    ] == [(hurried.method, hurried.hurried) for hurried in server.hurried]
    assert server.refused == []


async def test_a_strict_server_refuses_what_comes_too_fast(server: BotApiServer, call: Caller) -> None:
    """429, with the time after which it would not have."""
    server.strict, server.pace = True, Pace(chat=Limit(1, 0.5))
    server.say(7, "Hello")
    statuses = [await call("sendMessage", chat_id=7, text="a") for _ in range(2)]
    assert (429, "Too Many Requests: retry after 1") == statuses[1]
    assert (1, 1, 1) == (len(server.sent), len(server.refused), len(server.hurried))


async def test_a_message_before_the_pause_is_over_is_remembered(server: BotApiServer, call: Caller) -> None:
    """After a 429 nothing may go to that chat for so long; other chats are free."""
    server.say(7, "Hello")
    server.say(8, "Hello")
    server.fail("sendMessage", 429, "Too Many Requests: retry after 60", retry_after=60)
    for chat in (7, 8, 7):
        await call("sendMessage", chat_id=chat, text="a")
    assert [7] == [hurried.parameters["chat_id"] for hurried in server.hurried]
    assert "before retry_after was over" in server.hurried[0].hurried


def test_a_stretch_of_time_forgets_what_is_past() -> None:
    """As many again may come when the first is as old as the stretch."""
    pace = Pace()
    for at in (0.0, 0.5, 1.5, 2.5):
        pace.arrive(7, at)
    [(why, wait)] = pace.broken_by(7, 3.25)
    assert ("more than 1 in 1 s (chat)", 0.25) == (why, wait)
    assert [] == pace.broken_by(7, 3.5)


def test_what_the_library_does_not_declare_is_named() -> None:
    """A method or a parameter that only the Bot API knows, or only the library."""
    calls = [
        Call("sendMessage", {"chat_id": 7, "text": "a", "reply_parameters": {}}),
        Call("sendMessage", {"chat_id": 7, "allow_sending_without_reply": True}),
        Call("sendRichMessage", {"chat_id": 7}),
        Call("answerInlineQuery", {"inline_query_id": "1", "results": [], "button": {}}),
    ]
    assert ["sendMessage.allow_sending_without_reply", "sendRichMessage"] == undeclared(calls)


async def test_many_chats_are_served_at_once(server: BotApiServer, call: Caller) -> None:
    """Private chats share the row of numbers, which is counted without looking at every message."""
    for number in range(1500):
        server.say(1 + number % 500, "Hello")
    assert [[chat, 500 + chat, 1000 + chat] for chat in range(1, 501)] == [
        [of["message_id"] for of in server.in_chat(chat)] for chat in range(1, 501)
    ]
    waiting = (await call("getUpdates", limit=100))[1]
    assert (100, "Hello") == (len(waiting), json.loads(json.dumps(waiting))[99]["message"]["text"])
