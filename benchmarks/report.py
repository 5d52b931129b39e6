"""Turns the raw figures into RESULTS.md."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peers import HERE
from rows import ROWS, Row

FLOOR = "floor"
SUBJECT = "pytron"


class Figures:
    """Medians and ratios of one run."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.samples: dict[str, dict[str, list[float | None]]] = data["samples"]

    def values(self, row: str, peer: str) -> list[float]:
        """What was measured, without what failed."""
        return [one for one in self.samples.get(row, {}).get(peer, []) if one is not None]

    def median(self, row: str, peer: str) -> float | None:
        """The middle of all rounds."""
        values = self.values(row, peer)
        return statistics.median(values) if values else None

    def ratio(
        self, row: Row, peer: str, to: str = FLOOR, to_row: str | None = None
    ) -> float | None:
        """How many times the other's time it takes: the middle of the rounds, each in itself."""
        mine = self.samples.get(row.key, {}).get(peer, [])
        other = self.samples.get(to_row or row.key, {}).get(to, [])
        pairs = [(a, b) for a, b in zip(mine, other, strict=False) if a and b]
        if not pairs:
            return None
        return statistics.median(b / a if row.rate else a / b for a, b in pairs)


def render(data: dict[str, Any], plot: str | None) -> str:
    """The whole document."""
    figures = Figures(data)
    parts = [_head(data), _versions(data)]
    if plot is not None:
        parts.append(
            f"![How many times the floor's time each peer takes, measure by measure]({plot})\n\n"
            "Times the floor's time, on a logarithmic scale: shorter is better."
        )
    parts += [_medians(figures), _ratios(figures), _targets(figures), _notes(), _how(data)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def number(value: float | None) -> str:
    """Three significant digits, thousands apart; a dash for what is not there."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    rounded = float(f"{value:.3g}")
    digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{digits}f}"


def _table(header: list[str], lines: list[list[str]]) -> str:
    bar = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, bar, *lines])


def _peers(figures: Figures) -> list[str]:
    return [name for name, peer in figures.data["peers"].items() if peer["reason"] is None]


def _titles(figures: Figures, names: list[str]) -> list[str]:
    return [figures.data["peers"][name]["title"] for name in names]


def _title(row: Row, figures: Figures) -> str:
    sizes = figures.data["sizes"]
    return row.title.format(**sizes, megabytes=sizes["size_bytes"] >> 20)


def _head(data: dict[str, Any]) -> str:
    warning = "\n\n**A quick run: only to see that it works. These figures mean nothing.**"
    return (
        "# Benchmark results\n\n"
        f"Made by `python3 dev.py bench` at {data['made']}: medians of {data['runs']} rounds, all "
        "programs in turn within each round." + (warning if data["quick"] else "")
    )


def _versions(data: dict[str, Any]) -> str:
    lines = [f"- {name}: {fact}" for name, fact in data["machine"].items()]
    for peer in data["peers"].values():
        fact = peer["version"] if peer["reason"] is None else f"not run: {peer['reason']}"
        lines.append(f"- {peer['title']}: {fact}")
    return "## What ran\n\n" + "\n".join(lines)


def _medians(figures: Figures) -> str:
    names = _peers(figures)
    lines: list[list[str]] = []
    for row in ROWS:
        if row.key in figures.samples:
            cells = [_cell(figures, row, name) for name in names]
            lines.append([_title(row, figures), row.unit, *cells])
    return (
        "## Medians\n\n"
        + _table(["", "unit", *_titles(figures, names)], lines)
        + ("\n\nBelow each median: the lowest and highest round.")
    )


def _cell(figures: Figures, row: Row, name: str) -> str:
    values = figures.values(row.key, name)
    if not values:
        return "failed" if name in figures.samples.get(row.key, {}) else "–"
    middle = number(statistics.median(values))
    if len(values) < 3 or min(values) == max(values):
        return middle
    return f"{middle}<br><sub>{number(min(values))}–{number(max(values))}</sub>"


def _ratios(figures: Figures) -> str:
    names = _peers(figures)
    others = [name for name in names if name != FLOOR]
    if FLOOR not in names or not others:
        return ""
    lines: list[list[str]] = []
    for row in ROWS:
        if row.ratio and row.key in figures.samples:
            ratios = [figures.ratio(row, name) for name in others]
            cells = ["–" if one is None else f"{number(one)}×" for one in ratios]
            lines.append([_title(row, figures), *cells])
    return (
        "## Times the floor\n\n"
        "How many times the floor's time (for memory: its size) each takes, round by round in the "
        "same run; the middle of the rounds. Lower is better, 1× is the floor.\n\n"
        + _table(["", *_titles(figures, others)], lines)
    )


@dataclass(frozen=True)
class Target:
    """Something that was promised, and what came of it."""

    title: str
    limit: float
    value: Callable[[Figures], float | None]
    unit: str = "ms"
    least: bool = False  # at least, not at most


def _median(key: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.median(key, SUBJECT)


def _row(key: str) -> Row:
    return next(row for row in ROWS if row.key == key)


TARGETS = (
    Target(
        "call p50, times pywebview's",
        0.5,
        lambda figures: figures.ratio(_row("p50"), SUBJECT, "pywebview"),
        "×",
    ),
    Target("call p50", 0.1, _median("p50")),
    Target("call p99", 0.3, _median("p99")),
    Target("calls one after another", 9_000, _median("sequential"), "calls/s", least=True),
    Target("calls at once", 200_000, _median("at_once"), "calls/s", least=True),
    Target("dicts to Python", 95, _median("dicts_up")),
    Target("bytes to the page, all read", 2_000, _median("bytes_down"), "MB/s", least=True),
    Target("bytes to Python", 2_000, _median("bytes_up"), "MB/s", least=True),
    Target("events", 60, _median("events")),
    Target("events lost or out of order", 0, _median("events_wrong"), "events"),
    Target("longest wait beside a busy function", 8, _median("liveness")),
    Target("cold start to the first answer", 330, _median("start")),
    Target("memory of all processes, idle", 220, _median("pss"), "MB"),
    Target("left behind by 100,000 calls", 1, _median("growth"), "MB"),
    Target("import", 45, _median("import")),
)


def _targets(figures: Figures) -> str:
    if SUBJECT not in _peers(figures):
        return ""
    lines: list[list[str]] = []
    for target in TARGETS:
        value = target.value(figures)
        sign = "≥" if target.least else "≤"
        if value is None:
            verdict = "not measured"
        elif value >= target.limit if target.least else value <= target.limit:
            verdict = "met"
        else:
            verdict = "**missed**"
        goal = f"{sign} {number(target.limit)} {target.unit}"
        lines.append([target.title, goal, number(value), verdict])
    return "## What Pytron promises\n\n" + _table(["", "target", "measured", ""], lines)


def _notes() -> str:
    notes = HERE / "NOTES.md"
    return notes.read_text(encoding="utf-8") if notes.is_file() else ""


def _how(data: dict[str, Any]) -> str:
    errors = [f"- {name}: {one}" for name, some in data["errors"].items() for one in some]
    failed = "\n\n### What failed in this run\n\n" + "\n".join(errors) if errors else ""
    return (
        "## Run it yourself\n\n"
        "`python3 dev.py bench` installs the peers into `build/bench-venv` (versions pinned in "
        "`benchmarks/requirements.txt`), builds the floor, measures, and writes this file anew; "
        "`--quick` only checks that everything works, `--only`, `--groups` and `--runs` narrow it. "
        "The raw figures are in `benchmarks/results/latest.json`." + failed
    )
