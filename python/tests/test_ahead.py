"""The web view's library is loaded beside Python's imports, where an app is going to need it."""

from __future__ import annotations

import os
from ctypes.util import find_library
from pathlib import Path

import pytest
from programs import run_program
from pytron.platforms import web_view_library

pytestmark = pytest.mark.skipif(
    web_view_library() is None, reason="elsewhere the web view is there at once"
)

SEEN = """
from pytron import ahead
ahead.finish()
print("webkit2gtk" in open("/proc/self/maps").read(), ahead._loading is not None)
"""
IMPORT = "from pytron import App\n"
BEGUN = "True" if find_library("webkit2gtk-4.1") else "False"


def run(tmp_path: Path, source: str, *command: str, **changed: str | None) -> list[str]:
    """Run a program on a machine with a display; its words."""
    environment = {**os.environ, "DISPLAY": ":none"}
    for name in ("PYTRON_ENGINE", "PYTRON_LINK", "PYTRON_HOSTED", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    for name, value in changed.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    done = run_program(tmp_path, source, *command, environment=environment)
    assert done.stderr == ""
    return done.stdout.split()


def test_a_program_that_imports_app_loads_it_before_it_has_made_one(tmp_path: Path) -> None:
    assert run(tmp_path, IMPORT + SEEN) == [BEGUN, "True"]
    assert run(tmp_path, "import pytron\npytron.App\n" + SEEN) == [BEGUN, "True"]


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTRON_ENGINE": "headless"},
        {"PYTRON_ENGINE": "chrome,native"},
        {"PYTRON_HOSTED": "1"},
        {"PYTRON_LINK": "3"},
        {"DISPLAY": None},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_where_the_environment_speaks_against_it_nothing_is_loaded(
    tmp_path: Path, variables: dict[str, str | None]
) -> None:
    assert run(tmp_path, IMPORT + SEEN, **variables) == ["False", "False"]


def test_where_the_program_speaks_of_engines_it_waits_for_what_is_said(tmp_path: Path) -> None:
    made = "\ndef make():\n    return App('A', ephemeral=True, engine=CHOSEN)\n"
    assert run(tmp_path, IMPORT + "CHOSEN = 'chrome'" + made + SEEN) == ["False", "False"]
    native = IMPORT + "CHOSEN = 'native'" + made + SEEN + "make()\n" + SEEN
    assert run(tmp_path, native) == ["False", "False", BEGUN, "True"]


def test_where_the_settings_name_another_engine_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytron]\nengine = "chrome"\n', "utf-8")
    assert run(tmp_path, IMPORT + SEEN) == ["False", "False"]


def test_what_is_no_program_of_its_own_loads_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, IMPORT + SEEN, "-c", IMPORT + SEEN) == ["False", "False"]
    assert run(tmp_path, IMPORT, "-c", "import app" + SEEN) == ["False", "False"]
    look = "from pytron.inspection import looking\nimport runpy\nwith looking():\n"
    look += "    runpy.run_path('app.py', run_name='__main__')"
    assert run(tmp_path, IMPORT + SEEN, "-c", look) == ["False", "False"]


def test_a_forked_child_can_load_libraries_and_a_short_program_ends_well(tmp_path: Path) -> None:
    child = """
import os
if os.fork() == 0:
    import ctypes
    os._exit(0 if ctypes.CDLL("libm.so.6").cos else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    for _ in range(5):
        assert run(tmp_path, IMPORT + child) == ["0"]
        assert run(tmp_path, IMPORT) == []


def test_an_app_of_another_module_loads_it_when_the_app_is_made(tmp_path: Path) -> None:
    (tmp_path / "kit.py").write_text("from pytron import App\n", "utf-8")
    source = f"import kit\n{SEEN}kit.App('A', ephemeral=True)\n{SEEN}"
    assert run(tmp_path, source) == ["False", "False", BEGUN, "True"]
