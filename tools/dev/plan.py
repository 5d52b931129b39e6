"""The steps that make this checkout ready, and what each of them reads and makes."""

import os
import shutil
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.dev import electron, machine, packages, toolchains
from tools.dev.machine import BUILD, PYTHON, ROOT, SITE, STAMPS, VENV, SetupError, find_program
from tools.dev.packages import Need
from tools.dev.progress import say
from tools.dev.steps import Job, Step, run_steps

NATIVE_WHEELS = BUILD / "wheels" / "native"
SHIELD_WHEELS = BUILD / "wheels" / "shield"
SHIELD_CRATES = ("crates/shield-core", "crates/shield-seal", "crates/shield-boot")
#: Where the wheel takes the program of sealed packages from.
BOOT = "crates/shield-seal/python/pytron_shield/boot"
#: The client as one file, and its declarations as one file.
CLIENT = ("packages/pytron-client/dist/client.js", "packages/pytron-client/dist/client.d.ts")
#: The window host of the chrome engine.
SHELL = tuple(
    f"packages/pytron-electron/dist/shell/{name}"
    for name in ("main.js", "preload.js", "package.json")
)
BUNDLED = "python/pytron/_bundled"
#: npm packages that the wheel carries, packed, for pages with a build.
PACKED = ("pytron-client", "vite-plugin-pytron")
#: Its own build puts it there.
INSPECTOR = (f"{BUNDLED}/inspector/inspector.js", f"{BUNDLED}/tools/inspect.js")
DEMO = "examples/notes"

OFFLINE = "check the network connection (and its proxy), then run the same command again"


@dataclass
class Ready:
    """A machine that has been made ready: the environment for programs, and the steps' times."""

    env: dict[str, str]
    times: dict[str, float] = field(default_factory=dict[str, float])


def prepare(needs: Sequence[Need], *, parts: bool = True, windows: bool = False) -> Ready:
    """Install and build what is missing or out of date.

    Without `parts` only the tools are made ready, not Pytron itself; with `windows` also what tests
    with real windows of other engines need.

    Raises:
        SetupError: something could not be had or built; the remedy says what to do.
    """
    with _alone():
        env = machine.environment()
        times: dict[str, float] = {}
        packages.require_developer_tools()
        if step := packages.missing_step(needs):
            times[step.name] = step.run(env)
        rust = toolchains.find_rust()
        if rust is None:
            times["rust"] = toolchains.rust_step().run(env)
            rust = toolchains.find_rust()
        if rust is None:
            raise SetupError("the distribution's Rust does not run", toolchains.RUST_REMEDY)
        times |= run_steps([python_step()], env)
        node = toolchains.find_node()
        if node is None:
            times["node"] = toolchains.node_step(PYTHON).run(env)
            node = toolchains.find_node()
        if node is None:
            raise SetupError("Node from its Python wheel does not run here", toolchains.NODE_REMEDY)
        env = machine.environment(rust.folder, node.folder)
        steps = [npm_step(node.version)]
        if parts:
            steps += part_steps(rust.version, node.version)
        if windows and electron.can_have():
            steps.append(electron.electron_step())
        times |= run_steps(steps, env)
        return Ready(env, times)


