"""Messages that were heard and sent in; the numbers that one may have got of which nobody knows whether it arrived out.

A message has a higher number than all before it. A supergroup or channel numbers its own; all other chats of a bot
share one row of numbers.
"""

from collections import OrderedDict, deque

LOOKS = 5
"""Numbers at which a message is looked for."""

_FIRST_SUPERGROUP = -1_000_000_000_000
_SHARED, _OWN = 2_000, 50
"""Latest numbers that are remembered of the chats that share a row, and of one that has its own."""

_ROWS = 1_000


class Numbers:
    """Which numbers are taken, as far as this process knows."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, deque[int]] = OrderedDict()

    def note(self, chat: int, number: int) -> None:
        """A message with this number was sent in a chat, or heard there."""
        row = _row(chat)
        taken = self._rows.setdefault(row, deque(maxlen=_OWN if row else _SHARED))
        taken.append(number)
        self._rows.move_to_end(row)
        if len(self._rows) > _ROWS:
            self._rows.popitem(last=False)

    def latest(self, chat: int) -> int | None:
        """The number that all messages after now are above; None as long as nothing is known."""
        return max(self._rows.get(_row(chat), ()), default=None)

    def possible(self, chat: int, after: int) -> list[int]:
        """The first numbers above `after` that are not known to be another message's."""
        taken = set(self._rows.get(_row(chat), ()))
        return [number for number in range(after + 1, after + LOOKS + len(taken) + 1) if number not in taken][:LOOKS]


def _row(chat: int) -> int:
    return chat if chat <= _FIRST_SUPERGROUP else 0
