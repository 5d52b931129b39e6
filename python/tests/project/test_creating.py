"""New projects: complete, never over something, gone again after a failure."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from pytron.errors import ConfigError
from pytron.project import creating, vendoring
from pytron.project.creating import Choice, create
from pytron.project.naming import names_of
from pytron.project.templates import TEMPLATES, Template, template_of

VANILLA = Choice(template_of("vanilla"))


def make(base: Path, name: str = "my first app", choice: Choice = VANILLA) -> Path:
    names = names_of(name, base)
    create(names, choice)
    return names.folder


def test_every_name_of_the_template_is_replaced(tmp_path: Path) -> None:
    for number, template in enumerate(TEMPLATES.values()):
        folder = make(tmp_path, f'it\'s & "{{{number}}}"'.replace('"', ""), Choice(template))
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix not in (".whl", ".tgz", ".png"):
                text = path.read_text("utf-8")
                assert "Pytron App" not in text, path
                assert "pytron-app" not in text, path
        compile((folder / "app.py").read_text("utf-8"), "app.py", "exec")


def test_hidden_files_have_their_names(tmp_path: Path) -> None:
    folder = make(tmp_path)
    assert (folder / ".gitignore").is_file()
    assert (folder / ".github/workflows/ci.yml").is_file()
    assert not [path for path in folder.rglob("_*") if path.name != "__init__.py"]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_nothing_of_the_project_is_ignored_by_git(template: Template, tmp_path: Path) -> None:
    files = create(names_of("app", tmp_path), Choice(template))
    git = ("git", "-C", str(tmp_path / "app"))
    subprocess.run([*git, "init", "-q"], check=True, timeout=60)
    done = subprocess.run(
        [*git, "ls-files", "-z", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert sorted(filter(None, done.stdout.split("\0"))) == files


def test_nothing_but_the_project_is_left(tmp_path: Path) -> None:
    make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["my first app"]


def test_full_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"not empty \(notes\.txt\).*nothing is overwritten"):
        make(tmp_path, "app")
    assert [path.name for path in (tmp_path / "app").iterdir()] == ["notes.txt"]


def test_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("mine")
    with pytest.raises(ConfigError, match="no folder"):
        make(tmp_path, "app")
    assert (tmp_path / "app").read_text() == "mine"


def test_empty_folder_and_fresh_repository_will_do(tmp_path: Path) -> None:
    (tmp_path / "app" / ".git").mkdir(parents=True)
    folder = make(tmp_path, "app")
    assert (folder / "app.py").is_file()
    assert (folder / ".git").is_dir()


@pytest.mark.parametrize("before", [[], ["deep"], ["deep/app"]])
def test_failure_leaves_what_was_there(
    before: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in before:
        (tmp_path / name).mkdir(parents=True)
    found = sorted(tmp_path.rglob("*"))
    files = creating.contents(names_of("deep/app", tmp_path), VANILLA)
    monkeypatch.setattr(creating, "contents", lambda *_: {**files, "app.py/no": b"a file is there"})
    with pytest.raises(ConfigError, match="cannot be written"):
        make(tmp_path, "deep/app")
    assert sorted(tmp_path.rglob("*")) == found


def test_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="choose a folder that you may write to"):
        make(tmp_path, "file/app")


def test_same_project_has_the_same_bytes(tmp_path: Path) -> None:
    names = names_of("app", tmp_path)
    assert creating.contents(names, VANILLA) == creating.contents(names, VANILLA)


def test_wheel_in_the_project_is_what_is_installed(tmp_path: Path) -> None:
    folder = make(tmp_path)
    lines = (folder / "requirements.txt").read_text().splitlines()
    wheel = next(line for line in lines if line.startswith("./vendor/pytron_kit-"))
    target = tmp_path / "site"
    install = ["install", "--quiet", "--no-index", "--no-deps", "--target", str(target), wheel]
    subprocess.run([sys.executable, "-m", "pip", *install], cwd=folder, check=True, timeout=120)
    own = Path(creating.__file__).parents[1]
    for path in own.rglob("*.py"):
        assert (target / "pytron" / path.relative_to(own)).read_bytes() == path.read_bytes()
    assert (target / "bin" / "pytron").is_file() or (target / "Scripts").is_dir()


def test_yarn_puts_packages_where_typescript_looks(tmp_path: Path) -> None:
    react = template_of("react")
    folder = make(tmp_path, "app", Choice(react, package_manager="yarn"))
    assert "nodeLinker: node-modules" in (folder / "frontend" / ".yarnrc.yml").read_text()
    assert not (make(tmp_path, "other", Choice(react)) / "frontend" / ".yarnrc.yml").exists()


def test_no_index_is_asked_for_pytron(tmp_path: Path) -> None:
    """Neither pip nor uv nor npm may find a namesake in its place."""
    for python in ("pip", "uv"):
        folder = make(tmp_path, python, Choice(template_of("vanilla"), python=python))
        pyproject = (folder / "pyproject.toml").read_text()
        if python == "pip":
            assert "pytron-kit" not in pyproject
            continue
        assert 'pytron-kit = { path = "vendor/pytron_kit-' in pyproject
        assert not (folder / "requirements.txt").exists()


def test_vendored_wheels_are_whole(tmp_path: Path) -> None:
    for path in (make(tmp_path) / "vendor").glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            assert wheel.testzip() is None
            names = wheel.namelist()
        assert len(names) == len(set(names))
        assert any(name.endswith(".dist-info/METADATA") for name in names)
        assert not [name for name in names if name.endswith((".pyc", "direct_url.json"))]


def test_who_installed_pytron_is_not_in_its_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uv leaves a file of its own: a project must not seem to be behind for it."""
    (before, *_) = vendoring.python_pins()
    own = Path(str(metadata.distribution("pytron-kit").locate_file("")))
    (found,) = own.glob("pytron_kit-*.dist-info")
    copy = tmp_path / found.name
    shutil.copytree(found, copy)
    (copy / "uv_cache.json").write_text("{}")
    with (copy / "RECORD").open("a") as record:
        record.write(f"{found.name}/uv_cache.json,,\n")
    monkeypatch.setattr(vendoring, "distribution", lambda _: metadata.PathDistribution(copy))
    (after, *_) = vendoring.python_pins()
    assert after.content == before.content
