"""Bring the CPythons that sealed packages are tried with, each version of Linux.

Run as `python -m tools.dev.pythons`: unpacks what Maven's central repository has
(`org.bytedeco:cpython`) into build/pythons. `tests/package/test_pythons.py` seals an app with each,
where PYTRON_TEST_PYTHONS names that folder.
"""

import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tools.dev.machine import BUILD, ROOT, environment
from tools.dev.packages import Need, missing_step, program

FOLDER = BUILD / "pythons"
#: Minor versions and where they come from.
CPYTHONS = {
    "3.10": "3.10.8-1.5.8",
    "3.11": "3.11.3-1.5.9",
    "3.12": "3.12.1-1.5.10",
    "3.13": "3.13.0-1.5.11",
    "3.14": "3.14.3-1.5.13",
}
NEEDS = (program("mvn", apt="maven", dnf="maven", pacman="maven"),)
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def run(*command: str | Path) -> None:
    """Run a command in the checkout; it must succeed."""
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


def install(needs: Sequence[Need]) -> None:
    """Install what is missing.

    Raises:
        SetupError: it cannot be installed from here; the remedy is the exact command.
    """
    step = missing_step(needs)
    if step is not None:
        step.run(environment())


def cpython(system: str, version: str, target: Path) -> None:
    """Unpack a CPython of a system into a folder of its own."""
    if target.is_dir():
        return
    into = target.parent
    artifact = f"org.bytedeco:cpython:{version}:jar:{system}"
    run("mvn", "-q", "-B", PLUGIN, f"-Dartifact={artifact}", f"-DoutputDirectory={into}")
    jar, unpacked = into / f"cpython-{version}-{system}.jar", into / f"{target.name}-jar"
    with zipfile.ZipFile(jar) as file:
        file.extractall(unpacked)
    (unpacked / "org" / "bytedeco" / "cpython" / system).rename(target)
    shutil.rmtree(unpacked)
    jar.unlink()


def main() -> int:
    """Bring them all; the exit code says whether they are there."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        print("Skipped: they are programs of Linux on x86-64", flush=True)
        return 0
    install(NEEDS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for minor, version in CPYTHONS.items():
        cpython("linux-x86_64", version, FOLDER / minor)
        (FOLDER / minor / f"python{minor}").chmod(0o755)  # zip files of Maven keep no rights
    return 0


if __name__ == "__main__":
    sys.exit(main())
