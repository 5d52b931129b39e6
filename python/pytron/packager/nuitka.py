"""Compiles an app with Nuitka instead of freezing it: slower to build, quicker to start."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

import pytron
from pytron import engines, server
from pytron.errors import PackagingError, ToolMissing
from pytron.packager import icons
from pytron.packager.parts import FACTS
from pytron.packager.pipeline import Build
from pytron.packager.pyinstaller import data_of, files_of_engines, included, script_of
from pytron.packager.shield import MODULE, PAYLOAD
from pytron.platforms import SYSTEM, frozen_program, icon_format

#: What is loaded by name, which Nuitka cannot see either; Pytron itself is taken whole but for…
_BY_NAME: Final = ("multiprocessing.spawn", "multiprocessing.resource_tracker")
#: … what only tools need, and engines that were not chosen.
_TOOLS: Final = (
    *("__main__", "cli", "devserver", "doctor", "packager", "project", "templates", "testing"),
    "typegen",
)
_SYSTEMS: Final = ("linux", "macos", "windows")
#: Parts of the server engine by which every app tells whether it could be used.
_ASKED: Final = frozenset({"listening", "options"})
_KNOWN: Final = Path(__file__).with_name("nuitka.yml")


class Compile:
    """The step that makes a folder with the program, by way of C."""

    title = "compile with Nuitka (takes minutes)"

    def run(self, build: Build) -> None:
        """Run Nuitka and note where the program is.

        Raises:
            ToolMissing: Nuitka, or what it needs, is not installed.
            PackagingError: it failed.
        """
        if find_spec("nuitka") is None:
            raise ToolMissing(
                "Nuitka is not installed in this environment; install it: pip install nuitka"
            )
        product = build.product
        if product.settings.one_file:
            raise PackagingError("--nuitka makes a folder; leave --one-file out")
        target = build.out / product.slug
        if target.is_dir():
            shutil.rmtree(target)
        build.work.mkdir(parents=True, exist_ok=True)
        (build.work / FACTS).unlink(missing_ok=True)  # of a build by PyInstaller
        script = script_of(build)
        folders = [product.folder, *([build.sealed_pages] if build.sealed_pages else [])]
        known = os.environ.get("PYTHONPATH")
        path = os.pathsep.join([*map(str, folders), *([known] if known else [])])
        build.run(
            "nuitka",
            self._command(build, script),
            cwd=product.folder,
            environment={**os.environ, "PYTHONPATH": path},
            explain=_explain,
        )
        made = build.work / f"{script.stem}.dist"
        build.out.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)
        build.frozen = target
        build.program = frozen_program(build.out, product.slug, one_file=False)
        build.results["folder"] = target

    def _command(self, build: Build, script: Path) -> list[str | Path]:
        product = build.product
        settings = product.settings
        words: list[str | Path] = [
            *(sys.executable, "-m", "nuitka", "--standalone", "--assume-yes-for-downloads"),
            *(f"--output-dir={build.work}", f"--output-filename={product.slug}"),
            f"--company-name={settings.publisher or product.name}",
            f"--product-name={product.name}",
            f"--product-version={'.'.join(str(part) for part in product.numeric_version)}",
            f"--user-package-configuration-file={_KNOWN}",
            "--lto=no",  # it doubles the time of the build, and an app's time goes elsewhere
            "--include-package=pytron",
            *_client(),
            *_of_engines(settings.engines),
            "--include-package-data=pytron_native",
            *(f"--include-module={name}" for name in (*_BY_NAME, *settings.hidden_imports)),
            *(f"--nofollow-import-to={name}" for name in (*settings.exclude, *_left_out(build))),
            *(["--include-module=" + product.module] if product.module else []),
        ]
        sealed = build.sealed_pages
        if sealed is not None:
            words.append(f"--include-module={MODULE}")
            words.append(f"--include-data-files={sealed / PAYLOAD}={PAYLOAD}")
        for source, place in included(product) if sealed is not None else data_of(build):
            kind = "dir" if Path(source).is_dir() else "files"
            inside = place if kind == "dir" else f"{place}/"
            words.append(f"--include-data-{kind}={source}={inside}")
        if icon_format() == "ico":
            words.append(f"--windows-console-mode={'force' if settings.console else 'disable'}")
            if product.icon is not None:
                icon = icons.convert(product.icon, "ico", build.work)
                words.append(f"--windows-icon-from-ico={icon}")
        return [*words, script]


def _client() -> list[str]:
    """The one file of Pytron's own that every app reads."""
    client = Path(pytron.__file__).parent / "_bundled" / "client.js"
    return [f"--include-data-files={client}=pytron/_bundled/client.js"]


def _of_engines(engines: Iterable[str]) -> list[str]:
    return [f"--include-data-dir={source}={place}" for source, place in files_of_engines(engines)]


def _left_out(build: Build) -> list[str]:
    chosen = {*build.product.settings.engines, "native"}
    names = [f"pytron.{name}" for name in _TOOLS]
    names += [f"pytron.services.{name}" for name in _SYSTEMS if name != SYSTEM]
    others = (module.name for module in iter_modules(engines.__path__))
    names += [f"pytron.engines.{name}" for name in others if name not in chosen]
    if "server" not in chosen:
        parts = (module.name for module in iter_modules(server.__path__))
        names += [f"pytron.server.{name}" for name in parts if name not in _ASKED]
    return names


def _explain(output: str) -> str:
    if "patchelf" in output:
        return "Nuitka needs patchelf: install it with your system's package manager"
    if "C compiler" in output or ("gcc" in output and "not found" in output):
        return "Nuitka needs a C compiler: install gcc, Xcode's command line tools, or MSVC"
    return ""
