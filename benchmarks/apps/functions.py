"""What every Python peer exposes, written once: an app only registers these its own way."""

import base64
import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

DICT_COUNT = int(os.environ.get("BENCH_DICTS", "100000"))
BYTES_SIZE = int(os.environ.get("BENCH_BYTES", str(32 * 1024 * 1024)))
PAGE = Path(os.environ.get("BENCH_PAGE", "."))
WIDTH, HEIGHT = 800, 600

_out = Path(os.environ.get("BENCH_OUT", os.devnull))
_arrivals: list[int] = []
_dicts: list[dict[str, object]] = []
_payload = b""
_uploaded = b""


def ping(n: int) -> int:
    """Answer with the argument; when it came is what latency is computed from."""
    _arrivals.append(time.perf_counter_ns())
    return n


def ping_many(numbers: list[int]) -> list[int]:
    """Answer many pings that an author put into one call."""
    return [ping(n) for n in numbers]


def intervals() -> list[float]:
    """Microseconds between the pings since the last time this was asked."""
    times = _arrivals.copy()
    _arrivals.clear()
    return [(after - before) / 1000 for before, after in itertools.pairwise(times)]


def answered() -> None:
    """The page has its first answer: the end of the cold start."""
    elapsed_ns = time.monotonic_ns() - int(os.environ.get("BENCH_STARTED_NS", "0"))
    record("answered", json.dumps({"ms": elapsed_ns / 1e6}))


def plan() -> str:
    """The steps this process is to measure, as JSON."""
    return os.environ.get("BENCH_PLAN", "[]")


def record(name: str, result: str) -> None:
    """Keep one step's result at once, so that a later hang does not lose it."""
    with _out.open("a", encoding="utf-8") as out:
        out.write(json.dumps([name, json.loads(result)]) + "\n")


def finish() -> None:
    """Say that all steps are done; the run then ends this process."""
    record("finish", "{}")


def dicts() -> list[dict[str, object]]:
    """A list of small records, built once."""
    if not _dicts:
        _dicts.extend(
            {"id": i, "name": f"record {i}", "price": i * 0.25, "done": i % 3 == 0}
            for i in range(DICT_COUNT)
        )
    return _dicts


def take_dicts(records: list[dict[str, object]]) -> int:
    """Take such a list from the page."""
    if records[-1]["id"] != len(records) - 1:
        raise ValueError("the last record is not the one that was sent")
    return len(records)


def payload() -> bytes:
    """Bytes without a pattern that a transport could use."""
    global _payload
    if not _payload:
        _payload = os.urandom(BYTES_SIZE)
    return _payload


def checksum(data: bytes | None = None) -> int:
    """The sum of the little-endian 32-bit words, as the page computes it."""
    words = memoryview(payload() if data is None else data).cast("I")
    return sum(words) & 0xFFFFFFFF


def take_bytes(data: bytes) -> int:
    """Take bytes from the page; they are checked afterwards, outside the measured time."""
    global _uploaded
    _uploaded = data
    return len(data)


def checksum_up() -> int:
    """The checksum of what the page sent last."""
    return checksum(bytes(_uploaded))


def download_text() -> str:
    """The payload for a peer without binary."""
    return base64.b64encode(payload()).decode("ascii")


def take_text(text: str) -> int:
    """The upload for a peer without binary."""
    return take_bytes(base64.b64decode(text))


def push(count: int, group: int, emit: Callable[[object], object]) -> None:
    """Push `count` numbers, `group` in each emit."""
    if group == 1:
        for number in range(count):
            emit(number)
    else:
        for first in range(0, count, group):
            emit(list(range(first, min(first + group, count))))


def busy(seconds: float) -> int:
    """Compute in Python for a while, as a function that an author forgot to make quick."""
    end = time.perf_counter() + seconds
    rounds = 0
    while time.perf_counter() < end:
        rounds += sum(range(100)) > 0
    return rounds


def memory() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
