"""A typed line in, a reply out: the conversation with one person at this desk, in Telegram's HTML as everywhere."""

import re
from collections.abc import Callable
from functools import partial
from itertools import count

from bot import pages
from bot.app import Desk
from bot.conversation import Reply
from bot.rendering import Renderer, oldest_first
from bot.suggestions import opening
from retrieval import IndexAway, Quote

CHAT = "terminal"

_COMMAND = re.compile(r"\s*[:/](?P<name>\w+)(?:\s+(?P<words>\S.*?))?\s*")
_LEAVE = re.compile(r"\s*(?:[:/]?(?:quit|exit)|[:/]q)\s*", re.IGNORECASE)
_WHERE = re.compile(r"(?P<number>\d{1,4})?\s*(?P<way>next|previous)?", re.IGNORECASE)
_STEPS = {"next": 1, "previous": -1}


class Chat:
    """The conversation; where somebody sits at a terminal, `hints` are given and several quotes numbered."""

    def __init__(self, opened: Desk, *, hints: bool = False) -> None:
        self._desk = opened
        self._hints = hints
        self._renderer = Renderer("html", sign=":")
        self._quotes: list[Quote] = []
        self._number, self._step = 1, 0
        self._commands: dict[str, Callable[[str], str]] = {
            **{name: partial(self._page, name) for name in ("start", "sources", "help")},
            "more": lambda _: self._ask("more"),
            "context": self._context,
            "next": lambda _: self._context("next"),
            "previous": lambda _: self._context("previous"),
            "article": self._article,
            "latest": self._latest,
            "timeline": self._timeline,
        }

    def greet(self) -> str:
        """What is said before the first question."""
        return self._page("start")

    def respond(self, line: str) -> str | None:
        """The reply to what was typed, or None when the person leaves."""
        if _LEAVE.fullmatch(line):
            return None
        typed = line.encode("utf-8", "replace").decode()
        command = _COMMAND.fullmatch(typed)
        name, words = (command["name"].lower(), command["words"] or "") if command else ("", "")
        try:
            if name in self._commands:
                return self._commands[name](words)
        except IndexAway:
            return self._renderer.render("away")
        return self._page("help") if name and not words else self._ask(typed)

    def _page(self, name: str, _: str = "") -> str:
        page = pages.on_file(self._desk.engine)
        if name != "sources":
            page["opening"] = self._desk.run(opening(self._desk.engine))
        return self._renderer.render(name, **page)

    def _ask(self, text: str) -> str:
        reply, _ = self._desk.ask(CHAT, text)
        html = self._renderer.reply(reply)
        if not self._hints:
            self._keep(reply)
            return html
        first = self._keep(reply)
        if first and len(self._quotes) > 1:
            html = _numbered(html, first)
        return html + ("\n\n" + self._renderer.render("hint_more") if reply.has_more else "")

    def _keep(self, reply: Reply) -> int:
        """Keep the quotes that a reply shows, after those before them if it has more; the number of its first one."""
        quotes = oldest_first(reply.quotes) if reply.answer.differing else list(reply.quotes)
        if reply.part == "more":
            self._quotes += quotes
        elif reply.part == "answer" and reply.answer.status != "smalltalk":
            self._quotes = quotes or ([reply.answer.closest] if reply.answer.closest else [])
            self._number, self._step = 1, 0
        return len(self._quotes) - len(quotes) + 1 if quotes else 0

    def _context(self, words: str) -> str:
        """The passage of a quote; or the next or the previous one to what was shown of it last."""
        found = _WHERE.fullmatch(words)
        way = (found["way"] or "").lower() if found else ""
        number = int(found["number"]) if found and found["number"] else self._number if way else 1
        if not found or not 1 <= number <= len(self._quotes):
            return self._renderer.render("no_quote", typed=words, total=len(self._quotes), way="")
        step = (self._step if number == self._number else 0) + _STEPS[way] if way else 0
        quote = self._quotes[number - 1]
        context = self._desk.run(pages.context(self._desk.engine, quote, step))
        if context is None:
            there = way and self._desk.run(pages.context(self._desk.engine, quote))
            return self._renderer.render("no_quote" if there else "gone", typed=words, total=len(self._quotes), way=way)
        self._number, self._step = number, step
        hint = (
            "\n" + self._renderer.render("hint_context", context=context) if self._hints and context.total > 1 else ""
        )
        return self._renderer.render("context", context=context) + hint

    def _article(self, words: str) -> str:
        engine = self._desk.engine
        found = self._desk.run(pages.find_article(engine, words)) if words else []
        if len(found) == 1:
            return self._renderer.render("article", page=self._desk.run(pages.article_page(engine, found[0])))
        return self._renderer.render("which_article", words=words, found=found)

    def _latest(self, words: str) -> str:
        return self._renderer.render("latest", latest=self._desk.run(pages.latest(self._desk.engine, words)))

    def _timeline(self, words: str) -> str:
        found = self._desk.run(pages.timeline(self._desk.engine, words)) if words else None
        return self._renderer.render("timeline", timeline=found)


def _numbered(html: str, first: int) -> str:
    """A reply with a number in each quote, from `first` on."""
    numbers = count(first)
    return re.sub("<blockquote>", lambda _: f"<blockquote><code>{next(numbers)}</code>", html)
