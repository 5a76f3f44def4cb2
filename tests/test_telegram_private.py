"""A private chat: the commands, in the person's language, and what becomes of odd and of long messages."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from botapi_server import BotApiServer
from running import TOKEN, logged, running
from talks import ADA, BEN, FOREIGN, OPERATOR, QUESTION, Talk, labels, on_page, talking, words

from bot.languages import LANGUAGES, in_words
from bot.state.database import NAME, State
from bot.state.people import Forgotten, Notes
from bot.telegram import inbox
from bot.telegram.heard import COMMANDS
from retrieval import Engine, EngineSettings, day_of

EVERYBODY = {"start", "help", "ask", "sources", "latest", "timeline", "article", "language", "forget", "about"}


pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data", operators=str(OPERATOR)) as talk:
        yield talk


@pytest.fixture
async def seeded(seeds: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    """A bot over the articles that ship with it."""
    async with talking(seeds, tmp_path / "data") as talk:
        yield talk


async def test_menus_are_set_by_scope_and_language(talk: Talk) -> None:
    """Private chats, groups, and each of them in every language; set once, not at each start."""
    await talk.server.called("setMyShortDescription", len(LANGUAGES))
    for language in ("", *list(LANGUAGES)[1:]):
        private = talk.server.commands["all_private_chats", language]
        assert {command["command"] for command in private} == EVERYBODY
        groups = talk.server.commands["all_group_chats", language]
        assert {command["command"] for command in groups} == {"ask", "sources"}


async def test_a_profile_that_is_set_is_not_set_again(bridges: Path, tmp_path: Path) -> None:
    """A restart asks Telegram for nothing that it knows."""
    calls = []
    for _ in range(2):
        async with talking(bridges, tmp_path / "data") as talk:
            await talk.say("/help")
            if not calls:
                await talk.server.called("setMyShortDescription", len(LANGUAGES))
                async with State.open(tmp_path / "data") as state, asyncio.timeout(20):
                    while not await Notes(state).get("profile"):  # noqa: ASYNC110 -- the bot has its own connection
                        await asyncio.sleep(0.01)
            calls.append(len(talk.server.of("setMyCommands")))
    assert calls == [2 * len(LANGUAGES), 0]


async def test_ask_is_a_question_too(talk: Talk) -> None:
    """With and without the command the answer is the same."""
    one, two = await talk.say(QUESTION), await talk.say(f"/ask {QUESTION}", BEN)
    assert one["text"] == two["text"]


async def test_latest_lists_the_newest_articles_with_buttons(seeded: Talk) -> None:
    """Newest first, dates that were worked out marked; a button opens an article."""
    reply = await seeded.say("/latest")
    newest = seeded.engine.latest(10)
    places = [reply["text"].index(article.title) for article in newest]
    assert places == sorted(places)
    assert "about 19 August 2025" in reply["text"]
    page = await seeded.press(reply, newest[1].title[:20], replies=1)
    assert newest[1].title in page["text"]


async def test_latest_on_some_words(talk: Talk) -> None:
    """Only the articles that hold them."""
    reply = await talk.say("/latest Lima")
    assert "A bridge for Lima" in reply["text"]
    assert "Oslo" not in reply["text"]
    assert "Zorblax" in (await talk.say("/latest Zorblax"))["text"]


async def test_a_timeline_goes_day_by_day(seeded: Talk) -> None:
    """Dated quotes, oldest first, one a date."""
    reply = await seeded.say("/timeline Putin")
    quotes = await seeded.engine.timeline("Putin", 12)
    days = [day for quote in quotes if (day := day_of(quote))]
    assert 3 <= len(quotes) == reply["text"].count("❝")
    assert days == sorted(set(days))
    headings = [line.removeprefix("about ") for line in reply["text"].splitlines()]
    assert [in_words(day) for day in days] == [line for line in headings if re.fullmatch(r"\d+ \w+ 2025", line)]
    assert (await seeded.say("/timeline"))["text"] == words("timeline", timeline=None)


async def test_an_article_by_its_number_or_its_title(talk: Talk) -> None:
    """As /sources counts them; where several fit, there is a button for each."""
    sources = (await talk.say("/sources"))["text"]
    third = next(line[3:] for line in sources.splitlines() if line.startswith("3. "))
    assert third.partition(",")[0] in (await talk.say("/article 3"))["text"]
    assert "A bridge for Oslo" in (await talk.say("/article Oslo"))["text"]
    which = await talk.say("/article bridge")
    assert len(labels(which)) == 5
    page = await talk.press(which, "Turin", replies=1)
    assert "A bridge for Turin" in page["text"]


@pytest.mark.parametrize("text", ["/article", "/article 99", "/article Zorblax"])
async def test_no_such_article(talk: Talk, text: str) -> None:
    """Whoever asks for none, or for one that is not there, learns how to name one."""
    reply = await talk.say(text)
    assert "/sources" in reply["text"]


async def test_the_language_is_that_of_the_person_s_telegram(talk: Talk) -> None:
    """Also where it has a country behind it; English for all others."""
    for code, language in (("uk", "uk"), ("de-AT", "de"), ("pt-br", "en")):
        talk.server.person(ADA, language_code=code)
        assert (await talk.say("/ask"))["text"] == words("ask", language)


async def test_a_language_can_be_chosen(talk: Talk) -> None:
    """By a button or by its name; it holds for that person, and after a restart."""
    reply = await talk.say("/language")
    assert labels(reply) == list(LANGUAGES.values())
    shown = await talk.press(reply, "Ελληνικά")
    assert shown["text"] == words("language_chosen", "el")
    assert (await talk.say("/ask"))["text"] == words("ask", "el")
    assert (await talk.say("/ask", BEN))["text"] == words("ask")
    await talk.say("/language français")
    assert (await talk.say("/ask"))["text"] == words("ask", "fr")


async def test_quotes_are_not_translated(talk: Talk) -> None:
    """Only the words around them are."""
    talk.server.person(BEN, language_code="uk")
    english, ukrainian = await talk.say(QUESTION), await talk.say(QUESTION, BEN)
    quote = (await talk.engine.ask(QUESTION)).quotes[0].text
    assert quote in english["text"]
    assert quote in ukrainian["text"]
    assert labels(english)[0] != labels(ukrainian)[0]


async def test_to_forget_deletes_all_that_is_kept(talk: Talk, tmp_path: Path) -> None:
    """Questions, votes and the language; nothing of anybody else. What was asked is no context any more."""
    reply = await talk.say(QUESTION)
    await talk.press(reply, "👍")
    await talk.say("/language uk")
    await talk.say(QUESTION, BEN)
    said = await talk.say("/forget")
    assert said["text"] == words("forgotten", "uk", forgotten=Forgotten(1, 1, True))
    assert "❝" not in (await talk.say("more"))["text"]
    await talk.settled()
    with sqlite3.connect(tmp_path / "data" / NAME) as db:
        for table in ("votes", "people"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        kept = db.execute("SELECT person, question FROM replies ORDER BY person").fetchall()
    db.close()
    assert kept == [(ADA, "more"), (BEN, QUESTION)]
    assert "❝" in (await talk.say("more", BEN))["text"]


async def test_about_says_what_is_kept_and_for_how_long(bridges: Path, tmp_path: Path) -> None:
    """The days are those of the setting."""
    async with talking(bridges, tmp_path / "data", keep_days=12) as talk:
        reply = await talk.say("/about")
        assert "12 days" in reply["text"]
        assert f"account is {ADA}." in reply["text"]
        assert "/forget" in reply["text"]


async def test_who_asks_too_much_is_told_so_once(talk: Talk) -> None:
    """The 21st question within a minute gets one line, those after it none; others are answered."""
    for number in range(24):
        talk.server.say(ADA, f"Who is number {number}?")
    await talk.settled()
    own = [message["text"] for message in talk.server.sent]
    assert len(own) == 21
    assert own[20] == words("flood")
    assert "❝" in (await talk.say(QUESTION, BEN))["text"]


async def test_who_blocked_the_bot_costs_nothing(bridges: Path, tmp_path: Path) -> None:
    """One call, and on with the others."""
    async with talking(bridges, tmp_path / "data", refused=2) as talk:
        talk.server.delay("sendChatAction", 0.1)
        talk.server.say(ADA, QUESTION)
        talk.server.block(ADA)
        assert "❝" in (await talk.say(QUESTION, BEN))["text"]
        await talk.settled()
        assert {call.method for call in talk.server.refused} == {"sendChatAction", "sendMessage"}


async def test_a_question_that_is_gone_is_answered_all_the_same(talk: Talk) -> None:
    """The person deleted it meanwhile."""
    talk.server.delay("sendChatAction", 0.1)
    message = talk.server.say(ADA, QUESTION)
    talk.server.delete(message)
    [reply] = await talk.server.replies(1)
    assert "❝" in reply["text"]
    assert "reply_to_message" not in reply


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 2048,
        "👩‍👩‍👧‍👦 Who opened the bridge in Lima? 👩‍👩‍👧‍👦" * 20,
        "מי פתח את הגשר? \u202e Who opened the bridge in Lima?",
        "\u0301" * 500,
    ],
)
async def test_odd_letters_are_met_kindly(talk: Talk, text: str) -> None:
    """Emoji to the limit, right-to-left writing, accents on nothing."""
    reply = await talk.say(text)
    assert reply["text"] != words("failed")


async def test_emoji_beyond_the_limit_are_quoted_in_pieces(tmp_path: Path) -> None:
    """2,049 of them are 4,098 of what Telegram counts: a page that shows them is cut between two messages."""
    folder = tmp_path / "emoji"
    folder.mkdir()
    words = ("A bridge was opened.", "The mayor left early.", "Rain is expected tomorrow.")
    for number in range(3):
        (folder / f"{number}.md").write_text(f"---\ntitle: {'🌉' * 683}\n---\n{words[number]}\n", encoding="utf-8")
    async with talking(folder, tmp_path / "data") as talk:
        await talk.say("/sources", replies=2)
        await talk.settled()
        assert sum(message["text"].count("🌉") for message in talk.server.sent) == 2049


async def test_right_to_left_articles_are_quoted(tmp_path: Path) -> None:
    """Word for word, as they are written."""
    folder = tmp_path / "hebrew"
    folder.mkdir()
    text = "הגשר בחיפה\n\nהגשר החדש בחיפה נפתח ביום שני על ידי ראש העיר, דנה לוי.\n"
    (folder / "haifa.txt").write_text(text, encoding="utf-8")
    async with talking(folder, tmp_path / "data") as talk:
        reply = await talk.say("הגשר החדש בחיפה")
        assert "הגשר החדש בחיפה נפתח" in reply["text"]


async def test_a_reply_of_twelve_thousand_characters_comes_in_pieces(tmp_path: Path) -> None:
    """Forty long titles: each message is within the limit, nothing is lost, all in order."""
    folder = tmp_path / "long"
    folder.mkdir()
    for number in range(40):
        letters = chr(97 + number % 26) + chr(97 + number // 26)
        title = f"Title {number:02} of the <long> & winding bridges " + "and roads " * 28
        (folder / f"{number:02}.md").write_text(
            f"---\ntitle: {title.strip()}\n---\n{letters * 5} {letters * 7}.\n", encoding="utf-8"
        )
    async with talking(folder, tmp_path / "data") as talk:
        await talk.say("/sources", replies=4)
        await talk.settled()
        whole = "\n".join(message["text"] for message in talk.server.sent)
        assert len(whole) > 12_000
        shown = re.findall(r"Title (\d\d) of the <long> & winding bridges", whole)
        assert shown == sorted(f"{number:02}" for number in range(40))
        assert max(len(message["text"].encode("utf-16-le")) // 2 for message in talk.server.sent) <= 4096


async def test_refused_markup_is_sent_as_plain_text_and_counted(talk: Talk) -> None:
    """The person reads the answer, the operator that there is a fault of ours."""
    talk.server.fail("sendMessage", 400, "Bad Request: can't parse entities: unexpected end tag")
    reply = await talk.say(QUESTION)
    assert "❝" in reply["text"]
    assert "entities" not in reply
    assert "plain text: 1" in (await talk.say("/stats", OPERATOR))["text"]


async def test_operators_see_how_it_goes(talk: Talk) -> None:
    """Numbers, the state of the articles, what was not found or voted down; and a menu of their own."""
    reply = await talk.say(QUESTION)
    await talk.press(reply, "👎")
    await talk.say(FOREIGN)
    await talk.say(FOREIGN.lower(), BEN)
    await talk.settled(BEN)
    stats = (await talk.say("/stats", OPERATOR))["text"]
    assert "last day: 3 from 2 people, 2 not found, 0 👍, 1 👎" in stats
    assert "5 articles on file" in (await talk.say("/status", OPERATOR))["text"]
    missed = (await talk.say("/unanswered", OPERATOR))["text"]
    assert QUESTION in missed
    assert "voted down" in missed
    assert "2 times" in missed
    await talk.server.until(lambda: (f"chat {OPERATOR}", "el") in talk.server.commands)
    menu = {command["command"] for command in talk.server.commands[f"chat {OPERATOR}", ""]}
    assert menu == EVERYBODY | {"stats", "status", "reindex", "unanswered"}


async def test_operators_can_have_the_articles_read_anew(talk: Talk, bridges: Path) -> None:
    """The reply says what is new."""
    (bridges / "Bern.txt").write_text("A bridge for Bern\n\nIt was opened by nobody.\n", encoding="utf-8")
    reply = await talk.say("/reindex", OPERATOR)
    assert "6 articles" in reply["text"]


@pytest.mark.parametrize("command", ["/stats", "/status", "/reindex", "/unanswered"])
async def test_nobody_else_does(talk: Talk, command: str) -> None:
    """For them these are commands that there are not; nor are they for an operator in a group."""
    assert (await talk.say(command))["text"] == words("help", **await on_page(talk.engine))


async def test_unanswered_is_empty_at_first(talk: Talk) -> None:
    """There is nothing to tell of."""
    assert (await talk.say("/unanswered", OPERATOR))["text"] == words("unanswered", missed=[])


async def test_unanswered_shows_the_beginning_of_what_was_asked(talk: Talk) -> None:
    """Thirty questions of four thousand characters would be thirty messages; `dateline feedback` has all of each."""
    await talk.say("zorblax " * 500)
    reply = await talk.say("/unanswered", OPERATOR)
    assert "zorblax…" in reply["text"]
    assert len(reply["text"]) < 500


async def test_there_is_an_answer_to_each_command(talk: Talk) -> None:
    """What is taken for a command in a group is one, and the menu has them all."""
    assert COMMANDS == EVERYBODY
    for command in sorted(COMMANDS - {"help"}):
        assert (await talk.say(f"/{command}"))["text"] != words("help", **await on_page(talk.engine))


async def test_the_question_to_begin_with_is_a_button(talk: Talk) -> None:
    """Whoever does not know how to ask presses it; the answer stands under it."""
    reply = await talk.say("/start")
    [label] = labels(reply)
    assert label in reply["text"]
    answer = await talk.press(reply, label, replies=1)
    assert answer["text"].startswith(label)
    assert "❝" in answer["text"]
    assert labels(talk.now(reply)) == []


async def test_a_caption_is_a_question(talk: Talk) -> None:
    """What stands under a photo is asked; the other photos sent with it ask for nothing."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    talk.server.post(ADA, photo=photo, caption=QUESTION, media_group_id="9")
    talk.server.post(ADA, photo=photo, media_group_id="9")
    await talk.settled()
    [reply] = talk.server.sent
    assert "❝" in reply["text"]


