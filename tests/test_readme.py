"""What the README shows: its `sh` blocks run, its `console` blocks print what stands there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# `make run` is run as it is, but installs nothing; other targets, such as `make test` in the tests, are only looked up.
MAKE = 'make() { if [ "$1" = run ]; then command make -o .venv/installed run; else command make --dry-run "$@"; fi; }\n'


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _sessions() -> list[list[tuple[str, str]]]:
    """Of each `console` block its commands, each with what it prints."""
    entries = (re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE) for block in _blocks("console"))
    return list(entries)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that has everything of the checkout, in which commands may leave what they like."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in (".git", ".env"):
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing, at home in a new folder."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "TELEGRAM_", "MAKE"))
    }
    return kept | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}


def _run(script: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-ec", MAKE + script],
        cwd=folder,
        env=environment,
        input="Where does Macron propose to meet?\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_commands_run(checkout: Path, environment: dict[str, str]) -> None:
    """Every command of the README that is meant to be typed at once runs, and the first answers a question."""
    outputs = [_run(block, checkout, environment) for block in _blocks("sh")]
    assert "make run\nmake test\n" in _blocks("sh")
    assert "Geneva" in outputs[0]


def test_sessions_print_what_is_shown(checkout: Path, environment: dict[str, str]) -> None:
    """Every session of the README prints, word for word, what stands under its commands."""
    shown = [output for session in _sessions() for _, output in session]
    printed = [_run(command, checkout, environment) for session in _sessions() for command, _ in session]
    assert shown == printed
    assert any(shown)


def test_links_lead_somewhere() -> None:
    """Every file that the README links to is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [] == [target for target in targets if not (ROOT / target).exists()]
    assert "docs/chat.svg" in targets


def test_features_name_tests_that_there_are() -> None:
    """Each feature on Telegram names a test, and that is there."""
    named = re.findall(r"^\|[^|]+\| `(tests/test_\w+\.py)(?:::(\w+))?` \|$", README, re.MULTILINE)
    rows = README.split("| feature | test |")[1].split("\n\n")[0].strip().splitlines()[1:]
    assert len(rows) == len(named)
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")
