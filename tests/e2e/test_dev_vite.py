"""`pytron dev` with Vite: the app's window and a browser's tab beside it, both sides edited."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from e2e.developing import DEADLINE_S, Development
from playwright.sync_api import Browser, Page, expect

from tools.dev.machine import ROOT

DEADLINE_MS = DEADLINE_S * 1000

APP = """
import asyncio
from pytron import App, current
app = App("Dev", frontend="frontend/dist", ephemeral=True, state={"n": 0})

@app.expose
def greet() -> str:
    return "first"

@app.expose
def tell(text: str) -> None:
    print("page:", current().window.label, text, flush=True)

@app.expose
async def hang() -> None:
    await asyncio.Event().wait()

@app.asset("thumb/{id}")
def thumb(id: int) -> str:
    return f"thumb {id}"

if __name__ == "__main__":
    raise SystemExit(app.run())
"""

# The page tells of each new answer and of each new title, with what must not have been lost.
PAGE = """<!doctype html><title>page</title><body style="height: 4000px">
<input id="field"><output id="answer"></output><p id="title"></p><output id="n"></output>
<script type="module" src="/src/main.js"></script>
"""
MAIN = """
import pytron from "virtual:pytron";
import { title } from "./title.js";
const at = (id) => document.getElementById(id);
const born = crypto.randomUUID();
const kept = () => [born, scrollY, document.activeElement.id, at("field").value].join(" ");
const show = async (text) => { at("title").textContent = text; await pytron.tell(`title ${text} ${kept()}`); };
import.meta.hot.accept("./title.js", (module) => void show(module.title));
pytron.subscribe("n", (n) => { at("n").textContent = n; });
await pytron.ready;
const { transport, origin: home } = window.__pytron__ ?? {};
await pytron.tell(`joined by ${transport} of ${home}`);
at("field").value = "typed";
at("field").focus({ preventScroll: true });
scrollTo(0, 700);
await show(title);
const codes = [];
const watch = async () => { try { await pytron.hang(); } catch (error) { codes.push(error.code); watch(); } };
watch();
for (let last; ; ) {
  let answer;
  try { answer = await pytron.greet(); } catch { continue; }
  if (answer !== last) {
    last = answer;
    at("answer").textContent = answer;
    // It may be answered by nobody: an app that has written it can be killed at once.
    await pytron.tell(`answer ${answer} ${kept()} [${codes.splice(0)}] n=${pytron.state.n}`).catch(() => {});
  }
  await new Promise((done) => setTimeout(done, 20));
}
"""
FILES = {
    "pyproject.toml": "[tool.pytron]\n",
    "app.py": APP,
    "frontend/package.json": '{"type": "module", "devDependencies": {"vite": "*"}}',
    "frontend/index.html": PAGE,
    "frontend/src/main.js": MAIN,
    "frontend/src/title.js": 'export const title = "one";\n',
    "frontend/vite.config.js": (
        'import { pytron } from "vite-plugin-pytron";\nexport default { plugins: [pytron()] };\n'
    ),
}


@pytest.fixture
def dev() -> Generator[Development]:
    """A project inside the checkout, where Node finds the packages that it has installed."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="dev-vite-") as folder,
        Development(Path(folder), FILES) as made,
    ):
        yield made


@pytest.fixture
def tab(browser: Browser) -> Generator[Page]:
    page = browser.new_page()
    page.set_default_timeout(DEADLINE_MS)
    page.set_default_navigation_timeout(DEADLINE_MS)
    yield page
    page.close()


def shown(tab: Page, place: str, text: str) -> None:
    """Wait until the tab shows this."""
    expect(tab.locator(place)).to_have_text(text, timeout=DEADLINE_MS)


def kept(line: str) -> list[str]:
    """What a line says of the document: who it is, its scroll, focus and input."""
    return line.partition("page: ")[2].split()[3:7]


