"""One picture, PNG or SVG, in the formats that systems want for an app's icon."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pytron.errors import PackagingError, ToolMissing

#: Edge lengths in an .ico. Source: Microsoft, "App icon construction".
_ICO: Final = (16, 20, 24, 32, 40, 48, 64, 256)
#: What an icon is drawn at, and the least that a PNG must have.
_SIZE: Final = 512
_LEAST: Final = 128
#: A picture that unpacks to more than this is no icon.
_MOST_PIXELS: Final = 64_000_000


def check(icon: Path) -> None:
    """Say before anything is built that it is no icon.

    Raises:
        PackagingError: it is no picture, too small, or not square.
        ToolMissing: the library for it is not installed.
    """
    _picture(icon)


def convert(icon: Path, kind: str, folder: Path) -> Path:
    """The icon as `ico`, `icns` or `png`, written into a folder.

    Raises:
        PackagingError: it is no picture, too small, or not square.
        ToolMissing: the library for it is not installed.
    """
    picture = _picture(icon)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"icon.{kind}"
    if kind == "ico":
        picture.save(target, sizes=[(size, size) for size in _ICO])
    elif kind == "icns":
        picture.resize((1024, 1024)).save(target)
    else:
        picture.resize((_SIZE, _SIZE)).save(target)
    return target


def _picture(icon: Path) -> Any:
    image = _library("PIL.Image", "pillow")
    try:
        data = _drawn(icon) if icon.suffix.lower() == ".svg" else icon.read_bytes()
        picture = image.open(io.BytesIO(data))
        width, height = picture.size
        if width * height > _MOST_PIXELS:
            raise PackagingError(f"the icon {icon} has {width}x{height} pixels; give 1024x1024")
        picture = picture.convert("RGBA")
    except image.UnidentifiedImageError as error:  # whose words name an object in memory
        raise PackagingError(
            f"the icon {icon} is no PNG or SVG; save the picture as one"
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise PackagingError(f"the icon {icon} is no readable PNG or SVG: {error}") from error
    if width != height:
        raise PackagingError(f"the icon {icon} has {width}x{height} pixels; make it square")
    if width < _LEAST:
        raise PackagingError(
            f"the icon {icon} has only {width}x{height} pixels; give {_SIZE}x{_SIZE}, or an SVG"
        )
    return picture


def _drawn(icon: Path) -> bytes:
    resvg = _library("resvg_py", "resvg-py")
    drawn = resvg.svg_to_bytes(svg_string=icon.read_text("utf-8"), width=1024, height=1024)
    return bytes(drawn)


def _library(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise ToolMissing(
            f"icons need {package}, which is not installed; install it: "
            "pip install 'pytron-kit[package]'"
        ) from error
