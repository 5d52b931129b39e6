"""Real apps in real windows: each runs in a process of its own, and its page reports back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from e2e.views import View

#: How long one app may take from start to end. An app that hangs fails by this, with its output.
DEADLINE_S = 60
_MARK = "@@report "

_APP = '''
import json, sys, threading
import pytron
from pytron import App

_lines = threading.Lock()

def report(value):
    """Tell the test something."""
    with _lines:
        sys.stdout.write("{mark}" + json.dumps(value) + "\\n")
        sys.stdout.flush()

{source}

@app.expose(name="report")
def _report(value) -> None:
    report(value)

@app.expose(name="finish")
def _finish(code: int = 0) -> None:
    app.quit(code)

if __name__ == "__main__":
    raise SystemExit(app.run())
'''

_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>test</title>
<body>
<script type="module">
import pytron, {{ api, withOptions }} from "/_pytron/client.js";
const {{ report, finish }} = pytron;
const failure = async (promise) => {{
  try {{ return {{ value: await promise }}; }}
  catch (error) {{ return {{ name: error.name, code: error.code, message: error.message }}; }}
}};
const event = (name) => new Promise((done) => {{ const stop = pytron.on(name, (data) => {{ stop(); done(data); }}); }});
try {{
{script}
}} catch (error) {{
  await report({{ failed: String(error), code: error.code ?? null, stack: error.stack ?? null }});
}}
{finish}
</script>
"""


@dataclass
class Run:
    """How an app ended."""

    code: int
    reports: list[Any]
    output: str
    log: str
    folder: Path = field(repr=False)


RunApp = Callable[..., Run]


@pytest.fixture
def run_app(tmp_path: Path, view: View) -> RunApp:
    """Run an app with a page, and give what it reported.

    The page's script is the body of a module with `pytron`, `report(value)`, `failure(promise)`
    and `event(name)`; the app ends when the script does, unless `finish=False`. `by` are Python's
    arguments before the app's file: `("-m", "pytron", "run")`.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        pytest.fail("windows need a display: run the tests through dev.py, which starts one")

    def run(
        page: str,
        python: str = "",
        *,
        finish: bool = True,
        code: int = 0,
        environment: dict[str, str] | None = None,
        files: dict[str, str | bytes] | None = None,
        deadline_s: float = DEADLINE_S,
        by: Sequence[str] = (),
    ) -> Run:
        source = textwrap.dedent(python)
        if "app = App(" not in source:
            source = 'app = App("Test", frontend="page", ephemeral=True)\n' + source
        folder = tmp_path / "app"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "page").mkdir(parents=True)
        text = _PAGE.format(script=textwrap.dedent(page), finish="finish();" if finish else "")
        (folder / "page" / "index.html").write_text(text, "utf-8")
        for name, content in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "app.py").write_text(_APP.format(mark=_MARK, source=source), "utf-8")
        with view.surroundings() as given:
            variables = {**view.environment, **given, **(environment or {})}
            command = view.command([sys.executable, *by, str(folder / "app.py")], folder)
            done = _finished(command, variables, deadline_s)
        reports = [
            json.loads(line.removeprefix(_MARK))
            for line in done.stdout.splitlines()
            if line.startswith(_MARK)
        ]
        ended = Run(done.returncode, reports, done.stdout, done.stderr, folder)
        failed = [entry for entry in reports if isinstance(entry, dict) and "failed" in entry]
        assert not failed, f"the page's script failed: {failed}\n{done.stderr}"
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
        return ended

    return run


def _finished(
    command: list[str], environment: dict[str, str], deadline_s: float
) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "NO_AT_BRIDGE": "1", "PYTHONFAULTHANDLER": "1", **environment}
    try:
        return subprocess.run(
            command, env=whole, capture_output=True, text=True, timeout=deadline_s, check=False
        )
    except subprocess.TimeoutExpired as late:
        out, err = (
            text.decode() if isinstance(text, bytes) else text or ""
            for text in (late.stdout, late.stderr)
        )
        pytest.fail(f"the app did not end in {deadline_s:g} s; it wrote:\n{out}\n{err}")
