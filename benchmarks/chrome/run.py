"""Measure the chrome engine beside a bare Electron window, in turns in one run.

    python -m tools.dev.display .venv/bin/python benchmarks/chrome/run.py

As root it runs both as an ordinary user, with Chromium's sandbox on.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from e2e.stranger import as_ordinary_user  # noqa: E402 - it is no package

from tools.dev.electron import FOLDER, PROGRAM, VERSION  # noqa: E402

ROUNDS = 5
_MARK = "@@report "
#: name, unit, target beside the floor or alone.
_TARGETS = {
    "first answer after a bare window's first script, ms": (90, "at most"),
    "call p50 beside invoke, times": (1.6, "at most"),
    "5,000 calls at once, calls/s": (300_000, "at least"),
    "32 MiB to the page, MB/s": (300, "at least"),
    "32 MiB from the page, MB/s": (250, "at least"),
}


def run_once(command: Sequence[str], variables: Mapping[str, str]) -> dict[str, float]:
    """Run a program to its end; what it reported, with `start_ms` from its start."""
    with tempfile.TemporaryDirectory(prefix="pytron-bench-") as place:
        folder = Path(place) / "home"
        folder.mkdir()
        whole = as_ordinary_user(command, folder)
        environment = {**os.environ, **variables, "FLOOR_PROFILE": str(folder / "profile")}
        begin = time.time()
        done = subprocess.run(
            whole, env=environment, capture_output=True, text=True, timeout=90, check=False
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise SystemExit(f"{command[0]} reported nothing:\n{done.stdout}\n{done.stderr}")
    found: dict[str, float] = json.loads(lines[0].removeprefix(_MARK))
    found["start_ms"] = found.pop("first") - begin * 1000
    return found


def main() -> int:
    """Measure and print."""
    bare: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    engine = {"PYTRON_ENGINE": "chrome", "PYTRON_ELECTRON_PATH": str(FOLDER)}
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS):
        bare.append(run_once([str(PROGRAM), "--log-level=3", str(HERE / "floor")], {}))
        ours.append(run_once([sys.executable, str(HERE / "app.py")], engine))

    def middle(runs: list[dict[str, float]], name: str) -> float:
        return statistics.median(run[name] for run in runs)

    found = [
        middle(ours, "start_ms") - middle(bare, "start_ms"),
        middle(ours, "call_us") / middle(bare, "call_us"),
        middle(ours, "batched"),
        middle(ours, "down"),
        middle(ours, "up"),
    ]
    print(f"Electron {VERSION}, medians of {len(ours)} runs in turns")
    print(f"bare window: first script {middle(bare, 'start_ms'):.0f} ms, ", end="")
    print(f"invoke p50 {middle(bare, 'call_us'):.0f} µs")
    print(f"chrome engine: first answer {middle(ours, 'start_ms'):.0f} ms, ", end="")
    print(f"call p50 {middle(ours, 'call_us'):.0f} µs")
    for (name, (target, how)), value in zip(_TARGETS.items(), found, strict=True):
        print(f"{name}: {value:,.2f} (wanted: {how} {target:,})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
