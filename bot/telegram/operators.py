"""A command of the operator's in; how the bot is doing, what it could not answer, the articles read anew out."""

import time
from collections.abc import Mapping

from bot.state.feedback import Feedback
from bot.state.people import Notes
from bot.telegram.commands import Command
from bot.telegram.heard import Heard
from bot.telegram.sending import Sender
from bot.telegram.voices import Voice
from retrieval import Engine, RetrievalError

REFUSED = "markup refused"
"""The note that counts the replies whose markup Telegram did not accept."""

_LISTED = 30


class Operators:
    """What those may ask for whom a setting names, in private."""

    def __init__(self, engine: Engine, sender: Sender, feedback: Feedback, notes: Notes) -> None:
        self._engine = engine
        self._sender = sender
        self._feedback = feedback
        self._notes = notes
        self._began = time.time()
        self.all: Mapping[str, Command] = {
            "stats": self._stats,
            "status": self._status,
            "reindex": self._reindex,
            "unanswered": self._unanswered,
        }

    async def _stats(self, said: Heard, talk: Voice) -> None:
        tallies = await self._feedback.tallies(time.time())
        await self._say(said, talk, "stats", tallies=tallies, refused=int(await self._notes.get(REFUSED) or 0))

    async def _status(self, said: Heard, talk: Voice) -> None:
        engine = self._engine
        hours = (time.time() - self._began) / 3600
        await self._say(said, talk, "status", total=len(engine.articles), report=engine.report, hours=hours)

    async def _reindex(self, said: Heard, talk: Voice) -> None:
        async with self._sender.typing(said.place):
            try:
                report = await self._engine.refresh()
            except RetrievalError as error:
                await self._sender.send(said.place, talk.message.error(error.code, error.facts))
                return
            await self._say(said, talk, "index", report=report, total=len(self._engine.articles))

    async def _unanswered(self, said: Heard, talk: Voice) -> None:
        missed = await self._feedback.missed(limit=_LISTED)
        await self._say(said, talk, "unanswered", missed=missed)

    async def _say(self, said: Heard, talk: Voice, name: str, /, **values: object) -> None:
        await self._sender.send(said.place, talk.message.render(name, **values))
