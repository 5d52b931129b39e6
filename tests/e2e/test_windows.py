"""Windows for real: several of them, their properties, and their end."""

from __future__ import annotations

from e2e.driver import RunApp

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
