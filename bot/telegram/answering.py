"""A question in a chat in; its reply sent there, with its buttons, kept and remembered out."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from bot.conversation import Reply, is_more
from bot.rendering import oldest_first
from bot.state.replies import KeptQuote, KeptReply, Replies
from bot.telegram import timing
from bot.telegram.heard import Heard
from bot.telegram.keyboards import Press, markup, under_answer, under_offer, without
from bot.telegram.limits import Crowd, Floods
from bot.telegram.outcomes import quietly
from bot.telegram.sending import Place, Sender
from bot.telegram.splitting import split
from bot.telegram.turns import Turns
from bot.telegram.voices import Voice
from retrieval import Answer, Engine, IndexAway, Quote

Suggest = Callable[[Answer, Collection[str]], Awaitable[tuple[str, ...]]]
"""What to ask after an answer that was not asked already."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply before it is sent: what it says, and what is to be kept of it."""

    html: str
    kept: KeptReply
    answer: Answer | None = None
    is_kept: bool = True

    @classmethod
    def of(cls, html: str, kept: KeptReply, answer: Answer | None = None, *, is_kept: bool = True) -> "Draft":
        """The last message of a reply is what its buttons hang under, and what they come back to."""
        return cls(html, replace(kept, html=split(html)[-1]), answer, is_kept)


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers questions, and keeps what was answered."""

    engine: Engine
    sender: Sender
    replies: Replies
    turns: Turns
    floods: Floods
    suggest: Suggest
    crowd: Crowd = field(default_factory=Crowd)

    async def is_too_much(self, person: int, place: Place, talk: Voice) -> bool:
        """Whether somebody asks for more than can be meant; they are told so once, and get nothing for a while."""
        verdict = self.floods.verdict(person)
        if verdict == "warn":
            await self.sender.send(place, talk.message.render("flood"))
        return verdict != "answer"

    async def answer(self, said: Heard, talk: Voice) -> None:
        """Answer a question, or show more of the answer before it."""
        timing.asked(said.words)
        is_crowded = self.crowd.is_large_with_one_more()
        async with nullcontext() if is_crowded else self.sender.typing(said.place):
            before = await self.turns.before(said)
            if before is not None and is_more(said.words):
                await self.more(before, said, talk)
            else:
                await self._send(said.place, await self._draft(said, talk, before, suggests=not is_crowded))

    async def offer(self, said: Heard, talk: Voice, html: str, questions: Sequence[str]) -> None:
        """Say something that is no answer, with questions to begin with under it."""
        kept = KeptReply(
            chat=said.place.chat,
            topic=said.topic,
            person=said.person,
            question="",
            part="page",
            next=tuple(questions),
            keyboard=under_offer(questions),
        )
        await self._send(said.place, Draft.of(html, kept))

    async def again(self, kept: KeptReply, said: Heard, talk: Voice) -> None:
        """Let a reply answer its question as it is now, after somebody edited that."""
        timing.asked(said.words, "edit")
        before = await self.replies.get(kept.before) if kept.before is not None else None
        async with self.sender.typing(said.place):
            draft = await self._draft(said, talk, before)
            if not draft.is_kept:  # there is no answer just now, and what there is stays
                await self._send(said.place, draft)
                return
            with timing.stage("sending"):
                messages = await self._rewritten(kept, said.place, draft)
            timing.note(reply=kept.id)
            now = replace(draft.kept, id=kept.id, messages=tuple(messages))
            if await _is_kept(self.replies.replace(kept.id, now)) and draft.answer is not None:
                self.turns.remember(now, draft.answer)

    async def _rewritten(self, kept: KeptReply, place: Place, draft: Draft) -> Sequence[int]:
        """The messages that a reply consists of when it says what is drafted."""
        same = (draft.kept.html, draft.kept.keyboard) == (kept.html, kept.keyboard) and draft.html == draft.kept.html
        if same and len(kept.messages) == 1 and not self.sender.has_changed(kept.chat, kept.messages[0]):
            return kept.messages
        return await self.sender.rewrite(place, kept.messages, draft.html, markup(draft.kept.keyboard))

    async def more(self, kept: KeptReply, said: Heard, talk: Voice) -> None:
        """Send the further quotes of a reply, once."""
        timing.asked(kept.question)
        further = kept.quotes[kept.shown :] if kept.offers(Press("more").data) else ()
        quotes = [quote for one in further if (quote := await one.again(self.engine))]
        if not quotes:
            gone = "gone" if further else "no_more"
            timing.note(status=gone)
            await self.sender.send(said.place, talk.message.render(gone, status=kept.status))
            return
        drafted = replace(
            kept,
            part="more",
            before=kept.id,
            asked=said.message,
            quotes=tuple(map(KeptQuote.of, quotes)),
            shown=len(quotes),
            next=(),
            keyboard=under_answer(quotes, talk.plain, thumbs=False),  # they are on the answer
        )
        timing.note(status="more", quotes=len(quotes))
        html = talk.message.render("more", quotes=quotes, differing=False)
        await self._send(said.place, Draft.of(html, drafted))
        await self.take_away(kept, Press("more").data)

    async def take_away(self, kept: KeptReply, data: str) -> None:
        """Take a button away that has done what it can; what else its message shows by now becomes the answer again."""
        left = without(kept.keyboard, data)
        await _is_kept(self.replies.dress(kept.id, left))
        if kept.messages:
            await quietly(partial(self.sender.edit, kept.chat, kept.messages[-1], kept.html, markup(left)))

    async def found_again(self, said: Heard, message: int, shows: str, talk: Voice) -> KeptReply | None:
        """The reply that a `message` is although it is not kept, by the question that it hangs on.

        None where the answer is not what the message `shows`.
        """
        draft = await self._draft(said, talk, None)
        first = draft.kept.quotes[0].text.split() if draft.kept.shown else []
        if not first or " ".join(first) not in " ".join(shows.split()):
            return None
        kept = replace(draft.kept, messages=(message,))
        lost = await self.replies.to(kept.chat, said.message) if said.message is not None else None
        if lost is not None:
            kept = replace(kept, person=lost.person)
        if lost is None or lost.messages:
            return replace(kept, id=await _is_kept(self.replies.add(kept)))
        return replace(kept, id=await _is_kept(self.replies.replace(lost.id, kept)))  # it had arrived, as is known now

    async def _draft(self, said: Heard, talk: Voice, before: KeptReply | None, *, suggests: bool = True) -> Draft:
        with timing.stage("search"):
            reply = await self.turns.reply(said.words, before)
        shown = _shown(reply)
        asked = await self._suggested(reply.answer, before) if shown and suggests else ()
        part = _status(reply) if reply.part == "answer" else reply.part
        timing.note(status=part, confidence=round(reply.answer.confidence, 3), quotes=len(shown))
        html = talk.message.reply(reply)
        if not said.stands:
            html = talk.message.render("asked", question=said.words) + "\n\n" + html
        kept = KeptReply(
            chat=said.place.chat,
            topic=said.topic,
            person=said.person,
            asked=said.message,
            before=before.id if before else None,
            part="answer",
            question=said.words,
            status=_status(reply),
            quotes=tuple(map(KeptQuote.of, (*shown, *reply.answer.quotes[len(shown) :]))),
            shown=len(shown),
            next=asked,
            keyboard=under_answer(shown, talk.plain, more=reply.has_more, suggestions=asked) if shown else (),
        )
        return Draft.of(html, kept, reply.answer, is_kept=reply.part == "answer")

    async def _suggested(self, answer: Answer, before: KeptReply | None) -> tuple[str, ...]:
        try:
            with timing.stage("suggestions"):
                return await self.suggest(answer, (before.question,) if before else ())
        except IndexAway as error:  # the answer is there
            log.warning("nothing is suggested: %s", error)
            return ()

    async def _send(self, place: Place, draft: Draft) -> None:
        with timing.stage("sending"):
            sent = await self.sender.send(place, draft.html, markup(draft.kept.keyboard))
        if not draft.is_kept:
            return
        chat = sent[-1].chat if sent else place.chat
        known = len(sent) == len(split(draft.html))  # what hangs under a reply hangs under its last message
        kept = replace(draft.kept, chat=chat, messages=tuple(one.number for one in sent) if known else ())
        number = await _is_kept(self.replies.add(kept))
        timing.note(reply=number or None)
        if number and draft.answer is not None:
            self.turns.remember(replace(kept, id=number), draft.answer)


async def _is_kept(work: Awaitable[int]) -> int:
    """Note something of what was sent already; 0 where that fails, for the person has it, and it can be found again."""
    try:
        return await work
    except sqlite3.Error as error:
        log.error("a reply could not be kept: %s", error)
        return 0


def _status(reply: Reply) -> str:
    """What the answer is; a message that asks for nothing is not one that the articles can't answer."""
    answer = reply.answer
    return "unclear" if answer.status == "not_found" and not answer.question.terms else answer.status


def _shown(reply: Reply) -> list[Quote]:
    """The quotes of a reply as they stand in it."""
    if reply.part != "answer" or reply.answer.status != "answered":
        return []
    return oldest_first(reply.quotes) if reply.answer.differing else [*reply.quotes]
