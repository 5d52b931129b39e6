"""`pytron dev`: the app starts anew under a window that lives on."""

from __future__ import annotations

import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from e2e.developing import DEADLINE_S, Development
from e2e.views import CHROME, NATIVE, View
from playwright.sync_api import Browser

APP = """
from pytron import App
app = App("Dev", frontend="page", ephemeral=True)

@app.expose
def bump() -> str:
    app.state.n = getattr(app.state, "n", 0) + 1
    return "first"

@app.expose
def tell(text: str) -> None:
    print("page:", text, flush=True)

@app.expose
async def hang() -> None:
    import asyncio
    await asyncio.Event().wait()

@app.expose
def leave() -> None:
    app.quit(7)

if __name__ == "__main__":
    raise SystemExit(app.run())
"""

PAGE = """<!doctype html><meta charset="utf-8"><body style="height: 4000px">
<script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
scrollTo(0, 700);
const seen = [];
const watch = async () => {
  try { await pytron.hang(); } catch (error) { seen.push(error.code); watch(); }
};
watch();
let last;
for (;;) {
  let answer;
  try { answer = await pytron.bump(); } catch { continue; }
  if (answer === "leave") pytron.leave();
  if (answer !== last) {
    const first = last === undefined;
    last = answer;
    const fault = document.querySelector("pytron-fault") !== null;
    const n = first ? "" : String(pytron.state.n > window.before);
    await pytron.tell([answer, scrollY, seen.splice(0), fault, n].join(" "));
  }
  window.before = pytron.state.n;
  await new Promise((done) => setTimeout(done, 5));
}
</script>
"""


#: One whose pages have sockets of their own, one without, and one in which windows are Electron's.
VIEWS = [view for view in (*NATIVE, *CHROME) if view.name in ("extension", "reply", "chrome")]


@pytest.fixture(params=VIEWS, ids=lambda view: view.name)
def dev(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Development]:
    files = {"app.py": APP, "page/index.html": PAGE}
    with Development(tmp_path / "project", files, view=request.param) as made:
        yield made


def test_new_code_answers_under_the_living_window(dev: Development) -> None:
    assert "first 700  false" in dev.line("page:")
    dev.change('"first"', '"second"')
    # The page is the same document where it was scrolled to, its call was rejected, and the state
    # went on counting.
    assert "second 700 restarted false true" in dev.line("page: second")


SHORT = """<!doctype html><script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
const before = pytron.state.n ?? 0;
await pytron.bump();
await pytron.tell(`one after ${before}`);
</script>
"""


@pytest.mark.parametrize("shown", VIEWS, ids=lambda view: view.name)
def test_a_saved_page_is_loaded_anew_and_python_goes_on(shown: View, tmp_path: Path) -> None:
    files = {"app.py": APP, "page/index.html": SHORT}
    with Development(tmp_path / "project", files, view=shown) as dev:
        dev.line("page: one after 0")
        dev.change("`one", "`two", "page/index.html")
        dev.line("page: two after 1")


def test_a_saved_page_is_loaded_anew_in_tabs(browser: Browser, tmp_path: Path) -> None:
    files = {"app.py": APP, "page/index.html": SHORT}
    with Development(tmp_path / "project", files, "--engine", "server") as dev:
        tab = browser.new_page()
        tab.goto(dev.line("open the page in a browser: ").rpartition(" ")[2])
        dev.line("page: one after 0")
        dev.change("`one", "`two", "page/index.html")
        dev.line("page: two after 1")
        tab.close()


def test_types_that_are_there_follow_python(tmp_path: Path) -> None:
    files = {"app.py": APP, "page/index.html": PAGE, "pytron.d.ts": ""}
    with Development(tmp_path / "project", files, view=VIEWS[0]) as dev:
        dev.line("wrote", "pytron.d.ts")
        dev.change("def bump() -> str", "def bump(by: int = 1) -> str")
        dev.line("wrote", "pytron.d.ts")
        types = (dev.folder / "pytron.d.ts").read_text("utf-8")
        assert "bump(by?: number): Promise<string>" in types


