"""Projects of `pytron init`, as users get them: made, built, opened, and used by a script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

#: An app is started, loaded, used and ended within this.
_RUN_S = 90
#: The page's packages come over the network the first time.
_BUILD_S = 600

# Runs the app as its user does; the page's own controls are worked by the script below.
_RUN = """
import json, os, runpy, sys
from pytron import App

def run(app, original=App.run):
    @app.on("used")
    def used(event):
        app.window().screenshot(sys.argv[2]).result(20)
        print("@@" + json.dumps(event.data), flush=True)
        app.quit(0)

    @app.on("window.failed")
    @app.on("window.crashed")
    def broken(event):
        print(event, file=sys.stderr, flush=True)
        app.quit(1)

    return original(app)

App.run = run
os.chdir("/")  # it must not matter where an app is started
sys.path.insert(0, str(__import__("pathlib").Path(sys.argv[1]).parent))
runpy.run_path(sys.argv[1], run_name="__main__")
"""

# Every template has these controls; the framework behind them is its own affair.
_USE = """
import pytron from "/_pytron/client.js";
const until = (look) => new Promise((done) => {
  const again = () => { const found = look(); found ? done(found) : requestAnimationFrame(again); };
  again();
});
const at = (id) => document.getElementById(id);
const text = (id) => at(id).textContent.trim();
await pytron.ready;
const name = await until(() => at("name"));
// A page that was drawn beforehand comes alive a moment later.
await until(() => { at("more").click(); return text("count") !== "0"; });
await until(() => { at("reset").click(); return text("count") === "0"; });
await new Promise((done) => pytron.reset().then(done));
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(name, "Ada");
name.dispatchEvent(new Event("input", { bubbles: true }));
await new Promise(requestAnimationFrame); // some frameworks draw a moment later
document.querySelector("#greet button").click();
await until(() => text("answer") !== "" && at("events").children.length === 1);
at("more").click();
await until(() => text("count") === "1");
at("more").click();
await until(() => text("count") === "2");
const counted = pytron.state.count;
at("reset").click();
await until(() => text("count") === "0");
pytron.emit("used", {
  answer: text("answer"), event: at("events").children[0].textContent, counted,
  title: document.querySelector("h1").textContent, text: document.body.innerText,
});
"""


def make(folder: Path, template: str, name: str = "my first app", *options: str) -> Path:
    """A new project, made by the command."""
    pytron(folder, "init", name, "--template", template, *options)
    return folder / name


def pytron(folder: Path, *words: str, deadline_s: float = 60) -> str:
    """Run the `pytron` command in a folder; what it wrote."""
    return finished([sys.executable, "-m", "pytron", *words], folder, deadline_s)


def build(project: Path) -> None:
    """Install the page's packages and build it."""
    pytron(project, "build", "--install", deadline_s=_BUILD_S)


def use(project: Path, page: Path, picture: Path) -> Any:
    """Open the app in a real window, work its controls, and give what the page showed."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        pytest.fail("windows need a display: run the tests through dev.py, which starts one")
    document = page / "index.html"
    (page / "use.js").write_text(_USE, "utf-8")
    whole = document.read_text("utf-8")
    script = '<script type="module" src="/use.js"></script></body>'
    document.write_text(whole.replace("</body>", script), "utf-8")
    command = [sys.executable, "-c", _RUN, str(project / "app.py"), str(picture)]
    output = finished(command, project, _RUN_S)
    document.write_text(whole, "utf-8")
    (line,) = [line for line in output.splitlines() if line.startswith("@@")]
    return json.loads(line[2:])


def finished(command: list[str], folder: Path, deadline_s: float) -> str:
    """Run a program to its good end; what it wrote."""
    env = {**os.environ, "NO_AT_BRIDGE": "1", "PYTHONFAULTHANDLER": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=deadline_s,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
