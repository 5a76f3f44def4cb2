"""How many inputs in; the bot is given so many messages, updates and article files at random, and its faults come out.

    python tests/fuzzing.py 1000000 --processes 2          what `make fuzz` does
    python tests/fuzzing.py --block messages:17             the inputs of one block again, each shown

A fault is an exception, or more than `SLOW` seconds of processor time for one input, each time that it is tried: on a
machine that does other things too anything may take long once, so what did is done again when all is over. An input is
made from the name and the number of its block alone, so that a fault can be brought about again.
"""

import argparse
import asyncio
import contextlib
import faulthandler
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fuzz_targets import KINDS, Case, Target, opened

BLOCK = 50
"""Inputs that know of each other: a conversation."""
SLOW = 0.25
"""Seconds in which an input is to be done with."""
HANGS = 60.0
"""Seconds after which a process is given up, with a trace of where it is."""
SHARES = {"messages": 0.6, "updates": 0.15, "articles": 0.25}

_SAID_EVERY = 60.0
_WARM = 2
"""Blocks done before what is counted: what is loaded and remembered the first time is not an input's."""
_AGAIN = 20
"""Blocks, those that took longest by the clock only, that are done again when all is over."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one input: which it was, what it took, and what went wrong."""

    block: str
    number: int
    about: str
    seconds: float = 0.0
    """Of processor time."""
    clock: float = 0.0
    fault: str = ""
    swept: bool = False
    """Whether all of the process's memory was looked through for garbage meanwhile."""

    @property
    def line(self) -> str:
        """What there is to say of it."""
        took = f"{1000 * self.seconds:.1f} ms of processor time, {1000 * self.clock:.1f} by the clock"
        swept = " with a full garbage collection" if self.swept else ""
        return f"{self.block} number {self.number}: {took}{swept} {self.fault} {self.about}"


@dataclass(slots=True)
class Tally:
    """What became of all inputs of a kind."""

    kind: str
    inputs: int = 0
    set_aside: int = 0
    seconds: float = 0.0
    faults: list[Done] = field(default_factory=list)
    slow: list[Done] = field(default_factory=list)
    slowest: Done | None = None

    def take(self, done: Done) -> None:
        """Count one more."""
        self.inputs += 1
        self.seconds += done.seconds
        if done.fault:
            self.faults.append(done)
        elif max(done.seconds, done.clock) > SLOW:
            self.slow.append(done)
        if self.slowest is None or done.seconds > self.slowest.seconds:
            self.slowest = done

    def add(self, other: "Tally") -> None:
        """Count what another one has counted."""
        self.inputs += other.inputs
        self.set_aside += other.set_aside
        self.seconds += other.seconds
        self.faults += other.faults
        self.slow += other.slow
        both = [one for one in (self.slowest, other.slowest) if one is not None]
        self.slowest = max(both, key=lambda one: one.seconds, default=None)

    @property
    def too_slow(self) -> list[Done]:
        """Those that took long by their processor time."""
        return [one for one in self.slow if one.seconds > SLOW]

    @property
    def line(self) -> str:
        """What there is to say of them."""
        each = 1000 * self.seconds / max(1, self.inputs)
        most = 1000 * self.slowest.seconds if self.slowest else 0.0
        return (
            f"{self.inputs:,} {self.kind} ({self.set_aside:,} refused), {each:.1f} ms each, {most:.0f} ms at most, "
            f"{len(self.faults)} raised, {len(self.too_slow)} over {1000 * SLOW:.0f} ms ({len(self.slow)} by the clock)"
        )


async def done(target: Target, case: Case, block: str, number: int) -> Done:
    """Give the bot one input."""
    swept, clock, seconds = _sweeps(), time.perf_counter(), time.process_time()
    fault = await target.fault(case)
    clock, seconds = time.perf_counter() - clock, time.process_time() - seconds
    about = case.about if fault or seconds > SLOW / 5 else ""
    return Done(block, number, about, seconds, clock, fault, _sweeps() > swept)


def _sweeps() -> int:
    """How often all memory was looked through so far."""
    return gc.get_stats()[-1]["collections"]


async def block_of(target: Target, name: str, inputs: int = BLOCK) -> AsyncIterator[Done]:
    """Give the bot the inputs of a block."""
    for number, case in enumerate(target.cases(name, inputs)):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        yield await done(target, case, name, number)
    faulthandler.cancel_dump_traceback_later()


async def fuzz(name: str, inputs: int = BLOCK, *, shown: bool = False) -> Tally:
    """Give the bot one block, in this process; `name` is its kind and its number."""
    async with contextlib.AsyncExitStack() as stack:
        target = await stack.enter_async_context(_ready(name.partition(":")[0]))
        return await _tallied(target, name, inputs, shown=shown)


@contextlib.asynccontextmanager
async def _ready(kind: str) -> AsyncIterator[Target]:
    with TemporaryDirectory(dir=_fast()) as folder:
        async with opened(kind, Path(folder)) as target:
            for number in range(_WARM):
                await _tallied(target, f"{kind}:warm-{number}")
            yield target


