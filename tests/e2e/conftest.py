"""Fixtures for tests with real windows."""

import subprocess
import sys
from pathlib import Path

import pytest
from e2e.browser import browser
from e2e.driver import run_app
from e2e.views import CHROME, HEADLESS, NATIVE, SERVER, USUAL, VIEWS, WAYLAND

__all__ = ["browser", "run_app"]

#: The conformance suite: run over every view, as is what is marked `every_view`.
CONFORMANCE = ("test_bridge", "test_conformance", "test_events", "test_state", "test_uploads")
#: What is about the ways between page and Python that engines put into pages.
WITH_A_PORT = ("test_security", "test_transport")
SERVER_ONLY = ("test_network",)
#: All else runs once with the fast path and once without it.
WITHOUT_FAST_PATH = tuple(view for view in NATIVE if view.name == "reply")
#: What is not about how page and Python are joined.
ONCE = ("test_mistakes", "test_remedies", "test_scales", "test_spelling")
CHROME_ONLY = ("test_chrome", "test_chrome_early", "test_chrome_window", "test_playwright")
UNDER_WAYLAND = ("test_blank", "test_conformance", "test_everywhere_window")
#: What an engine's own host offers of the desktop.
OFFERED = (
    *("test_clipboard", "test_dialogs", "test_downloads", "test_frameless", "test_menus"),
    *("test_pages", "test_windows"),
    *("test_context_menu", "test_splash", "test_everywhere_window", "test_contract"),
    *("test_can", "test_permission"),
)
#: The same, and not about how page and Python are joined.
SHOWN = ("test_forgetting", "test_kiosk", "test_looks", "test_screens")
#: The native engine's windows, in the app's own process or in one beside it.
PROCESSES = ("test_blank", "test_contract", "test_recovery", "test_windows")
#: The driver works in the page: how its messages travel is one matter, where windows live another.
DRIVEN = tuple(view for view in NATIVE if view.name not in ("reply", "evaluate"))


@pytest.fixture(scope="session")
def blind(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a machine whose graphics fail."""
    library = tmp_path_factory.mktemp("blind") / "blind.so"
    source = Path(__file__).with_name("blind.c")
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library)}


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker."""
    config.addinivalue_line("markers", "every_view: run once for every way to show an app")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the conformance suite once over each view."""
    if "view" not in metafunc.fixturenames:
        return
    name = metafunc.definition.path.stem
    every = name in CONFORMANCE or metafunc.definition.get_closest_marker("every_view")
    views = VIEWS if every else (USUAL, *WITHOUT_FAST_PATH)
    if name in CONFORMANCE and sys.platform != "win32":  # its pages are joined by descriptors
        views = (*views, HEADLESS)
    if name in ONCE:
        views = (USUAL,)
    elif name in SHOWN:
        views = (USUAL, *CHROME)
    elif name in OFFERED:
        views = (*views, *CHROME)
    elif name in WITH_A_PORT:
        views = (*NATIVE, *CHROME)
    elif name in SERVER_ONLY:
        views = (SERVER,)
    elif name in CHROME_ONLY:
        views = CHROME
    elif name == "test_driver":
        views = (*DRIVEN, *CHROME, SERVER)
    if name in PROCESSES:
        views = (*views, *(view for view in NATIVE if view.name == "hosted"))
    if name in UNDER_WAYLAND:
        views = (*views, *WAYLAND)
    metafunc.parametrize("view", views, ids=[view.name for view in views])
