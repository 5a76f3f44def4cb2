"""An Article in; what is fed of it to the cache and to an index out, and its passages back out of that.

An entry is small and plain, since it travels between processes: a passage is the offsets of its sentences.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval import multilingual
from retrieval.models import Article, Passage, Sentence, Span


@dataclass(frozen=True, slots=True)
class Entry:
    """An article and its passages, as they are kept and fed.

    `stamp` changes with what they were made from. `spans` is JSON, `[[heading, [start, end, start, end, …]], …]`: for
    each passage the heading above it and where its sentences are. `terms` are the index terms of each passage, with
    those of the title and the heading, joined by spaces; none in an entry that comes out of the cache. `prints` are
    numbers by which articles that share sentences are found. `number` is the cache's own for this state of the article.
    """

    article: Article
    stamp: str
    spans: str
    terms: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()
    number: int = 0


def entry(article: Article, stamp: str, passages: Sequence[Passage], prints: Sequence[int] = ()) -> Entry:
    """What is kept and fed of an article that was just cut into passages."""
    terms = tuple(index_terms(article, passages))
    return Entry(article, stamp, packed(passages), terms, tuple(prints))


def with_terms(one: Entry) -> Entry:
    """An entry that comes out of the cache, ready to be fed."""
    if one.terms:
        return one
    return replace(one, terms=tuple(index_terms(one.article, passages_of(one.article, one.spans))))


def packed(passages: Sequence[Passage]) -> str:
    """The passages of one article as JSON."""
    spans = [
        [one.heading, [at for sentence in one.sentences for at in (sentence.span.start, sentence.span.end)]]
        for one in passages
    ]
    return json.dumps(spans, ensure_ascii=False, separators=(",", ":"))


def passages_of(article: Article, spans: str) -> tuple[Passage, ...]:
    """The reverse of `packed`; the sentences have no terms."""
    return tuple(
        passage_of(article, number, heading, bounds) for number, (heading, bounds) in enumerate(json.loads(spans))
    )


def passage_of(article: Article, number: int, heading: str, bounds: Sequence[int]) -> Passage:
    """One passage of an article, from where its sentences start and end."""
    text = article.text
    language = article.language
    sentences = tuple(
        [
            Sentence(Span(start, end), text[start:end], (), language)
            for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        ]
    )
    return Passage(article.id, number, Span(bounds[0], bounds[-1]), sentences, heading)


def index_terms(article: Article, passages: Sequence[Passage]) -> Iterator[str]:
    """What an index knows each passage by, joined by spaces: the terms of the title, the heading, the sentences."""
    language = article.language
    of_title = multilingual.terms(article.title, language)
    for one in passages:
        found = of_title + multilingual.terms(one.heading, language) if one.heading else of_title.copy()
        for sentence in one.sentences:
            found += sentence.terms or multilingual.terms(sentence.text, language)
        yield " ".join(found)
