"""The chat in the terminal: typed lines in, replies out; in colour for a person, plain for a pipe."""

import io
import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from bot.app import desk
from bot.lines import typed
from bot.rendering import Renderer, plain, tagged
from bot.settings import Settings
from bot.talk import Chat

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from rich.console import Console, RenderableType
    from rich.text import Text

PROMPT = "› "

_CITATION = r"(?m)^— .*$"
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""A picture is whole in itself: it fetches nothing from anywhere."""

_STYLES = {"b": "bold yellow", "i": "dim"}


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
        number = ""
        for words, tags in runs:
            if "code" in tags:
                number = words
            else:
                text.append(words, " ".join(_STYLES[tag] for tag in tags if tag in _STYLES))
        if number:
            blocks.append(_beside(number, text))
        elif quoted:
            blocks.append(Padding(text, (0, 0, 0, 2)))
        else:  # a block ends its line by itself
            text = text[text.plain.startswith("\n") : len(text) - text.plain.endswith("\n")]
            text.highlight_regex(_CITATION, "dim")
            blocks.append(text)
    return Group(*blocks)


def _beside(number: str, text: "Text") -> "RenderableType":
    """A quote with its number in the margin."""
    from rich.table import Table  # noqa: PLC0415 - not for pipes
    from rich.text import Text  # noqa: PLC0415

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text(number, "dim"), text)
    return grid


def picture(settings: Settings, questions: list[str], width: int = 76) -> str:
    """A chat of these questions as an SVG image of a terminal."""
    from rich.console import Console  # noqa: PLC0415 - not for the chat
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, highlight=False)
    with desk(settings) as opened:
        talk = Chat(opened, hints=True)
        for question in questions:
            console.print(Text.assemble((PROMPT, "bold"), question))
            show(console, talk.respond(question) or "")
    return _WEB_FONT.sub("", console.export_svg(title="dateline chat"))
