"""What an unprivileged attacker gets out of a sealed package that is as it was made.

Each attack is first tried on the same app as PyInstaller leaves it, where it succeeds: an attack
that fails everywhere shows nothing.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard
from package.attacked import (
    DEADLINE_S,
    NEEDLE,
    PAGE_NEEDLE,
    Place,
    Target,
    assert_refused,
    linux_only,
    run,
    waiting,
)
from pytron import proof

pytestmark = linux_only


def test_a_sealed_app_is_proved_like_any_other(place: Place) -> None:
    assert list(place.facts["proof"]["seen"]) == list(proof.STEPS)
    assert place.facts["shield"]["scheme"] == "embedded"


def test_it_is_hardly_larger(place: Place) -> None:
    def size(folder: Path) -> int:
        return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())

    assert size(place.sealed.folder) < size(place.plain.folder) * 1.05


def carved(folder: Path) -> bytes:
    """Everything in the files, as it is and unpacked wherever something packed may begin."""
    found = bytearray()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        found += data
        for at in (match.start() for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data)):
            try:
                found += zlib.decompressobj().decompress(data[at:], 1 << 20)
            except zlib.error:
                continue
        for at in (match.start() for match in re.finditer(re.escape(b"\x28\xb5\x2f\xfd"), data)):
            try:
                found += zstandard.ZstdDecompressor().decompress(data[at:], 1 << 20)
            except zstandard.ZstdError:
                continue
    return bytes(found)


def test_carving_files(target: Target) -> None:
    found = carved(target.folder)
    assert (NEEDLE.encode() in found) is target.leaks
    assert (PAGE_NEEDLE.encode() in found) is target.leaks


def test_extracting_the_archive(target: Target) -> None:
    from PyInstaller.archive.readers import ArchiveReadError, CArchiveReader

    if target.leaks:
        archive: Any = CArchiveReader(str(target.program))
        assert NEEDLE.encode() in archive.extract("app")
    else:
        with pytest.raises(ArchiveReadError):
            CArchiveReader(str(target.program))


@pytest.mark.parametrize("way", ["mem", "vm"])
@pytest.mark.parametrize("needle", [NEEDLE, PAGE_NEEDLE])
def test_reading_its_memory(
    place: Place, target: Target, running: int, way: str, needle: str
) -> None:
    done = run(place.attack, way, str(running), needle)
    assert ("found" in done.stdout) is target.leaks, done.stderr


def test_attaching_a_debugger(place: Place, target: Target, running: int) -> None:
    done = run(place.attack, "ptrace", str(running))
    assert ("attached" in done.stdout) is target.leaks, done.stderr


def test_looking_at_its_files_in_proc(target: Target, running: int) -> None:
    for name in ("environ", "maps", "fd"):
        done = run("/bin/ls" if name == "fd" else "/bin/cat", f"/proc/{running}/{name}")
        assert (done.returncode == 0) is target.leaks


def test_a_core_file(place: Place, target: Target) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text("utf-8")
    if pattern.startswith(("|", "/")):
        pytest.skip("cores go elsewhere on this machine")
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o777)
    script = 'cd "$1" && ulimit -c unlimited && exec "$2" watched'
    process = waiting("/bin/sh", "-c", script, "sh", folder, target.program)
    process.send_signal(signal.SIGABRT)
    process.communicate(timeout=DEADLINE_S)
    assert process.returncode == -signal.SIGABRT
    cores = [path.read_bytes() for path in folder.iterdir()]
    assert any(NEEDLE.encode() in core for core in cores) is target.leaks
    assert bool(cores) is target.leaks


@pytest.mark.parametrize("variable", ["LD_PRELOAD", "LD_AUDIT"])
def test_a_library_brought_by_the_environment(place: Place, target: Target, variable: str) -> None:
    loot = Path(tempfile.mkdtemp(dir=place.folder))
    loot.chmod(0o777)
    variables = {
        variable: str(place.preload),
        "ATTACK_PLACE": str(loot / "loot"),
        "ATTACK_NEEDLE": "on",
    }
    done = run(target.program, "watched", variables=variables)
    assert done.stdout.startswith("ready"), done.stderr
    stolen = (loot / "loot").is_file()
    if variable == "LD_PRELOAD" or not target.leaks:  # an auditing library is never ended
        assert stolen is target.leaks


def test_code_from_the_environment(place: Place, copy: Target) -> None:
    evil = copy.folder.parent / "evil"
    evil.mkdir()
    for name in ("sitecustomize", "usercustomize", "optional_extra", "json"):
        (evil / f"{name}.py").write_text("print('evil', flush=True)", "utf-8")
    variables = {
        "PYTHONPATH": str(evil),
        "PYTHONHOME": str(evil),
        "PYTHONINSPECT": "1",
        "PYTHONSTARTUP": str(evil / "json.py"),
        "PYTHONUSERBASE": str(evil),
        "PYTHONVERBOSE": "1",
        "PYTHONBREAKPOINT": "json.loads",
    }
    done = run(copy.program, "watched", variables=variables)
    assert done.returncode == 0
    assert done.stdout.startswith("ready")
    assert "evil" not in done.stdout + done.stderr
    assert place.sealed.program.is_file()


DOOR = "from multiprocessing.resource_tracker import main;print('evil', flush=True)"


def test_code_in_arguments(target: Target) -> None:
    done = run(target.program, "-B", "-S", "-I", "-c", DOOR)
    assert ("evil" in done.stdout) is target.leaks


@pytest.mark.parametrize("words", [["0"], ["-1"], ["999"], ["x"], []])
@pytest.mark.parametrize("given", [b"", b"PYTRWORK" + bytes(72), os.urandom(200)])
def test_a_worker_that_the_app_did_not_start(place: Place, words: list[str], given: bytes) -> None:
    done = run(place.sealed.program, "--pytron-worker", *words, stdin=given)
    assert_refused(done, "child processes of this app")


def test_a_tracer_from_the_start(place: Place) -> None:
    done = run(place.attack, "traced", place.sealed.program, "watched")
    assert_refused(done, "traces this one")


def test_a_filter_that_fakes_answers(place: Place) -> None:
    done = run(place.attack, "filter", place.sealed.program, "watched")
    if done.returncode == 2:
        pytest.skip(done.stderr)
    assert_refused(done)


def test_a_namespace_of_the_attackers_own(place: Place) -> None:
    tried = run("/usr/bin/unshare", "--user", "--map-root-user", "/bin/true")
    if tried.returncode:
        pytest.skip("this system lets nobody make one")
    unshare = ("/usr/bin/unshare", "--user", "--map-root-user")
    done = run(*unshare, place.sealed.program, "watched")
    assert_refused(done, "user namespace")
    done = run(*unshare, "--mount", "--pid", "--fork", place.sealed.program, "watched")
    assert_refused(done)


def test_the_program_alone_says_that_it_is_no_app() -> None:
    from pytron_shield import program

    done = subprocess.run([program()], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "shield-boot: this program is part of no package yet\n"
