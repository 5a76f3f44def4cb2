"""A corpus folder in; each change in it brings the library up to date, a moment later, while questions go on.

It runs in a thread with a loop of its own, so that neither waits for the other.
"""

import asyncio
import logging
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from watchfiles._rust_notify import RustNotify

from retrieval.catalog import NAME
from retrieval.errors import RetrievalError
from retrieval.library import Library

_log = logging.getLogger(__name__)

_QUIET = 100
"""Milliseconds without a change after which what changed is read: a file that is being written changes many times."""
_AT_MOST = 2_000
"""Milliseconds after which it is read although it goes on changing."""
_RESCAN = 60_000
"""Milliseconds after which everything is looked at again: some file systems tell of no change."""
_ELSEWHERE = 5.0
"""Seconds after which it is looked whether an index that another process feeds has changed."""
_FEW = 1_000
"""Paths that are looked at one by one; of more, everything is."""


class Freshness:
    """Keeps a library up to date while it is entered."""

    def __init__(self, library: Library, corpus: Path) -> None:
        self._library = library
        self._corpus = corpus.resolve()
        self._stop = threading.Event()
        self._runner = asyncio.Runner()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="freshness", daemon=True)

    def __enter__(self) -> None:
        self._loop = self._runner.get_loop()
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join()

    def _run(self) -> None:
        if not self._corpus.is_dir():  # somebody else feeds what is served
            with self._runner:
                while not self._stop.wait(_ELSEWHERE):
                    self._refresh(None)
            return
        try:
            with self._runner, RustNotify([str(self._corpus)], False, False, 0, True, True) as watcher:
                found: set[tuple[int, str]] | str = (
                    "timeout"  # what changed before this is not told of: look at everything
                )
                while found != "stop":
                    self._refresh({Path(path) for _, path in found} if isinstance(found, set) else None)
                    found = watcher.watch(_AT_MOST, _QUIET, _RESCAN, self._stop)
        except OSError as error:  # too many folders for this system, or the corpus is gone
            _log.warning("changes of %s are not noticed: %s", self._corpus, error)

    def _refresh(self, paths: set[Path] | None) -> None:
        if paths is not None and (len(paths) > _FEW or any(map(self._concerns_all, paths))):
            paths = None
        try:
            self._runner.run(self._refreshed(paths))
        except asyncio.CancelledError:
            _log.info("what changed is read the next time")
        except RetrievalError as error:
            _log.warning("what is served stays as it is: %s", error)
        except Exception:
            _log.exception("what is served stays as it is")

    async def _refreshed(self, paths: set[Path] | None) -> None:
        if not self._stop.is_set():
            self._task = asyncio.current_task()
            try:
                await self._library.refresh(paths=paths)
            finally:
                self._task = None

    def _cancel(self) -> None:
        """End what is under way: it may take as long as the corpus is large."""
        if self._task is not None:
            self._task.cancel()

    def _concerns_all(self, path: Path) -> bool:
        """Whether more may have changed with a path than itself."""
        return path in (self._corpus, self._corpus / NAME) or path.is_dir()
