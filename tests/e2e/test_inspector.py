"""The inspector's page in a real browser, fed by an app that runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
from e2e.browser import DEADLINE_MS, served
from playwright.sync_api import Browser, Page, expect
from pytron import App, PytronError
from pytron.testing import RemoteError, TestClient

expect.set_options(timeout=DEADLINE_MS)


def shop() -> App[object]:
    app: App[object] = App("Shop", state={"count": 0, "token": "t0p"})

    @app.expose
    def add(a: int, b: int) -> int:
        return a + b

    @app.expose
    def log_in(name: str, password: str) -> dict[str, str]:
        return {"name": name, "token": password}

    @app.expose
    def buy(number: int) -> None:
        if number > 2:
            raise PytronError(f"item {number} is sold out", code="sold_out")
        app.emit("bought", {"number": number})

    @app.expose
    async def prices() -> AsyncIterator[int]:
        for price in range(70):
            yield price

    return app


class Inspected:
    def __init__(self, client: TestClient, page: Page, address: str) -> None:
        self.client = client
        self.page = page
        self.address = address

    def open(self, number: int) -> None:
        self.page.keyboard.press("Escape")
        self.page.keyboard.press(str(number))

    def rows(self, view: str):
        return self.page.locator(f"#view-{view} .row")


@pytest.fixture
def inspected(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Generator[Inspected]:
    monkeypatch.setenv("PYTRON_INSPECT", "1")
    with TestClient(shop(), timeout_s=60) as client, served(client) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 700})
        page.set_default_timeout(DEADLINE_MS)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/_pytron/inspect/")
        expect(page.locator("#connection")).to_have_text("recording")
        yield Inspected(client, page, address)
        page.close()
        assert problems == []


def test_calls_come_while_they_happen_with_details(inspected: Inspected) -> None:
    client, page = inspected.client, inspected.page
    client.call("add", 1, 2)
    row = inspected.rows("calls").filter(has_text="add")
    expect(row).to_contain_text("done")
    row.click()
    details = page.locator("#view-calls .details")
    expect(details.get_by_role("heading", name="add")).to_be_visible()
    expect(details).to_contain_text("Waited for a place")
    with pytest.raises(RemoteError):
        client.call("buy", 3)
    inspected.rows("calls").filter(has_text="buy").click()
    expect(details).to_contain_text("item 3 is sold out")
    expect(details).to_contain_text("Python stack")
    expect(page.get_by_role("tab", name="Calls").locator(".alarm")).to_have_text("1")
    assert list(client.stream("prices")) == list(range(70))
    inspected.rows("calls").filter(has_text="prices").click()
    expect(details).to_contain_text("70 items")
    expect(details).to_contain_text("Credits left")


def test_secrets_do_not_reach_the_page(inspected: Inspected) -> None:
    inspected.client.call("log_in", "ann", "hunter2")
    row = inspected.rows("calls").filter(has_text="log_in")
    expect(row).to_contain_text("(redacted)")
    row.click()
    expect(inspected.page.locator("#view-calls .details .redacted")).to_have_count(2)
    assert "hunter2" not in inspected.page.content()


def test_filter_pause_and_clear(inspected: Inspected) -> None:
    client, page = inspected.client, inspected.page
    for number in range(3):
        client.call("add", number, 0)
    with pytest.raises(RemoteError):
        client.call("buy", 9)
    expect(inspected.rows("calls")).to_have_count(4)
    page.keyboard.press("/")
    page.keyboard.type("status:error")
    expect(inspected.rows("calls")).to_have_count(1)
    page.locator("#filter").fill("-buy")
    expect(inspected.rows("calls")).to_have_count(3)
    page.locator("#filter").fill("nothing of that kind")
    expect(page.get_by_text("Nothing matches the filter.")).to_be_visible()
    page.locator("#filter").fill("")
    inspected.open(1)
    page.keyboard.press("p")
    expect(page.locator("#connection")).to_contain_text("paused")
    client.call("add", 9, 9)
    page.keyboard.press("p")
    expect(inspected.rows("calls")).to_have_count(5)
    page.keyboard.press("c")
    expect(inspected.rows("calls")).to_have_count(0)
    client.call("add", 7, 7)
    expect(inspected.rows("calls")).to_have_count(1)


def test_state_can_be_looked_at_as_it_was(inspected: Inspected) -> None:
    client, page = inspected.client, inspected.page
    for count in (1, 2, 3):
        client.change([{"op": "set", "path": ["count"], "value": count}])
    inspected.open(3)
    expect(inspected.rows("state")).to_have_count(3)
    panel = page.locator("#view-state > .details")
    expect(panel.get_by_role("heading", name="Revision 3")).to_be_visible()
    expect(panel.locator(".tree")).to_contain_text("count: 3")
    inspected.rows("state").first.click()
    expect(panel.get_by_role("heading", name="Revision 1")).to_be_visible()
    expect(panel.locator(".tree")).to_contain_text("count: 1")
    expect(panel.locator(".diff")).to_contain_text("01")  # from 0 to 1
    expect(panel.locator(".redacted")).to_be_visible()
    page.get_by_role("slider", name="Revision").fill("0")
    expect(panel.locator(".tree")).to_contain_text("count: 0")
    client.call("add", 1, 2)  # what happens meanwhile changes nothing of what is looked at
    expect(page.get_by_role("tab", name="Calls")).to_contain_text("1")
    expect(panel.locator(".tree")).to_contain_text("count: 0")
    page.get_by_role("button", name="Latest").click()
    expect(panel.locator(".tree")).to_contain_text("count: 3")
    client.change([{"op": "set", "path": ["count"], "value": 4}])
    expect(panel.locator(".tree")).to_contain_text("count: 4")


def test_events_windows_and_log(inspected: Inspected) -> None:
    client, page = inspected.client, inspected.page
    client.subscribe("bought")
    client.call("buy", 1)
    client.emit("viewed", {"page": "/lamps"})
    inspected.open(2)
    expect(inspected.rows("events").filter(has_text="viewed")).to_contain_text("↑ page")
    expect(inspected.rows("events").filter(has_text="bought")).to_have_count(2)
    inspected.open(4)
    card = page.locator(".card")
    expect(card).to_contain_text("main")
    expect(card).to_contain_text("bought")
    expect(inspected.rows("windows").filter(has_text="hello")).to_have_count(1)
    with pytest.raises(RemoteError):
        client.call("buy", 5)
    inspected.open(5)
    expect(inspected.rows("log").filter(has_text="sold out")).to_contain_text("warning")


def test_export_can_be_imported_again(inspected: Inspected, tmp_path: Path) -> None:
    client, page = inspected.client, inspected.page
    client.call("log_in", "ann", "hunter2")
    client.change([{"op": "set", "path": ["count"], "value": 5}])
    expect(inspected.rows("calls")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    saved = tmp_path / "saved.json"
    download.value.save_as(saved)
    text = saved.read_text("utf-8")
    assert "hunter2" not in text
    assert json.loads(text)["format"] == "pytron-inspector"

    client.call("add", 1, 1)
    expect(inspected.rows("calls")).to_have_count(2)
    page.locator("#file").set_input_files(saved)
    expect(page.locator("#connection")).to_have_text("imported from saved.json")
    expect(inspected.rows("calls")).to_have_count(1)
    inspected.open(3)
    expect(page.locator("#view-state .tree")).to_contain_text("count: 5")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#connection")).to_have_text("recording")
    inspected.open(1)
    expect(inspected.rows("calls")).to_have_count(2)

    (tmp_path / "other.json").write_text('{"log": {"entries": []}}', "utf-8")
    page.locator("#file").set_input_files(tmp_path / "other.json")
    expect(page.locator("#toast")).to_contain_text("no export of the inspector")
    expect(page.locator("#connection")).to_have_text("recording")


def test_keyboard_alone_is_enough(inspected: Inspected) -> None:
    client, page = inspected.client, inspected.page
    for number in range(3):
        client.call("add", number, 1)
    expect(inspected.rows("calls")).to_have_count(3)
    page.get_by_role("tab", name="Calls").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Events")).to_be_focused()
    expect(page.get_by_role("tab", name="Events")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    inspected.open(1)
    page.keyboard.press("Home")
    expect(inspected.rows("calls").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(inspected.rows("calls").nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#view-calls .details")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#view-calls .details")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_long_lists_show_only_what_is_seen(inspected: Inspected) -> None:
    client = inspected.client
    for number in range(400):
        client.emit("tick", number)
    inspected.open(2)
    expect(inspected.page.get_by_role("tab", name="Events")).to_contain_text("400")
    expect(inspected.rows("events").last).to_contain_text("399")
    assert inspected.rows("events").count() < 100
    inspected.page.keyboard.press("Home")
    expect(inspected.rows("events").first).to_contain_text("tick")
    expect(inspected.rows("events").first).to_have_attribute("aria-rowindex", "1")


def test_what_the_app_says_is_text(inspected: Inspected) -> None:
    inspected.client.emit("<img src=x onerror=alert(1)>", {"<b>k</b>": "<script>1</script>"})
    inspected.open(2)
    inspected.rows("events").filter(has_text="onerror").click()
    expect(inspected.page.locator("#view-events .details")).to_contain_text("<script>1</script>")
    assert inspected.page.locator("#view-events img").count() == 0
