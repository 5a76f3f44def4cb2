"""The tree of a web page in; what its markup states out: title, day, publisher, address, whether it is an article.

Nothing is guessed from what is merely printed: "© 2025" in a footer is no date.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from retrieval import frontmatter
from retrieval.frontmatter import LONGEST

_PUBLISHED = (
    *("article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished"),
    *("rnews:datepublished", "citation_publication_date", "citation_online_date", "parsely-pub-date", "sailthru.date"),
    *("dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date", "dcterms.created", "dc.date.created"),
    *("publication_date", "publication-date", "publish_date", "publish-date", "publishdate", "pubdate", "date"),
)
"""Names under which pages state the day of publication, surest first."""
_TITLES = ("og:title", "headline", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_ARTICLES = ("Article", "BlogPosting", "Report")
_JSON = json.JSONDecoder(strict=False)
_NESTED = 5
_BARS = "|-–—·•:"
_AROUND = "ancestor::aside or ancestor::nav or ancestor::footer"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says of itself; empty where it does not say."""

    title: str = ""
    date: dt.date | None = None
    source: str = ""
    url: str = ""
    is_article: bool = False


def stated(tree: HtmlElement) -> Stated:
    """What the head, the JSON-LD and the marked elements of a page state."""
    named = _named(tree)
    linked = next(_articles(tree), {})
    source = _squashed(named.get("og:site_name")) or _name(linked.get("publisher"))
    return Stated(
        title=_without(_title(tree, named, linked), source)[:LONGEST],
        date=_published(tree, named, linked),
        source=source[:LONGEST],
        url=_address(tree, named),
        is_article=bool(linked)
        or named.get("og:type") == "article"
        or bool(tree.xpath("//*[@itemprop='articleBody']")),
    )


def _named(tree: HtmlElement) -> dict[str, str]:
    """The content of each `meta` by its name, in lower case; the first of several."""
    found: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.strip().lower(), meta.get("content").strip())
    return found


def _articles(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """What JSON-LD says of the article that the page is, not of those that it lists."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            told = _JSON.decode((script.text or "").strip())
        except (ValueError, RecursionError):
            continue
        for thing in _things(told):
            types = thing.get("@type")
            if any(str(one).endswith(_ARTICLES) for one in (types if isinstance(types, list) else [types])):
                yield thing


def _things(told: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth == _NESTED:
        return
    if isinstance(told, list):
        for one in told:
            yield from _things(one, depth + 1)
    elif isinstance(told, dict):
        yield told
        for key in ("@graph", "mainEntity"):
            yield from _things(told.get(key), depth + 1)


def _title(tree: HtmlElement, named: Mapping[str, str], linked: Mapping[str, Any]) -> str:
    titles = [_squashed(linked.get("headline")), *(_squashed(named.get(name)) for name in _TITLES)]
    heads = [_squashed(head.text_content()) for head in tree.xpath(f"//h1[not({_AROUND})]")]
    if len(heads) == 1:
        titles += heads
    titles += [_squashed(title.text_content()) for title in tree.xpath("//head/title")]
    return next(filter(None, titles), "")


def _without(title: str, source: str) -> str:
    """A title without the publisher's name behind a bar."""
    before = title.removesuffix(source).rstrip()
    return before[:-1].rstrip() if source and before != title and before[-1:] in _BARS and len(before) > 1 else title


def _published(tree: HtmlElement, named: Mapping[str, str], linked: Mapping[str, Any]) -> dt.date | None:
    stated = [
        *(named.get(name) for name in _PUBLISHED[:1]),
        linked.get("datePublished"),
        *(named.get(name) for name in _PUBLISHED[1:]),
        *tree.xpath("//*[@itemprop='datePublished']/@datetime"),
        *tree.xpath("//time[@pubdate]/@datetime"),
    ]
    days = (frontmatter.written_date(value.strip()) for value in stated if isinstance(value, str))
    return next(filter(None, days), None) or _only_day(tree)


def _only_day(tree: HtmlElement) -> dt.date | None:
    """The day that all `time` elements of the article's head and text agree on."""
    times = tree.xpath(f"(//article|//main)//time[not({_AROUND})]/@datetime")
    days = {frontmatter.written_date(value.strip()) for value in times}
    return days.pop() if len(days) == 1 else None


def _address(tree: HtmlElement, named: Mapping[str, str]) -> str:
    links = [*tree.xpath("//link[@rel='canonical']/@href"), named.get("og:url", "")]
    addresses = (link.strip() for link in links if len(link) <= LONGEST)
    return next(filter(frontmatter.is_web_address, addresses), "")


def _name(thing: object) -> str:
    """The name of a publisher, which JSON-LD may give in a list or bare."""
    if isinstance(thing, list):
        return _name(thing[0]) if thing else ""
    return _squashed(thing.get("name") if isinstance(thing, dict) else thing)


def _squashed(text: object) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""