async def test_a_language_is_something_to_forget(talk: Talk) -> None:
    """Where nothing else is kept."""
    await talk.say("/language fr")
    assert (await talk.say("/forget"))["text"] == words("forgotten", "fr", forgotten=Forgotten(0, 0, True))
    assert (await talk.say("/forget"))["text"] == words("forgotten", forgotten=Forgotten(0, 0, False))


async def test_only_questions_count_as_questions(talk: Talk) -> None:
    """Not the first page, nor further quotes, which are forgotten, too."""
    await talk.say("/start")
    await talk.say(QUESTION)
    await talk.say("more")
    await talk.settled()
    assert (await talk.say("/forget"))["text"] == words("forgotten", forgotten=Forgotten(1, 0))


async def test_who_sends_too_much_of_anything_is_told_so_once(talk: Talk) -> None:
    """Commands and stickers are messages to the bot like questions."""
    for number in range(24):
        if number % 2:
            talk.server.say(ADA, "/about")
        else:
            talk.server.post(ADA, dice={"emoji": "🎲", "value": 1})
    await talk.settled()
    assert len(talk.server.sent) == 21
    assert talk.server.sent[-1]["text"] == words("flood")


async def test_more_after_the_first_page_is_of_the_answer_before(talk: Talk) -> None:
    """A page is no turn of the conversation, also when one replies to it."""
    await talk.say(QUESTION)
    page = await talk.say("/start")
    assert "❝" in (await talk.say("more", reply_to_message=page))["text"]


