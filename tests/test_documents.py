"""What the operator's documents name is there: tests, files, settings, numbers, states."""

import re
from pathlib import Path

import pytest

from bot import metrics
from bot.health import Health
from bot.settings import Settings, variable
from bot.state.updates import Depth
from retrieval import Engine

ROOT = Path(__file__).parents[1]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
DOCUMENTS = ("SECURITY.md", "docs/operating.md")
COMPOSE_ALONE = {"DATELINE_MEMORY"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_tests_that_it_names_are_there(document: str) -> None:
    """Each `tests/test_x.py::test_y`, and each `tests/test_x.py`."""
    named = re.findall(r"`(tests/test_\w+\.py)(?:::(\w+))?`", (ROOT / document).read_text("utf-8"))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or not re.search(rf"def {name or 'test_'}", (ROOT / file).read_text("utf-8"))
    ]
    assert [] == missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Those within the project."""
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert [] == [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("document", [*DOCUMENTS, "docker-compose.yml"])
def test_settings_are_the_program_s(document: str) -> None:
    """Whatever looks like a setting is one, or belongs to the Compose file."""
    named = set(re.findall(r"\b(?:DATELINE|TELEGRAM)_[A-Z0-9_]*[A-Z0-9]\b", (ROOT / document).read_text("utf-8")))
    assert named - COMPOSE_ALONE <= {variable(field) for field in Settings.model_fields}


async def test_every_number_is_explained(engine: Engine, tmp_path: Path) -> None:
    """Each of the page's own names is in the table, and no other; those of the process are one line."""
    metrics.watch(engine, tmp_path / "cache.db", lambda: Depth(0, 0.0, 0), lambda: Health(0.0))
    shown = set(re.findall(r"^# TYPE (\S+)", metrics.page().decode(), re.MULTILINE))
    explained = set(re.findall(r"`(dateline_\w+)", OPERATING))
    assert {name for name in shown if not name.startswith(("process_", "python_"))} == explained


def test_what_is_watched_is_explained() -> None:
    """Each number that wakes somebody is in the table, and is taken from there."""
    rules = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8")
    for name in set(re.findall(r"\bdateline_\w+", rules)):
        assert f"`{name.removesuffix('_bucket')}" in OPERATING


def test_every_status_and_kind_is_explained() -> None:
    """Statuses of questions, stages and kinds of errors, as the program names them."""
    words = set(re.findall(r"`(\w+)`", OPERATING))
    assert {*metrics.STATUSES, *metrics.STAGES, *metrics.ERRORS} <= words
