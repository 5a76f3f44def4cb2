"""The tree of a web page in; what its markup states out."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from retrieval.markup import Stated, stated

DAY = dt.date(2025, 3, 13)


def said(head: str = "", body: str = "<p>Text.</p>") -> Stated:
    return stated(document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>"))


def linked(told: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Bridge  reopens",
    "datePublished": "2025-03-13T18:20:00+01:00",
    "dateModified": "2025-03-15",
    "publisher": {"@type": "Organization", "name": "The Fjord Times"},
}


@pytest.mark.parametrize(
    "told",
    [
        NEWS,
        [NEWS],
        {"@graph": [{"@type": "WebSite", "name": "x"}, NEWS]},
        {"@type": "WebPage", "mainEntity": NEWS},
        NEWS | {"@type": ["Thing", "ReportageNewsArticle"], "publisher": [{"name": "The Fjord Times"}]},
        NEWS | {"publisher": "The Fjord Times"},
    ],
)
def test_what_json_ld_states_of_the_article_is_taken(told):
    """However it is nested, and the day of publication, not of a change."""
    assert Stated("Bridge reopens", DAY, "The Fjord Times", "", True) == said(linked(told))


def test_what_json_ld_states_of_other_articles_is_not():
    """A list of articles is not the article."""
    assert Stated() == said(linked({"@type": "ItemList", "itemListElement": [NEWS]}))


@pytest.mark.parametrize(
    "script",
    ["{", '{"@type": "NewsArticle", "headline": NaN1}', "[" * 100_000, '"text"', "null", "7", "[null, [], {}]"],
)
def test_json_ld_that_is_broken_states_nothing(script):
    """It is no reason to leave the page out."""
    assert Stated() == said(f'<script type="application/ld+json">{script}</script>')


def test_a_line_break_in_a_string_of_json_ld_does_no_harm():
    """It is not allowed there, and common."""
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bridge\nreopens"}</script>'

    assert "Bridge reopens" == said(script).title


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("article:published_time", "2025-03-13T18:20:00+01:00") + meta("article:modified_time", "2025-03-15"), ""),
        ('<meta name="DC.date.issued" content="2025-03-13">', ""),
        ('<meta name="pubdate" content="Thu, 13 Mar 2025 18:20:00 GMT">', ""),
        ('<meta itemprop="datePublished" content="13 March 2025">', ""),
        (linked(NEWS) + meta("date", "2025-03-14"), ""),
        (meta("article:published_time", "soon") + linked(NEWS), ""),
        ("", '<p>By A</p><span itemprop="datePublished" datetime="2025-03-13">yesterday</span>'),
        ("", '<time pubdate datetime="2025-03-13T08:00">13.3.</time><time datetime="2025-03-20">20.3.</time>'),
        ("", '<main><time datetime="2025-03-13">13.3.</time><time datetime="2025-03-13T09:00">9.00</time></main>'),
    ],
)
def test_the_day_is_stated_in_many_ways(head, body):
    """The surest goes first, and one that is no date is passed over."""
    assert DAY == said(head, body or "<p>Text.</p>").date


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<p>13 March 2025</p><footer>© 2025 The Fjord Times</footer>"),
        (meta("article:modified_time", "2025-03-13"), "<p>Text.</p>"),
        (meta("date", "2025"), "<p>Text.</p>"),
        ('<link rel="canonical" href="https://example.org/2025/03/13/bridge">', "<p>Text.</p>"),
        ("", '<main><time datetime="2025-03-13">13</time><time datetime="2025-03-14">14</time></main>'),
        ("", '<main><aside><time datetime="2025-03-13">13</time></aside></main>'),
        ("", '<div><time datetime="2025-03-13">today</time></div>'),
        ("", '<main><time datetime="P2D">two days</time></main>'),
    ],
)
def test_a_day_that_is_not_stated_is_not_guessed(head, body):
    """Not from what is printed, from an address, from a change, from other articles, or where two disagree."""
    assert said(head, body).date is None


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            "<title>Bridge reopens | The Fjord Times</title>" + meta("og:site_name", "The Fjord Times"),
            "",
            "Bridge reopens",
        ),
        ("<title>Bridge reopens – Fjord</title>" + meta("og:site_name", "Fjord"), "", "Bridge reopens"),
        (
            "<title>Bridge reopens in the Fjord</title>" + meta("og:site_name", "Fjord"),
            "",
            "Bridge reopens in the Fjord",
        ),
        ("<title>Fjord</title>" + meta("og:site_name", "Fjord"), "", "Fjord"),
        ("<title>x</title>" + meta("og:title", "Bridge &amp; tunnel"), "<h1>y</h1>", "Bridge & tunnel"),
        ("<title>x</title>", "<aside><h1>Most read</h1></aside><h1>Bridge\n <b>reopens</b></h1>", "Bridge reopens"),
        ("<title>x</title>", "<h1>One</h1><h1>Two</h1>", "x"),
        ("", "<p>Text.</p>", ""),
    ],
)
def test_the_title_is_the_headline_without_the_site(head, body, title):
    """A single first heading goes before the window's title, and what the head states before both."""
    assert title == said(head, body or "<p>Text.</p>").title


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href=" https://example.org/a ">' + meta("og:url", "https://example.org/b"), "a"),
        ('<link rel="canonical" href="/a">' + meta("og:url", "https://example.org/b"), "b"),
        (meta("og:url", "javascript:alert(1)"), ""),
    ],
)
def test_the_address_is_one_of_the_web(head, url):
    """Or none: it is shown as a link."""
    assert (f"https://example.org/{url}" if url else "") == said(head).url


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked({"@type": "BlogPosting"}), ""),
        (meta("og:type", "article"), ""),
        ("", '<p itemprop="articleBody">A.</p>'),
    ],
)
def test_a_page_says_that_it_is_an_article(head, body):
    """In one of three ways."""
    assert said(head, body or "<p>Text.</p>").is_article
    assert not said(meta("og:type", "website")).is_article


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("NewsArticle"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@graph", "headline", "datePublished", "publisher", "name"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_ld_states_something_or_nothing(told):
    """Values of other types than they should be do no harm."""
    found = said(linked(told))

    assert found.date is None or isinstance(found.date, dt.date)
    assert isinstance(found.title + found.source, str)


def test_no_title_or_name_is_longer_than_a_thousand_characters():
    """Each passage is known by its article's title, which then counts for as often; an address can't be cut."""
    told = said(
        meta("og:title", "Word " * 300) + meta("og:site_name", "x" * 2000) + meta("og:url", "https://x.y/" * 90)
    )

    assert "Word " * 200 == told.title
    assert "x" * 1000 == told.source
    assert "" == told.url
