"""Steps run once, again when something they read changes, and fail with their own words."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tools.dev.machine import SetupError
from tools.dev.steps import Job, Step, run_steps


class MakeStep(Protocol):
    """Makes the step of these tests; what is not given is as it should be."""

    def __call__(
        self,
        action: Callable[[Job], None] = ...,
        facts: Mapping[str, str] | None = None,
        remedy: str = ...,
    ) -> Step: ...


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a check out"  # people's folders have spaces
    (root / "source").mkdir(parents=True)
    (root / "source" / "one.txt").write_text("1")
    return root


@pytest.fixture
def make_step(checkout: Path) -> MakeStep:
    """A step that copies its source to `made` and counts its runs in `runs`."""

    def action(job: Job) -> None:
        program = (
            "from pathlib import Path; runs = Path('runs');"
            "runs.write_text(runs.read_text() + 'x' if runs.exists() else 'x');"
            "Path('made').write_text(Path('source/one.txt').read_text()); print('copied')"
        )
        job.run(sys.executable, "-c", program, cwd=checkout)

    def make(
        action: Callable[[Job], None] = action,
        facts: Mapping[str, str] | None = None,
        remedy: str = "try again",
    ) -> Step:
        return Step(
            "copy one",
            action,
            inputs=["source"],
            outputs=["made"],
            facts=facts or {},
            root=checkout,
            stamps=checkout / "stamps",
            logs=checkout / "logs",
            remedy=remedy,
        )

    return make


def runs(checkout: Path) -> int:
    return len((checkout / "runs").read_text())


def test_second_run_does_nothing(make_step: MakeStep, checkout: Path) -> None:
    assert list(run_steps([make_step()], os.environ)) == ["copy one"]
    assert run_steps([make_step()], os.environ) == {}
    assert runs(checkout) == 1


@pytest.mark.parametrize("change", ["content", "new file", "renamed file", "new folder"])
def test_changed_input_runs_it_again(make_step: MakeStep, checkout: Path, change: str) -> None:
    source = checkout / "source"
    (source / "two.txt").write_text("2")
    run_steps([make_step()], os.environ)
    if change == "content":
        (source / "one.txt").write_text("9")
    elif change == "new file":
        (source / "three.txt").write_text("")
    elif change == "renamed file":
        (source / "two.txt").rename(source / "zwei.txt")
    else:
        (source / "below").mkdir()
        (source / "below" / "four.txt").write_text("")
    assert not make_step().is_done()
    run_steps([make_step()], os.environ)
    assert runs(checkout) == 2
    assert (checkout / "made").read_text() == (source / "one.txt").read_text()


def test_touched_file_with_the_same_content_is_no_change(
    make_step: MakeStep, checkout: Path
) -> None:
    run_steps([make_step()], os.environ)
    os.utime(checkout / "source" / "one.txt", (0, 0))
    assert make_step().is_done()


def test_what_tools_made_in_a_source_folder_is_no_input(
    make_step: MakeStep, checkout: Path
) -> None:
    run_steps([make_step()], os.environ)
    for folder in ("__pycache__", "node_modules", "dist", "target"):
        (checkout / "source" / folder).mkdir()
        (checkout / "source" / folder / "file").write_text("made")
    (checkout / "source" / "library.so").write_text("made")
    assert make_step().is_done()


def test_other_tool_version_runs_it_again(make_step: MakeStep) -> None:
    run_steps([make_step(facts={"rust": "1.95"})], os.environ)
    assert make_step(facts={"rust": "1.95"}).is_done()
    assert not make_step(facts={"rust": "1.96"}).is_done()


def test_removed_output_runs_it_again(make_step: MakeStep, checkout: Path) -> None:
    run_steps([make_step()], os.environ)
    (checkout / "made").unlink()
    run_steps([make_step()], os.environ)
    assert (checkout / "made").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": 3}'])
def test_damaged_stamp_runs_it_again(make_step: MakeStep, checkout: Path, text: str) -> None:
    run_steps([make_step()], os.environ)
    (stamp,) = (checkout / "stamps").iterdir()
    assert "key" in json.loads(stamp.read_text())
    stamp.write_text(text)
    assert not make_step().is_done()


def test_failing_step_shows_its_output_and_the_remedy(
    make_step: MakeStep, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(job: Job) -> None:
        job.run(sys.executable, "-c", "print('the reason it failed'); raise SystemExit(7)")

    with pytest.raises(SetupError, match=r"step 'copy one' failed: .* exit code 7") as caught:
        run_steps([make_step(fail, remedy="install the thing")], os.environ)
    assert "install the thing" in caught.value.remedy
    assert str(checkout / "logs" / "copy-one.log") in caught.value.remedy
    assert "    the reason it failed\n" in capsys.readouterr().out
    assert "the reason it failed" in (checkout / "logs" / "copy-one.log").read_text()
    assert not make_step().is_done()


def test_early_error_is_shown_after_much_talk(
    make_step: MakeStep, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(job: Job) -> None:
        talk = "print('npm error: the cause'); [print('usage', n) for n in range(500)]; exit(1)"
        job.run(sys.executable, "-c", talk)

    with pytest.raises(SetupError):
        run_steps([make_step(fail)], os.environ)
    said = capsys.readouterr().out
    assert "    npm error: the cause\n    ...\n" in said
    assert said.rstrip().endswith("usage 499")
    assert "usage 100\n" not in said


def test_failure_after_a_success_is_not_taken_for_done(make_step: MakeStep, checkout: Path) -> None:
    run_steps([make_step()], os.environ)
    (checkout / "source" / "one.txt").write_text("2")
    with pytest.raises(SetupError):
        run_steps([make_step(lambda job: job.run("false"))], os.environ)
    (checkout / "source" / "one.txt").write_text("1")  # back to what the first run saw
    assert not make_step().is_done()


def test_step_that_makes_nothing_fails(make_step: MakeStep) -> None:
    with pytest.raises(SetupError, match="ended well but made no made"):
        run_steps([make_step(lambda job: job.write("nothing to see"))], os.environ)


def test_program_that_is_not_there_fails_with_its_name(make_step: MakeStep) -> None:
    with pytest.raises(SetupError, match="no-such-program could not be started"):
        run_steps([make_step(lambda job: job.run("no-such-program"))], os.environ)


def test_missing_part_of_the_checkout_is_named(checkout: Path) -> None:
    step = Step(
        "client",
        lambda job: job.close(),
        inputs=["packages"],
        root=checkout,
        stamps=checkout / "stamps",
    )
    with pytest.raises(SetupError, match="step 'client' needs packages, which is not in this"):
        run_steps([step], os.environ)


def test_later_steps_are_not_tried_after_a_failure(make_step: MakeStep, checkout: Path) -> None:
    later = Step("later", lambda job: job.write("no"), root=checkout, stamps=checkout / "stamps")
    with pytest.raises(SetupError):
        run_steps([make_step(lambda job: job.run("false")), later], os.environ)
    assert not later.is_done()
