"""A command of the operator's in; how the bot is doing, what it could not answer, the articles read anew out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Operators:
    """What those may ask for whom a setting names, in private."""

    engine: Engine
    sender: Sender
    feedback: Feedback
    notes: Notes
    began: float = field(default_factory=time.time)

    @property
    def all(self) -> Mapping[str, Command]:
        """The commands by name."""
        return {
            "stats": self._stats,
            "status": self._status,
            "reindex": self._reindex,
            "unanswered": self._unanswered,
        }

    async def _stats(self, said: Heard, talk: Voice) -> None:
        tallies = await self.feedback.tallies(time.time())
        await self._say(said, talk, "stats", tallies=tallies, refused=int(await self.notes.get(REFUSED) or 0))

    async def _status(self, said: Heard, talk: Voice) -> None:
        engine = self.engine
        hours = (time.time() - self.began) / 3600
        await self._say(said, talk, "status", total=len(engine.articles), report=engine.report, hours=hours)

    async def _reindex(self, said: Heard, talk: Voice) -> None:
        async with self.sender.typing(said.place):
            try:
                report = await self.engine.refresh()
            except RetrievalError as error:
                await self.sender.send(said.place, talk.message.error(error.code, error.facts))
                return
            await self._say(said, talk, "index", report=report, total=len(self.engine.articles))

    async def _unanswered(self, said: Heard, talk: Voice) -> None:
        missed = await self.feedback.missed(limit=_LISTED)
        await self._say(said, talk, "unanswered", missed=missed)

    async def _say(self, said: Heard, talk: Voice, name: str, /, **values: object) -> None:
        await self.sender.send(said.place, talk.message.render(name, **values))
