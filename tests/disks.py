"""Disks for tests that are soon full, or can't be written; where none can be made, a test is skipped and says why."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_BLOCK = bytes(1024)


class Disk:
    """A disk of its own under `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, but: int = 0) -> None:
        """Leave no room on it but these bytes, if it is in memory."""
        file = os.open(self._ballast, os.O_CREAT | os.O_WRONLY, 0o600)
        with suppress(OSError):
            while True:
                os.write(file, _BLOCK)
        os.truncate(file, os.fstat(file).st_size - but)
        os.close(file)

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()

    def remount(self, options: str) -> None:
        """Mount it otherwise."""
        _run("mount", "-o", f"remount,{options}", str(self.path))

    @contextmanager
    def frozen(self, *folders: Path) -> Iterator[None]:
        """Meanwhile no file can be made or deleted in these folders; those that are there can be written."""
        _run("chattr", "+i", *map(str, folders))
        try:
            yield
        finally:
            _run("chattr", "-i", *map(str, folders))


@contextmanager
def small(path: Path, size: str = "4m") -> Iterator[Disk]:
    """A disk in memory."""
    with _mounted(path, "-t", "tmpfs", "-o", f"size={size}", "none"):
        yield Disk(path)


@contextmanager
def ext4(image: Path, path: Path) -> Iterator[Disk]:
    """A disk in a file, made if it is not there: one that can be broken while it is used (`remount("abort")`)."""
    if not image.exists():
        image.touch()
        os.truncate(image, 16 << 20)
        _run("mkfs.ext4", "-q", str(image))
    with _mounted(path, "-o", "loop", str(image)):
        yield Disk(path)


@contextmanager
def _mounted(path: Path, *arguments: str) -> Iterator[None]:
    path.mkdir(exist_ok=True)
    _run("mount", *arguments, str(path))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(path))


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(
            f"needs a disk of its own: {' '.join(command[:1])}: {getattr(error, 'stderr', '') or error}".strip()
        )
