"""The composition root: settings in, a desk at which questions are answered out; closes again what it opened."""

import asyncio
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Protocol, TypeVar

from bot.conversation import Conversations, Reply
from bot.rendering import Renderer
from bot.settings import Settings
from retrieval import Engine, Notice

T = TypeVar("T")


class Shown(Protocol):
    """Shows how far long work has come."""

    def __call__(self, done: int, total: int, article: str = "", passages: int = 0) -> None:
        """`done` of `total`, now at `article`; so many `passages` were read until now."""


class Desk:
    """An open engine and its conversations, for callers that are not asynchronous.

    The loop runs only while a question is answered, so that Ctrl-C in between ends a wait for input at once.
    """

    def __init__(self, runner: asyncio.Runner, engine: Engine) -> None:
        self._runner = runner
        self.engine = engine
        self._conversations = Conversations(engine)

    def ask(self, chat: str | None, text: str) -> tuple[Reply, float]:
        """The reply to `text` and the milliseconds it took; `chat=None` remembers nothing."""
        return self.run(self._timed(chat, text.encode("utf-8", "replace").decode()))

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run `work` to its end in the engine's loop."""
        return self._runner.run(work)

    async def _timed(self, chat: str | None, text: str) -> tuple[Reply, float]:
        started = time.perf_counter()
        reply = await self._conversations.ask(chat, text)
        return reply, (time.perf_counter() - started) * 1000


@contextmanager
def desk(settings: Settings, *, watch: bool = False) -> Iterator[Desk]:
    """Open the engine, with a progress bar where somebody watches, and tell what it noticed on standard error.

    With `watch`, what changes in the folder of articles is read while it is open.
    """
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            with progress() as shown:
                engine = runner.run(stack.enter_async_context(Engine.open(settings.engine, shown, watch=watch)))
            _tell(engine.report.notices)
            yield Desk(runner, engine)
        finally:
            runner.run(stack.aclose())


def _tell(notices: tuple[Notice, ...]) -> None:
    for notice in notices:
        sys.stderr.write(Renderer("text").render("notice", code=notice.code, detail=notice.detail) + "\n")


@contextmanager
def progress() -> Iterator[Shown | None]:
    """A progress bar on standard error where somebody watches; else nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms that a pipe does not need
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, article: str = "", passages: int = 0) -> None:
            rate = round(passages / max(time.monotonic() - started, 1e-3))
            words = Renderer("text").render("progress", passages=passages, rate=rate, article=article)
            bar.update(task, completed=done, total=total, description=words)

        yield show
