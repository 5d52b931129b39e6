"""The plan names files that are there, and sees when an environment was moved."""

import sys
from pathlib import Path

import pytest

from tools.dev import plan
from tools.dev.machine import ROOT
from tools.dev.steps import Step


def steps() -> list[Step]:
    return [plan.python_step(), plan.npm_step("v20"), *plan.part_steps("rustc 1.95.0", "v20")]


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_inputs_of_every_step_are_in_the_checkout(step: Step) -> None:
    for entry in step.inputs:
        if not entry.startswith("build/") and "/dist" not in entry:  # an earlier step's
            assert any(True for _ in ROOT.glob(entry)), entry
    assert step.outputs, "a step without outputs would be done for ever after its first run"


def test_step_names_are_unique() -> None:
    names = [step.name for step in steps()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("tool", ["rust", "node"])
def test_newer_tool_changes_the_key_of_its_steps(tool: str) -> None:
    old = plan.part_steps("rustc 1.95.0", "v20.20.2")
    new = plan.part_steps("rustc 1.96.0", "v22.0.0")
    changed = {a.name for a, b in zip(old, new, strict=True) if a.facts != b.facts}
    assert {"rust": "native engine", "node": "client"}[tool] in changed


def environment(tmp_path: Path, place: Path) -> Path:
    """A working Python beside an activate script that names `place`."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text(f'VIRTUAL_ENV="{place}"\n')
    python = programs / "python"
    python.symlink_to(sys.executable)
    return python


def test_environment_that_stayed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "VENV", tmp_path / ".venv")
    assert plan._runs_here(environment(tmp_path, tmp_path / ".venv"))


def test_environment_of_a_moved_checkout_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "VENV", tmp_path / ".venv")
    assert not plan._runs_here(environment(tmp_path, Path("/elsewhere/.venv")))


def test_environment_whose_python_has_gone_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "VENV", tmp_path / ".venv")
    python = environment(tmp_path, tmp_path / ".venv")
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not plan._runs_here(python)
