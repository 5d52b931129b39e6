"""How Windows starts the app: keys of the user's registry.

Run under Wine by hand; a test runs it against a stand-in for the registry.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytron.services.launch import SCHEME

if TYPE_CHECKING:
    from pytron.services import Services

_CLASSES = r"Software\Classes"
#: What the app has registered, so that it can be taken back: values by the names of their keys.
_OURS = r"Software\Pytron\{app}\Registered"
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
    _remember(app, scheme, "scheme")
    _set(key, "", f"URL:{app.name}")
    _set(key, "URL Protocol", "")
    _set(rf"{key}\shell\open\command", "", _opener(command))


def register_files(
    app: Services, extensions: Sequence[str], mime: str, name: str, command: Sequence[str]
) -> None:
    """Let files of these extensions be opened with the app."""
    program = f"{app.id}.file"
    _remember(app, program, "program")
    _set(rf"{_CLASSES}\{program}", "", name)
    _set(rf"{_CLASSES}\{program}\shell\open\command", "", _opener(command))
    for extension in extensions:
        _remember(app, f".{extension}", "extension")
        _set(rf"{_CLASSES}\.{extension}", "", program)
        _set(rf"{_CLASSES}\.{extension}", "Content Type", mime)


def can_launch(app: Services) -> tuple[bool, str]:
    """Always: by a scheme of the app's own."""
    del app
    return True, "the user's registry"


def launches(app: Services) -> bool:
    """Whether the user's registry says how."""
    key = rf"{_CLASSES}\{_launch_scheme(app)}\shell\open\command"
    return _value(key, "") is not None


def register_launch(app: Services, command: Sequence[str]) -> None:
    """Let a click on a notification start the app."""
    register_scheme(app, _launch_scheme(app), command)


def unregister_launch(app: Services) -> None:
    """No longer."""
    _delete(rf"{_CLASSES}\{_launch_scheme(app)}")


def _launch_scheme(app: Services) -> str:
    return f"{SCHEME}{app.id}".lower()


def unregister(app: Services) -> None:
    """Take back schemes, the program of files, and the extensions that still name it."""
    registered = _registered(app)
    for name, kind in registered.items():
        key = rf"{_CLASSES}\{name}"
        if kind == "extension":
            _forget_extension(key, f"{app.id}.file")
        elif kind == "program" or _value(key, "") == f"URL:{app.name}":  # else another took it
            _delete(key)
    ours = _OURS.format(app=app.id)
    _delete(ours)
    _delete_alone(ours.rpartition("\\")[0])


def _opener(command: Sequence[str]) -> str:
    """In quotes, whatever is opened is one argument: a link could bring more of them."""
    return f'{subprocess.list2cmdline(command)} "%1"'


def _remember(app: Services, name: str, kind: str) -> None:
    """Before it is set: what is half registered is taken back too."""
    _set(_OURS.format(app=app.id), name, kind)


def _registered(app: Services) -> dict[str, str]:
    registry = _registry()
    found: dict[str, str] = {}
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, _OURS.format(app=app.id)) as opened:
            count = registry.QueryInfoKey(opened)[1]
            for index in range(count):
                name, value, _ = registry.EnumValue(opened, index)
                found[name] = value
    except FileNotFoundError:
        pass
    return found


def _forget_extension(key: str, program: str) -> None:
    """The extension is Windows' and other programs' too: only what we said of it goes."""
    if _value(key, "") != program:
        return
    registry = _registry()
    access = registry.KEY_SET_VALUE
    with registry.OpenKey(registry.HKEY_CURRENT_USER, key, 0, access) as opened:
        for name in ("", "Content Type"):
            try:
                registry.DeleteValue(opened, name)
            except FileNotFoundError:
                continue
    _delete_alone(key)


def _value(key: str, name: str) -> str | None:
    registry = _registry()
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key) as opened:
            return str(registry.QueryValueEx(opened, name)[0])
    except FileNotFoundError:
        return None


def _delete(key: str) -> None:
    """Delete a key of ours with all below it: `DeleteKey` takes only one that has none."""
    registry = _registry()
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key) as opened:
            count = registry.QueryInfoKey(opened)[0]
            below = [registry.EnumKey(opened, index) for index in range(count)]
    except FileNotFoundError:
        return
    for name in below:
        _delete(rf"{key}\{name}")
    registry.DeleteKey(registry.HKEY_CURRENT_USER, key)


def _delete_alone(key: str) -> None:
    """Delete a key that nobody has anything in."""
    registry = _registry()
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, key) as opened:
            keys, values, _ = registry.QueryInfoKey(opened)
    except FileNotFoundError:
        return
    if not keys and not values:
        registry.DeleteKey(registry.HKEY_CURRENT_USER, key)


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
