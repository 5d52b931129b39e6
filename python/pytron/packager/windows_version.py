"""The version resource of a Windows program: what its Properties show, and scanners look for.

Source: Microsoft, "VERSIONINFO resource"; PyInstaller's manual, "Capturing Windows Version Data".
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pytron.packager.settings import Product
from pytron.platforms import icon_format

#: English, Unicode.
_LANGUAGE: Final = "040904B0"

_TEXT: Final = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable({language!r}, [
{strings}
    ])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 0x04B0])]),
  ])
"""


def write(product: Product, folder: Path) -> str | None:
    """The path of the resource that PyInstaller reads; None where programs have none."""
    if icon_format() != "ico":
        return None
    path = folder / "version.txt"
    path.write_text(text(product), "utf-8")
    return str(path)


def text(product: Product) -> str:
    """The resource as PyInstaller reads it."""
    settings = product.settings
    values = {
        "CompanyName": settings.publisher or product.name,
        "FileDescription": settings.description or product.name,
        "FileVersion": product.version,
        "InternalName": product.slug,
        "LegalCopyright": settings.license,
        "OriginalFilename": f"{product.slug}.exe",
        "ProductName": product.name,
        "ProductVersion": product.version,
    }
    strings = "\n".join(f"      StringStruct({key!r}, {value!r})," for key, value in values.items())
    return _TEXT.format(numbers=product.numeric_version, language=_LANGUAGE, strings=strings)
