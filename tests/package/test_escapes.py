"""The ways out of the shield's measures: each lets in what it names, and nothing besides."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from package.attacked import NEEDLE, Place, assert_refused, linux_only, run
from pytron.packager.pipeline import Build

pytestmark = linux_only


def test_debuggable_lets_a_tracer_in(place: Place, build: Callable[..., Build]) -> None:
    made = build(debuggable=True)
    assert made.program is not None
    done = run(place.attack, "traced", made.program, "watched")
    assert done.stdout.startswith("ready"), done.stderr


def test_containers_alone_let_no_filter_in_that_lies(
    place: Place, build: Callable[..., Build]
) -> None:
    assert_refused(under_a_filter(place, build(containers=True)), "lets other programs look into")


def test_containers_let_a_filter_in_where_nothing_is_to_be_hidden(
    place: Place, build: Callable[..., Build]
) -> None:
    done = under_a_filter(place, build(containers=True, debuggable=True))
    assert done.stdout.startswith("ready"), done.stderr


def under_a_filter(place: Place, made: Build) -> subprocess.CompletedProcess[str]:
    """Starts it under a filter that says yes to every prctl, and does none."""
    assert made.program is not None
    done = run(place.attack, "filter", made.program, "watched")
    if done.returncode == 2:
        pytest.skip(done.stderr)
    return done


@pytest.mark.parametrize("mapped", ["--map-root-user", "--map-user=1000"])
def test_containers_let_a_user_namespace_in(build: Callable[..., Build], mapped: str) -> None:
    unshare = ("/usr/bin/unshare", "--user", mapped)
    if run(*unshare, "/bin/true").returncode:
        pytest.skip("this system lets nobody make one")
    made = build(containers=True)
    assert made.program is not None
    done = run(*unshare, made.program, "watched")
    assert done.stdout.startswith("ready"), done.stderr


#: Starts the app, and reads its memory when it is ready; both in the namespace it runs in.
LOOKING = """
mkfifo "$4/in" "$4/out"
"$1" watched <"$4/in" >"$4/out" &
exec 3>"$4/in"
read -r ready <"$4/out"
echo "$ready"
"$2" mem $! "$3"
exec 3>&-
wait
"""


def test_containers_have_the_price_that_the_spec_names(
    place: Place, build: Callable[..., Build]
) -> None:
    """Who starts it in a namespace of their own is root there; else it is closed as ever."""
    unshare = ("/usr/bin/unshare", "--user", "--map-root-user")
    if run(*unshare, "/bin/true").returncode:
        pytest.skip("this system lets nobody make one")
    made = build(containers=True)
    assert made.program is not None
    for inside in (True, False):
        folder = Path(tempfile.mkdtemp(dir=place.folder))
        folder.chmod(0o777)
        command = ("/bin/sh", "-c", LOOKING, "sh", made.program, place.attack, NEEDLE, folder)
        done = run(*(unshare if inside else ()), *command)
        assert done.stdout.startswith("ready"), done.stderr
        assert ("found" in done.stdout) is inside, done.stderr
    assert_refused(run(made.program, "watched", str(place.preload)), "is not part of it")


def test_foreign_libraries_may_come_from_anywhere(
    place: Place, build: Callable[..., Build]
) -> None:
    foreign = str(place.preload)
    assert_refused(run(place.sealed.program, "watched", foreign), "is not part of it")
    made = build(foreign_libraries=True)
    assert made.program is not None
    done = run(made.program, "watched", foreign)
    assert done.stdout.startswith("ready"), done.stderr


def test_keep_environment_keeps_what_leads_to_plug_ins(
    place: Place, build: Callable[..., Build]
) -> None:
    leading = {"GTK_PATH": "/nowhere", "LD_LIBRARY_PATH": "/nowhere"}
    cleaned = run(place.sealed.program, "watched", variables=leading)
    assert cleaned.stdout.split()[2:] == ["None"], cleaned.stderr
    made = build(keep_environment=True)
    assert made.program is not None
    kept = run(made.program, "watched", variables=leading)
    assert kept.stdout.split()[2:] == ["/nowhere"], kept.stderr
