"""The button under an answer: what it stands for, and how long that is remembered."""

from datetime import UTC, datetime

from telegram import Chat, Message

from bot.telegram.keyboards import MORE, HungAnswers, more_keyboard
from retrieval import Answer, Question


def message(number: int) -> Message:
    return Message(number, datetime.now(UTC), Chat(7, Chat.PRIVATE))


def answer(text: str) -> Answer:
    return Answer(Question(text), "answered")


def test_one_button_with_data_that_fits() -> None:
    """Telegram takes 64 bytes of data."""
    [[button]] = more_keyboard("More").inline_keyboard
    assert ("More", MORE) == (button.text, button.callback_data)
    assert len(MORE.encode()) <= 64


def test_an_answer_hangs_until_it_is_used_up() -> None:
    """A button knows its answer; one that was pressed knows that; one that nobody hung knows nothing."""
    hung = HungAnswers()
    hung.hang(message(1), answer("one"))
    hung.hang(message(2), answer("two"))
    hung.use_up(message(2))
    assert [answer("one"), None, None] == [hung.find(message(number)) for number in (1, 2, 3)]
    assert [False, True, False] == [hung.is_used_up(message(number)) for number in (1, 2, 3)]


def test_the_oldest_is_forgotten_first() -> None:
    """The memory has an end."""
    hung = HungAnswers(limit=2)
    for number in (1, 2, 3):
        hung.hang(message(number), answer(str(number)))
    assert [None, answer("2"), answer("3")] == [hung.find(message(number)) for number in (1, 2, 3)]
    assert not hung.is_used_up(message(1))
