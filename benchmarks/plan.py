"""What is measured: groups of steps, each group in a process of its own."""

from dataclasses import dataclass, field
from typing import Any

Step = dict[str, Any]

# WebKitGTK's DMABUF renderer costs start-up time where there is no GPU; with it off for everyone,
# what remains is the peer's own doing.
SOFTWARE = {"WEBKIT_DISABLE_DMABUF_RENDERER": "1"}


@dataclass(frozen=True)
class Group:
    """Steps that share one process."""

    name: str
    steps: tuple[Step, ...] = ()
    env: dict[str, str] = field(default_factory=dict[str, str])
    timeout_s: float = 120.0
    idle: bool = False  # look at the memory of the process tree at the end
    rounds: int | None = None  # at most this many rounds, for what takes long


@dataclass(frozen=True)
class Sizes:
    """How much of everything; recorded beside the results."""

    calls: int
    at_once: int
    waves: int
    dicts: int
    size_bytes: int
    repeat: int
    events: int
    busy_s: float
    growth: int


FULL = Sizes(2000, 5000, 3, 100_000, 32 << 20, 3, 10_000, 2.0, 100_000)
# Only to see that everything works: the figures mean nothing.
QUICK = Sizes(100, 200, 1, 2_000, 1 << 20, 1, 500, 0.3, 1_000)


def groups(sizes: Sizes) -> list[Group]:
    """The groups in the order in which a round runs them."""
    data = {"repeat": sizes.repeat}
    one = {"measure": "events", "count": sizes.events, **data}
    live = {"measure": "liveness", "seconds": sizes.busy_s}
    at_once = {"count": sizes.at_once, "repeat": sizes.waves}
    growth = {"count": sizes.growth, "warm": sizes.growth // 5, "wave": min(1000, sizes.growth)}
    return [
        Group("start"),
        Group("start_software", env=SOFTWARE),
        Group(
            "calls",
            (
                {"name": "sequential", "measure": "sequential", "count": sizes.calls},
                {"name": "at_once", "measure": "concurrent", **at_once},
                {"name": "by_hand", "measure": "concurrentByHand", **at_once},
            ),
        ),
        Group(
            "dicts",
            (
                {"name": "dicts_down", "measure": "dictsDown", "count": sizes.dicts, **data},
                {"name": "dicts_up", "measure": "dictsUp", "count": sizes.dicts, **data},
            ),
        ),
        Group(
            "bytes",
            (
                {"name": "bytes_down", "measure": "bytesDown", "size": sizes.size_bytes, **data},
                {"name": "bytes_up", "measure": "bytesUp", "size": sizes.size_bytes, **data},
            ),
        ),
        Group(
            "events",
            (
                {"name": "events", "group": 1, **one},
                {"name": "events_in_lists", "group": 100, **one},
            ),
        ),
        Group("liveness", ({"name": "liveness", "how": "busy", **live},)),
        Group("liveness_in_thread", ({"name": "liveness", "how": "busy_in_thread", **live},)),
        Group("idle", idle=True),
        Group(
            "growth",
            ({"name": "growth", "measure": "growth", **growth},),
            timeout_s=300.0,
            rounds=2,
        ),
    ]
