"""Messages that were heard and sent in; the numbers that one may have got of which nobody knows whether it arrived out.

A message has a higher number than all before it. A supergroup or channel numbers its own; all other chats of a bot
share one row of numbers.
"""

from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice

LOOKS, MOST_LOOKS = 5, 20
"""Numbers at which a message is looked for behind the latest that is known, and in all."""

_FIRST_SUPERGROUP = -1_000_000_000_000
_SHARED, _OWN = 2_000, 50
"""Numbers that are remembered of the row that chats share, and of one that a chat has to itself."""

_ROWS = 1_000


class Numbers:
    """Which numbers are taken, as far as this process knows."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, dict[int, None]] = OrderedDict()

    def note(self, chat: int, number: int) -> None:
        """A message with this number was sent in a chat, or heard there."""
        row = _row(chat)
        taken = self._rows.setdefault(row, {})
        taken[number] = None
        if len(taken) > (_OWN if row else _SHARED):
            del taken[next(iter(taken))]
        self._rows.move_to_end(row)
        if len(self._rows) > _ROWS:
            self._rows.popitem(last=False)

    def latest(self, chat: int) -> int | None:
        """The number that all messages after now are above; None as long as nothing is known."""
        return max(self._taken(chat), default=None)

    def possible(self, chat: int, after: int) -> Iterator[int]:
        """The numbers above `after` that are not known to be another message's, by the time each is asked for."""
        end = max(after, self.latest(chat) or 0) + LOOKS
        return islice((number for number in range(after + 1, end + 1) if number not in self._taken(chat)), MOST_LOOKS)

    def _taken(self, chat: int) -> dict[int, None]:
        return self._rows.get(_row(chat), {})


def _row(chat: int) -> int:
    return chat if chat <= _FIRST_SUPERGROUP else 0
