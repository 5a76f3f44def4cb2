"""A real OpenSearch cluster of three nodes for tests, on loopback: Maven fetches what Java runs, once for all runs.

It needs a JDK and Maven, and the first time the network; where any of these is missing the tests are skipped.
"""

import atexit
import functools
import hashlib
import shutil
import socket
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import httpx
import platformdirs
import pytest

NODES = 3

_SOURCES = Path(__file__).with_name("opensearch")
_JAVA = 17
_FETCH = 600
_START = 180


class OpenSearchCluster:
    """The nodes, by number from 0; `urls` are their addresses."""

    def __init__(self, jars: Path, folder: Path) -> None:
        ports = _free_ports(2 * NODES)
        pairs = [f"{http}:{transport}" for http, transport in zip(ports[:NODES], ports[NODES:], strict=True)]
        self.urls = tuple(f"http://127.0.0.1:{port}" for port in ports[:NODES])
        self._problems = folder / "problems"
        # One core's worth of compiling and cleaning up: the tests are over before more would pay.
        command = [
            "java",
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            f"{jars}/*:{jars}",
            "Cluster",
        ]
        with self._problems.open("wb") as problems:
            self._process = subprocess.Popen(
                [*command, folder, *pairs], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=problems, text=True
            )
        self._expect("READY")

    def stop(self, number: int) -> None:
        """Take a node away; what it holds stays for when it is started again."""
        self._tell(f"stop {number}")

    def start(self, number: int) -> None:
        """Bring a node back, and wait until all that is to be held is held."""
        self._tell(f"start {number}")
        self.recovered()

    def recovered(self) -> None:
        """Wait until all nodes are there and every copy of what is held."""
        query = f"wait_for_nodes={NODES}&wait_for_status=green&timeout=60s"
        httpx.get(f"{self.urls[0]}/_cluster/health?{query}", timeout=70).raise_for_status()

    def manager(self) -> int:
        """The number of the node that manages the others."""
        name = httpx.get(f"{self.urls[0]}/_cat/cluster_manager?h=node").text.strip()
        return int(name.removeprefix("node-"))

    def indices(self, index: str) -> list[str]:
        """What the cluster holds of an index."""
        return httpx.get(f"{self.urls[0]}/_cat/indices/{index}-*?h=index").text.split()

    def delete(self, index: str) -> None:
        """Delete all that is there of an index."""
        if names := ",".join(self.indices(index)):
            httpx.delete(f"{self.urls[0]}/{names}", timeout=30).raise_for_status()

    def close(self) -> None:
        """End the cluster."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(_START)
        self._process.stdout.close()

    def _tell(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        self._expect("DONE")

    def _expect(self, said: str) -> None:
        assert self._process.stdout
        timer = threading.Timer(_START, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        assert said == line.strip(), self._problems.read_text(encoding="utf-8", errors="replace")[-2000:]


@functools.cache
def running() -> OpenSearchCluster:
    """The cluster of this run of the tests, started when it is first asked for; skips where there can be none."""
    jars = _jars()
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dateline-opensearch-", ignore_cleanup_errors=True))
    cluster = OpenSearchCluster(jars, Path(folder))
    stack.callback(cluster.close)
    return cluster


@functools.cache
def _lacking() -> str:
    """What this machine lacks; empty if it has all."""
    for tool in ("java", "javac", "mvn"):
        if not shutil.which(tool):
            return f"{tool} is missing: the cluster needs a JDK ({_JAVA} or newer) and Maven"
    told = subprocess.run(["javac", "--version"], capture_output=True, text=True, check=False)
    version = told.stdout.removeprefix("javac ").partition(".")[0].strip()
    return "" if version.isdigit() and int(version) >= _JAVA else f"Java {version} is too old: {_JAVA} is needed"


def _jars() -> Path:
    """The folder of what a node is made of, fetched and compiled if it is not there yet."""
    if lacking := _lacking():
        pytest.skip(lacking)
    sources = [_SOURCES / "pom.xml", _SOURCES / "Cluster.java"]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    jars = platformdirs.user_cache_path("dateline-tests", appauthor=False) / f"opensearch-{digest}"
    if not jars.is_dir():
        jars.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=jars.parent) as folder:
            _make(Path(folder), *sources)
            Path(folder, "made").rename(jars)
    return jars


def _make(folder: Path, pom: Path, source: Path) -> None:
    made = folder / "made"
    shutil.copy(pom, folder)
    fetch = ["mvn", "-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={made}"]
    compiled = ["javac", "-cp", f"{made}/*", "-d", str(made), str(source)]
    done = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, timeout=_FETCH, check=False)
    if done.returncode:
        pytest.skip(f"OpenSearch can't be fetched: {done.stdout[:200]}")
    subprocess.run(compiled, capture_output=True, text=True, timeout=_FETCH, check=True)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
