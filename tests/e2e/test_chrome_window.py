"""Windows of the chrome engine: what is dragged, foreign frames, developer tools, and root's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.test_dialogs import PRESS
from e2e.test_drops import WINDOWS

from tools.dev.electron import FOLDER, PROGRAM

#: While files are dragged Electron reads nothing from its kit, so a thread of Python's is the hand.
HAND = (
    WINDOWS
    + """
from threading import Event, Thread

begun, over = Event(), Event()
app.on("files.dropped", lambda event: over.set())

@app.expose
def pressed() -> None:
    begun.set()

def hand() -> None:
    while not over.is_set():
        begun.clear()
        hold()
        # A press that is not heard ends a drag that began too late, and is made again.
        if begun.wait(5):
            for step in range(30):
                move(100 + step, 120)
            move(150, 130)
        release()
        over.wait(5)

@app.expose
def begin() -> None:
    Thread(target=hand, daemon=True).start()
"""
)


def test_files_are_carried_to_another_window_with_their_paths(
    run_app: RunApp, tmp_path: Path
) -> None:
    note, folder = tmp_path / "a note ü.txt", tmp_path / "folder"
    note.write_text("four", "utf-8")
    folder.mkdir()
    page = f"""
    await pytron.ready;
    if (pytron.window.label === "target") {{
      document.body.innerHTML = "<div id=box style='position:fixed;inset:0'><p style='margin:0;height:100%'>here</p></div>";
      let hovered = false;
      pytron.on("files.over", ({{ inside }}) => {{ hovered ||= inside; }});
      pytron.on("files.dropped", async (drop) => {{
        await pytron.report({{ page: drop.files.map((file) => file.path), element: drop.element, x: drop.x, y: drop.y, hovered }});
        pytron.emit("done", null, {{ to: "main" }});
      }});
      pytron.emit("there", null, {{ to: "main" }});
      await new Promise(() => {{}});
    }}
    const there = event("there");
    await pytron.open_target();
    await there;
    const done = event("done");
    addEventListener("pointerdown", () => {{
      pytron.services.windows.carry([{str(note)!r}, {str(folder)!r}]);
      pytron.pressed();
    }});
    await pytron.begin();
    await done;
    """
    reports = run_app(page, HAND).reports
    python = next(one for one in reports if "python" in one)
    shown = next(one for one in reports if "page" in one)
    assert [path for path, *_ in python["python"]] == [str(note), str(folder)]
    assert (python["element"], python["window"]) == ("box", "target")
    assert shown["page"] == [str(note), str(folder)]
    assert (shown["element"], shown["hovered"]) == ("box", True)
    assert abs(shown["x"] - 150) <= 2
    assert abs(shown["y"] - 130) <= 2


def test_a_foreign_frame_loads_nothing_even_without_a_policy(run_app: RunApp) -> None:
    python = """
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

app = App("Test", frontend="page", ephemeral=True, csp=False)
asked = []

class Foreign(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<h1>foreign</h1>")

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Foreign)
Thread(target=server.serve_forever, daemon=True).start()

@app.expose
def foreign() -> str:
    return f"http://127.0.0.1:{server.server_port}"

@app.expose
def seen() -> list:
    return asked
"""
    page = """
    const url = await pytron.foreign();
    const frame = document.createElement("iframe");
    const loaded = new Promise((done) => { frame.onload = done; });
    frame.src = `${url}/frame`;
    document.body.append(frame);
    await loaded;
    await fetch(`${url}/other`, { mode: "no-cors" });
    report(await pytron.seen());
    """
    assert run_app(page, python).reports == [["/other"]]


def test_developer_tools_open_beside_the_page_until_they_are_forbidden(run_app: RunApp) -> None:
    python = (
        'app = App("Test", frontend="page", ephemeral=True, devtools=True, width=900)'
        + PRESS
        + """
@app.expose
def activate() -> None:
    (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", "^Test$")
    xdotool("windowactivate", "--sync", window)

@app.expose
def f12() -> None:
    xdotool("key", "F12")

@app.expose
def forbid() -> None:
    app.window().set(devtools=False)
"""
    )
    page = """
    const whole = innerWidth;
    const resized = (wanted) => new Promise((done) => {
      const look = () => {
        if (innerWidth < whole !== wanted) return;
        removeEventListener("resize", look);
        done();
      };
      addEventListener("resize", look);
    });
    const focused = new Promise((done) => addEventListener("focus", done, { once: true }));
    await pytron.activate();
    if (!document.hasFocus()) await focused; // a key that comes earlier is lost
    const opened = resized(true);
    await pytron.f12();
    await opened;
    const closed = resized(false);
    await pytron.forbid();
    await closed;
    """
    assert run_app(page, python).reports == []


def test_printing_where_no_printer_is_says_what_to_do(run_app: RunApp, tmp_path: Path) -> None:
    page = """
    report((await pytron.services.can("windows.print")).possible);
    report(await failure(pytron.services.windows.print()));
    """
    environment = {"CUPS_SERVER": str(tmp_path / "nothing listens here")}
    possible, refused = run_app(page, environment=environment).reports
    assert possible is True  # what is named as the printers' server is not tried beforehand
    assert refused["code"] == "unsupported"
    assert "add a printer" in refused["message"]


@pytest.mark.skipif(os.geteuid() != 0 or not PROGRAM.is_file(), reason="needs root and Electron")
def test_root_runs_it_without_the_sandbox_when_told_to(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        "from pytron import App\n"
        "app = App('Root', frontend='page', ephemeral=True, engine='chrome')\n"
        "@app.expose\ndef look(kind: str) -> None:\n    print(kind)\n    app.quit()\n"
        "raise SystemExit(app.run())\n",
        "utf-8",
    )
    (tmp_path / "page").mkdir()
    page = """<!doctype html><script type="module">
    import pytron from "/_pytron/client.js";
    pytron.look(typeof require + typeof process);
    </script>"""
    (tmp_path / "page" / "index.html").write_text(page, "utf-8")
    environment = {**os.environ, "PYTRON_ELECTRON_PATH": str(FOLDER)}
    command = [sys.executable, str(app)]

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip

    refused = run()
    assert "run the app as an ordinary user" in refused.stderr
    done = run(PYTRON_ELECTRON_SANDBOX="0")
    assert done.stdout == "undefinedundefined\n", done.stderr
