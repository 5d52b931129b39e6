"""Draws the ratios to the floor. Runs in the peers' environment, which has the plot library."""

import json
import sys
from pathlib import Path

import matplotlib
from matplotlib import pyplot
from report import FLOOR, Figures
from rows import ROWS

COLOURS = {"pytron": "#2563eb", "pywebview": "#f59e0b", "pytauri": "#10b981"}


def draw(figures: Figures, out: Path) -> None:
    """One group of bars for each row that has a ratio."""
    peers = figures.data["peers"]
    names = [name for name in peers if name != FLOOR and peers[name]["reason"] is None]
    sizes = figures.data["sizes"]
    rows = [
        row
        for row in ROWS
        if row.ratio and row.key in figures.samples and figures.ratio(row, names[0]) is not None
    ]
    matplotlib.rcParams.update(
        {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    )
    matplotlib.rcParams["svg.hashsalt"] = "pytron"  # the same figures give the same file
    figure, axes = pyplot.subplots(figsize=(9, 0.55 * len(rows) + 1))
    height = 0.8 / max(1, len(names))
    for index, name in enumerate(names):
        ratios = [figures.ratio(row, name) or 1 for row in rows]
        places = [place + (index - (len(names) - 1) / 2) * height for place in range(len(rows))]
        # From 1, so that quicker than the floor points to the left.
        bars = axes.barh(
            places,
            [ratio - 1 for ratio in ratios],
            height,
            left=1,
            label=peers[name]["title"],
            color=COLOURS.get(name, "#888888"),
        )
        labels = [f"{ratio:.2g}×" if ratio < 100 else f"{ratio:.0f}×" for ratio in ratios]
        for bar, ratio, label in zip(bars, ratios, labels, strict=True):
            edge = (max(ratio, 1), bar.get_y() + bar.get_height() / 2)
            axes.annotate(label, edge, (2, 0), textcoords="offset points", va="center", fontsize=7)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels(
        [row.title.format(**sizes, megabytes=sizes["size_bytes"] >> 20) for row in rows]
    )
    axes.invert_yaxis()
    axes.margins(x=0.08, y=0.01)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.axvline(1, color="#444444", linewidth=1)
    axes.set_xlabel("times the floor (Rust, no Python); shorter is better")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    draw(Figures(json.loads(source.read_text(encoding="utf-8"))), target)
