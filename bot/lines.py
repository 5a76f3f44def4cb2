"""Questions from the command line or from standard input in; their replies, in words or JSON, on standard output."""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.app import Desk
from bot.conversation import Reply
from bot.rendering import Renderer
from retrieval import Engine, Quote


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of input: the question, the chat it belongs to, and whether it looks like JSON but is not."""

    question: str
    chat: str | None = None
    malformed: bool = False


def typed() -> Iterator[str]:
    """The lines of standard input, as they come; bytes that are no UTF-8 are replaced."""
    _reconfigure(sys.stdin, "utf-8", "replace")
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


def answer(opened: Desk, question: str, *, chat: str | None = None, as_json: bool = False) -> bool:
    """Write the reply to one question as soon as it is there; whether it was found."""
    reply, milliseconds = opened.ask(chat, question)
    if as_json:
        _reconfigure(sys.stdout, "utf-8", "replace")
        line = json.dumps(_fields(question, reply, milliseconds), ensure_ascii=False)
    else:
        line = Renderer("text", sign="").reply(reply)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return _status(reply) != "not_found"


def answer_each(opened: Desk, *, as_json: bool = False) -> None:
    """Answer each line of standard input."""
    for number, line in enumerate(typed(), start=1):
        question = asked(line)
        if question.malformed:
            sys.stderr.write(Renderer("text").error("line_invalid", {"line": number}) + "\n")
        if number > 1 and not as_json:
            sys.stdout.write("\n")
        answer(opened, question.question, chat=question.chat, as_json=as_json)


async def write_left_out(engine: Engine, path: Path) -> None:
    """Write what is left out, a JSON object a line. Raises OSError where that can't be written."""
    words = Renderer("text")
    with path.open("w", encoding="utf-8") as lines:
        async for one in engine.left_out():
            fields = {"path": one.path, "reason": one.reason, "detail": one.detail}
            lines.write(json.dumps({**fields, "message": words.render("because", file=one)}, ensure_ascii=False) + "\n")


def explain_each(opened: Desk, questions: Iterable[str]) -> bool:
    """Write why each question is answered as it is, or not; whether the last one is."""
    found = True
    for number, question in enumerate(questions, start=1):
        explanation = opened.engine.explain(question)
        words = Renderer("text").render("explanation", explanation=explanation)
        sys.stdout.write(("\n" if number > 1 else "") + f"{words}\n")
        found = explanation.answer.status != "not_found"
    return found


def _reconfigure(stream: object, encoding: str, errors: str) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors=errors)


def _status(reply: Reply) -> str:
    return reply.answer.status if reply.part in ("answer", "more") else "not_found"


def _fields(question: str, reply: Reply, milliseconds: float) -> dict[str, object]:
    """The contract of `ask --json`; offsets are characters into the article's text."""
    quotes = reply.answer.quotes if reply.part == "answer" else reply.quotes
    return {
        "question": question.encode("utf-8", "replace").decode(),
        "status": _status(reply),
        "confidence": round(reply.answer.confidence, 4),
        "elapsed_ms": round(milliseconds, 2),
        "quotes": [_quote(quote) for quote in quotes],
    }


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
        "dates": [
            [words.start, words.end, days.first.isoformat(), days.last.isoformat()] for words, days in quote.dates
        ],
    }
