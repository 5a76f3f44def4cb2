"""When calls arrive in; those out that come faster than Telegram allows."""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """So many messages in any stretch of so many seconds."""

    messages: int
    seconds: float


class Pace:
    """Counts messages by their arrival: to each chat, to each group, and in all."""

    def __init__(
        self, chat: Limit = Limit(1, 1.0), group: Limit = Limit(20, 60.0), overall: Limit = Limit(30, 1.0)
    ) -> None:
        self.chat = chat
        self.group = group
        self.overall = overall
        self._held: dict[int, float] = {}
        self._arrived: dict[Hashable, deque[float]] = {}

    def faster(self, times: float) -> "Pace":
        """The same limits in so much shorter stretches of time."""
        limits = (self.chat, self.group, self.overall)
        return Pace(*(Limit(limit.messages, limit.seconds / times) for limit in limits))

    def broken_by(self, chat: int, at: float) -> list[tuple[str, float]]:
        """The limits that a message to `chat` breaks, each with the seconds after which it would not have."""
        held = self._held.get(chat, at) - at
        broken = [("before retry_after was over", held)] if held > 0 else []
        for name, limit in (("chat", self.chat), ("group", self.group), ("overall", self.overall)):
            if name == "group" and chat > 0:
                continue
            arrived = self._of(name, chat)
            while arrived and arrived[0] <= at - limit.seconds:
                arrived.popleft()
            if len(arrived) >= limit.messages:
                wait = arrived[-limit.messages] + limit.seconds - at
                broken.append((f"more than {limit.messages} in {limit.seconds:g} s ({name})", wait))
        return broken

    def arrive(self, chat: int, at: float) -> None:
        """Count a message."""
        for name in ("chat", "overall") if chat > 0 else ("chat", "group", "overall"):
            self._of(name, chat).append(at)

    def hold(self, chat: int, until: float) -> None:
        """Let no message go to `chat` before that time."""
        self._held[chat] = until

    def _of(self, name: str, chat: int) -> deque[float]:
        return self._arrived.setdefault(name if name == "overall" else (name, chat), deque())


def retry_after(broken: list[tuple[str, float]]) -> int:
    """Whole seconds to wait, as Telegram says them."""
    return max(1, *(math.ceil(wait) for _, wait in broken))
