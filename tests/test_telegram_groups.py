"""Groups and topics: who is answered, where, and what is remembered of whom."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from talks import ADA, AT_BOT, BEN, QUESTION, READERS, WRITERS, Talk, on_page, talking, words

from bot.state.database import NAME

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data") as talk:
        yield talk


@pytest.mark.parametrize("command", ["/ask", f"/ask{AT_BOT}", f"/ASK{AT_BOT.upper()}"])
async def test_ask_is_answered_in_a_group(talk: Talk, command: str) -> None:
    """The answer hangs on the message that asked."""
    reply = await talk.say(f"{command} {QUESTION}", READERS)
    assert "❝" in reply["text"]
    assert reply["reply_to_message"]["text"] == f"{command} {QUESTION}"


@pytest.mark.parametrize("command", ["/ask", AT_BOT])
async def test_somebody_else_s_question_is_answered(talk: Talk, command: str) -> None:
    """To ask in reply to a message without more is to ask what that says; the answer hangs on it."""
    other = talk.server.say(READERS, QUESTION, person=BEN)
    reply = await talk.say(command, READERS, person=ADA, reply_to_message=other)
    assert "❝" in reply["text"]
    assert reply["reply_to_message"]["message_id"] == other["message_id"]


async def test_a_quoted_part_is_what_is_asked(talk: Talk) -> None:
    """Of a long message, what somebody marks in their reply is the question."""
    other = talk.server.say(READERS, f"Good morning! {QUESTION} I wonder.", person=BEN)
    quote = {"text": QUESTION, "position": 14, "is_manual": True}
    reply = await talk.say("/ask", READERS, person=ADA, reply_to_message=other, quote=quote)
    assert "❝" in reply["text"]


async def test_own_words_in_reply_to_somebody_are_the_question(talk: Talk) -> None:
    """Words behind /ask are what is asked, whatever they reply to."""
    other = talk.server.say(READERS, "Nice weather", person=BEN)
    reply = await talk.say(f"/ask {QUESTION}", READERS, person=ADA, reply_to_message=other)
    assert "❝" in reply["text"]
    assert reply["reply_to_message"]["text"] == f"/ask {QUESTION}"


async def test_ask_without_a_question_asks_for_one(talk: Talk) -> None:
    """What is written in reply to that is the question."""
    reply = await talk.say("/ask", READERS)
    assert reply["text"] == words("ask")
    answer = await talk.say(QUESTION, READERS, reply_to_message=reply)
    assert "❝" in answer["text"]


@pytest.mark.parametrize("text", [f"{AT_BOT} {QUESTION}", f"{QUESTION} {AT_BOT}", f"Hey 🎉 {AT_BOT}, {QUESTION}"])
async def test_a_mention_is_answered(talk: Talk, text: str) -> None:
    """Wherever the name stands, it is no part of the question."""
    reply = await talk.say(text, READERS)
    assert "❝" in reply["text"]
    assert reply["reply_to_message"]["text"] == text


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "/nonsense",
        "/stats",
        "/ask@another_bot Who?",
        "@another_bot Who?",
        f"mail{AT_BOT}x",
        "/",
        "",
    ],
)
async def test_it_never_speaks_unasked(talk: Talk, text: str) -> None:
    """Chatter, and what may be for another bot, are none of its business."""
    talk.server.say(READERS, text) if text else talk.server.post(READERS, dice={"emoji": "🎲", "value": 1})
    await talk.settled(READERS)
    assert talk.server.sent == []


@pytest.mark.parametrize(
    ("text", "page"), [(f"/nonsense{AT_BOT}", "help"), (f"/about{AT_BOT}", "about"), ("/about", "about")]
)
async def test_a_command_is_answered_that_is_its_own_or_names_it(talk: Talk, text: str, page: str) -> None:
    """What there is not is answered with what there is where it is meant for this bot."""
    expected = words(page, days=30, number=None, **await on_page(talk.engine))
    assert (await talk.say(text, READERS))["text"] == expected


async def test_a_reply_to_its_message_follows_on_from_that(talk: Talk) -> None:
    """Not from what was asked last: each reply is about the answer that it hangs on."""
    first = await talk.say(f"/ask {QUESTION}", READERS)
    await talk.say("/ask Who is Zorblax the Unheard-of?", READERS, person=BEN)
    reply = await talk.say("And when?", READERS, reply_to_message=first)
    answer = await talk.engine.ask("And when?", await talk.engine.ask(QUESTION))
    assert answer.quotes
    assert answer.quotes[0].text.split()[:4] == reply["text"].replace("❝", "").split()[:4]


async def test_a_reply_to_somebody_else_is_not_for_it(talk: Talk) -> None:
    """Replies among people are theirs."""
    other = talk.server.say(READERS, "Interesting", person=BEN)
    talk.server.say(READERS, QUESTION, reply_to_message=other)
    await talk.settled(READERS)
    assert talk.server.sent == []


async def test_topics_do_not_share_their_memory(talk: Talk) -> None:
    """What was asked in one topic is no context in another, and each is answered where it was asked."""
    one, two = talk.server.topic(READERS, "Bridges"), talk.server.topic(READERS, "Boats")
    for topic, asked in ((one, QUESTION), (two, "more"), (one, "more")):
        place = {"message_thread_id": topic, "is_topic_message": True}
        reply = await talk.say(f"/ask {asked}", READERS, **place)
        assert reply["message_thread_id"] == topic
    assert ["❝" in message["text"] for message in talk.server.sent] == [True, False, True]
    typing = [call.parameters["message_thread_id"] for call in talk.server.of("sendChatAction")]
    assert typing == [one, two, one]


async def test_in_a_topic_that_it_opened_it_does_not_answer_everybody(talk: Talk) -> None:
    """There each message hangs on the topic's first one, which is the bot's own."""
    topic = talk.server.topic(READERS, "Bridges")
    talk.server.say(READERS, QUESTION, message_thread_id=topic, is_topic_message=True)
    await talk.settled(READERS)
    assert talk.server.sent == []


async def test_groups_do_not_share_their_memory(talk: Talk) -> None:
    """The same person asks in two groups, and in private."""
    await talk.say(f"/ask {QUESTION}", READERS, person=ADA)
    elsewhere = await talk.say("/ask more", WRITERS, person=ADA)
    private = await talk.say("more", ADA)
    assert "❝" not in elsewhere["text"] + private["text"]
    assert "❝" in (await talk.say("/ask more", READERS, person=ADA))["text"]


async def test_each_is_answered_in_their_own_language(talk: Talk) -> None:
    """In a group, too."""
    talk.server.person(BEN, language_code="fr-CA")
    talk.server.person(ADA, language_code="xx")
    for person, language in ((BEN, "fr"), (ADA, "en")):
        reply = await talk.say("/ask", READERS, person=person)
        assert reply["text"] == words("ask", language)


async def test_an_administrator_who_stays_anonymous_is_answered(talk: Talk) -> None:
    """Telegram says that the group itself asks."""
    group = talk.server.chat(READERS)
    reply = await talk.say(f"/ask {QUESTION}", READERS, sender_chat=group)
    assert "❝" in reply["text"]


async def test_a_group_that_becomes_a_supergroup_keeps_its_memory(talk: Talk) -> None:
    """What was asked in the old one is remembered in the new one."""
    talk.server.chat(READERS, type="group")
    await talk.say(f"/ask {QUESTION}", READERS)
    new = talk.server.migrate(READERS)
    assert "❝" in (await talk.say("/ask more", new))["text"]


async def test_an_answer_to_a_group_that_moved_arrives_in_the_new_one(bridges: Path, tmp_path: Path) -> None:
    """Telegram tells the new number with its refusal, and the answer goes there."""
    async with talking(bridges, tmp_path / "data", refused=2) as talk:
        talk.server.chat(READERS, type="group")
        talk.server.delay("sendChatAction", 0.3)
        talk.server.say(READERS, f"/ask {QUESTION}")
        new = talk.server.migrate(READERS)
        await talk.server.replies(1)
        await talk.settled(READERS)
        assert [new] == [message["chat"]["id"] for message in talk.server.sent]
        assert "❝" in (await talk.say("/ask more", new))["text"]


async def test_a_topic_that_was_closed_for_good_is_answered_outside(talk: Talk) -> None:
    """Where the topic is gone, the answer goes to the group itself."""
    topic = talk.server.topic(READERS, "Bridges")
    talk.server.fail("sendMessage", 400, "Bad Request: message thread not found")
    reply = await talk.say(f"/ask {QUESTION}", READERS, message_thread_id=topic, is_topic_message=True)
    assert "❝" in reply["text"]
    assert "message_thread_id" not in talk.server.of("sendMessage")[-1].parameters


async def test_a_command_may_be_in_bold(talk: Talk) -> None:
    """Whatever else its words are."""
    text = f"/ask {QUESTION}"
    entities = [
        {"type": "bold", "offset": 0, "length": len(text)},
        {"type": "bot_command", "offset": 0, "length": 4},
    ]
    assert "❝" in (await talk.say(text, READERS, entities=entities))["text"]


async def test_everybody_can_choose_a_language_from_the_same_buttons(talk: Talk) -> None:
    """Each is told so on their screen, and the buttons stay."""
    reply = await talk.say("/language", READERS, person=ADA)
    for person, label, language in ((BEN, "Français", "fr"), (ADA, "Deutsch", "de")):
        await talk.press(reply, label, person=person)
        assert talk.toasts()[-1] == words("language_chosen", language)
        assert (await talk.say("/ask", READERS, person=person))["text"] == words("ask", language)
    assert talk.now(reply)["text"] == reply["text"]


async def test_what_somebody_else_asked_is_forgotten_with_them(talk: Talk) -> None:
    """Also where another person wanted further quotes of it."""
    reply = await talk.say(f"/ask {QUESTION}", READERS, person=ADA)
    await talk.press(reply, "More sources", person=BEN, replies=1)
    await talk.settled(READERS)
    await talk.say("/forget", ADA)
    with sqlite3.connect(talk.data_dir / NAME) as db:
        assert db.execute("SELECT count(*) FROM replies").fetchone() == (0,)
    db.close()


async def test_a_question_is_whose_it_is_whoever_presses(talk: Talk) -> None:
    """Found again by another person's press, it is still forgotten with who asked it."""
    reply = await talk.say(f"/ask {QUESTION}", READERS, person=ADA)
    await talk.settled(READERS)
    with sqlite3.connect(talk.data_dir / NAME) as db:  # as where it could not be kept
        db.execute("DELETE FROM messages")
        db.execute("DELETE FROM replies")
    db.close()
    await talk.press(reply, "1 · In context", person=BEN)
    with sqlite3.connect(talk.data_dir / NAME) as db:
        assert db.execute("SELECT person, question FROM replies").fetchall() == [(ADA, QUESTION)]
    db.close()
