"""An article and where words of it stand in, a Quote of them out; and one that was shown once, again."""

import datetime as dt
from collections.abc import Iterator, Sequence

from retrieval.models import Article, DateRange, Quote, Span
from retrieval.resolved import resolved


def quotation(
    article: Article,
    span: Span,
    highlights: Sequence[Span] = (),
    *,
    score: float = 0.0,
    also: Sequence[Article] = (),
) -> Quote:
    """The words of an article at `span`, with the days that they mean."""
    dates = tuple(_dates(article, span))
    return Quote(article, span, span.of(article.text), tuple(highlights), score, dates, tuple(also))


def again(
    article: Article, span: Span, text: str, highlights: Sequence[Span] = (), also: Sequence[Article] = ()
) -> Quote | None:
    """A quote that was shown once: where `text` stands by now, as near as can be to where it stood.

    None where it stands nowhere any more, or only in what is not quoted.
    """
    start = min(_places(article, text), key=lambda start: abs(start - span.start), default=None)
    if start is None:
        return None
    by = start - span.start
    moved = [Span(mark.start + by, mark.end + by) for mark in highlights]
    return quotation(article, Span(start, start + len(text)), moved, also=also)


def day_of(quote: Quote) -> dt.date | None:
    """The day of which a quote speaks, so far as one is known, or else that of its article."""
    written = quote.article.date
    spoken = [days.last for _, days in quote.dates if written is None or days.last <= written]
    return spoken[0] if len(spoken) == 1 else written


def _dates(article: Article, span: Span) -> Iterator[tuple[Span, DateRange]]:
    """The words of a quote that mean other days than they say, and these days."""
    for first, end, days in resolved(span.of(article.text), article.date):
        yield Span(span.start + first, span.start + end), days


def _places(article: Article, text: str) -> Iterator[int]:
    """Where an article says `text` in its paragraphs."""
    start = article.text.find(text) if text else -1
    while start >= 0:
        span = Span(start, start + len(text))
        kinds = {block.kind for block in article.blocks if block.span.overlaps(span)}
        if kinds == {"paragraph"}:
            yield start
        start = article.text.find(text, start + 1)
