"""The rows of the results: which number of which step, in which unit."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from process import Outcome

Step = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One measured quantity."""

    key: str
    title: str
    unit: str
    group: str
    value: Callable[[Outcome], float | None]
    rate: bool = False  # more is better
    ratio: bool = True  # a ratio to the floor says something


class StepFailed(Exception):
    """The page reported that a step failed."""


def _step(name: str, value: Callable[[Step], float]) -> Callable[[Outcome], float | None]:
    def read(outcome: Outcome) -> float | None:
        step = outcome.steps.get(name)
        if step is None:
            return None
        if "error" in step:
            raise StepFailed(str(step["error"]))
        return value(step)

    return read


def _memory(key: str) -> Callable[[Outcome], float | None]:
    return lambda outcome: outcome.memory[key] if outcome.memory else None


def _middle(key: str) -> Callable[[Step], float]:
    return lambda step: statistics.median(step[key])


def _percentile_ms(percent: int) -> Callable[[Step], float]:
    def read(step: Step) -> float:
        times = sorted(step["intervals_us"])
        return times[min(len(times) - 1, len(times) * percent // 100)] / 1000

    return read


TICK_MS = 1.0  # the page's clock: what takes less shows as nothing, as the sizes of --quick do


def _sequential_rate(step: Step) -> float:
    return len(step["intervals_us"]) / (sum(step["intervals_us"]) / 1e6)


def _rate(step: Step) -> float:
    return step["count"] / (max(step["ms"], TICK_MS) / 1000)


def _throughput(key: str) -> Callable[[Step], float]:
    return lambda step: step["size"] / 1e6 / (max(statistics.median(step[key]), TICK_MS) / 1000)


_started = _step("answered", lambda step: step["ms"])

ROWS = (
    Row("start", "cold start to the first answer", "ms", "start", _started),
    Row(
        "start_software",
        "cold start, DMABUF renderer off for all",
        "ms",
        "start_software",
        _started,
    ),
    Row("p50", "call latency, p50", "ms", "calls", _step("sequential", _percentile_ms(50))),
    Row("p99", "call latency, p99", "ms", "calls", _step("sequential", _percentile_ms(99))),
    Row(
        "sequential",
        "calls one after another",
        "calls/s",
        "calls",
        _step("sequential", _sequential_rate),
        rate=True,
    ),
    Row(
        "at_once",
        "{at_once:,} calls at once",
        "calls/s",
        "calls",
        _step("at_once", _rate),
        rate=True,
    ),
    Row(
        "by_hand",
        "{at_once:,} calls, put into one by the author",
        "calls/s",
        "calls",
        _step("by_hand", _rate),
        rate=True,
    ),
    Row(
        "dicts_down",
        "{dicts:,} dicts, Python to page",
        "ms",
        "dicts",
        _step("dicts_down", _middle("ms")),
    ),
    Row(
        "parse",
        "`JSON.parse` alone of the same text",
        "ms",
        "dicts",
        _step("dicts_down", _middle("parse_ms")),
        ratio=False,
    ),
    Row(
        "dicts_up",
        "{dicts:,} dicts, page to Python",
        "ms",
        "dicts",
        _step("dicts_up", _middle("ms")),
    ),
    Row(
        "stringify",
        "`JSON.stringify` alone of the same list",
        "ms",
        "dicts",
        _step("dicts_up", _middle("stringify_ms")),
        ratio=False,
    ),
    Row(
        "bytes_down",
        "{megabytes} MiB, Python to page, all read",
        "MB/s",
        "bytes",
        _step("bytes_down", _throughput("ms")),
        rate=True,
    ),
    Row(
        "bytes_bare",
        "{megabytes} MiB, Python to page, not read",
        "MB/s",
        "bytes",
        _step("bytes_down", _throughput("bare_ms")),
        rate=True,
    ),
    Row(
        "bytes_fresh",
        "{megabytes} MiB, made and filled by the page alone",
        "MB/s",
        "bytes",
        _step("bytes_down", _throughput("fresh_ms")),
        rate=True,
        ratio=False,
    ),
    Row(
        "bytes_up",
        "{megabytes} MiB, page to Python",
        "MB/s",
        "bytes",
        _step("bytes_up", _throughput("ms")),
        rate=True,
    ),
    Row(
        "events", "{events:,} events, one emit each", "ms", "events", _step("events", _middle("ms"))
    ),
    Row(
        "events_wrong",
        "of these events lost or out of order",
        "events",
        "events",
        _step("events", lambda s: s["lost"] + s["disordered"]),
        ratio=False,
    ),
    Row(
        "events_in_lists",
        "{events:,} events, in lists of 100 by the author",
        "ms",
        "events",
        _step("events_in_lists", _middle("ms")),
    ),
    Row(
        "liveness",
        "longest wait beside {busy_s:g} s of computing",
        "ms",
        "liveness",
        _step("liveness", lambda s: s["longest_ms"]),
        ratio=False,
    ),
    Row(
        "liveness_in_thread",
        "longest wait, moved to a thread by the author",
        "ms",
        "liveness_in_thread",
        _step("liveness", lambda s: s["longest_ms"]),
        ratio=False,
    ),
    Row("pss", "memory of all processes, idle, PSS", "MB", "idle", _memory("pss_mb")),
    Row("private", "memory of all processes, idle, private", "MB", "idle", _memory("private_mb")),
    Row(
        "growth",
        "left behind in Python by {growth:,} calls",
        "MB",
        "growth",
        _step("growth", lambda s: s["bytes"] / 1e6),
        ratio=False,
    ),
    Row("import", "import of the package", "ms", "import", lambda _: None, ratio=False),
)
