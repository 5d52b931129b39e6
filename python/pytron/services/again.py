"""How the system starts this app again: for deep links, types of files and autostart.

A package that is not installed is found only where it was started from, and the system starts apps
elsewhere: `python -m pytron.services.again FOLDER MODULE …` is `python -m MODULE …` from anywhere.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from pytron.errors import CallError
from pytron.packaged import is_packaged
from pytron.platforms import silent_python

#: What `pytron run MODULE:NAME` was given, and where: then no file is the app's own.
_run_as: tuple[Path, str] | None = None


def run_as(folder: Path, target: str) -> None:
    """`pytron run` runs an attribute of a module, as this target names it in that folder."""
    global _run_as
    _run_as = (folder, target)


def launch_command() -> list[str]:
    """The command that starts this app again, from any folder.

    Raises:
        CallError: nothing that can be started again has started it.
    """
    if is_packaged():
        return [sys.executable]
    if _run_as is not None:
        folder, target = _run_as
        return [silent_python(), "-m", __name__, str(folder), "pytron", "run", target]
    main: Any = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    file = getattr(main, "__file__", None)
    if spec is None and file is not None:
        command = _of_file(Path(file).absolute())
    elif spec is not None and spec.name == "__main__" and spec.origin is not None:
        command = _of_file(Path(spec.origin).absolute().parent)  # a folder or archive with one
    elif spec is not None and spec.origin is not None:
        command = _of_module(spec.name, Path(spec.origin).absolute())
    else:
        raise _not_again("this app was not started from a file")
    return [silent_python(), *command]


def _of_file(file: Path) -> list[str]:
    return [str(file)]


def _of_module(name: str, origin: Path) -> list[str]:
    """`python -m`: of the package, where it was its `__main__`."""
    module = name.removesuffix(".__main__")
    folder = origin.parents[name.count(".")]
    installed = [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    if folder in installed:
        return ["-m", module]
    return ["-m", __name__, str(folder), module]


def _not_again(reason: str) -> CallError:
    remedy = "run its file, or its module with `python -m`"
    return CallError(f"{reason}, so the system cannot start it again; {remedy}", code="unsupported")


def _start(folder: str, module: str) -> None:
    """Be `python -m MODULE`, run in that folder."""
    import os
    import runpy  # only where it is needed

    del sys.argv[1:3]
    if module == "pytron":
        os.chdir(folder)  # `pytron run` looks for the app where it is
    sys.path[0] = folder  # where `-m` has put the folder that this was started in
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _start(*sys.argv[1:3])
