"""What the bridge's own tests leave out, in every way to show an app: windows, assets, permission."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
import threading, time
app = App("Test", frontend="page", ephemeral=True)
closed = threading.Event()
app.on("window.closed", lambda event: closed.set())

@app.expose
def open_second() -> None:
    app.open_window("second", url="/second.html")

@app.expose
def close(label: str) -> bool:
    app.window(label).close()
    return closed.wait(60)

@app.expose
def labels() -> list:
    return [window.label for window in app.windows]

@app.expose
async def url() -> str:
    return await pytron.current().window.url()

@app.expose
async def width() -> float:
    return (await pytron.current().window.bounds())["width"]

@app.expose(windows=["second"])
def only_second() -> str:
    return pytron.current().window.label

@app.expose
def mine(text: str) -> None:
    pytron.current().window.state.text = text

@app.expose
def reload() -> None:
    pytron.current().window.reload()

@app.expose
def go(path: str) -> None:
    pytron.current().window.navigate(path)

@app.asset("numbers/{count}")
def numbers(count: int):
    def pieces():
        for number in range(count):
            yield b"%08d" % number
    return pieces()

@app.asset("whole")
def whole() -> bytes:
    return bytes(range(256)) * 100

@app.expose
def publish() -> str:
    return app.assets.publish(b"published", "text/plain")
"""

SECOND = """<!doctype html><meta charset="utf-8"><title>second</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
const label = await pytron.only_second();
pytron.on("poke", (data) => { pytron.state.count = data; pytron.emit("poked", label, { to: "main" }); });
pytron.emit("there", null, { to: "main" });
</script>"""


def test_two_windows_share_state_talk_and_close(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    const there = event("there");
    await pytron.open_second();
    await there;
    report((await pytron.labels()).sort());
    const changed = new Promise((done) => pytron.subscribe("count", done));
    const poked = event("poked");
    pytron.emit("poke", 42, { to: "second" });
    report([await changed, await poked]);
    report((await failure(pytron.only_second())).code);
    report(await pytron.close("second"));
    report(await pytron.labels());
    """
    reports = run_app(page, PYTHON, files={"page/second.html": SECOND}, deadline_s=90).reports
    expected = [["main", "second"], [42, "second"], "not_allowed", True, ["main"]]
    assert reports == expected


def test_assets_of_every_kind_are_served(run_app: RunApp) -> None:
    page = """
    const text = async (path, options) => (await fetch(path, options)).text();
    const numbers = await text("/numbers/20000");
    report([numbers.length, numbers.slice(-8)]);
    const part = await fetch("/whole", { headers: { range: "bytes=254-257" } });
    report([part.status, [...new Uint8Array(await part.arrayBuffer())]]);
    report(await text(await pytron.publish()));
    report((await fetch("/none.txt")).status);
    report(await text("/file.txt"));
    """
    files = {"page/file.txt": "of the frontend"}
    reports = run_app(page, PYTHON, files=files).reports
    assert reports == [
        [160000, "00019999"],
        [206, [254, 255, 0, 1]],
        "published",
        404,
        "of the frontend",
    ]


def test_a_window_keeps_its_state_when_python_reloads_it(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    if (!pytron.window.state.text) {
      await pytron.mine("kept");
      void pytron.reload();
      await new Promise(() => {});
    }
    report(pytron.window.state.text);
    """
    assert run_app(page, PYTHON).reports == ["kept"]


def test_python_shows_another_page_and_knows_where_it_is(run_app: RunApp) -> None:
    other = """<!doctype html><meta charset="utf-8"><script type="module">
    import pytron from "/_pytron/client.js";
    await pytron.report([new URL(await pytron.url()).pathname, (await pytron.width()) > 0]);
    pytron.finish();
    </script>"""
    page = 'await pytron.go("/other.html"); await new Promise(() => {});'
    reports = run_app(page, PYTHON, files={"page/other.html": other}, finish=False).reports
    assert reports == [["/other.html", True]]
