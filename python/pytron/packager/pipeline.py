"""The steps of a build, one after the other, each with its own log."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from errno import EDQUOT, ENOSPC
from pathlib import Path
from time import monotonic
from typing import Protocol

from pytron.errors import PackagingError
from pytron.packager.settings import Product

_TAIL_LINES = 25
_FULL = "No space left on device"
_ROOM = "free some space, or name another folder by --out"


@dataclass(frozen=True)
class Position:
    """How far a build is when a step begins."""

    number: int
    count: int
    #: How long the step took in the last build of this app, in seconds.
    usual_s: float | None = None


class Voice(Protocol):
    """Who tells the user what goes on."""

    def begin(self, step: str, at: Position) -> None:
        """A step begins."""
        ...

    def heard(self, line: str) -> None:
        """A program that a step runs has said something."""
        ...

    def note(self, text: str) -> None:
        """Something worth a line."""
        ...

    def end(self, step: str, seconds: float) -> None:
        """A step has ended well."""
        ...


@dataclass
class Unlock:
    """How a sealed package is opened without a person, for its proof."""

    variables: dict[str, str] = field(default_factory=dict[str, str])
    stdin: bytes = b""
    #: The text of a licence file.
    licence: str = ""
    #: Serves keys on this machine while the app is proved; gives the server's address.
    keys: Callable[[], AbstractContextManager[str]] | None = None


@dataclass
class Build:
    """What is being built: the steps find here what those before them made."""

    product: Product
    #: Scratch of this build; kept for its logs.
    work: Path
    #: Where results go.
    out: Path
    voice: Voice
    #: The folder or file that was frozen, and the program in it.
    frozen: Path | None = None
    program: Path | None = None
    #: What opens it, where it is sealed.
    unlock: Unlock | None = None
    #: The payload of a program that is compiled after it was made, and the module that opens it.
    sealed_pages: Path | None = None
    #: What users get, by kind: `folder`, `deb`, `nsis`…
    results: dict[str, Path] = field(default_factory=dict[str, Path])
    #: What was found out on the way, for the manifest.
    facts: dict[str, object] = field(default_factory=dict[str, object])

    def log(self, name: str) -> Path:
        """The log file of a step."""
        self.work.mkdir(parents=True, exist_ok=True)
        return self.work / f"{name}.log"

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        explain: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Run a program to its end; its output.

        Raises:
            PackagingError: it failed; the message has the end of its output, and what `explain`
                makes of it.
        """
        words = [str(word) for word in command]
        path = self.log(name)
        lines: list[str] = []
        with (
            path.open("w", encoding="utf-8") as log,
            subprocess.Popen(
                words,
                cwd=cwd,
                env={**(environment or os.environ), "PYTHONUNBUFFERED": "1"},  # each line at once
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            assert process.stdout is not None
            print("$", *words, file=log)
            for line in process.stdout:
                log.write(line)
                lines.append(line)
                self.voice.heard(line.strip())
        output = "".join(lines)
        if process.returncode:
            tail = "".join(lines[-_TAIL_LINES:]).rstrip()
            full = _FULL in output
            remedy = f"the disk is full; {_ROOM}" if full else explain(output)
            raise PackagingError(
                f"{Path(words[0]).name} ended with exit code {process.returncode}:\n{tail}\n"
                f"{remedy + chr(10) if remedy else ''}the whole log is {path}"
            )
        return output


class Step(Protocol):
    """One part of a build."""

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        ...

    def run(self, build: Build) -> None:
        """Do it.

        Raises:
            PackagingError: it could not be done; the message has the remedy.
        """
        ...


def run(build: Build, steps: Sequence[Step]) -> None:
    """Run the steps in their order; the first that fails ends the build."""
    times = _times(build)
    try:
        for number, step in enumerate(steps, 1):
            build.voice.begin(step.title, Position(number, len(steps), times.get(step.title)))
            begun = monotonic()
            step.run(build)
            times[step.title] = round(monotonic() - begun, 1)
            build.voice.end(step.title, times[step.title])
            _times_file(build).write_text(json.dumps(times), "utf-8")
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT):
            raise
        place = error.filename2 or error.filename or build.out
        raise PackagingError(f"the disk of {place} is full; {_ROOM}") from error


def _times_file(build: Build) -> Path:
    build.work.mkdir(parents=True, exist_ok=True)
    return build.work / "times.json"


def _times(build: Build) -> dict[str, float]:
    """How long each step took when it was last run, for whoever shows progress."""
    try:
        found: dict[str, float] = json.loads(_times_file(build).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found
