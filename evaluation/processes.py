"""Commands in, what they cost out: seconds, resident memory, disk, and answers line by line."""

import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

_BETWEEN = 0.05
"""Seconds between two looks at a process's memory."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command that ran to its end took, and what it printed; `peak` is its most memory in MB, with its children.

    Memory that several of them share is counted once. `worked` are the seconds that processors spent on all of them.
    """

    seconds: float
    worked: float
    peak: float
    printed: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident MB of a process: all of it, and what is its own and can't be dropped, as pages of files can."""

    resident: float
    own: float


class Dialogue:
    """A running command that replies with a line of JSON to each line on its standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, line: Mapping[str, object]) -> tuple[dict[str, Any], float]:
        """The reply to a line, and the milliseconds until it was here. One at a time: more would fill both pipes."""
        assert self.process.stdin is not None  # noqa: S101 -- for mypy
        started = time.perf_counter()
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return self.hear(), (time.perf_counter() - started) * 1000

    def hear(self) -> dict[str, Any]:
        """The next line. Raises EOFError where the command has ended."""
        assert self.process.stdout is not None  # noqa: S101
        line = self.process.stdout.readline()
        if not line:
            raise EOFError(f"{self.process.args!r} ended")
        found: dict[str, Any] = json.loads(line)
        return found

    def worked(self) -> float:
        """Milliseconds that processors have spent on it until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """What it has of memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        sizes = dict(line.split(":", 1) for line in status.splitlines())
        return Memory(*(int(sizes[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")))


@contextmanager
def talking(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Dialogue]:
    """Start a command, and end it with its input."""
    with subprocess.Popen(  # noqa: S603 -- our own commands
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Dialogue(process)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    before, started = _children_worked(), time.perf_counter()
    peak = 0.0
    with TemporaryFile("w+", encoding="utf-8") as printed:
        with subprocess.Popen(command, env=environment, stdout=printed) as process:  # noqa: S603 -- our own commands
            while process.poll() is None:
                peak = max(peak, sum(map(_proportional, _family(process.pid))))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_BETWEEN)
            seconds = time.perf_counter() - started
        printed.seek(0)
        ran = Ran(seconds, _children_worked() - before, peak, printed.read())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, ran.printed)
    return ran


def _children_worked() -> float:
    """Seconds that processors have spent on the children that ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def forget(folder: Path) -> None:
    """Have the kernel drop the files of a folder from its cache, so that they are read from the disk next time."""
    for path in _files(folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def occupied(folder: Path) -> int:
    """Bytes of disk that the files of a folder take."""
    return sum(path.stat().st_blocks * 512 for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _family(pid: int) -> list[int]:
    """A process, its children, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    except OSError:  # ended meanwhile
        return []
    return [pid, *(one for child in children for one in _family(child))]


def _proportional(pid: int) -> float:
    """MB that a process has to itself, and its part of what it shares with others."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0.0)
