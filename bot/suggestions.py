"""An answer in, up to three questions to ask next out, each of which the articles answer with something new.

And, for one who has not asked yet, a question to begin with.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable
from typing import cast

from bot.conversation import FIRST_QUOTES
from bot.languages import ENGLISH
from bot.rendering import Renderer
from retrieval import Answer, Article, Engine, IndexAway, Lead, Span, bears_out, terms

MOST = 3
LONGEST = 60
"""Characters of a question, so that it fits on a button."""
_TRIES = 6
"""Questions that are tried at most for an answer."""
_ENOUGH = 2
"""Questions to which none about a mere name is added."""
_NEWEST, _LOOKED_INTO = 20, 3
"""Articles among which one in the reader's language is looked for, and those in which there may be a question."""
_OPENING = ("speaker", "figure", "person", "name")
_REMEMBERED = 2_000
"""Questions of which it is remembered what answers them, while the same articles are served."""

log = logging.getLogger(__name__)

_Place = tuple[str, Span]
"""An article's id and where in it a quote stands."""


async def suggest(engine: Engine, answer: Answer, asked: Collection[str] = ()) -> tuple[str, ...]:
    """Up to three questions to ask after an answer, none of them `asked` before."""
    if not answer.quotes:
        return ()
    shown = "\n".join(quote.text for quote in answer.quotes[:FIRST_QUOTES])
    told = [(quote.article.id, quote.span) for quote in answer.quotes[:FIRST_QUOTES]]
    chosen: dict[str, Lead] = {}
    tried = 0
    known = [frozenset(terms(text)) for text in (answer.question.text, *asked)]
    for printed in await engine.leads(answer.quotes[0]):
        if printed.kind == "name" and (len(chosen) >= _ENOUGH or printed.words.removeprefix("the ") in shown):
            continue  # what a quote names it mostly also is the answer to
        if any(terms(printed.words)[-1:] == terms(other.words)[-1:] for other in chosen.values()):
            continue
        if (lead := await engine.spelt(printed)) is None or not (question := _question(lead, known)):
            continue
        tried += 1
        place = await _answered(engine, question, lead)
        if place and not any(place[0] == article and place[1].overlaps(span) for article, span in told):
            chosen[question] = lead
            told.append(place)
        if len(chosen) == MOST or tried == _TRIES:
            break
    return tuple(chosen)


async def opening(engine: Engine, language: str = ENGLISH) -> str:
    """A question to begin with, which one of the newest articles answers; one about its title where none is found.

    It is in the language of an article: the reader's own where one of the newest is in that. Empty without articles.
    """
    latest = engine.latest(_NEWEST)
    newest = [article for article in latest if article.language == language] or latest
    for article in newest[:_LOOKED_INTO]:
        if found := await _opening(engine, article):
            return found
    return Renderer("text", language=newest[0].language).render("opening", article=newest[0]) if newest else ""


async def _opening(engine: Engine, article: Article) -> str:
    """A question that an article surely answers; none where it can't be tried just now."""
    try:
        for printed in sorted(await _leads(engine, article), key=_interest)[:_TRIES]:
            lead = await engine.spelt(printed)
            if lead and (question := _question(lead, ())) and await _answered(engine, question, lead):
                return question
    except IndexAway as error:
        log.warning("no question to begin with is looked for: %s", error)
    return ""


def _interest(lead: Lead) -> int:
    """The place of a lead among those to begin with: what somebody said of another first, a mere name last."""
    return _OPENING.index(lead.kind) - (lead.kind == "speaker" and bool(lead.about))


async def _leads(engine: Engine, article: Article) -> tuple[Lead, ...]:
    """What the first sentence of an article leads on to; nothing where it is gone by now."""
    try:
        first = (await asyncio.to_thread(engine.passages, article.id))[0].sentences[0]
    except KeyError:
        return ()
    quote = await engine.kept(article.id, first.span, first.text)
    return await engine.leads(quote) if quote else ()


def _question(lead: Lead, known: Iterable[Collection[str]]) -> str:
    """What asks for a lead, if it is short enough for a button and asks for something else than what is `known`."""
    question = Renderer("text", language=lead.language).render("suggestions", lead=lead)
    own = frozenset(terms(question))
    return question if len(question) <= LONGEST and not any(own <= {*other} for other in known) else ""


async def _answered(engine: Engine, question: str, lead: Lead) -> _Place | None:
    """Where a question is surely answered by what its lead asks for, if it is, remembered: many lead on to the same."""
    memory = cast("OrderedDict[Hashable, _Place | None]", engine.memory)
    if question not in memory:
        answer = await engine.ask(question)
        sure = answer.confidence >= (1 + engine.threshold) / 2 and answer.quotes and bears_out(lead, answer.quotes[0])
        memory[question] = (answer.quotes[0].article.id, answer.quotes[0].span) if sure else None
        if len(memory) > _REMEMBERED:
            memory.popitem(last=False)
    memory.move_to_end(question)
    return memory[question]
