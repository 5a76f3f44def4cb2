"""The bytes of a web page in; its article out: the text without what stands around it, and what the page states.

Offsets are into the extracted text: paragraphs with a blank line between them, subheads with a `##` before them.
"""

import logging
import re
from urllib.parse import urlsplit

import trafilatura
from lxml.html import HtmlElement

from retrieval import decoding
from retrieval.markup import Stated, stated
from retrieval.models import Document, LeftOut

ELEMENTS = 20_000
"""Of the largest page that is read, in 5 s at most; an article has some thousands, and 100,000 take minutes."""

_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_HEAD = 4096
_LEAST = 250
"""Characters of prose below which more is looked for, and a page that asks for a password or refuses is no article."""
_TEASERS = 3
_REFUSED = re.compile(
    r"\bpage not found\b|\bnot found$|\baccess denied\b|\bforbidden$|\berror 40\d\b|\b40\d error\b|^40\d$"
    r"|^just a moment\b|\bare you a robot\b|\bwe value your privacy\b|\bbefore you continue\b",
    re.IGNORECASE,
)
_STOPS = (".", "!", "?", "…", "”", "»", '"', ")")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it tells of every page without text


def document(name: str, raw: bytes) -> Document | LeftOut:
    """The article of a page, or why it is left out: a menu, a front page, a log-in or a refusal is no article."""
    declared = _DECLARED.search(raw, 0, _HEAD)
    decoded = decoding.decode(raw, declared[1].decode() if declared else "")
    if decoded is None:
        return LeftOut(name, "binary")
    markup, encoding = decoded
    if not markup.removeprefix("\ufeff").strip():
        return LeftOut(name, "empty")
    try:
        return _article(name, markup, encoding)
    except Exception as error:  # of two parsers, for what only looks like a page
        return LeftOut(name, "unreadable", type(error).__name__)


def _article(name: str, markup: str, encoding: str) -> Document | LeftOut:
    tree = trafilatura.load_html(markup)
    if tree is None:
        return LeftOut(name, "no_article")
    elements = sum(1 for _ in tree.iter())
    if elements > ELEMENTS:
        return LeftOut(name, "too_large", f"{elements:,} elements")
    for script in tree.xpath("//noscript"):  # where pages that are made in the browser say so
        script.drop_tree()
    said = stated(tree)
    lines = _lines(tree, precise=True)
    if _prose(lines) < _LEAST:
        lines = max(lines, _lines(tree, precise=False), key=_prose)
    if not _is_article(tree, said, lines):
        return LeftOut(name, "no_article")
    heads = {_squashed(head.text_content()) for head in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")}
    text = "\n\n".join(f"## {line}" if line in heads else line for line in lines)
    return Document(name, text, encoding, said.title, said.date, said.source, said.url)


def _lines(tree: HtmlElement, precise: bool) -> list[str]:
    """The lines of the article's text; what is `precise` takes 3 in 5 of the time, and sometimes too little."""
    text = trafilatura.extract(
        tree, fast=precise, favor_precision=precise, include_comments=False, include_tables=False
    )
    return [line for line in map(_squashed, (text or "").splitlines()) if line]


def _prose(lines: list[str]) -> int:
    """How many characters stand in lines that end as sentences do."""
    return sum(len(line) for line in lines if line.endswith(_STOPS))


def _is_article(tree: HtmlElement, said: Stated, lines: list[str]) -> bool:
    if not _prose(lines) or (said.url and urlsplit(said.url).path in {"", "/"}):
        return False
    if said.is_article:
        return True
    if _prose(lines) < _LEAST and (_REFUSED.search(said.title) or tree.xpath("//input[@type='password']")):
        return False
    return not _is_front(tree, lines)


def _is_front(tree: HtmlElement, lines: list[str]) -> bool:
    """Whether the page is a list of other articles: headings that are links, and not much more."""
    teasers = len(tree.xpath("//h2[.//a[@href]]|//h3[.//a[@href]]|//a[@href]/h2|//a[@href]/h3"))
    return teasers >= _TEASERS and teasers * 2 >= len(lines)


def _squashed(text: str) -> str:
    return " ".join(text.split())
