"""An index that is away for a moment: it is said so, nothing wrong is remembered, and what is there is shown."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from talks import ADA, QUESTION, Talk, labels, talking, words

from retrieval import Answer, Engine, IndexAway

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
async def talk(bridges: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(bridges, tmp_path / "data") as talk:
        yield talk


@contextmanager
def away(after: int = 0) -> Iterator[None]:
    """Meanwhile the index does not answer, or only so many questions."""
    ask, asked = Engine.ask, 0

    async def fails(self: Engine, text: str, before: Answer | None = None, most: int = 5) -> Answer:
        nonlocal asked
        asked += 1
        if asked > after:
            raise IndexAway("http://127.0.0.1:9200", "refused")
        return await ask(self, text, before, most)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "ask", fails)
        yield


async def test_a_question_is_told_so_and_answered_later(talk: Talk) -> None:
    """It is no question that the articles don't answer."""
    with away():
        assert (await talk.say(QUESTION))["text"] == words("away")
    assert "❝" in (await talk.say(QUESTION))["text"]


async def test_a_command_is_told_so(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, which is no fault of ours."""

    async def fails(*_: object) -> None:
        raise IndexAway("http://127.0.0.1:9200", "refused")

    monkeypatch.setattr(Engine, "newest_on", fails)
    assert (await talk.say("/latest Lima"))["text"] == words("away")
    number = talk.server.inline("")
    await talk.server.until(lambda: number in talk.server.inline_answers)
    assert talk.server.inline_answers[number]["results"] == []


async def test_cards_come_when_it_is_back(talk: Talk) -> None:
    """Neither the bot nor Telegram remembers that there were none."""
    answers = []
    with away():
        first = talk.server.inline(QUESTION)
        await talk.server.until(lambda: first in talk.server.inline_answers)
        answers.append(talk.server.inline_answers[first])
    second = talk.server.inline(QUESTION)
    await talk.server.until(lambda: second in talk.server.inline_answers)
    answers.append(talk.server.inline_answers[second])
    assert [0, 3] == [min(3, len(answer["results"])) for answer in answers]
    assert answers[0]["cache_time"] == 0
    assert answers[0]["button"]["text"] == words("buttons", button="ask_in_private")


async def test_what_was_asked_before_is_still_known(bridges: Path, tmp_path: Path) -> None:
    """After a restart the answer before is made again for a follow-up; where that fails, it is made the next time."""
    async with talking(bridges, tmp_path / "data") as talk:
        await talk.say("Who opened the bridge in Oslo?")
        await talk.settled()
        expected = await talk.engine.ask("And when?", await talk.engine.ask("Who opened the bridge in Oslo?"))
    assert expected.quotes
    async with talking(bridges, tmp_path / "data") as talk:
        with away():
            assert (await talk.say("And when?"))["text"] == words("away")
        assert (
            expected.quotes[0].text.split() == (await talk.say("And when?"))["text"].split("❝")[1].split("❞")[0].split()
        )


async def test_an_answer_that_is_there_is_sent_without_suggestions(seeds: Path, tmp_path: Path) -> None:
    """Those would have to be tried."""
    async with talking(seeds, tmp_path / "data") as talk:
        with away(after=1):
            reply = await talk.say("Who leads the coalition of the willing?")
        assert "❝" in reply["text"]
        assert not any(label.endswith("?") for label in labels(reply))


async def test_an_edited_question_keeps_its_answer_meanwhile(talk: Talk) -> None:
    """And is told so below."""
    question = talk.server.say(ADA, QUESTION)
    [reply] = await talk.server.replies(1)
    before = talk.now(reply)["text"]
    await talk.settled()
    with away():
        await talk.edit(question, "Who opened the bridge in Oslo?")
    assert talk.now(reply)["text"] == before
    assert talk.server.sent[-1]["text"] == words("away")


@pytest.mark.parametrize("command", ["/start", "/help", "/nonsense"])
async def test_pages_are_there_all_the_same(talk: Talk, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The question to begin with is then one about a title, which nobody has tried."""

    async def fails(*_: object) -> None:
        raise IndexAway("http://127.0.0.1:9200", "refused")

    monkeypatch.setattr(Engine, "leads", fails)
    reply = await talk.say(command)
    assert "/sources" in reply["text"]
    assert "“A bridge for" in reply["text"]
