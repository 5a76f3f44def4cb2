"""Lines of standard input in, questions out; replies in, lines of JSON out: the conversation as pipes have it."""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation import Reply
from retrieval import Quote


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of input: the question, the chat it belongs to, and whether it looks like JSON but is not."""

    question: str
    chat: str | None = None
    malformed: bool = False


def typed() -> Iterator[str]:
    """The lines of standard input, as they come; bytes that are no UTF-8 are replaced."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin or ():
        yield line.removeprefix("\ufeff").removesuffix("\n")


def asked(line: str) -> Asked:
    """What a line asks: a JSON object `{"question": ..., "chat": ...}`, or else its words."""
    if not line.lstrip().startswith("{"):
        return Asked(line)
    try:
        found = json.loads(line)
        question, chat = found["question"], found.get("chat")
    except (ValueError, KeyError, RecursionError):
        return Asked(line, malformed=True)
    if not isinstance(question, str):
        return Asked(line, malformed=True)
    return Asked(question, None if chat is None else str(chat))


def as_json(question: str, reply: Reply, milliseconds: float) -> str:
    """One line for one question; offsets are characters into the article's text."""
    quotes = reply.quotes if reply.part == "more" else reply.answer.quotes if reply.part == "answer" else ()
    return json.dumps(
        {
            "question": question.encode("utf-8", "replace").decode(),
            "status": reply.answer.status if reply.part in ("answer", "more") else "not_found",
            "confidence": round(reply.answer.confidence, 4),
            "elapsed_ms": round(milliseconds, 2),
            "quotes": [_quote(quote) for quote in quotes],
        },
        ensure_ascii=False,
    )


def _quote(quote: Quote) -> dict[str, object]:
    article = quote.article
    return {
        "text": quote.text,
        "article": article.id,
        "title": article.title,
        "date": article.date.isoformat() if article.date else None,
        "date_source": article.date_source,
        "source": article.source,
        "start": quote.span.start,
        "end": quote.span.end,
        "highlights": [[mark.start, mark.end] for mark in quote.highlights],
        "score": round(quote.score, 4),
    }
