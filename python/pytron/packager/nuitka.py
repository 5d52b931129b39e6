"""Compiles an app with Nuitka instead of freezing it: slower to build, quicker to start."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from pytron.errors import PackagingError, ToolMissing
from pytron.packager import icons
from pytron.packager.pipeline import Build
from pytron.packager.pyinstaller import data_of, script_of
from pytron.platforms import frozen_program, icon_format

#: What Pytron loads by name, which Nuitka cannot see either.
_BY_NAME: Final = ("pytron.proof", "multiprocessing.spawn", "multiprocessing.resource_tracker")
_NOT_FOLLOWED: Final = ("pytron.cli", "pytron.packager", "pytron.testing", "pytron.typegen")


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
        script = script_of(build)
        build.run("nuitka", self._command(build, script), cwd=product.folder, explain=_explain)
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
            "--include-package-data=pytron",
            "--include-package-data=pytron_native",
            *(f"--include-module={name}" for name in _BY_NAME),
            *(f"--include-module=pytron.engines.{name}" for name in settings.engines),
            "--include-package=pytron.engines.native",
            *(f"--include-module={name}" for name in settings.hidden_imports),
            *(f"--nofollow-import-to={name}" for name in (*settings.exclude, *_NOT_FOLLOWED)),
            *(["--include-module=" + product.module] if product.module else []),
        ]
        for source, place in data_of(product):
            kind = "dir" if Path(source).is_dir() else "files"
            inside = place if kind == "dir" else f"{place}/"
            words.append(f"--include-data-{kind}={source}={inside}")
        if icon_format() == "ico":
            words.append(f"--windows-console-mode={'force' if settings.console else 'disable'}")
            if product.icon is not None:
                icon = icons.convert(product.icon, "ico", build.work)
                words.append(f"--windows-icon-from-ico={icon}")
        return [*words, script]


def _explain(output: str) -> str:
    if "patchelf" in output:
        return "Nuitka needs patchelf: install it with your system's package manager"
    if "C compiler" in output or ("gcc" in output and "not found" in output):
        return "Nuitka needs a C compiler: install gcc, Xcode's command line tools, or MSVC"
    return ""
