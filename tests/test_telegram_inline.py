"""Inline mode and links: cards with cited quotes for any chat, and the way from there to the bot."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BOT
from talks import ADA, BEN, FOREIGN, QUESTION, READERS, Talk, flat, on_page, talking, words

from bot.pages import key
from bot.telegram.links import Questions

LONG = "Who opened the bridge in Lima, " + "as far as anybody can tell from what was written about it, " * 3 + "please?"


pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data") as talk:
        yield talk


async def offered(talk: Talk, query: str, **fields: Any) -> dict[str, Any]:
    """What the bot answers to an inline query."""
    number = talk.server.inline(query, **fields)
    await talk.server.until(lambda: number in talk.server.inline_answers)
    return talk.server.inline_answers[number]


async def test_cards_hold_cited_quotes(talk: Talk) -> None:
    """Each card names its article and begins its quote; what it sends is the quote with title and date."""
    answer = await offered(talk, QUESTION)
    quotes = (await talk.engine.ask(QUESTION, most=10)).quotes
    assert 3 <= len(answer["results"]) == len(quotes) <= 10
    for card, quote in zip(answer["results"], quotes, strict=True):
        assert card["title"] == quote.article.title
        assert "undated" in card["description"]
        assert flat(quote.text)[:40] in flat(card["description"])
    assert answer["is_personal"]


async def test_a_chosen_card_sends_the_quote(talk: Talk) -> None:
    """In whatever chat, word for word, with its citation."""
    number = talk.server.inline(QUESTION)
    await talk.server.until(lambda: number in talk.server.inline_answers)
    message = talk.server.choose(number, 0, -999)
    quote = (await talk.engine.ask(QUESTION)).quotes[0]
    assert flat(quote.text) in flat(message["text"])
    assert f"— {quote.article.title}, undated" in message["text"]
    [[button]] = message["reply_markup"]["inline_keyboard"]
    link, _, payload = button["url"].partition("?start=")
    assert link == f"https://t.me/{BOT['username']}"
    assert (await talk.say(f"/start {payload}"))["text"].startswith(quote.article.title)


async def test_a_card_sent_to_the_bot_is_no_question(talk: Talk) -> None:
    """Whoever sends a card into the chat with the bot gets no answer to it."""
    number = talk.server.inline(QUESTION)
    await talk.server.until(lambda: number in talk.server.inline_answers)
    talk.server.chat(ADA)
    talk.server.choose(number, 0, ADA)
    await talk.settled()
    assert talk.server.sent == []


async def test_without_words_the_newest_articles_are_offered(seeds: Path, tmp_path: Path) -> None:
    """Each as a card with title, date and first lines."""
    async with talking(seeds, tmp_path / "data") as talk:
        answer = await offered(talk, " ")
        newest = talk.engine.latest(10)
        assert [card["title"].strip("[]") for card in answer["results"]] == [article.title for article in newest]
        assert "about 19 August 2025" in answer["results"][0]["description"]
        reply = await talk.say(f"/start {answer['button']['start_parameter']}")
        assert reply["text"] == words("start", **await on_page(talk.engine))


async def test_where_nothing_is_found_one_can_ask_in_private(talk: Talk) -> None:
    """No cards; the button says so and leads to the question."""
    answer = await offered(talk, FOREIGN)
    assert answer["results"] == []
    assert answer["button"]["text"] == words("buttons", button="not_found")
    reply = await talk.say(f"/start {answer['button']['start_parameter']}")
    assert FOREIGN in reply["text"]


@pytest.mark.parametrize("question", [QUESTION, LONG, "Хто відкрив міст у Лімі, і коли це було, скажіть?"])
async def test_ask_in_private_opens_the_question(talk: Talk, question: str) -> None:
    """However long it is, and in whatever letters: the answer stands under the question."""
    answer = await offered(talk, question)
    reply = await talk.say(f"/start {answer['button']['start_parameter']}")
    assert reply["text"].startswith(question)


async def test_a_link_opens_an_article(talk: Talk) -> None:
    """By its key, with its date and first lines."""
    reply = await talk.say(f"/start a{key('Lima.txt')}")
    assert reply["text"].startswith("A bridge for Lima")


@pytest.mark.parametrize(
    ("payload", "page"),
    [("akkkkkkkkkkk", "gone"), ("kzzz", "start"), ("q____", "start"), ("from-a-friend", "start"), ("q", "start")],
)
async def test_a_link_that_leads_nowhere_is_met_kindly(talk: Talk, payload: str, page: str) -> None:
    """What a link says may be old, cut or made up."""
    reply = await talk.say(f"/start {payload}")
    assert reply["text"] == words(page, **await on_page(talk.engine))


async def test_cards_are_in_the_language_of_who_asks(talk: Talk) -> None:
    """Their words, not those of the quotes."""
    talk.server.person(BEN, language_code="de")
    answer = await offered(talk, QUESTION, person=BEN)
    assert answer["button"]["text"] == words("buttons", "de", button="ask_in_private")


async def test_cards_change_with_the_articles(talk: Talk, bridges: Path) -> None:
    """The same query is answered from memory for as long as no article changes, and anew after that."""
    first, second = await offered(talk, QUESTION), await offered(talk, QUESTION)
    assert first["results"] == second["results"]
    (bridges / "Lima.txt").unlink()
    await talk.reads_on()
    titles = [card["title"] for card in (await offered(talk, QUESTION))["results"]]
    assert "A bridge for Lima" in [card["title"] for card in first["results"]]
    assert "A bridge for Lima" not in titles


async def test_a_query_that_is_too_old_is_no_failure(bridges: Path, tmp_path: Path) -> None:
    """People type on; what they typed before need not be answered."""
    async with talking(bridges, tmp_path / "data", refused=1) as talk:
        talk.server.expire(talk.server.inline(QUESTION))
        await talk.server.called("answerInlineQuery")
        assert (await offered(talk, QUESTION))["results"]


async def test_what_one_types_inline_is_remembered_in_no_chat(talk: Talk) -> None:
    """Neither in the person's own."""
    await offered(talk, QUESTION, person=ADA)
    assert "❝" not in (await talk.say("more"))["text"]
    assert "❝" not in (await talk.say("/ask more", READERS))["text"]


async def test_a_long_question_is_written_down_nowhere(talk: Talk) -> None:
    """It is remembered for a while for the link to it, and forgotten with its person."""
    answer = await offered(talk, LONG, person=ADA)
    payload = answer["button"]["start_parameter"]
    for file in talk.data_dir.glob("state.db*"):
        assert b"as far as anybody" not in file.read_bytes()
    await talk.say("/forget")
    reply = await talk.say(f"/start {payload}")
    assert reply["text"] == words("start", **await on_page(talk.engine))


def test_only_so_many_long_questions_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first."""
    monkeypatch.setattr("bot.telegram.links._REMEMBERED", 2)
    questions = Questions()
    payloads = [questions.payload(f"{LONG} {number}", ADA) for number in range(3)]
    assert [None, f"{LONG} 1", f"{LONG} 2"] == [questions.of(payload) for payload in payloads]
