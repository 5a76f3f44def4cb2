"""The bytes of a web page in; its article out."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import articles, pages, passages
from retrieval.models import Article, Document, LeftOut

NEWS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Harbour bridge reopens after two years | The Fjord Times</title>
<meta property="og:site_name" content="The Fjord Times"><meta property="og:type" content="article">
<meta property="article:published_time" content="2025-03-13T18:20:00+01:00">
<link rel="canonical" href="https://fjordtimes.example/bridge"></head><body>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies. By going on you agree to our use of cookies.</p>
<button>Accept all</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
<main><article><h1>Harbour bridge reopens after two years</h1>
<p class="byline">By Ingrid Dahl</p><time datetime="2025-03-13">13 March 2025</time>
<p>The harbour bridge was reopened on Thursday by the mayor, after repairs
that cost 410 million kroner.</p>
<p>“It is a good day for the town,” she told about 2,000 people on the quay. The first bus crossed at <b>11.30</b>.</p>
<h2>Longer than planned</h2>
<p>Divers found cracks in three of the seven piers. The contractor,
<a href="/nordbru">Nordbru</a>, paid a third of the cost.</p>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2023</td><td>120</td></tr><tr><td>2024</td><td>290</td></tr></table>
<ul><li>Buses 3 and 11 take their old route from Monday.</li><li>Cyclists have a lane of their own.</li></ul>
<blockquote><p>Nobody believed that it would ever open again.</p></blockquote>
<p>Cars have to wait until April. Until then they use the tunnel, which is free of charge.</p>
<figure><img src="x.jpg"><figcaption>The bridge on Thursday. Photo: A. Berg</figcaption></figure>
<div class="related"><h3>Read also</h3><ul><li><a href="/a">Ferry runs aground near Askøy</a></li>
<li><a href="/b">Why the tunnel floods every autumn</a></li></ul></div></article>
<aside><h2>Most read</h2><ol><li><a href="/c">Ten cafés for a rainy day</a></li></ol></aside>
<section id="comments"><h2>Comments</h2><div class="comment"><p>About time! I have waited for ages for this.</p></div>
</section></main><footer><p>© 2025 The Fjord Times. All rights reserved.</p><a href="/privacy">Privacy</a></footer>
</body></html>"""
PARAGRAPHS = [
    "The harbour bridge was reopened on Thursday by the mayor, after repairs that cost 410 million kroner.",
    "“It is a good day for the town,” she told about 2,000 people on the quay. The first bus crossed at 11.30.",
    "Divers found cracks in three of the seven piers. The contractor, Nordbru, paid a third of the cost.",
    "Buses 3 and 11 take their old route from Monday.",
    "Cyclists have a lane of their own.",
    "Nobody believed that it would ever open again.",
    "Cars have to wait until April. Until then they use the tunnel, which is free of charge.",
]
OLD = """<html><head><title>Council votes for the mill</title></head><body bgcolor=white>
<font size=5>Council votes for the mill</font><br><br>
The town council of Lillehammer voted on Tuesday to keep the old mill, by 14 votes to 11.<br><br>
The mill was built in 1820 and burned down twice. It will become a museum by 2027, said the mayor.</body></html>"""
LOGIN = """<html><head><title>Sign in - The Fjord Times</title></head><body><nav><a href="/">Home</a></nav><main>
<h1>Sign in</h1><p>Please enter your e-mail address and your password to continue.</p><form><input type="email">
<input type="password"><button>Sign in</button></form><p>Forgotten your password? <a href="/reset">Reset it.</a></p>
</main><footer>© 2025</footer></body></html>"""
MENU = """<html><head><title>World - The Fjord Times</title></head><body><h1>World</h1><ul>
<li><a href="/a">Ferry runs aground near Askøy</a></li><li><a href="/b">Why the tunnel floods every autumn</a></li>
<li><a href="/c">Ten cafés for a rainy day</a></li></ul><footer>© 2025 The Fjord Times</footer></body></html>"""
TEASERS = [
    (
        "Ferry runs aground near Askøy",
        "The ferry with 120 people on board ran aground in thick fog on Tuesday morning.",
    ),
    ("Why the tunnel floods", "Engineers say that pumps from 1978 are to blame, and that new ones are years away."),
    ("Minister resigns after vote", "The minister of fisheries resigned on Monday after losing a vote by 84 to 85."),
    ("Ten cafés for a rainy day", "It rains on 240 days of the year in Bergen, and these places live well with that."),
]
GONE = """<html><head><title>404</title></head><body><h1>Page not found</h1>
<p>The page that you are looking for does not exist.</p><p><a href="/">Go to the home page.</a></p></body></html>"""
MADE_LATER = """<html><head><title>The Fjord Times</title></head><body>
<noscript>You need to enable JavaScript to read this page.</noscript><div id="root"></div></body></html>"""
FRONT = (
    "<html><head><title>The Fjord Times</title></head><body><h1>The Fjord Times</h1>"
    + "".join(f'<div><h2><a href="/{title}">{title}</a></h2><p>{text}</p></div>' for title, text in TEASERS)
    + "</body></html>"
)


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><title>A mill</title>{head}</head><body>{body}</body></html>".encode()


