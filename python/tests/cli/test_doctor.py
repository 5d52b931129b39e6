"""`pytron doctor` and `pytron update` at the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pytron import doctor
from pytron.cli import main
from pytron.doctor.finding import Finding, good


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "x"]) == 0
    monkeypatch.chdir(tmp_path / "x")
    return tmp_path / "x"


def states(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    main(["doctor", "--json"])
    return {f["name"]: f["state"] for f in json.loads(capsys.readouterr().out)["findings"]}


@pytest.mark.usefixtures("project")
def test_new_project_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    found = states(capsys)
    assert {found["Python"], found["project"], found["page"]} == {"good"}


def test_page_that_is_gone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "frontend" / "index.html").unlink()
    assert states(capsys)["page"] == "bad"


def test_types_that_have_drifted_are_mended(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert states(capsys)["types"] == "good"
    app = project / "app.py"
    app.write_text(app.read_text("utf-8").replace("def greet(name: str)", "def greet(name: int)"))
    assert states(capsys)["types"] == "bad"
    main(["doctor", "--fix"])
    assert states(capsys)["types"] == "good"
    assert "name: number" in (project / "pytron.d.ts").read_text("utf-8")


def test_uv_is_asked_for_where_the_project_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "x", "--python", "uv"]) == 0
    monkeypatch.chdir(tmp_path / "x")
    monkeypatch.setattr("pytron.doctor.project.shutil.which", lambda _: None)
    assert states(capsys)["uv"] == "bad"


def test_app_that_is_broken(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app.py").write_text("def broken(:\n")
    assert states(capsys)["app"] == "bad"


def test_fix_runs_what_is_safe_and_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark, no = tmp_path / "mended", tmp_path / "no"

    def examine(_: Path) -> list[Finding]:
        if mark.exists():
            return [good("it", "mended")]
        program = "import sys, pathlib; pathlib.Path(sys.argv[1]).touch()"
        mend = (sys.executable, "-c", program, str(mark))
        hint = (sys.executable, "-c", program, str(no))
        return [
            Finding("it", "bad", "broken", "mend it", mend),
            Finding("other", "hint", "may trouble", "leave it", hint),
            Finding("third", "bad", "nobody mends", "by hand"),
        ]

    monkeypatch.setattr(doctor, "examine", examine)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "mend it" in said
    assert not mark.exists()
    assert main(["doctor", "--fix"]) == 0
    assert mark.exists()
    assert not no.exists()


def test_update_moves_everything(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "requirements.txt").write_text(
        "# mine\n./vendor/pytron_kit-0.9.0-py3-none-any.whl\n"
        "./vendor/pytron_native-0.9.0-cp310-abi3-linux_x86_64.whl ; sys_platform == 'linux'\n"
        "httpx\n"
    )
    old = project / "vendor" / "pytron_kit-0.9.0-py3-none-any.whl"
    old.write_bytes(b"old")
    mine = project / "vendor" / "mine.whl"
    mine.write_bytes(b"mine")
    assert main(["update", "--check"]) == 1
    assert old.exists()
    assert main(["update"]) == 0
    lines = (project / "requirements.txt").read_text().splitlines()
    assert lines[0] == "# mine"
    assert lines[-1] == "httpx"
    assert lines[1].startswith("./vendor/pytron_kit-1.")
    assert "0.9.0" not in "".join(lines)
    assert not old.exists()
    assert mine.exists()
    capsys.readouterr()
    assert main(["update", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == []


def test_update_of_a_uv_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "u", "--python", "uv"]) == 0
    pyproject = tmp_path / "u" / "pyproject.toml"
    new = pyproject.read_text()
    pyproject.write_text(new.replace("1.0.0.dev0", "0.9.0"))
    monkeypatch.chdir(tmp_path / "u")
    assert main(["update"]) == 0
    assert pyproject.read_text() == new


def test_update_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["update"]) == 2
    assert "no project of Pytron" in capsys.readouterr().err
