"""Answers in, the button under them out, and back again from a press on it to the answer."""

from collections import OrderedDict

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from retrieval import Answer

MORE = "more"


def more_keyboard(label: str) -> InlineKeyboardMarkup:
    """One button that asks for the further quotes of the answer above it."""
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton(label, callback_data=MORE))


class HungAnswers:
    """Which answer each button hangs under, for the most recent `limit` of them."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._answers: OrderedDict[tuple[int, int], Answer | None] = OrderedDict()

    def hang(self, message: Message, answer: Answer) -> None:
        """Remember that the button under `message` belongs to `answer`."""
        self._put(message, answer)

    def find(self, message: Message) -> Answer | None:
        """The answer above the button under `message`; None when it is forgotten or used up."""
        return self._answers.get(_key(message))

    def use_up(self, message: Message) -> None:
        """Remember that what the button under `message` promised has been shown."""
        self._put(message, None)

    def is_used_up(self, message: Message) -> bool:
        """Whether the button was pressed before; people press twice when the network is slow."""
        return self._answers.get(_key(message), message) is None

    def _put(self, message: Message, answer: Answer | None) -> None:
        self._answers[_key(message)] = answer
        self._answers.move_to_end(_key(message))
        if len(self._answers) > self._limit:
            self._answers.popitem(last=False)


def _key(message: Message) -> tuple[int, int]:
    return message.chat_id, message.message_id
