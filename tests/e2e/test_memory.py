"""What long and hard use costs: counted in bytes, in the app's process and in the page's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.views import View

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux does")

PYTHON = """
import ctypes, gc, os, signal
import psutil
from pytron.dispatcher import session
session.PATIENCE_S = 0.5

app = App("Test", frontend="page", ephemeral=True)
moved = app.event("moved", int, slow="latest")

def page_process() -> psutil.Process:
    [found] = [p for p in psutil.Process().children(recursive=True) if "WebProcess" in p.name()]
    return found

def own_bytes() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return psutil.Process().memory_info().rss

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose
def sizes() -> list[int]:
    return [own_bytes(), page_process().memory_info().rss]

@app.expose
def count(to: int):
    yield from range(to)

@app.expose
def flood() -> dict:
    "Events for a page whose process is stopped: what they cost, and what their senders hear."
    page = page_process()
    before = own_bytes()
    page.send_signal(signal.SIGSTOP)
    try:
        for number in range(1_000_000):
            moved.emit(number)
        latest = own_bytes() - before
        code = None
        for number in range(1_000_000):
            try:
                app.emit("number", number)
            except pytron.CallError as error:
                code = error.code
                break
        return {"latest": latest, "waiting": own_bytes() - before, "code": code, "sent": number}
    finally:
        page.send_signal(signal.SIGCONT)
