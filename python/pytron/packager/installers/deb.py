"""A package for Debian and its children.

Source: Debian Policy Manual; the freedesktop.org specifications of desktop entries, icon themes and
shared MIME information.
"""

from __future__ import annotations

import platform
import re
import shutil
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from pytron.packager import icons
from pytron.packager.installers import tool
from pytron.packager.pipeline import Build
from pytron.packager.settings import Product
from pytron.services.linux.starting import BUS_NAME, service_file

_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64", "i686": "i386", "armv7l": "armhf"}
_GLIBC: Final = re.compile(rb"GLIBC_2\.(\d+)")
_WEB_VIEW: Final = "libwebkit2gtk-4.1-0"


class Installer:
    """The step that makes `NAME_VERSION_ARCH.deb`."""

    title = "make the Debian package"

    def __init__(self) -> None:
        """Find the tool, before anything is built.

        Raises:
            ToolMissing: dpkg-deb is not installed.
        """
        missing = "dpkg-deb is not installed; install dpkg, or leave --installer deb out"
        self._packer = tool("dpkg-deb", missing)

    def run(self, build: Build) -> None:
        """Lay the files out as they will be installed, and pack them."""
        assert build.frozen is not None
        product = build.product
        tree = build.work / "deb"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(build.frozen, tree / "opt" / product.slug, symlinks=True)
        link = tree / "usr" / "bin" / product.slug
        link.parent.mkdir(parents=True)
        link.symlink_to(f"/opt/{product.slug}/{product.slug}")
        _desktop_files(build, tree / "usr" / "share")
        size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir())
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(_control(product, build.frozen, size), "utf-8")
        for path in tree.rglob("*"):
            if not path.is_symlink():
                runs = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if runs else 0o644)
        name = f"{product.slug}_{debian_version(product.version)}_{_architecture()}.deb"
        result = build.out / name
        build.run("deb", [self._packer, "--build", "--root-owner-group", "-Zxz", tree, result])
        build.results["deb"] = result


def debian_version(version: str) -> str:
    """The version so that Debian sorts it as Python does: pre-releases come first."""
    return re.sub(r"(a|b|rc)(\d+)", r"~\1\2", re.sub(r"\.dev(\d+)", r"~~dev\1", version))


def _architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)


def _control(product: Product, frozen: Path, size_bytes: int) -> str:
    settings = product.settings
    publisher = settings.publisher or product.name
    depends = [f"libc6 (>= 2.{_least_glibc(frozen)})"]
    if "native" in settings.engines:
        depends.append(_WEB_VIEW)
    fields = {
        "Package": product.slug,
        "Version": debian_version(product.version),
        "Architecture": _architecture(),
        "Maintainer": publisher if "<" in publisher else f"{publisher} <unknown@localhost>",
        "Installed-Size": str(-(-size_bytes // 1024)),
        "Depends": ", ".join([*depends, *settings.depends]),
        "Section": "misc",
        "Priority": "optional",
        **({"Homepage": settings.homepage} if settings.homepage else {}),
        "Description": settings.description or product.name,
    }
    return "".join(f"{key}: {_one_line(value)}\n" for key, value in fields.items())


def _least_glibc(frozen: Path) -> int:
    """The newest glibc 2.x that any of the libraries asks for: an older system cannot run it."""
    newest = 17
    for path in frozen.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.open("rb").read(4) == b"\x7fELF":
            newest = max([newest, *(int(minor) for minor in _GLIBC.findall(path.read_bytes()))])
    return newest


def _desktop_files(build: Build, share: Path) -> None:
    product = build.product
    program = f"/opt/{product.slug}/{product.slug}"
    entry = share / "applications" / f"{product.identifier}.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text(desktop_entry(product, program), "utf-8")
    if is_launched(product):
        service = share / "dbus-1" / "services" / f"{product.identifier}.service"
        service.parent.mkdir(parents=True)
        service.write_text(service_file(product.identifier, [program]), "utf-8")
    if product.icon is not None:
        icon = share / "icons" / "hicolor" / "512x512" / "apps" / f"{product.identifier}.png"
        icon.parent.mkdir(parents=True)
        shutil.copyfile(icons.convert(product.icon, "png", build.work), icon)
    if product.settings.file_types:
        types = share / "mime" / "packages" / f"{product.identifier}.xml"
        types.parent.mkdir(parents=True)
        types.write_text(mime_types(product), "utf-8")
    about = share / "doc" / product.slug / "copyright"
    about.parent.mkdir(parents=True)
    about.write_text(f"{product.name} {product.version}\n{product.settings.license}\n", "utf-8")


def is_launched(product: Product) -> bool:
    """Whether the message bus may start the app, for a notification that outlived it.

    What it asks must come to the one that runs, so not every app is.
    """
    return product.single_instance and BUS_NAME.fullmatch(product.identifier) is not None


def desktop_entry(product: Product, program: str) -> str:
    """How menus, links and files find the app."""
    settings = product.settings
    types = [f"x-scheme-handler/{scheme}" for scheme in settings.schemes]
    types += [kind.media_type for kind in settings.file_types]
    lines = {
        "Type": "Application",
        "Name": product.name,
        "Comment": settings.description,
        "Exec": f'"{program}" %U',
        "Icon": product.identifier if product.icon else "application-x-executable",
        "Terminal": "true" if settings.console else "false",
        "Categories": "".join(f"{name};" for name in settings.categories),
        "MimeType": "".join(f"{name};" for name in types),
        # The window's class, so that a dock shows it under this entry.
        "StartupWMClass": product.identifier,
        "DBusActivatable": "true" if is_launched(product) else "",
    }
    body = "".join(f"{key}={_one_line(value)}\n" for key, value in lines.items() if value)
    return f"[Desktop Entry]\n{body}"


def mime_types(product: Product) -> str:
    """The app's own file types."""
    kinds = "".join(
        f"  <mime-type type={quoteattr(kind.media_type)}>\n"
        f"    <comment>{escape(kind.name)}</comment>\n"
        f"    <glob pattern={quoteattr('*.' + kind.extension)}/>\n"
        "  </mime-type>\n"
        for kind in product.settings.file_types
    )
    name = "http://www.freedesktop.org/standards/shared-mime-info"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<mime-info xmlns="{name}">\n{kinds}</mime-info>\n'
    )


def _one_line(text: str) -> str:
    """Line feeds would end the field and begin another."""
    return " ".join(text.split())
