"""The container of docker-compose.yml on a real Docker Engine: it comes up, and comes back, and keeps what it was told.

Only where there is one and CHAOS=full is set: building the image alone takes minutes. The Bot API server of the tests
runs on this machine, so the container shares its network here.
"""

import asyncio
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BotApiServer
from botapi_world import copied
from running import TOKEN
from talks import ADA, labels

ROOT = Path(__file__).parents[1]
PROJECT = "dateline-deploy-test"
IMAGE = f"{PROJECT}:latest"
FILES = ("docker-compose.yml", "Dockerfile", ".dockerignore")
PYTHONS = ("3.12", "3.13", "3.11")
QUESTION = "Who leads the coalition of the willing?"
SECRET = TOKEN.partition(":")[2]

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def _docker(*arguments: str, check: bool = True) -> bytes:
    return subprocess.run(["docker", *arguments], check=check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def _missing() -> str:
    if os.environ.get("CHAOS") != "full":
        return "builds an image and runs it: only with CHAOS=full"
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        return "no Docker Engine answers"
    return "" if _compose() else "neither docker compose nor docker-compose is here"


def _compose() -> list[str]:
    """Compose version 2 where it is, else version 1."""
    if not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else []


pytestmark = pytest.mark.skipif(bool(_missing()), reason=_missing())


class Deployed:
    """The project in a folder of its own, as Compose runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, str] = {}

    def compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        """What Compose says, its errors included."""
        given = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "TELEGRAM_"))}
        done = subprocess.run(
            [*_compose(), "--project-name", PROJECT, *arguments],
            cwd=self.folder,
            env=given | self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert not (check and done.returncode), done.stdout.decode()
        return done

    @property
    def container(self) -> dict[str, Any]:
        """All that Docker knows of the bot's container."""
        number = self.compose("ps", "--all", "--quiet", "bot").stdout.split() or self.compose("ps", "-q").stdout.split()
        found: dict[str, Any] = json.loads(_docker("inspect", number[-1].decode()))[0]
        return found

    async def healthy(self, restarts: int = 0) -> float:
        """Wait until it says that it is well; for how many seconds."""
        started = time.monotonic()
        while True:
            now = await asyncio.to_thread(lambda: self.container)
            if now["State"].get("Health", {}).get("Status") == "healthy" and now["RestartCount"] >= restarts:
                return time.monotonic() - started
            assert time.monotonic() - started < 90, self.logs()
            await asyncio.sleep(0.3)

    def logs(self) -> str:
        """What it has written so far."""
        return _docker("logs", self.container["Id"]).decode()

    def kill(self) -> None:
        """End every process in it at once, as the kernel does where memory runs out."""
        _docker("exec", self.container["Id"], "sh", "-c", "kill -9 -1", check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the image is built from, and the image."""
    folder = tmp_path_factory.mktemp("project")
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    for name in (*FILES, *let_in):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    here = _docker("images", "--format", "{{.Repository}}:{{.Tag}}").decode().split()
    python = next((version for version in PYTHONS if f"python:{version}-slim" in here), PYTHONS[0])
    override = {"build": {"context": ".", "args": {"PYTHON": python}}, "image": IMAGE, "network_mode": "host"}
    override |= {"healthcheck": {"interval": "2s"}}
    (folder / "docker-compose.override.yml").write_text(json.dumps({"services": {"bot": override}}), encoding="utf-8")
    Deployed(folder).compose("build")
    return folder


@pytest.fixture
def deployed(built: Path, server: BotApiServer) -> Iterator[Deployed]:
    """The project with a token as a secret, not yet running; nothing is left of it."""
    deployed = Deployed(built)
    token = built / "token"
    token.write_text(TOKEN, encoding="utf-8")
    deployed.settings = {
        "TELEGRAM_API_BASE_URL": server.url,
        "TELEGRAM_BOT_TOKEN_FILE": str(token),
        "DATELINE_LISTEN": "127.0.0.1",
        "DATELINE_METRICS_PORT": "19100",
    }
    yield deployed
    deployed.compose("down", "--volumes")
    (built / ".env").unlink(missing_ok=True)


async def _say(server: BotApiServer, text: str) -> dict[str, Any]:
    before = len(server.sent)
    server.say(ADA, text)
    await server.until(lambda: len(server.sent) > before)
    return server.sent[-1]


async def _answers_presses(server: BotApiServer, message: dict[str, Any]) -> bool:
    """Whether a button under an answer changes it."""
    said = copied(server.now(message) or message)
    server.press(message, label=labels(said)[0])
    await server.until(lambda: server.now(message) != said)
    return True


async def _interrupted(deployed: Deployed, server: BotApiServer) -> None:
    """Kill the bot when Telegram no longer has a question, and nobody has an answer."""
    polled = server.of("getUpdates")[-1].parameters["offset"]
    tried = len(server.of("sendMessage"))
    server.fail("sendMessage", 500, times=1000)
    server.say(ADA, QUESTION)
    await server.until(lambda: len(server.of("sendMessage")) > tried)
    await server.until(lambda: server.of("getUpdates")[-1].parameters["offset"] > polled)
    await asyncio.to_thread(deployed.kill)
    server.fail("sendMessage", 500, times=0)


async def test_it_comes_up_and_comes_back(
    deployed: Deployed, server: BotApiServer, figure: Callable[[str], None]
) -> None:
    """It gets well by itself, again after it was killed, stops with status 0, and keeps what it was told."""
    await asyncio.to_thread(deployed.compose, "up", "--detach")
    up = await deployed.healthy()
    answer = await _say(server, QUESTION)

    await _interrupted(deployed, server)
    back = await deployed.healthy(restarts=1)
    await server.until(lambda: len(server.sent) >= 2)
    assert await _answers_presses(server, answer)

    started = time.monotonic()
    await asyncio.to_thread(_docker, "stop", deployed.container["Id"])
    stopped = time.monotonic() - started
    state = deployed.container["State"]
    assert (0, False) == (state["ExitCode"], state["OOMKilled"])

    await asyncio.to_thread(deployed.compose, "down")
    server.say(ADA, QUESTION)
    await asyncio.to_thread(deployed.compose, "up", "--detach")
    await deployed.healthy()
    await server.until(lambda: len(server.sent) >= 3)
    assert await _answers_presses(server, answer)
    assert 3 == len(server.sent)
    looked = "message to edit not found"  # where a message might be that was perhaps sent
    assert [] == [call for call in server.refused if looked not in call.refused]
    figure(
        f"container: healthy after {up:.1f} s, after a kill after {back:.1f} s; stopped in {stopped:.1f} s, status 0"
    )


async def test_the_token_is_nowhere(deployed: Deployed, server: BotApiServer, figure: Callable[[str], None]) -> None:
    """Neither in the image and its history nor in what Docker knows of it, its files, its log and its numbers."""
    await asyncio.to_thread(deployed.compose, "up", "--detach")
    await deployed.healthy()
    await _say(server, QUESTION)
    server.fail("sendMessage", 500, "Internal Server Error")
    await _say(server, QUESTION)
    number = deployed.container["Id"]
    numbers = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:19100/metrics').read().decode())"
    places = {
        "history": _docker("history", "--no-trunc", IMAGE),
        "image": _docker("inspect", IMAGE),
        "layers": await asyncio.to_thread(_docker, "save", IMAGE),
        "container": _docker("inspect", number),
        "files": await asyncio.to_thread(_docker, "export", number),
        "data": await asyncio.to_thread(_docker, "cp", f"{number}:/data", "-"),
        "log": _docker("logs", number),
        "numbers": _docker("exec", number, "python", "-c", numbers),
    }
    assert [] == [place for place, found in places.items() if SECRET.encode() in found]
    assert [] == [place for place, found in places.items() if len(found) < 100]
    figure(f"token: not in {sum(map(len, places.values())) / 1e6:,.0f} MB of image, container, log and numbers")


async def test_it_is_allowed_little(deployed: Deployed) -> None:
    """It is a user without rights, who can write to its data and the temporary folder alone; those are for it alone."""
    await asyncio.to_thread(deployed.compose, "up", "--detach")
    await deployed.healthy()
    found = deployed.container
    host = found["HostConfig"]
    assert ("10001:10001", True, ["ALL"]) == (found["Config"]["User"], host["ReadonlyRootfs"], host["CapDrop"])
    assert ["no-new-privileges:true"] == host["SecurityOpt"]
    assert (512 << 20, 256, True) == (host["Memory"], host["PidsLimit"], host["Init"])
    assert {"max-size": "10m", "max-file": "3"} == host["LogConfig"]["Config"]
    status = _docker("exec", found["Id"], "cat", "/proc/self/status").decode()
    assert ["CapEff:\t0000000000000000", "NoNewPrivs:\t1"] == [
        line for line in status.splitlines() if line.startswith(("CapEff", "NoNewPrivs"))
    ]
    for folder in ("/app", "/opt/dateline", "/etc"):
        assert b"Read-only file system" in _docker("exec", found["Id"], "touch", f"{folder}/x", check=False)
    with tarfile.open(fileobj=io.BytesIO(_docker("cp", f"{found['Id']}:/data", "-"))) as data:
        open_to_others = {member.name for member in data if member.isfile() and member.mode & 0o077}
    assert set() == {name for name in open_to_others if "state" in name}


def test_no_token_is_told_in_one_line(deployed: Deployed) -> None:
    """Where neither the secret nor the variable holds a token, it says so and leaves with status 2."""
    deployed.settings["TELEGRAM_BOT_TOKEN_FILE"] = "/dev/null"
    done = deployed.compose("run", "--rm", "bot", check=False)
    said = [line for line in done.stdout.decode().splitlines() if "TELEGRAM_BOT_TOKEN_FILE" in line]
    assert (2, 1) == (done.returncode, len(said))
    assert "/run/secrets/telegram_bot_token, which holds no token to read (empty)" in said[0]


async def test_a_token_in_the_settings_does_as_well(deployed: Deployed, server: BotApiServer) -> None:
    """Where it is in `.env` or the shell, and no file holds it."""
    (deployed.folder / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nTELEGRAM_BOT_TOKEN_FILE=\n", encoding="utf-8")
    del deployed.settings["TELEGRAM_BOT_TOKEN_FILE"]
    await asyncio.to_thread(deployed.compose, "up", "--detach")
    await deployed.healthy()
    assert ["getMe"] == [call.method for call in server.calls[:1]]
    assert [] == [call for call in server.calls if call.refused]
