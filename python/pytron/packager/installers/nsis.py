"""An installer for Windows, per user, by NSIS.

Source: NSIS Users Manual; Microsoft, "Uninstall Registry Key", "Registering an Application to a URI
Scheme", "Creating File Associations".
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pytron.errors import PackagingError
from pytron.packager import icons
from pytron.packager.installers import tool
from pytron.packager.pipeline import Build
from pytron.packager.settings import Product

_TEMPLATE: Final = Path(__file__).with_name("nsis.template")


class Installer:
    """The step that makes `NAME-VERSION-setup.exe`."""

    title = "make the Windows installer"

    def __init__(self) -> None:
        """Find the tool, before anything is built.

        Raises:
            ToolMissing: makensis is not installed.
        """
        self._compiler = tool(
            "makensis",
            "makensis is not installed; install NSIS 3 (winget install NSIS.NSIS, "
            "sudo apt install nsis, brew install makensis), or leave --installer nsis out",
        )

    def run(self, build: Build) -> None:
        """Write the script, and compile it."""
        assert build.frozen is not None
        product = build.product
        result = build.out / f"{product.slug}-{product.version}-setup.exe"
        icon = icons.convert(product.icon, "ico", build.work) if product.icon else None
        script = build.work / "installer.nsi"
        script.write_text(installer_script(product, build.frozen, result, icon), "utf-8-sig")
        build.run("nsis", [self._compiler, "-V2", "-WX", script])
        build.results["nsis"] = result


def installer_script(product: Product, frozen: Path, result: Path, icon: Path | None) -> str:
    """What makensis compiles."""
    settings = product.settings
    template = _TEMPLATE.read_text("utf-8")
    values = {
        "NAME": product.name,
        "SLUG": product.slug,
        "IDENTIFIER": product.identifier,
        "VERSION": product.version,
        "NUMBERS": ".".join(str(number) for number in product.numeric_version),
        "PUBLISHER": settings.publisher or product.name,
        "DESCRIPTION": settings.description or product.name,
        "HOMEPAGE": settings.homepage,
        "FOLDER": str(frozen),
        "RESULT": str(result),
        **_web_view(product),
    }
    defines = [f'!define {key} "{quoted(value)}"' for key, value in values.items()]
    size = sum(path.stat().st_size for path in frozen.rglob("*") if path.is_file())
    defines.append(f"!define KILOBYTES {-(-size // 1024)}")
    if icon is not None:
        defines.append(f'!define ICON "{quoted(str(icon))}"')
    install, uninstall = _registry(product)
    parts = {
        "@DEFINES@": "\n".join(defines),
        "@REMOVE@": _removal(frozen),
        "@REGISTER@": install,
        "@UNREGISTER@": uninstall,
    }
    return re.sub("|".join(parts), lambda found: parts[found[0]], template)


def _web_view(product: Product) -> dict[str, str]:
    """What the installer does about Microsoft's web view, which old machines lack."""
    if "native" not in product.settings.engines:
        return {}
    given = product.settings.webview2_bootstrapper
    if not given:
        return {"WEB_VIEW": "1"}
    path = product.folder / given
    if not path.is_file():
        raise PackagingError(
            f"there is no webview2_bootstrapper {path}; get Microsoft's Evergreen Bootstrapper "
            "(MicrosoftEdgeWebview2Setup.exe), or take the setting out"
        )
    return {"WEB_VIEW": "1", "BOOTSTRAPPER": str(path)}


def _removal(frozen: Path) -> str:
    """The lines that remove what was installed, and folders that are empty then."""
    files: list[str] = []
    folders: list[str] = []
    for path in sorted(frozen.rglob("*")):
        name = quoted(path.relative_to(frozen).as_posix().replace("/", "\\"))
        if path.is_dir() and not path.is_symlink():
            folders.append(f'RMDir "$INSTDIR\\{name}"')
        else:
            files.append(f'Delete "$INSTDIR\\{name}"')
    return "\n  ".join([*files, *reversed(folders)])


def quoted(text: str) -> str:
    """Text between double quotes of a script, with what would end or extend it escaped."""
    text = " ".join(text.split())
    return text.replace("$", "$$").replace('"', '$\\"').replace("`", "$\\`")


def _registry(product: Product) -> tuple[str, str]:
    """The lines that make schemes and file types known, and those that take them back."""
    program = '"$INSTDIR\\${SLUG}.exe"'
    command = f"'{program} \"%1\"'"
    on: list[str] = []
    off: list[str] = []
    for scheme in product.settings.schemes:
        key = f'"Software\\Classes\\{scheme}"'
        on += [
            f'WriteRegStr HKCU {key} "" "URL:${{NAME}}"',
            f'WriteRegStr HKCU {key} "URL Protocol" ""',
            f'WriteRegStr HKCU "Software\\Classes\\{scheme}\\shell\\open\\command" "" {command}',
        ]
        off.append(f"DeleteRegKey HKCU {key}")
    for kind in product.settings.file_types:
        identity = f"{quoted(product.identifier)}.{kind.extension}"
        key = f"Software\\Classes\\{identity}"
        on += [
            f'WriteRegStr HKCU "{key}" "" "{quoted(kind.name)}"',
            f'WriteRegStr HKCU "{key}\\DefaultIcon" "" {program}',
            f'WriteRegStr HKCU "{key}\\shell\\open\\command" "" {command}',
            f'WriteRegStr HKCU "Software\\Classes\\.{kind.extension}\\OpenWithProgids" '
            f'"{identity}" ""',
        ]
        off += [
            f'DeleteRegKey HKCU "{key}"',
            f'DeleteRegValue HKCU "Software\\Classes\\.{kind.extension}\\OpenWithProgids" '
            f'"{identity}"',
            f'DeleteRegKey /ifempty HKCU "Software\\Classes\\.{kind.extension}\\OpenWithProgids"',
            f'DeleteRegKey /ifempty HKCU "Software\\Classes\\.{kind.extension}"',
        ]
    return "\n  ".join(on), "\n  ".join(off)
