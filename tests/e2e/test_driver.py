"""The driver of `pytron.testing` in real windows."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import ExitStack
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

import pytest
from e2e.stranger import lets_strangers_in
from e2e.views import View
from pytron.testing import DrivenApp, DrivenWindow
from pytron.testing.driver import DriveError

APP = """
import pytron
from pytron import App, PytronError

app = App("Driven", state={"count": 0}, frontend="page", width=640, height=480, ephemeral=True)


@app.expose
def add(a: int, b: int) -> int:
    return a + b


@app.expose
def fail() -> None:
    raise PytronError("no more paper", code="no_paper")


@app.expose
def open_second() -> None:
    app.open_window("second", url="/second.html")


@app.expose
def leave() -> None:
    app.quit(7)


print("written by the app", flush=True)
if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Driven</title>
<style>.cover { position: fixed; inset: 0; background: #fffc; } .far { margin-top: 2000px; }</style>
<form id="form">
  <label>First <input id="a" type="number" value="1"></label>
  <label>Second <input id="b" type="number" value="2"></label>
  <button>Add</button>
  <output id="sum"></output>
</form>
<label for="name">Name</label> <input id="name" maxlength="8" placeholder="Who are you?">
<textarea aria-label="Notes"></textarea>
<label><input type="checkbox" id="agree"> I agree</label>
<button id="go" disabled>Go on</button>
<select aria-label="Colour"><option value="r">Red</option><option value="g">Green</option></select>
<ul id="list"><li>One <b>thing</b></li><li>Two things</li></ul>
<p id="seen" data-testid="seen"></p>
<button id="late" hidden>Late</button>
<button id="covered">Covered</button><div inert><button id="drawn">Only drawn</button></div>
<button id="twice">Twice</button><button>Same</button><button>Same</button>
<p id="keys"></p>
<button id="far" class="far">Far away</button>
<script type="module">
import pytron from "/_pytron/client.js";
const at = (id) => document.getElementById(id);
at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("sum").textContent = await pytron.add(at("a").valueAsNumber, at("b").valueAsNumber);
});
at("agree").addEventListener("change", () => { at("go").disabled = !at("agree").checked; });
at("go").addEventListener("click", () => { at("seen").textContent = "gone on"; });
at("late").addEventListener("click", () => { at("seen").textContent = "late"; });
at("far").addEventListener("click", () => { at("seen").textContent = "far"; });
at("covered").addEventListener("click", () => { at("seen").textContent = "through"; });
at("twice").addEventListener("dblclick", () => { at("seen").textContent = "twice"; });
at("name").addEventListener("input", () => { at("seen").textContent = at("name").value; });
addEventListener("keydown", (event) => {
  at("keys").textContent += `${event.ctrlKey ? "^" : ""}${event.key} `;
});
pytron.on("cover", () => { document.body.append(Object.assign(document.createElement("div"), { className: "cover", id: "cover" })); });
pytron.on("uncover", () => at("cover").remove());
pytron.on("show", () => { at("late").hidden = false; });
pytron.on("leave", () => { location.href = "/second.html"; });
</script>
"""
SECOND = """<!doctype html><meta charset="utf-8"><title>Second</title><h1>Second page</h1>
<script type="module">import pytron from "/_pytron/client.js"; await pytron.ready;
pytron.emit("arrived", { at: "second" });</script>"""

SNIPPETS = Path(__file__).parents[2] / "docs" / "snippets"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("driven") / "app"
    (folder / "page").mkdir(parents=True)
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "page" / "index.html").write_text(PAGE, "utf-8")
    (folder / "page" / "second.html").write_text(SECOND, "utf-8")
    return folder


@pytest.fixture
def drive(folder: Path, view: View) -> Generator[Callable[..., DrivenApp]]:
    """Starts the app in a view; it ends with the test."""
    with ExitStack() as stack:
        given = stack.enter_context(view.surroundings())
        launcher = view.command((), folder)
        if launcher:
            stack.enter_context(lets_strangers_in(Path(get_temp_dir())))

        def start(**options: Any) -> DrivenApp:
            kept = {"PYTRON_DATA_FOLDER": str(folder / "kept")}  # where the ordinary user may write
            environment = {**view.environment, **given, **kept}
            options = {"environment": environment, "launcher": launcher, "timeout_s": 60} | options
            return stack.enter_context(DrivenApp("app.py", folder=folder, **options))

        yield start


@pytest.fixture
def app(drive: Callable[..., DrivenApp]) -> DrivenApp:
    return drive()


@pytest.fixture
def window(app: DrivenApp) -> DrivenWindow:
    return app.window()


def test_form_is_filled_and_sent(window: DrivenWindow) -> None:
    window.by_label("First").fill("20")
    window.by_label("Second").fill("22")
    with window.expect_call("add") as call:
        window.by_role("button", "Add").click()
    assert (call.arguments, call.value, call.error) == ([20, 22], 42, None)
    window.by_role("status").expect_text("42")
    window.by_label("Second").fill("0")
    window.by_label("Second").press("Enter")
    window.css("#sum").expect_text("20")
    assert window.title == "Driven"


def test_typing_and_keys(window: DrivenWindow) -> None:
    name = window.by_placeholder("Who are you?")
    name.type("Ann")
    name.expect_value("Ann")
    name.press("Backspace")
    name.type("na Maria Luise")
    name.expect_value("Anna Mar")  # its maxlength
    window.by_test_id("seen").expect_text("Anna Mar")
    name.press("Control+a")
    window.type("Bo")
    name.expect_value("Bo")
    window.press("Tab")
    window.by_label("Notes").expect_focused()
    window.type("one\ntwo")
    window.by_label("Notes").expect_value("one\ntwo")
    window.css("#keys").expect_to_hold("^a B o Tab o n e Enter t")


def test_boxes_choices_and_lists(window: DrivenWindow) -> None:
    window.by_role("button", "Go on").expect_disabled()
    window.by_label("I agree").check()
    window.by_label("I agree").expect_checked()
    window.by_role("button", "Go on").click()
    window.by_test_id("seen").expect_text("gone on")
    window.by_label("I agree").uncheck()
    window.by_role("button", "Go on").expect_disabled()
    window.by_label("Colour").select("Green")
    window.by_label("Colour").expect_value("g")
    items = window.css("#list").by_role("listitem")
    items.expect_count(2)
    assert items.texts() == ["One thing", "Two things"]
    assert items.nth(-1).text() == "Two things"
    assert window.by_text("thing", exact=True).count() == 1
    assert window.css("#twice").attribute("id") == "twice"
    window.css("#twice").double_click()
    window.by_test_id("seen").expect_text("twice")


def test_it_waits_until_an_element_can_be_used(app: DrivenApp, window: DrivenWindow) -> None:
    window.by_label("First").expect_visible()
    app.emit("cover")
    window.css("#cover").expect_visible()
    app.emit("show")
    app.emit("uncover")
    window.by_role("button", "Late").click()
    window.by_test_id("seen").expect_text("late")
    window.by_role("button", "Far away").click()
    window.by_test_id("seen").expect_text("far")


def test_what_cannot_be_used_is_said_with_its_reason(app: DrivenApp, window: DrivenWindow) -> None:
    window.by_label("First").expect_visible()
    app.timeout_s = 1.0
    for use, reason in (
        (lambda: window.by_role("button", "Add it").click(), "no element matches role"),
        (lambda: window.by_role("button", "Same").click(), "2 elements match"),
        (lambda: window.css("#go").click(), "is disabled"),
        (lambda: window.css("#drawn").click(), "is disabled"),
        (lambda: window.css("#late").click(), "is not visible"),
        (lambda: window.css("#sum").expect_text("4"), 'is "", expected "4"'),
    ):
        with pytest.raises(DriveError, match=reason):
            use()
    app.timeout_s = 60.0
    app.emit("cover")
    window.css("#cover").expect_visible()
    app.timeout_s = 1.0
    with pytest.raises(DriveError, match=r"is covered by <div#cover\.cover>"):
        window.css("#covered").click()


def test_pages_change_under_it(app: DrivenApp, window: DrivenWindow) -> None:
    window.by_label("First").expect_visible()
    with window.expect_event("arrived") as event:
        app.emit("leave")
    assert event.value == {"at": "second"}
    window.by_role("heading", "Second page").expect_visible()
    assert window.url.endswith("/second.html")
    window.reload()
    window.by_role("heading").expect_text("Second page")


def test_windows_state_and_evaluation(app: DrivenApp, window: DrivenWindow) -> None:
    window.by_label("First").expect_visible()
    assert window.evaluate("document.querySelectorAll('option').length") == 2
    assert window.evaluate("Promise.resolve(argument.n * 2)", {"n": 21}) == 42
    with pytest.raises(DriveError, match="nothing_of_that_name"):
        window.evaluate("nothing_of_that_name")
    assert app.state == {"count": 0}
    window.evaluate("import('/_pytron/client.js').then((m) => m.default.open_second())")
    second = app.window("second")
    second.by_role("heading").expect_text("Second page")
    assert app.windows == ["main", "second"]
    second.close()
    window.by_label("First").expect_visible()


def test_picture_and_the_end(
    app: DrivenApp, window: DrivenWindow, folder: Path, view: View
) -> None:
    window.by_label("First").expect_visible()
    target = folder / "one.png"  # where the ordinary user may write
    if view.name == "server":
        with pytest.raises(DriveError, match="server engine has no screenshot"):
            window.screenshot(target)
    else:
        assert window.screenshot(target).read_bytes().startswith(b"\x89PNG")
        target.unlink()
    window.evaluate("void import('/_pytron/client.js').then((m) => m.default.leave())")
    assert app.wait() == 7
    assert "written by the app" in app.output
    with pytest.raises(DriveError, match="has ended with exit code 7"):
        window.by_label("First").click()


def test_only_chrome_has_a_debugger(drive: Callable[..., DrivenApp], view: View) -> None:
    app = drive(debugging=True)
    if view.name == "chrome":
        assert app.debugger.startswith("ws://127.0.0.1:")
        return
    with pytest.raises(DriveError, match="only the chrome engine has one"):
        assert app.debugger


def test_headless_has_no_page_to_drive(folder: Path) -> None:
    with pytest.raises(DriveError, match="TestClient"):
        DrivenApp("app.py", folder=folder, engine="headless")


def test_app_that_does_not_start_is_told_with_what_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("1 / 0\n", "utf-8")
    with pytest.raises(DriveError, match="ZeroDivisionError"), DrivenApp("app.py", folder=tmp_path):
        pass


def test_without_a_test_nothing_drives(folder: Path, tmp_path: Path) -> None:
    """The driver's part is not served to anybody when no test has started the app."""
    script = tmp_path / "look.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(folder)!r})
        from app import app
        from pytron.testing import TestClient
        with TestClient(app) as page:
            print(page.get("/_pytron/tools/driver.js").status, "pytron.development.driven" in sys.modules)
        """),
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[-1] == "404 False", done.stderr


PLUGIN_TEST = """
import pytest


def test_adds(app_window):
    app_window.by_role("button", "Add").click()
    app_window.by_role("status").expect_text("3")


def test_fails(app_window):
    app_window.by_label("First").expect_value("1")
    assert app_window.title == "Another"


@pytest.mark.pytron_app("app.py")
def test_marked(app_window):
    assert app_window.title == "Driven"
"""


def test_pytest_plugin(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "project")
    (tmp_path / "project" / "test_it.py").write_text(PLUGIN_TEST, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_it.py", "-rA"],
        cwd=tmp_path / "project",
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "written by the app" in done.stdout  # what the app wrote is in the report
    picture = tmp_path / "project" / "test-pictures" / "test_fails-default--main.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("folder", "file", "passed"),
    [("driven", "test_window.py", "1 passed"), ("tutorial", "tests/test_window.py", "2 passed")],
)
def test_sample_of_the_documentation(folder: str, file: str, passed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", file],
        cwd=SNIPPETS / folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert passed in done.stdout, done.stdout + done.stderr
