"""A sealed package that someone has changed does not start, and says why in one line."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from package.attacked import Place, Target, assert_refused, flip, linux_only, run

pytestmark = linux_only


def test_a_module_laid_beside(target: Target, place: Place) -> None:
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o755)
    spoilt = target.copy(folder / "package")
    source = "print('evil', flush=True)"
    for name in ("optional_extra.py", "json.py", "sitecustomize.py", "app.py"):
        (spoilt.folder / "_internal" / name).write_text(source, "utf-8")
    done = run(spoilt.program, "watched")
    assert ("evil" in done.stdout) is target.leaks
    shutil.rmtree(folder)


def test_a_library_laid_beside(copy: Target, place: Place) -> None:
    shutil.copy(place.preload, copy.folder / "_internal" / "libgtk-3.so.0")
    assert_refused(run(copy.program, "watched"), "is not part of this package")


def test_a_changed_library(copy: Target) -> None:
    (library,) = (copy.folder / "_internal").glob("libpython3.*")
    flip(library, library.stat().st_size // 2)
    assert_refused(run(copy.program, "watched"), "was changed since the package was made")


def test_a_changed_extension_module(copy: Target) -> None:
    for name in ("_ctypes.*.so", "_heapq.*.so"):  # without the second, Python's own code would do
        (module,) = (copy.folder / "_internal").rglob(name)
        good = module.read_bytes()
        flip(module, module.stat().st_size - 100)
        assert_refused(run(copy.program, "watched"), "was changed since the package was made")
        module.write_bytes(good)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999999])
def test_a_flipped_bit(copy: Target, share: float) -> None:
    payload = copy.folder / "_internal" / "app.sealed"
    flip(payload, int(payload.stat().st_size * share))
    done = run(copy.program, "watched")
    # A chunk that this run does not open may be damaged: then it is not used.
    if done.returncode:
        assert_refused(done)
    else:
        assert done.stdout.startswith("ready")


def test_a_flipped_bit_of_the_header(copy: Target) -> None:
    flip(copy.folder / "_internal" / "app.sealed", 20)
    assert_refused(run(copy.program, "watched"), "changed, or was not made by")


@pytest.mark.parametrize("change", ["cut", "emptied", "longer", "gone", "swapped", "folder"])
def test_another_payload(copy: Target, place: Place, change: str) -> None:
    payload = copy.folder / "_internal" / "app.sealed"
    data = payload.read_bytes()
    payload.unlink()
    if change == "folder":
        payload.mkdir()
    elif change == "swapped":
        from pytron_shield import seal

        seal([("app", 1, b"")], payload, bytes(32))
    elif change != "gone":
        content = {"cut": data[:-1], "emptied": b"", "longer": data + b"x"}[change]
        payload.write_bytes(content)
    assert_refused(run(copy.program, "watched"))
    assert place.sealed.program.is_file()


def test_an_older_payload_of_the_same_publisher(place: Place) -> None:
    from pytron.packager.shield.seat import MARK, SIZE, Seat, placed
    from pytron_shield import program, seal

    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o755)
    (folder / "_internal").mkdir()
    made = seal([("app", 1, b"")], folder / "_internal" / "app.sealed", bytes(32), rollback=4)
    seat = Seat(
        *(bytes(made.publisher), bytes(made.id), 5, bytes(made.program)),
        *(bytes(32), 0, "org.example.attacked"),
    )
    assert len(seat.packed()) == SIZE
    assert program().read_bytes().count(MARK) == 1
    path = folder / "attacked"
    path.write_bytes(placed(program().read_bytes(), seat))
    path.chmod(0o755)
    assert_refused(run(path), "older")
    flip(path, path.read_bytes().index(MARK) + 30)
    assert_refused(run(path), "changed")
    shutil.rmtree(folder)


@pytest.mark.parametrize("limit", [*(f"-v {kib}" for kib in range(6_000, 40_000, 2_000)), "-s 32"])
def test_too_little_memory_ends_in_a_sentence(place: Place, limit: str) -> None:
    """Whoever starts a program sets its limits: none of them makes it crash."""
    script = 'ulimit $1; exec "$2" watched'
    done = run("/bin/sh", "-c", script, "sh", limit, place.sealed.program)
    if done.returncode:
        assert done.returncode in (1, 3, 127), (done.returncode, done.stderr)
        assert done.stderr.strip()
    else:
        assert done.stdout.startswith("ready")
