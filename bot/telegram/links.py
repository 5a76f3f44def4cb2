"""A question or an article in; what a link to this bot carries out, and back: at most 64 of A-Z, a-z, 0-9, - and _."""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict

from bot.pages import key
from retrieval import Article

START = "start"
"""The payload that opens the first page."""
LONGEST = 64

_QUESTION, _LONG, _ARTICLE = "q", "l", "a"
_KEY = re.compile(f"{_ARTICLE}([\\w-]{{11}})", re.ASCII)
_REMEMBERED = 1_000


def to_article(article: Article, bot: str) -> str:
    """The link that opens an article with the bot of that name."""
    return f"https://t.me/{bot}?start={_ARTICLE}{key(article.id)}"


def article_of(payload: str) -> str | None:
    """The key of the article that a payload opens, if it opens one."""
    found = _KEY.fullmatch(payload)
    return found[1] if found else None


class Questions:
    """Links to questions. One too long for a link is remembered for a while, and nowhere written down."""

    def __init__(self) -> None:
        self._long: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def payload(self, question: str, person: int) -> str:
        """The payload that asks a question, which a person types just now."""
        payload = _QUESTION + _encoded(question.encode("utf-8", "replace"))
        if len(payload) <= LONGEST:
            return payload
        payload = _LONG + _encoded(hashlib.sha256(question.encode("utf-8", "replace")).digest()[:16])
        self._long[payload] = person, question
        if len(self._long) > _REMEMBERED:
            self._long.popitem(last=False)
        return payload

    def of(self, payload: str) -> str | None:
        """The question that a payload asks, if it asks one that is known."""
        if payload in self._long:
            return self._long[payload][1]
        rest = payload.removeprefix(_QUESTION)
        if rest == payload:
            return None
        try:
            return urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).decode().strip() or None
        except ValueError:
            return None

    def forget(self, person: int) -> None:
        """Drop what somebody typed."""
        self._long = OrderedDict((payload, kept) for payload, kept in self._long.items() if kept[0] != person)


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
