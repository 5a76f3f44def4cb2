"""The buttons under a reply: what they show, and that they work after a restart, a month later, or say what is gone."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from botapi_server import BotApiServer
from running import TOKEN, running
from talks import ADA, BEN, FOREIGN, QUESTION, Message, Talk, flat, labels, talking, words

from bot.state.database import NAME
from bot.state.replies import Replies
from bot.telegram.limits import QUESTIONS
from retrieval import Engine, EngineSettings

LEADER = "Who leads the coalition of the willing?"
STORY = """The harbour of Ghent

The harbour of Ghent has been closed since Monday. A crane fell into the water. Nobody was hurt.
The mayor, Ana Maes, called it a warning. She wants new rules.

The crane was forty years old. Its owner had it looked at every year. The last time was in May.
Experts found no fault. They will look at it again.

Ships go to Antwerp meanwhile. The detour takes six hours. Captains are angry. They want to be paid for it.
The port will decide on Friday.
"""


pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data") as talk:
        yield talk


@pytest.fixture
async def harbour(tmp_path: Path) -> AsyncIterator[Talk]:
    """One article of several passages."""
    folder = tmp_path / "harbour"
    folder.mkdir()
    (folder / "ghent.txt").write_text(STORY, encoding="utf-8")
    async with talking(folder, tmp_path / "data") as talk:
        yield talk


def bold(message: Message) -> list[str]:
    """What stands in bold in a message."""
    return [
        message["text"].encode("utf-16-le")[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for one in message.get("entities", [])
        if one["type"] == "bold"
    ]


async def test_each_quote_can_be_seen_in_context(talk: Talk) -> None:
    """There is a button for each quote that is shown, with its number, one for each article, and two thumbs."""
    reply = await talk.say(QUESTION)
    contexts = [label for label in labels(reply) if "In context" in label]
    assert ["1", "2", "3"] == [label[0] for label in contexts]
    assert ["1 —", "2 —", "3 —"] == [line[:3] for line in reply["text"].splitlines() if "—" in line]
    articles = [label for label in labels(reply) if "A bridge for" in label]
    assert len(articles) == 3
    assert labels(reply)[-2:] == ["👍", "👎"]


async def test_in_context_shows_the_passage_and_back_the_answer(harbour: Talk) -> None:
    """The message becomes the passage around the quote, the quote in bold; back, it is what it was."""
    reply = await harbour.say("How old was the crane?")
    shown = await harbour.press(reply, "In context")
    assert "forty years old" in " ".join(bold(shown))
    assert "Its owner had it looked at every year." in shown["text"]
    assert "The harbour of Ghent" in shown["text"]
    back = await harbour.press(shown, "Back")
    assert (reply["text"], labels(reply)) == (back["text"], labels(back))


async def test_the_passages_around_can_be_read_on(harbour: Talk) -> None:
    """Before and after go through the article, and are not there at its ends."""
    reply = await harbour.say("How old was the crane?")
    shown = await harbour.press(reply, "In context")
    assert ["‹ Before", "After ›"] == labels(shown)[:2]
    first = await harbour.press(shown, "Before")
    assert "closed since Monday" in first["text"]
    assert ["After ›"] == labels(first)[:1]
    await harbour.press(first, "After")
    last = await harbour.press(shown, "After")
    assert "Ships go to Antwerp" in last["text"]
    assert ["‹ Before"] == labels(last)[:1]
    assert bold(last) == []


async def test_more_sources_come_once(talk: Talk) -> None:
    """The further quotes come as a reply of their own, with buttons; then their button goes, so a press is late."""
    reply = await talk.say(QUESTION)
    more = await talk.press(reply, "More sources", replies=1)
    answer = await talk.engine.ask(QUESTION)
    assert all(flat(quote.text) in flat(more["text"]) for quote in answer.quotes[3:])
    assert [label for label in labels(more) if "In context" in label]
    assert "More sources" not in " ".join(labels(talk.now(reply)))
    talk.server.press(reply, "m0")
    await talk.settled()
    assert len(talk.server.sent) == 2


async def test_an_article_tells_about_itself(harbour: Talk) -> None:
    """Its button shows title, date, how many passages and the first lines; back is the answer."""
    reply = await harbour.say("How old was the crane?")
    shown = await harbour.press(reply, "The harbour of Ghent")
    assert all(part in shown["text"] for part in ("The harbour of Ghent", "undated", "passages", "closed since Monday"))
    assert (await harbour.press(shown, "Back"))["text"] == reply["text"]


async def test_an_article_with_an_address_can_be_opened(tmp_path: Path) -> None:
    """The address that an article states is a button; one that Telegram would refuse is none."""
    folder = tmp_path / "linked"
    folder.mkdir()
    for name, url in (("good", "https://news.example.org/ghent"), ("bad", "https://nowhere")):
        text = f"---\ntitle: The {name} bridge\nurl: {url}\n---\nThe {name} bridge was opened by Ann Maes on Monday.\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    async with talking(folder, tmp_path / "data") as talk:
        for name, expected in (("good", ["📖 Read", "🔗 Open the article"]), ("bad", ["📖 Read"])):
            reply = await talk.say(f"/article {name}")
            assert expected == labels(reply)


async def test_votes_are_kept(talk: Talk) -> None:
    """Both thumbs answer on the screen; the last one counts, and each person's for itself."""
    reply = await talk.say(QUESTION)
    await talk.press(reply, "👍")
    await talk.press(reply, "👎")
    assert talk.toasts() == [words("voted", vote="good"), words("voted", vote="bad")]
    await talk.press(reply, "👍", person=BEN)
    tally = await _rows(talk, "SELECT person, vote FROM votes ORDER BY person")
    assert tally == [(ADA, -1), (BEN, 1)]


