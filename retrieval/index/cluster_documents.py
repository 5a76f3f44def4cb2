"""Entries in, what a cluster keeps of them out, and back: articles in one index, their passages in another.

Nothing but the terms and days of passages is indexed. An article has its text, and a passage only where its sentences
are in that. Both hold the article's stamp, so that a passage is never shown with the text of another version.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from retrieval.entries import Entry, passage_of
from retrieval.models import Article, Block, ClusterSettings, Passage, Span

KEPT: Mapping[str, object] = {"type": "text", "index": False}
"""A field that is given back and never searched."""
OF_PASSAGES = ["article", "number", "heading", "bounds", "stamp"]
"""The fields that a hit is made of."""

NOTE = "note"
"""The key, beside those of passages, of what is noted of all of them."""

_WORDS = ("title", "title_source", "date_source", "source", "url", "text", "encoding", "evidence", "extra")


def article_fields() -> dict[str, object]:
    """The mapping of articles."""
    return {
        "id": {"type": "keyword"},
        "language": {"type": "keyword"},
        "date": {"type": "date", "format": "strict_date"},
        "stamp": KEPT,
        "blocks": {"type": "object", "enabled": False},
        "passages": {"type": "integer", "index": False, "doc_values": False},
        **dict.fromkeys(_WORDS, KEPT),
    }


def passage_fields() -> dict[str, object]:
    """The mapping of passages. Their terms are searched for as they are, and where they stand does not count."""
    return {
        "article": {"type": "keyword"},
        "number": {"type": "integer"},
        "date": {"type": "date", "format": "strict_date"},
        "terms": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        NOTE: {"type": "object", "enabled": False},
        **dict.fromkeys(("heading", "bounds", "stamp"), KEPT),
    }


def bodies(settings: ClusterSettings) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the indices of articles and of passages are made with; nothing is seen before it is asked for."""
    layout = {
        "number_of_shards": settings.shards,
        "number_of_replicas": settings.replicas,
        "refresh_interval": "-1",
        "similarity": {"default": {"type": "BM25", "k1": settings.k1, "b": settings.b}},
    }
    strict = {"dynamic": "strict"}
    return (
        {"settings": {"index": layout}, "mappings": {**strict, "properties": article_fields()}},
        {
            "settings": {"index": layout},
            # The terms are most of what would be given back, and nobody asks for them.
            "mappings": {**strict, "_source": {"excludes": ["terms"]}, "properties": passage_fields()},
        },
    )


def shape(settings: ClusterSettings) -> str:
    """Changes with how the indices are laid out; how many copies there are can be changed without."""
    layouts = bodies(replace(settings, replicas=0))
    return hashlib.sha256(json.dumps(layouts).encode()).hexdigest()


def key(article_id: str) -> str:
    """The key of an article in the cluster, which has no room for a long path."""
    return hashlib.blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def passage_key(article: str, number: int) -> str:
    """The key of a passage, by that of its article."""
    return f"{article}-{number}"


def article_document(entry: Entry) -> dict[str, object]:
    """What is kept of an article."""
    article = entry.article
    return {
        "id": article.id,
        "stamp": entry.stamp,
        "date": article.date.isoformat() if article.date else None,
        "blocks": [[block.kind, block.span.start, block.span.end] for block in article.blocks],
        "passages": len(entry.terms),
        "language": article.language,
        **{name: getattr(article, name) for name in _WORDS},
    }


def passage_documents(entry: Entry) -> Iterator[dict[str, object]]:
    """What is kept of an article's passages, in order."""
    day = entry.article.date.isoformat() if entry.article.date else None
    for number, ((heading, bounds), terms) in enumerate(zip(json.loads(entry.spans), entry.terms, strict=True)):
        yield {
            "article": entry.article.id,
            "number": number,
            "date": day,
            "heading": heading,
            "bounds": bounds,
            "stamp": entry.stamp,
            "terms": terms,
        }


def article_of(document: Mapping[str, Any]) -> Article:
    """The reverse of `article_document`."""
    return Article(
        id=document["id"],
        date=dt.date.fromisoformat(document["date"]) if document["date"] else None,
        language=document["language"],
        blocks=tuple(Block(kind, Span(start, end)) for kind, start, end in document["blocks"]),
        **{name: document[name] for name in _WORDS},
    )


def passage_from(document: Mapping[str, Any], article: Article) -> Passage:
    """The passage of an article that is kept so."""
    return passage_of(article, document["number"], document["heading"], document["bounds"])


def line(value: Mapping[str, object]) -> bytes:
    """A line of a bulk request; half a character, which UTF-8 has no bytes for, is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
