"""What an index is: weighted terms in, hits out. It only proposes candidates; what answers is decided elsewhere."""

from collections.abc import Mapping
from typing import Protocol

from retrieval.models import DateRange, Hit


class Index(Protocol):
    """A searchable set of passages."""

    size: int
    """How many passages it holds."""

    def search(self, terms: Mapping[str, float], limit: int, dates: DateRange | None = None) -> list[Hit]:
        """The best `limit` passages for the terms and their weights, best first.

        With `dates`, only passages of articles dated within. A passage that holds none of the terms is no hit;
        without any terms all passages are, in their own order.
        """
        ...

    def idf(self, term: str) -> float:
        """How rare a term is: log(1 + (N - n + 0.5) / (n + 0.5)), also for a term that no passage holds."""
        ...

    def __contains__(self, term: str) -> bool:
        """Whether some passage holds the term."""
        ...

    def similar(self, term: str) -> list[str]:
        """Known terms that may be what was meant by an unknown one: same first letter, length within two."""
        ...
