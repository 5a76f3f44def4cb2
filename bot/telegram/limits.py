"""How much happens at once: the updates of a chat in order, chats side by side, and no faster than Telegram allows."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import AIORateLimiter, BaseUpdateProcessor

AT_ONCE = 4096
"""Updates taken on at once; those that wait for their chat count, so a few busy chats must not fill it."""

Result = bool | dict[str, Any] | list[dict[str, Any]]


class InOrder(BaseUpdateProcessor):
    """The updates of one chat one after the other, as they came; different chats don't wait for each other."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle one update when those before it in its chat are done."""
        chat = update.effective_chat if isinstance(update, Update) else None
        try:
            async with self._locks.setdefault(chat.id if chat else 0, asyncio.Lock()):
                await coroutine
        finally:
            cast("Coroutine[Any, Any, None]", coroutine).close()  # what was cancelled while it waited never ran

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""


class RateLimiter(AIORateLimiter):
    """30 messages a second and 20 a minute to a group; what shows that an answer is on its way does not count.

    Telegram counts messages, and the typing sign would take half of them. A 429 is waited out by whoever sends, for
    the library would hold up every chat.
    """

    async def process_request(  # noqa: PLR0913, PLR0917 - the library calls it so
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Make the call when its turn has come."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
