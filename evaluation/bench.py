"""Times what a person and an operator notice: start to first answer, an answer, and memory. Run by `make bench`.

Each figure comes from whole processes started afresh, with the cache warm; the median of several runs is printed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evaluation.gold import read_gold

RUNS = 7
ROUNDS = 20
SETTLED = 5.0
"""Seconds after which the polling bot has loaded all that it needs."""
GOLD = Path(__file__).parents[1] / "tests" / "data" / "seeds-dev.jsonl"
TOKEN = "1234567890:" + "x" * 35
"""Of the right form, for a bot that reaches no server."""


def main(runs: int = RUNS, rounds: int = ROUNDS, settled: float = SETTLED) -> None:
    """Print the figures of `runs` starts, of all questions asked `rounds` times, and of a bot left to settle."""
    for name, figure in _figures([gold.question for gold in read_gold(GOLD)], runs, rounds, settled):
        sys.stdout.write(f"{name:<50} {figure:8.2f}\n")


def _figures(questions: Sequence[str], runs: int, rounds: int, settled: float) -> Iterator[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATELINE_DATA_DIR": folder}
        _ask(environment, questions[:1])
        starts = [_ask(environment, questions[:1])[0] for _ in range(runs)]
        yield "warm start to the first answer, s", statistics.median(starts)
        _, elapsed, memory = _ask(environment, [*questions] * rounds)
        yield "an answer, median ms", statistics.median(elapsed)
        yield "an answer, 99th percentile ms", statistics.quantiles(elapsed, n=100, method="inclusive")[98]
        yield f"resident memory after {len(elapsed)} answers, MB", memory
        yield "resident memory of the polling bot, MB", _polling_memory(environment, settled)


def _ask(environment: Mapping[str, str], questions: Sequence[str]) -> tuple[float, list[float], float]:
    """Seconds to the first answer, milliseconds of each, and resident MB at the end, of `dateline ask`."""
    command = [sys.executable, "-m", "bot", "ask", "--json", "-"]
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        first, *further = [(_answer(process, question), time.perf_counter()) for question in questions]
        memory = _resident(process.pid)
    return first[1] - start, [elapsed for elapsed, _ in (first, *further)], memory


def _answer(process: subprocess.Popen[str], question: str) -> float:
    """Milliseconds that an answer took. One at a time: with all written at once both sides' pipes fill up and wait."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 -- for mypy
    process.stdin.write(json.dumps({"question": question}) + "\n")
    process.stdin.flush()
    elapsed: float = json.loads(process.stdout.readline())["elapsed_ms"]
    return elapsed


def _polling_memory(environment: Mapping[str, str], settled: float) -> float:
    """Resident MB of the Telegram bot some seconds after its start; it polls a port where nothing listens."""
    nowhere = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, env={**environment, **nowhere}, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        time.sleep(settled)
        memory = _resident(process.pid)
        process.terminate()
    return memory


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
