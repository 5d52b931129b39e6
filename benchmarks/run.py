"""The benchmark: Pytron beside its peers and a floor, in one run.

Usage: python3 dev.py bench [--quick] [--runs N] [--only PEER,…] [--groups GROUP,…]

Every round starts every peer once for every group of steps, in turning order, so that whatever
else the machine does meets all of them alike. The first round warms the disk and does not count.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import machine
import peers
import plan
import process
import report
from rows import ROWS, StepFailed

RESULTS = peers.HERE / "results"
IMPORTS_IN_A_ROUND = 5

Samples = dict[str, dict[str, list[float | None]]]


def main() -> int:
    """Measure, then write RESULTS.md, the raw figures and the plot."""
    options = _options()
    sizes = plan.QUICK if options.quick else plan.FULL
    wanted = plan.groups(sizes)
    if options.groups:
        wanted = [group for group in wanted if group.name in options.groups]
    found, data = _prepare(options, sizes)
    if not found:
        _say("no peer can be run; see above")
        return 1
    _measure(found, wanted, sizes, options, data)
    whole = not (options.quick or options.only or options.groups)
    folder = options.out or (peers.HERE if whole else peers.WORK)
    written = _write(folder, data)
    _say(f"written: {written}")
    return 1 if data["errors"].get("pytron") else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py bench", description="Measure Pytron beside its peers."
    )
    names = [peer.name for peer in peers.PEERS]
    groups = [*(group.name for group in plan.groups(plan.FULL)), "import"]

    def listed(allowed: list[str]) -> Any:
        def read(text: str) -> list[str]:
            chosen = text.split(",")
            if unknown := set(chosen) - set(allowed):
                raise argparse.ArgumentTypeError(
                    f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(allowed)}"
                )
            return chosen

        return read

    parser.add_argument("--runs", type=int, default=5, help="rounds that count (default 5)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round")
    for flag, allowed in (("--only", names), ("--groups", groups)):
        parser.add_argument(
            flag, type=listed(allowed), default=[], metavar="NAME,…", help=", ".join(allowed)
        )
    parser.add_argument("--out", type=Path, help="folder for the results")
    return parser.parse_args()


def _prepare(
    options: argparse.Namespace, sizes: plan.Sizes
) -> tuple[dict[str, tuple[peers.Peer, Path]], dict[str, Any]]:
    data: dict[str, Any] = {
        "made": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "runs": 1 if options.quick else options.runs,
        "quick": options.quick,
        "machine": machine.describe(),
        "sizes": asdict(sizes),
        "peers": {},
        "samples": {},
        "errors": {},
    }
    found: dict[str, tuple[peers.Peer, Path]] = {}
    for peer in peers.PEERS:
        if options.only and peer.name not in options.only:
            continue
        entry: dict[str, str | None] = {"title": peer.title, "version": None, "reason": None}
        data["peers"][peer.name] = entry
        try:
            entry["version"] = peer.prepare()
        except peers.NotAvailable as error:
            entry["reason"] = str(error)
            _say(f"{peer.title}: not run: {error}")
        else:
            found[peer.name] = (peer, peers.stage(peer))
            _say(f"{peer.title}: {entry['version']}")
    return found, data


def _measure(
    found: dict[str, tuple[peers.Peer, Path]],
    groups: list[plan.Group],
    sizes: plan.Sizes,
    options: argparse.Namespace,
    data: dict[str, Any],
) -> None:
    # Round 0 is the warm-up.
    rounds = range(1, 2) if options.quick else range(options.runs + 1)
    for turn in rounds:
        for group in groups:
            if group.rounds is not None and not 1 <= turn <= group.rounds:
                continue
            order = list(found)
            order = order[turn % len(order) :] + order[: turn % len(order)]
            for name in order:
                peer, page = found[name]
                if group.name == "liveness_in_thread" and not peer.in_thread:
                    continue
                out = peers.WORK / name / f"{group.name}.jsonl"
                outcome = process.run(peer.command(), page, group, sizes, out)
                _say(f"round {turn}, {group.name}, {name}: {outcome.error or 'done'}")
                if turn > 0:
                    _keep(data, name, group, outcome)
        if turn > 0 and (not options.groups or "import" in options.groups):
            _imports(found, data["samples"])


def _keep(data: dict[str, Any], name: str, group: plan.Group, outcome: process.Outcome) -> None:
    samples: Samples = data["samples"]
    errors: list[str] = data["errors"].setdefault(name, [])
    if outcome.error is not None:
        errors.append(f"{group.name}: {outcome.error}")
    for row in ROWS:
        if row.group == group.name:
            try:
                value = row.value(outcome)
            except StepFailed as error:
                value = None
                errors.append(f"{row.key}: {error}")
            samples.setdefault(row.key, {}).setdefault(name, []).append(value)


def _imports(found: dict[str, tuple[peers.Peer, Path]], samples: Samples) -> None:
    code = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
    for _ in range(IMPORTS_IN_A_ROUND):
        for name, (peer, _page) in found.items():
            if peer.imports is not None:
                python, statement = peer.imports
                command = [python, "-c", code.format(statement)]
                done = subprocess.run(
                    command, capture_output=True, text=True, check=True, env=process.environment()
                )
                times = samples.setdefault("import", {}).setdefault(name, [])
                times.append(float(done.stdout) * 1000)


def _write(folder: Path, data: dict[str, Any]) -> Path:
    raw = folder / "results"
    raw.mkdir(parents=True, exist_ok=True)
    figures = raw / "latest.json"
    figures.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    plot: Path | None = raw / "latest.svg"
    try:
        peers.prepare_plot()
        command = [str(peers.PYTHON), str(peers.HERE / "plot.py"), str(figures), str(plot)]
        subprocess.run(command, check=True)
    except (peers.NotAvailable, subprocess.CalledProcessError) as error:
        _say(f"no plot: {error}")
        plot = None
    text = report.render(data, plot.relative_to(folder).as_posix() if plot else None)
    results = folder / "RESULTS.md"
    results.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return results


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
