"""A person in; the templates in their language out: the one that they chose, or else that of their Telegram."""

import logging
import sqlite3
from dataclasses import dataclass
from functools import cache

from bot.languages import nearest
from bot.rendering import Renderer
from bot.state.people import People

log = logging.getLogger(__name__)


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
        try:
            chosen = await self._people.language(person)
        except sqlite3.Error as error:  # they must be told so, and in some language
            log.error("the language that somebody chose can't be read: %s", error)
            chosen = None
        return voice(chosen or nearest(code))
