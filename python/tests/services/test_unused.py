"""An app that uses no service has none: nothing imported, connected or started."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

APP = """
import json, os, sys, threading
from pytron import App
from pytron.testing import TestClient

app = App("Plain")

@app.expose
def add(a: int, b: int) -> int:
    return a + b

LIBRARIES = ("jeepney", "keyring", "platformdirs", "send2trash", "PIL")

with TestClient(app) as page:
    page.call("add", 1, 2)
    if "--use" in sys.argv:
        page.call("services.system.locale")
    modules = [name for name in sys.modules if name.startswith("pytron.services.")]
    print(json.dumps({
        "modules": modules + [name for name in LIBRARIES if name in sys.modules],
        "threads": [thread.name for thread in threading.enumerate()],
    }))
"""


def seen(tmp_path: Path, *words: str) -> dict[str, list[str]]:
    file = tmp_path / "app.py"
    file.write_text(APP, "utf-8")
    command = [sys.executable, str(file), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_running_app_that_uses_no_service_has_none_of_it(tmp_path: Path) -> None:
    plain = seen(tmp_path)
    assert plain["modules"] == []
    used = seen(tmp_path, "--use")
    assert "pytron.services.system" in used["modules"]  # so the test can see what there is
    names = {"pytron-bus", "pytron-instance", "pytron-network"}
    assert not names & {*plain["threads"], *used["threads"]}
