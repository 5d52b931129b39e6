"""Type-check the native engine and the sealed packages' program for systems that are not this one.

Run as `python -m tools.dev.targets`: every system of `TARGETS`. What is checked cannot be run here,
but it compiles against the real crates of that system, up to linking.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.dev.machine import BUILD, ROOT

TARGETS = ("x86_64-pc-windows-gnu", "aarch64-apple-darwin")
PACKAGES = ("pytron-native", "shield-boot")


@dataclass(frozen=True)
class Check:
    """The command that checks one target, and what it needs in its environment."""

    command: Sequence[str]
    env: Mapping[str, str]


def plan_check(target: str, python: str = sys.executable) -> Check | None:
    """How to check a target on this machine, or None when Rust has no standard library for it."""
    packages = [f"--package={name}" for name in PACKAGES]
    command = ["cargo", "check", "--locked", *packages, "--target", target]
    env = {"PYO3_CROSS_PYTHON_VERSION": "3.10", "PYO3_NO_PYTHON": "1"}
    if not Path(_ask("--print", "target-libdir", "--target", target)).is_dir():
        if not Path(_ask("--print", "sysroot"), "lib/rustlib/src/rust/library").is_dir():
            return None
        command.append("-Zbuild-std=std,panic_abort")  # build it from source, as with rust-src
        env["RUSTC_BOOTSTRAP"] = "1"
    if target.endswith("apple-darwin") and sys.platform != "darwin":
        env |= _zig(target, python)
    return Check(command, env)


def _ask(*arguments: str) -> str:
    answer = subprocess.run(["rustc", *arguments], check=True, capture_output=True, text=True)
    return answer.stdout.strip()


# Zig as the C compiler that cc-rs calls: it has names of its own for targets.
COMPILER = """#!/bin/sh
for word do
  shift
  case "$word" in
    --target=arm64-apple-*) set -- "$@" -target aarch64-macos ;;
    -mmacosx-version-min=*) ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec "{python}" -m ziglang {tool} "$@"
"""


def _zig(target: str, python: str) -> dict[str, str]:
    """A C compiler for macOS that works anywhere: some crates compile C in their build scripts."""
    folder = BUILD / "zig"
    folder.mkdir(parents=True, exist_ok=True)
    key = target.replace("-", "_")
    env: dict[str, str] = {}
    for tool, variable in (("cc", "CC"), ("ar", "AR")):
        script = folder / tool
        script.write_text(COMPILER.format(python=python, tool=tool), "utf-8")
        script.chmod(0o755)
        env[f"{variable}_{key}"] = str(script)
    return env


def main() -> int:
    """Check every target; the exit code says whether all that could be checked were good."""
    failed = False
    for target in TARGETS:
        check = plan_check(target)
        if check is None:
            print(
                f"Skipped: Rust has no standard library for {target} here; "
                f"`rustup target add {target}` or `rustup component add rust-src` brings it",
                flush=True,
            )
            continue
        print(f"checking {target}", flush=True)
        env = {**os.environ, **check.env}
        failed |= subprocess.run(check.command, cwd=ROOT, env=env, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
