import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from botapi_client import TOKEN, Caller, calling
from botapi_server import BotApiServer

from bot.settings import Settings, variable
from retrieval import Engine, EngineSettings

ROOT = Path(__file__).parents[1]
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line that says what a test has measured; all are shown at the end."""
    return request.config.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was measured."""
    for line in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _hooks_as_before() -> Iterator[None]:
    """What takes care of faults nobody handled is pytest's again after a test that configures the logs."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The corpus that comes with the project."""
    return ROOT / "seeds"


@pytest.fixture
async def engine(seeds: Path) -> AsyncIterator[Engine]:
    """An open engine over the seeds, its cache in memory."""
    async with Engine.open(EngineSettings(seeds)) as opened:
        yield opened


@pytest.fixture
def bridges(tmp_path: Path) -> Path:
    """A corpus with five answers to one question, `Who opened the bridge?`."""
    folder = tmp_path / "bridges"
    folder.mkdir()
    for city, mayor in (("Lima", "Rojas"), ("Oslo", "Berg"), ("Turin", "Riva"), ("Porto", "Costa"), ("Ghent", "Maes")):
        text = f"A bridge for {city}\n\nThe new bridge in {city} was opened by the mayor, {mayor}, on Monday.\n"
        (folder / f"{city}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """A Bot API server that nobody polls yet."""
    async with BotApiServer(TOKEN) as server:
        yield server


@pytest.fixture
async def call(server: BotApiServer) -> AsyncIterator[Caller]:
    """Calls the server as a bot does, method by method."""
    async with calling(server.url) as call:
        yield call


@pytest.fixture
def unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no settings but a data folder in it."""
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that does not keep to Telegram's pace, for tests that are not about it."""
    from bot.telegram import limits

    monkeypatch.setattr(limits, "PACE", limits.Pace(0.0, limits.Limit(1000, 0.001), limits.Limit(1000, 0.001)))
