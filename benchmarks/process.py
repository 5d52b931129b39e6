"""Runs one benchmark app for one group of steps and collects what it wrote."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plan import Group, Sizes

SETTLE_S = 3.0
POLL_S = 0.02


@dataclass
class Outcome:
    """What one process gave: results by step, memory if asked for, or why there is none."""

    steps: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    memory: dict[str, float] | None = None
    error: str | None = None


def environment() -> dict[str, str]:
    """The run's environment, in which Python may keep its bytecode.

    pip compiles what it installs; what runs from a checkout is compiled at its first run, and only
    if nothing forbids that.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str], page: Path, group: Group, sizes: Sizes, out: Path) -> Outcome:
    """Start the app, wait until it says that it has finished, and end it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("", encoding="utf-8")
    log = out.with_suffix(".log")
    env = {
        **environment(),
        **group.env,
        "BENCH_PLAN": json.dumps(group.steps),
        "BENCH_OUT": str(out),
        "BENCH_PAGE": str(page),
        "BENCH_DICTS": str(sizes.dicts),
        "BENCH_BYTES": str(sizes.size_bytes),
    }
    with log.open("wb") as output:
        env["BENCH_STARTED_NS"] = str(time.monotonic_ns())
        process = subprocess.Popen(
            command, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        error = _wait(process, out, group.timeout_s)
        memory = None
        if error is None and group.idle:
            time.sleep(SETTLE_S)
            memory = tree_memory(process.pid)
    finally:
        _end(process)
    if error is not None:
        error = f"{error}{_last_line(log)}"
    return Outcome(_read(out), memory, error)


def _wait(process: "subprocess.Popen[bytes]", out: Path, timeout_s: float) -> str | None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if '["finish"' in out.read_text(encoding="utf-8"):
            return None
        if process.poll() is not None:
            return f"the app ended by itself with code {process.returncode}"
        time.sleep(POLL_S)
    return f"no end within {timeout_s:.0f} s"


def _end(process: "subprocess.Popen[bytes]") -> None:
    # The group has the web view's own processes in it as well. None of the peers is asked to leave
    # by itself: how long that takes is not measured, and not all of them can.
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=3)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _read(out: Path) -> dict[str, dict[str, Any]]:
    lines = out.read_text(encoding="utf-8").splitlines()
    return {name: result for name, result in map(json.loads, lines) if name != "finish"}


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"; its last words: {lines[-1].strip()[:200]}" if lines else ""


def tree_memory(root: int) -> dict[str, float]:
    """Megabytes of a process and all its descendants: proportional and private."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    tree = {root}
    while grown := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= grown
    total = {"pss_mb": 0.0, "private_mb": 0.0, "processes": float(len(tree))}
    for process in tree:
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        for line in rollup.splitlines()[1:]:
            name, _, rest = line.partition(":")
            size_mb = int(rest.split()[0]) / 1024
            if name == "Pss":
                total["pss_mb"] += size_mb
            elif name in ("Private_Clean", "Private_Dirty"):
                total["private_mb"] += size_mb
    return total
