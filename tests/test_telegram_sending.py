"""Sending: each piece arrives once, whatever Telegram or the network says to it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from botapi_server import BotApiServer
from running import TOKEN
from telegram import Bot, Message
from telegram.error import BadRequest, ChatMigrated, InvalidToken
from telegram.request import HTTPXRequest

from bot.state.replies import Keyboard
from bot.telegram.keyboards import markup
from bot.telegram.sending import ATTEMPTS, Place, Sender

CHAT = 7
BUTTONS: Keyboard = ((("More", "m0"),),)
LONG = "\n\n".join(f"<b>{number}</b> {'word ' * 300}" for number in range(5))


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(TOKEN) as server:
        yield server


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, f"{server.url}/bot") as bot:
        yield bot


@pytest.fixture
def question(server: BotApiServer, bot: Bot) -> Message:
    return Message.de_json(server.say(CHAT, "A question"), bot)


@pytest.fixture
def sender(bot: Bot) -> Sender:
    return sender_of(bot)


def sender_of(bot: Bot) -> Sender:
    """A sender that has nobody to tell of refused markup and of groups that moved."""

    async def nobody(*_: object) -> None:
        """Nobody wants to know."""

    return Sender(bot, nobody, nobody)


async def reply(question: Message, html: str, keyboard: Keyboard = ()) -> Message | None:
    """Send something in reply to a question; the last message that is known to have arrived."""
    sent = await sender_of(question.get_bot()).send(Place.beside(question), html, markup(keyboard))
    return sent[-1] if sent else None


def texts(server: BotApiServer) -> list[str]:
    return [message["text"] for message in server.sent]


async def test_a_long_reply_comes_in_pieces_in_order(server: BotApiServer, question: Message) -> None:
    """Every piece hangs on the question, the last has the keyboard and is given back."""
    sent = await reply(question, LONG, BUTTONS)
    assert [
        (message["text"][0], message["reply_to_message"]["message_id"], "reply_markup" in message)
        for message in server.sent
    ] == [("0", 1, False), ("2", 1, False), ("4", 1, True)]
    assert sent
    assert sent.reply_markup == markup(BUTTONS)
    assert server.refused == []


async def test_a_deleted_question_is_answered_all_the_same(server: BotApiServer, question: Message, bot: Bot) -> None:
    """What it would have hung on is gone; the answer comes without."""
    gone = Message.de_json(server.say(CHAT, "x") | {"message_id": 99}, bot)
    await reply(gone, "answer")
    assert texts(server) == ["answer"]
    assert server.refused == []


async def test_markup_that_telegram_refuses_is_sent_as_text(
    server: BotApiServer, question: Message, caplog: pytest.LogCaptureFixture
) -> None:
    """The person gets the words without the tags, and the fault is logged."""
    await reply(question, "<h1>Title &amp; more</h1>")
    assert texts(server) == ["Title & more"]
    assert len(server.refused) == 1
    assert "markup refused" in caplog.text


async def test_telegram_says_how_long_to_wait(server: BotApiServer, question: Message) -> None:
    """After a 429 the message is sent when the time is over, once."""
    server.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    await reply(question, "answer")
    first, second = server.of("sendMessage")
    assert second.at - first.at >= 1
    assert texts(server) == ["answer"]


async def test_a_server_error_is_tried_again(server: BotApiServer, question: Message) -> None:
    """The server says that it failed, so nothing was sent."""
    server.fail("sendMessage", 502, "Bad Gateway")
    await reply(question, "answer")
    assert texts(server) == ["answer"]


async def test_a_lost_answer_is_not_sent_again(
    server: BotApiServer, question: Message, caplog: pytest.LogCaptureFixture
) -> None:
    """When the connection breaks after sending, the message may have arrived: a second one might show twice."""
    server.drop("sendMessage")
    assert await reply(question, "answer") is None
    assert texts(server) == ["answer"]
    assert "may not have arrived" in caplog.text


async def test_a_timed_out_message_is_not_sent_again(server: BotApiServer) -> None:
    """A server that is slow to say so has sent it."""
    async with Bot(TOKEN, f"{server.url}/bot", request=HTTPXRequest(read_timeout=0.3)) as bot:
        question = Message.de_json(server.say(CHAT, "A question"), bot)
        server.delay("sendMessage", 0.6)
        assert await reply(question, "answer") is None
    await server.replies(1)
    assert len(server.of("sendMessage")) == 1


async def test_a_server_that_is_away_for_a_moment_is_waited_for(server: BotApiServer, question: Message) -> None:
    """No connection means that nothing was sent; the message goes when there is one again."""
    await server.__aexit__()
    sent = asyncio.create_task(reply(question, "answer"))
    await asyncio.sleep(0.1)
    await server.__aenter__()
    assert await sent
    assert texts(server) == ["answer"]


async def test_nobody_there_is_no_failure(server: BotApiServer, question: Message) -> None:
    """Whoever blocked the bot gets nothing, and that is that."""
    server.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    assert await reply(question, "answer") is None
    assert len(server.of("sendMessage")) == 1


@pytest.mark.parametrize(
    "why", ["not enough rights to send text messages to the chat", "TOPIC_CLOSED", "CHAT_WRITE_FORBIDDEN"]
)
async def test_where_nothing_may_be_said_nothing_is(server: BotApiServer, question: Message, why: str) -> None:
    """Whoever runs the group has decided so; that is no fault."""
    server.fail("sendMessage", 400, f"Bad Request: {why}")
    assert await reply(question, "answer") is None
    assert len(server.of("sendMessage")) == 1


async def test_a_group_that_moves_in_the_middle_of_a_reply(server: BotApiServer, bot: Bot) -> None:
    """The rest hangs on nothing: the message that it answers has another number there."""
    question = Message.de_json(server.say(-100, "A question"), bot)
    server.say(-200, "Another message with the number of the question")
    server.fail("sendMessage", 400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-200)
    await reply(question, LONG)
    assert [-200] * 3 == [message["chat"]["id"] for message in server.sent]
    assert not any("reply_to_message" in message for message in server.sent)


async def test_a_group_that_moved_is_followed(server: BotApiServer, bot: Bot) -> None:
    """A group that became a supergroup has another id, which Telegram names."""
    question = Message.de_json(server.say(-100, "A question"), bot)
    server.say(-200, "Here we are now")
    server.fail("sendMessage", 400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-200)
    await reply(question, "answer")
    assert [message["chat"]["id"] for message in server.sent] == [-200]


@pytest.mark.parametrize(("status", "error"), [(400, BadRequest), (401, InvalidToken)])
async def test_what_cannot_be_mended_is_raised(
    server: BotApiServer, question: Message, status: int, error: type[Exception]
) -> None:
    """Something new, no token: no attempt would help."""
    server.fail("sendMessage", status, "something new")
    with pytest.raises(error):
        await reply(question, "answer")
    assert len(server.of("sendMessage")) == 1


async def test_it_gives_up_in_the_end(server: BotApiServer, bot: Bot) -> None:
    """A group that moves each time it is followed is not followed for ever."""
    question = Message.de_json(server.say(-100, "A question"), bot)
    server.fail("sendMessage", 400, "upgraded to a supergroup", migrate_to_chat_id=-100, times=99)
    with pytest.raises(ChatMigrated):
        await reply(question, "answer")
    assert len(server.of("sendMessage")) == ATTEMPTS


async def test_nothing_to_say_sends_nothing(server: BotApiServer, question: Message) -> None:
    """An empty text is no message."""
    assert await reply(question, " \n") is None
    assert server.of("sendMessage") == []


@pytest.mark.parametrize(("fields", "thread"), [({"is_topic_message": True}, 5), ({}, None)])
async def test_a_topic_is_named_a_thread_of_replies_is_not(
    server: BotApiServer, bot: Bot, fields: dict[str, Any], thread: int | None
) -> None:
    """Only topics of a forum can be sent to."""
    question = Message.de_json(server.say(-100, "A question", message_thread_id=5, **fields), bot)
    await reply(question, "answer")
    assert thread == server.of("sendMessage")[0].parameters.get("message_thread_id")
    assert server.refused == []


async def test_refused_buttons_are_left_out(
    server: BotApiServer, question: Message, caplog: pytest.LogCaptureFixture
) -> None:
    """The words are what matters; the fault is logged."""
    server.fail("sendMessage", 400, "Bad Request: BUTTON_URL_INVALID")
    await reply(question, "answer", BUTTONS)
    assert texts(server) == ["answer"]
    assert "buttons refused" in caplog.text


async def test_who_is_interested_learns_of_refused_markup_and_moved_groups(server: BotApiServer, bot: Bot) -> None:
    """Each once."""
    told: list[tuple[object, ...]] = []

    async def note(*what: object) -> None:
        told.append(what)

    server.say(-200, "Here we are now")
    server.say(-100, "Here we were")
    sender = Sender(bot, note, note)
    server.fail("sendMessage", 400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-200)
    await sender.send(Place(-100), "<h1>Title</h1>")
    assert told == [(-100, -200), ()]


@pytest.mark.parametrize("problem", [(500, "Internal"), (429, "Too Many Requests: retry after 1")])
async def test_an_edit_is_tried_again(
    server: BotApiServer, question: Message, sender: Sender, problem: tuple[int, str]
) -> None:
    """To change a message twice does no harm."""
    sent = await reply(question, "answer")
    assert sent
    server.fail("editMessageText", *problem, **({"retry_after": 1} if problem[0] == 429 else {}))
    assert await sender.edit(CHAT, sent.message_id, "other")
    assert texts(server) == ["other"]


async def test_an_edit_whose_answer_was_lost_is_made_again(
    server: BotApiServer, question: Message, sender: Sender
) -> None:
    """It was made; Telegram says that nothing is changed, which is as it should be."""
    sent = await reply(question, "answer")
    assert sent
    server.drop("editMessageText")
    assert await sender.edit(CHAT, sent.message_id, "other")
    assert texts(server) == ["other"]


async def test_an_edit_that_changes_nothing_is_not_made(
    server: BotApiServer, question: Message, sender: Sender
) -> None:
    """What a message was made to show is remembered."""
    sent = await reply(question, "answer")
    assert sent
    for html in ("other", "other", "answer"):
        assert await sender.edit(CHAT, sent.message_id, html)
    assert (len(server.of("editMessageText")), server.refused) == (2, [])


async def test_a_message_that_is_gone_is_told(server: BotApiServer, question: Message, sender: Sender) -> None:
    """Whoever wanted to change it can send another."""
    assert not await sender.edit(CHAT, 99, "other")
    server.fail("editMessageText", 400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-200)
    assert not await sender.edit(CHAT, 99, "another")


async def test_a_reply_is_rewritten_piece_by_piece(server: BotApiServer, question: Message, sender: Sender) -> None:
    """What is longer goes on in new messages, what is shorter leaves none behind; the buttons are under the last."""
    sent = await reply(question, "short", BUTTONS)
    assert sent
    place = Place.beside(question)
    long = await sender.rewrite(place, [sent.message_id], LONG, markup(BUTTONS))
    assert [sent.message_id] == long[:1]
    assert ["0", "2", "4"] == [message["text"][0] for message in server.sent]
    assert [False, False, True] == ["reply_markup" in message for message in server.sent]
    assert long[:1] == await sender.rewrite(place, long, "short", markup(BUTTONS))
    own = [message["text"] for message in server.in_chat(CHAT) if message["from"]["is_bot"]]
    assert (own, server.refused) == (["short"], [])


async def test_a_sign_is_shown_for_as_long_as_it_takes(
    server: BotApiServer, question: Message, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram takes it away after a while; it comes again until the answer is there."""
    monkeypatch.setattr("bot.telegram.sending.SIGN_LASTS", 0.05)
    async with sender.typing(Place.beside(question)):
        await server.called("sendChatAction", 3)
    shown = len(server.of("sendChatAction"))
    await asyncio.sleep(0.2)
    assert shown == len(server.of("sendChatAction"))


async def test_a_sign_that_hangs_holds_nothing_up(
    server: BotApiServer, question: Message, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up soon after the answer is there."""
    monkeypatch.setattr("bot.telegram.sending.SIGN_WAITS", 0.05)
    server.delay("sendChatAction", 30)
    async with sender.typing(Place.beside(question)):
        await reply(question, "answer")
    assert texts(server) == ["answer"]