def test_both_sides_are_edited_under_a_living_window_and_tab(dev: Development, tab: Page) -> None:
    in_window = kept(dev.ready())
    assert in_window[1:] == ["700", "field", "typed"]
    tab.goto(dev.vite())
    in_tab = kept(dev.line("page: visitor-1 answer first"))
    assert tab.evaluate("fetch('/thumb/3').then((answer) => answer.text())") == "thumb 3"

    # The page's edit shows in both, and the documents go on.
    dev.change("one", "two", "frontend/src/title.js")
    lines = [dev.line("title two"), dev.line("title two")]
    assert sorted(map(kept, lines)) == sorted([in_window, in_tab])
    shown(tab, "#title", "two")

    # Python's edit is answered by the new code in both; state goes on, calls got their error.
    tab.evaluate(
        "import('/@id/virtual:pytron').then((it) => it.default.update((s) => { s.n = 5; }))"
    )
    shown(tab, "#n", "5")
    dev.change('"first"', '"second"')
    answers = [dev.line("answer second"), dev.line("answer second")]
    assert sorted(map(kept, answers)) == sorted([in_window, in_tab])
    for line in answers:
        assert "restarted" in line
        assert line.endswith("n=5")
    shown(tab, "#answer", "second")


def test_the_page_of_vite_has_the_direct_line(dev: Development) -> None:
    way = os.environ.get("PYTRON_TRANSPORT", "extension")
    dev.line(f"page: main joined by {way} of pytron://localhost")


def test_types_follow_python(dev: Development) -> None:
    dev.ready()
    types = dev.folder / "frontend" / "src" / "pytron.d.ts"
    assert "greet(): " in types.read_text("utf-8")
    dev.change("def greet(", "def wave() -> int:\n    return 1\n\n@app.expose\ndef greet(")
    dev.line("types written")
    assert "wave(): " in types.read_text("utf-8")
    virtual = dev.folder / "frontend" / "src" / "pytron-virtual.d.ts"
    assert 'Functions["greet"]' in virtual.read_text("utf-8")


def test_errors_stand_over_the_page_until_they_are_mended(dev: Development, tab: Page) -> None:
    dev.ready()
    tab.goto(dev.vite())
    dev.line("page: visitor-1 answer first")
    overlay = tab.locator("vite-error-overlay")
    dev.change('"first"', '"second" ]')
    dev.line("SyntaxError: unmatched ']'", "save the file")
    expect(overlay).to_contain_text('return "second" ]', timeout=DEADLINE_MS)
    tab.evaluate("fetch('/thumb/3').then((answer) => answer.text())")  # the old code goes on
    dev.change('"second" ]', '"third"')
    dev.line("page: ", "answer third")
    expect(overlay).to_have_count(0, timeout=DEADLINE_MS)

    dev.change("import asyncio", "import asyncio, not_there")
    dev.line("No module named 'not_there' (line 2 of ", "save the file")
    expect(overlay).to_contain_text("Traceback (most recent call last)", timeout=DEADLINE_MS)
    dev.change(", not_there", "")
    dev.change('"third"', '"fourth"')
    shown(tab, "#answer", "fourth")
    expect(overlay).to_have_count(0, timeout=DEADLINE_MS)


def test_an_app_that_was_killed_comes_back_at_the_next_save(dev: Development) -> None:
    before = kept(dev.ready())
    os.kill(dev.child("pytron run"), signal.SIGKILL)
    dev.line("it was ended by SIGKILL", "save the file")
    dev.change('"first"', '"second"')
    assert kept(dev.line("page: main answer second")) == before


@pytest.mark.parametrize(
    "killed", ["vite.mjs", "pytron dev", " -I -S -c "], ids=["vite", "dev", "windows"]
)
def test_nothing_is_left_when_one_was_killed(dev: Development, killed: str) -> None:
    dev.ready()
    number = dev.process.pid if killed == "pytron dev" else dev.child(killed)
    with dev.watched() as ended:
        os.kill(number, signal.SIGKILL)
        dev.process.wait(DEADLINE_S)
        assert ended()


def test_ctrl_c_ends_everything_and_leaves_no_file(dev: Development) -> None:
    dev.ready()
    with dev.watched() as ended:
        dev.process.send_signal(signal.SIGINT)
        assert dev.process.wait(DEADLINE_S) == 130
        assert ended()
    assert not (dev.folder / ".pytron").exists()


def test_a_second_one_in_the_same_project_is_refused(dev: Development) -> None:
    dev.ready()
    with Development(dev.folder, {}) as second:
        second.line(f"runs already for {dev.folder} (process {dev.process.pid})", "end it first")
        assert second.process.wait(DEADLINE_S) == 2
