"""Freezes an app with PyInstaller: the interpreter, all modules and files, in one folder."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytron
from pytron import bundled
from pytron.config import SETTINGS, Origin
from pytron.errors import PackagingError, ToolMissing
from pytron.packaged import place_of
from pytron.packager import hooks, icons, windows_version
from pytron.packager.parts import FACTS
from pytron.packager.pipeline import Build
from pytron.packager.settings import Product
from pytron.platforms import frozen_program, icon_format

_SPEC: Final = Path(__file__).with_name("app.spec")
_HOOKS: Final = Path(hooks.__file__).parent
#: Never part of an app, however a library comes to mention them.
_NEVER: Final = ("PyInstaller", "pytest", "_pytest", "setuptools", "pip", "tkinter.test", "test")
#: Modules that only interactive work and building need; `hidden_imports` brings one back.
_SELDOM: Final = ("tkinter", "IPython", "jedi", "pydoc_data", "lib2to3", "idlelib", "turtledemo")
_NOT_FOUND: Final = re.compile(r"Hidden import ['\"]?([\w.]+)['\"]? not found")
_MISSING: Final = re.compile(r"No module named '?([\w.]+)")


class Freeze:
    """The step that makes a folder with the program."""

    title = "freeze with PyInstaller"

    def run(self, build: Build) -> None:
        """Run PyInstaller and note where the program is.

        Raises:
            ToolMissing: PyInstaller is not installed.
            PackagingError: it failed.
        """
        if find_spec("PyInstaller") is None:
            raise ToolMissing(
                "PyInstaller is not installed in this environment; "
                "install it: pip install 'pytron-kit[package]'"
            )
        product = build.product
        build.work.mkdir(parents=True, exist_ok=True)
        plan = build.work / "plan.json"
        facts = build.work / FACTS
        plan.write_text(json.dumps(_plan(build, facts)), "utf-8")
        target = build.out / product.slug
        if target.is_dir():
            shutil.rmtree(target)
        output = build.run(
            "pyinstaller",
            [
                *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean"),
                *("--log-level", "WARN", "--distpath", build.out, "--workpath", build.work),
                *(_SPEC, "--", plan),
            ],
            cwd=product.folder,
            explain=_explain,
        )
        check_hidden(output, product.settings.hidden_imports)
        build.program = frozen_program(build.out, product.slug, one_file=product.settings.one_file)
        build.frozen = build.program if product.settings.one_file else target
        if not build.program.is_file():
            raise PackagingError(
                f"PyInstaller ended well but made no {build.program}; "
                f"its log is {build.log('pyinstaller')}"
            )
        build.results["program" if product.settings.one_file else "folder"] = build.frozen


def check_hidden(output: str, wanted: Sequence[str]) -> None:
    """PyInstaller goes on without a module of `hidden_imports` that it does not find.

    Raises:
        PackagingError: there is one; those that its own hooks name are none of the app's business.
    """
    lacking = [name for name in _NOT_FOUND.findall(output) if name in wanted]
    if lacking:
        raise PackagingError(
            f"hidden_imports names {lacking[0]!r}, which is no module of the app and not installed "
            "in this environment; mend the name, install it, or take it out"
        )


def _plan(build: Build, facts: Path) -> dict[str, Any]:
    """What app.spec reads."""
    product = build.product
    settings = product.settings
    return {
        "name": product.slug,
        "title": product.name,
        "identifier": product.identifier,
        "version": product.version,
        "script": str(script_of(build)),
        "path": [str(product.folder)],
        "data": [*data_of(build), *files_of_engines(settings.engines)],
        "hidden": [
            *settings.hidden_imports,
            *(f"pytron.engines.{name}" for name in settings.engines),
            *([product.module] if product.module else []),
        ],
        "exclude": [
            *settings.exclude,
            *_NEVER,
            *(name for name in _SELDOM if name not in settings.hidden_imports),
        ],
        "hooks": hooks.folders()[0],
        "runtime_hooks": [str(_HOOKS / f"rthook_{name}.py") for name in _hooks_of(product)],
        "console": settings.console,
        "one_file": settings.one_file,
        "optimize": 0,  # `assert` is part of what libraries do, and docstrings of what they read
        "icon": _icon(build),
        "version_resource": windows_version.write(product, build.work),
        "info_plist": info_plist(product),
        "facts": str(facts),
    }


def _hooks_of(product: Product) -> list[str]:
    """What runs before the app's own code. A second start that goes to the first shows nothing."""
    early = bool(product.splash) and not product.single_instance
    return ["pytron", "failure", *(["splash"] if early else [])]


