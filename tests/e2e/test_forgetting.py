"""What pages leave behind: by kinds, between starts, and nothing where it is to be nothing."""

from __future__ import annotations

import os
from pathlib import Path

from e2e.driver import RunApp

#: A page of the tests' own server keeps something of every kind, and says what it has found first.
SITE = """<!doctype html><title>site</title><script type="module">
const seen = {
  cookie: document.cookie,
  local: localStorage.kept ?? null,
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
  loaded: await (await fetch("/loaded")).text(),
};
document.cookie = "kept=WORD; max-age=3600";
localStorage.kept = "WORD";
await new Promise((done) => { indexedDB.open("WORD").onsuccess = done; });
await caches.open("WORD");
await fetch("/seen", { method: "POST", body: JSON.stringify(seen) });
</script>"""
WORD = "keptbythepage"
SERVER = f"""
import http.server, json, queue, threading

site = {SITE.replace("WORD", WORD)!r}
found, loads = queue.Queue(), []

class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def give(self, kind, body, *headers):
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/loaded":
            loads.append(self.path)
            body = str(len(loads)).encode()
            self.give("text/plain", body, ("Cache-Control", "max-age=3600"))
        else:
            self.give("text/html", site.encode(), ("Cache-Control", "no-store"))

    def do_POST(self):
        found.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.give("text/plain", b"")

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = "http://127.0.0.1:%s/" % server.server_port

@app.expose
def visit() -> dict:
    if "site" in [window.label for window in app.windows]:
        app.window("site").navigate(address)
    else:
        app.open_window("site", url=address, trust=True, allow=[])
    return found.get(timeout=60)

@app.expose
def forget(*kinds: str) -> None:
    app.window("main").clear_data(list(kinds)).result(60)
"""
FRESH = {"cookie": "", "local": None, "databases": [], "caches": []}
KEPT = {"cookie": f"kept={WORD}", "local": WORD, "databases": [WORD], "caches": [WORD]}


def at_home(home: Path) -> dict[str, str]:
    """The places where programs keep things, below one folder."""
    names = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    return {"HOME": str(home), "TMPDIR": str(home), **{name: str(home / name) for name in names}}


def test_each_kind_is_forgotten_alone(run_app: RunApp, tmp_path: Path) -> None:
    python = f"""
app = App("Test", app_id="dev.pytron.forgets", frontend="page")
{SERVER}
"""
    page = """
    for (const kinds of [[], [], ["cookies"], ["storage"], ["cache"]]) {
      if (kinds.length > 0) await pytron.forget(...kinds);
      report(await pytron.visit());
    }
    """
    environment = {"XDG_DATA_HOME": str(tmp_path / "data")}
    assert run_app(page, python, environment=environment).reports == [
        {**FRESH, "loaded": "1"},
        {**KEPT, "loaded": "1"},
        {**KEPT, "loaded": "1", "cookie": ""},
        {**FRESH, "loaded": "1", "cookie": KEPT["cookie"]},
        {**KEPT, "loaded": "2"},
    ]


STORES = f"""
const before = localStorage.kept ?? null;
localStorage.kept = "{WORD}";
await new Promise((done) => {{ indexedDB.open("{WORD}").onsuccess = done; }});
await (await caches.open("{WORD}")).put("https://kept.example/", new Response("{WORD}"));
report([before, (await pytron.visit()).local]);
"""


def left(home: Path) -> set[str]:
    """The files that hold what the page stored, or are called by it."""
    found = [Path(place, name) for place, _, names in os.walk(home) for name in names]
    return {str(path) for path in found if WORD.encode() in bytes(path) + path.read_bytes()}


def test_pages_keep_what_they_stored_for_the_next_start(run_app: RunApp, tmp_path: Path) -> None:
    python = f"""
app = App("Test", app_id="dev.pytron.keeps", frontend="page")
{SERVER}
"""
    environment = at_home(tmp_path / "home")
    assert run_app(STORES, python, environment=environment).reports == [[None, None]]
    assert run_app(STORES, python, environment=environment).reports == [[WORD, None]]
    assert left(tmp_path / "home")


def test_ephemeral_pages_leave_nothing_on_the_disk(run_app: RunApp, tmp_path: Path) -> None:
    python = f"""
app = App("Test", app_id="dev.pytron.keeps", frontend="page", ephemeral=True)
{SERVER}
"""
    environment = at_home(tmp_path / "home")
    for _ in range(2):
        assert run_app(STORES, python, environment=environment).reports == [[None, None]]
    assert left(tmp_path / "home") == set()
    assert list((tmp_path / "home").rglob("dev.pytron.keeps*")) == []
