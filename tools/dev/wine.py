"""Make what the Windows program of sealed packages is tried with: itself, and Windows CPythons.

Run as `python -m tools.dev.wine`: cross-builds the program into build/windows, and unpacks there
CPythons (see `tools.dev.pythons`).
`tests/package/test_windows.py` starts them under Wine, where PYTRON_TEST_WINDOWS names that folder.
"""

import os
import shutil
import subprocess
import sys

from tools.dev.machine import BUILD, ROOT
from tools.dev.packages import program
from tools.dev.pythons import NEEDS as MAVEN
from tools.dev.pythons import cpython, install, run
from tools.dev.targets import plan_check

FOLDER = BUILD / "windows"
TARGET = "x86_64-pc-windows-gnu"
#: Minor versions and where they come from.
CPYTHONS = {"3.12": "3.12.1-1.5.10", "3.14": "3.14.3-1.5.13"}
NEEDS = (
    program("wine", apt="wine wine64", dnf="wine", pacman="wine"),
    *MAVEN,
    program(
        "x86_64-w64-mingw32-gcc",
        apt="gcc-mingw-w64-x86-64-win32",
        dnf="mingw64-gcc",
        pacman="mingw-w64-gcc",
    ),
)
#: Rust's standard library asks it for randomness, and Wine 8 has none.
RANDOMNESS = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE room, SIZE_T size) {
  return RtlGenRandom(room, (ULONG)size);
}
"""


def main() -> int:
    """Make all of it; the exit code says whether it is there."""
    check = plan_check(TARGET)
    if check is None:
        print(f"Skipped: Rust has no standard library for {TARGET} here", flush=True)
        return 0
    install(NEEDS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    words = ["--release", "--locked", "--package", "shield-boot", "--target", TARGET]
    more = [word for word in check.command if word.startswith("-Z")]
    subprocess.run(
        ["cargo", "build", *words, *more], cwd=ROOT, env={**os.environ, **check.env}, check=True
    )
    built = ROOT / "target" / TARGET / "release" / "shield-boot.exe"
    shutil.copy(built, FOLDER)
    source = FOLDER / "randomness.c"
    source.write_text(RANDOMNESS, "utf-8")
    library = FOLDER / "bcryptprimitives.dll"
    run("x86_64-w64-mingw32-gcc", "-shared", "-O1", "-o", library, source, "-ladvapi32")
    for minor, version in CPYTHONS.items():
        cpython("windows-x86_64", version, FOLDER / minor)
    return 0


if __name__ == "__main__":
    sys.exit(main())
