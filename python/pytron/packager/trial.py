"""Runs a finished program where nothing of this machine's development can help it, and watches."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from pytron import config
from pytron.packager.display import display
from pytron.packager.pipeline import Unlock
from pytron.packager.remains import Processes, changed, listing
from pytron.platforms import adopting, confined, give_to_stranger, plain_environment

#: Spaces, an umlaut, another script: what users' folders are called.
FOLDER: Final = "Prüf Ordner 試"
_HOME: Final = "Zoë 家"


@dataclass
class Trial:
    """What was seen of one start."""

    code: int | None
    output: str
    seconds: float
    report: Mapping[str, Any]
    #: Processes that were still there when the app had ended.
    orphans: list[str] = field(default_factory=list[str])
    #: Files that appeared where an app must leave none.
    left: list[str] = field(default_factory=list[str])
    #: What could not be made strict on this machine, and why.
    notes: list[str] = field(default_factory=list[str])


def start(frozen: Path, program: Path, timeout_s: float, unlock: Unlock | None = None) -> Trial:
    """Copy what was built elsewhere, start it there as a stranger would, and see how it ends.

    A sealed app is opened as `unlock` says. It refuses to run in a user namespace, by which others
    than root would leave the network.
    """
    with ExitStack() as stack:
        root = Path(stack.enter_context(_folder()))
        variables = stack.enter_context(display())
        place = root / FOLDER / frozen.name
        place.parent.mkdir()
        if frozen.is_dir():
            shutil.copytree(frozen, place, symlinks=True)
        else:
            shutil.copy2(frozen, place)
        homes = {name: root / name for name in ("temp", "run", "path", "proof")}
        homes["home"] = root / _HOME
        for folder in homes.values():
            folder.mkdir(mode=0o700)
        report = homes["proof"] / "report.json"
        environment = {
            **plain_environment(homes["home"], homes["temp"], homes["run"], homes["path"]),
            **variables,
            config.PROOF: str(report),
            **(unlock.variables if unlock else {}),
        }
        if unlock and unlock.licence:
            licence = homes["proof"] / "licence.json"
            licence.write_text(unlock.licence, "utf-8")
            environment["PYTRON_LICENCE"] = str(licence)
        keys = unlock.keys if unlock else None
        if keys is not None:
            environment["PYTRON_KEY_SERVER"] = stack.enter_context(keys())
        executable = place / program.relative_to(frozen) if frozen.is_dir() else place
        before = listing(place)
        notes = give_to_stranger(root)
        command, more = confined(
            [str(executable)], namespace=unlock is None, network=keys is not None
        )
        stdin = unlock.stdin if unlock else b""
        trial = _watched(command, environment, homes["home"], report, timeout_s, stdin)
        if keys is not None:
            more.append("not proved offline: its key comes from a server")
        trial.notes = [*notes, *more]
        trial.left = [
            *(f"{name} in the app's own folder" for name in changed(before, place)),
            *(f"{name} in the folder for temporary files" for name in _names(homes["temp"])),
            *(f"{name} in the user's home" for name in _strewn(homes["home"])),
        ]
        return trial


@contextmanager
def _folder() -> Generator[str]:
    folder = tempfile.mkdtemp(prefix="pytron-proof-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    report: Path,
    timeout_s: float,
    stdin: bytes,
) -> Trial:
    begun = monotonic()
    processes = Processes(str(report))
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given, adopting():
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=given,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code: int | None = None
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout_s)
        seconds = monotonic() - begun
        orphans = processes.end(ended=code is not None)
        process.wait()
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return Trial(code, text, seconds, _read(report), orphans)


def _read(report: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(report.read_text("utf-8"))
    except (OSError, ValueError):
        return {"seen": {}, "problems": []}
    return found


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _strewn(home: Path) -> list[str]:
    """What lies in a home in the open: apps keep their data where the system has it."""
    kept = {"AppData", "Library"}
    return [name for name in _names(home) if not name.startswith(".") and name not in kept]
