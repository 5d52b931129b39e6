"""Windows for real: several of them, their properties, and their end."""

from __future__ import annotations

import sys

import pytest
from e2e.driver import RunApp
from e2e.test_dialogs import PRESS

TWO = """
import threading
app = App("Test", state={"count": 0}, frontend="page", ephemeral=True)
closed = threading.Event()

@app.expose
def open_second() -> None:
    window = app.open_window("second", url="/second.html", title="Second", width=400, height=300)
    window.on("closed")(lambda event: closed.set())

@app.expose
async def bounds(label: str) -> dict:
    return dict(await app.window(label).bounds())

@app.expose
async def status(label: str) -> dict:
    return await app.window(label).status()

@app.expose
def command(label: str, options: dict) -> None:
    app.window(label).set(**options)

@app.expose
def close(label: str) -> bool:
    app.window(label).close()
    return closed.wait(10)

@app.expose
def labels() -> list:
    return [window.label for window in app.windows]
"""

SECOND = """<!doctype html><meta charset="utf-8"><title>second</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
pytron.on("poke", (data) => { pytron.state.count = data; pytron.emit("poked", { label: pytron.window.label }, { to: "main" }); });
pytron.emit("second is there", null, { to: "main" });
</script>"""


def test_two_windows_share_state_and_talk(run_app: RunApp) -> None:
    page = """
    const there = event("second is there");
    await pytron.open_second();
    await there;
    report(await pytron.labels());
    const changed = new Promise((done) => pytron.subscribe("count", done));
    const poked = event("poked");
    pytron.emit("poke", 42, { to: "second" });
    report([await changed, await poked]);
    report(await pytron.close("second"));
    report(await pytron.labels());
    """
    reports = run_app(page, TWO, files={"page/second.html": SECOND}).reports
    assert reports == [["main", "second"], [42, {"label": "second"}], True, ["main"]]


def test_size_title_and_position_can_be_changed(run_app: RunApp) -> None:
    page = """
    const resized = new Promise((done) => addEventListener("resize", done, { once: true }));
    await pytron.command("main", { title: "New", width: 500, height: 320, x: 30, y: 40 });
    await resized;
    const { width, height } = await pytron.bounds("main");
    report([width, height, innerWidth, innerHeight]);
    """
    assert run_app(page, TWO).reports == [[500, 320, 500, 320]]


#: What the user sees of it: the host tells how it stands, xprop follows what the desktop is told.
STANDING = (
    PRESS
    + """
told = threading.Condition()
happened = {}

@app.on("window.state")
@app.on("window.resized")
@app.on("window.moved")
@app.on("window.focused")
def tell(event) -> None:
    with told:
        if event.window == "main":
            happened.update(event.data)
            told.notify_all()

@app.expose
def becomes(options: dict, wanted: dict) -> bool:
    app.window("main").set(**options)
    with told:
        return told.wait_for(lambda: wanted.items() <= happened.items(), 50)

@app.expose
def cover() -> None:
    app.open_window("other", title="Other", url="/other.html")
    xdotool("windowactivate", "--sync", *xdotool("search", "--sync", "--onlyvisible", "--name", "^Other$"))

@app.expose
def focus() -> None:
    app.window("main").focus()

@app.expose
def attention() -> None:
    app.window("main").attention().result(timeout_s=50)

@app.expose
def shows(property: str, word: str, wanted: bool) -> bool:
    (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", "^Test$")
    command = ["xprop", "-spy", "-id", window, property]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as spy:
        timer = threading.Timer(50, spy.kill)
        timer.start()
        found = False
        for line in spy.stdout:
            found = word in line
            if found is wanted:
                break
        timer.cancel()
        spy.kill()
        return found is wanted
"""
)


@pytest.mark.skipif(sys.platform != "linux", reason="asks X11 what it was told")
def test_a_window_stands_as_it_is_told(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    const states = [
      [{ maximized: true }, { maximized: true }],
      [{ maximized: false }, { maximized: false }],
      [{ fullscreen: true }, { fullscreen: true }],
      [{ fullscreen: false }, { fullscreen: false }],
      [{ minimized: true }, { minimized: true }],
      [{ minimized: false }, { minimized: false }],
      [{ visible: false }, { visible: false }],
      [{ visible: true }, { visible: true }],
      [{ width: 410, height: 330 }, { width: 410, height: 330 }],
      [{ min_width: 350, min_height: 250, max_width: 450, max_height: 350 }, {}],
      [{ resizable: false }, {}],
      [{ resizable: true }, {}],
      [{ width: 200, height: 200 }, { width: 350, height: 250 }],
      [{ width: 600, height: 600 }, { width: 450, height: 350 }],
      [{ min_width: null, min_height: null, max_width: null, max_height: null }, {}],
      [{ width: 640, height: 480 }, { width: 640, height: 480 }],
    ];
    for (const [options, wanted] of states)
      if (!(await pytron.becomes(options, wanted))) report([options, await pytron.status("main"), await pytron.bounds("main")]);
    const above = ["_NET_WM_STATE", "_NET_WM_STATE_ABOVE"];
    await pytron.becomes({ always_on_top: true }, {});
    report(await pytron.shows(...above, true));
    await pytron.becomes({ always_on_top: false }, {});
    report(await pytron.shows(...above, false));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const darkened = new Promise((done) => dark.addEventListener("change", done, { once: true }));
    await pytron.becomes({ theme: dark.matches ? "light" : "dark" }, {});
    await darkened;
    await pytron.focus();
    report(await pytron.becomes({}, { focused: true }));
    await pytron.cover();
    report(await pytron.becomes({}, { focused: false }));
    await pytron.attention();
    report(await pytron.shows("_NET_WM_STATE", "DEMANDS_ATTENTION", true));
    await pytron.focus();
    report(await pytron.becomes({}, { focused: true }));
    """
    other = "<!doctype html><title>other</title>"
    files = {"page/other.html": other}
    assert run_app(page, TWO + STANDING, files=files, deadline_s=120).reports == [True] * 6


def test_an_unknown_option_names_the_right_one(run_app: RunApp) -> None:
    page = """
    report((await failure(pytron.command("main", { titel: "x" }))).message);
    report((await failure(pytron.command("other", { title: "x" }))).message);
    """
    first, second = run_app(page, TWO).reports
    assert "title" in first
    assert "'main'" in second


def test_closing_can_be_prevented_and_the_last_close_ends_the_app(run_app: RunApp) -> None:
    python = """
    tries = []
    app = App("Test", frontend="page", ephemeral=True)

    @app.on("window.closing")
    async def closing(event):
        tries.append(event.window)
        report(["closing", len(tries)])
        if len(tries) == 1:
            event.prevent()

    @app.on("window.closed")
    def closed(event):
        report("closed")

    @app.expose
    def close() -> int:
        app.window("main").close()
        return len(tries)
    """
    page = """
    // While handlers are still being asked, a further close is none of its own.
    while ((await pytron.close()) < 2);
    """
    reports = run_app(page, python, finish=False).reports
    assert reports == [["closing", 1], ["closing", 2], "closed"]
