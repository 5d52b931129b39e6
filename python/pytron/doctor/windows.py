"""Windows. Only type-checked so far, not run."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from pytron.doctor.finding import Finding, good

#: Windows 10 1803, the oldest that WebView2 runs on.
_OLDEST_BUILD: Final = 17134
#: The runtime's own number among products that Edge Update knows. Source: Microsoft, "Distribute
#: your app and the WebView2 Runtime", detecting whether a runtime is installed.
_RUNTIME: Final = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
_INSTALL: Final = (
    *("winget", "install", "--id", "Microsoft.EdgeWebView2Runtime", "--silent"),
    *("--accept-package-agreements", "--accept-source-agreements"),
)
_AT_LEAST: Final = 100


def findings() -> Iterator[Finding]:
    """What was found."""
    yield system(platform.version())
    yield web_view(_runtime())


def system(version: str) -> Finding:
    """Whether this Windows is new enough for WebView2."""
    parts = version.split(".")
    build = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0
    if build < _OLDEST_BUILD:
        return Finding("Windows", "bad", f"{version} is older than 10 1803", "update Windows")
    return good("Windows", version)


def web_view(version: str) -> Finding:
    """Whether the WebView2 Runtime is there and new enough; empty for none."""
    if version in ("", "0.0.0.0"):
        return Finding(
            "web view", "bad", "the WebView2 Runtime is not installed", " ".join(_INSTALL), _INSTALL
        )
    if int(version.split(".")[0]) < _AT_LEAST:
        return Finding(
            "web view",
            "bad",
            f"WebView2 {version} is older than {_AT_LEAST}",
            "winget upgrade --id Microsoft.EdgeWebView2Runtime",
        )
    return good("web view", f"WebView2 {version}")


def _runtime() -> str:
    """The runtime's version from the registry: for all users, or for this one."""
    registry: Any = import_module("winreg")
    places = (
        (registry.HKEY_LOCAL_MACHINE, rf"SOFTWARE\WOW6432Node\{_RUNTIME}"),
        (registry.HKEY_LOCAL_MACHINE, rf"SOFTWARE\{_RUNTIME}"),
        (registry.HKEY_CURRENT_USER, rf"Software\{_RUNTIME}"),
    )
    for hive, path in places:
        try:
            with registry.OpenKey(hive, path) as key:
                return str(registry.QueryValueEx(key, "pv")[0])
        except OSError:
            continue
    return ""


def owner_of(port: int) -> tuple[int, str] | None:
    """The process that listens at a port."""
    question = (
        f"$c = Get-NetTCPConnection -State Listen -LocalPort {port} | Select-Object -First 1; "
        '"$($c.OwningProcess) $((Get-Process -Id $c.OwningProcess).ProcessName)"'
    )
    words = ["powershell", "-NoProfile", "-Command", question]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return owner_in(told)


def owner_in(told: str) -> tuple[int, str] | None:
    """The process in `123 name`."""
    number, _, name = told.strip().partition(" ")
    return (int(number), name) if number.isdigit() else None