async def test_who_is_an_operator_no_more_loses_the_menu(bridges: Path, tmp_path: Path) -> None:
    """At the next start."""
    async with Engine.open(EngineSettings(bridges)) as engine, BotApiServer(TOKEN) as server:
        async with running(server, engine, tmp_path, operators=str(OPERATOR)):
            await Talk(server, engine).say("/status", OPERATOR)
            await server.until(lambda: (f"chat {OPERATOR}", "el") in server.commands)
            await Talk(server, engine).settled(OPERATOR)
        async with running(server, engine, tmp_path):
            await server.called("deleteMyCommands", len(LANGUAGES))
        assert [scope for scope, _ in server.commands if scope.startswith("chat")] == []
        assert server.refused == []


async def test_a_database_that_cannot_be_read_is_waited_for(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever becomes of the disk, who asked is answered in the end."""
    monkeypatch.setattr(inbox, "FIRST_WAIT", 0.01)

    async def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(State, "rows", broken)
        talk.server.say(ADA, QUESTION)
        await logged(caplog, "disk I/O error", 2)
    assert "❝" in (await talk.server.replies(1))[0]["text"]


async def test_articles_that_cannot_be_read_anew_are_told(talk: Talk, bridges: Path) -> None:
    """In the line that the command would print; what is served stays as it is."""
    shutil.move(bridges, bridges.with_name("elsewhere"))
    reply = await talk.say("/reindex", OPERATOR)
    assert f"There is no folder of articles at {bridges}" in reply["text"]
    assert "❝" in (await talk.say(QUESTION))["text"]
