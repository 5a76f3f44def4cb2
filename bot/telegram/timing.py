"""What happens to one update while it is handled in; the numbers of its question, and one line in the log, out.

`following` goes around the handling of an update. What is called in between, at any depth, says what it is about
(`asked`), how long its stages take (`stage`) and what came of it (`note`), without knowing which update it is.
Outside of `following` these do nothing.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from bot import logs, metrics
from bot.metrics import Stage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Followed:
    """An update that is being handled; `waited` are the seconds until that began."""

    update: int
    chat: int | None
    person: int | None
    waited: float
    began: float = field(default_factory=time.perf_counter)
    stages: dict[Stage, float] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)


_followed: ContextVar[_Followed | None] = ContextVar("followed", default=None)


@contextmanager
def following(*, update_id: int, chat: int | None, person: int | None, waited: float = 0.0) -> Iterator[None]:
    """Follow the handling of one update; if it held a question, count and log it at the end."""
    followed = _Followed(update_id, chat, person, waited)
    before = _followed.set(followed)
    try:
        yield
    except Exception:
        followed.facts["status"] = "failed"
        raise
    finally:
        _followed.reset(before)
        if "kind" in followed.facts:
            _tell(followed)


def asked(question: str, kind: str = "message") -> None:
    """The update holds a question, in a message, an edit, a press or an inline query; who says so first knows best."""
    if (followed := _followed.get()) is not None:
        followed.facts.setdefault("kind", kind)
        followed.facts.setdefault("question", question)


def note(
    *, status: str | None = None, reply: int | None = None, confidence: float | None = None, quotes: int | None = None
) -> None:
    """What came of the question: the last word on it counts, but for what it leaves open."""
    if (followed := _followed.get()) is not None:
        told = {"status": status, "reply": reply, "confidence": confidence, "quotes": quotes}
        followed.facts |= {name: value for name, value in told.items() if value is not None}


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """A stage of the handling; several of the same name are added up."""
    began = time.perf_counter()
    try:
        yield
    finally:
        took(name, time.perf_counter() - began)


def took(name: Stage, seconds: float) -> None:
    """A stage took so long."""
    if (followed := _followed.get()) is not None:
        followed.stages[name] = followed.stages.get(name, 0.0) + seconds


def _tell(followed: _Followed) -> None:
    whole = followed.waited + time.perf_counter() - followed.began
    stages: dict[Stage, float] = {"waiting": followed.waited, **followed.stages, "whole": whole}
    question = followed.facts.pop("question")
    facts = {"status": "unanswered", **followed.facts}  # as when the bot is stopped meanwhile
    metrics.count_question(str(facts["kind"]), str(facts["status"]))
    for name, seconds in stages.items():
        metrics.observe(name, seconds)
    line = {"update": followed.update, "chat": followed.chat, "person": followed.person, **facts}
    line |= {f"{name}_ms": round(seconds * 1000, 1) for name, seconds in stages.items()}
    if logs.shows_questions():
        line["question"] = question
    log.info("question", extra=line)
