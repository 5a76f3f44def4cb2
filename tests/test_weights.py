"""The weights are data: read from files, those set by hand before those that were fitted."""

import tomllib
from pathlib import Path

import pytest

from retrieval import Engine, EngineSettings
from retrieval.certainty import SIGNS
from retrieval.features import FEATURES
from retrieval.views import VIEWS
from retrieval.weights import BY_HAND_FILE, FITTED_FILE, PARTS, load

NAMES = {"passages": VIEWS, "sentences": FEATURES, "certainty": (*SIGNS, "bias")}


def read(path: Path) -> dict[str, dict[str, float]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [FITTED_FILE, BY_HAND_FILE], ids=lambda path: path.name)
def test_all_names_are_known(path):
    """Each weight that comes along is that of a view, a feature or a sign that there is."""
    found = read(path)
    assert found.keys() <= set(PARTS)
    assert {part: set[str]() for part in found} == {
        part: table.keys() - {*NAMES[part]} for part, table in found.items()
    }


def test_all_are_numbers():
    """Each weight is a number, and the logit has a bias."""
    found = [one for path in (FITTED_FILE, BY_HAND_FILE) for table in read(path).values() for one in table.values()]
    assert all(isinstance(one, int | float) for one in found)
    assert "bias" in load().certainty


def test_by_hand_goes_first():
    """What is set by hand holds against what was fitted; all else is as fitted."""
    fitted, by_hand, weights = read(FITTED_FILE), read(BY_HAND_FILE), load()
    for part, found in zip(PARTS, (weights.passages, weights.sentences, weights.certainty), strict=True):
        assert fitted.get(part, {}) | by_hand.get(part, {}) == found


def test_another_file(tmp_path):
    """Another file of fitted weights stands in for the one that comes along; a part that it lacks is empty."""
    path = tmp_path / "weights.toml"
    path.write_text("[passages]\nshare = 2.5\n\n[sentences]\ncoverage = 7.0\n", encoding="utf-8")
    weights = load(path)
    assert {"share": 2.5} == weights.passages
    assert 7.0 == weights.sentences["coverage"]
    assert read(BY_HAND_FILE)["certainty"] == weights.certainty


async def test_engine_takes_them(tmp_path):
    """An engine answers by the weights of the file that it is given."""
    path = tmp_path / "weights.toml"
    path.write_text("[certainty]\nbias = 30.0\n", encoding="utf-8")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "mill.txt").write_text("The mill of Bergen burned down.", encoding="utf-8")
    async with Engine.open(EngineSettings(corpus, weights=path)) as engine:
        assert (await engine.ask("Which mill?")).confidence > 0.999