async def test_the_next_question_is_a_button_that_answers(seeds: Path, tmp_path: Path) -> None:
    """What is offered is answered, in reply to the message that offers it, under its question; then its button goes."""
    async with talking(seeds, tmp_path / "data") as talk:
        reply = await talk.say(LEADER)
        offered = [label for label in labels(reply) if label.endswith("?")]
        assert 1 <= len(offered) <= 3
        answer = await talk.press(reply, offered[0], replies=1)
        assert answer["text"].startswith(offered[0])
        assert "❝" in answer["text"]
        assert answer["reply_to_message"]["message_id"] == reply["message_id"]
        assert offered[1:] == [label for label in labels(talk.now(reply)) if label.endswith("?")]


@pytest.mark.parametrize("label", ["2 · In context", "More sources", "A bridge for", "👍"])
async def test_a_button_works_after_a_restart(bridges: Path, tmp_path: Path, label: str) -> None:
    """What hangs under a message is kept."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path):
            reply = await Talk(server, engine).say(QUESTION)
        async with running(server, engine, tmp_path):
            again = Talk(server, engine)
            shown = await again.press(reply, label, replies=int(label.startswith("More")))
            assert words("expired") not in [shown["text"], *again.toasts()]
        assert server.refused == []


async def test_a_button_is_found_again_without_what_was_kept(bridges: Path, tmp_path: Path) -> None:
    """Where the file is lost, the answer is found again by the question that it hangs on."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path / "one"):
            reply = await Talk(server, engine).say(QUESTION)
        async with running(server, engine, tmp_path / "two"):
            shown = await Talk(server, engine).press(reply, "1 · In context")
            assert shown["text"] != reply["text"]
            assert "Passage 1 of 1" in shown["text"]
        assert server.refused == []


