"""Updates that wait in; their deliveries to the bot's address out, as Telegram makes them, until each is taken.

Those of a chat come one after the other, several chats at once; whatever is not answered with 2xx comes again.
"""

import asyncio
import re
import time
from collections.abc import Hashable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from botapi_markup import Refused
from botapi_world import World

SECRET = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (443, 80, 88, 8443)

Values = dict[str, Any]


class Deliveries(World):
    """Delivers as long as a webhook is set; where the public address is in truth, `gateway` says."""

    def __init__(self) -> None:
        super().__init__()
        self.webhook = ""
        self.gateway = ""
        self.again = 0.05
        """Seconds after which a delivery that failed is made again."""
        self.delivered: list[tuple[int, int]] = []
        """The update's id and the answer's status, of each delivery that was answered."""
        self._secret = ""
        self._at_once = 40
        self._failure: tuple[int, str] | None = None
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None

    def _on_setWebhook(self, values: Values) -> bool:  # noqa: N802
        url, secret = values["url"], values.get("secret_token", "")
        if url and urlsplit(url).scheme != "https":
            raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
        if url and (urlsplit(url).port or 443) not in PORTS:
            raise Refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch("[A-Za-z0-9_-]{0,256}", secret):
            raise Refused("secret token contains unallowed characters")
        if "allowed_updates" in values:
            self._allowed = set(values["allowed_updates"]) or None
        self.webhook, self._secret, self._at_once = url, secret, values.get("max_connections", 40)
        return self._drop(values)

    def _on_deleteWebhook(self, values: Values) -> bool:  # noqa: N802
        self.webhook = ""
        return self._drop(values)

    def _drop(self, values: Values) -> bool:
        if values.get("drop_pending_updates"):
            self._updates.clear()
        return True

    def _on_getWebhookInfo(self, values: Values) -> Values:  # noqa: N802
        info = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self._updates)}
        if self.webhook:
            info |= {"max_connections": self._at_once, "allowed_updates": sorted(self._allowed or ())}
        if self._failure:
            info |= {"last_error_date": self._failure[0], "last_error_message": self._failure[1]}
        return info

    def _notify(self) -> None:
        super()._notify()
        if not self.webhook:
            return
        for update in self._updates:
            if len(self._under_way) >= self._at_once:
                return
            if (line := _line(update)) not in self._under_way:
                self._under_way[line] = asyncio.create_task(self._deliver(line, update))

    async def _deliver(self, line: Hashable, update: Values) -> None:
        webhook = self.webhook
        taken = await self._post(update)
        if taken and webhook == self.webhook and update in self._updates:
            self._updates.remove(update)
        if not taken:
            await asyncio.sleep(self.again)
        del self._under_way[line]
        self._notify()

    async def _post(self, update: Values) -> bool:
        """Whether the bot took it; if not, what getWebhookInfo tells of it is kept."""
        self._client = self._client or httpx.AsyncClient(timeout=60)
        parts = urlsplit(self.webhook)
        headers = {SECRET: self._secret, "Host": parts.netloc} if self._secret else {"Host": parts.netloc}
        try:
            if not self.gateway:
                raise httpx.ConnectError("Failed to resolve host: Name or service not known")
            response = await self._client.post(self.gateway + parts.path, json=update, headers=headers)
        except httpx.HTTPError as error:
            self._failure = int(time.time()), str(error) or "Connection closed"
            return False
        self.delivered.append((update["update_id"], response.status_code))
        if not response.is_success:
            answer = f"{response.status_code} {response.reason_phrase}"
            self._failure = int(time.time()), f"Wrong response from the webhook: {answer}"
        return response.is_success

    async def _end_deliveries(self) -> None:
        self.webhook = ""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()


def _line(update: Values) -> Hashable:
    """What an update waits its turn in: its chat, or the person it is from."""
    [content] = [value for name, value in update.items() if name != "update_id"]
    message = content.get("message", content)
    with suppress(KeyError):
        return "chat", message["chat"]["id"]
    return "person", content.get("from", {}).get("id")
