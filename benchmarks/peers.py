"""The programs that are compared: how each is installed, started and named."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
WORK = ROOT / "build" / "bench"
VENV = ROOT / "build" / "bench-venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"

# What pywebview's GTK backend needs of the system to be built and to run.
SYSTEM_PACKAGES = (
    "libgirepository1.0-dev",
    "libcairo2-dev",
    "pkg-config",
    "gir1.2-gtk-3.0",
    "gir1.2-webkit2-4.1",
)


class NotAvailable(Exception):
    """A peer cannot be run here; the message says why."""


@dataclass(frozen=True)
class Peer:
    """One column of the results."""

    name: str
    title: str
    command: Callable[[], list[str]]
    prepare: Callable[[], str]  # gives the version, raises NotAvailable
    imports: tuple[str, str] | None = None  # interpreter, statement
    in_thread: bool = False  # has a function that computes in a thread because its author said so


def stage(peer: Peer) -> Path:
    """The folder with the page for this peer: the shared files and its adapter."""
    page = WORK / peer.name / "frontend"
    page.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "bench.js"):
        shutil.copy(HERE / "page" / name, page / name)
    shutil.copy(HERE / "page" / "adapters" / f"{peer.name}.js", page / "adapter.js")
    settings = HERE / "apps" / peer.name
    if settings.is_dir():
        shutil.copytree(settings, page.parent, dirs_exist_ok=True)
    return page


def _must(command: list[str], what: str, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=env and {**os.environ, **env}
        )
    except OSError as error:
        raise NotAvailable(f"{what}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotAvailable(f"{what}: {said[-1][:200] if said else 'no reason given'}")
    return done.stdout.strip()


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


def _install(*names: str) -> None:
    """Install pinned packages into the peers' own environment, once for each set of pins."""
    pins = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed.json"
    done: dict[str, str] = json.loads(stamp.read_text("utf-8")) if stamp.is_file() else {}
    if all(done.get(name) == pins for name in names):
        return
    _say(f"installing {', '.join(names)} into {VENV.relative_to(ROOT)}")
    if not PYTHON.is_file():
        _must([sys.executable, "-m", "venv", str(VENV)], "the virtual environment was not made")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _must([*pip, "-c", str(REQUIREMENTS), *names], "pip could not install it")
    stamp.write_text(json.dumps({**done, **dict.fromkeys(names, pins)}), encoding="utf-8")


def _system_packages() -> None:
    missing = [name for name in SYSTEM_PACKAGES if not _installed(name)]
    if not missing:
        return
    by_hand = f"sudo apt-get install {' '.join(missing)}"
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None:
        raise NotAvailable(f"install what your system calls these: {' '.join(missing)}")
    _say(f"installing system packages: {' '.join(missing)}")
    _must([*root, "apt-get", "install", "-y", *missing], f"install them by `{by_hand}`")


def _installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout.strip() == "installed"


def _versions(python: str, *names: str) -> str:
    code = "import sys; from importlib.metadata import version as v; " + (
        "print(', '.join(f'{n} {v(n)}' for n in sys.argv[1:]))"
    )
    return _must([python, "-c", code, *names], "its version is unknown")


def _prepare_pytron() -> str:
    _must(
        [sys.executable, "-c", "import pytron, pytron_native"], "build it by `python3 dev.py demo`"
    )
    return _versions(sys.executable, "pytron-kit", "pytron-native")


def _prepare_pywebview() -> str:
    _system_packages()
    _install("pywebview", "PyGObject", "pycairo")
    return _versions(str(PYTHON), "pywebview", "PyGObject")


def _prepare_pytauri() -> str:
    _install("pytauri-wheel", "pytauri", "anyio", "pydantic")
    return _versions(str(PYTHON), "pytauri", "pydantic")


def _prepare_floor() -> str:
    if shutil.which("cargo") is None:
        raise NotAvailable("install Rust: cargo was not found")
    _say("building the floor")
    build = ["cargo", "build", "--release", "--locked", "--package", "pytron-bench-floor"]
    _must(build, "cargo could not build it")
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    parts = [part.splitlines() for part in lock.split("[[package]]") if "name =" in part]
    versions = {lines[1].split('"')[1]: lines[2].split('"')[1] for lines in parts}
    return f"wry {versions['wry']}, tao {versions['tao']}"


def prepare_plot() -> None:
    """Have the plot library; raises NotAvailable."""
    _install("matplotlib")


def _app(python: str, name: str) -> Callable[[], list[str]]:
    return lambda: [python, str(HERE / "apps" / f"{name}_app.py")]


def _floor_command() -> list[str]:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return [str(target / "release" / "pytron-bench-floor")]


PEERS = (
    Peer("floor", "floor (Rust, no Python)", _floor_command, _prepare_floor),
    Peer(
        "pytron",
        "Pytron",
        _app(sys.executable, "pytron"),
        _prepare_pytron,
        (sys.executable, "from pytron import App"),
    ),
    Peer(
        "pywebview",
        "pywebview (GTK)",
        _app(str(PYTHON), "pywebview"),
        _prepare_pywebview,
        (str(PYTHON), "import webview"),
    ),
    Peer(
        "pytauri",
        "PyTauri",
        _app(str(PYTHON), "pytauri"),
        _prepare_pytauri,
        (str(PYTHON), "from pytauri import Commands; import pytauri_wheel.lib"),
        in_thread=True,
    ),
)
