"""What people asked and how they voted in; what the archive lacks out, as drafts of gold questions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.state.database import State
from bot.state.replies import KeptQuote, loaded

_MISSED = "(status = 'not_found' OR coalesce(vote, 0) < 0)"
_SOURCE = "replies LEFT JOIN (SELECT reply, sum(vote) AS vote FROM votes GROUP BY reply) ON reply = id"
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that was not answered, or not well: the last reply to it, when that was, and how often it was asked.

    `votes` is what people thought of the reply, in sum; `previous` the question that it followed on from.
    """

    number: int
    question: str
    previous: str
    status: str
    at: dt.datetime
    times: int
    votes: int
    quotes: tuple[KeptQuote, ...]

    @property
    def draft(self) -> dict[str, object]:
        """A gold question to complete: the answers are still to be found, and what was said instead is noted."""
        told = [{"article": one.article, "sentence": one.text} for one in self.quotes[:1]]
        return {
            "id": f"feedback-{self.number}",
            "kind": "unanswered" if self.status == "not_found" else "voted_down",
            "question": self.question,
            **({"previous": self.previous} if self.previous else {}),
            "answers": [],
            "evidence": [],
            "note": {"asked": self.at.date().isoformat(), "times": self.times, "votes": self.votes, "quoted": told},
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was asked, and how it went, in some days."""

    days: int
    questions: int
    people: int
    not_found: int
    up: int
    down: int


class Feedback:
    """Looks back on all that is kept."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def missed(self, since: int = 0, limit: int | None = None) -> list[Missed]:
        """What was not found or voted down since then, in seconds since 1970: newest first, the same question once."""
        query = f"""
            SELECT id, question, (SELECT question FROM replies old WHERE old.id = new.before), status, at, vote, quotes
            FROM (SELECT * FROM {_SOURCE} WHERE part = 'answer' AND at >= ? AND {_MISSED}) new ORDER BY id DESC
        """
        found: dict[tuple[str, str], Missed] = {}
        for number, question, previous, status, at, vote, quotes in await self._state.rows(query, since):
            same = question.strip(" ?!.").casefold(), status
            if (known := found.get(same)) is not None:
                found[same] = replace(known, times=known.times + 1, votes=known.votes + (vote or 0))
            elif limit is None or len(found) < limit:
                moment = dt.datetime.fromtimestamp(at, dt.UTC)
                found[same] = Missed(number, question, previous or "", status, moment, 1, vote or 0, loaded(quotes))
        return [*found.values()]

    async def tallies(self, now: float, days: Iterable[int] = (1, 7, 30)) -> list[Tally]:
        """How it went in the last days, of each of these lengths."""
        query = f"""
            SELECT count(*), count(DISTINCT person), coalesce(sum(status = 'not_found'), 0),
                   coalesce(sum(vote > 0), 0), coalesce(sum(vote < 0), 0)
            FROM {_SOURCE} WHERE part = 'answer' AND status IN ('answered', 'not_found') AND at >= ?
        """
        return [Tally(some, *(await self._state.rows(query, int(now) - some * _DAY))[0]) for some in days]
