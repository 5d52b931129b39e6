"""Pages ask what is possible: as Python is told, and only where they may."""

from __future__ import annotations

from e2e.driver import RunApp

PYTHON = """
app = App("Test", frontend="page", ephemeral=True)

@app.expose
def said(feature: str) -> list:
    return list(app.can(feature))

@app.expose
def let(label: str, allow: list[str]) -> None:
    app.open_window(label, url="/second.html", allow=["tell", *allow])

@app.expose
def tell(value: object) -> None:
    app.emit("asked", value)
"""
SECOND = """<!doctype html><script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
let found;
try {
  found = (await pytron.services.can("window.title")).possible;
} catch (error) {
  found = error.code;
}
await pytron.tell(found);
</script>"""


def test_page_is_told_what_python_is_told(run_app: RunApp) -> None:
    page = """
    const found = [];
    const asked = ["dialogs.open_file", "window.screenshot", "downloads.save", "no.such"];
    for (const feature of [...asked, "window.fullscreen", "window.always_on_top", "window.x"]) {
      const { possible, reason } = await pytron.services.can(feature);
      const [same, why] = await pytron.said(feature);
      found.push([possible, possible === same && reason === why && reason.length > 0]);
    }
    await report(found);
    await report((await failure(pytron.services.can(7))).code);
    """
    found, wrong = run_app(page, PYTHON).reports
    assert [same for _, same in found] == [True] * 7
    assert [possible for possible, _ in found[1:]] == [True, True, False, True, True, True]
    assert wrong == "invalid_arguments"


def test_window_with_grants_needs_one_to_ask(run_app: RunApp) -> None:
    page = """
    for (const [label, allow] of [["a", ["services:dialogs"]], ["b", ["services:can"]]]) {
      const asked = event("asked");
      await pytron.let(label, allow);
      await report(await asked);
    }
    """
    refused, told = run_app(page, PYTHON, files={"page/second.html": SECOND}).reports
    assert refused == "not_allowed"
    assert isinstance(told, bool)
