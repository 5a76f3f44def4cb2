"""An edited question edits the answer that it got."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from botapi_server import BotApiServer
from running import TOKEN, running
from talks import ADA, AT_BOT, FOREIGN, QUESTION, READERS, Talk, labels, talking, words

from bot.state.database import NAME
from retrieval import Engine, EngineSettings

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data") as talk:
        yield talk


async def test_the_answer_becomes_that_of_the_edited_question(talk: Talk) -> None:
    """In the same message, with the buttons of the new answer, or none."""
    question = talk.server.say(ADA, FOREIGN)
    [reply] = await talk.server.replies(1)
    await talk.edit(question, QUESTION)
    edited = talk.now(reply)
    assert "❝" in edited["text"]
    assert "1 · In context" in labels(edited)[0]
    shown = await talk.press(edited, "1 · In context")
    assert "Passage 1 of 1" in shown["text"]
    await talk.edit(question, FOREIGN)
    assert labels(talk.now(reply)) == []
    assert len(talk.server.sent) == 1


async def test_what_follows_follows_on_from_the_edited_question(talk: Talk) -> None:
    """The first version is forgotten."""
    question = talk.server.say(ADA, FOREIGN)
    await talk.server.replies(1)
    await talk.edit(question, QUESTION)
    assert "❝" in (await talk.say("more"))["text"]


async def test_an_edited_follow_up_still_follows_on_from_what_was_before_it(talk: Talk) -> None:
    """And not from itself."""
    await talk.say("Who opened the bridge in Lima?")
    question = talk.server.say(ADA, "And who in Oslo?")
    reply = (await talk.server.replies(2))[1]
    await talk.edit(question, "And in Turin?")
    expected = await talk.engine.ask("And in Turin?", await talk.engine.ask("Who opened the bridge in Lima?"))
    assert expected.quotes
    assert expected.quotes[0].text in talk.now(reply)["text"]


async def test_the_same_question_again_changes_nothing(talk: Talk) -> None:
    """Telegram also tells of edits that change no word, and of words that change no answer."""
    question = talk.server.say(ADA, QUESTION)
    await talk.server.replies(1)
    await talk.edit(question, QUESTION)
    await talk.edit(question, "Who  opened the bridge ?")
    assert talk.server.of("editMessageText") == []


async def test_an_edit_of_what_was_not_answered_is_passed_over(talk: Talk) -> None:
    """Chatter in a group, a command, a message that is none of the bot's."""
    chatter = talk.server.say(READERS, "Nice weather")
    await talk.edit(chatter, "Nice weather today")
    command = talk.server.say(ADA, "/help")
    await talk.server.replies(1)
    await talk.edit(command, "/help me")
    assert (len(talk.server.sent), talk.server.of("editMessageText")) == (1, [])


async def test_an_edited_question_in_a_group(talk: Talk) -> None:
    """With its command or its mention."""
    for before, after in ((f"/ask {FOREIGN}", f"/ask {QUESTION}"), (f"{AT_BOT} {FOREIGN}", f"{AT_BOT} {QUESTION}")):
        question = talk.server.say(READERS, before)
        reply = (await talk.server.replies(len(talk.server.sent) + 1))[-1]
        await talk.edit(question, after)
        assert "❝" in talk.now(reply)["text"]


async def test_a_vote_on_the_answer_before_does_not_count_for_the_new_one(talk: Talk, tmp_path: Path) -> None:
    """It was about other words."""
    question = talk.server.say(ADA, QUESTION)
    [reply] = await talk.server.replies(1)
    await talk.press(reply, "👎")
    await talk.edit(question, FOREIGN)
    with sqlite3.connect(tmp_path / "data" / NAME) as db:
        assert db.execute("SELECT count(*) FROM votes").fetchone() == (0,)
    db.close()


async def test_an_answer_that_is_gone_is_sent_anew(talk: Talk) -> None:
    """Somebody deleted it; the edited question gets one all the same, and keeps it."""
    question = talk.server.say(ADA, FOREIGN)
    [reply] = await talk.server.replies(1)
    talk.server.fail("editMessageText", 400, "Bad Request: message to edit not found")
    await talk.edit(question, QUESTION)
    anew = talk.server.sent[-1]
    assert anew["message_id"] != reply["message_id"]
    await talk.edit(question, FOREIGN)
    assert labels(talk.now(anew)) == []


async def test_an_edit_after_a_restart(bridges: Path, tmp_path: Path) -> None:
    """Which message answers which is kept."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path):
            question = server.say(ADA, FOREIGN)
            [reply] = await server.replies(1)
        async with running(server, engine, tmp_path):
            talk = Talk(server, engine)
            await talk.edit(question, QUESTION)
            assert "❝" in talk.now(reply)["text"]
        assert server.refused == []


async def test_more_becomes_a_question_and_a_question_no_more(talk: Talk) -> None:
    """Further quotes are replaced by the answer to what was edited; an answer is not, by what asks for them."""
    question = talk.server.say(ADA, QUESTION)
    await talk.server.replies(1)
    more = talk.server.say(ADA, "more")
    first, further = await talk.server.replies(2)
    await talk.settled()
    await talk.edit(more, "Who opened the bridge in Oslo?")
    assert "Berg" in talk.now(further)["text"]
    before = talk.now(first)["text"]
    await talk.edit(question, "more")
    assert talk.now(first)["text"] == before


async def test_an_edit_shows_the_answer_instead_of_a_passage(talk: Talk) -> None:
    """Also where the answer is the same as before."""
    question = talk.server.say(ADA, QUESTION)
    [reply] = await talk.server.replies(1)
    answer = talk.now(reply)["text"]
    await talk.press(reply, "1 · In context")
    await talk.edit(question, f"{QUESTION}?")
    assert talk.now(reply)["text"] == answer


async def test_edits_count_as_questions(talk: Talk) -> None:
    """Whoever edits without end is told so once, as whoever asks."""
    question = talk.server.say(ADA, FOREIGN)
    for number in range(24):
        talk.server.edit(question, f"Who is number {number}?")
    await talk.settled()
    assert len(talk.server.sent) == 2
    assert talk.server.sent[-1]["text"] == words("flood")


async def test_more_edited_into_a_follow_up_follows_on_from_its_answer(talk: Talk) -> None:
    """Not from what was asked before that."""
    await talk.say("Who opened the bridge in Oslo?")
    await talk.say(QUESTION)
    more = talk.server.say(ADA, "more")
    reply = (await talk.server.replies(3))[2]
    await talk.settled()
    await talk.edit(more, "And when?")
    expected = await talk.engine.ask("And when?", await talk.engine.ask(QUESTION))
    assert expected.quotes[0].text in talk.now(reply)["text"]
    assert "about: Oslo" not in talk.now(reply)["text"]


async def test_a_follow_up_on_further_quotes_follows_on_from_their_answer(bridges: Path, tmp_path: Path) -> None:
    """Also after a restart, when the answer is made again."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path):
            talk = Talk(server, engine)
            await talk.say("Who opened the bridge in Oslo?")
            await talk.say(QUESTION)
            further = await talk.say("more")
            await talk.settled()
        async with running(server, engine, tmp_path):
            reply = await Talk(server, engine).say("And when?", reply_to_message=further["message_id"])
        assert "about: Oslo" not in reply["text"]
        assert server.refused == []
