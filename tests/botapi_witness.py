"""A Bot API server that looks into the bot's `state.db` each time that updates are confirmed to it: are they there?"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from botapi_server import BotApiServer
from running import QUESTION, TOKEN


class Witness(BotApiServer):
    """`lost` are the updates that were confirmed although they are not kept in the data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(TOKEN)
        self.lost: list[int] = []
        self.asked: list[tuple[int, int]] = []
        self._state = data_dir / "state.db"

    def ask(self, chat: int) -> None:
        """Somebody asks what the bridges can answer."""
        self.asked.append((chat, self.say(chat, QUESTION)["message_id"]))

    async def all_answered(self, within: float = 60.0) -> None:
        """Wait until each question has its answer."""
        await self.until(lambda: self.answers().keys() >= {*self.asked}, within)

    def answers(self) -> Counter[tuple[int, int]]:
        """How often each message was answered."""
        hung = ((sent["chat"]["id"], sent.get("reply_to_message")) for sent in self.sent)
        return Counter((chat, asked["message_id"]) for chat, asked in hung if asked)

    async def _get_updates(self, values: dict[str, Any], reader: asyncio.StreamReader) -> list[dict[str, Any]]:
        confirmed = {one["update_id"] for one in self._updates if one["update_id"] < values.get("offset", 0)}
        if confirmed:
            self.lost += confirmed - kept(self._state)
        return await super()._get_updates(values, reader)


def kept(state: Path) -> set[int]:
    """The updates in a `state.db`, done or not."""
    with closing(sqlite3.connect(f"{state.as_uri()}?mode=ro", uri=True)) as db:
        return {number for (number,) in db.execute("SELECT update_id FROM inbox")}


async def true(fact: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(1200):
        if fact():
            return
        await asyncio.sleep(0.05)
    raise AssertionError
