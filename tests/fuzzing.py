"""How many inputs in; the bot is given so many messages, updates and article files at random, and its faults come out.

    python tests/fuzzing.py 1000000 --processes 2          what `make fuzz` does
    python tests/fuzzing.py --block messages:17             the inputs of one block again, each shown

A fault is an exception, or more than `SLOW` seconds of processor time for one input. What took long by the clock only,
as things do on a machine that does other things too, is done again in a process of its own. An input is made from the
name and the number of its block alone, so that a fault can be brought about again.
"""

import argparse
import asyncio
import contextlib
import faulthandler
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz_targets import KINDS, Case, Target, opened

BLOCK = 50
"""Inputs that know of each other: a conversation."""
SLOW = 0.25
"""Seconds in which an input is to be done with."""
HANGS = 60.0
"""Seconds after which a process is given up, with a trace of where it is."""
SHARES = {"messages": 0.6, "updates": 0.15, "articles": 0.25}

_SAID_EVERY = 60.0
_AGAIN = 20
"""Blocks, those that took longest by the clock, that are done again when all is over."""


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


@dataclass(slots=True)
class Tally:
    """What became of all inputs of a kind."""

    kind: str
    inputs: int = 0
    set_aside: int = 0
    seconds: float = 0.0
    faults: list[Done] = field(default_factory=list)
    slow_by_clock: list[Done] = field(default_factory=list)
    slowest: Done | None = None

    def take(self, done: Done) -> None:
        """Count one more."""
        self.inputs += 1
        self.seconds += done.seconds
        if done.fault:
            self.faults.append(done)
        elif done.clock > SLOW:
            self.slow_by_clock.append(done)
        if self.slowest is None or done.seconds > self.slowest.seconds:
            self.slowest = done

    def add(self, other: "Tally") -> None:
        """Count what another one has counted."""
        self.inputs += other.inputs
        self.set_aside += other.set_aside
        self.seconds += other.seconds
        self.faults += other.faults
        self.slow_by_clock += other.slow_by_clock
        both = [one for one in (self.slowest, other.slowest) if one is not None]
        self.slowest = max(both, key=lambda one: one.seconds, default=None)

    @property
    def line(self) -> str:
        """What there is to say of them."""
        each = 1000 * self.seconds / max(1, self.inputs)
        most = 1000 * self.slowest.seconds if self.slowest else 0.0
        return (
            f"{self.inputs:,} {self.kind} ({self.set_aside:,} refused), {each:.1f} ms each, {most:.0f} ms at most, "
            f"{len(self.faults)} faults, {len(self.slow_by_clock)} more than {1000 * SLOW:.0f} ms by the clock only"
        )


async def done(target: Target, case: Case, block: str, number: int) -> Done:
    """Give the bot one input."""
    clock, seconds = time.perf_counter(), time.process_time()
    fault = await target.fault(case)
    clock, seconds = time.perf_counter() - clock, time.process_time() - seconds
    if not fault and seconds > SLOW:
        fault = f"{1000 * seconds:.0f} ms"
    return Done(block, number, case.about if fault or seconds > SLOW / 5 else "", seconds, clock, fault)


async def block_of(target: Target, name: str, inputs: int = BLOCK) -> AsyncIterator[Done]:
    """Give the bot the inputs of a block."""
    for number, case in enumerate(target.cases(name, inputs)):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        yield await done(target, case, name, number)
    faulthandler.cancel_dump_traceback_later()


async def fuzz(name: str, inputs: int = BLOCK, *, shown: bool = False) -> Tally:
    """Give the bot one block, in this process; `name` is its kind and its number."""
    kind = name.partition(":")[0]
    with TemporaryDirectory(dir=_fast()) as folder:
        async with opened(kind, Path(folder)) as target:
            return await _tallied(target, name, inputs, shown)


async def _tallied(target: Target, name: str, inputs: int = BLOCK, shown: bool = False) -> Tally:
    tally = Tally(name.partition(":")[0])
    aside = target.set_aside
    async for one in block_of(target, name, inputs):
        tally.take(one)
        if shown:
            _say(
                f"{one.number}: {1000 * one.seconds:.1f} ms ({1000 * one.clock:.1f}) {one.fault or 'well'} {one.about}"
            )
    tally.set_aside = target.set_aside - aside
    return tally


def _fast() -> str | None:
    """A folder in memory, where there is one: writing to the disk is not what is looked at."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


async def _work() -> None:
    """Do the blocks that are named on standard input, a line each, and tell of each in a line of JSON."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=_fast())))
        targets = {kind: await stack.enter_async_context(opened(kind, folder / kind)) for kind in KINDS}
        for kind, target in targets.items():  # what is loaded and remembered the first time is not the input's
            for number in range(2):
                await _tallied(target, f"{kind}:warm-{number}")
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
            self.tallies[kind].add(_tally(json.loads(answer)))
        else:
            self.tallies[kind].add(Tally(kind, BLOCK, faults=[Done(name, -1, "", fault="the process ended")]))
        if time.monotonic() > self._said + _SAID_EVERY:
            self._said = time.monotonic()
            _say(f"{self._said - self._began:.0f} s: {'; '.join(one.line for one in self.tallies.values())}")

    def end(self) -> int:
        """Say what came of it; the exit status."""
        for tally in self.tallies.values():
            _say(tally.line)
            for one in tally.faults:
                _say(f"  fault: {one.fault} -- {one.block} number {one.number}: {one.about}")
            if tally.slowest:
                slow = tally.slowest
                _say(f"  slowest: {1000 * slow.seconds:.0f} ms -- {slow.block} number {slow.number}: {slow.about}")
        total = sum(tally.inputs for tally in self.tallies.values())
        faults = sum(len(tally.faults) for tally in self.tallies.values())
        _say(f"{total:,} inputs in {time.monotonic() - self._began:.0f} s, {faults} faults")
        return 1 if faults else 0


def _tally(told: dict[str, object]) -> Tally:
    def one(of: object) -> Done | None:
        return Done(**of) if isinstance(of, dict) else None

    lists = {name: [one(of) for of in told[name]] for name in ("faults", "slow_by_clock")}  # type: ignore[attr-defined]
    return Tally(**{**told, **lists, "slowest": one(told["slowest"])})  # type: ignore[arg-type]


async def _again(slow: list[Done]) -> list[Done]:
    """What of the slowest by the clock still is when its block is done alone."""
    names = dict.fromkeys(one.block for one in sorted(slow, key=lambda one: -one.clock))
    found = []
    for name in [*names][:_AGAIN]:
        found += (await fuzz(name)).slow_by_clock
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _run(inputs: int, processes: int, first: int) -> int:
    run = Run(inputs, first)
    await asyncio.gather(*(run.work() for _ in range(processes)))
    slow = [one for tally in run.tallies.values() for one in tally.slow_by_clock]
    still = await _again(slow)
    _say(f"{len(slow)} inputs were slow by the clock only; of the {_AGAIN} slowest, done again alone, {len(still)} are")
    return run.end()


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
        return len(asyncio.run(fuzz(arguments.block, shown=True)).faults)
    return asyncio.run(_run(arguments.inputs, arguments.processes, arguments.first))


if __name__ == "__main__":
    sys.exit(main())
