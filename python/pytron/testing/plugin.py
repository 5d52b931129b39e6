"""The pytest plugin: real windows as fixtures. It is loaded with pytest, and only there.

`app_window` is the first window of the app, newly started for each test; `drive_app` starts any
app, with other arguments or several times in one test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytron.testing.driver import DrivenApp
    from pytron.testing.windows import DrivenWindow

_REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what can be chosen."""
    group = parser.getgroup("pytron")
    group.addoption(
        "--pytron-engine",
        action="append",
        metavar="NAME",
        help="show the app's windows on this engine; given twice, tests run on both",
    )
    group.addoption(
        "--pytron-pictures",
        default="test-pictures",
        metavar="FOLDER",
        help="where pictures of the windows of failed tests are saved (default: %(default)s)",
    )
    parser.addini("pytron_app", "the app of app_window, as for pytron run", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "pytron_app(target): the app that app_window shows")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with windows once on each engine that was named."""
    if "pytron_engine" in metafunc.fixturenames:
        engines = metafunc.config.getoption("--pytron-engine") or [None]
        names = [engine or "default" for engine in engines]
        metafunc.parametrize("pytron_engine", engines, ids=names, indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep how a test went, for its fixtures to see."""
    report = yield
    item.stash.setdefault(_REPORTS, {})[call.when] = report
    return report


@pytest.fixture
def pytron_engine(request: pytest.FixtureRequest) -> str | None:
    """The engine that shows the windows of this test; None for the app's own."""
    engine: str | None = getattr(request, "param", None)
    return engine


@pytest.fixture
def drive_app(
    request: pytest.FixtureRequest, pytron_engine: str | None
) -> Generator[Callable[..., DrivenApp]]:
    """A function that starts apps to be driven; they end with the test."""
    from pytron.testing.driver import DrivenApp

    started: list[DrivenApp] = []
    with ExitStack() as stack:

        def start(target: str | Path | None = None, **options: Any) -> DrivenApp:
            options.setdefault("engine", pytron_engine)
            options.setdefault("folder", request.config.rootpath)
            app = stack.enter_context(DrivenApp(target, **options))
            started.append(app)
            return app

        yield start
        report = request.node.stash.get(_REPORTS, {}).get("call")
        if report is not None and report.failed:
            _explain(request, report, started)


@pytest.fixture
def app_window(request: pytest.FixtureRequest, drive_app: Callable[..., DrivenApp]) -> DrivenWindow:
    """The first window of the app, in a process of its own.

    Which app: the mark `pytron_app("app.py")`, the setting `pytron_app`, or what `pytron run` finds
    in the folder that pytest calls its root.
    """
    mark = request.node.get_closest_marker("pytron_app")
    target = mark.args[0] if mark else request.config.getini("pytron_app") or None
    return drive_app(target).window("main")


def _explain(
    request: pytest.FixtureRequest, report: pytest.TestReport, apps: list[DrivenApp]
) -> None:
    """Add to a failure what its apps wrote and how their windows look."""
    from pytron.errors import PytronError

    folder = Path(str(request.config.getoption("--pytron-pictures")))
    name = re.sub(r"[^\w.-]+", "-", request.node.name)
    for app in apps:
        report.sections.append(("what the app wrote", app.output))
        try:
            for label in app.windows:
                target = folder / f"{name}-{label}.png"
                path = app.window(label).screenshot(target)
                report.sections.append((f"picture of window {label!r}", str(path)))
        except PytronError as error:
            report.sections.append(("no picture", str(error)))
