"""The scope of systemd's that names the app: portals from 1.14 to 1.19 ask it who speaks to them.

Desktops start programs in one; what a terminal or the message bus has started enters its own.

Source: <https://systemd.io/DESKTOP_ENVIRONMENTS/>
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Any

from pytron.errors import CallError
from pytron.services.linux.bus import Bus

NAME = "org.freedesktop.systemd1"
PATH = "/org/freedesktop/systemd1"
MANAGER = "org.freedesktop.systemd1.Manager"
_TIMEOUT_S = 5.0
#: The unit of a process of the user's, below the slices that it is in.
_UNIT = re.compile(r"/user@[^/\n]*\.service(?:/[^/\n]*\.slice)*/([^/\n]+)")


def named(app_id: str, cgroups: str) -> bool:
    """Whether a process with such a `/proc/self/cgroup` is in a unit with the app's name."""
    unit = _UNIT.search(cgroups)
    name = re.escape(_escaped(app_id))
    known = rf"app-(\w+-)?{name}([@-]\w*)?\.(scope|service)"
    return unit is not None and re.fullmatch(known, unit[1], re.ASCII) is not None


def why_not(bus: Bus, app_id: str) -> str | None:
    """What keeps the app from being named so; None when it is, or can be."""
    if app_id.count(".") < 2:  # what the portal takes as an app's name
        return f"{app_id!r} is too short for it, which wants two dots, as org.example.notes"
    if named(app_id, _cgroups()) or bus.has(NAME):
        return None
    return "there is no systemd of the user's that could name the app"


def enter(bus: Bus, app_id: str) -> None:
    """Be in a unit with the app's name; in one already, nothing is done.

    Raises:
        CallError: `unsupported`: systemd refused; `timeout`.
    """
    if named(app_id, _cgroups()):
        return
    ended: Future[Sequence[Any]] = Future()
    unit = f"app-pytron-{_escaped(app_id)}-{os.getpid()}.scope"

    def removed(body: Sequence[Any]) -> None:
        if body[2] == unit and not ended.done():
            ended.set_result(body)

    bus.listen(removed, sender=NAME, interface=MANAGER, member="JobRemoved")
    try:
        wanted = [("PIDs", ("au", [os.getpid()]))]
        bus.call(
            NAME,
            PATH,
            MANAGER,
            "StartTransientUnit",
            "ssa(sv)a(sa(sv))",
            (unit, "fail", wanted, []),
        )
        (*_, outcome) = ended.result(_TIMEOUT_S)
    except LateError as error:
        raise CallError(f"systemd did not make {unit}", code="timeout") from error
    finally:
        bus.forget(removed)
    if outcome != "done":
        raise CallError(f"systemd did not make {unit}: {outcome}", code="unsupported")


def _cgroups() -> str:
    """Empty where there are none."""
    try:
        return Path("/proc/self/cgroup").read_text("utf-8")
    except OSError:
        return ""


def _escaped(app_id: str) -> str:
    """As a part of a unit's name."""
    return app_id.replace("-", "\\x2d")
