"""The chat on Telegram, from getUpdates to sendMessage, by the real application and the real engine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BotApiServer
from running import QUESTION, TOKEN, running
from talks import on_page

from bot.rendering import Renderer
from retrieval import Answer, Engine, EngineSettings
from retrieval.library import Library

CHAT, GROUP = 7, -100


pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def engine(bridges: Path) -> AsyncIterator[Engine]:
    async with Engine.open(EngineSettings(bridges)) as engine:
        yield engine


@pytest.fixture
async def server(engine: Engine, tmp_path: Path) -> AsyncIterator[BotApiServer]:
    """A server that the bot polls; at the end it must not have refused anything."""
    async with BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path):
            yield server
        assert server.refused == []


def words(name: str, **values: Any) -> str:
    """What a template says, as Telegram shows it."""
    return Renderer("text").render(name, **values)


async def said(server: BotApiServer, number: int = 1) -> list[str]:
    """The texts that the bot sent, once there are so many and it has nothing more to do."""
    await server.replies(number)
    server.say(CHAT + 1, "/help")
    await server.until(lambda: any(message["chat"]["id"] == CHAT + 1 for message in server.sent))
    return [message["text"] for message in server.sent if message["chat"]["id"] != CHAT + 1]


@pytest.mark.parametrize("command", ["start", "help", "sources"])
async def test_a_command_is_answered_by_its_template(server: BotApiServer, engine: Engine, command: str) -> None:
    """/start, /help and /sources say what prompts/ says, in reply to the command."""
    server.say(CHAT, f"/{command}")
    [sent] = await server.replies(1)
    assert words(command, **await on_page(engine)) == sent["text"]
    assert sent["reply_to_message"]["text"] == f"/{command}"


async def test_a_question_is_answered_with_quotes(server: BotApiServer, engine: Engine) -> None:
    """The reply quotes an article word for word, hangs on the question, and shows no link preview."""
    server.say(CHAT, QUESTION)
    [sent] = await server.replies(1)
    answer = await engine.ask(QUESTION)
    assert " ".join(answer.quotes[0].text.split()) in " ".join(sent["text"].split())
    assert sent["reply_to_message"]["text"] == QUESTION
    [call] = server.of("sendMessage")
    assert (call.parameters["parse_mode"], call.parameters["link_preview_options"]) == ("HTML", {"is_disabled": True})
    assert call.parameters["reply_parameters"] == {"message_id": 1, "allow_sending_without_reply": True}


async def test_the_seeds_are_asked_on_telegram(seeds: Path, tmp_path: Path) -> None:
    """The articles that ship with the bot answer there too, and no call is refused."""
    questions = ("Who leads the coalition of the willing?", "What is said about Putin?", "Who is Zorblax?", "Thanks!")
    async with (
        Engine.open(EngineSettings(seeds)) as engine,
        BotApiServer(TOKEN) as server,
        running(server, engine, tmp_path),
    ):
        for text in ("/start", "/help", "/sources", *questions):
            server.say(CHAT, text)
        sent = await server.replies(7)
        assert "United Kingdom" in sent[3]["text"]
        server.press(sent[4], label="More sources")
        await server.replies(8)
        assert server.refused == []


async def test_typing_shows_while_it_works(server: BotApiServer) -> None:
    """The typing sign is sent to the chat of the question."""
    server.say(CHAT, QUESTION)
    [call] = await server.called("sendChatAction")
    assert call.parameters == {"chat_id": CHAT, "action": "typing"}
    await server.replies(1)


async def test_a_failing_typing_sign_stops_no_answer(server: BotApiServer) -> None:
    """The answer comes even when the sign does not."""
    server.fail("sendChatAction", 500)
    server.say(CHAT, QUESTION)
    assert len(await server.replies(1)) == 1


async def test_chats_do_not_share_their_memory(server: BotApiServer) -> None:
    """What one chat asked is no context in another."""
    server.say(CHAT, QUESTION)
    await server.replies(1)
    server.say(CHAT + 2, "more")
    assert "reply_markup" not in (await server.replies(2))[1]


async def test_an_unknown_command_gets_help(server: BotApiServer, engine: Engine) -> None:
    """In a private chat whoever tries a command that is none reads which ones there are."""
    server.say(CHAT, "/nonsense")
    expected = words("help", **await on_page(engine))
    assert expected == (await server.replies(1))[0]["text"]


async def test_what_is_no_text_is_told_so_once(server: BotApiServer) -> None:
    """A sticker and an album of three photos get one line each."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    for _ in range(3):
        server.post(CHAT, photo=photo, media_group_id="9")
    server.post(CHAT, dice={"emoji": "🎲", "value": 1})
    assert [words("not_text")] * 2 == await said(server, 2)


