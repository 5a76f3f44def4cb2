"""The chat in the terminal: typed lines in, replies out; in colour for a person, plain for a pipe."""

import io
import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from bot.app import Desk, desk
from bot.lines import typed
from bot.pages import on_file
from bot.rendering import Renderer, plain, tagged
from bot.settings import Settings

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from rich.console import Console, RenderableType

CHAT = "terminal"
PROMPT = "› "

_COMMAND = re.compile(r"\s*[:/](\w+)\s*")
_LEAVE = re.compile(r"\s*(?:[:/]?(?:quit|exit)|[:/]q)\s*", re.IGNORECASE)
_CITATION = r"(?m)^— .*$"
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""A picture is whole in itself: it fetches nothing from anywhere."""

_STYLES = {"b": "bold yellow", "i": "dim"}


class Chat:
    """The conversation with one person at this desk, in Telegram's HTML as everywhere."""

    def __init__(self, opened: Desk, *, hints: bool = False) -> None:
        self._desk = opened
        self._hints = hints
        self._renderer = Renderer("html", sign=":")

    def greet(self) -> str:
        """What is said before the first question."""
        return self._page("start")

    def respond(self, line: str) -> str | None:
        """The reply to what was typed, or None when the person leaves."""
        if _LEAVE.fullmatch(line):
            return None
        command = _COMMAND.fullmatch(line)
        name = command[1].lower() if command else ""
        if name and name != "more":
            return self._page(name if name in ("start", "sources") else "help")
        reply, _ = self._desk.ask(CHAT, name or line)
        hint = "\n\n" + self._renderer.render("hint_more") if self._hints and reply.has_more else ""
        return self._renderer.reply(reply) + hint

    def _page(self, name: str) -> str:
        return self._renderer.render(name, **on_file(self._desk.engine))


def chat(settings: Settings, *, hint: bool = False) -> int:
    """Hold the chat until its input ends; `hint` says how to have it on Telegram instead."""
    with desk(settings, watch=True) as opened:
        told = Renderer("text").render("no_token") if hint else ""
        if sys.stdin and sys.stdin.isatty() and sys.stdout.isatty():
            _converse(Chat(opened, hints=True), settings, told)
        else:
            sys.stderr.write(told and told + "\n")
            _answer_lines(Chat(opened))
    return 0


def _answer_lines(talk: Chat) -> None:
    between = ""
    for line in typed():
        response = talk.respond(line)
        if response is None:
            return
        sys.stdout.write(f"{between}{plain(response)}\n")
        sys.stdout.flush()
        between = "\n"


def _converse(talk: Chat, settings: Settings, told: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - not for pipes

    console = Console(highlight=False)
    session = _session(settings)
    show(console, talk.greet())
    if told:
        console.print(told, style="dim", markup=False, end="\n\n")
    while True:
        try:
            line = session.prompt(PROMPT)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if not line.strip():
            continue
        response = talk.respond(line)
        if response is None:
            return
        show(console, response)


def _session(settings: Settings) -> "PromptSession[str]":
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - not for pipes
    from prompt_toolkit.history import FileHistory, InMemoryHistory  # noqa: PLC0415

    file = settings.data_dir / "history"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        with file.open("ab"):
            return PromptSession(history=FileHistory(file))
    except OSError:
        return PromptSession(history=InMemoryHistory())


def show(console: "Console", response: str) -> None:
    """Print a reply with air around it."""
    console.print("", styled(response), "", sep="\n")


def styled(html: str) -> "RenderableType":
    """A reply for rich: quotes indented, what answers in bold, where it stands dimmed."""
    from rich.console import Group  # noqa: PLC0415 - not for pipes
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    blocks: list[RenderableType] = []
    for quoted, runs in groupby(tagged(html), key=lambda run: "blockquote" in run[1]):
        text = Text()
        for words, tags in runs:
            text.append(words, " ".join(_STYLES[tag] for tag in tags if tag in _STYLES))
        if quoted:
            blocks.append(Padding(text, (0, 0, 0, 2)))
        else:  # a block ends its line by itself
            text = text[text.plain.startswith("\n") : len(text) - text.plain.endswith("\n")]
            text.highlight_regex(_CITATION, "dim")
            blocks.append(text)
    return Group(*blocks)


def picture(settings: Settings, questions: list[str], width: int = 76) -> str:
    """A chat of these questions as an SVG image of a terminal."""
    from rich.console import Console  # noqa: PLC0415 - not for the chat
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, highlight=False)
    with desk(settings) as opened:
        talk = Chat(opened)
        for question in questions:
            console.print(Text.assemble((PROMPT, "bold"), question))
            show(console, talk.respond(question) or "")
    return _WEB_FONT.sub("", console.export_svg(title="dateline chat"))
