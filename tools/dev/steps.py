"""Steps that run only when something they read has changed.

A step's key is a hash over the contents of its input files, the versions of its tools and its own
definition. It is up to date when its stamp holds that key and all its outputs are there.
"""

import hashlib
import json
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.dev.machine import LOGS, ROOT, STAMPS, SetupError
from tools.dev.process import run_watched
from tools.dev.progress import Line, say

NOT_INPUTS = {".git", ".venv", "__pycache__", "build", "dist", "node_modules", "target"}
BUILT = (".dll", ".dylib", ".pyc", ".pyd", ".so")  # made by a build, sometimes among its sources
TAIL_LINES = 30
FIRST_ERRORS = 10
ERROR = re.compile(r"\berr(or)?\b", re.IGNORECASE)


class StepFailed(Exception):
    """A program of a step gave an error; its output is in the step's log."""


class Job:
    """What a step's action works with: it runs programs and keeps their output."""

    def __init__(self, env: Mapping[str, str], line: Line, log: Path) -> None:
        self.env = dict(env)
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._errors: list[str] = []
        self._line = line
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log.open("w", encoding="utf-8")

    def run(self, *command: str | Path, cwd: Path = ROOT) -> None:
        """Run a program to its end; raises StepFailed when it gives an error."""
        words = [str(word) for word in command]
        self.write("$ " + " ".join(words))
        try:
            code = run_watched(
                words, cwd=cwd, env=self.env, on_line=self.write, on_tick=self._line.tick
            )
        except OSError as error:
            raise StepFailed(f"{words[0]} could not be started: {error}") from error
        if code:
            raise StepFailed(f"{Path(words[0]).name} ended with exit code {code}")

    def write(self, text: str) -> None:
        """Add a line to the log."""
        if len(self._tail) == TAIL_LINES:
            leaving = self._tail[0]
            if len(self._errors) < FIRST_ERRORS and ERROR.search(leaving):
                self._errors.append(leaving)
        self._tail.append(text)
        self._log.write(text + "\n")
        self._log.flush()
        self._line.note(text)

    def excerpt(self) -> list[str]:
        """The last lines; before them the first errors, where later lines have pushed them out."""
        return [*self._errors, *(["..."] if self._errors else []), *self._tail]

    def close(self) -> None:
        """Close the log."""
        self._log.close()


@dataclass(frozen=True)
class Step:
    """One thing to be done, and how to see that it is done already."""

    name: str
    action: Callable[[Job], None]
    inputs: Sequence[str] = ()  # files, folders (all below), or patterns; relative to the root
    outputs: Sequence[str] = ()  # each pattern must match something
    facts: Mapping[str, str] = field(default_factory=dict[str, str])  # tool versions and the like
    remedy: str = "read the log; then run the same command again"
    root: Path = ROOT
    stamps: Path = STAMPS
    logs: Path = LOGS

    @property
    def _slug(self) -> str:
        return self.name.replace(" ", "-")

    @property
    def log(self) -> Path:
        """Where the whole output of the last run stands."""
        return self.logs / f"{self._slug}.log"

    def key(self) -> str:
        """The hash of all that decides what this step makes."""
        digest = hashlib.blake2b(digest_size=16)
        definition = [self.name, str(self.root), sorted(self.facts.items()), list(self.outputs)]
        digest.update(json.dumps(definition).encode())
        for path in self._input_files():
            digest.update(path.relative_to(self.root).as_posix().encode() + b"\0")
            digest.update(hashlib.blake2b(path.read_bytes()).digest())
        return digest.hexdigest()

    def is_done(self) -> bool:
        """Whether the stamp has today's key and every output is there."""
        try:
            stamped = json.loads(self._stamp.read_text("utf-8"))["key"]
        except (OSError, ValueError, TypeError, KeyError):  # none, or not one of ours
            return False
        done = all(any(True for _ in self.root.glob(pattern)) for pattern in self.outputs)
        return done and stamped == self.key()

    def run(self, env: Mapping[str, str]) -> float:
        """Do it, show it, and stamp it; the seconds it took.

        Raises:
            SetupError: it failed; its last lines and the remedy have the details.
        """
        key = self.key()
        self._stamp.unlink(missing_ok=True)
        line = Line(self.name)
        job = Job(env, line, self.log)
        try:
            self.action(job)
            self._require_outputs()
        except (StepFailed, SetupError) as error:
            line.finish("failed")
            say("\n".join(f"    {text}" for text in job.excerpt()))
            remedy = error.remedy if isinstance(error, SetupError) else self.remedy
            raise SetupError(
                f"step '{self.name}' failed: {error}", f"{remedy}\n  whole log: {self.log}"
            ) from error
        except BaseException:
            line.finish("stopped")
            raise
        finally:
            job.close()
        line.finish("done")
        self._stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp = {"key": key, "seconds": round(line.elapsed_s, 1), "at": time.time()}
        self._stamp.write_text(json.dumps(stamp), "utf-8")
        return line.elapsed_s

    @property
    def _stamp(self) -> Path:
        return self.stamps / f"{self._slug}.json"

    def _require_outputs(self) -> None:
        for pattern in self.outputs:
            if not any(True for _ in self.root.glob(pattern)):
                raise StepFailed(f"it ended well but made no {pattern}")

    def _input_files(self) -> Iterator[Path]:
        for entry in self.inputs:
            if "*" in entry:
                yield from sorted(path for path in self.root.glob(entry) if path.is_file())
                continue
            path = self.root / entry
            if path.is_dir():
                yield from files_below(path)
            elif path.is_file():
                yield path
            else:
                raise SetupError(
                    f"step '{self.name}' needs {entry}, which is not in this checkout",
                    "get a complete checkout: `git status` lists what is missing",
                )


def files_below(folder: Path) -> list[Path]:
    """All source files of a folder in a fixed order, without what tools made there."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_INPUTS)
        found.extend(Path(place) / name for name in sorted(names) if not name.endswith(BUILT))
    return found


def run_steps(steps: Iterable[Step], env: Mapping[str, str]) -> dict[str, float]:
    """Do what is not done yet, in order; the seconds of each step that ran.

    Raises:
        SetupError: a step failed; later ones were not tried.
    """
    return {step.name: step.run(env) for step in steps if not step.is_done()}
