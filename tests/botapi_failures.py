"""What a test wants to go wrong in; what happens to each call of a bot out."""

import asyncio
import random
from dataclasses import dataclass

from botapi_markup import Refused

LOSSES = ("drop before", "drop after", "hang before", "hang after")
"""How the answer to a call is lost: at once or as late as the bot bears it, before the call is carried out or after."""

TROUBLE = ("429", "500", "502", *LOSSES)
PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Failure:
    """What the next calls of a method get instead of an answer."""

    status: int
    description: str
    retry_after: int = 0
    migrate_to_chat_id: int = 0
    times: int = 1


class Dropped(Exception):
    """The connection ends without an answer."""


class NoAnswer(Exception):
    """A page comes instead of an answer, as from what stands before the Bot API when that is away."""


class Told(Refused):
    """A refusal that the test asked for."""

    def __init__(self, failure: Failure) -> None:
        more = {name: vars(failure)[name] for name in ("retry_after", "migrate_to_chat_id") if vars(failure)[name]}
        super().__init__(failure.description.removeprefix("Bad Request: "), failure.status, **more)


class Failures:
    """Failures of single methods, and trouble with all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._failures: dict[str, Failure] = {}
        self._delays: dict[str, float] = {}
        self._paused: dict[str, asyncio.Event] = {}
        self._losses: dict[str, list[str]] = {}
        self._share = 0.0
        self._dice = random.Random()

    def fail(self, method: str, status: int, description: str = "Internal Server Error", **more: int) -> None:
        """Refuse the next call (`times`) of `method`, with `retry_after` or `migrate_to_chat_id`."""
        self._failures[method] = Failure(status, description, **more)

    def drop(self, method: str, times: int = 1) -> None:
        """Carry out the next call of `method`, but end the connection without an answer."""
        self.lose(method, "drop after", times)

    def lose(self, method: str, how: str, times: int = 1) -> None:
        """Lose the answer to the next call (`times`) of `method`, in one of the ways of `TROUBLE`."""
        self._losses[method] = [how] * times

    def delay(self, method: str, seconds: float) -> None:
        """Let every call of `method` take so long."""
        self._delays[method] = seconds

    def pause(self, method: str) -> None:
        """Let every call of `method` wait until `resume`."""
        self._paused[method] = asyncio.Event()

    def resume(self, method: str) -> None:
        """Carry out the calls of `method` that wait."""
        self._paused.pop(method).set()

    def trouble(self, share: float, seed: int = 1) -> None:
        """Let such a share of all calls go wrong, each in one of the ways of `TROUBLE`."""
        self._share = share
        self._dice = random.Random(seed)

    def _drawn(self, method: str) -> str:
        """What happens to the next call of a method, if anything."""
        if self._losses.get(method):
            return self._losses[method].pop()
        return self._dice.choice(TROUBLE) if self._share and self._dice.random() < self._share else ""

    def _due(self, method: str, how: str) -> Failure | None:
        """What the next call of a method is refused with. Raises NoAnswer for a page instead."""
        if how == "502":
            raise NoAnswer
        if how in _REFUSALS:
            return _REFUSALS[how]
        failure = self._failures.get(method)
        if failure is None or not failure.times:
            return None
        failure.times -= 1
        return failure


_REFUSALS = {
    "429": Failure(429, "Too Many Requests: retry after 1", retry_after=1),
    "500": Failure(500, "Internal Server Error"),
}
