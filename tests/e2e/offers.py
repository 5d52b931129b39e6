"""What `app.can()` says on three desktops of the tests' own; writes docs/desktop.md.

`PYTHONPATH=python:tests python -m e2e.offers` makes the page anew; it needs a display.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from e2e.desktop import Bus, Desktop

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "desktop.md"
APP = "dev.pytron.offers"
#: What only Python has, and what is more than a method.
MORE = (
    "autostart.enable", "downloads.accept", "drop", "links.register_files", "links.register_scheme",
    "notifications.actions", "notifications.launch", "notifications.register", "secrets.get", "tray.click", "windows.clear_data",
)  # fmt: skip
_HEAD = """# What the desktop offers

A desktop may lack what another has: a panel that shows trays, a server for notifications, a portal. `app.can(name)` asks the one that is there now, by the name of the method, and gives an answer that is true or false and has a `reason`; what is asked for all the same fails with `unsupported`, the same reason and the remedy. Nothing is done silently, and nothing is said to be done that was not.

Pages ask the same: `const { possible, reason } = await pytron.services.can("tray.click")`. A window with a list of grants needs `services:can`.

```python file=snippets/menus.py
    if not app.can("tray.click"):
        return False  # app.can("tray.click").reason says why
```

The table was made by `app.can()` itself, with the native engine on Linux, on three desktops: X11 and Wayland with all that a desktop can have (here stand-ins on a private bus: a tray host, a notification server, a dock, a file manager, a portal, a keychain), and X11 with no message bus at all. A test fails when it is out of date. [What each engine can do](engines.md) compares engines; Windows and macOS are [only written so far](platforms.md).

| `app.can(…)` | X11 | Wayland | X11, no bus |
|---|---|---|---|
"""
_DESKTOPS = ("x11", "wayland", "bare")


def features() -> list[str]:
    """Every method of services that pages can call, and some more."""
    from pytron.services.exposed import functions_of

    asked = {name.removeprefix("services.") for name in functions_of(None)} - {"can"}
    return sorted({*asked, *MORE})


def answers() -> dict[str, list[Any]]:
    """What is said on the desktop that this process has."""
    from pytron.engine import load_engine
    from pytron.services import Services
    from pytron.services.desk import Desk

    if os.environ["PYTRON_OFFERS"] == "bare":
        import keyring
        from keyring.backends.fail import Keyring

        keyring.set_keyring(Keyring())
    engine = load_engine("native")

    class App(Services):
        """As much of an app as the question needs."""

        name, id = "Offers", APP
        single_instance = True

        def now(self, what: str) -> Any:  # noqa: ARG002 - it is not asked what for
            return SimpleNamespace(engine=engine, windows=[])

        def on(self, name: str, handler: Any = None) -> Any:
            """Nothing happens to it."""

    desk = Desk(App())
    try:
        return {name: list(desk.can(name)) for name in features()}
    finally:
        desk.close()


def on(desktop: str) -> Mapping[str, list[Any]]:
    """What is said on one of the three desktops."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        entry = home / "applications" / f"{APP}.desktop"
        entry.parent.mkdir()
        entry.write_text("[Desktop Entry]\n", "utf-8")
        service = home / "dbus-1" / "services" / f"{APP}.service"
        service.parent.mkdir(parents=True)
        service.write_text("[D-BUS Service]\n", "utf-8")
        path = os.pathsep.join(sys.path)  # a test finds this package by pytest's own settings
        variables = {
            **os.environ,
            "PYTHONPATH": path,
            "PYTRON_OFFERS": desktop,
            "XDG_DATA_HOME": str(home),
        }
        for name in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            variables.pop(name, None)
        variables["XDG_RUNTIME_DIR"] = "/nonexistent"
        variables["PYTHON_KEYRING_BACKEND"] = "keyring.backends.SecretService.Keyring"
        if desktop != "bare":
            bus = stack.enter_context(Bus())
            there = ("tray", "notifications", "dock", "files", "portal", "keychain")
            stack.enter_context(Desktop(bus, *there))
            variables["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        if desktop == "wayland":
            variables["WAYLAND_DISPLAY"] = "of-this-table"
        command = [sys.executable, "-m", "e2e.offers", "ask"]
        done = subprocess.run(
            command, env=variables, capture_output=True, text=True, timeout=120, check=True
        )
    found: Mapping[str, list[Any]] = json.loads(done.stdout)
    return found


def page() -> str:
    """The page as it should be."""
    said = [on(desktop) for desktop in _DESKTOPS]
    rows = [
        f"| `{name}` | {' | '.join('yes' if one[name][0] else '–' for one in said)} |"
        for name in features()
    ]
    reasons: dict[str, list[str]] = {}
    for one in said:
        for name, (possible, reason) in one.items():
            known = reasons.setdefault(reason, [])
            if not possible and name not in known:
                known.append(name)
    why = [
        f"- {', '.join(f'`{name}`' for name in names)}: {reason}"
        for reason, names in reasons.items()
        if names
    ]
    return _HEAD + "\n".join(rows) + "\n\n## Why not\n\n" + "\n".join(why) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["ask"]:
        sys.stdout.write(json.dumps(answers()))
    else:
        PAGE.write_text(page(), "utf-8")
