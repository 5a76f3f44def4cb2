"""Entries in; the cache changed by them in one transaction, and what is served otherwise than before out.

Which articles are copies is decided here, for those that a change may concern: they share sentences with what changed,
or were copies of it. All others stay as they were decided before.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import aiosqlite

from retrieval import copies
from retrieval.entries import Entry, passages_of
from retrieval.rows import COLUMNS, entry_of, row_of

SELECT = f"SELECT {', '.join(COLUMNS)}, checksum, number FROM articles"
"""What `kept_entry` reads; a WHERE follows."""

# What was served when a pass began of all that it changes, and whether it was read anew: for its report.
TOUCHED = "CREATE TEMP TABLE IF NOT EXISTS touched (id TEXT PRIMARY KEY, served INTEGER, read INTEGER) WITHOUT ROWID"

_INSERT = (
    f"INSERT INTO articles (passages, prints, {', '.join(COLUMNS)}, checksum)"
    f" VALUES ({', '.join('?' * (len(COLUMNS) + 3))})"
)
_AMONG = "(SELECT value FROM json_each(?))"
# What some articles are copies of, what are copies of them, and what are copies of the same.
_RELATED = (
    f"id IN (SELECT original FROM articles WHERE id IN {_AMONG})"
    f" OR original IN {_AMONG}"
    f" OR original IN (SELECT original FROM articles WHERE id IN {_AMONG})"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is served otherwise than before: the articles to add, and the ids of those to take out first."""

    added: Sequence[Entry] = ()
    removed: Sequence[str] = ()


def kept_entry(row: Sequence[Any]) -> Entry:
    """The entry of a row of `SELECT`. Raises sqlite3.DatabaseError where that is not what was written."""
    *known, number = row
    return entry_of(known, number)


async def keep(db: aiosqlite.Connection, entries: Sequence[Entry], removed: Iterable[str]) -> Change:
    """Keep these articles in place of what they were, and forget those removed.

    Whatever an index may know otherwise is noted as unfed, also what is only to be taken out of it.
    """
    new = {one.article.id: one for one in entries}
    gone = [*new, *(name for name in removed if name not in new)]
    await _note(db, gone, read=True)
    served, orphans = await _forget(db, gone)
    if entries:
        await db.executemany(_INSERT, [_row(one) for one in entries])
    turned = await _settle(db, new, orphans)
    added = await _to_feed(db, new, turned)
    out = [*served, *(name for name, was_served in turned.items() if was_served and name not in new)]
    noted = {*out, *(one.article.id for one in added)}
    await db.executemany("INSERT OR IGNORE INTO unfed VALUES (?)", [(name,) for name in noted])
    return Change(added, out)


async def _note(db: aiosqlite.Connection, ids: Collection[str], *, read: bool) -> None:
    """Remember which of some articles were served when the pass began."""
    await db.execute(
        "INSERT INTO touched SELECT j.value, a.id IS NOT NULL AND a.original IS NULL, ?1"
        " FROM json_each(?2) j LEFT JOIN articles a ON a.id = j.value WHERE true"
        " ON CONFLICT DO UPDATE SET read = read OR ?1",
        (read, json.dumps([*ids])),
    )


async def _forget(db: aiosqlite.Connection, gone: Sequence[str]) -> tuple[list[str], list[str]]:
    """Delete articles; the ids of those that were served, and of those that are copies of the same as one of them."""
    ids = json.dumps(gone)
    rows = await db.execute_fetchall(f"SELECT id, original IS NULL FROM articles WHERE id IN {_AMONG}", (ids,))
    if not rows:
        return [], []
    old = await _entries(db, f"id IN {_AMONG}", ids)
    await db.executemany(
        "DELETE FROM prints WHERE print = ? AND article = ?",
        [(value, one.number) for one in old for value in _prints(one)],
    )
    query = f"SELECT id FROM articles WHERE ({_RELATED}) AND id NOT IN {_AMONG}"
    orphans = await db.execute_fetchall(query, (ids, ids, ids, ids))
    await db.execute(f"DELETE FROM articles WHERE id IN {_AMONG}", (ids,))
    return [name for name, was_served in rows if was_served], [name for (name,) in orphans]


def _prints(one: Entry) -> Collection[int]:
    return one.prints or copies.prints(one.article, passages_of(one.article, one.spans))


def _row(one: Entry) -> tuple[object, ...]:
    return (len(one.terms), len(one.prints), *row_of(one))


async def _settle(db: aiosqlite.Connection, new: Mapping[str, Entry], orphans: Collection[str]) -> dict[str, bool]:
    """Decide of new articles, and of what were copies of old ones, which are copies.

    Those of which that has changed, and whether they were served.
    """
    numbers: dict[str, int] = await _pairs(
        db, f"SELECT id, number FROM articles WHERE id IN {_AMONG}", json.dumps([*new])
    )
    entries = [replace(one, number=numbers[name]) for name, one in new.items()]
    if orphans:
        entries += await _entries(db, f"id IN {_AMONG}", json.dumps([*orphans]))
    groups = _joined([*await _alike(db, entries), *([one.number] for one in entries if one.article.id in orphans)])
    known = {one.number for one in entries}
    turned: dict[str, bool] = {}
    for group in groups:
        turned |= await _settle_group(db, group, known)
    return turned


