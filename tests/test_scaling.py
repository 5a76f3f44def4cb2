"""The bench of sizes: its figures come from real processes, over small archives here."""

import json

import pytest

from evaluation import measured, scaling
from evaluation.archive import article_id
from evaluation.measured import Archive, make, product, rival
from evaluation.prose import articles_of
from evaluation.scaling_report import PICTURES, RESULTS, merge, report
from evaluation.terms import write_terms


@pytest.fixture
def small(tmp_path, monkeypatch) -> Archive:
    """An archive of six articles; one that is added is given up soon."""
    monkeypatch.setattr(measured, "BESIDE", 4)
    monkeypatch.setattr(measured, "ADDED", 1)
    monkeypatch.setattr(measured, "PATIENCE", 0.2)
    return make(tmp_path / "corpus", 60, "txt", questions=16)


def row(passages=1_000, index="disk", **figures):
    """The figures of an index, all the same but those given."""
    names = (
        "feed_s feed_worked_s feed_peak_mb disk_mb index_mb text_mb cold_s start_s p50_ms p99_ms per_second "
        "memory_mb memory_own_mb add_ms"
    )
    shares = dict.fromkeys(("first", "within", "refused"), 0.5)
    common = {"passages": passages, "index": index, "grows": True, "date": "2030-01-02", "machine": "9 cores"}
    return {**common, **dict.fromkeys(names.split(), 7.0), **shares, **figures}


def test_make(small):
    """No question is asked both one by one and in turns, and every one is about an article that there is."""
    assert 16 == len(small.asked)
    assert 4 == len(small.beside)
    there = {path.relative_to(small.folder).as_posix() for path in small.folder.rglob("*.txt")}
    named = {article_id(known.article, "txt") for known in small.asked if known.article is not None}
    assert named <= there
    assert articles_of(60) == len(there)
    assert small.text == sum(path.stat().st_size for path in small.folder.rglob("*.txt"))


def test_product(small, tmp_path):
    """Every figure of the product is measured, and it answers the questions about its archive."""
    found = product(small, "auto", tmp_path / "data")
    assert (60, "auto", 15) == (found["passages"], found["index"], found["questions"])
    numbers = ("feed_s", "feed_peak_mb", "disk_mb", "cold_s", "start_s", "own_p50_ms", "per_second", "memory_mb")
    assert all(found[name] > 0 for name in numbers)
    assert found["own_p50_ms"] <= found["p50_ms"] <= found["p99_ms"]
    assert found["memory_own_mb"] < found["memory_mb"]
    assert found["first"] >= 0.7
    assert found["first"] <= found["within"] <= 1
    assert [] == list(small.folder.glob("added-*"))


def test_rival(small, tmp_path):
    """Every figure of another index is measured."""
    write_terms(tmp_path / "terms", 1, 60)
    for name, grows in (("FTS5", True), ("bm25s", False)):
        found = rival(name, tmp_path / "terms", small, tmp_path / name)
        assert (60, name, 16, grows) == (found["passages"], found["index"], found["questions"], found["grows"])
        assert all(found[figure] > 0 for figure in ("feed_s", "disk_mb", "start_s", "p50_ms", "memory_mb", "add_ms"))


def test_in_turns(small, tmp_path):
    """Beside rank-bm25 both are asked the same, and the page says how many times as long it takes."""
    *others, own = scaling.measured(small, tmp_path, ["auto"], ["rank-bm25"])
    assert ["rank-bm25"] == [other["index"] for other in others]
    assert own["other_p50_ms"] / own["beside_p50_ms"] == own["times"]


def test_found(small, monkeypatch):
    """An article that is added while a process answers is found by the file's name; one that is not ends the wait."""

    class Slow:
        def __init__(self, needed):
            self.asked, self.needed = 0, needed

        def ask(self, line):
            self.asked += 1
            there = sorted(path.name for path in small.folder.glob("added-*.txt"))
            return {"quotes": [{"article": name} for name in there if self.asked >= self.needed]}, 1.0

    monkeypatch.setattr(measured, "ADDED", 2)
    assert 2 == len(list(measured._found(Slow(3), small)))
    assert [] == list(measured._found(Slow(1_000_000), small))


