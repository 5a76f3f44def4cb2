"""What is kept of people in the inbox, and that nothing of it is left in any file once they are forgotten."""

from pathlib import Path

import pytest
from talks import ADA, BEN, FOREIGN, QUESTION, talking, words

from bot.state.database import State
from bot.state.people import People
from bot.state.updates import Updates

pytestmark = pytest.mark.usefixtures("unhurried")

BOT = 4242


def _said(number: int, person: int) -> dict[str, object]:
    return {"update_id": number, "message": {"text": "My secret", "from": {"id": person, "first_name": "Ada"}}}


def _files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("state.db*"))


async def test_what_is_done_says_nothing_of_anybody(tmp_path: Path) -> None:
    """Of an update that is done there is its number, and neither what it held nor whose it was."""
    async with State.open(tmp_path) as state:
        updates = Updates(state, BOT)
        await updates.add([_said(1, ADA)])
        [one] = await updates.waiting(0, 1)
        await updates.finish(one.number)
        assert [("done", "", None)] == await state.rows("SELECT state, body, person FROM inbox")


async def test_what_was_set_aside_is_forgotten_too(tmp_path: Path) -> None:
    """That of the person alone."""
    async with State.open(tmp_path) as state:
        updates = Updates(state, BOT)
        await updates.add([_said(1, ADA), _said(2, BEN)])
        for one in await updates.waiting(0, 2):
            await updates.set_aside(one.number, "failed")
        await People(state).forget(ADA)
        assert [(BEN,)] == await state.rows("SELECT person FROM inbox")


async def test_nothing_that_was_said_is_left_in_a_file(bridges: Path, tmp_path: Path) -> None:
    """Once somebody is forgotten, neither their questions nor the answers are anywhere in the database's files."""
    folder = tmp_path / "data"
    async with talking(bridges, folder) as talk:
        await talk.say(QUESTION)
        await talk.say(FOREIGN)
        assert "Unheard-of" in _files(folder).decode("utf-8", "ignore")
        forgotten = await talk.say("/forget")
        assert words("forgotten", forgotten={"questions": 2, "votes": 0, "language": False}) == forgotten["text"]
        await talk.settled()
        left = _files(folder)
    assert [] == [said for said in ("Unheard-of", "opened by the mayor", QUESTION) if said.encode() in left]
