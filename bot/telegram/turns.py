"""A chat's memory on Telegram: a reply that is kept in, and the answer that it was out, for the question after it."""

from dataclasses import replace

from bot.conversation import Reply, replied
from bot.state.replies import KeptReply, Replies
from bot.telegram.heard import Heard
from retrieval import Answer, Engine

_REMEMBERED = 1_000
_DEEP = 3
"""Replies before a reply that are answered again to know what it followed on from."""


class Turns:
    """What was asked before; the latest answers are remembered, older ones made again from their questions."""

    def __init__(self, engine: Engine, replies: Replies) -> None:
        self._engine = engine
        self._replies = replies
        self._answers: dict[tuple[int, str], Answer] = {}

    async def before(self, said: Heard) -> KeptReply | None:
        """The reply that a message follows on from: the one that it replies to, or else the last in its topic."""
        kept = await self._replies.of_message(said.place.chat, said.on) if said.on is not None else None
        if kept is not None and kept.part != "page":
            return kept
        return await self._replies.last(said.place.chat, said.topic)

    async def reply(self, question: str, before: KeptReply | None) -> Reply:
        """What to reply to a question."""
        return await replied(self._engine, question, await self.answer(before) if before else None)

    async def answer(self, kept: KeptReply, deep: int = _DEEP) -> Answer:
        """The answer that a reply gave."""
        if _key(kept) not in self._answers:
            earlier = await self._replies.get(kept.before) if kept.before and deep else None
            if kept.part == "more" and earlier is not None:  # further quotes are of the answer before them
                return await self.answer(earlier, deep)
            before = await self.answer(earlier, deep - 1) if earlier else None
            reply = await replied(self._engine, kept.question, before)
            if reply.part == "away":
                return reply.answer
            self.remember(kept, reply.answer)
        return self._answers[_key(kept)]

    def remember(self, kept: KeptReply, answer: Answer) -> None:
        """Note what a reply answers."""
        self._answers[_key(kept)] = _slim(answer)
        if len(self._answers) > _REMEMBERED:
            del self._answers[next(iter(self._answers))]

    def forget(self) -> None:
        """Drop all that is only remembered."""
        self._answers.clear()


def _key(kept: KeptReply) -> tuple[int, str]:
    """What tells a reply from all others; a backup that is put back may have one of that number to another question."""
    return kept.id, kept.question


def _slim(answer: Answer) -> Answer:
    """As much of an answer as the question after it asks for: not the text of its articles, which may be long."""
    first = [replace(one, article=replace(one.article, text="", blocks=()), also=()) for one in answer.quotes[:1]]
    return replace(answer, quotes=tuple(first), closest=None)
