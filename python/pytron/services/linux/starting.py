"""How the desktop starts the app: desktop entries, schemes, types of files, autostart.

Source: the Desktop Entry, MIME and Autostart specifications of freedesktop.org.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from pytron.errors import CallError
from pytron.platforms import data_folder
from pytron.services.programs import run

if TYPE_CHECKING:
    from pytron.services import Services

_REMEDY = "install xdg-utils"
_MIME_REMEDY = "install shared-mime-info"
#: What the bus takes as the name of a program.
BUS_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+", re.ASCII)
#: What the specification wants quoted.
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")


def can(feature: str) -> tuple[bool, str]:
    """Whether the desktop can be told."""
    if feature.startswith("autostart"):
        return True, "the session's autostart folder"
    if not shutil.which("xdg-mime"):
        return False, f"xdg-mime is not there; {_REMEDY}"
    if feature == "links.register_files" and not shutil.which("update-mime-database"):
        return False, f"update-mime-database is not there; {_MIME_REMEDY}"
    return True, "xdg-mime does it"


def _require(feature: str) -> None:
    """Nothing is left half registered where a program is missing."""
    possible, reason = can(feature)
    if not possible:
        raise CallError(reason, code="unsupported")


def register_scheme(app: Services, scheme: str, command: Sequence[str]) -> None:
    """Let links of a scheme start the app."""
    _require("links.register_scheme")
    _register(app, f"x-scheme-handler/{scheme}", command)


def register_files(
    app: Services, extensions: Sequence[str], mime: str, name: str, command: Sequence[str]
) -> None:
    """Let files of a type be opened with the app."""
    _require("links.register_files")
    globs = "".join(f'<glob pattern="*.{extension}"/>' for extension in extensions)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">'
        f"<mime-type type={quoteattr(mime)}><comment>{escape(name)}</comment>{globs}</mime-type>"
        "</mime-info>\n"
    )
    folder = data_folder() / "mime"
    package = folder / "packages" / f"{app.id}.xml"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_text(text, "utf-8")
    run(["update-mime-database", str(folder)], remedy=_MIME_REMEDY)
    _register(app, mime, command)


def _register(app: Services, mime: str, command: Sequence[str]) -> None:
    entry = _entry(app)
    _write_entry(app, command, sorted({*_types(entry), mime}))
    run(["xdg-mime", "default", entry.name, mime], remedy=_REMEDY)
    chosen = run(["xdg-mime", "query", "default", mime], remedy=_REMEDY).strip()
    if chosen != entry.name:
        raise CallError(
            f"the desktop still opens {mime} with {chosen or 'nothing'}; choose this app in its "
            "settings",
            code="unsupported",
        )


def _write_entry(app: Services, command: Sequence[str], types: Sequence[str]) -> None:
    entry = _entry(app)
    entry.parent.mkdir(parents=True, exist_ok=True)
    by_bus = _service(app).exists()
    words = [*_without_spaces(app, command), "%U"]
    entry.write_text(_text(app, words, types=types, by_bus=by_bus), "utf-8")
    if shutil.which("update-desktop-database"):
        run(["update-desktop-database", str(entry.parent)], remedy=_REMEDY)


def unregister(app: Services) -> None:
    """Take back entry and types; the desktop's list of defaults then names nobody for them."""
    _forget(app, types=())
    package = data_folder() / "mime" / "packages" / f"{app.id}.xml"
    if package.exists():
        package.unlink()
        run(["update-mime-database", str(data_folder() / "mime")], remedy=_MIME_REMEDY)


def can_launch(app: Services) -> tuple[bool, str]:
    """Whether the message bus could start this app."""
    if BUS_NAME.fullmatch(app.id):
        return True, "the message bus starts the app"
    return False, (
        f"{app.id!r} is no name for the message bus, which starts apps; give one such as "
        'App(app_id="org.example.notes")'
    )


def launches(app: Services) -> bool:
    """Whether the message bus is told how: by this app, or by its package."""
    name = _service(app).name
    return any((folder / "dbus-1" / "services" / name).exists() for folder in data_folders())