def test_merge(tmp_path):
    """A size that is measured again takes the place of what it was; the rest stays, in order of size."""
    merge(tmp_path, [row(2_000), row(500), row(2_000, "tantivy")])
    found = merge(tmp_path, [row(2_000, p50_ms=1.0), row(1_000_000)])
    expected = [(500, 7.0), (2_000, 1.0), (2_000, 7.0), (1_000_000, 7.0)]
    assert expected == [(one["passages"], one["p50_ms"]) for one in found]
    assert found == json.loads((tmp_path / RESULTS).read_text())


def test_report(tmp_path):
    """The page has a line for each size and index, a dash for what is missing, and pictures that are there."""
    rows = merge(tmp_path, [row(500, "memory"), row(500, add_ms=None), row(500, "rank-bm25", grows=False)])
    report(tmp_path, rows)
    page = (tmp_path / "README.md").read_text()
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| 500")]
    assert ["disk", "memory", "rank-bm25"] == [line[1] for line in lines]
    assert ["–", "7"] == [line[11] for line in lines[:2]]
    assert "7.0, anew" == lines[2][-1]
    assert "2030-01-02, 9 cores: 500 passages" in page
    for picture in PICTURES:
        assert f"]({picture.name})" in page
        assert (tmp_path / picture.name).read_bytes().startswith(b"<?xml")


def test_scaling_page(tmp_path):
    """What larger archives need is reckoned from the largest that was measured on disk."""
    figures = {"disk_mb": 1_500.0, "index_mb": 100.0, "text_mb": 600.0, "feed_s": 200.0, "feed_worked_s": 400.0}
    out = tmp_path / "benchmarks"
    report(
        out, merge(out, [row(1_000), row(1_000_000, per_second=90.0, **figures), row(20_000, "memory", index_mb=0.0)])
    )
    page = (tmp_path / "scaling.md").read_text()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    reckoned = {name: (ten, billion) for name, ten, billion, _ in (line for line in cells if len(line) == 4)}
    assert ("6.0 GB", "600.0 GB") == reckoned["articles' text"]
    assert ("15.0 GB", "1.5 TB") == reckoned["kept, one copy"]
    assert ("3", "50") == reckoned["shards"]
    assert ("45.0 GB", "4.5 TB") == reckoned["disk, two copies and a third free"]
    assert ("3", "7") == reckoned["machines of 64 GB"]
    assert ("4 minutes", "6.9 hours") == reckoned["reading it once, 16 cores"]
    assert "Telegram is the limit" in page


def test_growth(tmp_path):
    """Where an index was measured at 20,000 passages, the page says how many times as much its largest size takes."""
    rows = [
        row(20_000),
        row(200_000, p50_ms=14.0),
        row(1_000_000, p50_ms=21.0),
        row(20_000, "memory"),
        row(500, "auto"),
    ]
    report(tmp_path, merge(tmp_path, rows))
    lines = (tmp_path / "README.md").read_text().splitlines()
    grown = [line for line in lines if line.startswith(("| disk", "| memory", "| auto"))]
    assert ["| disk | 50 | 3.0 | 1.0 | 1.0 | 1.0 | 1.0 | 1.0 | 1.0 |"] == grown


def test_pictures_are_the_same_again(tmp_path):
    """The same figures give the same files."""
    for name in ("one", "two"):
        report(tmp_path / name, merge(tmp_path / name, [row(500), row(1_000), row(500, "FTS5", p99_ms=9.0)]))
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len(one) == 2 + len(PICTURES)


def test_machine():
    """The machine is described by its cores, its memory and its Python, and not named."""
    import platform

    said = scaling.machine()
    assert " cores, " in said
    assert f"Python {platform.python_version()}" in said
    assert platform.node() not in said


def test_command(tmp_path, monkeypatch, capsys):
    """The command measures each size and writes the page."""
    monkeypatch.setattr(measured, "PATIENCE", 0.2)
    monkeypatch.setattr(measured, "BESIDE", 4)
    out = tmp_path / "out"
    scaling.main(["--sizes", "30", "--rivals", "FTS5", "--questions", "8", "--form", "txt", "--out", str(out)])
    assert ["auto", "FTS5"] == [one["index"] for one in json.loads((out / RESULTS).read_text())]
    assert "| 30 | auto |" in (out / "README.md").read_text()
