"""A row holds all of an entry, and proves that it does."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import models
from retrieval.entries import Entry
from retrieval.models import Article, Block, Span
from retrieval.rows import COLUMNS, entry_of, row_of

_text = st.text(max_size=60)
_span = st.builds(Span, st.integers(0, 99), st.integers(0, 99))
_articles = st.builds(
    Article,
    id=_text,
    title=_text,
    title_source=st.sampled_from(get_args(models.TitleSource)),
    date=st.none() | st.dates(),
    date_source=st.sampled_from(get_args(models.DateSource)),
    source=_text,
    url=_text,
    text=_text,
    blocks=st.lists(st.builds(Block, st.sampled_from(get_args(models.BlockKind)), _span), max_size=4).map(tuple),
    encoding=_text,
    evidence=_text,
    extra=_text,
)
_entries = st.builds(Entry, article=_articles, stamp=_text, spans=_text)


@settings(deadline=None)
@given(_entries)
def test_back_from_the_database(entry):
    """Whatever an article is, what is written to a table comes back as it was, but for what is not kept in the row."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE TABLE articles ({', '.join(COLUMNS)}, checksum)")
        fed = replace(entry, terms=("mill burn",), prints=(1, 2), number=3)
        db.execute(f"INSERT INTO articles VALUES ({', '.join('?' * (len(COLUMNS) + 1))})", row_of(fed))
        [row] = db.execute("SELECT * FROM articles")
    assert entry == entry_of(row)


@settings(deadline=None)
@given(_entries, st.integers(0, len(COLUMNS) - 1), _text | st.none() | st.integers() | st.binary(max_size=9))
def test_any_change_is_found(entry, column, other):
    """Another value in any one column is an error, as any damage to a database is."""
    row = [*row_of(entry)]
    if str(row[column]) == str(other):
        return
    row[column] = other
    with pytest.raises(sqlite3.DatabaseError, match="checksum"):
        entry_of(row)


def test_blocks():
    """Blocks are read when they are looked at, and are then what they were: in order, in part, as others, in a set."""
    blocks = (Block("heading", Span(0, 4)), Block("paragraph", Span(5, 9)))
    article = Article("a.txt", "", "unknown", None, "unknown", "", "", "Rain fell", blocks)
    found = entry_of(row_of(Entry(article, "1", "[]"))).article.blocks
    assert (blocks[1], blocks[:1], 2, [*blocks]) == (found[1], found[:1], len(found), [*found])
    assert blocks == found == [*blocks]
    assert found != blocks[:1]
    assert {blocks} == {found}
