"""The rooms' import contract, which stands in pyproject.toml."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]


def test_imports_run_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module imports against the direction of the journey, or past the one door of `retrieval`."""
    monkeypatch.chdir(ROOT)
    assert 0 == lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
