"""The bot for tests: the real application, polling the Bot API server of the tests until the block ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from botapi_server import BotApiServer

from bot.settings import Settings, load
from bot.telegram.application import serve
from retrieval import Engine

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
QUESTION = "Who opened the bridge?"
"""The bridges corpus answers it five times."""


def settings_for(url: str, data_dir: Path, token: str = TOKEN, **more: Any) -> Settings:
    """What a bot needs to reach the server at `url`."""
    return load(telegram_bot_token=token, telegram_api_base_url=url, data_dir=data_dir, **more)


@asynccontextmanager
async def running(server: BotApiServer, engine: Engine, data_dir: Path, **more: Any) -> AsyncIterator[asyncio.Event]:
    """A bot that polls `server`; setting the event that is given stops it."""
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings_for(server.url, data_dir, **more), engine, stop))
    polled = asyncio.create_task(server.called("getUpdates"))
    try:
        await asyncio.wait((bot, polled), return_when=asyncio.FIRST_COMPLETED)
        yield stop
    finally:
        polled.cancel()
        stop.set()
        await bot
