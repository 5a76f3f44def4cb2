"""deploy/dateline.service, as systemd reads it; only where systemd-analyze of the version that it needs is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings, variable

UNIT = Path(__file__).parents[1] / "deploy" / "dateline.service"
EXPOSED = 12
"""Tenths of systemd's exposure level, 0 to 100; what is left is the network and the machine's own root folder."""


def _analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, encoding="utf-8", check=False)


def _version() -> int:
    """Of systemd; 0 where it is not."""
    return int(_analyze("--version").stdout.split()[1]) if shutil.which("systemd-analyze") else 0


pytestmark = pytest.mark.skipif(_version() < 250, reason="systemd-analyze 250 or newer is not here")


def test_systemd_understands_it(tmp_path: Path) -> None:
    """Every line of it is known, and what it starts is where its first lines put it."""
    text = UNIT.read_text("utf-8")
    program = re.findall(r"^ExecStart=.* (\S+) run$", text, re.MULTILINE)
    assert [f"{path}/bin/dateline" for path in re.findall(r"-m venv (\S+)", text)] == program
    copy = tmp_path / UNIT.name
    copy.write_text(text, encoding="utf-8")
    done = _analyze("verify", "--man=no", copy)
    assert (0, "") == (done.returncode, done.stderr)


def test_it_exposes_little() -> None:
    """systemd finds hardly anything that the service could do and need not."""
    done = _analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSED}", UNIT)
    assert 0 == done.returncode, done.stdout


def test_it_names_settings_that_there_are() -> None:
    """Each variable that it sets is one of the program's, or Python's."""
    named = set(re.findall(r"\b(?:DATELINE|TELEGRAM)_[A-Z_]+(?==)", UNIT.read_text("utf-8")))
    assert named <= {variable(field) for field in Settings.model_fields}
    assert {"TELEGRAM_BOT_TOKEN_FILE", "DATELINE_DATA_DIR"} <= named