async def test_what_asks_for_nothing_gets_nothing(server: BotApiServer) -> None:
    """Service messages, photos in groups, edits and channel posts are passed over."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    server.post(CHAT, group_chat_created=True)
    server.post(GROUP, photo=photo)
    server.push(edited_message=server.say(CHAT + 1, QUESTION) | {"edit_date": 1})
    server.push(
        channel_post={"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel", "title": "x"}, "text": "x"}
    )
    assert await said(server, 1) == []


@pytest.mark.parametrize(
    "text",
    ["<b>", "&amp; {{ 7*7 }} {% x %}", "'; drop table article; --", "x" * 4096, "\u202e\x00?", "😀", "/ what", "*_`["],
)
async def test_odd_messages_get_a_kind_reply(server: BotApiServer, text: str) -> None:
    """Markup, templates, SQL, control characters: a reply that Telegram accepts."""
    server.say(CHAT, text)
    [sent] = await server.replies(1)
    assert words("failed") != sent["text"]


async def test_messages_of_a_chat_are_answered_in_order(server: BotApiServer) -> None:
    """Ten messages at once get ten replies, in their order."""
    server.delay("sendMessage", 0.01)
    for number in range(10):
        server.say(CHAT, f"Who is number {number}?")
    sent = await server.replies(10)
    assert [f"Who is number {number}?" for number in range(10)] == [to["reply_to_message"]["text"] for to in sent]


async def test_chats_do_not_wait_for_each_other(server: BotApiServer) -> None:
    """While one chat must wait as Telegram told it, another is answered."""
    server.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    server.say(CHAT, "first")
    await server.called("sendMessage")
    server.say(CHAT + 2, "second")
    sent = await server.replies(2)
    assert [message["chat"]["id"] for message in sent] == [CHAT + 2, CHAT]


async def test_what_telegram_refuses_ends_in_a_kind_line(
    server: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused answer is tried again; after the third time that is logged, and the person told that it went wrong."""
    server.fail("sendMessage", 400, "Bad Request: something new", times=3)
    server.say(CHAT, QUESTION)
    assert [words("failed")] == [message["text"] for message in await server.replies(1)]
    assert "Something new" in caplog.text


async def test_a_refused_kind_line_ends_nothing(server: BotApiServer) -> None:
    """When not even that can be sent, the next message is answered all the same."""
    server.fail("sendMessage", 400, "Bad Request: something new", times=2)
    server.say(CHAT, "first")
    await server.called("sendMessage", 2)
    server.say(CHAT, "/help")
    assert len(await server.replies(1)) == 1


class _Broken(Engine):
    """An engine with a fault."""

    def __init__(self) -> None:
        settings = EngineSettings(Path())
        super().__init__(settings, Library(settings))

    async def ask(self, text: str, before: Answer | None = None, most: int = 5) -> Answer:
        raise RuntimeError("a fault of ours")


async def test_a_fault_of_ours_ends_in_a_kind_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is raised, the person gets one line, the log the rest, and the bot goes on."""
    async with BotApiServer(TOKEN) as server:
        async with running(server, _Broken(), tmp_path):
            server.say(CHAT, QUESTION)
            server.say(CHAT, QUESTION)
            sent = await server.replies(2)
        assert [words("failed")] * 2 == [message["text"] for message in sent]
        assert "a fault of ours" in caplog.text
        assert QUESTION not in caplog.text
        assert server.refused == []


async def test_what_is_under_way_is_answered_before_the_end(engine: Engine, tmp_path: Path) -> None:
    """A stop lets the answers out that are being sent, and confirms their questions."""
    async with BotApiServer(TOKEN) as server:
        server.delay("sendMessage", 0.2)
        async with running(server, engine, tmp_path) as stop:
            for chat in range(1, 4):
                server.say(chat, QUESTION)
            await server.called("sendMessage")
            stop.set()
        assert sorted(message["chat"]["id"] for message in server.sent) == [1, 2, 3]
        async with running(server, engine, tmp_path):
            await asyncio.sleep(0.1)
        assert len(server.sent) == 3
        assert server.refused == []
