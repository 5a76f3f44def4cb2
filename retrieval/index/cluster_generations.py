"""Which of a cluster's indices are served: articles and passages are two indices of one generation, behind two aliases.

A rebuilt generation takes the place of the old one at one stroke. A note beside its passages says how it is laid out
and what fed it: in the mapping's `_meta`, which every node has to agree on, writing it took ten times as long (0.4 s).
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from opensearchpy import RequestError

from retrieval.errors import IndexAway
from retrieval.index.cluster_documents import NOTE, bodies, shape
from retrieval.index.cluster_link import Link

_KINDS = ("articles", "passages")


@dataclass(frozen=True, slots=True)
class Place:
    """The names of an index of articles and of that of their passages, or of the aliases for them."""

    articles: str
    passages: str

    @property
    def both(self) -> str:
        """As the cluster is asked for the two at once."""
        return f"{self.articles},{self.passages}"


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of a generation: its layout, what fed it (empty while it is fed), and its last commit."""

    shape: str
    digest: str = ""
    commit: str = ""


class Generations:
    """All generations of one index; `served` is where the one is that is served."""

    def __init__(self, link: Link) -> None:
        self.shape = shape(link.settings)
        self.served = Place(*(f"{link.settings.index}-{kind}" for kind in _KINDS))
        self._link = link
        self._indices = link.client.indices

    async def open(self) -> None:
        """Serve an empty generation if there is none, with as many copies as the settings ask for."""
        if len(_aliases(await self._all())) < len(_KINDS):
            await self.serve(await self._create())
        replicas = {"index": {"number_of_replicas": self._link.settings.replicas}}
        await self._link.call(self._indices.put_settings, index=self.served.both, body=replicas)

    async def current(self, digest: str) -> "Generation":
        """The generation that is served, to be fed."""
        aliases = _aliases(await self._all())
        return Generation(self, Place(aliases[self.served.articles], aliases[self.served.passages]), digest, False)

    async def new(self, digest: str) -> "Generation":
        """A new generation, to be fed; others that never were served are deleted."""
        return Generation(self, await self._create(), digest, True)

    async def serve(self, place: Place) -> None:
        """Serve this generation from now on, and delete all others."""
        others = [name for name in await self._all() if name not in (place.articles, place.passages)]
        aliases = ((self.served.articles, place.articles), (self.served.passages, place.passages))
        added = [{"add": {"alias": alias, "index": name}} for alias, name in aliases]
        removed = [
            {"remove": {"aliases": [alias for alias, _ in aliases], "index": name, "must_exist": False}}
            for name in others
        ]
        await self._link.call(self._indices.update_aliases, body={"actions": [*removed, *added]})
        await self._delete(others)

    async def delete(self, place: Place) -> None:
        """Delete a generation that is not served."""
        await self._delete((place.articles, place.passages))

    async def note(self, place: Place) -> Note:
        """What is noted of a generation."""
        found = await self._link.call(self._link.client.get, index=place.passages, id=NOTE)
        return Note(**found["_source"][NOTE])

    async def put(self, place: Place, note: Note) -> None:
        """Note this of a generation."""
        body = {NOTE: asdict(note)}
        await self._link.call(self._link.client.index, index=place.passages, id=NOTE, body=body)

    async def _create(self) -> Place:
        there = await self._all()
        await self._delete(name for name, aliases in there.items() if not aliases)
        number = 1 + max((int(name.rpartition("-")[2]) for name in there), default=0)
        place = Place(f"{self.served.articles}-{number}", f"{self.served.passages}-{number}")
        for name, body in zip((place.articles, place.passages), bodies(self._link.settings), strict=True):
            await self._link.call(self._made, name=name, body=body)
        await self.put(place, Note(self.shape))
        await self._link.call(self._indices.refresh, index=place.passages)
        return place

    async def _all(self) -> dict[str, Mapping[str, object]]:
        """The indices of all generations by name, each with the aliases that stand for it."""
        pattern = f"{self.served.articles}-*,{self.served.passages}-*"
        found = await self._link.call(self._indices.get_alias, index=pattern)
        own = re.compile(f"{re.escape(self._link.settings.index)}-({'|'.join(_KINDS)})-[0-9]+")
        return {name: index["aliases"] for name, index in found.items() if own.fullmatch(name)}

    async def _made(self, name: str, body: Mapping[str, object], request_timeout: float) -> None:
        """Make an index, and wait a while for all its copies: a node that is lost before takes the only one along."""
        wait = {"wait_for_active_shards": "all", "timeout": f"{request_timeout * 500:.0f}ms"}
        try:
            await self._indices.create(index=name, body=body, request_timeout=request_timeout, params=wait)
        except RequestError as error:  # a lost answer to a first attempt leaves it there
            if error.error != "resource_already_exists_exception":
                raise

    async def _delete(self, names: Iterable[str]) -> None:
        if joined := ",".join(names):
            await self._link.call(self._indices.delete, index=joined, ignore_unavailable=True)


class Generation:
    """One that is being fed: without a digest from the first change to the commit, since what was fed can't be undone.

    Its digest stays where the same cache fed it before, which knows what it may have fed since. A digest is the name of
    a cache, a colon and a number. A new generation is served from its first commit on.
    """

    def __init__(self, generations: Generations, place: Place, digest: str, is_new: bool) -> None:
        self.place = place
        self._generations = generations
        self._digest = digest
        self._is_new = is_new
        self._note: Note | None = None

    async def begin(self) -> None:
        """Take its digest away before it is changed by another cache."""
        if self._note is None:
            note = await self._generations.note(self.place)
            if note.digest.partition(":")[0] != self._digest.partition(":")[0]:
                await self._generations.put(self.place, replace(note, digest=""))
            self._note = note

    async def commit(self) -> None:
        """Note that all changes are there, and serve it."""
        if self._note is not None:
            await self._generations.put(self.place, replace(self._note, digest=self._digest, commit=uuid4().hex))
        if self._is_new:
            await self._generations.serve(self.place)
        self._note, self._is_new = None, False

    async def leave(self) -> None:
        """Delete it if it is not served."""
        if self._is_new:
            with suppress(IndexAway):  # the next new one finds it, and deletes it
                await self._generations.delete(self.place)


def _aliases(indices: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    return {alias: name for name, aliases in indices.items() for alias in aliases}
