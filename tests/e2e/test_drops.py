"""Files dragged out of one window and dropped on another, under a pointer that xdotool moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.test_dialogs import PRESS

#: The source is on the left, the target on the right. Each fills its window.
WINDOWS = (
    "import contextlib, functools\nfrom pathlib import Path\n"
    'app = App("Test", frontend="page", ephemeral=True, x=20, y=40, width=400, height=300)\n'
    + PRESS
    + """
@app.expose
def open_target() -> None:
    app.open_window("target", title="Target", url="/", x=600, y=40, width=400, height=300)

@app.on("files.dropped")
def dropped(event) -> None:
    files = [[str(file["path"]), file["name"], file["size"], file["folder"]] for file in event.data["files"]]
    report({"python": files, "element": event.data["element"], "window": event.window})

@functools.cache
def window_of(title):
    # Any window that ends while xdotool looks through all of them ends xdotool, too, and a drag
    # has some of its own.
    for _ in range(50):
        with contextlib.suppress(subprocess.CalledProcessError):
            (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", f"^{title}$")
            return window
    raise LookupError(title)

@app.expose
async def carry(paths: list[str]) -> None:
    await app.window("main").carry(paths)

@app.expose
def hold() -> None:
    # Press in the source and move: the page begins the drag.
    source = window_of("Test")
    xdotool("windowactivate", "--sync", source)
    xdotool("mousemove", "--window", source, "100", "100", "mousedown", "1")

@app.expose
def move(x: int, y: int) -> None:
    xdotool("mousemove", "--window", window_of("Target"), str(x), str(y))

@app.expose
def release() -> None:
    xdotool("mouseup", "1")
"""
)

PAGE = """
await pytron.ready;
if (pytron.window.label === "target") {
  document.body.innerHTML = "<div id=box style='position:fixed;inset:0'><p style='margin:0;height:100%'>here</p></div>";
  pytron.on("files.dropped", (drop) => pytron.report({ page: drop.files.map((file) => file.path), element: drop.element, x: drop.x, y: drop.y }).then(() => pytron.emit("done", null, { to: "main" })));
  const over = pytron.on("files.over", (place) => { if (place.inside) { over(); pytron.emit("over", null, { to: "main" }); } });
  pytron.emit("there", null, { to: "main" });
  await new Promise(() => {});
}
const there = event("there");
await pytron.open_target();
await there;
const done = event("done");
const over = event("over");
const carried = new Promise((begun, failed) => {
  addEventListener("pointerdown", () => CARRY(PATHS).then(begun, failed), { once: true });
});
await pytron.hold();
await carried;
let inside = false;
over.then(() => { inside = true; });
for (let step = 0; !inside; step++) await pytron.move(100 + (step % 20), 120);
await pytron.move(150, 130);
await pytron.release();
await done;
"""


@pytest.mark.parametrize("carry", ["pytron.services.windows.carry", "pytron.carry"])
def test_files_go_from_window_to_window(run_app: RunApp, tmp_path: Path, carry: str) -> None:
    note, folder = tmp_path / "a note ü.txt", tmp_path / "folder"
    note.write_text("four", "utf-8")
    folder.mkdir()
    page = PAGE.replace("CARRY", carry).replace("PATHS", repr([str(note), str(folder)]))
    reports = run_app(page, WINDOWS).reports
    python = next(one for one in reports if "python" in one)
    shown = next(one for one in reports if "page" in one)
    size = folder.stat().st_size
    assert python["python"] == [
        [str(note), note.name, 4, False],
        [str(folder), folder.name, size, True],
    ]
    assert (python["element"], python["window"]) == ("box", "target")
    assert shown["page"] == [str(note), str(folder)]
    assert shown["element"] == "box"
    assert abs(shown["x"] - 150) <= 2
    assert abs(shown["y"] - 130) <= 2


def test_a_drag_that_cannot_begin_says_why(run_app: RunApp) -> None:
    """Nobody holds a button, and two of three name no files."""
    page = """
    for (const paths of [[], ["/nowhere/note.txt"], ["/"]]) {
      await pytron.services.windows.carry(paths).catch(({ code, message }) => report([code, message]));
    }
    """
    python = 'app = App("Test", frontend="page", ephemeral=True)'
    empty, missing, idle = run_app(page, python).reports
    assert empty == ["invalid_arguments", "paths=[] must be a list of paths"]
    assert missing == ["invalid_arguments", "/nowhere/note.txt does not exist"]
    assert idle[0] == "unsupported"
    assert "no button is held" in idle[1]
