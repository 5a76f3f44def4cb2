"""What is kept of a person: the language that they chose, what they asked, how they voted; and all of it forgotten."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from bot.state.database import State

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted of a person."""

    questions: int
    votes: int


class People:
    """The people who talk to the bot."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._languages: OrderedDict[int, str | None] = OrderedDict()

    async def language(self, person: int) -> str | None:
        """The language that somebody chose, if they did."""
        if person not in self._languages:
            rows = await self._state.rows("SELECT language FROM people WHERE id = ?", person)
            self._remember(person, rows[0][0] if rows else None)
        return self._languages[person]

    async def choose(self, person: int, language: str) -> None:
        """Note the language that somebody chose."""
        await self._state.write("INSERT OR REPLACE INTO people VALUES (?, ?)", person, language)
        self._remember(person, language)

    async def forget(self, person: int) -> Forgotten:
        """Delete all that is kept of somebody."""
        async with self._state.writing() as db:
            votes = (await db.execute("DELETE FROM votes WHERE person = ?", (person,))).rowcount
            questions = (await db.execute("DELETE FROM replies WHERE person = ?", (person,))).rowcount
            await db.execute("DELETE FROM people WHERE id = ?", (person,))
        self._languages.pop(person, None)
        return Forgotten(questions, votes)

    def _remember(self, person: int, language: str | None) -> None:
        self._languages[person] = language
        if len(self._languages) > _REMEMBERED:
            self._languages.popitem(last=False)


class Notes:
    """What the bot keeps for itself, by name."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, name: str) -> str:
        """A note, or nothing."""
        rows = await self._state.rows("SELECT value FROM notes WHERE name = ?", name)
        return rows[0][0] if rows else ""

    async def put(self, name: str, value: str) -> None:
        """Write a note."""
        await self._state.write("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value)

    async def count(self, name: str) -> None:
        """Add one to a note that is a number."""
        query = "INSERT INTO notes VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        await self._state.write(query, name)


class Links:
    """Questions too long for a link of Telegram's, by a short key."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def put(self, key: str, question: str) -> None:
        """Keep a question under a key."""
        await self._state.write("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", key, question, int(time.time()))

    async def get(self, key: str) -> str | None:
        """The question under a key, if it is still kept."""
        rows = await self._state.rows("SELECT question FROM links WHERE key = ?", key)
        return rows[0][0] if rows else None
