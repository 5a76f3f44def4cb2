"""A Calibration in, a reliability diagram out, as SVG or PNG: the confidence of answers against the share right."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.confidence import BINS, Bin, Calibration
from evaluation.plots import FAINT, STYLE
from retrieval import RetrievalError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = (".svg", ".png")
_RIGHT, _WRONG = "#2f6f9f", "#d5dbe1"


class PictureUnknown(RetrievalError, ValueError):
    """A picture of a kind that is not drawn."""

    code = "picture_unknown"

    def __init__(self, path: Path) -> None:
        super().__init__(path=path, formats=FORMATS)


class PictureNeeds(RetrievalError, ImportError):
    """What draws pictures is not installed."""

    code = "picture_needs"

    def __init__(self) -> None:
        super().__init__(package="matplotlib")


@dataclass(frozen=True, slots=True)
class Labels:
    """The words in the picture."""

    title: str
    confidence: str
    share: str
    perfect: str
    answers: str
    right: str
    wrong: str


def check(path: Path) -> None:
    """Raise PictureUnknown or PictureNeeds where `path` cannot be drawn."""
    if path.suffix.lower() not in FORMATS:
        raise PictureUnknown(path)
    if importlib.util.find_spec("matplotlib") is None:
        raise PictureNeeds


def draw(calibration: Calibration, labels: Labels, path: Path) -> None:
    """Write the picture; the same numbers give the same file."""
    check(path)
    from matplotlib import rc_context  # noqa: PLC0415 -- not installed with what only answers
    from matplotlib.figure import Figure  # noqa: PLC0415

    bins = [(number, one) for number, one in enumerate(calibration.bins) if one]
    with rc_context(STYLE):
        figure = Figure(figsize=(6, 7), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        above.set_title(labels.title, loc="left", fontsize=12, pad=14)
        _draw_shares(above, [one for _, one in bins], labels)
        _draw_counts(below, bins, labels)
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)


def _draw_shares(axes: "Axes", bins: list[Bin], labels: Labels) -> None:
    confidence, share = [one.confidence for one in bins], [one.share for one in bins]
    axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color=FAINT, label=labels.perfect)
    axes.plot(confidence, share, marker="o", linewidth=2, color=_RIGHT, clip_on=False, zorder=3)
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel=labels.share)
    axes.set_yticks([tick / BINS for tick in range(0, BINS + 1, 2)])
    axes.grid(color=_WRONG, linewidth=0.6)
    axes.legend(loc="best")


def _draw_counts(axes: "Axes", bins: list[tuple[int, Bin]], labels: Labels) -> None:
    places = [(number + 0.5) / BINS for number, _ in bins]
    right = [one.right for _, one in bins]
    wrong = [one.answers - one.right for _, one in bins]
    axes.bar(places, right, width=0.9 / BINS, color=_RIGHT, label=labels.right)
    bars = axes.bar(places, wrong, width=0.9 / BINS, bottom=right, color=_WRONG, label=labels.wrong)
    axes.bar_label(bars, [f"{one.answers:,}" for _, one in bins], padding=2, fontsize=9)
    axes.set(xlabel=labels.confidence, ylabel=labels.answers)
    axes.set_xticks([tick / BINS for tick in range(BINS + 1)])
    axes.margins(y=0.2)
    axes.legend(loc="upper left")
