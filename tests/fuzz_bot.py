"""The bot for fuzzing: the real handlers over an engine, with a Bot API inside this process in place of Telegram's.

HTTP would cost most of the time. Each call is still read as the tests' server reads it, and one that Telegram would
refuse is a fault.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import botapi_rules as rules
from botapi_world import BOT, ME
from running import TOKEN, settings_for
from telegram.request import BaseRequest, RequestData

from bot.state.database import State
from bot.telegram import limits
from bot.telegram.application import App, build, handlers
from bot.telegram.handlers import Handlers
from bot.telegram.reading import read
from retrieval import Engine

Values = dict[str, Any]

OPERATOR = 5
"""Who may use the operators' commands."""


class Unreadable(Exception):
    """The library can't read an update; the inbox sets it aside."""


class Refused(Exception):
    """Telegram would not have accepted a call."""


class InProcess(BaseRequest):
    """Answers each call at once; `sent` is every message, `refused` what Telegram would have said to bad ones."""

    def __init__(self) -> None:
        self.sent: list[Values] = []
        self.refused: list[str] = []
        self._last = 0
        self.begin()

    def begin(self) -> None:
        """Begin anew: nothing is sent yet."""
        self.sent.clear()
        self._last = 1_000

    @property
    def read_timeout(self) -> float | None:
        """There is nothing to wait for."""
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Answer a call as the Bot API does."""
        name = url.rpartition("/")[2]
        try:
            values = rules.read(name, request_data.json_parameters if request_data else {})
            return 200, json.dumps({"ok": True, "result": self._answer(name, values)}).encode()
        except rules.Refused as refused:
            self.refused.append(f"{name}: {refused.description}")
            answer = {"ok": False, "error_code": refused.status, "description": refused.description}
            return refused.status, json.dumps(answer).encode()

    def _answer(self, name: str, values: Values) -> Any:
        if name == "getMe":
            return ME
        if name not in ("sendMessage", "editMessageText"):
            return True
        number = values.get("message_id")
        if number is None:
            number = self._last = self._last + 1
        chat = {"id": values["chat_id"], "type": "private" if int(values["chat_id"]) > 0 else "supergroup"}
        keyboard = (
            {"reply_markup": values["reply_markup"]} if "inline_keyboard" in values.get("reply_markup", {}) else {}
        )
        message = {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": BOT}
        message |= rules.content(values) | keyboard
        self.sent.append(message)
        return message


class Fuzzed:
    """A bot that is handed one update after the other."""

    def __init__(self, application: App, answers: Handlers, api: InProcess) -> None:
        self._application = application
        self._answers = answers
        self.api = api

    async def do(self, raw: Values) -> None:
        """Handle an update. Raises Unreadable, Refused, and whatever a handler raises."""
        self.api.refused.clear()
        try:
            update = read(raw, self._application.bot)
        except Exception as error:
            raise Unreadable from error
        await self._answers.do(self._application, update)
        if self.api.refused:
            raise Refused(self.api.refused[0])


@asynccontextmanager
async def fuzzed(engine: Engine, data_dir: Path) -> AsyncIterator[Fuzzed]:
    """A bot over what an engine serves, that does not keep to Telegram's pace."""
    pace, limits.PACE = limits.PACE, limits.Pace(0.0, limits.Limit(1000, 0.0), limits.Limit(1000, 0.0))
    api = InProcess()
    settings = settings_for("http://localhost", data_dir, TOKEN, operators=str(OPERATOR))
    try:
        async with State.open(data_dir) as state:
            application = build(settings)
            bot = application.bot
            bot._request = (cast("Any", api), cast("Any", api))
            answers = handlers(bot, settings, engine, state)
            answers.add_to(application)
            await application.initialize()
            yield Fuzzed(application, answers, api)
            await asyncio.sleep(0)
            await application.shutdown()
    finally:
        limits.PACE = pace
