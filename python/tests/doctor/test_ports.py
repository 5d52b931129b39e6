"""Whether a development server's port is free, and who has it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from pytron.doctor import linux, macos, ports, windows
from pytron.platforms import SYSTEM


@pytest.fixture
def taken() -> Generator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.pytron]\n")
    (tmp_path / "package.json").write_text('{"devDependencies": {"vite": "^8"}}')
    return tmp_path


def configured(page: Path, port: int, more: str = "") -> None:
    (page / "vite.config.ts").write_text(f"export default {{ server: {{ port: {port}, {more} }} }}")


def other(_port: int) -> tuple[int, str] | None:
    return 7, "thief"


def test_a_free_port_is_good(page: Path, taken: int) -> None:
    free = taken
    with socket.socket() as asked:  # another one that is free
        asked.bind(("127.0.0.1", 0))
        free = asked.getsockname()[1]
    configured(page, free)
    found = ports.finding(page, other)
    assert found is not None
    assert (found.name, found.state) == (f"port {free}", "good")


def test_a_taken_port_names_who_has_it(page: Path, taken: int) -> None:
    configured(page, taken)
    found = ports.finding(page, other)
    assert found is not None
    assert found.state == "hint"
    assert "thief (process 7) has it, so Vite takes the next one" in found.said


def test_a_taken_port_that_must_be_it_is_bad(page: Path, taken: int) -> None:
    configured(page, taken, "strictPort: true")
    found = ports.finding(page, lambda _: None)
    assert found is not None
    assert (found.state, "strictPort" in found.fix) == ("bad", True)
    assert "a program of another user has it" in found.said


def test_the_projects_own_server_may_have_it(page: Path, taken: int) -> None:
    configured(page, taken, "strictPort: true")
    (page / ".pytron").mkdir()
    (page / ".pytron" / "vite.json").write_text(json.dumps({"pid": 7}))
    found = ports.finding(page, other)
    assert found is not None
    assert found.state == "good"


def test_a_page_without_a_server_has_no_port(page: Path) -> None:
    (page / "package.json").write_text("{}")
    assert ports.finding(page, other) is None


@pytest.mark.skipif(SYSTEM != "linux", reason="reads /proc")
def test_linux_knows_who_listens(taken: int) -> None:
    found = linux.owner_of(taken)
    assert found is not None
    assert found[0] == os.getpid()


def test_what_lsof_and_powershell_say_is_read() -> None:
    assert macos.owner_in("p123\ncnode\nf21\np124\ncother\n") == (123, "node")
    assert macos.owner_in("") is None
    assert windows.owner_in("4711 node\r\n") == (4711, "node")
    assert windows.owner_in(" \r\n") is None
