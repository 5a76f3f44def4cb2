"""The bot is given what it does not expect: every fault that was found so far, and some hundred inputs of each kind."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import fuzz_articles
import fuzz_messages
import fuzzing
import pytest
from corpora import engine_over
from fuzz_patterns import bait, patterns
from fuzz_targets import KINDS, Case, opened
from talks import talking

from retrieval import Engine

FULL = os.environ.get("CHAOS") == "full"
INPUTS = {"messages": 300, "updates": 200, "articles": 200}
SECONDS = 60.0
ASKED = 120 if FULL else 30
QUESTIONS = (
    "What did Ann Lee say?",
    "When did she come to Paris in March 2025?",
    "How many people came?",
    "Who leads Paris?",
)

BLANKS = 16_000
LONG_TO_READ = {
    "a header with blanks for its date": ("a.txt", "date" + "\t" * BLANKS + "x"),
    "a line of the head with blanks": ("a.txt", f"The news\n\nfirst published{' ' * BLANKS}x\n\nAnn said so."),
    "a table of the catalog that does not end": ("catalog.toml", "[" + " " * BLANKS + "x"),
}


@pytest.fixture(autouse=True)
def _slower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside other tests, and while it is noted which lines were run, all takes longer."""
    monkeypatch.setattr(fuzzing, "SLOW", 4 * fuzzing.SLOW)


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_that_is_made_at_random_is_a_fault(kind: str) -> None:
    """No input ends in an exception, or takes a second of processor time."""
    tally = await fuzzing.fuzz(f"{kind}:test", INPUTS[kind])
    assert INPUTS[kind] == tally.inputs
    assert [] == tally.faults + tally.too_slow


@pytest.mark.parametrize("name", LONG_TO_READ)
async def test_a_file_that_once_took_a_minute_is_read_at_once(name: str, tmp_path: Path) -> None:
    """Where blanks could be shared out in many ways, reading a file took time with the square of their number."""
    file, text = LONG_TO_READ[name]
    async with opened("articles", tmp_path) as target:
        one = await fuzzing.done(target, Case((file, text.encode())), "by hand", 0)
    assert "" == one.fault
    assert one.seconds < fuzzing.SLOW


@pytest.mark.parametrize("make", [fuzz_messages.message, fuzz_articles.file])
def test_what_is_made_depends_on_the_name_of_its_block_alone(make: Callable[[Random], object]) -> None:
    """A fault can be brought about again by the block that it was found in."""
    one, other = Random("messages:1"), Random("messages:1")
    assert [make(one) for _ in range(20)] == [make(other) for _ in range(20)]


def test_every_expression_of_the_program_is_tried() -> None:
    """Those in lists and tables are found, too, and each can be kept busy."""
    found = patterns()
    assert {"retrieval.questions._TAG[0]", "retrieval.kinds._RULES[0]", "bot.telegram.links._KEY[0]"} <= found.keys()
    random = Random("baits")
    assert all(len(bait(random, pattern, 100)) <= 100 for pattern in found.values())


async def test_a_fault_is_told_with_what_brings_it_about_again(tmp_path: Path) -> None:
    """An exception is not lost: where it was raised stands with the block and the input."""
    async with opened("articles", tmp_path) as target:
        one = await fuzzing.done(target, Case(("no-suffix", b"")), "articles:7", 3)
    tally = fuzzing.Tally("articles")
    tally.take(one)
    assert ("articles:7", 3) == (one.block, one.number)
    assert "assert isinstance(file, sources.SourceFile)" in one.fault
    assert [one] == tally.faults


async def test_telegram_would_refuse_nothing_that_is_sent(bridges: Path, tmp_path: Path) -> None:
    """Over HTTP, to the server that is as strict as Telegram: whatever is asked, every call is a sound one."""
    random = Random("server")
    texts = {person: fuzz_messages.message(random) or "?" for person in range(1, ASKED + 1)}
    async with talking(bridges, tmp_path / "data", refused=0) as talk:
        for person, text in texts.items():
            talk.server.say(person, text)
            talk.server.inline(fuzz_messages.message(random)[:100], person=person)
        for person in texts:
            await talk.settled(person)
        queries = len(talk.server.inline_answers)
    assert ASKED == queries
    answered = {message["chat"]["id"] for message in talk.server.sent}
    assert {person for person, text in texts.items() if "@other_bot" not in text} <= answered


async def test_no_sentence_makes_questions_slow(tmp_path: Path) -> None:
    """Questions read what articles say with the same expressions, sentence by sentence."""
    random = Random("sentences")
    found = patterns()
    for name in random.sample(sorted(found), len(found) if FULL else 20):
        said = [
            f"Ann Lee said {bait(random, found[name], 560)} Ann Lee.".encode("utf-8", "replace").decode()
            for _ in range(20)
        ]
        folder = tmp_path / name
        folder.mkdir()
        async with engine_over(folder, {"a.txt": "Ann Lee in Paris\n\n" + "\n\n".join(said)}) as engine:
            took = [_seconds(engine, question) for question in QUESTIONS]
        assert max(took) < fuzzing.SLOW, name


def _seconds(engine: Engine, question: str) -> float:
    before = time.process_time()
    engine.explain(question)
    return time.process_time() - before


@pytest.mark.skipif(not FULL, reason="a minute of fuzzing, with CHAOS=full")
async def test_a_minute_of_it(figure: Callable[[str], None], tmp_path: Path) -> None:
    """A minute of inputs of all kinds, in one process, none of which is a fault."""
    tallies = {kind: fuzzing.Tally(kind) for kind in KINDS}
    until, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        for kind, tally in tallies.items():
            tally.add(await fuzzing.fuzz(f"{kind}:minute-{number}", 200))
        number += 1
    for tally in tallies.values():
        figure(f"fuzzing: {tally.line}")
        assert [] == tally.faults + tally.too_slow
