"""What happens in this process in; a page of numbers out, as Prometheus reads it.

Counters live as long as the process; the inbox, the articles and the health are those of the bot that was last told to
be watched, so that bots can come and go.
"""

import logging
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.health import Health, Part

if TYPE_CHECKING:
    from retrieval import Engine

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

Stage = Literal["waiting", "search", "suggestions", "sending", "limits", "whole"]
STAGES: tuple[Stage, ...] = ("waiting", "search", "suggestions", "sending", "limits", "whole")
KINDS = ("message", "edit", "press", "inline")
"""What a question comes in."""

STATUSES = ("answered", "not_found", "smalltalk", "unclear", "more", "away", "failed")
"""What becomes of it, mostly."""

ERRORS = ("429", "5xx", "network", "forbidden", "gone", "markup", "refused", "token", "conflict", "state", "fault")
"""What goes wrong, mostly: shown as 0 until then, so that the first one is a rise."""

log = logging.getLogger(__name__)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # when each counter began, which doubles the page
_registry = CollectorRegistry()
_questions = Counter("dateline_questions", "Questions by status.", ("kind", "status"), registry=_registry)
_stages = Histogram(
    "dateline_stage_seconds", "Seconds of each stage of a question.", ("stage",), registry=_registry, buckets=_SECONDS
)
_votes = Counter("dateline_votes", "Votes on answers.", ("vote",), registry=_registry)
_errors = Counter("dateline_errors", "What went wrong, by kind.", ("kind",), registry=_registry)


class InboxFigures(Protocol):
    """How many updates wait, for how many seconds the oldest of them, and how many were set aside."""

    @property
    def waiting(self) -> int:
        """Those that wait."""

    @property
    def oldest(self) -> float:
        """The age of the oldest."""

    @property
    def aside(self) -> int:
        """Those that failed too often."""


def count_question(kind: str, status: str) -> None:
    """A question was dealt with."""
    _questions.labels(kind, status).inc()


def observe(stage: Stage, seconds: float) -> None:
    """A stage of a question took so long."""
    _stages.labels(stage).observe(seconds)


def count_vote(vote: str) -> None:
    """Somebody voted: `good` or `bad`."""
    _votes.labels(vote).inc()


def count_error(kind: str) -> None:
    """Something went wrong; the kinds are few and fixed, for each is kept for ever."""
    _errors.labels(kind).inc()


def watch(engine: "Engine", cache: Path, inbox: Callable[[], InboxFigures], health: Callable[[], Health]) -> None:
    """Look these up each time that the page is asked for; `cache` is the file `cache.db`."""
    _watched[:] = [partial(_index, engine, cache), partial(_inbox, inbox), partial(_health, health)]


def page() -> bytes:
    """All of them as text, for a request for `/metrics`."""
    return prometheus_client.generate_latest(_registry)


_Families = Iterator[GaugeMetricFamily]
_watched: list[Callable[[], _Families]] = []


class _Watched(Collector):
    """What is looked up when the page is asked for; what can't be looked up is missing from it, and counted."""

    def collect(self) -> _Families:
        for look in _watched:
            try:
                yield from [*look()]
            except Exception:  # whatever it is, the other numbers are wanted all the more
                log.exception("some numbers can't be shown")
                count_error("fault")

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is looked up when it is registered."""
        return []


def _inbox(figures: Callable[[], InboxFigures]) -> _Families:
    now = figures()
    yield _gauge("inbox_waiting", "Updates that wait to be dealt with.", now.waiting)
    yield _gauge("inbox_oldest_seconds", "For how long the oldest of them waits.", now.oldest)
    yield _gauge("inbox_set_aside", "Updates that failed too often.", now.aside)


def _index(engine: "Engine", cache: Path) -> _Families:
    yield _gauge("index_articles", "Articles that are served.", len(engine.articles))
    yield _gauge("index_passages", "Passages of these.", engine.size)
    if (at := engine.look.at) is not None:
        yield _gauge("index_age_seconds", "Since it was last looked for changed articles.", time.monotonic() - at)
    yield _gauge("cache_bytes", "The size of cache.db.", cache.stat().st_size if cache.exists() else 0)


def _health(look: Callable[[], Health]) -> _Families:
    health = look()
    if health.heard is not None:
        yield _gauge("heard_age_seconds", "Since Telegram was last heard.", health.heard)
    well = GaugeMetricFamily("dateline_well", "Whether a part of the bot is well: 1, or 0.", labels=["part"])
    ill = {one.part for one in health.ills}
    for part in get_args(Part):
        well.add_metric([part], part not in ill)
    yield well


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"dateline_{name}", words, value)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from its folder, never installed
        return "unknown"


def _begin() -> None:
    """Show at once what there will be to count."""
    ProcessCollector(registry=_registry)
    about = Info("dateline", "Which versions run.", registry=_registry)
    about.info({"version": _version("dateline"), "python": platform.python_version()})
    _registry.register(_Watched())
    for kind in KINDS:
        for status in STATUSES:
            _questions.labels(kind, status)
    for stage in STAGES:
        _stages.labels(stage)
    for vote in ("good", "bad"):
        _votes.labels(vote)
    for error in ERRORS:
        _errors.labels(error)


_begin()
