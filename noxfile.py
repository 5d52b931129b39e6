"""Every task of the repository, for every language: `nox -l` lists them.

`python3 dev.py test` prepares the machine and runs these; CI does the same.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.options.default_venv_backend = "none"  # tools come from the developer's one environment
nox.options.sessions = ["lint", "types", "test", "e2e"]

PYTHON_FOLDERS = (
    "dev.py",
    "noxfile.py",
    "tools",
    "python",
    "tests",
    "examples",
    "benchmarks",
    "crates",
    "docs",
)
ZIG = "ziglang==0.17.1"  # a C compiler for macOS that runs anywhere; too large for every day
#: What apps bring along; packaged and proved by command.
LIBRARIES = (
    *("numpy==2.4.6", "pandas==3.1.1", "matplotlib==3.11.2", "pillow==13.0.0"),
    *("pydantic==2.14.4", "sqlalchemy==2.1.9", "nuitka==4.3.3"),
)
REAL_WINDOWS = ("tests/native", "tests/e2e", "tests/package")
NO_WINDOWS = tuple(f"--ignore={folder}" for folder in REAL_WINDOWS)
WITHOUT_FUZZING = ("--ignore", "tests/native/test_fuzz_receive.py")
ON_DISPLAY = (sys.executable, "-m", "tools.dev.display")
#: Tests that take minutes each are not taken for ones that hang.
LONG = ("-o", "faulthandler_timeout=3000")
#: A test that fails is run once more, and named with its traceback when it passes then: on a
#: loaded machine one race in thousands of tests must not hide what all the others say.
AGAIN = ("--reruns", "1", "--rerun-show-tracebacks", "-r", "fER")


def run_all(session: nox.Session, *commands: Sequence[str], **env: str) -> None:
    """Run all commands, also after one has failed, so that one run shows every failure."""
    failed = False
    for command in commands:
        try:
            session.run(*command, env=env, external=True)
        except CommandFailed:
            failed = True
    if failed:
        session.error("see above")


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs a module of the environment's Python."""
    return (sys.executable, "-m", module, *arguments)


def npx(*command: str) -> tuple[str, ...]:
    """A command of the installed npm packages; nothing is ever downloaded."""
    return ("npx", "--no", "--", *command)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format, lint and layers."""
    run_all(
        session,
        python("ruff", "format", "--check", *PYTHON_FOLDERS),
        python("ruff", "check", *PYTHON_FOLDERS),
        ("lint-imports", "--no-cache"),
        ("cargo", "fmt", "--all", "--check"),
        *clippy(session),
        ("npm", "run", "lint"),
        python("towncrier", "check", "--compare-with", "HEAD"),
        PYTHONPATH="python",
    )


def clippy(session: nox.Session) -> list[tuple[str, ...]]:
    """The clippy command; a loud word and nothing where the distribution's Rust has no clippy."""
    if shutil.which("cargo-clippy") is None:
        session.warn("Skipped: clippy is not installed; `rustup component add clippy` brings it")
        return []
    clippy = ("cargo", "clippy", "--workspace", "--all-targets", "--release", "--locked")
    return [(*clippy, "--", "-D", "warnings")]


@nox.session
def types(session: nox.Session) -> None:
    """Type-check Python and TypeScript, and the native module's stub against the built module."""
    run_all(
        session,
        npx("pyright", "--pythonpath", sys.executable),
        npx(
            *("pyright", "--pythonpath", sys.executable),
            *("--pythonplatform", "Windows", "python/pytron/platforms"),
        ),
        ("npm", "run", "types"),
        python(
            *("mypy.stubtest", "pytron_native", "--mypy-config-file", "pyproject.toml"),
            *("--allowlist", "tests/architecture/stubtest.txt"),
        ),
    )


@nox.session
def test(session: nox.Session) -> None:
    """Run the unit tests; name languages to run only those: `nox -s test -- python`."""
    commands = {
        "python": python("pytest", "python/tests", "tests", *NO_WINDOWS, *AGAIN),
        "rust": ("cargo", "test", "--workspace", "--release", "--locked"),
        "typescript": ("npm", "test"),
    }
    languages = session.posargs or list(commands)
    run_all(session, *(commands[language] for language in languages))


@nox.session
def e2e(session: nox.Session) -> None:
    """Open real windows on a display of its own; further words are pytest's.

    `tests/e2e` has tests that run with the fast path and without it, `tests/native` is run twice.
    """
    tests = python("pytest", *REAL_WINDOWS, *AGAIN, *session.posargs)
    without_fast_path = python("pytest", "tests/native", *WITHOUT_FUZZING, *AGAIN)
    try:
        run_all(session, (*ON_DISPLAY, *tests))
    finally:
        if not session.posargs:
            run_all(session, (*ON_DISPLAY, *without_fast_path), PYTRON_TRANSPORT="reply")


def crates(*names: str) -> list[str]:
    """Cargo's words for some of the crates."""
    return [word for name in names for word in ("--package", name)]


@nox.session
def slow(session: nox.Session) -> None:
    """Run what takes minutes: long fuzzing, every template, the Windows and macOS code."""
    cases = session.posargs[0] if session.posargs else "20000"
    no_hurry = "--testTimeout=3600000"
    libraries = Path("build", "libraries").resolve()
    run_all(
        session,
        (*ON_DISPLAY, *python("pytest", "tests/e2e/test_templates.py")),
        (*ON_DISPLAY, *python("pytest", *LONG, "tests/e2e/test_kill.py")),
        python("pytest", "python/tests/protocol/test_fuzz.py"),
        ("cargo", "test", *crates("pytron-native", "shield-core"), "--release", "--locked"),
        npx("vitest", "run", "packages/pytron-client/tests", no_hurry),
        python("pip", "install", "--quiet", ZIG),
        python("tools.dev.targets"),
        python("tools.dev.wine"),
        python("tools.dev.pythons"),
        python("pip", "install", "--quiet", "--target", str(libraries), *LIBRARIES),
        (*ON_DISPLAY, *python("pytest", *LONG, "tests/package")),
        PYTRON_FUZZ_EXAMPLES=cases,
        PROPTEST_CASES=cases,
        FUZZ_RUNS=cases,
        PYTRON_TEMPLATES="all",
        PYTRON_KILLS="100",
        PYTRON_TEST_LIBRARIES=str(libraries),
        PYTRON_TEST_PYTHONS=str(Path("build", "pythons").resolve()),
        PYTRON_TEST_WINDOWS=str(Path("build", "windows").resolve()),
    )


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel of pytron-kit into build/wheels/kit; dev.py has built the native one."""
    session.chdir("python")
    target = ("--target", "wheel", "--directory", "../build/wheels/kit")
    session.run(*python("hatchling", "build", *target), external=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation as a site into build/site; a broken link is an error."""
    session.run(*python("mkdocs", "build", "--strict"), external=True)


@nox.session
def release(session: nox.Session) -> None:
    """Write the changelog of the version from its fragments."""
    session.run(*python("towncrier", "build", "--yes"), external=True)
