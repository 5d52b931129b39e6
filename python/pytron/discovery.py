"""Which app is meant: a file, a module, or the one of the folder; found without running it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

from pytron.app import App
from pytron.config import Origin, choose
from pytron.engine import FIRST
from pytron.errors import ConfigError, PytronError
from pytron.failures import failure_of, fields_of
from pytron.inspection import Inspected, looking

#: Files that hold the app where nothing says which one does.
_USUAL = ("app.py", "main.py", "__main__.py")


class Target(NamedTuple):
    """A place of an app: a file or a module, and the attribute if it is said."""

    file: Path | None
    module: str | None
    attribute: str | None

    def __str__(self) -> str:
        """As users write it."""
        place = str(self.file) if self.file is not None else str(self.module)
        return f"{place}:{self.attribute}" if self.attribute else place


def locate(given: str | None, folder: Path | None = None) -> Target:
    """The target that a command line means: `app.py`, `shop.app:app`, a folder, or nothing.

    Without one, `app` in `[tool.pytron]` of the nearest pyproject.toml decides, then app.py or
    main.py in the folder.

    Raises:
        ConfigError: there is no such file, or nothing says which one.
    """
    base = folder or Path.cwd()
    if given is None:
        setting = Origin(base, None).settings.get("app")
        if setting is not None:
            return locate(str(setting), _settings_folder(base))
        return _usual(base)
    place, colon, attribute = given.rpartition(":")
    if not colon or attribute.startswith(("\\", "/")):  # a drive, or a path without attribute
        place, attribute = given, ""
    path = base / place
    if path.is_dir():
        return _usual(path)._replace(attribute=attribute or None)
    if path.is_file():
        return Target(path.resolve(), None, attribute or None)
    if place.endswith(".py") or "/" in place or os.sep in place:
        raise ConfigError(f"there is no file {path}; give the app's file, or module:name")
    return Target(None, place, attribute or None)


def setting_path(name: str, folder: Path) -> Path | None:
    """A path in `[tool.pytron]` of the pyproject.toml that is nearest to a folder."""
    setting = Origin(folder, None).settings.get(name)
    return None if setting is None else _settings_folder(folder) / str(setting)


def _settings_folder(base: Path) -> Path:
    for folder in [base, *base.parents]:
        if (folder / "pyproject.toml").is_file():
            return folder
    return base


def _usual(folder: Path) -> Target:
    for name in _USUAL:
        if (folder / name).is_file():
            return Target((folder / name).resolve(), None, None)
    raise ConfigError(
        f"no app is named, and {folder} has neither app.py nor main.py; give the app's file, or "
        'set app = "module:name" in [tool.pytron] of pyproject.toml'
    )


def find_app(target: Target) -> App[Any]:
    """The app at a target. Its code is imported, but no app runs.

    Raises:
        ConfigError: the code fails, or has no app, or more than one.
    """
    try:
        with looking(), redirect_stdout(sys.stderr), _search_path(target), _nothing_compiled():
            found = _app_in(_imported(target), target)
            return found if found is not None else _app_of_main(target)
    except Inspected as reached:
        return reached.app


@contextmanager
def _search_path(target: Target) -> Generator[None]:
    """Imports work as they do for `python app.py` or `python -m module`."""
    folder = str(target.file.parent if target.file is not None else Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    yield


@contextmanager
def _nothing_compiled() -> Generator[None]:
    """Keep nothing compiled: whoever looks again within a second of a save must see the save."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _imported(target: Target) -> ModuleType:
    """The module.

    Raises:
        Inspected: the import has reached an unguarded `run`.
        ConfigError: there is no such module, or it fails.
    """
    spec = _spec_of(target)
    if spec is None or spec.loader is None:
        raise ConfigError(f"there is no module {target.module!r}; run this in the app's folder")
    known = sys.modules.get(spec.name)
    if known is not None and getattr(known, "__file__", None) == spec.origin:
        return known
    module = importlib.util.module_from_spec(spec)
    # It stays there when its import ends early: annotations are looked up in it.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise _failed(target, error) from error
    return module


def _spec_of(target: Target) -> ModuleSpec | None:
    if target.file is not None:
        name = target.file.stem if target.file.stem.isidentifier() else "app"
        return importlib.util.spec_from_file_location(name, target.file)
    assert target.module is not None
    try:
        return importlib.util.find_spec(target.module)
    except (ImportError, ValueError) as error:
        raise ConfigError(f"the module {target.module!r} cannot be imported: {error}") from error


def _failed(target: Target, error: BaseException) -> ConfigError:
    failure = failure_of(error)
    return ConfigError(f"{target} cannot be imported: {failure.sentence}", data=fields_of(failure))


def _app_in(module: ModuleType, target: Target) -> App[Any] | None:
    if target.attribute is not None:
        return _attribute_of(module, target)
    found = list({id(app): app for app in _apps(module)}.values())
    if len(found) > 1:
        raise ConfigError(f"{target} has {len(found)} apps; say which one: {target}:name")
    return found[0] if found else None


def _apps(module: ModuleType) -> Iterator[App[Any]]:
    for value in vars(module).values():
        if isinstance(value, App):
            yield value


def _attribute_of(module: ModuleType, target: Target) -> App[Any]:
    """The app of that name; a function of that name makes it."""
    value: Any = module
    for name in str(target.attribute).split("."):
        value = getattr(value, name, None)
    if inspect.isfunction(value):
        value = value()
    if isinstance(value, App):
        return cast("App[Any]", value)
    raise ConfigError(f"{target} is no App, but {type(value).__name__}; name the App itself")


def run_app(target: Target) -> int:
    """Run the app of a target as Python would: the file as a script, the module with `-m`.

    Returns:
        The exit code, if the app does not itself end the process.

    Raises:
        ConfigError: there is no such module or app.
        PytronError: the app's own code has failed; `data` is the failure, without frames of ours.
    """
    try:
        with _search_path(target):
            _show_splash(target)
            if target.attribute is not None:
                from pytron.services.again import run_as  # only where it is needed

                run_as(Path.cwd(), str(target))
                return _attribute_of(_imported(target), target).run()
            _run_as_main(target)
    except PytronError:
        raise
    except Exception as error:
        failure = failure_of(error)
        message = f"{target} failed: {failure.sentence}"
        raise PytronError(message, code="exception", data=fields_of(failure)) from error
    return 0


def _show_splash(target: Target) -> None:
    """Show the picture that the settings name while the app's own code is imported."""
    if target.file is not None:
        folder = target.file.parent
    else:
        folder = Path.cwd().joinpath(*str(target.module).split(".")).parent
    origin = Origin(folder, target.file)
    first = bool(os.environ.pop(FIRST, None))
    with suppress(PytronError):
        if picture := choose("splash", None, origin, None):
            from pytron.engines.native import early  # only where it is needed

            early.show(origin, picture, first=first)


def _run_as_main(target: Target) -> None:
    import runpy  # only where it is needed

    if target.file is not None:
        runpy.run_path(str(target.file), run_name="__main__")
    elif _spec_of(target) is None:
        raise ConfigError(f"there is no module {target.module!r}; run this in the app's folder")
    else:
        runpy.run_module(str(target.module), run_name="__main__", alter_sys=True)


def _app_of_main(target: Target) -> App[Any]:
    """The app that a file makes only when it is run, as `python app.py` would."""
    try:
        _run_as_main(target)
    except (Exception, SystemExit) as error:
        raise _failed(target, error) from error
    raise ConfigError(f"{target} makes no App; give the file that does, or module:name")
