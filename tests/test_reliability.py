"""The reliability diagram: drawn from any calibration, the same file from the same one."""

import sys
import xml.etree.ElementTree as ET

import pytest

from evaluation.confidence import BINS, Bin, Calibration
from evaluation.reliability import Labels, PictureNeeds, PictureUnknown, check, draw

LABELS = Labels("3 answers", "Confidence", "Share", "Perfect", "Answers", "Right", "Wrong")
SOME = Calibration((None,) * (BINS - 2) + (Bin(1, 0, 0.85), Bin(2, 2, 0.95)))
NONE = Calibration((None,) * BINS)


@pytest.mark.parametrize("calibration", [SOME, NONE])
def test_svg(tmp_path, calibration):
    """An SVG is well formed, and the same each time."""
    for name in ("a.svg", "b.SVG"):
        draw(calibration, LABELS, tmp_path / name)
    assert "{http://www.w3.org/2000/svg}svg" == ET.parse(tmp_path / "a.svg").getroot().tag
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.SVG").read_bytes()


def test_answers_are_drawn(tmp_path):
    """Other answers make another picture."""
    draw(SOME, LABELS, tmp_path / "some.svg")
    draw(NONE, LABELS, tmp_path / "none.svg")
    assert (tmp_path / "some.svg").read_bytes() != (tmp_path / "none.svg").read_bytes()


def test_png(tmp_path):
    """A PNG is one."""
    draw(SOME, LABELS, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("name", ["a.gif", "svg", "a.svg.txt"])
def test_other_picture(tmp_path, name):
    """A picture of another kind is refused with its name, before anything is written."""
    with pytest.raises(PictureUnknown) as caught:
        draw(SOME, LABELS, tmp_path / name)
    assert tmp_path / name == caught.value.facts["path"]
    assert [] == list(tmp_path.iterdir())


def test_without_matplotlib(tmp_path, monkeypatch):
    """Where matplotlib is missing that is said, and by its name."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PictureNeeds) as caught:
        check(tmp_path / "a.svg")
    assert {"package": "matplotlib"} == caught.value.facts


def test_nothing_global(tmp_path):
    """Drawing takes no part in what is set for others: no window system is loaded."""
    draw(SOME, LABELS, tmp_path / "a.png")
    assert "matplotlib.pyplot" not in sys.modules
