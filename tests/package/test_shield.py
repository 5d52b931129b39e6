"""A sealed package, and what an unprivileged attacker gets out of it.

Each attack is first tried on the same app as PyInstaller leaves it, where it succeeds: an attack
that fails everywhere shows nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zstandard
from package.conftest import packaged
from pytron import proof

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="attacks of Linux, built by cc"
)

NEEDLE = "SECRET-NAMES-4f7a1c"
PAGE_NEEDLE = "SECRET-PAGE-99d1"
STRANGER = 65534
DEADLINE_S = 90
APP = f"""
import importlib.resources
import multiprocessing
import sys

try:
    import optional_extra
except ImportError:
    optional_extra = None
from pytron import App

SECRET = "{NEEDLE}"
app = App("Attacked", frontend="page", app_id="org.example.attacked")


@app.expose(executor="process")
def square(number: int) -> int:
    return number * number


def watched():
    page = importlib.resources.files("page").joinpath("index.html").read_text("utf-8")
    held = [page, (SECRET + "!")[:-1]]
    print("ready", len(page), flush=True)
    sys.stdin.read()
    return held


if __name__ == "__main__":
    if sys.argv[1:] == ["watched"]:
        raise SystemExit(bool(watched()) - 1)
    multiprocessing.freeze_support()
    raise SystemExit(app.run())
"""
PAGE = f"""<!doctype html><meta charset="utf-8"><title>Attacked</title><h1>{PAGE_NEEDLE}</h1>
<output id="out"></output><script type="module">
import pytron from "/_pytron/client.js";
document.getElementById("out").textContent = await pytron.square(3);
</script>"""


@dataclass
class Target:
    folder: Path
    leaks: bool

    @property
    def program(self) -> Path:
        return self.folder / "attacked"

    def copy(self, folder: Path) -> Target:
        shutil.copytree(self.folder, folder, symlinks=True)
        return Target(folder, self.leaks)


@dataclass
class Place:
    """A folder that strangers can enter, with the attackers' programs."""

    folder: Path
    attack: Path
    preload: Path
    facts: dict[str, Any]
    plain: Target
    sealed: Target


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    root = Path(tempfile.mkdtemp(prefix="pytron-attack-"))
    root.chmod(0o755)
    try:
        app = root / "app"
        (app / "page").mkdir(parents=True)
        (app / "app.py").write_text(APP, "utf-8")
        (app / "page" / "index.html").write_text(PAGE, "utf-8")
        plain = packaged(app, "--no-prove", "--out", str(root / "plain"))
        sealed = packaged(app, "--shield", "--out", str(root / "sealed"))
        here = Path(__file__).parent / "attackers"
        attack, preload = root / "attack", root / "preload.so"
        cc = ["cc", "-O1", "-o"]
        subprocess.run([*cc, attack, here / "attack.c"], check=True)
        subprocess.run([*cc, preload, "-shared", "-fPIC", here / "preload.c"], check=True)
        if os.geteuid() == 0:  # the attacker is the user whose app it is
            for path in (root / "sealed", root / "plain", attack, preload):
                subprocess.run(["chown", "-R", f"{STRANGER}:{STRANGER}", path], check=True)
        yield Place(
            root,
            attack,
            preload,
            sealed.facts,
            Target(plain.results["folder"], leaks=True),
            Target(sealed.results["folder"], leaks=False),
        )
    finally:
        shutil.rmtree(root)


@pytest.fixture(params=["plain", "sealed"])
def target(place: Place, request: pytest.FixtureRequest) -> Target:
    found: Target = getattr(place, request.param)
    return found


@pytest.fixture
def copy(place: Place) -> Iterator[Target]:
    """A sealed package that a test may damage."""
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    folder.chmod(0o755)
    yield place.sealed.copy(folder / "package")
    shutil.rmtree(folder)


def as_stranger(*command: str | Path) -> list[str]:
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    user = str(STRANGER)
    return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--", *words]


def run(
    *command: str | Path, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **variables}
    done = subprocess.run(
        as_stranger(*command),
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def assert_refused(done: subprocess.CompletedProcess[str], text: str = "", code: int = 3) -> None:
    """One clear line, an exit code of its own, and nothing else."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    assert re.fullmatch(r"attacked: [^\n]+\n", done.stderr), done.stderr
    assert text in done.stderr


@pytest.fixture
def running(target: Target) -> Iterator[int]:
    """The app, waiting, with its secrets in use."""
    process = subprocess.Popen(
        as_stranger(target.program, "watched"),
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
    try:
        yield process.pid
    finally:
        process.communicate("", timeout=DEADLINE_S)


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
    process = subprocess.Popen(
        as_stranger("/bin/sh", "-c", script, "sh", folder, target.program),
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
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
    done = run(target.program, "watched", **variables)
    assert done.stdout.startswith("ready"), done.stderr
    stolen = (loot / "loot").is_file()
    if variable == "LD_PRELOAD" or not target.leaks:  # an auditing library is never ended
        assert stolen is target.leaks


def test_code_from_the_environment(place: Place, copy: Target) -> None:
    evil = copy.folder.parent / "evil"
    evil.mkdir()
    for name in ("sitecustomize", "usercustomize", "optional_extra", "json"):
        (evil / f"{name}.py").write_text("print('evil', flush=True)", "utf-8")
    places = {"PYTHONPATH": str(evil), "PYTHONHOME": str(evil), "PYTHONINSPECT": "1"}
    done = run(
        copy.program,
        "watched",
        **places,
        PYTHONSTARTUP=str(evil / "json.py"),
        PYTHONUSERBASE=str(evil),
        PYTHONVERBOSE="1",
        PYTHONBREAKPOINT="json.loads",
    )
    assert done.returncode == 0
    assert done.stdout.startswith("ready")
    assert "evil" not in done.stdout + done.stderr
    assert place.sealed.program.is_file()


DOOR = "from multiprocessing.resource_tracker import main;print('evil', flush=True)"


def test_code_in_arguments(target: Target) -> None:
    done = run(target.program, "-B", "-S", "-I", "-c", DOOR, PYTRON_ENGINE="headless")
    assert ("evil" in done.stdout) is target.leaks


@pytest.mark.parametrize("words", [["0"], ["-1"], ["999"], ["x"], []])
@pytest.mark.parametrize("given", [b"", b"PYTRWORK" + bytes(72), os.urandom(200)])
def test_a_worker_that_the_app_did_not_start(place: Place, words: list[str], given: bytes) -> None:
    done = run(place.sealed.program, "--pytron-worker", *words, stdin=given)
    assert_refused(done, "child processes of this app")


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
    for name in ("_core.*.so", "_heapq.*.so"):  # without the second, Python's own code would do
        module = next((copy.folder / "_internal").rglob(name))
        good = module.read_bytes()
        flip(module, module.stat().st_size - 100)
        assert_refused(run(copy.program, "watched"), "was changed since the package was made")
        module.write_bytes(good)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


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
