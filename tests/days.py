"""Days for tests, as they are written: ISO dates in, ranges of days out."""

import datetime as dt

from retrieval.models import DateRange


def day(text: str) -> DateRange:
    """One day."""
    return days(text, text)


def days(first: str, last: str) -> DateRange:
    """All days from the first to the last."""
    return DateRange(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
