"""Conversations with the bot for tests: the real application over a corpus, on the Bot API server of the tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from botapi_library import undeclared
from botapi_server import BOT, BotApiServer, Call
from botapi_world import copied
from running import TOKEN, running

from bot import pages
from bot.rendering import Renderer
from bot.suggestions import opening
from retrieval import Engine, EngineSettings

Message = dict[str, Any]

ADA, BEN, OPERATOR = 7, 8, 9
READERS, WRITERS = -100, -200
QUESTION = "Who opened the bridge?"
"""The bridges corpus answers it five times."""
FOREIGN = "Who is Zorblax the Unheard-of?"
AT_BOT = f"@{BOT['username']}"


def words(name: str, language: str = "en", **values: Any) -> str:
    """What a template says, as Telegram shows it."""
    return Renderer("text", language=language).render(name, **values)


async def on_page(engine: Engine) -> dict[str, Any]:
    """What pages about the collection say of it, in English."""
    return pages.on_file(engine) | {"opening": await opening(engine)}


def labels(message: Message) -> list[str]:
    """What stands on the buttons under a message."""
    return [button["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def flat(text: str) -> str:
    """Without regard to how it is spaced."""
    return " ".join(text.split())


class Talk:
    """People who talk with a bot; each call gives back what the bot has to say to it, when it has said it."""

    def __init__(self, server: BotApiServer, engine: Engine, data_dir: Path = Path()) -> None:
        self.server = server
        self.engine = engine
        self.data_dir = data_dir
        self._articles = engine.articles

    async def say(self, text: str, chat: int = ADA, *, replies: int = 1, **fields: Any) -> Message:
        """Somebody writes; the last of so many replies."""
        return await self._last(lambda: self.server.say(chat, text, **fields), replies)

    async def press(self, message: Message, label: str, *, replies: int = 0, **fields: Any) -> Message:
        """Somebody presses a button; the last of so many replies, or the message as it is then if there are none."""
        sent = await self._last(lambda: self.server.press(message, label=label, **fields), replies, settle=message)
        return sent if replies else self.now(message)

    async def edit(self, message: Message, text: str) -> None:
        """Somebody edits a message, and the bot has done with it."""
        await self._last(lambda: self.server.edit(message, text), 0, settle=message)

    def now(self, message: Message) -> Message:
        """A message as it is now."""
        found = self.server.now(message)
        assert found is not None
        return copied(found)

    def toasts(self) -> list[str]:
        """What presses showed on the screen, so far."""
        return [call.parameters["text"] for call in self._answers() if "text" in call.parameters]

    def _answers(self) -> list[Call]:
        return self.server.of("answerCallbackQuery")

    async def reads_on(self) -> None:
        """Wait until the bot serves other articles than at the start."""
        for _ in range(400):
            if self.engine.articles is not self._articles:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("no change was noticed")

    async def settled(self, chat: int = ADA) -> None:
        """Wait until the bot has done all that was asked for in a chat: what comes after that waits for it."""
        last = self.server.press({"chat": self.server.chat(chat), "message_id": 1, "date": 0}, "nothing")
        await self.server.until(lambda: last in [call.parameters["callback_query_id"] for call in self._answers()])

    async def _last(self, deed: Callable[[], object], replies: int, settle: Message | None = None) -> Message:
        before = len(self.server.sent)
        deed()
        await self.server.until(lambda: len(self.server.sent) >= before + replies)
        if settle is not None:
            await self.settled(settle["chat"]["id"])
        return copied(self.server.sent[-1]) if self.server.sent else {}


@asynccontextmanager
async def talking(corpus: Path, data_dir: Path, *, refused: int = 0, **settings: Any) -> AsyncIterator[Talk]:
    """A bot over `corpus` that people talk with; at the end no call, or just so many, must have been refused."""
    async with (
        Engine.open(EngineSettings(corpus, data_dir), watch=True) as engine,
        BotApiServer(TOKEN) as server,
        running(server, engine, data_dir, **settings),
    ):
        talk = Talk(server, engine, data_dir)
        yield talk
        assert len(server.refused) == refused, server.refused
        assert undeclared(server.calls) == []