def read(raw: bytes) -> Document:
    found = pages.document("a.html", raw)
    assert isinstance(found, Document), found
    return found


def test_a_news_page_is_its_article_and_what_it_states():
    """No menu, banner, table, caption, related article or comment is in the text."""
    found = read(NEWS.encode())

    assert ("Harbour bridge reopens after two years", dt.date(2025, 3, 13)) == (found.title, found.date)
    assert ("The Fjord Times", "https://fjordtimes.example/bridge") == (found.source, found.url)
    assert ["## Harbour bridge reopens after two years", *PARAGRAPHS[:2], "## Longer than planned"] == (
        found.text.split("\n\n")[:4]
    )
    assert [PARAGRAPHS[2], *(f"- {line}" for line in PARAGRAPHS[3:5]), *PARAGRAPHS[5:]] == found.text.split("\n\n")[4:]


def test_a_news_page_is_cut_as_any_article_is():
    """Its headline and subhead are marked so, its paragraphs are quoted, and no more."""
    article = articles.parse(read(NEWS.encode()))
    assert isinstance(article, Article)

    assert [("title", "Harbour bridge reopens after two years"), ("heading", "Longer than planned")] == [
        (block.kind, block.span.of(article.text)) for block in article.blocks if block.kind != "paragraph"
    ]
    assert PARAGRAPHS == [block.span.of(article.text) for block in article.blocks if block.kind == "paragraph"]
    assert {"", "Longer than planned"} == {passage.heading for passage in passages.split(article)}


def test_an_old_page_without_paragraphs_is_read_line_by_line():
    """Breaks keep its paragraphs apart; what it does not state stays empty."""
    found = read(OLD.encode())

    assert "The town council of Lillehammer voted on Tuesday to keep the old mill, by 14 votes to 11." in (
        found.text.split("\n\n")
    )
    assert ("Council votes for the mill", None, "", "") == (found.title, found.date, found.source, found.url)


def test_a_page_of_one_sentence_is_an_article():
    """Short news is news."""
    assert "The new bridge was opened by the mayor, Ana Rojas, on Sunday." in read(
        page("<h1>A bridge</h1><p>The new bridge was opened by the mayor, Ana Rojas, on Sunday.</p>")
    ).text.split("\n\n")


@pytest.mark.parametrize(
    "markup",
    [
        LOGIN,
        MENU,
        FRONT,
        GONE,
        MADE_LATER,
        "<html><body></body></html>",
        "<html><body><script>var a = 'The mill burned on Sunday.';</script></body></html>",
        NEWS.replace("fjordtimes.example/bridge", "fjordtimes.example/"),
        "<p>",
        "just words and no markup at all",
    ],
)
def test_a_page_without_an_article_is_left_out(markup):
    """A form to log in, a menu, a front page, an error, a page that is made in the browser, nothing, and no page."""
    assert LeftOut("a.html", "no_article") == pages.document("a.html", markup.encode())


