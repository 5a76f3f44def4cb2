"""The bot for tests: the real application, on the Bot API server of the tests until the block ends."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from botapi_client import TOKEN
from botapi_server import BotApiServer

from bot.settings import Settings, load
from bot.telegram.application import serve
from retrieval import Engine

ROOT = Path(__file__).parents[1]
WEBHOOK = "https://bot.example/hook"
SECRET = "a-Secret_of_Telegram"
QUESTION = "Who opened the bridge?"
"""The bridges corpus answers it five times."""


def settings_for(url: str, data_dir: Path, token: str = TOKEN, **more: Any) -> Settings:
    """What a bot needs to reach the server at `url`."""
    return load(telegram_bot_token=token, telegram_api_base_url=url, data_dir=data_dir, **more)


def environment_for(url: str, data_dir: Path, **settings: object) -> dict[str, str]:
    """The same for a bot that is a process of its own."""
    given = {f"DATELINE_{name.upper()}": str(value) for name, value in settings.items()}
    reached = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": url, "DATELINE_DATA_DIR": str(data_dir)}
    return reached | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])} | given


async def begun(environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    """The bot as a process of its own, whose output is taken; with `arguments` Python runs something else."""
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    what = arguments or ("-m", "bot", "run")
    return await asyncio.create_subprocess_exec(
        sys.executable, *what, env=environment, cwd="/", stdin=null, stdout=pipe, stderr=pipe
    )


@asynccontextmanager
async def command(environment: dict[str, str], *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same, until the block ends, whatever happens in it."""
    process = await begun(environment, *arguments)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def address_for(server: BotApiServer) -> dict[str, Any]:
    """Settings of a bot that `server` delivers to, at a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server.gateway = f"http://127.0.0.1:{port}"
    return {"webhook_url": WEBHOOK, "webhook_secret": SECRET, "webhook_port": port}


@asynccontextmanager
async def running(server: BotApiServer, engine: Engine, data_dir: Path, **more: Any) -> AsyncIterator[asyncio.Event]:
    """A bot that polls `server`, or is delivered to by it; setting the event that is given stops it."""
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(settings_for(server.url, data_dir, **more), engine, stop))
    polled = asyncio.create_task(server.called("setWebhook" if "webhook_url" in more else "getUpdates"))
    try:
        await asyncio.wait((bot, polled), return_when=asyncio.FIRST_COMPLETED)
        yield stop
    finally:
        polled.cancel()
        stop.set()
        await bot


async def logged(caplog: pytest.LogCaptureFixture, text: str, times: int = 1) -> None:
    """Wait until the log says `text`."""
    for _ in range(2000):
        if caplog.text.count(text) >= times:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(caplog.text)
