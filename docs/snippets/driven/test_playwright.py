from collections.abc import Callable

from playwright.sync_api import expect, sync_playwright
from pytron.testing import DrivenApp


def test_adds_with_playwright(drive_app: Callable[..., DrivenApp]) -> None:
    app = drive_app("app.py", engine="chrome", debugging=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(app.debugger, no_defaults=True)
        page = browser.contexts[0].pages[0]
        page.get_by_label("First").fill("20")
        page.get_by_label("Second").fill("22")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("status")).to_have_text("42")