"""

#: Allocators keep pages, and collectors come when they like: what is less than this is no leak.
NOISE = 3 << 20
CALLS = """
const calls = async (count) => {
  for (let i = 0; i < count; i += 1000)
    await Promise.all([...Array(1000)].map((_, n) => pytron.add(i, n)));
};
"""


def test_calls_leave_nothing_behind_in_python(run_app: RunApp) -> None:
    page = (
        CALLS
        + """
    await calls(100_000);
    const [before] = await pytron.sizes();
    await calls(200_000);
    const [after] = await pytron.sizes();
    report(after - before);
    """
    )
    [grown] = run_app(page, PYTHON, deadline_s=120).reports
    assert grown < 2 * (1 << 20) + NOISE, f"200,000 calls cost Python {grown} bytes"


@pytest.fixture(scope="session")
def collecting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which pages can collect their garbage."""
    library = tmp_path_factory.mktemp("collecting") / "collect.so"
    source = Path(__file__).with_name("collect.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


def test_calls_and_events_leave_nothing_behind_in_the_page(
    run_app: RunApp, view: View, collecting: dict[str, str]
) -> None:
    """What lives is counted after a whole collection, whenever WebKit would have made one."""
    if view.name == "reply":
        pytest.skip("garbage is collected through the extension; what holds it is the same")
    python = (
        PYTHON
        + """
@app.expose
def flow(count: int) -> None:
    for number in range(count):
        app.emit("number", number)
"""
    )
    page = (
        CALLS
        + """
    let heard = 0;
    pytron.on("number", () => heard++);
    const emits = async (count) => { heard = 0; await pytron.flow(count); };
    const living = async () => {
      await new Promise((done) => setTimeout(done));
      const { heapSize, objectCount } = collect();
      return [heapSize, objectCount];
    };
    await calls(20_000);
    await emits(20_000);
    const before = await living();
    await calls(200_000);
    const after = await living();
    await emits(100_000);
    const afterEvents = await living();
    const grown = (from, to) => to.map((number, place) => number - from[place]);
    report({ heard, calls: grown(before, after), events: grown(after, afterEvents) });
    """
    )
    [found] = run_app(page, python, environment=collecting, deadline_s=120).reports
    assert found["heard"] == 100_000
    for what in ("calls", "events"):
        heap_bytes, objects = found[what]
        assert heap_bytes < 1 << 20, f"{what} cost the page {heap_bytes} bytes"
        assert objects < 2_000, f"{what} cost the page {objects} objects"


def test_a_million_events_for_a_page_that_is_stopped_cost_no_more_than_its_queue(
    run_app: RunApp,
) -> None:
    page = """
    const last = new Promise((done) => pytron.on("moved", (number) => number === 999_999 && done(number)));
    let numbers = 0;
    pytron.on("number", () => numbers++);
    await pytron.ready;
    const flooded = await pytron.flood();
    report({ ...flooded, last: await last, numbers });
    """
    [found] = run_app(page, PYTHON, deadline_s=120).reports
    assert found["last"] == 999_999
    assert found["latest"] < NOISE
    assert found["code"] == "backpressure"
    assert found["waiting"] < 2 * (16 << 20) + NOISE
    assert found["numbers"] == found["sent"]  # none of those that were taken is lost


LARGE = """
import os

def reset_peak(pid: int) -> None:
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")

def status(pid: int, field: str) -> int:
    with open(f"/proc/{pid}/status") as file:
        [line] = [line for line in file if line.startswith(field)]
    return int(line.split()[1]) << 10

resting = {}

@app.expose
def watch() -> None:
    "From now on: how high each process rises above what it has."
    for name, pid in (("python", os.getpid()), ("page", page_process().pid)):
        own_bytes()
        reset_peak(pid)
        resting[name, pid] = status(pid, "VmRSS")

@app.expose
def peaks() -> dict:
    return {name: status(pid, "VmHWM") - rest for (name, pid), rest in resting.items()}

made = bytearray(256 << 20)
made[-1] = 7

@app.expose
def down() -> memoryview:
    return memoryview(made).toreadonly()

@app.expose
def up(data: bytes) -> list:
    return [len(data), data[-1]]

@app.expose
def up_in_pieces(file: pytron.Upload) -> int:
    size = 0
    while piece := file.read(1 << 20):
        size += len(piece)
    return size

@app.expose
def down_in_pieces():
    for _ in range(256):
        yield bytes(1 << 20)
"""


def test_large_binary_costs_little_more_than_itself(run_app: RunApp, view: View) -> None:
    if view.name == "reply":
        pytest.skip("the fast path's promise; over the app's scheme WebKit copies as it likes")
    page = """
    const risen = async (work) => { await pytron.watch(); const value = await work(); return { value, ...(await pytron.peaks()) }; };
    report(await risen(async () => {
      const got = new Uint8Array(await pytron.down());
      return [got.length, got.at(-1)];
    }));
    const sent = new Uint8Array(256 << 20).fill(1);
    report(await risen(() => pytron.up(sent)));
    const file = new Blob([sent]);
    report(await risen(() => pytron.up_in_pieces(file)));
    report(await risen(async () => {
      let size = 0;
      for await (const piece of pytron.down_in_pieces()) size += piece.byteLength;
      return size;
    }));
    """
    found = run_app(page, PYTHON + LARGE, deadline_s=120).reports
    payload = 256 << 20
    assert [each["value"] for each in found] == [[payload, 7], [payload, 1], payload, payload]
    down, up, up_in_pieces, down_in_pieces = found
    assert down["page"] < 1.3 * payload
    assert down["python"] < 0.3 * payload  # it has the payload already
    assert up["page"] < 0.3 * payload  # it has the payload already
    assert up["python"] < 1.3 * payload
    assert up_in_pieces["python"] < 64 << 20
    # Slices that were sent are garbage, which WebKit collects in its own time: all of them may lie there.
    assert up_in_pieces["page"] < 1.3 * payload
    assert down_in_pieces["python"] < 0.5 * payload


AGAIN = """
@app.expose
def filled(size: int, value: int) -> bytes:
    return bytes([value]) * size

@app.expose
def page() -> dict:
    process = page_process()
    with open(f"/proc/{process.pid}/stat") as file:
        faults = int(file.read().rpartition(")")[2].split()[7])
    return {"faults": faults, "bytes": process.memory_info().rss}
"""


def test_large_results_lie_where_dropped_ones_did_and_then_their_memory_goes_back(
    run_app: RunApp, view: View, collecting: dict[str, str]
) -> None:
    if view.name == "reply":
        pytest.skip(
            "the fast path's promise; over the app's scheme WebKit takes memory as it likes"
        )
    page = """
    const LARGE = 16 << 20;
    const turn = (ms) => new Promise((done) => setTimeout(done, ms));
    const right = async (size, value) => {
      const got = new Uint8Array(await pytron.filled(size, value));
      return got.length === size && got.every((byte) => byte === value);
    };
    await right(1, 1);
    const before = await pytron.page();
    const rounds = [];
    for (let round = 0; round < 5; round++) {
      const { faults } = await pytron.page();
      const good = await right(LARGE - round * 100_001, round + 1);
      rounds.push({ good, faults: (await pytron.page()).faults - faults });
      await turn();
      collect();
    }
    let rest;
    do {
      await turn(100);
      rest = await pytron.page();
    } while (rest.bytes > before.bytes + LARGE / 2);
    report(rounds);
    """
    [rounds] = run_app(page, PYTHON + AGAIN, environment=collecting, deadline_s=120).reports
    assert all(each["good"] for each in rounds)
    pages = (16 << 20) // 4096
    assert rounds[0]["faults"] > pages * 0.9
    assert min(each["faults"] for each in rounds) < pages / 2
