"""A question or an article in; what a link to this bot carries out, and back: at most 64 of A-Z, a-z, 0-9, - and _."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from bot.pages import key
from bot.state.people import Links
from retrieval import Article

LONGEST = 64
_QUESTION, _KEPT, _ARTICLE = "q", "k", "a"


def to_article(article: Article) -> str:
    """The payload that opens an article."""
    return _ARTICLE + key(article.id)


async def to_question(question: str, links: Links) -> str:
    """The payload that asks a question; one too long for a link is kept under a key."""
    payload = _QUESTION + _encoded(question.encode("utf-8", "replace"))
    if len(payload) <= LONGEST:
        return payload
    name = _encoded(hashlib.sha256(question.encode("utf-8", "replace")).digest()[:16])
    await links.put(name, question)
    return _KEPT + name


async def question_of(payload: str, links: Links) -> str | None:
    """The question that a payload asks, if it asks one that is known."""
    rest = payload[1:]
    if payload.startswith(_KEPT):
        return await links.get(rest)
    if not payload.startswith(_QUESTION):
        return None
    try:
        return urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).decode().strip() or None
    except ValueError:
        return None


def article_of(payload: str) -> str | None:
    """The key of the article that a payload opens, if it opens one."""
    return payload[1:] if payload.startswith(_ARTICLE) else None


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
