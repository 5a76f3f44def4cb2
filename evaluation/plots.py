"""How every plot looks."""

from typing import Any

TEXT, FAINT, GRID = "#1f2a35", "#8a96a3", "#d5dbe1"
STYLE: dict[Any, object] = {
    "font.size": 10,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "legend.frameon": False,
    "svg.hashsalt": "dateline",
}
"""For matplotlib; the salt keeps the names inside an SVG the same from one drawing to the next."""