async def _alike(db: aiosqlite.Connection, entries: Iterable[Entry]) -> list[list[int]]:
    """Numbers of articles that share a third of the sentences of one of them, in pairs; their prints are kept."""
    own = {one.number: _prints(one) for one in entries}
    holders: dict[int, list[int]] = defaultdict(list)
    wanted = json.dumps([*{value for values in own.values() for value in values}])
    for value, number in await db.execute_fetchall(
        "SELECT p.print, p.article FROM json_each(?) j CROSS JOIN prints p ON p.print = j.value", (wanted,)
    ):
        holders[value].append(number)
    fresh: list[tuple[int, int]] = []
    shared: dict[int, Counter[int]] = {}
    for number, values in own.items():
        shared[number] = Counter()
        for value in values:
            held = holders[value]
            if len(held) < copies.STANDING:
                if held:  # few are
                    shared[number].update([other for other in held if other != number])
                if number not in held:
                    held.append(number)
                    fresh.append((value, number))
    await db.executemany("INSERT OR IGNORE INTO prints VALUES (?, ?)", fresh)
    sizes: dict[int, int] = await _pairs(
        db,
        f"SELECT number, prints FROM articles WHERE number IN {_AMONG}",
        json.dumps([*{other for counts in shared.values() for other in counts}]),
    )
    return [
        [number, other]
        for number, counts in shared.items()
        for other, count in counts.items()
        if other in sizes and 3 * count >= min(len(own[number]), sizes[other]) - 1  # one of them is of the text
    ]


def _joined(groups: Iterable[Sequence[int]]) -> list[set[int]]:
    """Groups that share a member put together."""
    found: dict[int, set[int]] = {}
    for group in groups:
        whole = set(group).union(*(found[one] for one in group if one in found))
        found |= dict.fromkeys(whole, whole)
    return [*{id(group): group for group in found.values()}.values()]


async def _settle_group(db: aiosqlite.Connection, numbers: set[int], known: set[int]) -> dict[str, bool]:
    """Decide which of some articles that share sentences, and of what is a copy of them, are copies of which.

    What shares sentences with those that are `known` is among them. Where that makes another article a copy, or no copy
    any more, it may decide of yet others.
    """
    while True:
        family = await _family(db, numbers)
        served = copies.originals((one.article, passages_of(one.article, one.spans)) for one in family.values())
        was: dict[str, str | None] = await _pairs(
            db, f"SELECT id, original FROM articles WHERE id IN {_AMONG}", json.dumps([*family])
        )
        turned = {name: first if first != name else None for name, first in served.items()}
        turned = {name: first for name, first in turned.items() if first != was[name]}
        if known.issuperset(family[name].number for name in turned):
            break
        others = [one for one in family.values() if one.number not in known]
        numbers = numbers.union(*await _alike(db, others))
        known |= {one.number for one in others}
    await _note(db, turned, read=False)
    await db.executemany("UPDATE articles SET original = ? WHERE id = ?", [(to, name) for name, to in turned.items()])
    return {name: was[name] is None for name in turned}


async def _family(db: aiosqlite.Connection, numbers: Iterable[int]) -> dict[str, Entry]:
    """Some articles and all that are copies of the same as one of them, by id and in that order."""
    some = await _entries(db, f"number IN {_AMONG}", json.dumps([*numbers]))
    names = json.dumps([one.article.id for one in some])
    found = {one.article.id: one for one in chain(some, await _entries(db, _RELATED, names, names, names))}
    return dict(sorted(found.items()))


async def _to_feed(db: aiosqlite.Connection, new: Mapping[str, Entry], turned: Iterable[str]) -> list[Entry]:
    """The articles that are new, or no copies any more, and served; a new one with the terms that it came with."""
    rows = await db.execute_fetchall(
        f"SELECT id, number FROM articles WHERE original IS NULL AND id IN {_AMONG}",
        (json.dumps([*{*new, *turned}]),),
    )
    other = [name for name, _ in rows if name not in new]
    found = [replace(new[name], number=number) for name, number in rows if name in new]
    return found + (await _entries(db, f"id IN {_AMONG}", json.dumps(other)) if other else [])


async def _pairs(db: aiosqlite.Connection, query: str, *values: object) -> dict[Any, Any]:
    """The rows of two columns, the first as key."""
    return {row[0]: row[1] for row in await db.execute_fetchall(query, values)}


async def _entries(db: aiosqlite.Connection, where: str, *values: object) -> list[Entry]:
    return [kept_entry(row) for row in await db.execute_fetchall(f"{SELECT} WHERE {where}", values)]
