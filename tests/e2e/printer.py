"""A printer of the tests' own: CUPS as another process, whose paper is a pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEADLINE_S = 60
_SETTINGS = """
Listen {folder}/socket
LogLevel info
Browsing No
DefaultAuthType None
WebInterface No
<Location />
  Order allow,deny
  Allow all
</Location>
"""
_PLACES = """
ServerRoot {folder}
ServerBin {folder}
CacheDir {folder}
RequestRoot {folder}/spool
StateDir {folder}
TempDir {folder}/spool
ErrorLog stderr
AccessLog {folder}/access
PageLog {folder}/pages
Printcap {folder}/printcap
"""
_PRINTERS = """
<DefaultPrinter Office>
DeviceURI tests:/
State Idle
Accepting Yes
</DefaultPrinter>
"""
#: How CUPS hands a document to its printer: as the sixth word, or as input.
_DEVICE = """#!/bin/sh
[ $# -ge 5 ] && exec cat ${{6:--}} > {paper}
"""


@contextmanager
def printer() -> Generator[tuple[Path, Mapping[str, str]]]:
    """A printer: its paper, and the environment of those who print on it.

    The paper is to be read by who prints: until then the printer is busy.
    """
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"
    program, own = shutil.which("cupsd", path=path), Path("/usr/lib/cups/daemon")
    if program is None or not own.is_dir():
        pytest.skip("there is no CUPS to print with; python3 dev.py test installs it")
    with tempfile.TemporaryDirectory(prefix="pytron-printer-") as name:
        folder, paper = Path(name), Path(name, "paper")
        folder.chmod(0o711)  # for the user who prints
        for place in ("spool", "backend"):
            (folder / place).mkdir()
        (folder / "daemon").symlink_to(own)
        os.mkfifo(paper)
        paper.chmod(0o666)
        for file, text in (
            ("cupsd.conf", _SETTINGS), ("cups-files.conf", _PLACES),
            ("printers.conf", _PRINTERS), ("backend/tests", _DEVICE),
        ):  # fmt: skip
            (folder / file).write_text(text.format(folder=folder, paper=paper), "utf-8")
        (folder / "backend" / "tests").chmod(0o700)  # for CUPS' own user alone, so run by it
        words = ("-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf"))
        with subprocess.Popen([program, *words], stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr is not None
                assert any("Listening to" in line for line in server.stderr), "CUPS did not start"
                yield paper, {"CUPS_SERVER": str(folder / "socket")}
            finally:
                server.terminate()
                try:
                    server.wait(_DEADLINE_S)
                finally:
                    server.kill()