async def test_a_button_that_nobody_knows_any_more_says_so(bridges: Path, tmp_path: Path) -> None:
    """Without what was kept, and with the question gone, there is only to ask again."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path / "one"):
            reply = await Talk(server, engine).say(QUESTION)
        server.delete(reply["reply_to_message"] | {"chat": {"id": ADA}})
        async with running(server, engine, tmp_path / "two"):
            talk = Talk(server, engine)
            await talk.press(reply, "1 · In context")
            assert talk.toasts() == [words("expired")]
            assert talk.now(reply)["text"] == reply["text"]
        assert server.refused == []


async def test_a_vanished_article_is_said_to_be_gone(harbour: Talk, tmp_path: Path) -> None:
    """The buttons of a quote whose article is gone say so on the screen, and the message stays as it is."""
    reply = await harbour.say("How old was the crane?")
    (tmp_path / "harbour" / "ghent.txt").unlink()
    await harbour.reads_on()
    for label in ("In context", "The harbour of Ghent"):
        await harbour.press(reply, label)
    assert harbour.toasts() == [words("gone")] * 2
    assert harbour.now(reply)["text"] == reply["text"]


async def test_a_quote_is_found_where_its_article_now_has_it(harbour: Talk, tmp_path: Path) -> None:
    """When an article changes around a quote, its context is the new one."""
    reply = await harbour.say("How old was the crane?")
    changed = STORY.replace("The harbour of Ghent has been", "As we report today, the harbour of Ghent has been")
    (tmp_path / "harbour" / "ghent.txt").write_text(changed.replace("Its owner", "Its keeper"), encoding="utf-8")
    await harbour.reads_on()
    shown = await harbour.press(reply, "In context")
    assert "forty years old" in " ".join(bold(shown))
    assert "Its keeper had it looked at" in shown["text"]


async def test_a_month_later_what_is_kept_no_longer_is_found_again(bridges: Path, tmp_path: Path) -> None:
    """Replies are dropped after the days that the setting names; a button then works by its question."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path, keep_days=30):
            reply = await Talk(server, engine).say(QUESTION)
            await Talk(server, engine).settled()
        with sqlite3.connect(tmp_path / NAME) as db:
            db.execute("UPDATE replies SET at = at - 31 * 86400")
        db.close()
        async with running(server, engine, tmp_path, keep_days=30):
            shown = await Talk(server, engine).press(reply, "1 · In context")
            assert "Passage 1 of 1" in shown["text"]
        assert server.refused == []
    with sqlite3.connect(tmp_path / NAME) as db:
        ages = db.execute("SELECT count(*), min(at) FROM replies").fetchall()
    db.close()
    assert ages[0][0] == 1


async def test_a_press_is_answered_though_it_is_too_old(talk: Talk) -> None:
    """Telegram forgets a press after a while; what it asks for is done all the same."""
    reply = await talk.say(QUESTION)
    talk.server.fail("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    shown = await talk.press(reply, "1 · In context")
    assert "Passage 1 of 1" in shown["text"]


async def test_a_button_pressed_twice_changes_nothing(talk: Talk) -> None:
    """The second press finds the message as it should be, and Telegram is asked for nothing that it would refuse."""
    reply = await talk.say(QUESTION)
    talk.server.press(reply, label="1 · In context")
    talk.server.press(reply, label="1 · In context")
    await talk.settled()
    assert "Passage 1 of 1" in talk.now(reply)["text"]
    assert len(talk.server.of("editMessageText")) <= 2


async def test_a_message_that_cannot_be_changed_is_answered_below(talk: Talk) -> None:
    """Where the message is gone for the bot, what the button promises comes as a new one."""
    reply = await talk.say(QUESTION)
    talk.server.fail("editMessageText", 400, "Bad Request: message can't be edited")
    shown = await talk.press(reply, "1 · In context", replies=1)
    assert "Passage 1 of 1" in shown["text"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "c",
        "c99",
        "c-1",
        "s99",
        "n7",
        "cx",
        "a",
        "axxxxxxxxxxx",
        "r",
        "rx",
        "rxxxxxxxxxxx.0",
        "r.0",
        "rx.9999999",
        "lxx",
        "m0.9",
        "🎉",
    ],
)
async def test_what_no_button_says_does_nothing(talk: Talk, data: str) -> None:
    """Whatever somebody's program sends as a press is answered, and no fault comes of it."""
    reply = await talk.say(FOREIGN)
    talk.server.press(reply, data or " ")
    await talk.settled()
    assert words("failed") not in [message["text"] for message in talk.server.sent]


async def _rows(talk: Talk, query: str) -> list[tuple[object, ...]]:
    """What is kept, from the file itself."""
    await talk.settled()
    with sqlite3.connect(talk.data_dir / NAME) as db:
        found = db.execute(query).fetchall()
    db.close()
    return found


async def test_what_hides_an_answer_does_not_take_its_buttons(talk: Talk) -> None:
    """Further quotes that are typed for while a passage is shown bring the answer back, without that button."""
    reply = await talk.say(QUESTION)
    await talk.press(reply, "1 · In context")
    await talk.say("more")
    await talk.settled()
    now = talk.now(reply)
    assert now["text"] == reply["text"]
    assert [label for label in labels(reply) if "More" not in label] == labels(now)


async def test_a_suggestion_that_is_not_answered_stays(seeds: Path, tmp_path: Path) -> None:
    """Whoever asks too much can press it later."""
    async with talking(seeds, tmp_path / "data") as talk:
        reply = await talk.say(LEADER)
        for _ in range(QUESTIONS):
            talk.server.say(ADA, "/about")
        await talk.settled()
        offered = next(label for label in labels(reply) if label.endswith("?"))
        now = await talk.press(reply, offered)
        assert offered in labels(now)


