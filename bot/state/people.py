"""What is kept of a person: the language that they chose, what they asked, how they voted; and all of it forgotten."""

from dataclasses import dataclass

from bot.state.database import State

_MENU = "menu of "


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted of a person, and whether their language was."""

    questions: int
    votes: int
    language: bool = False


class People:
    """The people who talk to the bot."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def language(self, person: int) -> str | None:
        """The language that somebody chose, if they did.

        Asked each time, for another process may put an older state back; that takes 0.1 ms.
        """
        rows = await self._state.rows("SELECT language FROM people WHERE id = ?", person)
        return rows[0][0] if rows else None

    async def choose(self, person: int, language: str) -> None:
        """Note the language that somebody chose."""
        await self._state.write("INSERT OR REPLACE INTO people VALUES (?, ?)", person, language)

    async def forget(self, person: int) -> Forgotten:
        """Delete all that is kept of somebody."""
        async with self._state.writing() as db:
            votes = (await db.execute("DELETE FROM votes WHERE person = ?", (person,))).rowcount
            asked = "DELETE FROM replies WHERE person = ? AND part = 'answer'"
            questions = (await db.execute(asked, (person,))).rowcount
            await db.execute("DELETE FROM replies WHERE person = ?", (person,))
            language = (await db.execute("DELETE FROM people WHERE id = ?", (person,))).rowcount
            await db.execute("DELETE FROM inbox WHERE person = ? AND state = 'aside'", (person,))
        await self._state.erase()
        return Forgotten(questions, votes, bool(language))


def menu_of(person: int) -> str:
    """The name of the note that somebody has the operators' menu."""
    return f"{_MENU}{person}"


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

    async def menus(self) -> list[int]:
        """Who has the operators' menu."""
        names = await self._state.rows("SELECT name FROM notes WHERE name GLOB ?", f"{_MENU}*")
        return [int(name.removeprefix(_MENU)) for (name,) in names]

    async def drop(self, name: str) -> None:
        """Throw a note away."""
        await self._state.write("DELETE FROM notes WHERE name = ?", name)

    async def count(self, name: str) -> None:
        """Add one to a note that is a number."""
        query = "INSERT INTO notes VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        await self._state.write(query, name)
