"""A method and its parameters in; the status and the result, or what was refused, of a Bot API server out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
KEYBOARD = {"inline_keyboard": [[{"text": "More", "callback_data": "x"}]]}

Caller = Callable[..., Awaitable[tuple[int, Any]]]


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[Caller]:
    """`await call("sendMessage", chat_id=7, text="Hello")`."""
    async with httpx.AsyncClient(base_url=url, timeout=5) as client:

        async def call(method: str, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
            response = await client.post(f"/bot{token}/{method}", json=parameters)
            answer = response.json()
            return response.status_code, answer["result"] if answer["ok"] else answer["description"]

        yield call
