"""A sign of life on disk: touched after each successful poll, read by `dateline health`."""

import hashlib
import logging
import tempfile
import time
from pathlib import Path

log = logging.getLogger(__name__)


def beat(data_dir: Path) -> bool:
    """Note that polling works now; False when the note can be left nowhere."""
    for file in _files(data_dir):
        try:
            file.touch(mode=0o600)
        except OSError:
            continue
        return True
    log.warning("no heartbeat can be written to %s", data_dir)
    return False


def age(data_dir: Path) -> float | None:
    """Seconds since the last beat, or None when there never was one."""
    beats = [beaten for file in _files(data_dir) if (beaten := _beaten(file)) is not None]
    return max(0.0, time.time() - max(beats)) if beats else None


def _files(data_dir: Path) -> tuple[Path, Path]:
    """Where a beat is noted: in the data folder, or in the temporary one when that is read-only."""
    name = hashlib.sha256(str(data_dir.absolute()).encode()).hexdigest()[:16]
    return data_dir / "heartbeat", Path(tempfile.gettempdir()) / f"dateline-heartbeat-{name}"


def _beaten(file: Path) -> float | None:
    try:
        return file.stat().st_mtime
    except OSError:
        return None
