"""`pytron dev --inspect`: the inspector goes on while the app starts anew."""

from __future__ import annotations

from pathlib import Path

from e2e.browser import DEADLINE_MS
from e2e.developing import Development
from playwright.sync_api import Browser, expect

expect.set_options(timeout=DEADLINE_MS)

APP = """
from pytron import App
app = App("Watched", frontend="page", ephemeral=True)

@app.expose
def look() -> str:
    return " ".join(["first", *sorted(window.label for window in app.windows)])

@app.expose
def tell(text: str) -> None:
    print("page:", text, flush=True)

if __name__ == "__main__":
    raise SystemExit(app.run())
"""

PAGE = """<!doctype html><meta charset="utf-8">
<script type="module">
import pytron from "/_pytron/client.js";
let last;
for (;;) {
  try {
    const seen = await pytron.look();
    if (seen !== last) await pytron.tell(seen);
    last = seen;
  } catch {}
  await new Promise((done) => setTimeout(done, 50));
}
</script>
"""
FILES = {"app.py": APP, "page/index.html": PAGE}


def test_its_window_opens_with_the_app_and_outlives_it(tmp_path: Path) -> None:
    with Development(tmp_path / "project", FILES, "--inspect") as dev:
        dev.line("page: first main pytron.inspector")
        dev.change('"first"', '"second"')
        dev.line("page: second main pytron.inspector")


def test_a_tab_shows_it_where_tabs_are_all_the_windows(browser: Browser, tmp_path: Path) -> None:
    with Development(tmp_path / "project", FILES, "--engine", "server", "--inspect") as dev:
        address = dev.line("the inspector in a browser: ").rpartition(" ")[2]
        paired = dev.line("open the page in a browser: ").rpartition(" ")[2]
        context = browser.new_context()
        page = context.new_page()
        page.goto(paired)
        dev.line("page: first")
        inspector = context.new_page()
        inspector.goto(address)
        told = inspector.locator("#view-calls .row").filter(has_text="tell")
        expect(told.filter(has_text="first")).to_contain_text("done")
        dev.change('"first"', '"second"')
        dev.line("page: second")
        expect(told.filter(has_text="second")).to_contain_text("done")
        with context.expect_page(timeout=DEADLINE_MS) as opened:
            page.keyboard.press("Control+Shift+Y")
        opened.value.wait_for_url(address, timeout=DEADLINE_MS)
        context.close()
