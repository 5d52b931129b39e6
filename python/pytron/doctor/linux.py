"""Linux: the web view, the display, and what is known to make windows stay blank."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pytron.doctor.finding import Finding, good

#: WebKitGTK with what the native engine uses.
WEBKIT_AT_LEAST: Final = (2, 40)
_LIBRARY: Final = "libwebkit2gtk-4.1.so.0"

#: How each package manager installs without asking, and what it calls things.
_INSTALL: Final[Mapping[str, tuple[str, ...]]] = {
    "apt-get": ("apt-get", "install", "-y", "--no-install-recommends"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--needed", "--noconfirm"),
    "zypper": ("zypper", "--non-interactive", "install"),
    "apk": ("apk", "add"),
}
_WEBKIT: Final = {
    "apt-get": "libwebkit2gtk-4.1-0",
    "dnf": "webkit2gtk4.1",
    "pacman": "webkit2gtk-4.1",
    "zypper": "libwebkit2gtk-4_1-0",
    "apk": "webkit2gtk-4.1",
}
_FONTS: Final = {
    "apt-get": "fonts-dejavu-core",
    "dnf": "dejavu-sans-fonts",
    "pacman": "ttf-dejavu",
    "zypper": "dejavu-fonts",
    "apk": "font-dejavu",
}
#: PCI vendors of the graphics of virtual machines.
_VIRTUAL: Final = {
    "0x15ad": "VMware",
    "0x80ee": "VirtualBox",
    "0x1af4": "virtio",
    "0x1b36": "QXL",
    "0x1234": "QEMU",
    "0x1414": "Hyper-V",
}
_WATCHES_AT_LEAST: Final = 65_536
_SHM_AT_LEAST_BYTES: Final = 128 * 1024 * 1024


def findings(root: Path = Path("/")) -> Iterator[Finding]:
    """What was found. `root` is where the system's files are, for tests."""
    yield _web_view()
    yield display(os.environ)
    yield _bus(os.environ, root)
    yield _fonts(root)
    yield graphics(os.environ, root)
    yield _memory(root)
    yield _watches(root)


def installing(name: str, state: str, said: str, packages: Mapping[str, str]) -> Finding:
    """A finding that a package of the distribution mends."""
    for program, words in _INSTALL.items():
        if program in packages and shutil.which(program):
            command = (*words, *packages[program].split())
            fix = f"sudo {' '.join(command)}"
            return Finding(name, "bad" if state == "bad" else "hint", said, fix, command, root=True)
    advice = f"install it from your distribution's packages ({packages['apt-get']} in Debian)"
    return Finding(name, "bad" if state == "bad" else "hint", said, advice)


def _web_view() -> Finding:
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        return installing("web view", "bad", f"WebKitGTK 4.1 is missing ({error})", _WEBKIT)
    parts = ("major", "minor", "micro")
    found = tuple(int(getattr(library, f"webkit_get_{part}_version")()) for part in parts)
    text = ".".join(map(str, found))
    if found < WEBKIT_AT_LEAST:
        return installing("web view", "bad", f"WebKitGTK {text} is older than 2.40", _WEBKIT)
    return good("web view", f"WebKitGTK {text}")


def display(variables: Mapping[str, str]) -> Finding:
    """Whether windows have somewhere to be."""
    wayland, x11 = variables.get("WAYLAND_DISPLAY"), variables.get("DISPLAY")
    if wayland:
        return good("display", f"Wayland ({wayland})" + (f", and X11 ({x11})" if x11 else ""))
    if x11:
        return good("display", f"X11 ({x11})")
    return Finding(
        "display",
        "hint",
        "there is none: no window can be opened here (DISPLAY and WAYLAND_DISPLAY are not set)",
        "over ssh: ssh -X; in CI: xvfb-run -a pytron run; or PYTRON_ENGINE=server for a browser",
    )


