"""What a display has to say: idleness, screens, the theme that is changed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from e2e.desktop import Bus
from e2e.driver import RunApp
from e2e.test_dialogs import PRESS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asked of X11")

TESTS = Path(__file__).parents[1]


def test_idleness_ends_with_a_key_and_screens_are_those_of_the_display(run_app: RunApp) -> None:
    page = """
    const { system } = pytron.services;
    const before = await system.idle_s();
    await pytron.touch();
    await report([typeof before, (await system.idle_s()) < 60]);
    const [screen] = await system.screens();
    await report([screen.width, screen.height, screen.scale]);
    """
    python = (
        PRESS
        + """
@app.expose
def touch() -> None:
    xdotool("key", "a")
"""
    )
    reports = run_app(page, python).reports
    assert reports[0] == ["number", True]
    width, height, scale = reports[1]
    assert width > 0
    assert height > 0
    assert scale >= 1


def test_theme_follows_the_desktop_while_the_app_runs(run_app: RunApp) -> None:
    page = """
    const dark = matchMedia("(prefers-color-scheme: dark)");
    await report(dark.matches);
    const changed = new Promise((done) => dark.addEventListener("change", done, { once: true }));
    const told = event("theme");
    let seen = false;
    changed.then(() => { seen = true; });
    while (!seen) await pytron.night(); // the engine listens as soon as it has met the bus
    await report([dark.matches, await told]);
    """
    python = """
    from e2e.desktop import Desktop

    @app.expose
    def night() -> None:
        desktop.do(kind="signal", path="/org/freedesktop/portal/desktop",
                   interface="org.freedesktop.portal.Settings", member="SettingChanged",
                   signature="ssv", body=["org.freedesktop.appearance", "color-scheme", ["u", 1]])

    @app.on("window.theme")
    def theme(event) -> None:
        app.emit("theme", event.data["theme"])

    class OnBus:
        address = __import__("os").environ["DBUS_SESSION_BUS_ADDRESS"]

    desktop = Desktop(OnBus, "portal")

    @app.on_stop
    def stop() -> None:
        desktop.__exit__()
    """
    with Bus() as bus:
        environment = {"DBUS_SESSION_BUS_ADDRESS": bus.address, "PYTHONPATH": str(TESTS)}
        ended = run_app(page, python, environment=environment)
    assert ended.reports == [False, [True, "dark"]]
    assert "CRITICAL" not in ended.log  # GLib complains of a portal's answer that is read wrongly
