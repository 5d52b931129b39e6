"""TypeScript for the tests: the compiler of the repository, over files in a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
CLIENT = ROOT / "packages" / "pytron-client" / "dist"
_PROGRAMS = ROOT / "node_modules" / ".bin"

needs_node = pytest.mark.skipif(
    not (_PROGRAMS / "tsc").exists() or not (CLIENT / "client.d.ts").exists(),
    reason="needs the npm packages and the built client: python3 dev.py setup",
)


def settings(**paths: Path) -> dict[str, Any]:
    """A strict tsconfig.json; without paths `pytron-client` is the npm package."""
    usual = {"pytron-client": CLIENT / "index.d.ts", "pytron-client/testing": CLIENT / "testing"}
    found = {name: [str(path)] for name, path in (paths or usual).items()}
    return {
        "compilerOptions": {
            "strict": True,
            "noEmit": True,
            "noUncheckedIndexedAccess": True,
            "exactOptionalPropertyTypes": True,
            "noUnusedLocals": False,
            "verbatimModuleSyntax": True,
            "target": "es2022",
            "module": "esnext",
            "moduleResolution": "bundler",
            "lib": ["es2022", "dom", "dom.iterable"],
            "types": [],
            "paths": found,
        },
        "include": ["*.ts", "*.js"],
    }


def errors_of(folder: Path, config: dict[str, Any] | None = None) -> list[str]:
    """What the compiler says against the files of a folder."""
    if config is not None:
        (folder / "tsconfig.json").write_text(json.dumps(config), "utf-8")
    name = "tsconfig.json" if (folder / "tsconfig.json").exists() else "jsconfig.json"
    done = _run("tsc", "--pretty", "false", "-p", str(folder / name), cwd=folder)
    return [line for line in done.stdout.splitlines() if "error TS" in line]


def run_bundled(script: Path) -> str:
    """Bundle a script with the client and run it in Node; what it printed."""
    bundle = script.with_suffix(".bundle.mjs")
    options = ("--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}")
    built = _run("esbuild", str(script), *options, cwd=script.parent)
    assert built.returncode == 0, built.stderr
    node = shutil.which("node")
    assert node is not None
    done = _call([node, str(bundle)], script.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _run(program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program, path=str(_PROGRAMS))
    assert found is not None, f"{program} is not installed"
    return _call([found, *arguments], cwd)


def _call(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NODE_PATH": str(ROOT / "node_modules")}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False
    )