async def test_a_failed_press_is_told_in_the_person_s_language(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its button does not go on turning."""

    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    talk.server.person(ADA, language_code="uk")
    reply = await talk.say(QUESTION)
    monkeypatch.setattr(Replies, "vote", broken)
    query = talk.server.press(reply, label="👍")
    await talk.settled()
    assert talk.server.sent[-1]["text"] == words("failed", "uk")
    assert query in [call.parameters["callback_query_id"] for call in talk.server.of("answerCallbackQuery")]


@pytest.mark.parametrize("method", ["add", "dress"])
async def test_what_cannot_be_kept_is_shown_all_the_same(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """The person has the quotes; that they could not be kept is logged and nothing else."""

    async def full(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    reply = await talk.say(QUESTION)
    monkeypatch.setattr(Replies, method, full)
    more = await talk.press(reply, "More sources", replies=1)
    assert "❝" in more["text"]
    await talk.settled()
    assert len(talk.server.sent) == 2


async def test_an_answer_that_perhaps_arrived_is_kept_once(bridges: Path, tmp_path: Path) -> None:
    """It is looked for, which Telegram refuses where it is; the same reply is what a press finds."""
    async with talking(bridges, tmp_path / "data", refused=1) as talk:
        talk.server.drop("sendMessage")
        reply = await talk.say(QUESTION)
        await talk.settled()
        await talk.press(reply, "👎")
        assert await _rows(talk, "SELECT count(*) FROM replies") == [(1,)]
        assert await _rows(talk, "SELECT person, vote FROM votes") == [(ADA, -1)]


async def test_an_article_can_be_read(harbour: Talk) -> None:
    """From its page passage by passage; where that was reached from an answer, there is a way back to it."""
    page = await harbour.say("/article Ghent")
    shown = await harbour.press(page, "Read")
    assert "closed since Monday" in shown["text"]
    assert ["After ›"] == labels(shown)
    shown = await harbour.press(shown, "After")
    assert "forty years old" in shown["text"]
    assert bold(shown) == []
    assert ["‹ Before", "After ›"] == labels(shown)
    reply = await harbour.say("How old was the crane?")
    await harbour.press(reply, "The harbour of Ghent")
    shown = await harbour.press(reply, "Read")
    assert "closed since Monday" in shown["text"]
    back = await harbour.press(shown, "Back")
    assert (reply["text"], labels(reply)) == (back["text"], labels(back))


async def test_an_article_that_is_gone_cannot_be_read(harbour: Talk, tmp_path: Path) -> None:
    """Its page says so on the screen, and stays."""
    page = await harbour.say("/article Ghent")
    (tmp_path / "harbour" / "ghent.txt").unlink()
    await harbour.reads_on()
    assert page["text"] == (await harbour.press(page, "Read"))["text"]
    assert harbour.toasts() == [words("gone")]


async def test_presses_that_send_something_count_as_questions(talk: Talk) -> None:
    """Whoever presses without end is told so once."""
    listed = await talk.say("/latest")
    for _ in range(24):
        talk.server.press(listed, label="Lima")
    await talk.settled()
    assert len(talk.server.sent) == QUESTIONS + 1
    assert talk.server.sent[-1]["text"] == words("flood")


async def test_presses_on_what_is_not_kept_count_as_questions(bridges: Path, tmp_path: Path) -> None:
    """Each of them asks once more; whoever presses without end is told so once."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path / "one"):
            reply = await Talk(server, engine).say(QUESTION)
        reply["text"] = "Something else"
        server.now(reply).update(text="Something else")  # type: ignore[union-attr]
        async with running(server, engine, tmp_path / "two"):
            talk = Talk(server, engine)
            for _ in range(QUESTIONS + 4):
                server.press(reply, label="1 · In context")
            await talk.settled()
            assert [words("flood")] == [message["text"] for message in server.sent[1:]]


async def test_in_a_crowd_there_is_the_answer_alone(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sign that it is on its way, and no next questions, which take longer than itself."""
    monkeypatch.setattr("bot.telegram.limits.CROWD", 0)
    async with talking(seeds, tmp_path / "data") as talk:
        reply = await talk.say("Who leads the coalition of the willing?")
        assert not any(label.endswith("?") for label in labels(reply))
        assert [] == talk.server.of("sendChatAction")
