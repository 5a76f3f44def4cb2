"""What the running bot knows of itself in, a small file out; and from that file how the bot is, for `dateline health`.

Times are those of a clock that starts with the machine, for the clock on the wall can be set: what it said before a
restart of the machine says nothing any more.
"""

import asyncio
import hashlib
import json
import logging
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from retrieval import Look

HEARD = 90.0
"""Seconds for which it is well to have heard nothing from Telegram, or of the bot: three long polls and some."""

READ = 900.0
"""Seconds after which the articles count as not up to date; everything is looked at each minute."""

EVERY = 20.0
"""Seconds between two signs of life."""

_SELDOM = 1.0
"""Seconds between two times that Telegram was heard that are both kept."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")

Part = Literal["life", "telegram", "state", "index"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: when it was given, and when Telegram was last heard.

    `state` is what keeps `state.db` from being written; `read` is when the articles were last looked at, `index` what
    has kept them from it since.
    """

    at: float
    heard: float | None = None
    state: str = ""
    read: float | None = None
    is_reading: bool = False
    index: str = ""


@dataclass(frozen=True, slots=True)
class Ill:
    """What is wrong with a part of the bot: since how many seconds (None for ever), and why where that is known."""

    part: Part
    seconds: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How many seconds ago Telegram was heard, and all that is wrong."""

    heard: float | None = None
    ills: tuple[Ill, ...] = ()


class Heart:
    """Beats for the bot of a data folder; `look` says how up to date its articles are."""

    def __init__(self, data_dir: Path, look: "Callable[[], Look]") -> None:
        self._data_dir = data_dir
        self._look = look
        self._heard: float | None = None
        self._state = ""
        self._kept: float | None = None

    def beat(self) -> None:
        """Note that Telegram has answered or delivered."""
        self._heard = _now()
        if self._kept is None or self._heard - self._kept >= _SELDOM:
            self.keep()

    def note_state(self, problem: str) -> None:
        """Note what keeps `state.db` from being written; nothing is empty."""
        if problem != self._state:
            self._state = problem
            self.keep()

    async def run(self, write: Callable[[], Awaitable[object]]) -> None:
        """Give signs of life until cancelled; whether `state.db` can be written is found out by `write`."""
        while True:
            try:
                await write()
            except (sqlite3.Error, OSError) as error:
                self._state = str(error) or type(error).__name__
            else:
                self._state = ""
            self.keep()
            await asyncio.sleep(EVERY)

    def keep(self) -> None:
        """Give a sign of life."""
        self._kept = self._heard
        keep(self._data_dir, self._beat())

    def health(self) -> Health:
        """How the bot is now."""
        return examined(self._beat(), _now())

    def _beat(self) -> Beat:
        look, now = self._look(), _now()
        read = None if look.at is None else now - (time.monotonic() - look.at)
        return Beat(now, self._heard, self._state, read, look.under_way, look.problem)


def keep(data_dir: Path, beat: Beat) -> bool:
    """Leave a sign of life; False when it can be left nowhere."""
    text = json.dumps({"boot": _boot(), **asdict(beat)})
    for file in _files(data_dir):
        try:
            _write(file, text)
        except OSError:
            continue
        return True
    log.warning("no heartbeat can be written to %s", data_dir)
    return False


def beat(data_dir: Path) -> bool:
    """Leave a sign of life that says that all is well."""
    now = _now()
    return keep(data_dir, Beat(now, now, read=now))


def age(data_dir: Path) -> float | None:
    """Seconds since Telegram was heard, or None when it never was."""
    return examine(data_dir).heard


def examine(data_dir: Path) -> Health:
    """How the bot is that uses this data folder."""
    now = _now()
    beats = [beat for file in _files(data_dir) if (beat := _read(file)) is not None and beat.at <= now]
    return examined(max(beats, key=lambda beat: beat.at), now) if beats else Health(None, (Ill("life"),))


def examined(beat: Beat, now: float) -> Health:
    """What a sign of life says when it is read `now`; an old one says no more than that."""
    heard = None if beat.heard is None else max(0.0, now - beat.heard)
    if now - beat.at > HEARD:
        return Health(heard, (Ill("life", now - beat.at),))
    ills = []
    if heard is None or heard > HEARD:
        ills.append(Ill("telegram", heard))
    if beat.state:
        ills.append(Ill("state", problem=beat.state))
    read = None if beat.read is None else now - beat.read
    if (read is None or read > READ) and not beat.is_reading:
        ills.append(Ill("index", read, beat.index))
    return Health(heard, tuple(ills))


def _now() -> float:
    """Seconds since the machine was started, the same in every process."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def _boot() -> str:
    """Which start of the machine the times count from; empty where that can't be known."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _files(data_dir: Path) -> tuple[Path, Path]:
    """Where a beat is kept: in the data folder, or in the temporary one when that is read-only or full."""
    name = hashlib.sha256(str(data_dir.absolute()).encode()).hexdigest()[:16]
    return data_dir / "heartbeat", Path(tempfile.gettempdir()) / f"dateline-heartbeat-{name}"


def _write(file: Path, text: str) -> None:
    """Replace a file at once, so that nobody reads half of it; it follows no link that somebody else put there."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600, exist_ok=False)
    new.write_text(text, encoding="ascii")
    new.replace(file)


def _read(file: Path) -> Beat | None:
    """The beat in a file, if it is of this start of the machine."""
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="ascii"))
        return Beat(**values) if values.pop("boot") == _boot() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
