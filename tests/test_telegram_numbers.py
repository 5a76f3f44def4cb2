"""Numbers: where a message may be of which nobody knows whether it arrived."""

import pytest

from bot.telegram.numbers import Numbers

CHAT, OTHER, GROUP = 7, 8, -5
READERS, WRITERS = -1_000_000_000_100, -1_000_000_000_200


@pytest.mark.parametrize(
    ("taken", "possible"),
    [
        ([], [4, 5, 6, 7, 8]),
        ([3], [4, 5, 6, 7, 8]),
        ([4, 6], [5, 7, 8, 9, 10, 11]),
        (range(4, 104), [104, 105, 106, 107, 108]),
        ([100], [*range(4, 24)]),
    ],
)
def test_it_is_where_nothing_else_is(taken: list[int], possible: list[int]) -> None:
    """Among the numbers that no other message is known to have, and a few behind them; not all of very many."""
    numbers = Numbers()
    for number in taken:
        numbers.note(CHAT, number)
    assert possible == [*numbers.possible(CHAT, 3)]


def test_what_becomes_known_while_it_is_looked_for_is_passed_over() -> None:
    """To look takes a while, in which others are heard."""
    numbers = Numbers()
    possible = numbers.possible(CHAT, 3)
    first = next(possible)
    numbers.note(CHAT, 5)
    assert (4, [6, 7, 8]) == (first, [*possible])


def test_the_latest_is_the_highest() -> None:
    """In whatever order they become known; at first there is none."""
    numbers = Numbers()
    before = numbers.latest(CHAT)
    for number in (2, 5, 4):
        numbers.note(CHAT, number)
    assert (None, 5) == (before, numbers.latest(CHAT))


def test_all_chats_share_a_row_but_supergroups() -> None:
    """A message to one person has a number above that of the message before it to another."""
    numbers = Numbers()
    for number, chat in enumerate((CHAT, OTHER, GROUP, READERS, WRITERS), 1):
        numbers.note(chat, number)
    assert [3, 3, 3, 4, 5] == [numbers.latest(chat) for chat in (CHAT, OTHER, GROUP, READERS, WRITERS)]


def test_what_is_remembered_is_bounded() -> None:
    """The chats where least happened are forgotten, and in each the oldest numbers; never the latest."""
    numbers = Numbers()
    for number in range(1, 5_001):
        numbers.note(CHAT, number)
        numbers.note(READERS - number, number)
    known = [number for number in range(1, 5_001) if numbers.latest(READERS - number)]
    assert (5_000, [*range(1, 21)]) == (numbers.latest(CHAT), [*numbers.possible(CHAT, 0)])
    assert (5_000, True) == (known[-1], len(known) < 1_001)
