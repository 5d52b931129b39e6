"""Code that others bring into a sealed app: each way works against the app without the shield."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from package.attacked import (
    DEADLINE_S,
    Place,
    Target,
    as_stranger,
    assert_refused,
    linux_only,
    run,
    shown,
)

pytestmark = linux_only


@dataclass
class Lair:
    """A folder in which everybody may write."""

    folder: Path

    @property
    def loot(self) -> Path:
        return self.folder / "loot"

    @property
    def variables(self) -> dict[str, str]:
        """What tells the attackers' library where to put what it finds."""
        return {"ATTACK_PLACE": str(self.loot), "ATTACK_NEEDLE": "on"}


@pytest.fixture
def lair(place: Place) -> Iterator[Lair]:
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o777)
    yield Lair(folder)
    shutil.rmtree(folder)


def preloaded(library: Path, target: Target, lair: Lair) -> list[str | Path]:
    """The app with the attackers' library, which nothing that starts it has."""
    variables = [f"{name}={value}" for name, value in lair.variables.items()]
    if not target.leaks:  # PyInstaller's program starts itself anew: hidden, it would lose it
        variables.append("ATTACK_HIDE=1")
    return ["/usr/bin/env", f"LD_PRELOAD={library}", *variables, target.program, "watched"]


def test_a_library_that_hides_from_the_environment(
    place: Place, target: Target, lair: Lair
) -> None:
    done = run(*preloaded(place.preload, target, lair))
    if target.leaks:
        assert done.stdout.startswith("ready")
    else:
        assert_refused(done, "is not part of it")
    assert lair.loot.exists() is target.leaks


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the attack is written in its code")
def test_functions_that_were_changed_in_memory(place: Place, target: Target, lair: Lair) -> None:
    done = run(*preloaded(place.change, target, lair))
    if target.leaks:
        assert "evil" in done.stdout
    else:
        assert_refused(done, "was changed in the memory of this program")


