"""The steps of a build, one after the other, each with its own log."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

from pytron.errors import PackagingError
from pytron.packager.settings import Product

_TAIL_LINES = 25


class Voice(Protocol):
    """Who tells the user what goes on."""

    def begin(self, step: str) -> None:
        """A step begins."""
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
        done = subprocess.run(
            words,
            cwd=cwd,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        log = self.log(name)
        log.write_text("$ " + " ".join(words) + "\n" + done.stdout, "utf-8")
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-_TAIL_LINES:])
            remedy = explain(done.stdout) or f"the whole log is {log}"
            raise PackagingError(
                f"{Path(words[0]).name} ended with exit code {done.returncode}:\n{tail}\n{remedy}"
            )
        return done.stdout


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
    for step in steps:
        build.voice.begin(step.title)
        begun = monotonic()
        step.run(build)
        build.voice.end(step.title, monotonic() - begun)
