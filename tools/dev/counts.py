"""Reading the closing counts of every test runner, to add them up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PYTEST = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in \d[\d.]*s.*$")
_CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored")
_VITEST = re.compile(r"^\s*(Test Files|Tests|Errors)  (.*?)(?: \(\d+\))?$")
_PAIR = re.compile(r"(\d+) ([a-z]+)")
_NOX_FAILED = re.compile(r"^nox > Command .* failed with exit code \d+")
_LEFT_OUT = re.compile(r"^(nox > )?Skipped: ")

_FAILED = {"failed", "error", "errors", "xpassed"}
_PASSED = {"passed", "xfailed"}
_SKIPPED = {"skipped", "todo"}
_AGAIN = {"rerun"}


@dataclass
class Counts:
    """How many tests passed, failed and were left out, and how many needed a second run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    again: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.again + other.again,
        )

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        if self.skipped:
            text = f"{text}, {self.skipped} skipped"
        return f"{text}, {self.again} run again" if self.again else text


class Tally:
    """Adds up what runners print, line by line, and keeps their closing lines."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.closing: list[str] = []
        self._failed_before = 0  # at the last command that failed: see `add`
        self._files_failed = 0

    def add(self, text: str) -> None:
        """Take one line of a runner's output."""
        line = _COLOUR.sub("", text).rstrip()
        if found := _PYTEST.match(line):
            self._count(line, _pairs(found[1]))
        elif found := _CARGO.match(line):
            self._count(
                line,
                [(int(found[1]), "passed"), (int(found[2]), "failed"), (int(found[3]), "skipped")],
            )
        elif found := _VITEST.match(line):
            self._vitest(line, found[1], _pairs(found[2]))
        elif _NOX_FAILED.match(line):
            self._command_failed()
        elif _LEFT_OUT.match(line):
            self._count(line, [(1, "skipped")])

    def session_failed(self, name: str) -> None:
        """A session ended badly without any command of it saying so."""
        self._count(f"session {name} failed", [(1, "failed")])

    def _command_failed(self) -> None:
        # A checker (ruff, tsc) prints no counts, and a runner may die before it does. Each command
        # that failed is at least one failure, or the sum could say "0 failed" of a red run.
        if self.counts.failed == self._failed_before:
            self.counts.failed += max(1, self._files_failed)
        self._failed_before = self.counts.failed
        self._files_failed = 0

    def _vitest(self, line: str, label: str, pairs: list[tuple[int, str]]) -> None:
        if label == "Test Files":  # a file that does not load has no tests to fail
            self._files_failed = sum(count for count, word in pairs if word in _FAILED)
        else:
            self._count(line, pairs)

    def _count(self, line: str, pairs: Iterable[tuple[int, str]]) -> None:
        self.closing.append(line.strip("= "))
        for count, word in pairs:
            if word in _PASSED:
                self.counts.passed += count
            elif word in _FAILED:
                self.counts.failed += count
            elif word in _SKIPPED:
                self.counts.skipped += count
            elif word in _AGAIN:
                self.counts.again += count


def _pairs(text: str) -> list[tuple[int, str]]:
    return [(int(count), word) for count, word in _PAIR.findall(text)]
