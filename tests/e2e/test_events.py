"""Events in real windows: wildcards, from window to window, and pages that are slow."""

from __future__ import annotations

import pytest
from e2e.driver import RunApp
from e2e.views import HEADLESS, View

FLOOD = """
from typing import Any
app = App("Test", frontend="page", ephemeral=True)
moved = app.event("moved", dict[str, Any], slow="latest")
line = app.event("line", dict[str, Any], slow="drop_oldest", keep=100)
TEXT = "x" * 1000

flooded = threading.Event()

@app.asset("flooded")
def wait() -> str:
    flooded.wait(50)
    return "all was sent"

@app.expose
def flood(count: int) -> list[int]:
    for number in range(count):
        moved.emit({"number": number, "text": TEXT})
        line.emit({"number": number, "text": TEXT})
    flooded.set()
    return [moved.missed, line.missed]
"""


def test_a_slow_page_misses_some_and_knows_how_many(run_app: RunApp, view: View) -> None:
    if view is HEADLESS:
        pytest.skip("a page that Node runs does not wait for an asset")
    page = """
    const count = 20_000;
    const heard = { moved: [], line: [] };
    const missed = { moved: 0, line: 0 };
    const ended = new Promise((done) => {
      pytron.on("*", (data, name, left) => {
        heard[name].push(data.number);
        missed[name] += left;
        if (heard.moved.at(-1) === count - 1 && heard.line.at(-1) === count - 1) done();
      });
    });
    await pytron.ready;
    const flooded = pytron.flood(count);
    await new Promise((done) => setTimeout(done));
    const wait = new XMLHttpRequest();
    wait.open("GET", "flooded", false); // until then the page stands still, and reads nothing
    wait.send();
    await ended;
    const inPython = await flooded;
    const ordered = (numbers) => numbers.every((n, i) => i === 0 || numbers[i - 1] < n);
    report([
      heard.moved.length + missed.moved, heard.line.length + missed.line,
      ordered(heard.moved) && ordered(heard.line),
      missed.moved > 0 && missed.line > 0,
      missed.moved === inPython[0] && missed.line === inPython[1],
    ]);
    """
    assert run_app(page, FLOOD).reports == [[20_000, 20_000, True, True, True]]


ENDLESS = """
enough = threading.Event()

@app.on("enough")
def stop(event: pytron.Event) -> None:
    enough.set()

@app.expose
def pour() -> int:
    number = 0
    while not enough.is_set():
        app.emit("number", number)
        number += 1
    return number
"""


def test_a_page_draws_while_events_come_without_end(run_app: RunApp, view: View) -> None:
    """Events that went before drawing would leave it no frame, and Python would never stop."""
    if view is HEADLESS:
        pytest.skip("a page that Node runs draws nothing")
    page = """
    let heard = 0;
    let ordered = true;
    pytron.on("number", (number) => { ordered &&= number === heard; heard++; });
    await pytron.ready;
    const poured = pytron.pour();
    await new Promise((done) => {
      let before = 0;
      let frames = 0;
      const draw = () => {
        if (heard > before) frames++; // one with events behind it
        before = heard;
        if (frames === 60) done();
        else requestAnimationFrame(draw);
      };
      requestAnimationFrame(draw);
    });
    pytron.emit("enough");
    report([(await poured) === heard, ordered]);
    """
    assert run_app(page, ENDLESS, deadline_s=120).reports == [[True, True]]


TWO = """
app = App("Test", frontend="page", ephemeral=True)

@app.expose
def second() -> None:
    app.open_window("second", url="other.html")

heard = []
@app.on("note.*")
def note(event: pytron.Event) -> None:
    heard.append([event.name, event.data, event.window])
    if len(heard) == 2:
        app.emit("heard", heard)
"""

OTHER = """<!doctype html><script type="module">
import pytron from "/_pytron/client.js";
pytron.on("ask.*", (data, name) => pytron.emit("answer", [name, data, pytron.window.label], { to: "main" }));
await pytron.ready;
pytron.emit("there", null, { to: "*" });
</script>"""


def test_windows_speak_to_each_other_and_python_hears_by_wildcard(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    const there = event("there");
    await pytron.second();
    await there;
    const answer = event("answer");
    pytron.emit("ask.colour", { bytes: 3 }, { to: "second" });
    report(await answer);
    const heard = event("heard");
    pytron.emit("note.added", 1);
    pytron.emit("note.removed", 2);
    pytron.emit("notes", 3);
    report((await heard).sort());
    """
    reports = run_app(page, TWO, files={"page/other.html": OTHER}).reports
    assert reports == [
        ["ask.colour", {"bytes": 3}, "second"],
        [["note.added", 1, "main"], ["note.removed", 2, "main"]],
    ]