def data_folders() -> list[Path]:
    """Where desktop entries and services of the bus are: the user's own, then those of packages."""
    given = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [data_folder(), *(Path(one) for one in given.split(":") if one.startswith("/"))]


def register_launch(app: Services, command: Sequence[str]) -> None:
    """Let the message bus start the app, for what its notifications ask.

    Source: <https://specifications.freedesktop.org/desktop-entry-spec/latest/dbus.html>
    """
    from pytron.services.linux.activation import reload

    service = _service(app)
    service.parent.mkdir(parents=True, exist_ok=True)
    service.write_text(service_file(app.id, command), "utf-8")
    _write_entry(app, command, _types(_entry(app)))
    reload(app.id)


def service_file(name: str, command: Sequence[str]) -> str:
    """What tells the message bus how a program is started."""
    return f"[D-BUS Service]\nName={name}\nExec={shlex.join(command)}\n"


def unregister_launch(app: Services) -> None:
    """The message bus starts it no longer."""
    _service(app).unlink(missing_ok=True)
    _forget(app, types=_types(_entry(app)))


def _forget(app: Services, types: Sequence[str]) -> None:
    """The entry stays as far as it is needed."""
    entry = _entry(app)
    if not entry.exists():
        return
    if not types and not _service(app).exists():
        entry.unlink()
        _script(app).unlink(missing_ok=True)
        return
    lines = entry.read_text("utf-8").splitlines()
    dropped = ["MimeType="] if not types else []
    dropped += [] if _service(app).exists() else ["DBusActivatable="]
    kept = [line for line in lines if not line.startswith(tuple(dropped or ["\0"]))]
    entry.write_text("\n".join([*kept, ""]), "utf-8")


def autostart(app: Services, command: Sequence[str] | None) -> None:
    """Start with the session, or no longer."""
    path = _autostart(app)
    if command is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(app, command), "utf-8")


def autostarts(app: Services) -> bool:
    """Whether it starts with the session."""
    path = _autostart(app)
    return path.exists() and "\nHidden=true" not in path.read_text("utf-8")


def _entry(app: Services) -> Path:
    return data_folder() / "applications" / f"{app.id}.desktop"


def _service(app: Services) -> Path:
    return data_folder() / "dbus-1" / "services" / f"{app.id}.service"


def _script(app: Services) -> Path:
    return data_folder() / app.id / "launch.sh"


def _without_spaces(app: Services, command: Sequence[str]) -> Sequence[str]:
    """The command, behind a script where it needs quotes: `xdg-open` itself takes none away."""
    script = _script(app)
    if not _RESERVED.intersection("".join(command)) or _RESERVED.intersection(str(script)):
        return command
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', "utf-8")
    script.chmod(0o700)
    return [str(script)]


def _autostart(app: Services) -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(config) if config.startswith("/") else Path.home() / ".config"
    return base / "autostart" / f"{app.id}.desktop"


def _types(entry: Path) -> list[str]:
    if not entry.exists():
        return []
    lines = entry.read_text("utf-8").splitlines()
    found = [line.removeprefix("MimeType=") for line in lines if line.startswith("MimeType=")]
    return [one for line in found for one in line.split(";") if one]


def _text(
    app: Services, command: Sequence[str], types: Sequence[str] = (), *, by_bus: bool = False
) -> str:
    words = " ".join(_quoted(word) for word in command)
    name = " ".join(app.name.split())
    lines = ["[Desktop Entry]", "Type=Application", f"Name={name}", f"Exec={words}"]
    if types:
        lines.append(f"MimeType={';'.join(types)};")
    if by_bus:
        lines.append("DBusActivatable=true")
    return "\n".join([*lines, f"StartupWMClass={app.id}", "Terminal=false", ""])


def _quoted(word: str) -> str:
    """A word of `Exec`, quoted where it must be."""
    word = word.replace("%", "%%") if word != "%U" else word
    if not any(sign in _RESERVED for sign in word):
        return word
    for sign in '\\"`$':
        word = word.replace(sign, "\\" + sign)
    return '"' + word.replace("\\", "\\\\") + '"'  # once more: the value itself has escapes
