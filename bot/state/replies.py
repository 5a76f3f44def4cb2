"""Replies in, and out again when a button is pressed or a question edited, a restart or a month later."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiosqlite

from bot.state.database import State
from retrieval import Engine, Quote, Span

Keyboard = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of buttons, each its label and its data."""

_DAY = 86_400
_COLUMNS = "chat, topic, person, asked, before, part, question, status, quotes, shown, next, html, keyboard"


@dataclass(frozen=True, slots=True)
class KeptQuote:
    """A quote as it was shown, whatever becomes of its article; `also` are the ids of articles that tell the same."""

    article: str
    span: Span
    text: str
    highlights: tuple[Span, ...] = ()
    also: tuple[str, ...] = ()

    @classmethod
    def of(cls, quote: Quote) -> "KeptQuote":
        """What is kept of a quote."""
        also = tuple(article.id for article in quote.also)
        return cls(quote.article.id, quote.span, quote.text, quote.highlights, also)

    async def again(self, engine: Engine) -> Quote | None:
        """The quote as its article now has it, or None where that or the words are gone."""
        return await engine.kept(self.article, self.span, self.text, self.highlights, self.also)


@dataclass(frozen=True, slots=True)
class KeptReply:
    """One reply in a chat; see the table of the same columns. `id` is 0 until it is kept."""

    chat: int
    topic: int
    person: int
    question: str
    part: str
    asked: int | None = None
    before: int | None = None
    status: str = "answered"
    quotes: tuple[KeptQuote, ...] = ()
    shown: int = 0
    next: tuple[str, ...] = ()
    html: str = ""
    keyboard: Keyboard = ()
    messages: tuple[int, ...] = ()
    id: int = 0

    def offers(self, data: str) -> bool:
        """Whether there is still such a button under it."""
        return any(data == of for row in self.keyboard for _, of in row)


class Replies:
    """All replies of the last `keep_days` days."""

    def __init__(self, state: State, keep_days: int) -> None:
        self._state = state
        self._keep_days = keep_days

    async def add(self, reply: KeptReply) -> int:
        """Keep a reply that was sent; its number."""
        marks = ", ".join("?" * len(_values(reply)))
        query = f"INSERT INTO replies (at, {_COLUMNS}) VALUES (?, {marks})"
        async with self._state.writing() as db:
            number = (await db.execute(query, (int(time.time()), *_values(reply)))).lastrowid or 0
            await _note_messages(db, number, reply)
        return number

    async def replace(self, number: int, reply: KeptReply) -> int:
        """Put another reply in the place of one whose question was edited; what was voted of that one goes."""
        columns = ", ".join(f"{name} = ?" for name in _COLUMNS.split(", "))
        async with self._state.writing() as db:
            await db.execute(f"UPDATE replies SET {columns} WHERE id = ?", (*_values(reply), number))
            await db.execute("DELETE FROM votes WHERE reply = ?", (number,))
            await db.execute("DELETE FROM messages WHERE reply = ?", (number,))
            await _note_messages(db, number, reply)
        return number

    async def dress(self, number: int, keyboard: Keyboard) -> int:
        """Note which buttons are left under a reply."""
        await self._state.write("UPDATE replies SET keyboard = ? WHERE id = ?", _json(keyboard), number)
        return number

    async def get(self, number: int) -> KeptReply | None:
        """A reply by its number."""
        return await self._one("id = ?", number)

    async def of_message(self, chat: int, message: int) -> KeptReply | None:
        """The reply that a message of the bot is, or is part of."""
        return await self._one("id = (SELECT reply FROM messages WHERE chat = ? AND message = ?)", chat, message)

    async def to(self, chat: int, asked: int) -> KeptReply | None:
        """The reply that a person's message got."""
        return await self._one("chat = ? AND asked = ? ORDER BY id DESC", chat, asked)

    async def last(self, chat: int, topic: int) -> KeptReply | None:
        """What was replied last in a chat, or in a topic of it; what asked for nothing is passed over."""
        where = "chat = ? AND topic = ? AND part = 'answer' AND status NOT IN ('smalltalk', 'unclear') ORDER BY id DESC"
        return await self._one(where, chat, topic)

    async def vote(self, number: int, person: int, vote: int) -> None:
        """Note that somebody finds a reply good (1) or bad (-1)."""
        query = "INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?)"
        await self._state.write(query, number, person, vote, int(time.time()))

    async def migrate(self, old: int, new: int) -> None:
        """A group has become a supergroup; it has another id, and its messages have other numbers."""
        async with self._state.writing() as db:
            await db.execute("DELETE FROM messages WHERE chat = ?", (old,))
            await db.execute("UPDATE replies SET chat = ?, asked = NULL WHERE chat = ?", (new, old))

    async def prune(self) -> None:
        """Drop what is older than it may be kept."""
        oldest = int(time.time()) - self._keep_days * _DAY
        async with self._state.writing() as db:
            await db.execute("DELETE FROM replies WHERE at < ?", (oldest,))
        await self._state.erase()

    async def _one(self, where: str, *values: object) -> KeptReply | None:
        rows = await self._state.rows(f"SELECT id, {_COLUMNS} FROM replies WHERE {where} LIMIT 1", *values)
        if not rows:
            return None
        number, *columns = rows[0]
        messages = await self._state.rows("SELECT message FROM messages WHERE reply = ? ORDER BY message", number)
        return _reply(number, columns, tuple(message for (message,) in messages))


async def _note_messages(db: aiosqlite.Connection, number: int, reply: KeptReply) -> None:
    rows = [(reply.chat, message, number) for message in reply.messages]
    await db.executemany("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", rows)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _values(reply: KeptReply) -> tuple[object, ...]:
    return (
        reply.chat,
        reply.topic,
        reply.person,
        reply.asked,
        reply.before,
        reply.part,
        reply.question,
        reply.status,
        dumped(reply.quotes),
        reply.shown,
        _json(reply.next),
        reply.html,
        _json(reply.keyboard),
    )


def _reply(number: int, columns: list[Any], messages: tuple[int, ...]) -> KeptReply:
    values = dict(zip(_COLUMNS.split(", "), columns, strict=True))
    values["quotes"] = loaded(values["quotes"])
    values["next"] = tuple(json.loads(values["next"]))
    values["keyboard"] = tuple(tuple((label, data) for label, data in row) for row in json.loads(values["keyboard"]))
    return KeptReply(**values, id=number, messages=messages)


def dumped(quotes: Iterable[KeptQuote]) -> str:
    """Quotes as JSON."""
    rows = [
        (one.article, one.span.start, one.span.end, one.text, [(m.start, m.end) for m in one.highlights], one.also)
        for one in quotes
    ]
    return _json(rows)


def loaded(text: str) -> tuple[KeptQuote, ...]:
    """What `dumped` made JSON of."""
    return tuple(
        KeptQuote(article, Span(start, end), words, tuple(Span(*mark) for mark in marks), tuple(also))
        for article, start, end, words, marks, also in json.loads(text)
    )
