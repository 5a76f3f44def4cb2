"""A kind of input in; where it goes in the bot out: to the engine, to the handlers, or to what reads files."""

import logging
import shutil
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, Protocol

import fuzz_articles
import fuzz_messages
import fuzz_updates
from fuzz_bot import Fuzzed, Unreadable, fuzzed
from papers import pdf_of

from bot.conversation import Reply, is_more
from bot.rendering import Renderer
from bot.telegram.keyboards import markup, under_answer
from bot.telegram.splitting import split
from retrieval import (
    Answer,
    Engine,
    EngineSettings,
    archives,
    catalog,
    decoding,
    feeding,
    frontmatter,
    pages,
    pdfs,
    sources,
)
from retrieval.errors import CatalogInvalid
from retrieval.models import Document

KINDS = ("messages", "updates", "articles")

_ROOT = Path(__file__).parents[1]
_CORPUS = ("seeds/001_*.txt", "tests/data/languages/corpus/fr-tram.txt", "tests/data/languages/corpus/uk-mist.txt")
_SHOWN = 4
"""One answer in so many is made into a message; with updates, each is."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input, and how it is shown to people."""

    value: Any

    @property
    def about(self) -> str:
        """The beginning of it, and how much there is."""
        shown = repr(self.value)
        return shown if len(shown) <= 300 else f"{shown[:300]}… ({len(shown):,} characters)"


class Target(Protocol):
    """Where inputs of a kind go; `set_aside` counts those that are refused as a whole, which is no fault."""

    set_aside: int

    def cases(self, block: str, inputs: int) -> Iterator[Case]:
        """The inputs of a block, which the block's name decides."""

    async def fault(self, case: Case) -> str:
        """Do what an input asks for; what went wrong, or nothing."""


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Target]:
    """Where a kind of input goes, with whatever it needs in a folder."""
    logging.disable(logging.CRITICAL)
    try:
        if kind == "articles":
            (folder / "corpus").mkdir(parents=True)
            _load()
            yield _Reader(folder / "corpus")
            return
        async with Engine.open(EngineSettings(_corpus(folder / "corpus"), folder / "data")) as engine:
            if kind == "messages":
                yield _Conversation(engine)
                return
            async with fuzzed(engine, folder / "data") as bot:
                yield _Handlers(bot)
    finally:
        logging.disable(logging.NOTSET)


def _load() -> None:
    """Load what is loaded when the first page, PDF, old encoding or written date is read."""
    pages.document("a.html", b"<html><body><article><p>Ann said so.</p></article>")
    pdfs.document("a.pdf", BytesIO(pdf_of(["Ann said so."])))
    decoding.decode("Der Bürgermeister eröffnete die Brücke über den Fluß. ".encode("cp1252") * 9)
    frontmatter.written_date("31 June 2025")  # which is none in any language


def _corpus(folder: Path) -> Path:
    """A few articles, in three languages: how long a question takes grows with them, and there is much to ask."""
    folder.mkdir(parents=True)
    for pattern in _CORPUS:
        for file in _ROOT.glob(pattern):
            shutil.copy(file, folder)
    return folder


class _Conversation:
    """Answers questions one after the other, each after the answer before it, as the bot does between its two ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._before: Answer | None = None
        self._html, self._text = Renderer("html"), Renderer("text")
        self._count = 0
        self.set_aside = 0

    def cases(self, block: str, inputs: int) -> Iterator[Case]:
        random = Random(block)
        self._before, self._count = None, 0
        for _ in range(inputs):
            yield Case(fuzz_messages.message(random))

    async def fault(self, case: Case) -> str:
        try:
            return self._answered(case.value)
        except Exception:
            return _where()

    def _answered(self, text: str) -> str:
        is_more(text)
        answer = self._engine.explain(text, self._before).answer
        if answer.status != "smalltalk":
            self._before = answer
        if any(quote.span.of(quote.article.text) != quote.text for quote in answer.quotes):
            return "a quote is not verbatim"
        self._count += 1
        return "" if self._count % _SHOWN else self._shown(Reply(answer))

    def _shown(self, reply: Reply) -> str:
        pieces = split(self._html.reply(reply))
        markup(under_answer([*reply.quotes], self._text, more=reply.has_more))
        return "" if pieces and all(pieces) else "an empty message"


class _Handlers:
    """Hands updates to the real handlers."""

    def __init__(self, bot: Fuzzed) -> None:
        self._bot = bot
        self.set_aside = 0

    def cases(self, block: str, inputs: int) -> Iterator[Case]:
        random = Random(block)
        self._bot.api.begin()
        updates = fuzz_updates.Updates(random, 1 + random.randrange(2**40) * 100)
        updates.sent = self._bot.api.sent
        for _ in range(inputs):
            yield Case(updates.update())

    async def fault(self, case: Case) -> str:
        try:
            await self._bot.do(case.value)
        except Unreadable:
            self.set_aside += 1
        except Exception:
            return _where()
        return ""


class _Reader:
    """Reads article files, each as it is read when it is found in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.set_aside = 0

    def cases(self, block: str, inputs: int) -> Iterator[Case]:
        random = Random(block)
        for _ in range(inputs):
            yield Case(fuzz_articles.file(random))

    async def fault(self, case: Case) -> str:
        name, raw = case.value
        path = self._folder / name
        path.write_bytes(raw)
        try:
            return self._read(path)
        except CatalogInvalid:
            self.set_aside += 1
            return ""
        except Exception:
            return _where()
        finally:
            path.unlink()

    def _read(self, path: Path) -> str:
        if path.name == catalog.NAME:
            catalog.load(self._folder)
            return ""
        file = sources.look(self._folder, path)
        assert isinstance(file, sources.SourceFile), file
        found = archives.documents(file) if file.many else [feeding.Request(file, None)]
        for one in found:
            request = feeding.Request(one, None) if isinstance(one, Document) else one
            read = feeding.read(request) if isinstance(request, feeding.Request) else request
            self.set_aside += not isinstance(read, feeding.Entry)
        return ""


def _where() -> str:
    """The exception that is being handled, and the innermost lines that led to it."""
    return " | ".join(line.strip() for line in traceback.format_exc().splitlines()[-7:])[-700:]