def script_of(build: Build) -> Path:
    """The file that starts the app: its own, or one that runs its module."""
    product = build.product
    if product.script is not None:
        return product.script
    script = build.work / f"{product.slug}.py"
    text = f"import runpy\n\nrunpy.run_module({product.module!r}, run_name='__main__')\n"
    script.write_text(text, "utf-8")
    return script


def data_of(build: Build) -> list[tuple[str, str]]:
    """Files of the app, each with its folder in the package: the same as in the app's folder."""
    product = build.product
    found = [(str(settings_file(build)), ".")]
    if product.frontend is not None:
        inside = place_of(product.frontend, product.folder)
        place = inside if product.frontend.is_dir() else inside.parent
        found.append((str(product.frontend), str(place)))
    return [*found, *included(product)]


def files_of_engines(engines: Iterable[str]) -> list[tuple[str, str]]:
    """What these engines read besides Python, likewise; plain, for it is Electron that reads it."""
    if "chrome" not in engines:
        return []
    shell = bundled.electron_shell()
    return [(str(shell), shell.relative_to(Path(pytron.__file__).parents[1]).as_posix())]


def settings_file(build: Build) -> Path:
    """The app's settings as it reads them in the package, where there is no pyproject.toml."""
    product = build.product
    settings = {**Origin(product.folder, product.script).settings}
    settings.pop("package", None)
    if product.splash:
        settings["splash"] = product.splash
    build.work.mkdir(parents=True, exist_ok=True)
    path = build.work / SETTINGS
    path.write_text(json.dumps(settings, default=str, sort_keys=True), "utf-8")
    return path


def included(product: Product) -> list[tuple[str, str]]:
    """The files of `include`, likewise.

    Raises:
        PackagingError: a pattern leads out of the app's folder, or to nothing.
    """
    found: list[tuple[str, str]] = []
    for pattern in product.settings.include:
        matches = [path for path in _glob(product, pattern) if path.is_file() or path.is_dir()]
        if not matches:
            raise PackagingError(
                f"include = {pattern!r} matches nothing in {product.folder}; mend the pattern or "
                "take it out"
            )
        for path in matches:
            inside = path.relative_to(product.folder)
            found.append((str(path), str(inside if path.is_dir() else inside.parent)))
    if product.splash:
        found.append((str(product.folder / product.splash), str(Path(product.splash).parent)))
    return found


def _glob(product: Product, pattern: str) -> list[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise PackagingError(
            f"include = {pattern!r} leads out of the app's folder {product.folder}, so the package "
            "would not find it: move it in, or copy it in before packaging"
        )
    return list(product.folder.glob(pattern))


def _icon(build: Build) -> str | None:
    wanted = icon_format()
    if build.product.icon is None or wanted is None:
        return None
    return str(icons.convert(build.product.icon, wanted, build.work))


def info_plist(product: Product) -> dict[str, Any]:
    """What macOS is told of the app.

    Source: Apple, "Information Property List".
    """
    plist: dict[str, Any] = {
        "CFBundleName": product.name,
        "CFBundleDisplayName": product.name,
        "CFBundleShortVersionString": product.version,
        "CFBundleVersion": ".".join(str(number) for number in product.numeric_version),
        "NSHighResolutionCapable": True,
        "LSMinimumSystemVersion": "11.0",
    }
    settings = product.settings
    if settings.schemes:
        plist["CFBundleURLTypes"] = [
            {"CFBundleURLName": product.identifier, "CFBundleURLSchemes": settings.schemes}
        ]
    if settings.file_types:
        plist["CFBundleDocumentTypes"] = [
            {
                "CFBundleTypeName": kind.name,
                "CFBundleTypeExtensions": [kind.extension],
                "CFBundleTypeRole": "Editor",
            }
            for kind in settings.file_types
        ]
    return plist


def _explain(output: str) -> str:
    """The likely remedy for what PyInstaller says."""
    missing = _MISSING.findall(output)
    if missing:
        return (
            f"a module is not installed in this environment: pip install {missing[-1]}, or leave "
            f"it out with exclude = [{missing[-1]!r}] in [tool.pytron.package]"
        )
    if "ldd" in output or "objdump" in output:
        return "PyInstaller needs binutils: install it with your system's package manager"
    return ""