@pytest.mark.parametrize(("raw", "reason"), [(b"", "empty"), (b"\xef\xbb\xbf \n", "empty"), (b"<p>\0</p>", "binary")])
def test_what_is_no_page_at_all_is_left_out(raw, reason):
    """As a text file would be."""
    assert LeftOut("a.html", reason) == pages.document("a.html", raw)


def test_an_article_about_a_refusal_is_an_article():
    """One that says what it is, or is long enough."""
    title, short = "<h1>Access denied</h1>", f"<p>{PARAGRAPHS[5]}</p>"

    assert PARAGRAPHS[5] in read(page(title + "".join(f"<p>{line}</p>" for line in PARAGRAPHS))).text
    assert PARAGRAPHS[5] in read(page(title + short, '<meta property="og:type" content="article">')).text
    assert LeftOut("a.html", "no_article") == pages.document("a.html", page(title + short))


def test_a_page_that_is_made_in_the_browser_may_hold_its_text_as_data():
    """What JSON-LD gives as the body is read where there is no other."""
    told = {"@type": "NewsArticle", "headline": "A bridge", "articleBody": " ".join(PARAGRAPHS)}
    found = read(page('<div id="root"></div>', f'<script type="application/ld+json">{json.dumps(told)}</script>'))

    assert ("A bridge", " ".join(PARAGRAPHS)) == (found.title, found.text)


def test_a_form_to_log_in_does_not_spoil_an_article():
    """Most news pages have one."""
    form = '<form><input type="password"></form>'

    assert PARAGRAPHS[0] in read(NEWS.replace("<main>", f"{form}<main>").encode()).text
    assert PARAGRAPHS[0] in read(page(form + "".join(f"<p>{text}</p>" for text in PARAGRAPHS))).text


@pytest.mark.parametrize(
    ("encoding", "declared", "named"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "windows-1251", "utf-8"),
        ("utf-8", "windows-1251", "utf-8"),
        ("cp1251", "windows-1251", "cp1251"),
        ("utf-16", "", "utf-16"),
        ("koi8_r", "KOI8-R", "koi8-r"),
    ],
)
def test_a_page_is_read_in_its_encoding(encoding, declared, named):
    """By its bytes where they tell, else by its own word."""
    text = "Старая мельница сгорела в воскресенье, сообщил мэр города."
    found = read(page(f"<p>{text}</p>", f'<meta charset="{declared}">').decode().encode(encoding))

    assert (text, named) == (found.text, found.encoding)


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
        "<META CHARSET='koi8-r'>",
        '<?xml version="1.0" encoding="koi8-r"?>',
    ],
)
def test_an_encoding_is_declared_in_many_ways(declaration):
    """In the old way, in the new one, and as XML."""
    text = "Старая мельница сгорела."
    raw = f"{declaration}<html><head></head><body><p>{text}</p></body></html>".encode("koi8-r")

    assert (text, "koi8-r") == (read(raw).text, read(raw).encoding)


def test_a_page_of_too_many_elements_is_left_out():
    """To take an article out of it would take minutes."""
    assert LeftOut("a.html", "too_large", "30,004 elements") == pages.document(
        "a.html", page("<p>The <b>mill</b> burned <i>down</i>.</p>" * 10_000)
    )


@pytest.mark.parametrize("nested", ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<blockquote>"])
def test_deep_nesting_does_no_harm(nested):
    """It is an article or left out."""
    assert pages.document("a.html", page(nested * 5000 + "The mill burned on Sunday."))


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_an_article_or_left_out(raw):
    """Within a page and as one; the text can be stored."""
    for found in (pages.document("a.html", raw), pages.document("a.html", page("<p>%b</p>").replace(b"%b", raw))):
        assert isinstance(found, LeftOut) or (found.text.strip() and found.text.encode())