def _bus(variables: Mapping[str, str], root: Path) -> Finding:
    address = variables.get("DBUS_SESSION_BUS_ADDRESS")
    socket = root / "run" / "user" / str(os.getuid()) / "bus"
    if address or socket.exists():
        return good("session bus", address or str(socket))
    return Finding(
        "session bus",
        "hint",
        "there is none: no notifications, tray or portals",
        "dbus-run-session -- pytron run",
    )


def _fonts(root: Path) -> Finding:
    home = Path.home()
    places = [
        root / "usr" / "share" / "fonts",
        root / "usr" / "local" / "share" / "fonts",
        home / ".fonts",
        home / ".local" / "share" / "fonts",
    ]
    for place in places:
        for kind in ("*.ttf", "*.otf", "*.ttc", "*.pfb"):
            if any(True for _ in place.rglob(kind)):
                return good("fonts", str(place))
    return installing("fonts", "bad", "none is installed: text shows as boxes", _FONTS)


def graphics(variables: Mapping[str, str], root: Path) -> Finding:
    """Whether the graphics are of a kind that leaves windows of WebKitGTK blank."""
    if variables.get("WEBKIT_DISABLE_DMABUF_RENDERER"):
        return good("graphics", "WEBKIT_DISABLE_DMABUF_RENDERER is set")
    wayland = " under Wayland" if variables.get("WAYLAND_DISPLAY") else ""
    remedy = (
        "the native engine sets WEBKIT_DISABLE_DMABUF_RENDERER=1 by itself; if windows stay blank "
        "all the same: WEBKIT_DISABLE_COMPOSITING_MODE=1 pytron run, or PYTRON_ENGINE=chrome"
    )
    if (root / "proc" / "driver" / "nvidia" / "version").exists():
        said = f"NVIDIA's own driver{wayland}, with which WebKitGTK may show nothing"
        return Finding("graphics", "hint", said, remedy)
    for path in sorted((root / "sys" / "class" / "drm").glob("card*/device/vendor")):
        try:
            vendor = _VIRTUAL.get(path.read_text("ascii").strip())
        except OSError:
            continue
        if vendor is not None:
            said = f"a virtual machine ({vendor}){wayland}, where WebKitGTK may show nothing"
            return Finding("graphics", "hint", said, remedy)
    if not (root / "dev" / "dri").is_dir():
        return good("graphics", "no graphics card: drawn by the processor")
    return good("graphics", "nothing known against it")


def _memory(root: Path) -> Finding:
    place = root / "dev" / "shm"
    try:
        total = shutil.disk_usage(place).total
    except OSError:
        return Finding("shared memory", "hint", f"{place} cannot be used", "mount -t tmpfs shm it")
    if total < _SHM_AT_LEAST_BYTES:
        return Finding(
            "shared memory",
            "hint",
            f"{place} has only {total // 1024 // 1024} MB: pages with pictures may crash",
            "start the container with --shm-size=512m (or --ipc=host)",
        )
    return good("shared memory", f"{total // 1024 // 1024} MB")


def _watches(root: Path) -> Finding:
    try:
        text = (root / "proc/sys/fs/inotify/max_user_watches").read_text("ascii")
    except OSError:
        return good("file watching", "the system says nothing of a limit")
    if int(text) < _WATCHES_AT_LEAST:
        return Finding(
            "file watching",
            "hint",
            f"only {int(text)} files can be watched: `pytron dev` may miss changes",
            "sudo sysctl -w fs.inotify.max_user_watches=524288",
        )
    return good("file watching", f"up to {int(text)} files")


def owner_of(port: int) -> tuple[int, str] | None:
    """The process that listens at a port; None when it is another user's."""
    sockets = {
        f"socket:[{fields[9]}]"
        for table in ("tcp", "tcp6")
        for fields in map(str.split, _lines_of(Path("/proc/net") / table)[1:])
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port  # 0A: listens
    }
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(file.readlink()) in sockets for file in (process / "fd").iterdir()):
                return int(process.name), (process / "comm").read_text().strip()
        except OSError:  # another user's, or it has ended
            continue
    return None


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
