"""Health: how long ago the last successful poll was."""

import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bot import health


def test_without_a_beat_there_is_no_age(tmp_path: Path) -> None:
    """A bot that never polled has no age."""
    assert health.age(tmp_path / "nowhere") is None


def test_the_age_counts_from_the_last_beat(tmp_path: Path) -> None:
    """A later beat makes the age young again."""
    assert health.beat(tmp_path)
    an_hour_ago = time.time() - 3600
    os.utime(tmp_path / "heartbeat", (an_hour_ago, an_hour_ago))
    assert pytest.approx(health.age(tmp_path), abs=60) == 3600
    health.beat(tmp_path)
    assert pytest.approx(health.age(tmp_path), abs=60) == 0


def test_a_clock_set_back_is_no_negative_age(tmp_path: Path) -> None:
    """A beat from the future was just now."""
    health.beat(tmp_path)
    os.utime(tmp_path / "heartbeat", (time.time() + 3600,) * 2)
    assert health.age(tmp_path) == 0


def test_a_data_folder_that_takes_no_file_is_replaced_by_the_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beat of each data folder has a place of its own in the temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_text("no folder")
    assert health.beat(tmp_path / "file")
    assert health.age(tmp_path / "file") is not None
    assert health.age(tmp_path / "other") is None


def test_a_beat_that_can_be_noted_nowhere_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both folders gone, a beat says so and the age is unknown."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert not health.beat(tmp_path / "gone too")
    assert health.age(tmp_path / "gone too") is None


def test_it_needs_no_telegram() -> None:
    """A health check every few seconds must not import a library of 300 modules."""
    code = "import sys, bot.health; sys.exit(any(name.startswith(('telegram', 'numpy')) for name in sys.modules))"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
