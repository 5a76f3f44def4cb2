"""A person in; the templates in their language out: the one that they chose, or else that of their Telegram."""

from dataclasses import dataclass
from functools import cache

from bot.languages import nearest
from bot.rendering import Renderer
from bot.state.people import People


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody is talked to: in messages, and in what has no markup, such as buttons."""

    language: str
    message: Renderer
    plain: Renderer


@cache
def voice(language: str) -> Voice:
    """The voice for one of the languages."""
    return Voice(
        language,
        Renderer("html", language=language, numbered=True, expandable=True),
        Renderer("text", language=language),
    )


class Voices:
    """Everybody's voice."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def of(self, person: int, code: str | None) -> Voice:
        """The voice for a person whose Telegram speaks `code`."""
        return voice(await self._people.language(person) or nearest(code))
