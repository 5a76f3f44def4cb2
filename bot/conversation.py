"""A chat's memory: a message in, a reply out; what was asked before, and what "more" means."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from retrieval import Answer, Engine

FIRST_QUOTES = 3
"""Quotes in the first reply; "more" shows the others."""

_MORE = re.compile(
    r"\W*(?:(?:show|tell|give)\s+(?:me\s+)?)?(?:some\s+|any\s+)?more(?:\s+please)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say: an answer, the further quotes of the answer before, or that there are none."""

    answer: Answer
    part: Literal["answer", "more", "no_more"] = "answer"

    @property
    def has_more(self) -> bool:
        """Whether a button for further quotes makes sense under this reply."""
        return self.part == "answer" and len(self.answer.quotes) > FIRST_QUOTES


class Conversations:
    """What each chat was answered last, for the most recent `limit` chats."""

    def __init__(self, engine: Engine, limit: int = 10_000) -> None:
        self._engine = engine
        self._limit = limit
        self._last: OrderedDict[str, Answer] = OrderedDict()

    async def ask(self, chat: str, text: str) -> Reply:
        """Reply to `text` in `chat`, remembering it; smalltalk leaves the memory as it was."""
        last = self._last.get(chat)
        if last is not None and _MORE.fullmatch(text):
            return Reply(last, "more" if len(last.quotes) > FIRST_QUOTES else "no_more")
        answer = await self._engine.ask(text, last.question if last else None)
        if answer.status != "smalltalk":
            self._remember(chat, answer)
        return Reply(answer)

    def forget(self, chat: str) -> None:
        """Drop what is remembered of `chat`."""
        self._last.pop(chat, None)

    def _remember(self, chat: str, answer: Answer) -> None:
        self._last[chat] = answer
        self._last.move_to_end(chat)
        if len(self._last) > self._limit:
            self._last.popitem(last=False)
