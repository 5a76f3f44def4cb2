"""Processes that read an archive and are killed, or stopped, at any moment: the next one makes all of it good."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from caches import ROOT, fed

from evaluation.archive import json_line
from retrieval import Engine, EngineSettings

ARTICLES = 500
"""Of an archive; of some five passages each."""
KILLS = 20

# A process that has loaded everything, and makes another one of itself for each line that it reads: `python -m bot`
# but for the second that loading takes. It keeps little at a time, so that there are many moments to be killed at; for
# every other line it lets other processes read.
_NURSERY = """
import os
from bot.cli import status
from retrieval import Engine, engine, feeding, indexing, sync
sync._BATCH, indexing._COMMIT, feeding._AT_ONCE = 60, 400, 20_000
for number, line in enumerate(sys.stdin):
    child = os.fork()
    if not child:
        os.setsid()
        feeding.MUCH = 1_000 if number % 2 else 10**9
        os._exit(status(["index", "--corpus", line.strip()]))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATELINE_DATA_DIR": str(tmp_path / "data"),
        "DATELINE_INDEX": "disk",
        "PYTHONPATH": str(ROOT),
    }


def archive(folder: Path, version: int, count: int = ARTICLES) -> Path:
    """A folder with an archive: of the version before some articles are missing, some are changed, some are new."""
    folder.mkdir(exist_ok=True)
    numbers = range(version * count // 4, version * count // 4 + count)
    lines = [json_line(1 + version * (number % 5 == 0), number) for number in numbers]
    new = folder / ".new"
    new.write_text("".join(lines), encoding="utf-8")
    new.replace(folder / "archive.jsonl")
    return folder


def contents(data_dir: Path) -> dict[str, list[object]]:
    """What a cache holds, but for the numbers that it gave, and what the index of it holds."""
    with closing(sqlite3.connect(data_dir / "cache.db")) as db:
        queries = {
            "articles": "SELECT id, stamp, original, passages, prints, spans, text FROM articles ORDER BY id",
            "prints": "SELECT a.id, p.print FROM prints p LEFT JOIN articles a ON a.number = p.article ORDER BY 1, 2",
            "files": "SELECT * FROM files ORDER BY 1",
            "left_out": "SELECT * FROM left_out ORDER BY 1, 2",
            "unfed": "SELECT * FROM unfed",
        }
        held: dict[str, list[object]] = {name: db.execute(query).fetchall() for name, query in queries.items()}
    return held | {"fed": sorted(fed(data_dir).items())}


def _ended(group: int) -> bool:
    """Whether all processes of a group end within a while; one that nobody has asked for its status has ended, too."""
    for _ in range(600):
        if not any(_is_of(path, group) for path in Path("/proc").glob("[0-9]*/stat")):
            return True
        time.sleep(0.05)
    return False


def _is_of(path: Path, group: int) -> bool:
    with suppress(OSError):
        state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
        return int(its_group) == group and state != "Z"
    return False


def _changes(data_dir: Path) -> int:
    """Something that is another number when something was written."""
    with suppress(OSError):
        return sum(one.stat().st_mtime_ns for one in data_dir.rglob("*") if one.is_file())
    return -1


def _killed_at_work(child: int, data_dir: Path, delay: float) -> None:
    """Kill a process some time after it has written something, and see that those that read for it end with it."""
    before, deadline = _changes(data_dir), time.monotonic() + 3
    while _changes(data_dir) == before and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    assert _ended(child)


@contextmanager
def nursery(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Something that begins a process for each line."""
    code = f"import sys\nsys.path[:0] = [{str(ROOT)!r}]\n{_NURSERY}"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def _line(started: subprocess.Popen[str]) -> int:
    """The next number that it says; what else it says is passed over."""
    assert started.stdout is not None
    while line := started.stdout.readline():
        with suppress(ValueError):
            return int(line)
    raise AssertionError("it has ended")


async def test_killed_at_any_moment(tmp_path, environment):
    """However often it is killed, and whatever of the archive has changed: nothing is lost, and nothing twice."""
    corpus, data_dir = archive(tmp_path / "corpus", 0), tmp_path / "data"
    some = random.Random(7)
    version = at_work = 0
    with nursery(environment) as started:
        assert started.stdin is not None
        for kill in range(KILLS):
            started.stdin.write(f"{corpus}\n")
            started.stdin.flush()
            _killed_at_work(_line(started), data_dir, some.choice((0.0, 0.02, 0.05, 0.1, 0.2, 0.4)))
            ended = _line(started)
            assert ended in (0, -signal.SIGKILL)
            at_work += ended != 0
            if kill % 5 == 4 or ended == 0:
                archive(corpus, version := version + 1)
        assert at_work >= KILLS // 3
        started.stdin.write(f"{corpus}\n")
        started.stdin.flush()
        _line(started)
        assert 0 == _line(started)

    async with Engine.open(EngineSettings(corpus, tmp_path / "control", index="disk")) as control:
        count = len(control.articles)
        assert count > 0.9 * ARTICLES
    expected = contents(tmp_path / "control")
    assert expected == contents(data_dir)
    async with (
        Engine.open(EngineSettings(corpus, data_dir, index="disk")) as engine,
        Engine.open(EngineSettings(corpus, tmp_path / "control", index="disk")) as control,
    ):
        assert (count, ()) == (engine.report.unchanged, engine.report.notices)
        for line in (corpus / "archive.jsonl").read_text(encoding="utf-8").splitlines()[::50]:
            title = json.loads(line)["title"]
            answers = [await one.ask(title) for one in (engine, control)]
            quotes = [{(quote.article.id, quote.span) for quote in one.quotes[:1]} for one in answers]
            assert quotes[0] == quotes[1]


def test_stopped(tmp_path, environment):
    """Ctrl-C loses no more than the last batch, and all processes end; the next run goes on from there."""
    corpus, data_dir = archive(tmp_path / "corpus", 0, 300), tmp_path / "data"
    code = "import sys\nfrom retrieval import feeding, sync\nsync._BATCH, feeding._AT_ONCE = 60, 20_000\n"
    code += "feeding.MUCH = int(sys.argv[1])\nfrom bot.cli import main\nmain(['index', '--corpus', sys.argv[2]])"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        [*command, "1", corpus],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as started:
        deadline = time.monotonic() + 60
        while _kept(data_dir) < 60 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=60)
    assert (130, "", "") == (started.returncode, out, err)
    assert _ended(started.pid)
    kept = _kept(data_dir)
    assert 60 <= kept < 300
    again = subprocess.run(
        [*command, "1000000000", corpus], capture_output=True, text=True, env=environment, check=True
    ).stdout
    total, added, unchanged = (
        int(again.split(word)[0].split()[-1]) for word in (" articles on file", " added", " unchanged")
    )
    assert (kept, total) == (unchanged, added + unchanged)


def _kept(data_dir: Path) -> int:
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{data_dir / 'cache.db'}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
    return 0
