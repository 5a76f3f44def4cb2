"""The Bot API server for tests: what it lets through and what it refuses, so that the other tests mean something."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from botapi_client import KEYBOARD, TOKEN, Caller
from botapi_failures import LOSSES, TROUBLE
from botapi_rules import Refused, parse_html
from botapi_server import BotApiServer


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>a</b> &lt; &amp; &#39; <i>b <u>c</u></i>", "a < & ' b c"),
        ("<blockquote expandable>a <b>b</b></blockquote>", "a b"),
        ('<a href="https://example.org/?a&amp;b">a</a>', "a"),
        ('<pre><code class="language-python">a</code></pre><tg-spoiler>b</tg-spoiler>', "ab"),
        ('<span class="tg-spoiler">a</span>', "a"),
    ],
)
def test_what_telegram_documents_is_parsed(html: str, shown: str) -> None:
    """Tags go, entities become what they stand for."""
    assert shown == parse_html(html)


@pytest.mark.parametrize(
    "html",
    [
        *("<b>a", "a</b>", "<b><i>a</b></i>", "<p>a</p>", "<br>", "<b class='x'>a</b>", "</b x>", "<b>a</b x>"),
        *("a < b", "a > b", "a & b", "&nbsp;", "&apos;", "<a>a</a>", '<a href="x" title="y">a</a>', "<!-- a -->"),
        *("<span>a</span>", "<code><b>a</b></code>", "<pre><b>a</b></pre>", '<code class="language-x">a</code>'),
        "<blockquote><blockquote>a</blockquote></blockquote>",
    ],
)
def test_other_markup_is_refused(html: str) -> None:
    """Whatever Telegram does not document, or would quietly drop, is refused."""
    with pytest.raises(Refused, match="can't parse entities"):
        parse_html(html)


@pytest.mark.parametrize(
    ("method", "parameters", "why"),
    [
        ("sendNothing", {}, "404 Not Found"),
        ("sendMessage", {"chat_id": 7}, "sendMessage needs the parameter text"),
        ("sendMessage", {"chat_id": 7, "text": "a", "txt": "b"}, "sendMessage has no parameter txt"),
        ("sendMessage", {"chat_id": 7, "text": 1}, "sendMessage.text is no String"),
        ("sendMessage", {"chat_id": [7], "text": "a"}, "sendMessage.chat_id is no Integer|String"),
        ("sendMessage", {"chat_id": 8, "text": "a"}, "chat not found"),
        ("sendMessage", {"chat_id": 7, "text": "a", "message_thread_id": 3}, "message thread not found"),
        ("sendMessage", {"chat_id": 7, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": 7, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"chat_id": 7, "text": "<b>", "parse_mode": "HTML"}, "can't parse entities"),
        ("sendMessage", {"chat_id": 7, "text": "a", "parse_mode": "html5"}, "unsupported parse_mode"),
        ("sendMessage", {"chat_id": 7, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 7, "text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {"chat_id": 7, "text": "a", "disable_notification": "yes"}, "is no Boolean"),
        ("sendMessage", {"chat_id": 7, "text": "a", "disable_notification": 1}, "is no Boolean"),
        (
            "sendMessage",
            {"chat_id": 7, "text": "a", "reply_parameters": "{"},
            "can't parse sendMessage.reply_parameters",
        ),
        ("sendMessage", {"chat_id": 7, "text": "a", "reply_parameters": {"message_id": 99}}, "replied not found"),
        ("sendMessage", {"chat_id": 7, "text": "a", "reply_parameters": {"message": 1}}, "has no parameter message"),
        ("sendMessage", {"chat_id": 7, "text": "a", "reply_markup": {"keyboards": []}}, "reply_markup is no Inline"),
        ("sendChatAction", {"chat_id": 7, "action": "dancing"}, "wrong parameter action"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": {"command": "a", "description": "b"}}, "setMyCommands.commands is no Array"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("editMessageText", {"chat_id": 7, "message_id": 99, "text": "a"}, "message to edit not found"),
        ("editMessageText", {"chat_id": 7, "message_id": 1, "text": "a"}, "message can't be edited"),
        ("sendPhoto", {"chat_id": 7, "photo": "file"}, "sendPhoto is not served here"),
    ],
)
async def test_what_telegram_refuses_is_refused_and_recorded(
    server: BotApiServer, call: Caller, method: str, parameters: dict[str, Any], why: str
) -> None:
    """An unknown method or parameter, a wrong type, broken markup, anything too long: an error, and a record of it."""
    server.say(7, "Hello")
    status, description = await call(method, **parameters)
    assert status in {400, 404, 501}
    assert why.removeprefix("404 ") in description
    assert [method] == [call.method for call in server.refused if why in call.refused]


@pytest.mark.parametrize(
    ("button", "accepted"),
    [
        ({"text": "a", "callback_data": "x" * 64}, True),
        ({"text": "a", "callback_data": "x" * 65}, False),
        ({"text": "a", "callback_data": "é" * 33}, False),
        ({"text": "a", "callback_data": ""}, False),
        ({"text": "", "callback_data": "x"}, False),
        ({"text": "a"}, False),
        ({"text": "a", "callback_data": "x", "url": "https://example.org"}, False),
    ],
)
async def test_a_button_has_one_action_of_64_bytes_at_most(
    server: BotApiServer, call: Caller, button: dict[str, str], accepted: bool
) -> None:
    """Bytes count, not characters."""
    server.say(7, "Hello")
    status, _ = await call("sendMessage", chat_id=7, text="a", reply_markup={"inline_keyboard": [[button]]})
    assert accepted == (status == 200)


async def test_a_message_of_4096_units_is_sent(server: BotApiServer, call: Caller) -> None:
    """The limit counts what is shown, in UTF-16 units."""
    server.say(7, "Hello")
    text = f"<b>{'😀' * 2047}&amp;x</b>"
    status, message = await call("sendMessage", chat_id=7, text=text, parse_mode="HTML", reply_markup=KEYBOARD)
    assert (status, message["text"]) == (200, "😀" * 2047 + "&x")
    assert server.refused == []


@pytest.mark.parametrize(("token", "status"), [("123456:OTHER", 401), ("nonsense", 404)])
async def test_another_token_is_refused(call: Caller, token: str, status: int) -> None:
    """A token of the right form is unauthorized, one of another form not found."""
    assert status == (await call("getMe", token))[0]


async def test_parameters_come_as_a_form_or_in_parts_too(server: BotApiServer) -> None:
    """A form holds JSON where JSON is due; parts do as well."""
    server.say(7, "Hello")
    reply = json.dumps({"message_id": 1})
    form = {"chat_id": "7", "text": "a", "disable_notification": "true", "reply_parameters": reply}
    parts = {name: (None, value) for name, value in form.items()}
    async with httpx.AsyncClient(base_url=f"{server.url}/bot{TOKEN}") as client:
        await client.post("/sendMessage", data=form)
        await client.post("/sendMessage", files=parts)
        await client.get("/sendMessage", params=form)
        await client.post("/setMyDescription", data={})
    expected = {"chat_id": 7, "text": "a", "disable_notification": True, "reply_parameters": {"message_id": 1}}
    assert [expected] * 3 == [call.parameters for call in server.of("sendMessage")]
    assert [message["reply_to_message"]["message_id"] for message in server.sent] == [1] * 3
    assert server.refused == []


async def test_updates_come_until_they_are_confirmed(server: BotApiServer, call: Caller) -> None:
    """An offset confirms what is before it, and only that."""
    for text in ("one", "two", "three"):
        server.say(7, text)
    first = (await call("getUpdates", limit=2))[1]
    again = (await call("getUpdates", offset=0))[1]
    rest = (await call("getUpdates", offset=again[1]["update_id"]))[1]
    after = (await call("getUpdates", offset=rest[-1]["update_id"] + 1))[1]
    assert [[update["message"]["text"] for update in updates] for updates in (first, again, rest, after)] == [
        ["one", "two"],
        ["one", "two", "three"],
        ["two", "three"],
        [],
    ]


async def test_a_negative_offset_forgets_all_but_the_last(server: BotApiServer, call: Caller) -> None:
    """-1 leaves one update."""
    for text in ("one", "two", "three"):
        server.say(7, text)
    assert [update["message"]["text"] for update in (await call("getUpdates", offset=-1))[1]] == ["three"]
    assert [update["message"]["text"] for update in (await call("getUpdates"))[1]] == ["three"]


async def test_a_long_poll_waits_for_an_update(server: BotApiServer, call: Caller) -> None:
    """A poll is held until something happens."""
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await server.called("getUpdates")
    assert not poll.done()
    server.say(7, "Hello")
    assert "Hello" == (await poll)[1][0]["message"]["text"]


async def test_a_second_poll_ends_the_first(server: BotApiServer, call: Caller) -> None:
    """Two pollers of one bot are told so, as Telegram tells them."""
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await server.called("getUpdates")
    second = asyncio.create_task(call("getUpdates", timeout=30))
    status, description = await first
    assert (status, description.startswith("Conflict: terminated by other getUpdates request")) == (409, True)
    server.say(7, "Hello")
    assert (await second)[0] == 200


async def test_a_poll_that_was_given_up_is_forgotten(server: BotApiServer) -> None:
    """A client that closed its connection takes no update with it and is no conflict."""
    async with httpx.AsyncClient(base_url=f"{server.url}/bot{TOKEN}") as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/getUpdates?timeout=30", timeout=httpx.Timeout(5, read=0.1))
        server.say(7, "Hello")
        updates = (await client.get("/getUpdates")).json()["result"]
    assert [[update["message"]["text"] for update in updates], server.refused] == [["Hello"], []]


async def test_a_webhook_excludes_polling(server: BotApiServer, call: Caller) -> None:
    """While a webhook is set there is nothing to poll."""
    await call("setWebhook", url="https://example.org")
    assert "https://example.org" == (await call("getWebhookInfo"))[1]["url"]
    assert (await call("getUpdates"))[0] == 409
    server.say(7, "Hello")
    await call("deleteWebhook", drop_pending_updates=True)
    assert await call("getUpdates") == (200, [])


async def test_failures_are_told_and_do_not_count_as_refused(server: BotApiServer, call: Caller) -> None:
    """The next calls of a method fail as a test wants; then all is well again."""
    server.fail("getMe", 429, "Too Many Requests: retry after 3", retry_after=3, times=2)
    server.fail("getMyCommands", 500)
    statuses = [(await call("getMe"))[0], (await call("getMyCommands"))[0], (await call("getMe"))[0]]
    assert [*statuses, (await call("getMe"))[0]] == [429, 500, 429, 200]
    assert server.refused == []


async def test_a_dropped_call_is_carried_out(server: BotApiServer, call: Caller) -> None:
    """The message is sent, but whoever sent it does not learn so."""
    server.say(7, "Hello")
    server.drop("sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        await call("sendMessage", chat_id=7, text="a")
    assert [message["text"] for message in server.sent] == ["a"]


@pytest.mark.parametrize("how", LOSSES)
async def test_an_answer_is_lost_in_any_way(server: BotApiServer, how: str) -> None:
    """At once, or when the bot has had enough; the message was sent before that, or it is not sent at all."""
    server.say(7, "Hello")
    server.lose("sendMessage", how)
    async with httpx.AsyncClient(base_url=server.url, timeout=0.2) as client:
        with pytest.raises(httpx.ReadTimeout if "hang" in how else httpx.RemoteProtocolError):
            await client.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": 7, "text": "a"})
    assert ([how], "after" in how) == ([call.trouble for call in server.calls], bool(server.sent))


async def test_trouble_strikes_a_share_of_all_calls(server: BotApiServer) -> None:
    """In every way, the same for the same seed; a page is no JSON."""
    server.trouble(0.5)
    statuses = Counter[int]()
    async with httpx.AsyncClient(base_url=server.url, timeout=0.1) as client:
        for _ in range(60):
            try:
                response = await client.post(f"/bot{TOKEN}/getMe")
                statuses[response.status_code] += 1
                assert (response.status_code == 502) == response.text.startswith("<html>")
            except httpx.TransportError:
                statuses[0] += 1
    assert {0, 200, 429, 500, 502} == set(statuses)
    assert {"", *TROUBLE} == {call.trouble for call in server.calls}
    assert 20 < statuses[200] < 40
    server.trouble(0)
    assert server.refused == []


async def test_a_button_is_pressed_once_and_taken_away_once(server: BotApiServer, call: Caller) -> None:
    """A query is answered once, and an edit that changes nothing is refused."""
    server.say(7, "Hello")
    _, sent = await call("sendMessage", chat_id=7, text="a", reply_markup=KEYBOARD)
    query = server.press(sent)
    update = (await call("getUpdates", offset=-1))[1][0]["callback_query"]
    assert (query, "x", sent) == (update["id"], update["data"], update["message"])
    edit = {"chat_id": 7, "message_id": sent["message_id"]}
    statuses = [(await call("answerCallbackQuery", callback_query_id=query))[0] for _ in range(2)]
    statuses += [(await call("editMessageReplyMarkup", **edit))[0] for _ in range(2)]
    statuses += [(await call("editMessageText", **edit, text=text))[0] for text in ("b", "b")]
    assert statuses == [200, 400, 200, 400, 200, 400]
    assert (server.sent[0]["text"], "reply_markup" in server.sent[0]) == ("b", False)


async def test_the_profile_is_what_was_set(call: Caller) -> None:
    """Commands and descriptions are kept."""
    commands = [{"command": "start", "description": "Begin"}]
    assert await call("getMyCommands") == (200, [])
    await call("setMyCommands", commands=commands)
    await call("setMyDescription", description="A bot")
    assert (200, commands) == await call("getMyCommands")
    assert await call("getMyDescription") == (200, {"description": "A bot"})


async def test_waiting_in_vain_shows_what_did_come(server: BotApiServer) -> None:
    """A test that waits for what never comes fails, and says what came instead."""
    with pytest.raises(AssertionError, match="never came"):
        await server.replies(1, within=0.01)


async def test_it_runs_on_its_own(tmp_path: Path) -> None:
    """As a process it plays a script, takes further deeds from standard input and prints each call as JSON."""
    script = tmp_path / "script.jsonl"
    script.write_text('{"chat": 7, "text": "Hello"}\n{"fail": "getMe", "status": 500}\n')
    command = [
        sys.executable,
        str(Path(__file__).parent / "botapi_server.py"),
        "--token",
        TOKEN,
        "--script",
        str(script),
    ]
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec(*command, **pipes)  # type: ignore[arg-type]
    assert process.stdin
    assert process.stdout
    url = json.loads(await process.stdout.readline())["listening"]
    async with httpx.AsyncClient(base_url=f"{url}/bot{TOKEN}", timeout=5) as client:
        statuses = [(await client.get("/getMe")).status_code for _ in range(2)]
        await client.post("/sendMessage", json={"chat_id": 7, "text": "a", "reply_markup": KEYBOARD})
        process.stdin.write(b'{"chat": 7, "press": 2}\n')
        [first] = (await client.get("/getUpdates?limit=1")).json()["result"]
        updates = (await client.get(f"/getUpdates?timeout=5&offset={first['update_id'] + 1}")).json()["result"]
    calls = [json.loads(await process.stdout.readline()) for _ in range(3)]
    process.terminate()
    await process.wait()
    assert statuses == [500, 200]
    assert [update["callback_query"]["data"] for update in updates] == ["x"]
    assert [call["method"] for call in calls] == ["getMe", "getMe", "sendMessage"]
