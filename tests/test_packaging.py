"""What the project is installed from: locks, Makefile, wheel, container files, and the list of settings."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings, variable

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
VARIABLES = [variable(field) for field in Settings.model_fields]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _locked(lock: str) -> list[str]:
    """A line for each package: its pin, for which Python it is meant, its hashes."""
    lines = _read(lock).replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line and not line.lstrip().startswith("#")]


def _pins(lock: str) -> dict[str, str]:
    pins = (re.split(r" ;| --hash=", line)[0] for line in _locked(lock))
    return dict(pin.split("==") for pin in pins)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_pins_and_hashes_alone(lock: str) -> None:
    """A lock has a version and hashes for each name, and neither an address nor a path nor an option."""
    pin = r"[a-z0-9.-]+==[0-9][0-9a-z.]*( ; [^-]+)?( --hash=sha256:[0-9a-f]{64})+"
    assert [] == [line for line in _locked(lock) if not re.fullmatch(pin, line)]
    assert "/" not in _read(lock)


def test_what_installs_checks_hashes() -> None:
    """Every pip install from a lock, on this machine and in the image, refuses what has no hash or another one."""
    installs = re.findall(r"pip .*\binstall\b.*lock.*", _read("Makefile") + _read("Dockerfile"))
    assert 3 == len(installs)
    assert [] == [line for line in installs if "--require-hashes" not in line]


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_development_lock_adds_to_the_others(lock: str) -> None:
    """What is developed with is what is run and built with, and more."""
    assert _pins(lock).items() < _pins("requirements-dev.lock").items()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", PROJECT["project"]["optional-dependencies"]["dev"]),
        ("requirements-build.lock", PROJECT["build-system"]["requires"]),
    ],
)
def test_locks_hold_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    """Every dependency is pinned to a version that the project allows."""
    pins = _pins(lock)
    requirements = [Requirement(text) for text in wanted]
    assert [] == [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]


@contextmanager
def _weaknesses(known: dict[str, str]) -> Iterator[str]:
    """The address of a database of weaknesses on loopback: the name of a package, the number of its weakness."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            package = {"name": asked["package"]["name"], "ecosystem": "PyPI"}
            found = {
                "id": known.get(package["name"]),
                "modified": "2025-03-15T00:00:00Z",
                "affected": [{"package": package}],
            }
            answer = json.dumps({"vulns": [found]} if found["id"] else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def _audit(address: str) -> subprocess.CompletedProcess[str]:
    command = [ROOT / ".ci" / "audit", "--vulnerability-service", "osv", "--osv-url", address]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_audit_finds_a_weak_package() -> None:
    """A locked package with a known weakness is named, with status 1; without one the status is 0."""
    with _weaknesses({"jinja2": "WEAK-2025-1"}) as address:
        weak = _audit(address)
    assert (1, True) == (weak.returncode, "WEAK-2025-1" in weak.stdout)
    with _weaknesses({}) as address:
        assert 0 == _audit(address).returncode


def test_audit_that_reaches_nobody_is_none() -> None:
    """Where nobody can be asked, that is said in one line, and the status is that of a failure."""
    done = _audit("http://127.0.0.1:9/")
    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert done.stderr.startswith("Nothing was audited")


def test_make_says_what_is_missing(tmp_path: Path) -> None:
    """Without a usable Python, make says in one line what to install and leaves with status 2."""
    (tmp_path / "Makefile").write_text(_read("Makefile"), encoding="utf-8")
    for name in ("requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "run", "PYTHON=false"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert 1 == len(done.stderr.splitlines())
    assert "Dateline needs Python 3.11 or newer" in done.stderr


def test_wheel_answers_on_its_own(tmp_path: Path) -> None:
    """The wheel holds everything: unpacked elsewhere, it answers."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    program = "import sys, bot; assert bot.__file__.startswith(sys.argv.pop()); from bot.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "ask", "Where does Macron propose to meet?", str(tmp_path)],
        cwd=tmp_path,
        env=_unset(tmp_path) | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "Geneva" in done.stdout


def test_image_is_given_what_it_is_built_from() -> None:
    """What the wheel is made of is copied into the image, and nothing of that is kept from the build."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", _read("Dockerfile"), re.MULTILINE)
    files = {name for line in copied for name in line.split()}
    let_in = {line[1:] for line in _read(".dockerignore").splitlines() if line.startswith("!")}
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]) < files
    assert files == let_in


def test_container_takes_every_setting() -> None:
    """Each setting reaches the container: through the Compose file, or fixed in the image."""
    given = _read("docker-compose.yml") + _read("Dockerfile")
    assert [] == [name for name in VARIABLES if not re.search(rf"\b{name}\b[:=]", given)]


def test_settings_are_documented() -> None:
    """The README's table has a row for each setting, in their order, with its default where that is a plain value."""
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \| .+ \| (.+) \|$", _read("README.md"), re.MULTILINE)
    assert VARIABLES == [name for name, _ in rows]
    defaults = {
        variable(name): f"`{field.default}`"
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, str | float)
    }
    assert defaults == {name: shown for name, shown in rows if name in defaults}


def _unset(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "TELEGRAM_"))}
    return kept | {"HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