async def _tallied(target: Target, name: str, inputs: int = BLOCK, *, shown: bool = False) -> Tally:
    tally = Tally(name.partition(":")[0])
    aside = target.set_aside
    async for one in block_of(target, name, inputs):
        tally.take(one)
        if shown:
            _say(one.line)
    tally.set_aside = target.set_aside - aside
    return tally


def _fast() -> str | None:
    """A folder in memory, where there is one: writing to the disk is not what is looked at."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


async def _work() -> None:
    """Do the blocks that are named on standard input, a line each, and tell of each in a line of JSON."""
    async with contextlib.AsyncExitStack() as stack:
        targets = {kind: await stack.enter_async_context(_ready(kind)) for kind in KINDS}
        _say("ready")
        for line in sys.stdin:
            name = line.strip()
            _say(json.dumps(asdict(await _tallied(targets[name.partition(":")[0]], name))))


class Run:
    """A million inputs, or how many there are to be, done by several processes."""

    def __init__(self, inputs: int, first: int) -> None:
        self.tallies = {kind: Tally(kind) for kind in KINDS}
        self._blocks = self._named(inputs, first)
        self._began = self._said = time.monotonic()

    def _named(self, inputs: int, first: int) -> Iterator[str]:
        """The blocks, the kinds evenly mixed."""
        left = {kind: round(inputs * share / BLOCK) for kind, share in SHARES.items()}
        whole, done = dict(left), dict.fromkeys(left, 0)
        while any(left.values()):
            kind = max(left, key=lambda one: left[one] / max(1, whole[one]))
            yield f"{kind}:{first + done[kind]}"
            left[kind] -= 1
            done[kind] += 1

    async def work(self) -> None:
        """Have blocks done by a process until there are none left; by another one where it ends in the middle."""
        name = next(self._blocks, None)
        while name is not None:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, __file__, "--work"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**24,
            )
            assert process.stdin is not None
            assert process.stdout is not None
            await process.stdout.readline()
            while name is not None:
                process.stdin.write(f"{name}\n".encode())
                answer = await process.stdout.readline()
                self._take(name, answer)
                name = next(self._blocks, None)
                if not answer:
                    break
            process.stdin.close()
            await process.wait()

    def _take(self, name: str, answer: bytes) -> None:
        kind = name.partition(":")[0]
        if answer:
            tally = _tally(json.loads(answer))
        else:
            tally = Tally(kind, BLOCK, faults=[Done(name, -1, "", fault="the process ended")])
        self.tallies[kind].add(tally)
        for one in (*tally.faults, *tally.too_slow):
            _say(one.line)
        if time.monotonic() > self._said + _SAID_EVERY:
            self._said = time.monotonic()
            _say(f"{self._said - self._began:.0f} s: {'; '.join(one.line for one in self.tallies.values())}")

    async def end(self) -> int:
        """Do again what was slow, and say what came of it all; the exit status."""
        slow = [one for tally in self.tallies.values() for one in tally.slow]
        again = await _slow_again(slow)
        for tally in self.tallies.values():
            _say(tally.line)
            if tally.slowest:
                _say(f"  slowest: {tally.slowest.line}")
        exceptions = [one for tally in self.tallies.values() for one in tally.faults]
        for one in (*exceptions, *again):
            _say(f"fault: {one.line}")
        total = sum(tally.inputs for tally in self.tallies.values())
        seconds = time.monotonic() - self._began
        _say(f"{total:,} inputs in {seconds:.0f} s, {len(exceptions)} exceptions, {len(again)} slow each time")
        return 1 if exceptions or again else 0


def _tally(told: dict[str, Any]) -> Tally:
    lists = {name: [Done(**one) for one in told[name]] for name in ("faults", "slow")}
    slowest = told["slowest"]
    return Tally(**told | lists | {"slowest": Done(**slowest) if slowest else None})


async def _slow_again(slow: list[Done]) -> list[Done]:
    """What is slow again when its block is done alone: of the slow by the clock only, the slowest are tried."""
    by_clock = sorted((one for one in slow if one.seconds <= SLOW), key=lambda one: -one.clock)
    tried = [*(one for one in slow if one.seconds > SLOW), *by_clock[:_AGAIN]]
    before = {(one.block, one.number) for one in tried}
    found: list[Done] = []
    for name in dict.fromkeys(one.block for one in tried):
        found += [one for one in (await fuzz(name)).slow if (name, one.number) in before]
    _say(f"{len(slow)} inputs were slow once; of {len(tried)} done again alone, {len(found)} still were")
    return [one for one in found if one.seconds > SLOW]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _run(inputs: int, processes: int, first: int) -> int:
    run = Run(inputs, first)
    await asyncio.gather(*(run.work() for _ in range(processes)))
    return await run.end()


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Give the bot what it does not expect.")
    parser.add_argument("inputs", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="the number of the first block")
    parser.add_argument("--block", help="one block, such as messages:17")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(_work())
        return 0
    if arguments.block:
        tally = asyncio.run(fuzz(arguments.block, shown=True))
        return len(tally.faults) + len(tally.too_slow)
    return asyncio.run(_run(arguments.inputs, arguments.processes, arguments.first))


if __name__ == "__main__":
    sys.exit(main())