@contextmanager
def _alone() -> Generator[None]:
    """Let only one dev.py at a time change this checkout."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        if machine.WINDOWS:
            yield  # Windows refuses to replace files in use by itself
            return
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  another dev.py is at work in this checkout: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def python_step() -> Step:
    """`.venv` with the pinned tools."""

    def make(job: Job) -> None:
        if not _runs_here(PYTHON):
            job.run(sys.executable, "-m", "venv", "--clear", VENV)
        job.run(PYTHON, "-m", "pip", "install", "-r", "requirements-dev.txt")

    return Step(
        "python environment",
        make,
        inputs=["requirements-dev.txt"],
        outputs=[_inside(PYTHON), f"{SITE}/nox"],
        remedy=OFFLINE,
    )


def _runs_here(python: Path) -> bool:
    """Whether the environment works and was made at this place: its scripts name their folder."""
    if toolchains.version_of(str(python)) is None:
        return False
    activate = python.with_name("activate")
    try:
        return str(VENV) in activate.read_text("utf-8")
    except OSError:
        return False


def npm_step(node: str) -> Step:
    """`node_modules`, with the versions of package-lock.json."""
    return Step(
        "npm packages",
        # Not `npm ci`: it refuses a lock file that was written where a registry lacks the optional
        # packages of other systems. This one installs what the lock has and leaves it as it is.
        lambda job: job.run(_npm(job.env), "install", "--no-save", "--no-audit", "--no-fund"),
        inputs=[
            "package.json",
            "package-lock.json",
            "packages/*/package.json",
            f"{DEMO}/frontend/package.json",
            "tools/reference/package.json",
        ],
        outputs=["node_modules/.package-lock.json"],
        facts={"node": node},
        remedy=OFFLINE,
    )


def part_steps(rust: str, node: str) -> list[Step]:
    """Pytron's own parts, in the order in which they need each other."""
    return [
        Step(
            "client",
            lambda job: job.run(_npm(job.env), "run", "build"),
            inputs=["package.json", "package-lock.json", "packages", "tsconfig*.json"],
            outputs=[*CLIENT, *SHELL, *INSPECTOR],
            facts={"node": node},
            remedy="mend what the compiler names above; `npm run build` repeats only this step",
        ),
        Step(
            "bundled files",
            _bundle,
            inputs=[*CLIENT, *SHELL, *(f"packages/{name}" for name in PACKED)],
            outputs=[
                *(f"{BUNDLED}/{place}" for place in _bundled().values()),
                *(f"{BUNDLED}/{name}.tgz" for name in PACKED),
            ],
        ),
        Step(
            "native engine",
            _build_native,
            inputs=["Cargo.toml", "Cargo.lock", "crates/pytron-native"],
            outputs=[f"{_inside(NATIVE_WHEELS)}/*.whl"],
            facts={"rust": rust},
            remedy="mend what cargo names above; `cargo build --release` repeats only this step",
        ),
        Step(
            "native engine install",
            lambda job: _install_wheel(job, NATIVE_WHEELS),
            inputs=[f"{_inside(NATIVE_WHEELS)}/*.whl"],
            outputs=[f"{SITE}/pytron_native*"],
        ),
        Step(
            "shield",
            _build_shield,
            inputs=["Cargo.toml", "Cargo.lock", *SHIELD_CRATES],
            outputs=[f"{_inside(SHIELD_WHEELS)}/*.whl"],
            facts={"rust": rust},
            remedy="mend what cargo names above; `cargo build --release` repeats only this step",
        ),
        Step(
            "shield install",
            lambda job: _install_wheel(job, SHIELD_WHEELS),
            inputs=[f"{_inside(SHIELD_WHEELS)}/*.whl"],
            outputs=[f"{SITE}/pytron_shield*"],
        ),
        Step(
            "pytron install",
            lambda job: job.run(
                PYTHON, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "-e", "python"
            ),
            inputs=["python/pyproject.toml", "python/pytron/__init__.py"],
            outputs=[f"{SITE}/pytron_kit-*", _inside(machine.PROGRAMS / "pytron*")],
        ),
        Step(
            "demo page",
            lambda job: job.run(_npm(job.env), "run", "build", cwd=ROOT / DEMO / "frontend"),
            inputs=[f"{DEMO}/frontend", "packages/pytron-client/dist"],
            outputs=[f"{DEMO}/frontend/dist/index.html"],
            facts={"node": node},
            remedy=f"mend what is named above; `npm run build` in {DEMO}/frontend repeats it",
        ),
    ]


def _bundled() -> dict[str, str]:
    """What the wheel carries → where in its folder."""
    client = {name: Path(name).name for name in CLIENT}
    return client | {name: f"electron/{Path(name).name}" for name in SHELL}


def _bundle(job: Job) -> None:
    for name, place in _bundled().items():
        job.write(f"copy {name} to {BUNDLED}")
        target = ROOT / BUNDLED / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    for name in PACKED:
        _pack(job, name, ROOT / BUNDLED)


def _pack(job: Job, name: str, target: Path) -> None:
    """Pack an npm package. The same files give the same bytes: npm writes no times."""
    for old in target.glob(f"{name}*.tgz"):
        old.unlink()
    job.run(_npm(job.env), "pack", "--pack-destination", target, cwd=ROOT / "packages" / name)
    (packed,) = target.glob(f"{name}-*.tgz")
    packed.rename(target / f"{name}.tgz")


def _build_native(job: Job) -> None:
    _build_wheel(job, "pytron-native", NATIVE_WHEELS)


def _build_shield(job: Job) -> None:
    """The sealer, and the program that opens what it has sealed, in one wheel."""
    job.run("cargo", "build", "--release", "--locked", "--package", "shield-boot")
    target = Path(job.env.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    name = "shield-boot.exe" if machine.WINDOWS else "shield-boot"
    job.write(f"copy {name} to {BOOT}")
    (ROOT / BOOT).mkdir(parents=True, exist_ok=True)
    shutil.copy2(target / name, ROOT / BOOT / name)
    _build_wheel(job, "shield-seal", SHIELD_WHEELS)


def _build_wheel(job: Job, crate: str, wheels: Path) -> None:
    shutil.rmtree(wheels, ignore_errors=True)  # an older wheel must not be installed
    job.run(
        *(PYTHON, "-m", "maturin", "build", "--release", "--locked", "--auditwheel", "skip"),
        *("--manifest-path", f"crates/{crate}/Cargo.toml", "--interpreter", PYTHON),
        *("--out", wheels),
    )


def _install_wheel(job: Job, wheels: Path) -> None:
    (wheel,) = wheels.glob("*.whl")
    job.run(PYTHON, "-m", "pip", "install", "--no-deps", "--no-index", "--force-reinstall", wheel)


def _npm(env: Mapping[str, str]) -> str:
    found = find_program("npm", env["PATH"])
    if found is None:
        raise SetupError("npm is not on the PATH", toolchains.NODE_REMEDY)
    return found


def _inside(path: Path) -> str:
    return Path(os.path.relpath(path, ROOT)).as_posix()
