"""What Windows is told to start, against a stand-in for its registry. Not run on Windows."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from pytron import App
from pytron.services.windows import starting

CLASSES = r"Software\Classes"


class Key:
    """An open key: as much of `winreg` as is used, with its rules."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> Key:
        return self

    def __exit__(self, *given: object) -> None:
        pass


class Registry(ModuleType):
    """Keys by their paths, each with values by their names."""

    HKEY_CURRENT_USER = "HKCU"
    REG_SZ = 1
    KEY_SET_VALUE = 2

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[str, dict[str, str]] = {}

    def CreateKey(self, root: str, path: str) -> Key:  # noqa: N802 - its name
        words = path.split("\\")
        for end in range(1, len(words) + 1):
            self.keys.setdefault("\\".join(words[:end]), {})
        return self.OpenKey(root, path)

    def OpenKey(self, root: str, path: str, reserved: int = 0, access: int = 0) -> Key:  # noqa: N802
        assert root == "HKCU"
        del reserved, access
        if path not in self.keys:
            raise FileNotFoundError(path)
        return Key(path)

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: str) -> None:  # noqa: N802
        assert (reserved, kind) == (0, 1)
        self.keys[key.path][name] = value

    def QueryValueEx(self, key: Key, name: str) -> tuple[str, int]:  # noqa: N802
        if name not in self.keys[key.path]:
            raise FileNotFoundError(name)
        return self.keys[key.path][name], 1

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802
        if name not in self.keys[key.path]:
            raise FileNotFoundError(name)
        del self.keys[key.path][name]

    def QueryInfoKey(self, key: Key) -> tuple[int, int, int]:  # noqa: N802
        return len(self._below(key.path)), len(self.keys[key.path]), 0

    def EnumKey(self, key: Key, index: int) -> str:  # noqa: N802
        return self._below(key.path)[index]

    def EnumValue(self, key: Key, index: int) -> tuple[str, str, int]:  # noqa: N802
        name, value = list(self.keys[key.path].items())[index]
        return name, value, 1

    def DeleteKey(self, root: str, path: str) -> None:  # noqa: N802
        self.OpenKey(root, path)
        if self._below(path):
            raise PermissionError(path)  # as the real one does
        del self.keys[path]

    def _below(self, path: str) -> list[str]:
        inside = [key.removeprefix(f"{path}\\") for key in self.keys if key.startswith(f"{path}\\")]
        return [name for name in inside if "\\" not in name]


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry()
    made.CreateKey("HKCU", CLASSES)
    made.CreateKey("HKCU", r"Software\Microsoft\Windows\CurrentVersion\Run")
    monkeypatch.setitem(sys.modules, "winreg", made)
    return made


def test_what_was_registered_is_taken_back(registry: Registry) -> None:
    app: Any = App("Notes", app_id="dev.pytron.notes")
    before = {path: dict(values) for path, values in registry.keys.items()}
    starting.register_scheme(app, "notes", ["C:\\Program Files\\n.exe"])
    starting.register_scheme(app, "memo", ["n.exe"])
    starting.register_files(app, ["note", "memo"], "application/x-notes", "Note", ["n.exe"])
    opener = registry.keys[rf"{CLASSES}\notes\shell\open\command"][""]
    assert opener == '"C:\\Program Files\\n.exe" "%1"'
    assert registry.keys[rf"{CLASSES}\notes"] == {"": "URL:Notes", "URL Protocol": ""}
    assert registry.keys[rf"{CLASSES}\.memo"][""] == "dev.pytron.notes.file"
    starting.unregister(app)
    left = {path: values for path, values in registry.keys.items() if path != r"Software\Pytron"}
    assert left == before
    starting.unregister(app)  # nothing is there, and nothing is wrong


def test_what_others_took_is_left_to_them(registry: Registry) -> None:
    app: Any = App("Notes", app_id="dev.pytron.notes")
    starting.register_scheme(app, "notes", ["n.exe"])
    starting.register_files(app, ["note", "memo"], "application/x-notes", "Note", ["n.exe"])
    registry.keys[rf"{CLASSES}\notes"][""] = "URL:Other"
    registry.keys[rf"{CLASSES}\.note"][""] = "other.file"
    registry.CreateKey("HKCU", rf"{CLASSES}\.memo\OpenWithProgids")
    starting.unregister(app)
    assert rf"{CLASSES}\notes\shell\open\command" in registry.keys
    assert registry.keys[rf"{CLASSES}\.note"][""] == "other.file"
    assert registry.keys[rf"{CLASSES}\.memo"] == {}
    assert rf"{CLASSES}\.memo\OpenWithProgids" in registry.keys
    assert rf"{CLASSES}\dev.pytron.notes.file" not in registry.keys


def test_autostart_is_a_value_of_run() -> None:
    app: Any = App("Notes", app_id="dev.pytron.notes")
    assert not starting.autostarts(app)
    starting.autostart(app, ["n.exe", "--hidden"])
    assert starting.autostarts(app)
    starting.autostart(app, None)
    starting.autostart(app, None)
    assert not starting.autostarts(app)
