"""Settings: where they stand and who wins."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pytron import App, ConfigError
from pytron.config import Origin, choose, debug_port, is_dev, load_timeout_s, slug, trusted_origin
from pytron.engine import become_host
from pytron.persistence import passing_place


def origin(tmp_path: Path, source: str = "", project: str | None = None) -> Origin:
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    file = tmp_path / "app.py"
    file.write_text(source, encoding="utf-8")
    return Origin(tmp_path, file)


BLOCK = (
    '# /// script\n# dependencies = ["x"]\n# [tool.pytron]\n# width = 3\n#\n# height = 4\n# ///\n'
)


def test_script_block_is_read_and_wins_over_the_project(tmp_path: Path) -> None:
    found = origin(tmp_path, BLOCK, "[tool.pytron]\nwidth = 1\ntitle = 'ż'\n")
    assert found.settings == {"width": 3, "height": 4, "title": "ż"}


@pytest.mark.parametrize(
    "source",
    ["", "import x\n", "# /// script\n# not closed\n", BLOCK.replace("script", "other")],
)
def test_file_without_a_block_has_no_settings(tmp_path: Path, source: str) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    assert origin(tmp_path, source).settings == {}


@pytest.mark.parametrize(
    ("project", "told"),
    [
        ("[tool.pytron\n", "pyproject.toml is no valid TOML"),
        ("[tool]\npytron = 3\n", r"\[tool.pytron\] in .* must be a table"),
    ],
)
def test_broken_settings_name_the_file(tmp_path: Path, project: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        _ = origin(tmp_path, "", project).settings


def test_broken_block_names_the_script(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    with pytest.raises(ConfigError, match=r"the script block of .*app\.py is no valid TOML"):
        _ = origin(tmp_path, "# /// script\n# [tool.pytron\n# ///\n").settings


def test_environment_wins_over_the_app_over_settings_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = origin(tmp_path, "", '[tool.pytron]\nengine = "settings"\n')
    empty = Origin(tmp_path / "none", None)
    assert choose("other", None, found, "default") == "default"
    assert choose("engine", None, found, "default") == "settings"
    assert choose("engine", "app", found, "default") == "app"
    monkeypatch.setenv("PYTRON_ENGINE", "environment")
    assert choose("engine", "app", found, "default") == "environment"
    assert choose("engine", "app", empty, "default") == "environment"
    monkeypatch.setenv("PYTRON_ENGINE", "")
    assert choose("engine", "app", found, "default") == "app"


def test_relative_paths_start_at_the_file_that_makes_the_app() -> None:
    assert App("x")._origin.folder == Path(__file__).resolve().parent


def test_code_without_a_file_starts_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec("from pytron import App\napp = App('x')", names)
    assert names["app"]._origin.folder == tmp_path
    assert names["app"]._origin.file is None


def test_frozen_app_starts_at_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert App("x")._origin.folder == tmp_path


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package's folder, in one with settings that are not the app's."""
    folder = tmp_path / "app" / "_internal"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.pytron]\nfrontend = 'evil'\n", "utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(folder), raising=False)
    return folder


def test_a_package_has_the_settings_it_was_made_with_and_looks_at_no_others(bundle: Path) -> None:
    assert Origin(bundle, None).settings == {}
    (bundle / "pytron.json").write_text('{"frontend": "../web/dist", "width": 3}', "utf-8")
    assert Origin(bundle, None).settings == {"frontend": "../web/dist", "width": 3}


@pytest.mark.parametrize(
    ("chosen", "place"),
    [
        ("page", "page"),
        ("page/index.html", "page/index.html"),
        ("../web/dist", "_frontend/dist"),
        ("/srv/web/page.html", "_frontend/page.html"),
    ],
)
def test_a_package_has_its_page_inside_wherever_it_was(
    bundle: Path, chosen: str, place: str
) -> None:
    assert Origin(bundle, None).place(chosen) == bundle.resolve() / place


def test_no_variable_gives_a_packages_windows_or_state_to_others(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_LINK", "fd:9")
    become_host()
    assert "PYTRON_LINK" not in os.environ
    monkeypatch.setenv("PYTRON_STATE", str(bundle / "state"))
    assert passing_place() is None


def test_no_variable_shows_another_page_in_a_package(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_FRONTEND", "http://127.0.0.1:9/")
    assert choose("frontend", "page", Origin(bundle, None), None) == "page"
    monkeypatch.setenv("PYTRON_ENGINE", "headless")
    assert choose("engine", None, Origin(bundle, None), None) == "headless"


@pytest.mark.parametrize(
    ("value", "frozen", "expected"),
    [(None, False, False), ("1", False, True), ("0", False, False), ("no", False, False),
     ("1", True, False)],
)  # fmt: skip
def test_development_is_asked_for_and_never_in_a_frozen_app(
    monkeypatch: pytest.MonkeyPatch, value: str | None, frozen: bool, expected: bool
) -> None:
    monkeypatch.delenv("PYTRON_DEV", raising=False)
    if value is not None:
        monkeypatch.setenv("PYTRON_DEV", value)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    assert is_dev() is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:5173/x", "http://localhost:5173"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("https://[::1]:3/", "https://[::1]:3"),
    ],
)
def test_pages_of_this_machine_are_trusted(url: str, expected: str) -> None:
    assert trusted_origin(url, trust=False) == expected


def test_pages_from_elsewhere_need_trust() -> None:
    for url in ("https://example.org/app", "http://localhost.example.org", "http://10.0.0.1"):
        with pytest.raises(ConfigError, match="trust=True"):
            trusted_origin(url, trust=False)
        assert url.startswith(trusted_origin(url, trust=True))
    with pytest.raises(ConfigError, match="trust=True"):
        App("x", frontend="https://example.org")


@pytest.mark.parametrize("url", ["ftp://localhost", "http://", "file:///x"])
def test_frontend_of_another_scheme_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="no http or https address"):
        App("x", frontend=url)


def test_origin_carries_no_credentials() -> None:
    assert trusted_origin("http://user:word@localhost:1/", trust=False) == "http://localhost:1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My Notes!", "my-notes"),
        ("Größe", "grosse"),
        ("試", "app-18c05977"),
        ("", "app"),
        ("a.b_c", "a-b-c"),
    ],
)
def test_slug_is_fit_for_files(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(("value", "expected"), [(None, 20), ("3.5", 3.5), ("soon", 20)])
def test_load_timeout_is_a_number(
    monkeypatch: pytest.MonkeyPatch, value: str | None, expected: float
) -> None:
    monkeypatch.delenv("PYTRON_LOAD_TIMEOUT_S", raising=False)
    if value is not None:
        monkeypatch.setenv("PYTRON_LOAD_TIMEOUT_S", value)
    assert load_timeout_s() == expected


def test_debug_port_is_one_and_never_in_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert debug_port() is None
    monkeypatch.setenv("PYTRON_DEBUG_PORT", "0")
    assert debug_port() == "0"
    monkeypatch.setenv("PYTRON_DEBUG_PORT", "9222 --no-sandbox")
    with pytest.raises(ConfigError, match="is no port"):
        debug_port()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert debug_port() is None
