"""The Windows installer under Wine: made, installed, upgraded, and removed as a user would.

By command (`dev.py test --all`): Wine is no part of what every run needs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytron.packager.installers.nsis import installer_script
from pytron.packager.settings import FileType, Product, Settings

DEADLINE_S = 300

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("wine", "wineserver", "makensis")),
    reason="needs wine and makensis; `dev.py test --all` has them",
)

#: Stands for a program: it says that it was started, and waits while it is told to.
PROGRAM = """
Unicode true
SilentInstall silent
RequestExecutionLevel user
OutFile "{result}"
Section
  FileOpen $0 "$EXEDIR\\started.txt" w
  FileWrite $0 "{version}"
  FileClose $0
again:
  IfFileExists "$EXEDIR\\wait.txt" 0 done
  Sleep 100
  Goto again
done:
SectionEnd
"""
PRODUCT = Product(
    name="Größe & $100",
    slug="grosse",
    identifier="org.example.grosse",
    version="1.2.0",
    settings=Settings(
        schemes=["sample-app"],
        file_types=[FileType("smpl", "Sample & more")],
        publisher="Example",
        homepage="https://example.org",
    ),
    folder=Path("/app"),
    script=None,
    module=None,
    frontend=None,
    icon=None,
)
CLASSES = "HKCU\\Software\\Classes"
ENTRY = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\org.example.grosse"


class Machine:
    """One Wine prefix: a Windows of its own."""

    def __init__(self, prefix: Path) -> None:
        self._environment = {
            **os.environ,
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",  # nothing to fetch or show
        }
        self.run("wineboot", "--init")
        self.settle()
        self.user = prefix / "drive_c" / "users" / Path.home().name
        if not self.user.is_dir():
            self.user = next(
                path for path in (prefix / "drive_c" / "users").iterdir() if path.name != "Public"
            )
        self.folder = self.user / "AppData" / "Local" / "Programs" / "grosse"
        self.link = (
            self.user / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Größe & $100.lnk"
        )

    def start(self, *command: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["wine", *map(str, command)],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )

    def run(self, *command: str | Path, code: int = 0) -> str:
        with self.start(*command) as process:
            said, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == code, (command, process.returncode, said)
        return said

    def settle(self) -> None:
        """Wait until every process of this Windows has ended: an uninstaller goes on as a copy."""
        subprocess.run(
            ["wineserver", "--wait"], env=self._environment, timeout=DEADLINE_S, check=True
        )

    def end(self) -> None:
        subprocess.run(["wineserver", "--kill"], env=self._environment, check=False)

    def value(self, key: str, name: str = "") -> str:
        what = ["/v", name] if name else ["/ve"]
        return self.run("reg", "query", key, *what).strip().splitlines()[-1]

    def exported(self, key: str, folder: Path) -> str:
        """A key as a file says it: what `reg query` prints is in some code page."""
        self.run("reg", "export", key, f"Z:{folder / 'key.reg'}", "/y")
        return (folder / "key.reg").read_text("utf-16")

    def has(self, key: str) -> bool:
        with self.start("reg", "query", key) as process:
            process.communicate(timeout=DEADLINE_S)
        return process.returncode == 0


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(tmp_path_factory.mktemp("wine") / "prefix")
    yield machine
    machine.end()


def makensis(script: Path, text: str) -> None:
    script.write_text(text, "utf-8-sig")
    # 64 bits, as Debian's Wine has no others; everything else is what users get.
    done = subprocess.run(
        ["makensis", "-V2", "-WX", "-XTarget amd64-unicode", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def setup_of(folder: Path, version: str, files: list[str], **settings: object) -> Path:
    """The installer of a version with a program and these files."""
    frozen = folder / f"frozen-{version}"
    for name in files:
        path = frozen / "_internal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    script = PROGRAM.format(result=frozen / "grosse.exe", version=version)
    makensis(folder / "program.nsi", script)
    changed = replace(
        PRODUCT,
        version=version,
        folder=folder,
        settings=replace(PRODUCT.settings, **settings),  # type: ignore[arg-type]
    )
    result = folder / f"grosse-{version}-setup.exe"
    makensis(folder / "installer.nsi", installer_script(changed, frozen, result, None))
    return result


def test_an_installer_installs_upgrades_and_removes_under_wine(
    machine: Machine, tmp_path: Path
) -> None:
    first = setup_of(tmp_path, "1.2.0", ["a.txt", "gone/old $1.txt"])
    second = setup_of(tmp_path, "1.3.0", ["a.txt", "Neu 試.txt"])
    machine.run(first, "/S")
    program = machine.folder / "grosse.exe"
    assert (machine.folder / "_internal" / "gone" / "old $1.txt").read_text("utf-8")
    assert machine.link.is_file()
    assert machine.value(ENTRY, "DisplayVersion").endswith("1.2.0")
    assert '"DisplayName"="Größe & $100"' in machine.exported(ENTRY, tmp_path)
    assert "0x0" not in machine.value(ENTRY, "EstimatedSize").split()
    command = machine.value(f"{CLASSES}\\sample-app\\shell\\open\\command")
    assert command.endswith('Programs\\grosse\\grosse.exe" "%1"')
    assert "URL Protocol" in machine.value(f"{CLASSES}\\sample-app", "URL Protocol")
    kind = "org.example.grosse.smpl"
    assert "Sample & more" in machine.value(f"{CLASSES}\\{kind}")
    assert kind in machine.value(f"{CLASSES}\\.smpl\\OpenWithProgids", kind)

    machine.run(program)
    assert (machine.folder / "started.txt").read_text() == "1.2.0"

    # While it runs nothing is changed, and a script that installs silently learns of it.
    (machine.folder / "started.txt").unlink()
    (machine.folder / "wait.txt").touch()
    with machine.start(program) as running:
        wait_for(machine.folder / "started.txt", running)
        machine.run(second, "/S", code=3)
        assert machine.value(ENTRY, "DisplayVersion").endswith("1.2.0")
        (machine.folder / "wait.txt").unlink()
        running.communicate(timeout=DEADLINE_S)

    machine.run(second, "/S")
    assert not (machine.folder / "_internal" / "gone").exists()
    assert (machine.folder / "_internal" / "Neu 試.txt").is_file()
    assert machine.value(ENTRY, "DisplayVersion").endswith("1.3.0")
    machine.run(program)
    assert (machine.folder / "started.txt").read_text() == "1.3.0"
    assert machine.has(f"{CLASSES}\\sample-app")

    machine.run(machine.folder / "uninstall.exe", "/S")
    machine.settle()
    # What the app has written there is its user's, and the only thing that stays.
    assert [path.name for path in machine.folder.iterdir()] == ["started.txt"]
    assert not machine.link.exists()
    for key in (ENTRY, f"{CLASSES}\\sample-app", f"{CLASSES}\\{kind}", f"{CLASSES}\\.smpl"):
        assert not machine.has(key), key


def test_an_installer_brings_the_web_view_where_it_is_missing(
    machine: Machine, tmp_path: Path
) -> None:
    bootstrapper = tmp_path / "webview.exe"
    makensis(
        tmp_path / "bootstrapper.nsi",
        "Unicode true\nSilentInstall silent\nRequestExecutionLevel user\n"
        f'OutFile "{bootstrapper}"\nSection\n'
        '  WriteRegStr HKCU "Software\\WebViewTest" "asked" "$CMDLINE"\nSectionEnd\n',
    )
    setup = setup_of(tmp_path, "2.0.0", ["a.txt"], webview2_bootstrapper="webview.exe")
    machine.run(setup, "/S")
    assert machine.value("HKCU\\Software\\WebViewTest", "asked").endswith("/silent /install")
    machine.run("reg", "delete", "HKCU\\Software\\WebViewTest", "/f")
    client = (
        "HKCU\\Software\\Microsoft\\EdgeUpdate\\Clients\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
    )
    machine.run("reg", "add", client, "/v", "pv", "/d", "140.0.1.0", "/f")
    machine.run(setup, "/S")
    assert not machine.has("HKCU\\Software\\WebViewTest")
    machine.run(machine.folder / "uninstall.exe", "/S")
    machine.settle()


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait for a file that a running program writes."""
    for _ in range(DEADLINE_S * 10):
        if path.is_file():
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"{path} was not written; exit code {process.poll()}")
