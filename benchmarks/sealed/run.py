"""What the shield costs: start, size, sealing, opening; plain and sealed in turn.

`build FOLDER` makes the packages, `measure FOLDER` measures them, best with the machine to itself.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

STARTS = 25
ASSET = 64 << 20
SEALED_BYTES = 100_000_000
APP = Path(__file__).with_name("app.py")
#: By name: what stands before the app's own code.
APPS = {"hello": "", "numpy": "import numpy\nassert numpy.eye(2).sum() == 2\n", "assets": ""}


def noise(size: int) -> bytes:
    """What does not compress, as pictures and videos."""
    return random.Random(1).randbytes(size)


def words(size: int) -> bytes:
    """What compresses well, as text."""
    line = b"%08d: a line of some text\n"
    return b"".join(line % at for at in range(size // len(line % 0) + 1))[:size]


def environment() -> dict[str, str]:
    """This one, in which Python may keep its bytecode."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def build(folder: Path) -> None:
    """Every app, plain and sealed; how long the proved hello took."""
    for name, before in APPS.items():
        app = folder / name
        shutil.rmtree(app, ignore_errors=True)
        (app / "page").mkdir(parents=True)
        (app / "app.py").write_text(before + APP.read_text("utf-8"), "utf-8")
        (app / "page" / "index.html").write_text("<!doctype html><h1>Hello</h1>", "utf-8")
        if name == "assets":
            (app / "page" / "noise.bin").write_bytes(noise(ASSET))
            (app / "page" / "words.txt").write_bytes(words(ASSET))
        for kind in ("sealed",) if name == "assets" else ("plain", "sealed"):
            options = ["--shield"] * (kind == "sealed") + ["--no-prove"] * (name != "hello")
            command = ["-m", "pytron", "package", "--out", kind, *options]
            begin = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *command],
                cwd=app,
                env=environment(),
                capture_output=True,
                text=True,
            )
            seconds = time.perf_counter() - begin
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
            made = size(program(folder, name, kind).parent) / 1e6
            print(f"{name}, {kind}: {seconds:.1f} s, {made:.2f} MB", flush=True)


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def program(folder: Path, name: str, kind: str) -> Path:
    """Where the command has put it: the app is named Sealed."""
    return folder / name / kind / "sealed" / "sealed"


@dataclass
class Start:
    """One run of a console's hello, in milliseconds."""

    cpu: float
    #: Without threads that libraries start.
    own: float
    wall: float


def start(command: list[str | Path]) -> Start:
    """Run it to its end."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Start((used.ru_utime + used.ru_stime) * 1_000, float(said) * 1_000, wall * 1_000)


def starts(folder: Path) -> None:
    """A console's hello, plain and sealed in turn."""
    for name in ("hello", "numpy"):
        runs: dict[str, list[Start]] = {"plain": [], "sealed": []}
        for at in range(STARTS + 1):
            for kind in runs:
                run = start([program(folder, name, kind), "hello"])
                if at:  # the first warms the disk
                    runs[kind].append(run)
        for kind, all_runs in runs.items():
            shown = ", ".join(
                f"{what} {statistics.median(times):.0f} (best {min(times):.0f})"
                for what, times in (
                    ("CPU", [run.cpu for run in all_runs]),
                    ("own thread", [run.own for run in all_runs]),
                    ("wall", [run.wall for run in all_runs]),
                )
            )
            made = size(program(folder, name, kind).parent) / 1e6
            print(f"{name}, {kind}: {shown} ms; {made:.2f} MB", flush=True)


def sealing(folder: Path) -> None:
    """100 MB, half of which compresses."""
    from pytron_shield import seal

    half = SEALED_BYTES // 2
    entries = [("noise", 0, noise(half)), ("words", 0, words(half))]
    begin = time.perf_counter()
    seal(entries, folder / "app.sealed", bytes(range(32)))
    print(f"sealing 100 MB: {time.perf_counter() - begin:.2f} s")


def main() -> None:
    """Build or measure."""
    task, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    if task == "build":
        build(folder)
        return
    starts(folder)
    sealing(folder)
    subprocess.run([program(folder, "assets", "sealed"), "opening"], check=True)


if __name__ == "__main__":
    main()
