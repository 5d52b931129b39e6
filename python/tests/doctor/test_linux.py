"""What the doctor says of a Linux machine; its files stand in a folder that the test makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytron.doctor import linux

Variables = dict[str, str]


@pytest.mark.parametrize(
    ("variables", "state", "said"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, "good", "Wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":1"}, "good", "and X11"),
        ({"DISPLAY": ":1"}, "good", "X11"),
        ({}, "hint", "no window"),
    ],
)
def test_display(variables: Variables, state: str, said: str) -> None:
    found = linux.display(variables)
    assert found.state == state
    assert said in found.said
    assert bool(found.fix) == (state != "good")


def test_nvidia_under_wayland_may_stay_blank(tmp_path: Path) -> None:
    driver = tmp_path / "proc/driver/nvidia"
    driver.mkdir(parents=True)
    (driver / "version").touch()
    found = linux.graphics({"WAYLAND_DISPLAY": "x"}, tmp_path)
    assert (found.state, "under Wayland" in found.said) == ("hint", True)
    assert "WEBKIT_DISABLE_DMABUF_RENDERER=1" in found.fix
    assert linux.graphics({"WEBKIT_DISABLE_DMABUF_RENDERER": "1"}, tmp_path).state == "good"


def test_virtual_machine_is_told_from_a_card(tmp_path: Path) -> None:
    device = tmp_path / "sys/class/drm/card0/device"
    device.mkdir(parents=True)
    (tmp_path / "dev/dri").mkdir(parents=True)
    (device / "vendor").write_text("0x8086\n")
    assert linux.graphics({}, tmp_path).state == "good"
    (device / "vendor").write_text("0x80ee\n")
    assert "VirtualBox" in linux.graphics({}, tmp_path).said


def test_every_bad_finding_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux, "_LIBRARY", "libnone.so.0")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    found = list(linux.findings(tmp_path))
    assert {f.name for f in found if f.state == "bad"} == {"web view", "fonts"}
    assert all(f.fix for f in found if f.state != "good")


@pytest.mark.parametrize("program", ["apt-get", "dnf", "pacman", "zypper", "apk"])
def test_package_of_every_distribution(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux.shutil, "which", lambda name: name if name == program else None)
    found = linux.installing("web view", "bad", "it is missing", linux._WEBKIT)
    assert found.fix == f"sudo {' '.join(found.run)}"
    assert found.run[0] == program
    assert found.root


def test_unknown_distribution_gets_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux.shutil, "which", lambda _: None)
    found = linux.installing("fonts", "bad", "none", linux._FONTS)
    assert not found.run
    assert "your distribution's packages" in found.fix
