"""What happens in this process in; a page of numbers out, as Prometheus reads it.

Counters live as long as the process; what is looked up when the page is asked for (the inbox, the articles, the health)
is told by whoever watches it last, so that bots can come and go.
"""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

Stage = Literal["waiting", "search", "suggestions", "sending", "whole"]
STAGES: tuple[Stage, ...] = ("waiting", "search", "suggestions", "sending", "whole")
KINDS = ("message", "edit", "press", "inline")
"""What a question comes in."""

STATUSES = ("answered", "not_found", "smalltalk", "unclear", "more", "away", "failed")
"""What becomes of it, mostly."""

ERRORS = ("429", "5xx", "network", "forbidden", "markup", "refused", "state", "fault")
"""What goes wrong, mostly: shown as 0 until then, so that the first one is a rise."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # when each counter began, which doubles the page
_registry = CollectorRegistry()
_questions = Counter("dateline_questions", "Questions by status.", ("kind", "status"), registry=_registry)
_stages = Histogram(
    "dateline_stage_seconds", "Seconds of each stage of a question.", ("stage",), registry=_registry, buckets=_SECONDS
)
_votes = Counter("dateline_votes", "Votes on answers.", ("vote",), registry=_registry)
_errors = Counter("dateline_errors", "What went wrong, by kind.", ("kind",), registry=_registry)


@dataclass(frozen=True, slots=True)
class InboxFigures:
    """How many updates wait, for how many seconds the oldest of them, and how many were set aside."""

    waiting: int
    oldest: float
    set_aside: int


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """How much is served, and how many seconds ago it was last looked whether that has changed."""

    articles: int
    passages: int
    age: float


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


def watch_inbox(figures: Callable[[], InboxFigures]) -> None:
    """Ask `figures` each time that the page is asked for."""
    _watched["inbox"] = partial(_inbox, figures)


def watch_index(figures: Callable[[], IndexFigures], cache: Path | None) -> None:
    """Ask `figures` each time, and the file system for the size of the file `cache`."""
    _watched["index"] = partial(_index, figures, cache)


def watch_health(age: Callable[[], float | None], problems: Callable[[], dict[str, str]]) -> None:
    """Ask how many seconds ago Telegram was heard, and what ails each part: nothing is empty."""
    _watched["health"] = partial(_health, age, problems)


def page() -> bytes:
    """All of them as text, for a request for `/metrics`."""
    return prometheus_client.generate_latest(_registry)


_Families = Iterator[GaugeMetricFamily]
_watched: dict[str, Callable[[], _Families]] = {}


class _Watched(Collector):
    """What is looked up when the page is asked for; what can't be looked up is missing from it, and counted."""

    def collect(self) -> _Families:
        for look in [*_watched.values()]:
            try:
                yield from [*look()]
            except Exception:  # whatever it is, the other numbers are wanted all the more
                count_error("fault")

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is looked up when it is registered."""
        return []


def _inbox(figures: Callable[[], InboxFigures]) -> _Families:
    now = figures()
    yield _gauge("inbox_waiting", "Updates that wait to be dealt with.", now.waiting)
    yield _gauge("inbox_oldest_seconds", "For how long the oldest of them waits.", now.oldest)
    yield _gauge("inbox_set_aside", "Updates that failed too often.", now.set_aside)


def _index(figures: Callable[[], IndexFigures], cache: Path | None) -> _Families:
    now = figures()
    yield _gauge("index_articles", "Articles that are served.", now.articles)
    yield _gauge("index_passages", "Passages of these.", now.passages)
    yield _gauge("index_age_seconds", "Since the folder of articles was last looked at.", now.age)
    yield _gauge("cache_bytes", "The size of cache.db.", cache.stat().st_size if cache and cache.exists() else 0)


def _health(age: Callable[[], float | None], problems: Callable[[], dict[str, str]]) -> _Families:
    heard = age()
    if heard is not None:
        yield _gauge("heard_age_seconds", "Since Telegram last answered a poll, or delivered.", heard)
    well = GaugeMetricFamily("dateline_well", "Whether a part of the bot is well: 1, or 0.", labels=["part"])
    for part, problem in problems().items():
        well.add_metric([part], not problem)
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
