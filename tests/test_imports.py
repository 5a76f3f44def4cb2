"""The rooms' import contract, which stands in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_run_one_way() -> None:
    """No module imports against the direction of the journey, or past the one door of `retrieval`."""
    # In a process of its own: it configures logging, which silences every logger that there is.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert 0 == done.returncode, done.stdout
