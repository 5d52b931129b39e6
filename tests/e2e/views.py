"""The ways in which an app can be shown here; every feature of the bridge must work in each.

An engine joins the conformance suite by a row in `VIEWS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from e2e.chromium import tabs
from e2e.stranger import as_ordinary_user

from tools.dev.display import fresh_wayland
from tools.dev.electron import FOLDER, PROGRAM, can_have

Surroundings = Callable[[], AbstractContextManager[Mapping[str, str]]]


def _nothing() -> AbstractContextManager[Mapping[str, str]]:
    return nullcontext({})


def _as_it_is(command: Sequence[str], folder: Path) -> list[str]:  # noqa: ARG001 - as others
    return list(command)


def _electron() -> AbstractContextManager[Mapping[str, str]]:
    if not PROGRAM.is_file():
        pytest.skip("there is no Electron to test with; python3 dev.py test fetches it")
    return nullcontext({"PYTRON_ELECTRON_PATH": str(FOLDER)})


@dataclass(frozen=True)
class View:
    """One way to show an app.

    Attributes:
        name: what its tests are called by.
        environment: what makes an app use it.
        transport: what the page's port says it is; empty without a port.
        surroundings: what has to be there while the app runs, and the environment it brings.
        command: the command that runs an app's command, whose folder is the second argument.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    transport: str = ""
    surroundings: Surroundings = _nothing
    command: Callable[[Sequence[str], Path], list[str]] = _as_it_is


_LINUX = sys.platform == "linux"
#: The native engine's ways between page and Python.
NATIVE = (
    (
        View("extension", {"PYTRON_TRANSPORT": "extension"}, "extension"),
        # The windows in a process of their own, the page's socket handed on.
        View("hosted", {"PYTRON_HOSTED": "1"}, "extension"),
        View("reply", {"PYTRON_TRANSPORT": "reply"}, "reply"),
        View("evaluate", {"PYTRON_TRANSPORT": "evaluate"}, "message"),
    )
    if _LINUX
    else (View("native", {"PYTRON_ENGINE": "native"}, "message"),)
)
#: The native engine under Wayland; what it cannot show to be different is not run there again.
WAYLAND = (View("wayland", {}, "extension", fresh_wayland),) if _LINUX else ()
SERVER = View(
    "server", {"PYTRON_ENGINE": "server", "PYTRON_SERVER_BROWSER": "1"}, surroundings=tabs
)
#: By an ordinary user, with Chromium's sandbox on.
CHROME = (
    (View("chrome", {"PYTRON_ENGINE": "chrome"}, "channel", _electron, as_ordinary_user),)
    if can_have()
    else ()
)


def _in_node(command: Sequence[str], folder: Path) -> list[str]:  # noqa: ARG001 - as others
    python, *words = command
    return [python, "-m", "e2e.headless", *words]


#: No window, and pages that Node runs: the bridge as it is where no browser is.
HEADLESS = View(
    "headless", {"PYTRON_ENGINE": "headless", "PYTHONPATH": str(Path(__file__).parents[1])},
    command=_in_node,
)  # fmt: skip
VIEWS = (*NATIVE, *CHROME, SERVER)
#: What a test uses that is not about the view.
USUAL = View("usual")
