"""From questions about a collection to weights: what is seen, what is fitted, and what is printed."""

import asyncio
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from evaluation.fit import Collection, Reached, Seen, fit, main, no_weights, reached, run, toml
from evaluation.linear import Group
from retrieval import FEATURES, FITTED_FILE, SIGNS, VIEWS, Engine, EngineSettings

TOWNS = (
    ("Bergen", "mill", "Olga Lund", "1901"),
    ("Tarn", "bridge", "Luis Vega", "1912"),
    ("Oslo", "harbour", "Eva Soto", "1923"),
    ("Lima", "church", "Juan Paz", "1934"),
    ("Turin", "tower", "Ana Rojas", "1945"),
    ("Ghent", "market", "Karl Maes", "1956"),
)
FOREIGN = ("Who won the chess game?", "How deep is the lake?", "Which river froze?", "When did the comet return?")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Six articles, two questions about each, and four that none of them answers."""
    corpus = tmp_path / "towns"
    corpus.mkdir()
    gold: list[dict[str, object]] = []
    for town, thing, builder, year in TOWNS:
        built = f"The {thing} of {town} was built by {builder}."
        opened = f"It was opened to the public in {year}."
        text = f"The {thing}\n\n{built} {opened} Many people of {town} came to see it and to sing."
        (corpus / f"{town}.txt").write_text(text, encoding="utf-8")
        for question, answer, sentence in (
            (f"Who built the {thing} of {town}?", builder, built),
            (f"When was the {thing} of {town} opened?", year, opened),
        ):
            evidence = [{"article": f"{town}.txt", "sentence": sentence}]
            gold.append({"question": question, "answers": [answer], "evidence": evidence})
    files = tmp_path / "gold.jsonl", tmp_path / "foreign.jsonl"
    files[0].write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")
    files[1].write_text("\n".join(json.dumps({"question": one}) for one in FOREIGN), encoding="utf-8")
    return Collection(corpus, files)


def seen_as(half: int, *, answerable: bool, right: int | None = 0, sign: float = 0.0) -> Seen:
    """A question with three candidates, of which one is right, or none."""
    group = Group(np.diag([3.0, 2.0, 1.0]), np.arange(3) == (-1 if right is None else right))
    return Seen(half, Path("gold"), answerable, group, group, np.array([sign]))


async def test_seen(collection):
    """Of each question the right passages and sentences are known, and which half of the articles it is about."""
    seen = await collection.seen(no_weights())
    assert len(TOWNS) * 2 + len(FOREIGN) == len(seen)
    about, foreign = seen[: len(TOWNS) * 2], seen[len(TOWNS) * 2 :]
    for one in about:
        assert one.answerable
        assert one.passages.right.any()
        assert 1 == one.sentences.right.sum()
        assert (len(one.passages.right), len(VIEWS)) == one.passages.rows.shape
        assert (len(one.sentences.right), len(FEATURES)) == one.sentences.rows.shape
        assert (len(SIGNS),) == one.signs.shape
    assert not any(one.answerable or one.sentences.right.any() for one in foreign)
    assert [0, 1, 0, 1] == [one.half for one in foreign]
    assert [*collection.files] == list(dict.fromkeys(one.file for one in seen))


async def test_halves(collection):
    """Both questions about an article are of the same half, and the halves are alike in size."""
    halves = [one.half for one in await collection.seen(no_weights())][: len(TOWNS) * 2]
    assert halves[0::2] == halves[1::2]
    assert 3 == sum(halves[0::2])


async def test_a_follow_up_is_seen_as_one(collection, tmp_path):
    """A question that follows up on another is asked after it."""
    chat = tmp_path / "chat.jsonl"
    before = "Who built the mill of Bergen?"
    evidence = [{"article": "Bergen.txt", "sentence": "It was opened to the public in 1901."}]
    followed = {"question": "And when was it opened?", "previous": before, "answers": ["1901"], "evidence": evidence}
    chat.write_text(json.dumps(followed), encoding="utf-8")
    [one] = await Collection(collection.corpus, [chat]).seen(no_weights())
    assert one.sentences.rows[:, FEATURES.index("near_before")].any()


async def test_small_talk_teaches_nothing(collection, tmp_path):
    """What is no question has no candidates."""
    talk = tmp_path / "talk.jsonl"
    talk.write_text(json.dumps({"question": "Thank you!"}), encoding="utf-8")
    [one] = await Collection(collection.corpus, [talk]).seen(no_weights())
    assert ((0, len(VIEWS)), (0, len(FEATURES))) == (one.passages.rows.shape, one.sentences.rows.shape)
    assert not one.signs.any()


async def test_fit(collection):
    """What is fitted names all that there is, and puts the right sentence first and the questions with one above."""
    unweighted = [await collection.seen(no_weights())]
    weights, [seen] = await fit([collection], unweighted, (0, 1))
    assert (VIEWS, FEATURES, (*SIGNS, "bias")) == tuple(tuple(table) for table in weights.values())
    for half in (0, 1):
        found = reached(weights, seen, half)
        assert found.first >= 0.5
        assert found.within >= found.first
        assert found.auroc > 0.9


def test_reached():
    """How well weights do is counted in one half of the articles only."""
    weights = {"passages": {}, "sentences": {"a": 1.0, "b": 1.0, "c": 1.0}, "certainty": {"sign": 2.0, "bias": 9.0}}
    seen = [
        seen_as(0, answerable=True, right=0, sign=0.9),
        seen_as(0, answerable=True, right=1, sign=0.4),
        seen_as(0, answerable=True, right=None, sign=0.8),
        seen_as(0, answerable=True, right=2, sign=0.7),
        seen_as(0, answerable=False, sign=0.6),
        seen_as(0, answerable=False, sign=0.1),
        seen_as(1, answerable=True, right=None, sign=0.0),
        seen_as(1, answerable=False, sign=1.0),
    ]
    assert Reached(1 / 4, 3 / 4, 7 / 8, 1 / 2) == reached(weights, seen, 0)
    assert Reached(0.0, 0.0, 0.0, 1.0) == reached(weights, seen, 1)


def test_toml():
    """The file holds each weight that counts, and can be read again."""
    weights = {"passages": {"share": 1.5, "title": 0.0}, "sentences": {}, "certainty": {"exact": -2.0, "bias": 0.0}}
    read = tomllib.loads(toml(weights))
    assert {"passages": {"share": 1.5}, "sentences": {}, "certainty": {"exact": -2.0, "bias": 0.0}} == read


async def test_run(collection, capsys):
    """A row for each half that was fitted to and each that it was tried on is printed, and stands in the file too."""
    made = await run([collection])
    head, *rows = capsys.readouterr().out.splitlines()
    assert ["COLLECTION", "FIRST", "AUROC"] == [
        name for name in head.split() if name in ("COLLECTION", "FIRST", "AUROC")
    ]
    assert 6 == len(rows)
    assert all(row.startswith("towns ") for row in rows)
    assert all(0 <= float(figure) <= 1 for row in rows for figure in row.split()[-4:])
    assert all(f"# {row}" in made.splitlines() for row in rows)
    assert {"passages", "sentences", "certainty"} == tomllib.loads(made).keys()


async def test_main(collection, tmp_path, capsys):
    """The weights are written where they are wanted, an engine answers by them, and the package's stay as they are."""
    own = FITTED_FILE.read_bytes()
    given = ["--collection", str(collection.corpus), *map(str, collection.files)]
    out = tmp_path / "made.toml"
    await asyncio.to_thread(main, [*given, "--out", str(out)])
    assert own == FITTED_FILE.read_bytes()
    assert "FITTED TO" in capsys.readouterr().out
    async with Engine.open(EngineSettings(collection.corpus, weights=out)) as engine:
        used = engine.explain("Who?").weights
    assert used.passages == tomllib.loads(out.read_text(encoding="utf-8"))["passages"]


def test_main_without_a_file(collection, tmp_path, capsys):
    """Without a file to write to, what is reached is printed, and nothing is written."""
    before = sorted(tmp_path.rglob("*"))
    main(["--collection", str(collection.corpus), *map(str, collection.files)])
    assert "towns" in capsys.readouterr().out
    assert before == sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize("arguments", [[], ["--collection"], ["--collection", "a", "--unknown"]])
def test_main_usage(arguments, capsys):
    """A mistake in the arguments ends it with status 2 and says what they are."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert 2 == ended.value.code
    assert "--collection" in capsys.readouterr().err


def test_collection_without_questions(tmp_path, capsys):
    """A collection without a gold file is refused in a line that says what is missing."""
    with pytest.raises(SystemExit, match="2"):
        main(["--collection", str(tmp_path)])
    assert "needs a folder of articles and at least one gold file" in capsys.readouterr().err
