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
from pathlib import Path

RUNS = 7
ROUNDS = 20
GOLD = Path(__file__).parents[1] / "tests" / "data" / "seeds-dev.jsonl"
TOKEN = "1234567890:" + "x" * 35
"""Of the right form, for a bot that reaches no server."""


def main() -> None:
    """Print the figures, one a line."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATELINE_DATA_DIR": folder}
        questions = [json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
        _ask(environment, questions[:1])
        starts = [_ask(environment, questions[:1])[0] for _ in range(RUNS)]
        _, elapsed, terminal = _ask(environment, questions * ROUNDS)
        figures = (
            ("warm start to the first answer, s", statistics.median(starts)),
            ("an answer, median ms", statistics.median(elapsed)),
            ("an answer, 99th percentile ms", statistics.quantiles(elapsed, n=100)[98]),
            (f"resident memory after {len(elapsed)} answers, MB", terminal),
            ("resident memory of the polling bot, MB", _polling_memory(environment)),
        )
    for name, figure in figures:
        sys.stdout.write(f"{name:<50} {figure:8.2f}\n")


def _ask(environment: dict[str, str], questions: list[str]) -> tuple[float, list[float], float]:
    """Seconds to the first answer, milliseconds of each, and resident MB at the end, of `dateline ask`."""
    command = [sys.executable, "-m", "bot", "ask", "--json", "-"]
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 -- for mypy
        process.stdin.write("\n".join(questions) + "\n")
        process.stdin.flush()
        answers = [process.stdout.readline()]
        first = time.perf_counter() - start
        answers += [process.stdout.readline() for _ in questions[1:]]
        memory = _resident(process.pid)
        process.stdin.close()
    return first, [json.loads(answer)["elapsed_ms"] for answer in answers], memory


def _polling_memory(environment: dict[str, str]) -> float:
    """Resident MB of the Telegram bot some seconds after its start; it polls a port where nothing listens."""
    nowhere = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env=environment | nowhere, stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(5)
        memory = _resident(process.pid)
        process.terminate()
    return memory


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
