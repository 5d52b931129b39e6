"""How a build goes on: step by step, with a log of every program that it runs."""

from __future__ import annotations

import sys
from errno import ENOSPC
from pathlib import Path

import click
import pytest
from packager.test_installers import product
from pytron.cli.package import Bar
from pytron.errors import PackagingError
from pytron.packager.pipeline import Build, Position, run


class Voice:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, Position]] = []
        self.lines: list[str] = []

    def begin(self, step: str, at: Position) -> None:
        self.begun.append((step, at))

    def heard(self, line: str) -> None:
        self.lines.append(line)

    def note(self, text: str) -> None: ...
    def end(self, step: str, seconds: float) -> None: ...


class Step:
    def __init__(self, title: str) -> None:
        self.title = title

    def run(self, build: Build) -> None:
        assert build.voice is not None


def build_of(folder: Path, voice: Voice) -> Build:
    return Build(product(), folder / "work", folder / "dist", voice)


def test_a_step_knows_its_place_and_how_long_it_took_before(tmp_path: Path) -> None:
    voice = Voice()
    steps = [Step("first"), Step("second")]
    run(build_of(tmp_path, voice), steps)
    assert [(title, at.number, at.count, at.usual_s) for title, at in voice.begun] == [
        ("first", 1, 2, None),
        ("second", 2, 2, None),
    ]
    run(build_of(tmp_path, voice), steps)
    assert all(at.usual_s is not None for _, at in voice.begun[2:])


def test_times_that_cannot_be_read_are_forgotten(tmp_path: Path) -> None:
    voice = Voice()
    build = build_of(tmp_path, voice)
    build.log("x").with_name("times.json").write_text("{", "utf-8")
    run(build, [Step("first")])
    assert voice.begun[0][1].usual_s is None


PROGRAM = "import sys\nfor n in range(40): print('line', n)\nsys.exit(int(sys.argv[1]))"


def test_a_program_is_heard_while_it_runs_and_its_log_stays(tmp_path: Path) -> None:
    voice = Voice()
    build = build_of(tmp_path, voice)
    said = build.run("work", [sys.executable, "-c", PROGRAM, "0"])
    assert voice.lines == [f"line {number}" for number in range(40)]
    log = build.log("work").read_text("utf-8")
    assert log.startswith("$ ")
    assert log.endswith(said)


def test_a_program_that_fails_shows_its_end_the_remedy_and_its_log(tmp_path: Path) -> None:
    build = build_of(tmp_path, Voice())
    with pytest.raises(PackagingError) as failed:
        build.run(
            "work", [sys.executable, "-c", PROGRAM, "3"], explain=lambda output: output[:6] + "!"
        )
    lines = str(failed.value).splitlines()
    assert lines[0].endswith("ended with exit code 3:")
    assert "line 39" in lines
    assert "line 3" not in lines  # the log has the beginning
    assert lines[-2:] == ["line 0!", f"the whole log is {build.log('work')}"]


def test_a_full_disk_is_named_with_its_remedy(tmp_path: Path) -> None:
    build = build_of(tmp_path, Voice())

    class Full(Step):
        def run(self, build: Build) -> None:
            raise OSError(ENOSPC, "No space left on device", str(build.work), None, "/to")

    with pytest.raises(PackagingError, match="the disk of /to is full; free some space, or name"):
        run(build, [Full("first")])
    says = "import sys; sys.exit('OSError: [Errno 28] No space left on device')"
    with pytest.raises(PackagingError, match="the disk is full; free some space"):
        build.run("work", [sys.executable, "-c", says], explain=lambda _: "install more")


def test_the_bar_is_full_only_when_all_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    bar.begin("freeze", Position(2, 4, usual_s=1e-9))
    bar.heard("Analyzing app")
    shown = bar.text()
    bar.end("freeze", 1.0)
    assert 5 <= shown.count("█") < 10
    assert shown.count("█") + shown.count("░") == 20
    assert "2/4 freeze" in shown
    assert "Analyzing app" in shown
    assert click.unstyle(capsys.readouterr().out).endswith("✓ freeze  1.0 s\n")
