"""What a user is asked at a terminal, and what the terminal is like afterwards."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from package.attacked import DEADLINE_S, as_stranger, assert_refused, linux_only
from package.sealing import start
from pytron.packager.pipeline import Build

pytestmark = linux_only
PASSPHRASE = "Größe und 7 Möwen"
ASKED = "passphrase of attacked: "
AGAIN = f"that was wrong; {ASKED}"


@pytest.fixture
def asking(build: Callable[..., Build], monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setenv("PYTRON_SHIELD_PASSPHRASE", PASSPHRASE)
    return build(scheme="passphrase")


class Terminal:
    """The app at a terminal of its own."""

    def __init__(self, program: Path) -> None:
        import termios

        self._ours, self._its = os.openpty()
        self._flags = lambda: termios.tcgetattr(self._its)[3]
        self.before = self._flags()
        assert self.before & termios.ECHO
        self.seen = ""
        self._process = subprocess.Popen(
            as_stranger(program, "watched"),
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
            stdin=self._its,
            stdout=self._its,
            stderr=self._its,
        )

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)
        os.close(self._its)

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def waits_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + DEADLINE_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._ours, selectors.EVENT_READ)
            while self.seen.count(text) < times:
                assert selector.select(max(0, deadline - time.monotonic())), self.seen
                self.seen += os.read(self._ours, 4_096).decode()

    def ended(self) -> tuple[int, bool]:
        """The exit code, and whether the terminal is as it was."""
        code = self._process.wait(DEADLINE_S)
        return code, self._flags() == self.before


@pytest.fixture
def terminal(asking: Build) -> Iterator[Terminal]:
    assert asking.program is not None
    made = Terminal(asking.program)
    yield made
    made.close()


def test_a_typing_error_is_forgiven_and_nothing_typed_is_shown(terminal: Terminal) -> None:
    terminal.waits_for(ASKED)
    terminal.types("a wrong word\n")
    terminal.waits_for(AGAIN)
    terminal.types(f"{PASSPHRASE}\n")
    terminal.waits_for("ready")
    terminal.types("\x04")  # the end of its input, by which this app ends
    assert terminal.ended() == (0, True)
    assert "a wrong word" not in terminal.seen
    assert PASSPHRASE not in terminal.seen


def test_the_third_wrong_passphrase_is_the_last(terminal: Terminal) -> None:
    for asked, times in ((ASKED, 1), (AGAIN, 1), (AGAIN, 2)):
        terminal.waits_for(asked, times)
        terminal.types("a wrong word\n")
    terminal.waits_for("attacked: the passphrase is wrong\r\n")
    assert terminal.ended() == (4, True)


@pytest.mark.parametrize("typed", ["\x03", "half of it\x03", "\n", "\x04"])
def test_who_gives_none_is_not_asked_again(terminal: Terminal, typed: str) -> None:
    """Ctrl-C, an empty line, Ctrl-D: one line, and a terminal that shows what is typed."""
    terminal.waits_for(ASKED)
    terminal.types(typed)
    terminal.waits_for("attacked: no passphrase was given\r\n")
    assert terminal.ended() == (4, True)


def test_without_a_terminal_or_screen_the_ways_are_named(asking: Build) -> None:
    assert_refused(start(asking), "start it from a terminal, install zenity or kdialog", 4)
