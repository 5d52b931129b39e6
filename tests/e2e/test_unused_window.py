"""An app in a real window that uses no service: nothing is imported, started or connected for any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from e2e.desktop import Bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

PAGE = """<!doctype html><meta charset="utf-8"><title>Plain</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.call("look");
await pytron.call("use");
await pytron.call("look");
</script>"""
PROGRAM = """
import json, os, sys, threading
from pathlib import Path
from pytron import App

app = App("Plain", frontend="page", ephemeral=True, single_instance="--single" in sys.argv)
seen = []

def memory_kb():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))

@app.expose
def look():
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    seen.append({
        "modules": sorted(name for name in sys.modules if name.startswith("pytron.services.")
                          or name in ("jeepney", "keyring", "platformdirs", "send2trash", "PIL")),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "children": sorted(Path(f"/proc/{child}/comm").read_text().strip() for child in children),
        "memory_kb": memory_kb(),
    })
    if len(seen) == 2:
        app.quit()

@app.expose
async def use():
    app.folders.cache
    assert app.can("tray.show").reason
    await app.clipboard.formats()

if __name__ == "__main__":
    code = app.run()
    print(json.dumps(seen))
    raise SystemExit(code)
"""


def looked(tmp_path: Path, *words: str) -> list[dict[str, Any]]:
    """What the app has before it uses a service, and after."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "app.py").write_text(textwrap.dedent(PROGRAM), "utf-8")
    with Bus() as bus:
        variables = {
            **os.environ,
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "XDG_RUNTIME_DIR": str(tmp_path),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        tmp_path.chmod(0o700)
        command = [sys.executable, str(tmp_path / "app.py"), *words]
        done = subprocess.run(
            command, env=variables, capture_output=True, text=True, timeout=120, check=True
        )
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_window_without_services_has_none_of_them(tmp_path: Path) -> None:
    plain, used = looked(tmp_path)
    assert plain["modules"] == []
    assert not [name for name in plain["threads"] if name in ("pytron-bus", "pytron-instance")]
    # The test can see what there would be: the same process, once it has used some.
    assert {"jeepney", "platformdirs", "pytron.services.clipboard"} <= {*used["modules"]}
    assert "pytron-bus" in used["threads"]
    assert used["memory_kb"] > plain["memory_kb"]
    assert plain["children"] == used["children"]  # the web engine's own; services start none


def test_one_instance_alone_connects_to_no_bus(tmp_path: Path) -> None:
    plain, _ = looked(tmp_path, "--single")
    assert "pytron-instance" in plain["threads"]
    assert "pytron-bus" not in plain["threads"]
    assert not {"jeepney", "keyring", "platformdirs"} & {*plain["modules"]}
