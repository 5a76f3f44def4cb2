"""Which files must be read, and which are no more, told from what the cache knows of them."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import aiosqlite
import pytest
from caches import SHAPE, written

from retrieval import catalog, stale
from retrieval.errors import CorpusMissing
from retrieval.store import Store


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of three articles, one of them deeper, an archive, and something else."""
    folder = written(tmp_path / "corpus", [1, 2])
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "3.txt").write_text("It rained.", encoding="utf-8")
    (folder / "old.jsonl").write_text('{"text": "It snowed."}\n', encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
async def db() -> AsyncIterator[aiosqlite.Connection]:
    """An empty cache."""
    store = Store(None, SHAPE)
    async with store.writing() as opened:
        yield opened
    store.close()


ALL = ["0001.txt", "0002.txt", "deep/er/3.txt", "old.jsonl"]


async def found(db: aiosqlite.Connection, corpus: Path, paths: Iterable[Path] | None = None) -> list[str]:
    """The ids of the files that must be read."""
    listed = catalog.load(corpus)
    size = await stale.find(db, corpus, listed, paths)
    files = [file async for file in stale.files(db)]
    assert sum(file.size for file in files) == size == sum(file.path.stat().st_size for file in files)
    assert [file.id.endswith(".jsonl") for file in files] == [file.many for file in files]
    return [file.id for file in files]


async def read(db: aiosqlite.Connection) -> None:
    """Note what was found as read."""
    rows = [(file.id, file.stamp) async for file in stale.files(db)]
    await db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", rows)


async def test_new(db, corpus):
    """All files are new to an empty cache, by id; what is no article is refused."""
    assert ALL == await found(db, corpus)
    assert [("picture.png", "suffix", ".png")] == await db.execute_fetchall("SELECT * FROM refused")


async def test_unchanged(db, corpus):
    """What was read is not read again."""
    await found(db, corpus)
    await read(db)
    assert [] == await found(db, corpus)
    assert [] == await stale.gone(db, corpus, None)


async def test_changed_and_gone(db, corpus):
    """A file that was written again is read again, and one that is no more, or no article any more, is gone."""
    await found(db, corpus)
    await read(db)
    (corpus / "0002.txt").write_text("It rained again.", encoding="utf-8")
    (corpus / "0001.txt").unlink()
    (corpus / "deep" / "er" / "3.txt").rename(corpus / "deep" / "er" / "3.png")
    assert ["0002.txt"] == await found(db, corpus)
    assert ["0001.txt", "deep/er/3.txt"] == sorted(await stale.gone(db, corpus, None))


async def test_half_read(db, corpus):
    """A file that was begun and not ended is read again."""
    await found(db, corpus)
    await read(db)
    await db.execute("UPDATE files SET stamp = '' WHERE id = 'old.jsonl'")
    assert ["old.jsonl"] == await found(db, corpus)


@pytest.mark.parametrize(
    ("name", "stale_now"),
    [("0001.txt", ["0001.txt"]), ("old.jsonl#1", ["old.jsonl"]), ("old.jsonl", []), ("nothing.txt", [])],
)
async def test_what_the_catalog_says(db, corpus, name, stale_now):
    """What the catalog says anew of an article, or of one in an archive, has its file read again, and no other."""
    await found(db, corpus)
    await read(db)
    (corpus / "catalog.toml").write_text(f'["{name}"]\ntitle = "Rain"\n', encoding="utf-8")
    assert stale_now == await found(db, corpus)
    await read(db)
    assert [] == await found(db, corpus)
    (corpus / "catalog.toml").unlink()
    assert stale_now == await found(db, corpus)


async def test_some_paths(db, corpus):
    """Of some paths only these are looked at: others may have changed, or be gone."""
    await found(db, corpus)
    await read(db)
    for name in ("0001.txt", "0002.txt", "deep/er/3.txt"):
        (corpus / name).write_text("It rained again.", encoding="utf-8")
    (corpus / "old.jsonl").unlink()
    (corpus / "4.txt").write_text("It hailed.", encoding="utf-8")
    paths = [corpus / "0001.txt", corpus / "4.txt", corpus / "picture.png", corpus / "nothing.txt"]
    assert ["0001.txt", "4.txt"] == await found(db, corpus, paths)
    assert [] == await stale.gone(db, corpus, paths)
    paths = [corpus / "old.jsonl", corpus.parent / "elsewhere.txt"]
    assert [] == await found(db, corpus, paths)
    assert ["old.jsonl"] == await stale.gone(db, corpus, paths)


async def test_a_folder_that_is_gone(db, corpus):
    """With a folder all that was in it is gone, and nothing whose name only begins alike."""
    (corpus / "deep.txt").write_text("It hailed.", encoding="utf-8")
    (corpus / "deeper").mkdir()
    (corpus / "deeper" / "4.txt").write_text("It hailed.", encoding="utf-8")
    await found(db, corpus)
    await read(db)
    (corpus / "deep").rename(corpus.parent / "away")
    assert [] == await found(db, corpus, [corpus / "deep"])
    assert ["deep/er/3.txt"] == await stale.gone(db, corpus, [corpus / "deep"])


async def test_many_files(db, tmp_path, monkeypatch):
    """More files than are looked at in one go are all found, in the order of their ids."""
    monkeypatch.setattr(stale, "_BATCH", 3)
    corpus = written(tmp_path / "many", range(10), sentences=1)
    assert [f"{number:04}.txt" for number in range(10)] == await found(db, corpus)


async def test_no_folder(db, tmp_path):
    """A folder that is not there is said to be missing, also where only some of its paths are asked for."""
    for paths in (None, [tmp_path / "nowhere" / "1.txt"]):
        with pytest.raises(CorpusMissing):
            await found(db, tmp_path / "nowhere", paths)
