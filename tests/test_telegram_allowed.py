"""Who is answered where the operator says so, what strangers get, and who learns of an update that is set aside."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botapi_server import BOT
from talks import ADA, AT_BOT, BEN, OPERATOR, QUESTION, READERS, WRITERS, Talk, labels, talking, words

from bot.state.database import NAME
from bot.telegram import limits
from retrieval import Engine

ALLOWED = {"allowed_users": str(BEN), "allowed_chats": str(READERS), "operators": str(OPERATOR)}

pytestmark = pytest.mark.usefixtures("unhurried")


async def is_answered(talk: Talk, chat: int, person: int) -> bool:
    """Whether somebody's question gets quotes in a chat, and not what a stranger is told."""
    reply = await talk.say(f"/ask {QUESTION}", chat, person=person)
    assert reply["reply_to_message"]["from"]["id"] == person
    return "❝" in reply["text"]


async def typed(talk: Talk, person: int) -> list[dict[str, Any]]:
    """The cards that somebody gets for the question behind the bot's name."""
    number = talk.server.inline(QUESTION, person=person)
    await talk.server.until(lambda: number in talk.server.inline_answers)
    results: list[dict[str, Any]] = talk.server.inline_answers[number]["results"]
    return results


@pytest.mark.parametrize(
    ("chat", "person"),
    [
        pytest.param(BEN, BEN, id="somebody who is named"),
        pytest.param(WRITERS, BEN, id="the same in any group"),
        pytest.param(READERS, ADA, id="anybody in a group that is named"),
        pytest.param(OPERATOR, OPERATOR, id="an operator, named or not"),
        pytest.param(WRITERS, OPERATOR, id="an operator in any group"),
    ],
)
async def test_who_is_allowed_is_answered(bridges: Path, tmp_path: Path, chat: int, person: int) -> None:
    """People that are named and operators anywhere, everybody where the group is named."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        assert await is_answered(talk, chat, person)


@pytest.mark.parametrize("setting", ["allowed_users", "allowed_chats"])
async def test_one_of_both_settings_is_enough(bridges: Path, tmp_path: Path, setting: str) -> None:
    """Where only people or only groups are named, everybody else is a stranger."""
    async with talking(bridges, tmp_path / "data", **{setting: ALLOWED[setting]}) as talk:
        assert words("private", number=ADA) == (await talk.say(QUESTION))["text"]
        assert await is_answered(talk, *((BEN, BEN) if setting == "allowed_users" else (READERS, ADA)))


async def test_nobody_is_a_stranger_where_nobody_is_named(bridges: Path, tmp_path: Path) -> None:
    """That somebody is an operator shuts nobody out."""
    async with talking(bridges, tmp_path / "data", operators=str(OPERATOR)) as talk:
        assert await is_answered(talk, ADA, ADA)


@pytest.mark.parametrize("text", [QUESTION, "/start", "/help", "/forget", "/status", "/feedback"])
async def test_a_stranger_is_told_their_number(bridges: Path, tmp_path: Path, text: str) -> None:
    """Whatever they say in their own chat, and in their language."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        talk.server.person(ADA, language_code="fr")
        assert words("private", "fr", number=ADA) == (await talk.say(text))["text"]


