"""Mistakes in what is packaged and how: each is said before anything is built."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from pytron.discovery import locate
from pytron.errors import PackagingError
from pytron.packager.settings import Product, product_of

APP = 'from pytron import App\n\napp = App("Sample", frontend="page")\n'


def described(folder: Path, settings: str) -> Product:
    (folder / "page").mkdir()
    (folder / "page" / "index.html").write_text("<!doctype html>", "utf-8")
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "pyproject.toml").write_text(f"[tool.pytron.package]\n{settings}\n", "utf-8")
    for name, size in {"good": (512, 512), "wide": (300, 100), "small": (64, 64)}.items():
        Image.new("RGB", size).save(folder / f"{name}.png")
    return product_of(locate(str(folder / "app.py")))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('shield.shceme = "passphrase"', "did you mean 'scheme'?"),
        ('sign.password = "x"', "has no setting 'password'; there are: macos_entitlements,"),
        ('shield = "passphrase"', "[tool.pytron.package.shield] must be a table"),
        ('file_types = [{extention = "x", name = "X"}]', "did you mean 'extension'?"),
        ("file_types = 3", "Expected `array`"),
        ('icon = "none.png"', "give a PNG of 512 pixels, or an SVG"),
        ('icon = "page/index.html"', "is no PNG or SVG; save the"),
        ('icon = "wide.png"', "has 300x100 pixels; make it square"),
        ('icon = "small.png"', "has only 64x64 pixels; give 512x512"),
        ('version = "one.two"', "write it like 1.2.0 or 1.2.0rc1"),
        ('schemes = ["My App"]', "write it like notes"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path: Path, settings: str, said: str) -> None:
    with pytest.raises(PackagingError, match=re.escape(said)):
        described(tmp_path, settings)


def test_settings_without_a_mistake_are_taken(tmp_path: Path) -> None:
    made = described(tmp_path, 'icon = "good.png"\nversion = "1.2.0rc1"\nshield.rollback = 3')
    assert (made.version, made.settings.shield.rollback) == ("1.2.0rc1", 3)
