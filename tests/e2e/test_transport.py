"""The transport that was asked for is the one in use: no test may pass over another by accident."""

from __future__ import annotations

from e2e.driver import RunApp
from e2e.views import View


def test_the_page_has_the_transport_that_was_asked_for(run_app: RunApp, view: View) -> None:
    page = "await pytron.ready; report(window.__pytron__.transport);"
    assert run_app(page).reports == [view.transport]


def test_the_port_outlives_a_reload(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    const loads = Number(sessionStorage.getItem("loads") ?? 0) + 1;
    sessionStorage.setItem("loads", loads);
    if (loads < 4) { location.reload(); await new Promise(() => {}); }
    report(loads);
    """
    assert run_app(page).reports == [4]
