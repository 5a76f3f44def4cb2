"""Other indexes: that each ranks, and that they are fed what the product's own are."""

import io
import json
import sys
from dataclasses import replace

import pytest

from evaluation import rivals
from evaluation.prose import written
from evaluation.rivals import RIVALS, serve
from evaluation.terms import terms, terms_of, write_terms
from retrieval import articles, passages
from retrieval.entries import index_terms
from retrieval.models import Document

PASSAGES = ["bridg open lima", "bridg close oslo oslo", "bridg 12.5 percent porto", "tunnel open turin"]


@pytest.fixture(params=RIVALS)
def rival(request, tmp_path):
    """One that was built over the passages."""
    made = RIVALS[request.param](tmp_path)
    made.build(PASSAGES)
    return made


def asked(rival, *lines):
    """What it says to each line, without how long it took."""
    done = list(serve(rival, map(json.dumps, lines)))
    assert all(one.pop("ms") >= 0 for one in done)
    return done


def test_best(rival):
    """The passage that holds all or the rarest of the terms comes first, and what holds none does not come."""
    lines = [{"terms": "open turin"}, {"terms": "porto bridg"}, {"terms": "12.5"}, {"terms": "oslo unknown"}]
    _, turin, porto, figure, oslo = (one.get("best", [-1]) for one in asked(rival, *lines))
    assert [3, 2, 2, 1] == [turin[0], porto[0], figure[0], oslo[0]]
    assert [1] == oslo


def test_nothing_found(rival):
    """Terms that no passage holds find nothing, nor do no terms."""
    assert [{}, {"best": []}, {"best": []}] == asked(rival, {"terms": "unknown"}, {"terms": ""})


@pytest.mark.parametrize("name", [name for name, kind in RIVALS.items() if kind.grows])
def test_add(name, tmp_path):
    """What is added is found at once, and after the next start, numbered on from what was there."""
    made = RIVALS[name](tmp_path)
    made.build(PASSAGES)
    added = asked(RIVALS[name](tmp_path), {"add": ["canal ghent", "canal open"]}, {"terms": "ghent"})
    assert [{}, {}, {"best": [4]}] == added
    del made
    assert [{}, {"best": [4, 5]}] == asked(RIVALS[name](tmp_path), {"terms": "canal ghent"})


def test_command(tmp_path, monkeypatch, capsys):
    """One process builds, another loads and ranks."""
    fed = tmp_path / "terms.txt"
    fed.write_text("\n".join(PASSAGES) + "\n")
    rivals.main(["bm25s", str(tmp_path / "index"), "--build", str(fed)])
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"terms": "tunnel"}\n'))
    rivals.main(["bm25s", str(tmp_path / "index")])
    built, loaded, ranked = map(json.loads, capsys.readouterr().out.splitlines())
    assert min(built["ms"], loaded["ms"], ranked["ms"]) >= 0
    assert [3] == ranked["best"]


def test_terms():
    """The terms of an article's passages are those that the product's indexes are fed."""
    for number in range(5):
        article = articles.parse(Document("one.txt", written(1, number).text))
        titled = replace(article, title=written(1, number).title)
        assert list(index_terms(titled, passages.split(article))) == terms_of(1, number)


def test_write_terms(tmp_path):
    """The file has a line for each passage, in order, whichever process does it."""
    write_terms(tmp_path / "terms.txt", 1, 50)
    lines = (tmp_path / "terms.txt").read_text().splitlines()
    assert [line for number in range(5) for line in terms_of(1, number)] == lines


def test_question_terms():
    """A question loses its function words, as it does everywhere."""
    assert ["open", "bridg"] == terms("Who opened the bridge?")
