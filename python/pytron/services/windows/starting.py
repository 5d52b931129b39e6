"""How Windows starts the app: keys of the user's registry. Only type-checked."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytron.services import Services

_CLASSES = r"Software\Classes"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"


def _registry() -> Any:
    return import_module("winreg")


def can(feature: str) -> tuple[bool, str]:
    """Always."""
    del feature
    return True, "the user's registry"


def _set(key: str, name: str, value: str) -> None:
    registry = _registry()
    with registry.CreateKey(registry.HKEY_CURRENT_USER, key) as opened:
        registry.SetValueEx(opened, name, 0, registry.REG_SZ, value)


def register_scheme(app: Services, scheme: str, command: Sequence[str]) -> None:
    """Let links of a scheme start the app."""
    key = rf"{_CLASSES}\{scheme}"
    _set(key, "", f"URL:{app.name}")
    _set(key, "URL Protocol", "")
    _set(rf"{key}\shell\open\command", "", subprocess.list2cmdline([*command, "%1"]))


def register_files(
    app: Services, extensions: Sequence[str], mime: str, name: str, command: Sequence[str]
) -> None:
    """Let files of these extensions be opened with the app."""
    program = f"{app.id}.file"
    _set(rf"{_CLASSES}\{program}", "", name)
    opener = subprocess.list2cmdline([*command, "%1"])
    _set(rf"{_CLASSES}\{program}\shell\open\command", "", opener)
    for extension in extensions:
        _set(rf"{_CLASSES}\.{extension}", "", program)
        _set(rf"{_CLASSES}\.{extension}", "Content Type", mime)


def unregister(app: Services) -> None:
    """Take back the program of files."""
    registry = _registry()
    for tail in (r"\shell\open\command", r"\shell\open", r"\shell", ""):
        try:
            key = rf"{_CLASSES}\{app.id}.file{tail}"
            registry.DeleteKey(registry.HKEY_CURRENT_USER, key)
        except FileNotFoundError:
            continue


def autostart(app: Services, command: Sequence[str] | None) -> None:
    """Start with the session, or no longer."""
    if command is not None:
        _set(_RUN, app.id, subprocess.list2cmdline(command))
        return
    registry = _registry()
    access = registry.KEY_SET_VALUE
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _RUN, 0, access) as opened:
            registry.DeleteValue(opened, app.id)
    except FileNotFoundError:
        return


def autostarts(app: Services) -> bool:
    """Whether it starts with the session."""
    registry = _registry()
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _RUN) as opened:
            registry.QueryValueEx(opened, app.id)
    except FileNotFoundError:
        return False
    return True
