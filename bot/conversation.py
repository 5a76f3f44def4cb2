"""A chat's memory: a message in, a reply out; what was asked before, and what "more" means."""

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from retrieval import Answer, Article, Engine, IndexAway, Question, Quote, asks_more, in_none_of

MOST = 5
"""Quotes of an answer, unless it is said otherwise."""
FIRST_QUOTES = 3
"""Quotes in the first reply, at most; "more" shows the others."""
LIKELY = 4.0
"""A quote belongs in the first reply when it scores at most this much less than the best: it is the answer with odds of
one to fifty or better."""

log = logging.getLogger(__name__)

_MORE = re.compile(
    r"\W*(?:(?:please|and|yes|ok(?:ay)?)\W+)?"
    r"(?:(?:show|tell|give|read)\s+(?:me\s+)?)?(?:some\s+|any\s+)?"
    r"(?:more|more\s+quotes|further\s+quotes|anything\s+else|what\s+else)"
    r"(?:\W+please)?\W*",
    re.IGNORECASE,
)
_LONGEST_MORE = 60
"""Characters; a longer message is a question, and is not even tried."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say: an answer, its further quotes, that there are none, that there is no article, or no way to any.

    `example` is an article that a question could be asked about, for one who does not know how to ask; `languages` are
    those of the articles, for one who asked in none of them.
    """

    answer: Answer
    part: Literal["answer", "more", "no_more", "empty_corpus", "away"] = "answer"
    example: Article | None = None
    languages: tuple[str, ...] = ()

    @property
    def has_more(self) -> bool:
        """Whether a button for further quotes makes sense under this reply."""
        return self.part == "answer" and len(self.answer.quotes) > len(self.quotes)

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The answer's quotes that belong to this reply."""
        first = _first(self.answer)
        if self.part == "answer":
            return self.answer.quotes[:first]
        return self.answer.quotes[first:] if self.part == "more" else ()


def _first(answer: Answer) -> int:
    """How many quotes the first reply shows: the likely ones, and all that differ, but never too many at once."""
    quotes = answer.quotes[:FIRST_QUOTES]
    if answer.differing:
        return len(quotes)
    return sum(quote.score >= quotes[0].score - LIKELY for quote in quotes)


async def replied(engine: Engine, text: str, before: Answer | None = None, most: int = MOST) -> Reply:
    """The reply to a question after the answer `before` it, with at most so many quotes.

    Where the index is away for now, it says so.
    """
    try:
        answer = await engine.ask(text, before, most)
    except IndexAway as error:
        log.warning("a question was not answered: %s", error)
        return Reply(Answer(Question(text), "not_found"), "away")
    example = engine.first
    empty = example is None and answer.status != "smalltalk"
    lost = answer.status == "not_found" and in_none_of(text, engine.languages)
    return Reply(answer, "empty_corpus" if empty else "answer", example, engine.languages if lost else ())


class Conversations:
    """What each chat was replied last, for the most recent `limit` chats."""

    def __init__(self, engine: Engine, limit: int = 10_000) -> None:
        self._engine = engine
        self._limit = limit
        self._last: OrderedDict[str, Reply] = OrderedDict()

    async def ask(self, chat: str | None, text: str) -> Reply:
        """Reply to `text` in `chat`, remembering it; smalltalk leaves the memory as it was, no chat has none."""
        last = self._last.get(chat) if chat is not None else None
        if last is not None and is_more(text):
            reply = Reply(last.answer, "more" if last.has_more else "no_more")
        else:
            reply = await replied(self._engine, text, last.answer if last else None)
        if chat is not None and reply.part != "away" and reply.answer.status != "smalltalk":
            self._remember(chat, reply)
        return reply

    def forget(self, chat: str) -> None:
        """Drop what is remembered of `chat`."""
        self._last.pop(chat, None)

    def _remember(self, chat: str, reply: Reply) -> None:
        self._last[chat] = reply
        self._last.move_to_end(chat)
        if len(self._last) > self._limit:
            self._last.popitem(last=False)


def is_more(text: str) -> bool:
    """Whether `text` asks for further quotes of the answer before."""
    return len(text) <= _LONGEST_MORE and (_MORE.fullmatch(text) is not None or asks_more(text))
