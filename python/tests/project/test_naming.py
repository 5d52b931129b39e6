"""What a project is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytron.errors import ConfigError
from pytron.project.naming import names_of, slug_of, title_of


@pytest.mark.parametrize(
    ("given", "slug", "title"),
    [
        ("my first app", "my-first-app", "My First App"),
        ("notes_2", "notes-2", "Notes 2"),
        ("Ärger & Spaß", "arger-spass", "Ärger & Spaß"),
        ("日本語", "app", "日本語"),
        ("3d", "3d-app", "3d"),
        ("React", "react-app", "React"),
        ("pytron-kit", "pytron-kit-app", "Pytron Kit"),
        ("class", "class", "Class"),
    ],
)
def test_slug_and_title(given: str, slug: str, title: str, tmp_path: Path) -> None:
    names = names_of(given, tmp_path)
    assert names == (tmp_path / given, slug, title)


def test_path_names_its_last_folder(tmp_path: Path) -> None:
    assert names_of("work/deep/my-app", tmp_path).slug == "my-app"
    assert names_of(".", tmp_path / "here").folder == tmp_path / "here"


@pytest.mark.parametrize("given", ["", "  ", "a:b", "what?", "aux", "NUL.app", "end.", "x" * 101])
def test_name_that_works_not_everywhere_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        names_of(given, tmp_path)


def test_nothing_but_signs_still_gives_names() -> None:
    assert slug_of("---") == "app"
    assert title_of("---") == "App"
