"""The dependency edges between crates and npm packages are the ones we drew."""

import json
import os
import subprocess
from typing import Any

from tools.dev.machine import ROOT

CRATES: dict[str, set[str]] = {
    "pytron-bench-floor": set(),
    "pytron-native": set(),
    "shield-boot": {"shield-core"},
    "shield-core": set(),
    "shield-seal": {"shield-core"},
}
PACKAGES: dict[str, set[str]] = {
    "pytron-client": set(),
    "pytron-electron": set(),
    "vite-plugin-pytron": set(),
    "pytron-inspector": set(),
}


def manifests() -> list[dict[str, Any]]:
    paths = sorted(ROOT.glob("packages/*/package.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths]


def crates() -> list[dict[str, Any]]:
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=os.environ)
    return json.loads(answer.stdout)["packages"]


def test_crates_depend_only_on_allowed_crates() -> None:
    packages = crates()
    names = {package["name"] for package in packages}
    edges = {p["name"]: {d["name"] for d in p["dependencies"]} & names for p in packages}
    assert edges == CRATES


def test_npm_packages_depend_only_on_allowed_packages() -> None:
    found = manifests()
    names = {manifest["name"] for manifest in found}
    fields = ("dependencies", "peerDependencies")
    edges = {m["name"]: {d for f in fields for d in m.get(f, {})} & names for m in found}
    assert edges == PACKAGES


def test_npm_lock_file_has_what_the_manifests_ask_for() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fields = ("dependencies", "devDependencies", "peerDependencies")
    workspaces = json.loads((ROOT / "package.json").read_text("utf-8"))["workspaces"]
    folders = [ROOT, *(found for pattern in workspaces for found in ROOT.glob(pattern))]
    for folder in folders:
        manifest = json.loads((folder / "package.json").read_text("utf-8"))
        name = "" if folder == ROOT else folder.relative_to(ROOT).as_posix()
        assert {f: locked[name].get(f) for f in fields} == {f: manifest.get(f) for f in fields}, (
            f"{name or 'package.json'} changed without its lock: run `npm install`"
        )
