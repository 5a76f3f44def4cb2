"""Figures of indexes at several sizes in, a page with tables and pictures of them out; figures are kept beside it."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluation.measured import Row
from evaluation.plots import GRID, STYLE
from evaluation.rivals import RIVALS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
TEMPLATES = Path(__file__).with_name("data")
RESULTS, PAGE, SCALING = "results.json", "README.md", "scaling.md"
FROM = 20_000
"""Passages from which growth is told."""

_PAPER = (10_000_000, 1_000_000_000)
_TELEGRAM = 30
"""Messages a second that Telegram takes from one bot."""
_SPARE, _SHARD, _NODE, _CORES = 8, 30, 64, 16
"""GB of memory that one machine can spare for an index; GB of a shard; GB and cores of a machine of a cluster."""
_PRICE = 250
"""Of such a machine, a month."""
_GROWING = ("passages", "p50_ms", "p99_ms", "memory_mb", "memory_own_mb", "disk_mb", "feed_s", "start_s")

_COLOURS = {
    "auto": "#1b5e8c",
    "disk": "#2f8fbf",
    "memory": "#7fb7d6",
    "cluster": "#5b4b9a",
    "rank-bm25": "#b5472f",
    "bm25s": "#c98a1b",
    "FTS5": "#6d8b3c",
    "tantivy": "#8a96a3",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure against the number of passages; `highest` is drawn above it, where there is such a figure."""

    name: str
    title: str
    unit: str
    figure: str
    highest: str = ""


PICTURES = (
    Picture(
        "latency.svg",
        "Time to answer, median and (dotted) 99th percentile:\nDateline's whole answer, the others' ranking alone",
        "ms",
        "p50_ms",
        "p99_ms",
    ),
    Picture("memory.svg", "Resident memory while answering", "MB", "memory_mb"),
    Picture("feeding.svg", "Time to build:\nDateline from article files, the others from terms", "s", "feed_s"),
    Picture("adding.svg", "Time until one more article is found", "ms", "add_ms"),
)


def merge(folder: Path, rows: Iterable[Row]) -> list[Row]:
    """Keep figures in a folder; new ones take the place of older ones of the same index and size."""
    path = folder / RESULTS
    kept: list[Row] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    merged = {(row["passages"], row["index"]): row for row in (*kept, *rows)}
    found = sorted(merged.values(), key=_place)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def report(folder: Path, rows: Sequence[Row]) -> None:
    """Write the page of figures and its pictures; and beside the folder what follows from them for larger archives."""
    page = _rendered(
        "benchmarks.md.j2",
        measured=_measured(rows),
        products=[row for row in rows if not _is_rival(row)],
        growth=list(_growth(rows)),
        beside=[row for row in rows if row.get("times") is not None],
        others=[row for row in rows if _is_rival(row)],
        pictures=PICTURES,
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
    for picture in PICTURES:
        draw(picture, rows, folder / picture.name)
    if largest := [row for row in rows if row.get("index_mb")][-1:]:
        (folder.parent / SCALING).write_text(_scaling(largest[0]), encoding="utf-8")


def _scaling(row: Row) -> str:
    """What larger archives need, from the figures of one on disk."""
    kept, index = (float(row[name]) / 1000 / float(row["passages"]) for name in ("disk_mb", "index_mb"))

    def shards(passages: int) -> int:
        return max(machines(passages), math.ceil(kept * passages / _SHARD))

    def machines(passages: int) -> int:
        return max(3, math.ceil(2 * index * passages / (_NODE // 2)))

    return _rendered(
        "scaling.md.j2",
        row=row,
        paper=_PAPER,
        telegram=_TELEGRAM,
        spare=_SPARE,
        shard=_SHARD,
        node=_NODE,
        price=_PRICE,
        cores=_CORES,
        shards=shards,
        machines=machines,
    )


def _rendered(template: str, **values: object) -> str:
    environment = Environment(  # noqa: S701 -- Markdown of figures  # nosec B701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(template).render(values)


def draw(picture: Picture, rows: Iterable[Row], path: Path) -> None:
    """Draw one figure of each index against the number of passages; the same figures give the same file."""
    from matplotlib import rc_context  # noqa: PLC0415 -- not installed with what only answers
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context(STYLE):
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.subplots()
        lines = {name: _line(name, rows, picture) for name in _COLOURS}
        for name, points in lines.items():
            if points:
                _draw_line(axes, name, points)
        axes.set_title(picture.title, loc="left", fontsize=11, pad=12)
        axes.set(xscale="log", yscale="log", xlabel="passages", ylabel=picture.unit)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.grid(color=GRID, linewidth=0.6)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)


def _line(name: str, rows: Iterable[Row], picture: Picture) -> list[tuple[float, float, float]]:
    """Size, figure and highest figure of one index, by size."""
    own = [row for row in rows if row["index"] == name and row.get(picture.figure) is not None]
    found = ((row["passages"], row[picture.figure], row.get(picture.highest) or row[picture.figure]) for row in own)
    return sorted(found)


def _draw_line(axes: "Axes", name: str, points: Sequence[tuple[float, float, float]]) -> None:
    sizes, figures, highest = zip(*points, strict=True)
    own = name not in RIVALS
    label = f"Dateline ({name})" if own else name
    axes.plot(
        sizes, figures, marker="o", markersize=4, linewidth=2.2 if own else 1.4, color=_COLOURS[name], label=label
    )
    if highest != figures:
        axes.plot(sizes, highest, linewidth=1, linestyle=":", color=_COLOURS[name])


def _measured(rows: Iterable[Row]) -> list[str]:
    """When and on what each size was measured, those alike in one line."""
    alike = sorted({(str(row["date"]), str(row["machine"]), int(row["passages"])) for row in rows})
    return [
        f"{date}, {machine}: {', '.join(f'{passages:,}' for _, _, passages in own)} passages"
        for (date, machine), own in groupby(alike, key=lambda one: one[:2])
    ]


def _growth(rows: Sequence[Row]) -> Iterator[Row]:
    """How many times as much each index of the product takes at its largest size as at `FROM` passages."""
    for name in dict.fromkeys(row["index"] for row in rows if not _is_rival(row)):
        own = {row["passages"]: row for row in rows if row["index"] == name}
        first, last = own.get(FROM), own[max(own)]
        if first and last["passages"] > FROM:
            yield {key: last[key] / first[key] if key != "index" else name for key in ("index", *_GROWING)}


def _is_rival(row: Mapping[str, object]) -> bool:
    return row["index"] in RIVALS


def _place(row: Row) -> tuple[int, int]:
    return int(row["passages"]), list(_COLOURS).index(str(row["index"]))
