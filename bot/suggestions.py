"""An answer in, up to three questions to ask next out, each of which the articles answer with something new."""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable
from typing import cast

from bot.conversation import FIRST_QUOTES
from bot.rendering import Renderer
from retrieval import Answer, Engine, Lead, Span, bears_out, terms

MOST = 3
LONGEST = 60
"""Characters of a question, so that it fits on a button."""
_TRIES = 6
"""Questions that are tried at most for an answer."""
_ENOUGH = 2
"""Questions to which none about a mere name is added."""
_REMEMBERED = 2_000
"""Questions of which it is remembered what answers them, while the same articles are served."""

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
