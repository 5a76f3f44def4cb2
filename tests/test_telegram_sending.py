"""Sending: each piece arrives once, whatever Telegram or the network says to it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from botapi_failures import LOSSES
from botapi_server import BotApiServer, Call
from running import TOKEN
from telegram import Bot, Message
from telegram.error import BadRequest, ChatMigrated, InvalidToken, NetworkError

from bot.state.replies import Keyboard
from bot.telegram.keyboards import markup
from bot.telegram.sending import ATTEMPTS, Place, Sender, Sent
from bot.telegram.transport import Request

CHAT, READERS = 7, -1_000_000_000_100
BUTTONS: Keyboard = ((("More", "m0"),),)
LONG = "\n\n".join(f"<b>{number}</b> {'word ' * 300}" for number in range(5))


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, f"{server.url}/bot", request=Request(4, 20), get_updates_request=Request(1, 20)) as bot:
        yield bot


@pytest.fixture
async def hasty(server: BotApiServer) -> AsyncIterator[Sender]:
    """A sender with little patience."""
    async with Bot(TOKEN, f"{server.url}/bot", request=Request(4, 0.2)) as bot:
        yield sender_of(bot)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.sending.FIRST_PAUSE", 0.01)


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


def heard(server: BotApiServer, sender: Sender, chat: int = CHAT) -> Place:
    """Where to answer a question that somebody asks now, and that is heard."""
    message = server.say(chat, "A question")
    sender.hear([{"message": message}])
    return Place(chat, on=message["message_id"])


async def reply(question: Message, html: str, keyboard: Keyboard = ()) -> Sent | None:
    """Send something in reply to a question that was just heard; the last message that has arrived."""
    sender = sender_of(question.get_bot())
    sender.hear([{"message": question.to_dict()}])
    sent = await sender.send(Place.beside(question), html, markup(keyboard))
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
    assert Sent(CHAT, 4) == sent
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


@pytest.mark.parametrize("how", [*LOSSES, "500", "502"])
async def test_a_message_whose_answer_was_lost_is_there_once(server: BotApiServer, hasty: Sender, how: str) -> None:
    """It is looked for: where it arrived it stays alone, and its number is known; where not, it is sent again."""
    question = heard(server, hasty)
    server.lose("sendMessage", how)
    sent = await hasty.send(question, "<b>answer</b>", markup(BUTTONS))
    assert ["answer"] == texts(server)
    assert [Sent(CHAT, server.sent[0]["message_id"])] == sent
    assert ("after" in how) == (len(server.of("sendMessage")) == 1)


async def test_pieces_whose_answers_were_lost_come_once_and_in_order(server: BotApiServer, sender: Sender) -> None:
    """Each is looked for before the next one is sent."""
    question = heard(server, sender)
    server.drop("sendMessage", times=3)
    sent = await sender.send(question, LONG)
    assert ["0", "2", "4"] == [text[0] for text in texts(server)]
    assert [message["message_id"] for message in server.sent] == [one.number for one in sent]


async def test_what_is_known_is_never_changed_by_looking(server: BotApiServer, sender: Sender) -> None:
    """Older answers, and what was sent elsewhere in the meantime, stand as they were."""
    question = heard(server, sender)
    await sender.send(question, "an older answer")
    server.lose("sendMessage", "drop before")
    await asyncio.gather(sender.send(question, "answer"), sender.send(Place(server.say(8, "x")["chat"]["id"]), "other"))
    assert {"an older answer", "answer", "other"} == set(texts(server))
    edited = {call.parameters["message_id"] for call in server.of("editMessageText")}
    assert edited.isdisjoint(message["message_id"] for message in server.sent[:2])


@pytest.mark.parametrize(("others", "times"), [(0, 1), (4, 1), (5, 2)])
@pytest.mark.parametrize("chat", [CHAT, READERS])
async def test_it_is_looked_for_among_messages_that_were_not_heard(
    server: BotApiServer, sender: Sender, chat: int, others: int, times: int
) -> None:
    """Not further than at five numbers; beyond that nobody knows, and it comes a second time rather than never."""
    question = heard(server, sender, chat)
    for _ in range(others):
        server.say(chat, "not heard by the bot")
    server.drop("sendMessage")
    await sender.send(question, "answer")
    assert ["answer"] * times == texts(server)


async def test_numbers_that_are_heard_elsewhere_are_passed_over(server: BotApiServer, sender: Sender) -> None:
    """Private chats share a row of numbers; in a busy one those of others are known."""
    question = heard(server, sender)
    for chat in range(100, 200):
        heard(server, sender, chat)
    sender.hear([{"message": "nonsense"}, {"message": {"message_id": "x"}}, {"edited_message": {}}, {}])
    server.drop("sendMessage")
    await sender.send(question, "answer")
    assert ["answer"] == texts(server)
    assert 1 == len(server.of("editMessageText"))


@pytest.mark.parametrize("at", [None, 0])
async def test_where_there_is_no_number_to_begin_at_it_is_sent_again(
    server: BotApiServer, sender: Sender, at: int | None
) -> None:
    """A message from before the program began has a number below answers that it may have sent then."""
    message = server.say(CHAT, "A question")
    sender.hear([] if at is None else [{"message": message | {"date": at}}])
    server.drop("sendMessage")
    await sender.send(Place(CHAT), "answer")
    assert (["answer"] * 2, []) == (texts(server), server.of("editMessageText"))


@pytest.mark.parametrize("how", ["429", "500", "502", *LOSSES])
async def test_looking_goes_on_through_trouble(server: BotApiServer, hasty: Sender, how: str) -> None:
    """To look twice does no harm."""
    question = heard(server, hasty)
    server.drop("sendMessage")
    server.lose("editMessageText", how)
    await hasty.send(question, "answer")
    assert ["answer"] == texts(server)


@pytest.mark.parametrize(
    ("status", "words"), [(403, "Forbidden: bot was blocked by the user"), (400, "Bad Request: something new")]
)
async def test_looking_that_is_refused_is_given_up(
    server: BotApiServer, sender: Sender, status: int, words: str
) -> None:
    """It is sent again, and then whoever is there no more is not there."""
    question = heard(server, sender)
    server.drop("sendMessage")
    server.fail("editMessageText", status, words, times=5)
    await sender.send(question, "answer")
    assert (2, 5) == (len(server.of("sendMessage")), len(server.of("editMessageText")))


async def test_a_reply_that_was_broken_off_goes_on_where_it_was(server: BotApiServer, sender: Sender) -> None:
    """What could not be waited out is raised; whoever sends the reply again sends what is left."""
    question = heard(server, sender)

    def fail(call: Call) -> None:
        server.fail("sendMessage", 429, "Too Many Requests", times=ATTEMPTS)

    server.on_call = fail
    with pytest.raises(NetworkError):
        await sender.send(question, LONG)
    server.on_call = lambda call: None
    server.fail("sendMessage", 429, times=0)
    await sender.send(question, "something else")
    sent = await sender.send(question, LONG)
    assert ["0", "s", "2", "4"] == [text[0] for text in texts(server)]
    assert 3 == len(sent)
    await sender.send(question, LONG)
    assert ["0", "s", "2", "4", "0", "2", "4"] == [text[0] for text in texts(server)]


async def test_a_message_that_was_in_doubt_is_looked_for_later(server: BotApiServer, sender: Sender) -> None:
    """When nothing gets through for a while."""
    question = heard(server, sender)
    server.drop("sendMessage")
    server.fail("editMessageText", 500, times=ATTEMPTS)
    with pytest.raises(NetworkError):
        await sender.send(question, "answer")
    sent = await sender.send(question, "answer")
    assert (["answer"], [2]) == (texts(server), [one.number for one in sent])


async def test_of_what_was_broken_off_the_latest_is_remembered(
    server: BotApiServer, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not everything for ever."""
    monkeypatch.setattr("bot.telegram.sending._BROKEN_OFF", 1)
    question = heard(server, sender)
    server.fail("sendMessage", 400, "something new", times=2)
    for html in ("a", "b"):
        with pytest.raises(BadRequest):
            await sender.send(question, html)
    assert [(question, ("b",))] == list(sender._broken_off)


