"""The page of numbers: what was counted, and how the bot is at the moment that it is asked for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from bot.health import Health, Ill
from retrieval import Engine


@dataclass(frozen=True)
class Depth:
    waiting: int = 3
    oldest: float = 1.5
    aside: int = 2


@pytest.fixture(autouse=True)
def _unwatched() -> Iterator[None]:
    yield
    metrics._watched.clear()


def numbers() -> dict[str, float]:
    """What the page shows, by name and labels as they are written there."""
    families = text_string_to_metric_families(metrics.page().decode())
    return {
        one.name
        + "".join(f" {value}" for _, value in sorted(one.labels.items()) if one.name != "dateline_info"): one.value
        for family in families
        for one in family.samples
    }


def rises(name: str, does: Callable[[], None]) -> float:
    """By how much a number rises."""
    before = numbers().get(name, 0.0)
    does()
    return numbers()[name] - before


def test_questions_are_counted_by_what_they_came_in_and_what_became_of_them() -> None:
    """Each is one more."""
    name = "dateline_questions_total message not_found"
    assert 1 == rises(name, lambda: metrics.count_question("message", "not_found"))


def test_stages_are_timed() -> None:
    """Their seconds are added up, and each falls into the buckets above it."""
    assert 1 == rises("dateline_stage_seconds_count search", lambda: metrics.observe("search", 0.2))
    assert pytest.approx(0.2) == rises("dateline_stage_seconds_sum search", lambda: metrics.observe("search", 0.2))
    assert 0 == rises("dateline_stage_seconds_bucket 0.1 search", lambda: metrics.observe("search", 0.2))
    assert 1 == rises("dateline_stage_seconds_bucket 0.25 search", lambda: metrics.observe("search", 0.2))


def test_votes_and_errors_are_counted_by_kind() -> None:
    """Kinds that nobody foresaw, too."""
    assert 1 == rises("dateline_votes_total bad", lambda: metrics.count_vote("bad"))
    assert 1 == rises("dateline_errors_total 429", lambda: metrics.count_error("429"))
    assert 1 == rises("dateline_errors_total unforeseen", lambda: metrics.count_error("unforeseen"))


def test_what_has_not_happened_is_shown_as_nothing() -> None:
    """From the first page on, so that the first of a kind is a rise; a new process shows it."""
    code = "from bot import metrics; print(metrics.page().decode())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for kind in metrics.ERRORS:
        assert f'dateline_errors_total{{kind="{kind}"}} 0.0' in shown
    assert 'dateline_questions_total{kind="press",status="away"} 0.0' in shown
    assert 'dateline_votes_total{vote="good"} 0.0' in shown
    assert 'dateline_stage_seconds_count{stage="whole"} 0.0' in shown
    assert "dateline_inbox" not in shown
    assert "_created" not in shown


async def test_the_bot_that_runs_is_looked_at(engine: Engine, tmp_path: Path) -> None:
    """The articles and their age, the file of the cache, the inbox, and what is well."""
    cache = tmp_path / "cache.db"
    health = [Health(12.0)]
    metrics.watch(engine, cache, Depth, lambda: health[0])
    shown = numbers()
    assert (len(engine.articles), engine.size) == (shown["dateline_index_articles"], shown["dateline_index_passages"])
    assert 0 <= shown["dateline_index_age_seconds"] <= time.monotonic()
    assert (3, 1.5, 2) == tuple(shown[f"dateline_inbox_{name}"] for name in ("waiting", "oldest_seconds", "set_aside"))
    assert (0, 12) == (shown["dateline_cache_bytes"], shown["dateline_heard_age_seconds"])
    parts = ("life", "telegram", "state", "index")
    assert [1, 1, 1, 1] == [shown[f"dateline_well {part}"] for part in parts]
    cache.write_bytes(b"x" * 5)
    health[0] = Health(None, (Ill("telegram"), Ill("state", problem="disk is full")))
    shown = numbers()
    assert shown["dateline_cache_bytes"] == 5
    assert "dateline_heard_age_seconds" not in shown
    assert [1, 0, 0, 1] == [shown[f"dateline_well {part}"] for part in parts]


async def test_the_bot_that_runs_last_is_looked_at(engine: Engine, tmp_path: Path) -> None:
    """Bots come and go in a process; numbers of one that is gone are not shown."""
    for waiting in (1, 2):
        metrics.watch(engine, tmp_path / "cache.db", lambda waiting=waiting: Depth(waiting), Health)
        assert numbers()["dateline_inbox_waiting"] == waiting


async def test_what_cannot_be_looked_up_hides_nothing_else(engine: Engine, tmp_path: Path) -> None:
    """It is counted and logged, and the other numbers are shown."""

    def fail() -> Depth:
        raise OSError("gone")

    metrics.watch(engine, tmp_path / "cache.db", fail, Health)
    before = numbers()["dateline_errors_total fault"]
    shown = numbers()
    assert "dateline_inbox_waiting" not in shown
    assert "dateline_well state" in shown
    assert numbers()["dateline_errors_total fault"] == before + 2


async def test_articles_that_were_never_looked_at_have_no_age(engine: Engine, tmp_path: Path) -> None:
    """Where what another process has read is served."""
    from retrieval.looks import Looks

    engine._library._looks = Looks()
    metrics.watch(engine, tmp_path / "cache.db", Depth, Health)
    assert "dateline_index_age_seconds" not in numbers()


def test_the_process_and_its_versions_are_shown() -> None:
    """How much memory and how many files it holds, and what it is."""
    shown = numbers()
    assert shown["process_resident_memory_bytes"] > 1_000_000
    assert shown["process_open_fds"] > 0
    assert shown["dateline_info"] == 1


def test_a_program_that_was_never_installed_has_no_version() -> None:
    """It runs all the same."""
    assert "unknown" == metrics._version("no such package")


def test_the_page_is_in_no_registry_but_its_own() -> None:
    """What a library registers for all is not on it, and nothing of it is on a page of theirs."""
    from prometheus_client import REGISTRY

    assert not any(name.startswith("dateline") for name in REGISTRY._names_to_collectors)


@pytest.mark.parametrize("words", [["ask", "Who leads the coalition of the willing?"], ["--help"], ["health"]])
def test_who_shows_no_page_does_not_wait_for_it(words: list[str]) -> None:
    """The library takes 0.2 s to import, which only the bot on Telegram does."""
    code = f"import sys; from bot.cli import status; status({words!r}); sys.exit('prometheus_client' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
