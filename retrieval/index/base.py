"""What an index is: weighted terms in, hits out. It only proposes candidates; what answers is decided elsewhere.

An index is searched through a `Snapshot` of it, which later changes leave as it is, so that a question under way ends
on what it began with; it is fed by a `Feeder`, of which there is one at a time.
"""

import datetime as dt
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from retrieval.entries import Entry
from retrieval.models import Article, DateRange, Hit, Passage


class Index(ABC):
    """A searchable set of passages. Called from any thread."""

    size: int
    """How many passages it holds."""

    @abstractmethod
    def search(
        self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None, share: float = 0.0
    ) -> list[Hit]:
        """The best `limit` passages for the terms and their weights, best first, by BM25 with Lucene's idf.

        With `dates`, only passages of articles dated within; with `share`, none that scores less than this share of
        what the best one does. A passage that holds none of the terms is no hit, and without any terms there is none.
        """

    @abstractmethod
    def openings(self, limit: int, dates: DateRange) -> list[Hit]:
        """At most `limit` passages of articles dated within, all alike in score: first their first, then the next."""

    @abstractmethod
    def counts(self, terms: Iterable[str]) -> Mapping[str, int]:
        """How many passages hold each of some terms; 0 for one that none holds."""

    @abstractmethod
    def similar(self, term: str) -> list[str]:
        """Known terms that may be what was meant by an unknown one: same first letter, length within two.

        All of them, or at least those within two edits.
        """

    def idf(self, term: str) -> float:
        """How rare a term is: log(1 + (N - n + 0.5) / (n + 0.5)), also for a term that no passage holds."""
        return lucene_idf(self.size, self.counts([term])[term])


class Snapshot(Protocol):
    """What is served at one moment."""

    @property
    def index(self) -> Index:
        """Where passages are searched."""

    @property
    def articles(self) -> Mapping[str, Article]:
        """By id, in that order; those of hits are at hand, others may be far."""

    @property
    def newest(self) -> dt.date | None:
        """The date of the newest article."""

    @property
    def undated(self) -> int:
        """How many articles have no date."""

    @property
    def languages(self) -> Mapping[str, int]:
        """How many articles are in each language: English first, then the most frequent."""

    @property
    def first(self) -> Article | None:
        """The first article by id."""

    def every_article(self) -> Iterator[Article]:
        """All articles, by id; sooner than one by one."""

    def latest(self, limit: int) -> list[Article]:
        """The newest articles, and after them those without a date."""

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article. Raises KeyError where it is not served."""


class Feeder(Protocol):
    """Adds articles to an index and takes them out; nothing of it is seen before `commit`."""

    async def add(self, entries: Iterable[Entry]) -> None:
        """Add articles; one that is there already must have been removed first."""

    async def remove(self, articles: Iterable[str]) -> None:
        """Take out articles by their ids, all their passages; one that is not there is no mistake."""

    async def commit(self) -> int:
        """Make all changes since the last time seen and safe; the number of the state that the index is in then."""

    async def close(self) -> None:
        """Give up what was not committed, and the right to feed."""


def lucene_idf(passages: int, holding: int) -> float:
    """Lucene's inverse document frequency of a term that `holding` of `passages` hold."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
