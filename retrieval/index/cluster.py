"""An OpenSearch cluster in, an index of passages out that many bots may search: the door to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from retrieval.index.cluster_feed import ClusterFeeder
from retrieval.index.cluster_generations import Generations
from retrieval.index.cluster_link import Link
from retrieval.index.cluster_search import ClusterSnapshot, snapshot, stamps
from retrieval.models import ClusterSettings


class ClusterIndex:
    """The passages that a cluster holds; made by `ClusterIndex.open`, in whose event loop it is fed and refreshed.

    `snapshot` is what is served, for threads other than the event loop's. `digest` is what the last commit was told;
    it is empty where there was none, where feeding was broken off, and where the settings ask for another layout than
    the index has: then it has to be rebuilt.
    """

    snapshot: ClusterSnapshot
    digest: str

    def __init__(self, link: Link) -> None:
        self._link = link
        self._generations = Generations(link)
        self._commit: str | None = None
        self._feeding = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ClusterSettings) -> AsyncIterator["ClusterIndex"]:
        """The index as it is, or an empty one where there is none. Raises IndexAway."""
        async with Link.open(settings) as link:
            index = cls(link)
            await index._generations.open()
            await index.refresh()
            yield index

    async def refresh(self) -> bool:
        """Serve what was committed since, by whomever; False where nothing was. Raises IndexAway."""
        note = await self._generations.note(self._generations.served)
        changed = note.commit != self._commit
        if changed:
            self.snapshot = await snapshot(self._link, self._generations.served)
            self._commit = note.commit
        self.digest = note.digest if note.shape == self._generations.shape else ""
        return changed

    async def stamps(self) -> dict[str, str]:
        """The stamp of each article that is served, by id. Raises IndexAway."""
        return await stamps(self._link, self._generations.served)

    async def feeder(self, digest: str) -> ClusterFeeder:
        """Who changes what is served, `digest` being noted at a commit; waits for the one before. Raises IndexAway."""
        return await self._feeder(digest, rebuilding=False)

    async def rebuild(self, digest: str) -> ClusterFeeder:
        """Who feeds an empty index, which a commit puts in the place of what was served. Raises IndexAway."""
        return await self._feeder(digest, rebuilding=True)

    async def _feeder(self, digest: str, rebuilding: bool) -> ClusterFeeder:
        await self._feeding.acquire()
        try:
            link = self._link.for_feeding()
            generations = Generations(link)
            generation = await (generations.new(digest) if rebuilding else generations.current(digest))
        except BaseException:
            self._feeding.release()
            raise
        return ClusterFeeder(link, generation, self.refresh, self._feeding.release)
