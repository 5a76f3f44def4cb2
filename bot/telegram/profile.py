"""Templates in; what Telegram shows of the bot out: its menus, for whom they are, and its descriptions, by language."""

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.languages import ENGLISH, LANGUAGES, PROMPTS
from bot.state.people import Notes, menu_of
from bot.telegram.voices import voice

Call = partial[Any]

_SCOPES = {"private": BotCommandScopeAllPrivateChats(), "groups": BotCommandScopeAllGroupChats()}

log = logging.getLogger(__name__)


class Profile:
    """Keeps the profile of `bot` as the templates have it; what is set is noted, and not set again at each start."""

    def __init__(self, bot: Bot, notes: Notes) -> None:
        self._bot = bot
        self._notes = notes
        self._greeted: set[int] = set()

    async def introduce(self, operators: Collection[int] = ()) -> None:
        """Set the menus and the descriptions, and take theirs from those who are operators no more."""
        await self._once("profile", self._calls)
        for person in await self._notes.menus():
            if person not in operators:
                scope = BotCommandScopeChat(person)
                calls = [partial(self._bot.delete_my_commands, scope, _code(language)) for language in LANGUAGES]
                if all([await _done(call) for call in calls]):
                    await self._notes.drop(menu_of(person))

    async def greet(self, operator: int) -> None:
        """Set the menu of an operator; their chat is one that Telegram knows since they have written to the bot."""
        if operator in self._greeted:
            return
        self._greeted.add(operator)
        scope = BotCommandScopeChat(operator)

        def menu(language: str) -> list[Call]:
            return [partial(self._bot.set_my_commands, _menu("operators", language), scope, _code(language))]

        await self._once(menu_of(operator), menu)

    def _calls(self, language: str) -> list[Call]:
        words, code = voice(language).plain, _code(language)
        return [
            *(
                partial(self._bot.set_my_commands, _menu(menu, language), scope, code)
                for menu, scope in _SCOPES.items()
            ),
            partial(self._bot.set_my_description, words.render("bot_description"), code),
            partial(self._bot.set_my_short_description, words.render("bot_short_description"), code),
        ]

    async def _once(self, name: str, calls: Callable[[str], Iterable[Call]]) -> None:
        """Make the calls of each language, unless that was done before in the same words."""
        digest = f"{self._bot.id} {await asyncio.to_thread(_wording)}"
        try:
            if await self._notes.get(name) == digest:
                return
            if all([await _done(call) for language in LANGUAGES for call in calls(language)]):  # each is tried
                await self._notes.put(name, digest)
        except sqlite3.Error as error:  # it is set again the next time
            log.warning("what is set of the profile could not be noted: %s", error)


def _wording() -> str:
    """A digest of all that the profile is made of: reading it is cheap, to say it would load each language."""
    files = sorted([*PROMPTS.glob("bot_*"), *PROMPTS.glob("commands*"), *PROMPTS.glob("locale/*/*/*.po")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


async def _done(call: Call) -> bool:
    try:
        await call()
    except TelegramError as error:
        log.warning("%s failed, the profile stays as it is: %s", call.func.__name__, error)
        return False
    return True


def _menu(menu: str, language: str) -> list[tuple[str, str]]:
    lines = voice(language).plain.render("commands", menu=menu).splitlines()
    return [(name, description) for name, _, description in (line.partition(" - ") for line in lines)]


def _code(language: str) -> str | None:
    """The language for Telegram; what is set for none is for everybody else, too."""
    return None if language == ENGLISH else language
