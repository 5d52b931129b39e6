"""A display of one's own: it is there at once, it is usable, and it goes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.dev import display
from tools.dev.machine import SetupError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is for Linux")


def socket_of(variables: dict[str, str]) -> Path:
    return Path("/tmp/.X11-unix", "X" + variables["DISPLAY"].removeprefix(":"))


def test_displays_do_not_collide_and_go_with_their_block() -> None:
    with display.fresh_display() as one, display.fresh_display() as two:
        assert one["DISPLAY"] != two["DISPLAY"]
        assert socket_of(one).exists()
        assert socket_of(two).exists()
    assert not socket_of(one).exists()
    assert not socket_of(two).exists()


def test_command_on_a_display_gives_its_exit_code() -> None:
    program = "import os, sys; sys.exit(7 if os.environ['DISPLAY'].startswith(':') else 1)"
    answer = subprocess.run(
        [sys.executable, "-m", "tools.dev.display", sys.executable, "-c", program], check=False
    )
    assert answer.returncode == 7


@pytest.mark.usefixtures("bare_path")
def test_missing_xvfb_is_told() -> None:
    with pytest.raises(SetupError, match="Xvfb is not installed"), display.fresh_display():
        pytest.fail("there is no display")


def test_xvfb_that_fails_is_told_with_its_own_words() -> None:
    told = pytest.raises(SetupError, match=r"(?s)Xvfb did not start: .*nonsense")
    with told, display.fresh_display(screen="nonsense"):
        pytest.fail("there is no display")
