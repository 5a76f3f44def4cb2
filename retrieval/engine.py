"""The one door: a corpus folder in, `ask` out."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from retrieval.models import Answer, Article, EngineSettings, Passage, SyncReport

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, article_id)` while files are read."""


class Engine:
    """Answers questions about one corpus; made by `Engine.open`."""

    report: SyncReport
    articles: Mapping[str, Article]
    passages: tuple[Passage, ...]

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: EngineSettings, progress: Progress | None = None) -> AsyncIterator["Engine"]:
        """Bring the cache up to date and serve it. Raises CorpusMissing and CatalogInvalid."""
        raise NotImplementedError
        yield cls()

    async def ask(self, text: str, before: Answer | None = None) -> Answer:
        """Answer `text`; `before` is the last answer in the same chat."""
        raise NotImplementedError