def proved(
    target: Target, lair: Lair, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The app with its window, until it has answered its page: it ends by itself."""
    proof = {"PYTRON_PROOF": str(lair.folder / "proof.json")}
    return shown(
        target.program,
        home=lair.folder / "home",
        variables={**proof, **lair.variables, **variables},
    )


def test_a_module_that_the_environment_names_to_gtk(
    place: Place, target: Target, lair: Lair
) -> None:
    done = proved(target, lair, {"GTK_MODULES": str(place.preload), "G_DEBUG": "fatal-warnings"})
    assert lair.loot.exists() is target.leaks, done.stderr
    if not target.leaks:
        assert done.returncode == 0, done.stderr


def test_a_module_that_the_users_settings_name_to_gtk(
    place: Place, target: Target, lair: Lair
) -> None:
    settings = lair.folder / "home" / ".config" / "gtk-3.0" / "settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[Settings]\ngtk-modules={place.preload}\n", "utf-8")
    done = proved(target, lair, {})
    assert lair.loot.exists() is target.leaks, done.stderr
    if not target.leaks:
        assert done.returncode == 3, done.stderr
        assert f"{place.preload} was to be loaded into this program" in done.stderr


def test_a_plug_in_that_the_environment_names_to_openssl(
    place: Place, target: Target, lair: Lair
) -> None:
    settings = lair.folder / "openssl.cnf"
    settings.write_text(
        "openssl_conf = start\n[start]\nproviders = all\n[all]\nevil = evil\ndefault = usual\n"
        f"[usual]\nactivate = 1\n[evil]\nmodule = {place.preload}\nactivate = 1\n",
        "utf-8",
    )
    run(target.program, "watched", variables={"OPENSSL_CONF": str(settings), **lair.variables})
    assert lair.loot.exists() is target.leaks


def test_a_converter_that_the_environment_names_to_the_c_library(
    place: Place, target: Target, lair: Lair
) -> None:
    shutil.copy(place.preload, lair.folder / "preload.so")
    names = "module INTERNAL EVIL// preload 1\nmodule EVIL// INTERNAL preload 1\n"
    (lair.folder / "gconv-modules").write_text(names, "utf-8")
    run(target.program, "watched", variables={"GCONV_PATH": str(lair.folder), **lair.variables})
    assert lair.loot.exists() is target.leaks


@pytest.mark.parametrize("variable", ["GIO_MODULE_DIR", "GIO_EXTRA_MODULES"])
def test_a_module_that_the_environment_names_to_gio(
    place: Place, target: Target, lair: Lair, variable: str
) -> None:
    folder = lair.folder / "modules"
    folder.mkdir()
    shutil.copy(place.preload, folder / "libpreload.so")
    done = proved(target, lair, {variable: str(folder)})
    assert lair.loot.exists() is target.leaks, done.stderr
    if not target.leaks:
        assert done.returncode == 0, done.stderr


def test_a_plug_in_that_the_environment_names_to_gstreamer(
    place: Place, target: Target, lair: Lair
) -> None:
    """What plays media is in the web engine's process, which has the page and not the code."""
    folder, seen = lair.folder / "plug-ins", lair.folder / "seen"
    folder.mkdir()
    shutil.copy(place.preload, folder / "libgstpreload.so")
    variables = {"GST_PLUGIN_PATH": str(folder), "ATTACK_SEEN": str(seen)}
    done = shown(target.program, "plays", home=lair.folder / "home", variables=variables)
    assert done.returncode == 0, done.stderr
    assert seen.exists() is target.leaks


def test_an_inspector_that_the_environment_asks_of_webkit(target: Target, lair: Lair) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    variables = {"WEBKIT_INSPECTOR_SERVER": f"127.0.0.1:{port}"}
    home = lair.folder / "home"
    done = shown(target.program, "inspected", port, home=home, variables=variables)
    assert done.stdout == ("open\n" if target.leaks else "closed\n"), done.stderr


EVIL_PAGE = """<!doctype html><title>evil</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.tell("evil");
await pytron.tell("end");
</script>"""


def test_a_page_that_the_environment_names(target: Target, lair: Lair) -> None:
    """In no package: Pytron itself looks at that variable in development alone."""
    page = lair.folder / "page"
    page.mkdir()
    (page / "index.html").write_text(EVIL_PAGE, "utf-8")
    home, variables = lair.folder / "home", {"PYTRON_FRONTEND": str(page)}
    done = shown(target.program, "ranges", home=home, variables=variables)
    assert done.returncode == 0, done.stderr
    told = [line.split(" ", 1)[1] for line in done.stdout.splitlines()]
    assert told[-1] == "end"
    assert "evil" not in told


def test_a_library_laid_beside_while_it_runs(place: Place, target: Target, lair: Lair) -> None:
    spoilt = target.copy(lair.folder / "package")
    process = subprocess.Popen(
        as_stranger(spoilt.program, "late"),
        env={"PATH": "/usr/bin:/bin", **lair.variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    shutil.copy(place.preload, spoilt.folder / "_internal" / "libquick.so.1")
    stdout, stderr = process.communicate("libquick.so.1\n", timeout=DEADLINE_S)
    assert ("loaded" in stdout) is target.leaks, stderr
    assert lair.loot.exists() is target.leaks
    if not target.leaks:
        assert process.returncode == 3
        assert "libquick.so.1 is not part of this package" in stderr


def test_answers_of_a_supervisor_in_the_kernels_place(place: Place, target: Target) -> None:
    done = run(place.supervise, target.program, "watched")
    if done.returncode == 2:
        pytest.skip(done.stderr)
    if target.leaks:
        assert done.stdout.startswith("ready")
    else:
        assert_refused(done, "under a filter of system calls")


def test_what_child_processes_inherit(place: Place, lair: Lair) -> None:
    """A child is open to others until it has closed itself: nothing is to be found in it then."""
    watch = lair.folder / "watch"
    watch.mkdir()
    looking = subprocess.Popen(
        as_stranger(place.attack, "orders", watch), stdout=subprocess.PIPE, text=True
    )
    try:
        done = run(place.sealed.program, "parent", "10")
    finally:
        watch.rmdir()
        found, _ = looking.communicate(timeout=DEADLINE_S)
    assert done.stdout == "child 0\n" * 10, done.stderr
    assert found == ""
