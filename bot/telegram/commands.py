"""A command in; the page that it asks for out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import ForceReply

from bot import pages
from bot.languages import LANGUAGES
from bot.pages import on_file
from bot.state.people import People
from bot.suggestions import opening
from bot.telegram import links
from bot.telegram.answering import Answering
from bot.telegram.heard import ASK, Heard
from bot.telegram.keyboards import markup, under_article, under_articles, under_languages
from bot.telegram.links import Questions
from bot.telegram.presses import Presses
from bot.telegram.sending import Keyboard, Sender
from bot.telegram.turns import Turns
from bot.telegram.voices import Voice, voice
from retrieval import Engine

Command = Callable[[Heard, Voice], Awaitable[None]]

_FEW = 8
"""Articles that have a button under a list of them."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What everybody may ask for."""

    engine: Engine
    sender: Sender
    people: People
    questions: Questions
    turns: Turns
    answering: Answering
    presses: Presses
    keep_days: int

    @property
    def all(self) -> Mapping[str, Command]:
        """The commands by name."""
        return {
            "start": self._start,
            "help": self.help,
            ASK: self._ask,
            "sources": self._sources,
            "latest": self._latest,
            "timeline": self._timeline,
            "article": self._article,
            "language": self._language,
            "forget": self._forget,
            "about": self._about,
        }

    async def help(self, said: Heard, talk: Voice) -> None:
        """What can be asked for, and how."""
        await self._say(said, talk, "help", **await self._page(talk))

    async def _start(self, said: Heard, talk: Voice) -> None:
        if (key := links.article_of(said.words)) is not None:
            await self.presses.open(key, said.place, talk)
        elif (question := self.questions.of(said.words)) is not None:
            await self.answering.answer(said.instead(question), talk)
        else:
            await self._welcome(said, talk)

    async def _welcome(self, said: Heard, talk: Voice) -> None:
        """The first page, with a button for the question that it proposes to begin with."""
        page = await self._page(talk)
        html = talk.message.render("start", **page)
        await self.answering.offer(said, talk, html, [page["opening"]] if page["opening"] else [])

    async def _page(self, talk: Voice) -> dict[str, Any]:
        """What pages about the collection need, with a question to begin with."""
        return on_file(self.engine) | {"opening": await opening(self.engine, talk.language)}

    async def _ask(self, said: Heard, talk: Voice) -> None:
        if said.words:
            await self.answering.answer(said, talk)
        else:
            await self._say(said, talk, "ask", under=None if said.private else ForceReply(selective=True))

    async def _sources(self, said: Heard, talk: Voice) -> None:
        await self._say(said, talk, "sources", **on_file(self.engine))

    async def _latest(self, said: Heard, talk: Voice) -> None:
        found = await pages.latest(self.engine, said.words)
        under = markup(under_articles(found.articles[:_FEW], talk.plain))
        await self._say(said, talk, "latest", under=under, latest=found)

    async def _timeline(self, said: Heard, talk: Voice) -> None:
        async with self.sender.typing(said.place):
            timeline = await pages.timeline(self.engine, said.words) if said.words else None
            await self._say(said, talk, "timeline", timeline=timeline)

    async def _article(self, said: Heard, talk: Voice) -> None:
        found = await pages.find_article(self.engine, said.words) if said.words else []
        if len(found) == 1:
            page = await pages.article_page(self.engine, found[0])
            await self._say(said, talk, "article", under=markup(under_article(found[0], talk.plain)), page=page)
            return
        under = markup(under_articles(found[:_FEW], talk.plain))
        await self._say(said, talk, "which_article", under=under, words=said.words, found=found[:_FEW])

    async def _language(self, said: Heard, talk: Voice) -> None:
        wanted = said.words.lower()
        chosen = next((code for code, name in LANGUAGES.items() if wanted in (code, name.lower())), None)
        if chosen is None:
            await self._say(said, talk, "language", under=markup(under_languages()))
            return
        await self.people.choose(said.person, chosen)
        await self._say(said, voice(chosen), "language_chosen")

    async def _forget(self, said: Heard, talk: Voice) -> None:
        forgotten = await self.people.forget(said.person)
        self.turns.forget()
        self.questions.forget(said.person)
        await self._say(said, talk, "forgotten", forgotten=forgotten)

    async def _about(self, said: Heard, talk: Voice) -> None:
        await self._say(said, talk, "about", days=self.keep_days, number=said.person if said.private else None)

    async def _say(
        self, said: Heard, talk: Voice, name: str, /, *, under: Keyboard | None = None, **values: object
    ) -> None:
        await self.sender.send(said.place, talk.message.render(name, **values), under)
