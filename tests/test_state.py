"""`state.db`: what is kept, for how long, and that it is never given up."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import StateDamaged, StateTooNew, StateUnwritable
from bot.state.database import NAME, State
from bot.state.feedback import Feedback, Tally
from bot.state.people import Forgotten, Notes, People, menu_of
from bot.state.replies import KeptQuote, KeptReply, Replies
from retrieval import Engine, EngineSettings, Span

ADA, BEN, GROUP = 7, 8, -100
QUOTE = KeptQuote("a.txt", Span(3, 9), "Sixty?", (Span(4, 5),), ("b.txt",))
REPLY = KeptReply(
    chat=GROUP,
    topic=5,
    person=ADA,
    question="Who opened the bridge?",
    part="answer",
    asked=11,
    quotes=(QUOTE, replace(QUOTE, highlights=(), also=())),
    shown=1,
    next=("And who closed it?",),
    html="<b>“Sixty”</b>",
    keyboard=((("In context", "c0"), ("More", "m0")), (("👍", "+0"),)),
    messages=(12, 13),
)
DAY = 86_400


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    async with State.open(tmp_path) as state:
        yield state


@pytest.fixture
def replies(state: State) -> Replies:
    return Replies(state, 30)


async def test_a_reply_comes_back_as_it_was(replies: Replies) -> None:
    """By its number, by each of its messages, and by the message that asked."""
    number = await replies.add(REPLY)
    kept = replace(REPLY, id=number)
    assert kept == await replies.get(number)
    assert [kept, kept, None] == [await replies.of_message(GROUP, message) for message in (12, 13, 14)]
    assert [kept, None] == [await replies.to(GROUP, asked) for asked in (11, 12)]


async def test_what_is_kept_outlives_the_program(tmp_path: Path) -> None:
    """Opened again, the file has it all; nobody else may read it."""
    async with State.open(tmp_path / "new") as state:
        number = await Replies(state, 30).add(REPLY)
    async with State.open(tmp_path / "new") as state:
        assert replace(REPLY, id=number) == await Replies(state, 30).get(number)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").glob(f"{NAME}*")]
    assert set(modes) == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


async def test_the_last_reply_is_that_of_the_topic(replies: Replies) -> None:
    """Small talk, what was not understood, and further quotes are no turn of the conversation."""
    number = await replies.add(REPLY)
    for change in ({"topic": 6}, {"chat": ADA}, {"status": "smalltalk"}, {"status": "unclear"}, {"part": "more"}):
        await replies.add(replace(REPLY, messages=(), **change))
    assert replace(REPLY, id=number) == await replies.last(GROUP, 5)
    assert await replies.last(GROUP, 0) is None


async def test_a_reply_is_replaced_with_all_that_hung_on_it(state: State, replies: Replies) -> None:
    """Its messages are those of the new one, and what was voted is no vote on that."""
    number = await replies.add(REPLY)
    await replies.vote(number, BEN, -1)
    new = replace(REPLY, question="Who closed it?", messages=(12, 20))
    await replies.replace(number, new)
    assert replace(new, id=number) == await replies.of_message(GROUP, 20)
    assert await replies.of_message(GROUP, 13) is None
    assert await state.rows("SELECT * FROM votes") == []


async def test_a_button_is_taken_away(replies: Replies) -> None:
    """What is left is kept."""
    number = await replies.add(REPLY)
    await replies.dress(number, ((("In context", "c0"),),))
    kept = await replies.get(number)
    assert kept
    assert [True, False] == [kept.offers("c0"), kept.offers("m0")]


async def test_each_has_one_vote(state: State, replies: Replies) -> None:
    """The last one counts."""
    number = await replies.add(REPLY)
    for person, vote in ((ADA, 1), (ADA, -1), (BEN, 1)):
        await replies.vote(number, person, vote)
    assert [(ADA, -1), (BEN, 1)] == await state.rows("SELECT person, vote FROM votes ORDER BY person")


async def test_a_group_takes_its_replies_along(replies: Replies) -> None:
    """Under its new number; its messages have others there."""
    await replies.add(REPLY)
    await replies.migrate(GROUP, -200)
    assert await replies.last(GROUP, 5) is None
    moved = await replies.last(-200, 5)
    assert moved
    assert (moved.question, moved.messages, moved.asked) == (REPLY.question, (), None)


async def test_what_is_too_old_goes(state: State, replies: Replies) -> None:
    """With its messages and votes; what is younger stays."""
    old, young = await replies.add(REPLY), await replies.add(replace(REPLY, messages=(30,)))
    await replies.vote(old, BEN, 1)
    await state.write("UPDATE replies SET at = at - ? WHERE id = ?", 31 * DAY, old)
    await replies.prune()
    assert [None, young] == [await replies.get(old), (await replies.get(young) or REPLY).id]
    assert [[], [(30,)]] == [await state.rows(f"SELECT {what}") for what in ("* FROM votes", "message FROM messages")]


async def test_a_person_is_forgotten_with_all_that_is_theirs(state: State, replies: Replies) -> None:
    """And nobody else."""
    people = People(state)
    own, other = await replies.add(REPLY), await replies.add(replace(REPLY, person=BEN, messages=()))
    for number in (own, other):
        await replies.vote(number, ADA, 1)
    await people.choose(ADA, "uk")
    await people.choose(BEN, "fr")
    await replies.add(replace(REPLY, part="more", messages=()))
    assert Forgotten(1, 2, True) == await people.forget(ADA)
    assert [None, "fr"] == [await people.language(ADA), await people.language(BEN)]
    assert [other] == [number for (number,) in await state.rows("SELECT id FROM replies")]
    assert Forgotten(0, 0, False) == await people.forget(ADA)


async def test_languages_are_remembered_and_kept(state: State) -> None:
    """By whoever looks next."""
    await People(state).choose(ADA, "el")
    people = People(state)
    assert ["el", "el", None] == [await people.language(person) for person in (ADA, ADA, BEN)]


async def test_notes_are_put_and_counted(state: State) -> None:
    """By name."""
    notes = Notes(state)
    await notes.put("profile", "digest")
    for _ in range(3):
        await notes.count("refused")
    assert ["digest", "3", ""] == [await notes.get(name) for name in ("profile", "refused", "nothing")]
    await notes.put(menu_of(ADA), "digest")
    assert [ADA] == await notes.menus()
    await notes.drop(menu_of(ADA))
    assert [] == await notes.menus()


async def test_a_transaction_is_whole_or_nothing(state: State) -> None:
    """What fails half-way leaves nothing, and the next one goes on."""

    async def twice() -> None:
        async with state.writing() as db:
            await db.execute("INSERT INTO notes VALUES ('one', '1')")
            await db.execute("INSERT INTO notes VALUES ('one', '2')")

    with pytest.raises(sqlite3.IntegrityError):
        await twice()
    assert await Notes(state).get("one") == ""
    await Notes(state).put("one", "3")
    assert await Notes(state).get("one") == "3"


async def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """And left as it is."""
    async with State.open(tmp_path) as state:
        await state.write("PRAGMA user_version = 99")
    with pytest.raises(StateTooNew, match=NAME):
        async with State.open(tmp_path):
            pass
    with sqlite3.connect(tmp_path / NAME) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
    db.close()


async def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """And left as it is: what people did is not thrown away."""
    (tmp_path / NAME).write_bytes(b"noise" * 1000)
    with pytest.raises(StateDamaged, match=NAME):
        async with State.open(tmp_path):
            pass
    assert (tmp_path / NAME).read_bytes() == b"noise" * 1000


async def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    """What people do is never held where it would be lost."""
    (tmp_path / "file").touch()
    with pytest.raises(StateUnwritable, match=NAME):
        async with State.open(tmp_path / "file"):
            pass


async def test_who_waits_for_a_locked_file_holds_up_nobody_who_reads(tmp_path: Path) -> None:
    """Another program has it for itself; what is to be written waits until it is free."""
    async with State.open(tmp_path) as state:
        notes = Notes(state)
        other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        writing = asyncio.create_task(notes.put("one", "1"))
        assert ["", "", ""] == [await notes.get("one") for _ in range(3)]
        assert not writing.done()
        other.execute("COMMIT")
        other.close()
        await writing
        assert await notes.get("one") == "1"


async def test_a_quote_is_made_again_from_its_article(bridges: Path) -> None:
    """As long as the article has its words."""
    async with Engine.open(EngineSettings(bridges)) as engine:
        quote = (await engine.ask("Who opened the bridge?")).quotes[0]
        again = await KeptQuote.of(quote).again(engine)
        assert again
        assert (quote.article, quote.span, quote.highlights) == (again.article, again.span, again.highlights)
        assert await replace(KeptQuote.of(quote), text="Nobody said so.").again(engine) is None


async def test_the_same_question_is_missed_once(state: State, replies: Replies) -> None:
    """However it is written; with the question before it, and what was thought of the answer."""
    first = await replies.add(replace(REPLY, messages=()))
    for question, status in (("Who is Zorblax?", "not_found"), ("who is zorblax", "not_found"), ("Hi", "smalltalk")):
        await replies.add(replace(REPLY, question=question, status=status, quotes=(), messages=(), before=first))
    await replies.vote(first, BEN, -1)
    feedback = Feedback(state)
    found = await feedback.missed()
    assert [("who is zorblax", 2, REPLY.question, 0), (REPLY.question, 1, "", -1)] == [
        (one.question, one.times, one.previous, one.votes) for one in found
    ]
    assert found[1].quotes == REPLY.quotes
    assert len(await feedback.missed(limit=1)) == 1
    assert await feedback.missed(since=int(found[0].at.timestamp()) + DAY) == []


async def test_how_it_goes_is_counted_by_days(state: State, replies: Replies) -> None:
    """Small talk is no question."""
    for person, status, age in ((ADA, "answered", 0), (BEN, "not_found", 3), (ADA, "smalltalk", 0)):
        number = await replies.add(replace(REPLY, person=person, status=status, messages=()))
        await replies.vote(number, person, 1)
        await state.write("UPDATE replies SET at = at - ? WHERE id = ?", age * DAY, number)
    [[now]] = await state.rows("SELECT max(at) FROM replies")
    assert [Tally(1, 1, 1, 0, 1, 0), Tally(7, 2, 2, 1, 2, 0)] == await Feedback(state).tallies(now, (1, 7))


async def test_what_is_forgotten_is_nowhere_in_the_files(tmp_path: Path) -> None:
    """Not in the file, nor in the one beside it that is written first, while the program goes on."""
    async with State.open(tmp_path) as state:
        await Replies(state, 30).add(replace(REPLY, question="Who is Zorblax?"))
        files = [tmp_path / name for name in (NAME, f"{NAME}-wal")]
        assert any(b"Zorblax" in file.read_bytes() for file in files)
        await People(state).forget(ADA)
        assert not any(b"Zorblax" in file.read_bytes() for file in files)


async def test_the_same_question_in_other_letters_is_one(state: State, replies: Replies) -> None:
    """Capitals of every script."""
    for question in ("Хто такий Зорблакс?", "хто такий зорблакс", "ΠΟΙΟΣ;", "ποιος;"):
        await replies.add(replace(REPLY, question=question, status="not_found", messages=()))
    assert [2, 2] == [one.times for one in await Feedback(state).missed()]


async def test_who_reads_the_file_does_not_hold_up_forgetting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What was deleted is overwritten the next time, and that is logged."""
    async with State.open(tmp_path) as state:
        await Replies(state, 30).add(replace(REPLY, question="Who is Zorblax?"))
        with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM replies").fetchall()
            assert Forgotten(1, 0) == await People(state).forget(ADA)
            assert "another program reads" in caplog.text
        await Replies(state, 30).prune()
        files = [tmp_path / name for name in (NAME, f"{NAME}-wal")]
        assert not any(b"Zorblax" in file.read_bytes() for file in files)


@pytest.mark.parametrize("steps", range(8))
async def test_who_is_cancelled_leaves_no_transaction_open(state: State, steps: int) -> None:
    """At whatever moment: the next one is kept."""
    work = asyncio.create_task(Notes(state).put("one", "1"))
    for _ in range(steps):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await Notes(state).put("two", "2")
    assert await Notes(state).get("two") == "2"
