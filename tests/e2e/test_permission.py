"""A foreign page in a window of the app: shown from a real server, and held to its grants."""

from __future__ import annotations

from e2e.driver import RunApp

APP = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from pytron import bundled

FOLDER = Path(__file__).parent
app = App("Test", frontend="page", ephemeral=True)
app.state.secret = "S"
heard = []

class Foreign(BaseHTTPRequestHandler):
    def do_GET(self):
        script = self.path == "/client.js"
        body = bundled.client() if script else (FOLDER / "foreign.html").read_bytes()
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if script else "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
origin = f"http://127.0.0.1:{server.server_port}"

@app.on_start
def serve():
    threading.Thread(target=server.serve_forever, daemon=True).start()

@app.on_stop
def stop():
    server.shutdown()
    server.server_close()

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose
def size(data: bytes) -> int:
    return len(data)

@app.on("saved")
def saved(event):
    heard.append(event.data)

@app.expose(name="heard")
def told() -> list:
    return list(heard)

@app.asset("picture")
def picture() -> str:
    return "a picture"

@app.expose
def open_foreign(allow: list[str] | None) -> None:
    app.open_window("foreign", url=origin + "/", trust=True, allow=allow)

@app.expose
def open_untrusted() -> str:
    try:
        app.open_window("untrusted", url=origin + "/")
    except pytron.ConfigError as error:
        return str(error).replace(origin, "ORIGIN")
    return "opened"
"""

#: What the foreign page tries. It can report only what it was let do, so it tells its own server.
FOREIGN = """<!doctype html><meta charset="utf-8"><title>foreign</title>
<script type="module">
import pytron, { api } from "/client.js";
const tried = async (work) => { try { return await work(); } catch (error) { return error.code ?? String(error); } };
const found = {};
found.ready = await tried(async () => { await pytron.ready; return "ready"; });
found.call = await tried(() => api.add(1, 2));
found.bytes = await tried(() => api.size(new Uint8Array(100_000)));
found.read = pytron.state.secret ?? null;
found.write = await tried(async () => { await pytron.update((state) => { state.secret = "X"; }); return "written"; });
pytron.emit("saved", "from the foreign page");
found.asset = await tried(async () => (await fetch(window.__pytron__.origin + "/picture")).text());
await tried(() => api.add(1, 2)); // what was emitted has been taken up
const image = new Image();
image.src = "/tried?" + encodeURIComponent(JSON.stringify(found));
</script>
"""

#: The server hears what the foreign page found, whatever that page may do in the app.
HEARING = """
arrived = threading.Event()
tried = []

def hear(self, show=Foreign.do_GET):
    from urllib.parse import unquote, urlsplit
    parts = urlsplit(self.path)
    if parts.path == "/tried":
        tried.append(json.loads(unquote(parts.query)))
        arrived.set()
    show(self)

Foreign.do_GET = hear

@app.expose
def wait_for_foreign() -> dict:
    assert arrived.wait(15)
    return tried[0]
"""

MAIN = """
await pytron.ready;
await pytron.open_foreign(%s);
report(await pytron.wait_for_foreign());
report(await pytron.heard());
report(pytron.state.secret);
"""


def test_foreign_page_can_neither_call_read_nor_emit_without_a_grant(run_app: RunApp) -> None:
    run = run_app(MAIN % "null", APP + HEARING, files={"foreign.html": FOREIGN})
    found, heard, secret = run.reports
    assert found["ready"] == "ready"  # there is a bridge: what follows is refused, not absent
    assert found["call"] == found["bytes"] == found["write"] == "not_allowed"
    assert found["read"] is None
    assert found["asset"] != "a picture"
    assert heard == []
    assert secret == "S"
    assert "window 'foreign' may not call 'add'; to allow it, open the window with" in run.log


def test_foreign_page_can_do_what_it_is_granted(run_app: RunApp) -> None:
    grants = '["add", "size", "state", "events:saved", "assets"]'
    run = run_app(MAIN % grants, APP + HEARING, files={"foreign.html": FOREIGN})
    found, heard, secret = run.reports
    assert found == {
        "ready": "ready",
        "call": 3,
        "bytes": 100_000,
        "read": "S",
        "write": "written",
        "asset": "a picture",
    }
    assert heard == ["from the foreign page"]
    assert secret == "X"


def test_foreign_page_is_not_shown_without_trust(run_app: RunApp) -> None:
    run = run_app("report(await pytron.open_untrusted());", APP, files={"foreign.html": FOREIGN})
    assert run.reports[0].startswith("ORIGIN/ is no page of this app; give trust=True")
