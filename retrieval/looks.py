"""Looks at a corpus in; when the last one succeeded, and what is amiss since then, out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from retrieval.errors import RetrievalError
from retrieval.models import Look


class Looks:
    """Keeps the latest look in mind."""

    def __init__(self) -> None:
        self.latest = Look()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Around a look: note how it goes."""
        before = self.latest = replace(self.latest, under_way=True)
        try:
            yield
        except Exception as error:
            problem = error.code if isinstance(error, RetrievalError) else type(error).__name__
            self.latest = replace(before, problem=problem, under_way=False)
            raise
        except BaseException:  # it was broken off
            self.latest = replace(before, under_way=False)
            raise
        self.latest = Look(time.monotonic())