async def test_a_chat_that_must_wait_holds_nobody_up(server: BotApiServer, sender: Sender) -> None:
    """Neither what Telegram says nor a connection that hangs is about others."""
    first, second = heard(server, sender), heard(server, sender, 8)
    server.lose("sendMessage", "429")
    waiting = asyncio.create_task(sender.send(first, "late"))
    await server.called("sendMessage")
    await sender.send(second, "soon")
    await waiting
    assert ["soon", "late"] == texts(server)


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
    assert await sender.edit(CHAT, sent.number, "other")
    assert texts(server) == ["other"]


async def test_an_edit_whose_answer_was_lost_is_made_again(
    server: BotApiServer, question: Message, sender: Sender
) -> None:
    """It was made; Telegram says that nothing is changed, which is as it should be."""
    sent = await reply(question, "answer")
    assert sent
    server.drop("editMessageText")
    assert await sender.edit(CHAT, sent.number, "other")
    assert texts(server) == ["other"]


async def test_an_edit_that_changes_nothing_is_not_made(
    server: BotApiServer, question: Message, sender: Sender
) -> None:
    """What a message was made to show is remembered."""
    sent = await reply(question, "answer")
    assert sent
    for html in ("other", "other", "answer"):
        assert await sender.edit(CHAT, sent.number, html)
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
    long = await sender.rewrite(place, [sent.number], LONG, markup(BUTTONS))
    assert [sent.number] == long[:1]
    assert ["0", "2", "4"] == [message["text"][0] for message in server.sent]
    assert [False, False, True] == ["reply_markup" in message for message in server.sent]
    assert long[:1] == await sender.rewrite(place, long, "short", markup(BUTTONS))
    own = [message["text"] for message in server.in_chat(CHAT) if message["from"]["is_bot"]]
    assert (own, server.refused) == (["short"], [])


async def test_a_sign_is_shown_for_as_long_as_it_takes(
    server: BotApiServer, question: Message, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram takes it away after a while; it comes again until the answer is there."""
    monkeypatch.setattr("bot.telegram.signs.SIGN_LASTS", 0.05)
    async with sender.typing(Place.beside(question)):
        await server.called("sendChatAction", 3)
    shown = len(server.of("sendChatAction"))
    await asyncio.sleep(0.2)
    assert shown == len(server.of("sendChatAction"))


async def test_a_sign_that_hangs_holds_nothing_up(
    server: BotApiServer, question: Message, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up soon after the answer is there."""
    monkeypatch.setattr("bot.telegram.signs.SIGN_WAITS", 0.05)
    server.delay("sendChatAction", 30)
    async with sender.typing(Place.beside(question)):
        await reply(question, "answer")
    assert texts(server) == ["answer"]
