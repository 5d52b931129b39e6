"""The extension's reader under the compiler's sanitizers: the corpus, and new inputs from it.

`PYTRON_FUZZ_SECONDS=600 pytest -o faulthandler_timeout=0` runs it for longer: pytest's own watch
would end it after five minutes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEBEXT = ROOT / "crates" / "pytron-native" / "webext"
CORPUS = ROOT / "spec" / "ipc" / "corpus.json"
HEADERS = "webkit2gtk-web-extension-4.1"
SECONDS = int(os.environ.get("PYTRON_FUZZ_SECONDS", "3"))


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None or shutil.which("pkg-config") is None:
        pytest.skip("there is no C compiler")
    flags = subprocess.run(
        ["pkg-config", "--cflags", HEADERS], capture_output=True, text=True, check=False
    )
    if flags.returncode != 0:
        pytest.skip(f"there is no {HEADERS}: the extension is for Linux")
    libraries = subprocess.run(
        ["pkg-config", "--libs", "gobject-2.0"], capture_output=True, text=True, check=True
    )
    program = tmp_path_factory.mktemp("fuzz") / "receive_fuzz"
    subprocess.run(
        [
            compiler, "-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra",
            "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DSPARE_BYTES=64",
            f"-I{WEBEXT}",
            *flags.stdout.split(), str(Path(__file__).parent / "fuzz" / "receive_fuzz.c"),
            str(WEBEXT / "receive.c"), str(WEBEXT / "spare.c"), "-o", str(program),
            *libraries.stdout.split(),
        ],
        check=True,
    )  # fmt: skip
    return program


def test_reader_withstands_broken_frames(
    fuzzer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: list[str] = []
    for number, entry in enumerate(json.loads(CORPUS.read_text("utf-8"))["port"]):
        file = tmp_path / f"{number}"
        file.write_bytes(bytes.fromhex(entry))
        files.append(str(file))
    done = subprocess.run(
        [str(fuzzer), str(SECONDS), str(random.randrange(1, 2**32)), *files],
        env={
            **os.environ,
            "G_SLICE": "always-malloc",
            "ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=16",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    inputs, frames = (int(word) for word in done.stdout.split() if word.isdigit())
    capsys.readouterr()
    with capsys.disabled():
        sys.stdout.write(f" {done.stdout.strip()} ")
    assert inputs >= 2 * len(files)
    assert frames > len(files) // 2