async def test_a_stranger_who_goes_on_gets_nothing(
    bridges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of questions holds for them, too: one warning, then silence."""
    monkeypatch.setattr(limits, "QUESTIONS", 3)
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        for _ in range(6):
            talk.server.say(ADA, QUESTION)
        await talk.settled()
        assert [words("private", number=ADA)] * 3 + [words("flood")] == [sent["text"] for sent in talk.server.sent]


async def test_in_groups_a_stranger_gets_nothing(bridges: Path, tmp_path: Path) -> None:
    """Neither a word nor a sign of typing, whatever they do."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        talk.server.say(WRITERS, f"/ask {QUESTION}")
        talk.server.say(WRITERS, f"{AT_BOT} {QUESTION}")
        talk.server.edit(talk.server.say(WRITERS, f"/help{AT_BOT}"), f"/ask {QUESTION}")
        await talk.settled(WRITERS)
        assert ([], []) == (talk.server.sent, talk.server.of("sendChatAction"))


async def test_a_stranger_s_press_does_nothing(bridges: Path, tmp_path: Path) -> None:
    """The button stops turning, and what it hangs under stays as it is; who is allowed may still press it."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        answer = await talk.say(f"/ask {QUESTION}", WRITERS, person=BEN)
        label = labels(answer)[0]
        same = await talk.press(answer, label, person=ADA)
        assert (answer["text"], labels(answer), 1) == (same["text"], labels(same), len(talk.server.sent))
        assert [] == talk.toasts()
        changed = await talk.press(answer, label, person=BEN)
        assert changed["text"] != answer["text"]


async def test_a_stranger_s_edit_does_nothing(bridges: Path, tmp_path: Path) -> None:
    """They have nothing that it could change, and are not told once more."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        await talk.say("Good morning")
        await talk.edit({"chat": {"id": ADA}, "message_id": 1}, QUESTION)
        assert 1 == len(talk.server.sent)


async def test_inline_a_stranger_finds_nothing(bridges: Path, tmp_path: Path) -> None:
    """Who is allowed gets cards in any chat, and Telegram shows nobody what another one got."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        assert [] == await typed(talk, ADA)
        assert await typed(talk, BEN)
        assert await typed(talk, OPERATOR)
        assert all(answer["is_personal"] for answer in talk.server.inline_answers.values())


async def test_nothing_is_kept_of_what_a_stranger_asked(bridges: Path, tmp_path: Path) -> None:
    """No table holds their words, nor who they are."""
    async with talking(bridges, tmp_path / "data", **ALLOWED) as talk:
        talk.server.say(ADA, "Who is Zorblax?")
        talk.server.say(WRITERS, "/ask Who is Zorblax?")
        await talk.server.replies(1)
        await talk.settled(ADA)
        await talk.settled(WRITERS)
        await is_answered(talk, BEN, BEN)
    with closing(sqlite3.connect(tmp_path / "data" / NAME)) as db:
        kept = "\n".join(db.iterdump())
    assert "Who opened" in kept
    assert "Zorblax" not in kept
    assert [] == [line for line in kept.splitlines() if f",{ADA}," in line and "INSERT" in line]


# Set aside


def have_begun(talk: Talk, *people: int) -> None:
    """Let them have a chat with the bot: it can't write to anybody first."""
    for person in people:
        talk.server.chat(person)


@pytest.fixture
def _faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine with a fault, and a bot that tries again soon."""

    async def ask(*_: object, **__: object) -> None:
        raise RuntimeError("a <b>fault</b> & more")

    monkeypatch.setattr(Engine, "ask", ask)
    monkeypatch.setattr("bot.telegram.inbox.PAUSES", (0.01, 0.01))


@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize("chat", [ADA, READERS, OPERATOR])
async def test_operators_learn_of_what_is_set_aside(bridges: Path, tmp_path: Path, chat: int) -> None:
    """In their chat, and why; whoever asked is told that there is no answer, where they asked."""
    operators = {OPERATOR, OPERATOR + 1}
    async with talking(bridges, tmp_path / "data", operators=",".join(map(str, operators))) as talk:
        have_begun(talk, *operators)
        await talk.say(f"/ask {QUESTION}", chat, replies=3)
        told = [(sent["chat"]["id"], sent["text"]) for sent in talk.server.sent]
    aside = words("set_aside", reason="RuntimeError: a <b>fault</b> & more")
    assert (chat, words("failed")) == told[0]
    assert {(operator, aside) for operator in operators} == {*told[1:]}
    assert QUESTION not in aside


@pytest.mark.usefixtures("_faulty")
async def test_an_operator_who_blocked_the_bot_keeps_no_other_from_it(bridges: Path, tmp_path: Path) -> None:
    """Nor whoever asked from what they are told."""
    async with talking(bridges, tmp_path / "data", operators=f"{OPERATOR},{OPERATOR + 1}", refused=1) as talk:
        have_begun(talk, OPERATOR, OPERATOR + 1)
        talk.server.block(OPERATOR)
        await talk.say(QUESTION, replies=2)
        assert [ADA, OPERATOR + 1] == [sent["chat"]["id"] for sent in talk.server.sent]


async def test_a_press_that_is_set_aside_stops_turning(
    bridges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever pressed is told in the chat."""
    monkeypatch.setattr("bot.telegram.inbox.PAUSES", (0.01, 0.01))
    async with talking(bridges, tmp_path / "data", operators=str(OPERATOR)) as talk:
        have_begun(talk, OPERATOR)
        answer = await talk.say(QUESTION)

        async def press(*_: object) -> None:
            raise RuntimeError("a fault")

        monkeypatch.setattr("bot.telegram.presses.Presses.press", press)
        talk.server.press(answer, label=labels(answer)[0])
        sent = await talk.server.replies(3)
        assert 1 == len(talk.server.of("answerCallbackQuery"))
    assert [(ADA, words("failed")), (OPERATOR, words("set_aside", reason="RuntimeError: a fault"))] == [
        (one["chat"]["id"], one["text"]) for one in sent[1:]
    ]


async def test_what_is_set_aside_unread_is_told_to_operators(bridges: Path, tmp_path: Path) -> None:
    """Of an update that can't be read nobody is known who asked."""
    async with talking(bridges, tmp_path / "data", operators=str(OPERATOR), allowed_users=str(BEN)) as talk:
        have_begun(talk, OPERATOR)
        talk.server.push(message={"message_id": "no number", "text": "private words", "from": BOT})
        [told] = await talk.server.replies(1)
        await talk.settled()
    assert OPERATOR == told["chat"]["id"]
    assert words("set_aside", reason="").splitlines()[0] == told["text"].splitlines()[0]
    assert "private words" not in told["text"]