def test_an_error_is_shown_until_it_is_mended(dev: Development) -> None:
    dev.line("page: first")
    dev.change('"first"', '"second" ]')
    dev.line("SyntaxError: unmatched ']' (line 8 of ")
    dev.change('"second" ]', '"third"')
    assert "third 700 restarted false true" in dev.line("page: third")
    dev.change("from pytron import App", "import not_there\nfrom pytron import App")
    dev.line("save the file without the error")
    dev.change("import not_there\n", "")
    dev.change('"third"', '"fourth"')
    assert "false true" in dev.line("page: fourth")


def test_a_start_that_fails_waits_for_the_save_that_mends_it(tmp_path: Path) -> None:
    files = {"app.py": APP.replace("app = App", "] app = App"), "page/index.html": PAGE}
    with Development(tmp_path, files) as dev:
        dev.line("SyntaxError: unmatched ']' (line 3 of ", "save the file")
        dev.change("] app", "app")
        dev.line("page: first")


def test_state_that_no_longer_fits_begins_anew_and_says_so(tmp_path: Path) -> None:
    shape = "from dataclasses import dataclass, field\n@dataclass\nclass Shape:\n    n: int = 0\n"
    app = shape + APP.replace("ephemeral=True", "ephemeral=True, state=Shape")
    with Development(tmp_path, {"app.py": app, "page/index.html": PAGE}) as dev:
        dev.line("page: first")
        dev.change("n: int = 0", "m: int = 0\n    n: str = ''")
        dev.line("app.state begins anew, since what it was no longer fits")


def test_an_app_that_quits_ends_the_development_with_its_code(dev: Development) -> None:
    dev.line("page: first")
    dev.change('"first"', '"leave"')
    assert dev.process.wait(DEADLINE_S) == 7


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_nothing_is_left_running(dev: Development, number: signal.Signals, code: int) -> None:
    dev.line("page: first")
    with dev.watched() as ended:  # the app, the windows, and the page's own processes
        dev.process.send_signal(number)
        assert dev.process.wait(DEADLINE_S) == code
        assert ended()


WRITES = """
console.log("told %s", "so", {a: [1, "two"]});
console.warn("careful\\x1b[2J");
console.debug("not this");
setTimeout(() => { throw new TypeError("not caught"); });
"""


@pytest.mark.parametrize("shown", VIEWS, ids=lambda view: view.name)
def test_what_a_page_writes_to_its_console_is_shown(shown: View, tmp_path: Path) -> None:
    # Before its Python is there, as most of it is written.
    page = PAGE.replace("await pytron.ready;", f"{WRITES}\nawait pytron.ready;")
    files = {"app.py": APP, "page/index.html": page}
    with Development(tmp_path / "project", files, "--only", "page", view=shown) as dev:
        awaited = {
            'told so { a: [ 1, "two" ] }',
            "warning: careful\\x1b[2J",
            "error: TypeError: not caught",
        }
        while awaited:
            line = dev.line("page \u2502 ").partition("page \u2502 ")[2]
            assert "not this" not in line
            awaited.discard(line)


def test_an_app_for_browsers_starts_anew_under_its_tabs(browser: Browser, tmp_path: Path) -> None:
    files = {"app.py": APP, "page/index.html": PAGE}
    with Development(tmp_path / "project", files, "--engine", "server") as dev:
        address = dev.line("open the page in a browser: ").rpartition(" ")[2]
        tab = browser.new_page()
        tab.goto(address)
        assert "first 700  false" in dev.line("page: first")
        dev.change('"first"', '"second"')
        assert "second 700 restarted false true" in dev.line("page: second")
        dev.change('"second"', '"second" ]')
        dev.line("SyntaxError: unmatched ']'")
        dev.change('"second" ]', '"third"')
        assert "true" in dev.line("page: third")
        tab.close()
