"""What happens to one update: its stages are timed, and what came of its question is counted and logged once."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import QUESTION
from talks import ADA, FOREIGN, talking

from bot import logs, metrics
from bot.telegram import timing


@pytest.fixture(autouse=True)
def _questions_not_shown() -> Iterator[None]:
    yield
    logs._questions.clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is counted and observed."""
    told: dict[str, list[Any]] = {"questions": [], "stages": []}
    monkeypatch.setattr(metrics, "count_question", lambda *one: told["questions"].append(one))
    monkeypatch.setattr(metrics, "observe", lambda *one: told["stages"].append(one))
    return told


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The facts of each line about a question."""
    own = {*vars(logging.makeLogRecord({})), "message", "asctime"}
    records = [one for one in caplog.records if one.name == timing.__name__]
    assert {one.getMessage() for one in records} <= {"question"}
    return [{name: value for name, value in vars(one).items() if name not in own} for one in records]


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")


def test_a_question_is_told_at_its_end(counted: dict[str, list[Any]], caplog: pytest.LogCaptureFixture) -> None:
    """Who asked, what came of it, and the milliseconds of each stage; several stages of a name are one; no words."""
    with timing.following(update_id=5, chat=-7, person=9, waited=0.25):
        timing.asked("Who?")
        for _ in range(2):
            with timing.stage("sending"):
                pass
        timing.note(status="answered", confidence=0.9, quotes=2)
        timing.note(reply=3)
        assert [] == lines(caplog)
    [line] = lines(caplog)
    times = {name: line.pop(name) for name in [*line] if name.endswith("_ms")}
    facts = {"kind": "message", "status": "answered", "confidence": 0.9, "quotes": 2, "reply": 3}
    assert {"update": 5, "chat": -7, "person": 9, **facts} == line
    assert ["waiting_ms", "sending_ms", "whole_ms"] == list(times)
    assert times["waiting_ms"] == 250
    assert times["whole_ms"] >= 250
    assert [("message", "answered")] == counted["questions"]
    assert [("waiting", 0.25)] == counted["stages"][:1]
    assert ["waiting", "sending", "whole"] == [name for name, _ in counted["stages"]]


def test_questions_are_logged_only_where_that_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    """Then with their words."""
    for wanted in (False, True):
        (logs._questions.set if wanted else logs._questions.clear)()
        with timing.following(update_id=5, chat=7, person=7):
            timing.asked("Who?")
    assert [None, "Who?"] == [line.get("question") for line in lines(caplog)]


def test_what_asks_nothing_is_not_told(counted: dict[str, list[Any]], caplog: pytest.LogCaptureFixture) -> None:
    """A command, or a vote."""
    with timing.following(update_id=5, chat=7, person=7), timing.stage("search"):
        timing.note(status="answered")
    assert ([], {"questions": [], "stages": []}) == (lines(caplog), counted)


def test_outside_of_an_update_nothing_is_noted() -> None:
    """What is called from elsewhere works as ever."""
    timing.asked("Who?")
    timing.note(status="answered")
    with timing.stage("search"):
        pass


def test_who_says_first_what_a_question_came_in_knows_best(caplog: pytest.LogCaptureFixture) -> None:
    """A press lets a question be answered as if it had been written."""
    with timing.following(update_id=5, chat=7, person=7):
        timing.asked("Who?", "press")
        timing.asked("Who?")
    assert ["press"] == [line["kind"] for line in lines(caplog)]


@pytest.mark.parametrize(("error", "status"), [(ValueError, "failed"), (asyncio.CancelledError, "unanswered")])
def test_what_goes_wrong_is_told_and_raised(
    caplog: pytest.LogCaptureFixture, error: type[BaseException], status: str
) -> None:
    """A question that failed counts as such, one that was broken off when the bot stopped as unanswered."""
    with pytest.raises(error), timing.following(update_id=5, chat=7, person=7):  # noqa: PT012
        timing.asked("Who?")
        with timing.stage("search"):
            raise error
    [line] = lines(caplog)
    assert status == line["status"]
    assert "search_ms" in line


async def test_updates_that_are_handled_side_by_side_are_told_apart(caplog: pytest.LogCaptureFixture) -> None:
    """Each task has its own, and what a task begins belongs to it."""

    async def handle(number: int) -> None:
        with timing.following(update_id=number, chat=number, person=number):
            await asyncio.sleep(0)
            timing.asked("Who?")
            await asyncio.create_task(search(number))

    async def search(number: int) -> None:
        await asyncio.sleep(0)
        with timing.stage("search"):
            timing.note(status="answered", quotes=number)

    await asyncio.gather(*map(handle, range(20)))
    assert sorted((number, number) for number in range(20)) == sorted(
        (one["update"], one["quotes"]) for one in lines(caplog)
    )
    assert all("search_ms" in line for line in lines(caplog))


async def test_everything_that_people_ask_is_told_once(
    bridges: Path, tmp_path: Path, unhurried: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages, edits, presses and inline queries, with what came of them; commands and votes are no questions."""
    async with talking(bridges, tmp_path / "data") as talk:
        question = talk.server.say(ADA, QUESTION)
        await talk.server.replies(1)
        answer = talk.server.sent[-1]
        await talk.press(answer, "👍")
        await talk.press(answer, "➕ More sources", replies=1)
        await talk.say("more")
        await talk.say(FOREIGN)
        await talk.say("hello")
        await talk.say("/help")
        await talk.edit(question, "Who opened the bridge in Oslo?")
        for typed in (QUESTION, FOREIGN, ""):
            query = talk.server.inline(typed)
            await talk.server.until(
                lambda query=query: (
                    query in [one.parameters["inline_query_id"] for one in talk.server.of("answerInlineQuery")]
                )
            )
    told = [(one["kind"], one["status"]) for one in lines(caplog)]
    assert [
        ("message", "answered"),
        ("press", "more"),
        ("message", "no_more"),
        ("message", "not_found"),
        ("message", "smalltalk"),
        ("edit", "answered"),
        ("inline", "answered"),
        ("inline", "not_found"),
    ] == told
    first = lines(caplog)[0]
    assert (ADA, ADA, 3, 1) == (first["chat"], first["person"], first["quotes"], first["reply"])
    assert {"waiting_ms", "search_ms", "suggestions_ms", "sending_ms", "whole_ms"} <= set(first)


async def test_no_word_of_anybody_is_logged(
    bridges: Path, tmp_path: Path, unhurried: None, caplog: pytest.LogCaptureFixture
) -> None:
    """At the level of DEBUG neither the bot nor a library says what people ask, nor what they are answered."""
    logs.configure("DEBUG")
    logging.getLogger().addHandler(caplog.handler)
    async with talking(bridges, tmp_path / "data") as talk:
        answer = await talk.say("Who opened the bridge in Ghent, unutterably?")
        await talk.press(answer, "👎")
        await talk.say("Who is Unutterable Zorblax?")
        await talk.say("/latest unutterable")
        await talk.say("/timeline unutterable")
        await talk.say("/article unutterable")
    assert "connected as" in caplog.text
    assert 2 == len(lines(caplog))
    for word in ("nutterabl", "Ghent", "Maes", "Zorblax"):
        assert word not in caplog.text
