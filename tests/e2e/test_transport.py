"""The transport that was asked for is the one in use: no test may pass over another by accident."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.views import View


def test_the_page_has_the_transport_that_was_asked_for(run_app: RunApp, view: View) -> None:
    page = "await pytron.ready; report(window.__pytron__.transport);"
    assert run_app(page).reports == [view.transport]


def test_the_port_outlives_a_reload(run_app: RunApp) -> None:
    page = """
    await pytron.ready;
    const loads = Number(sessionStorage.getItem("loads") ?? 0) + 1;
    sessionStorage.setItem("loads", loads);
    if (loads < 4) { location.reload(); await new Promise(() => {}); }
    report(loads);
    """
    assert run_app(page).reports == [4]


@pytest.mark.skipif(sys.platform != "linux", reason="only there is a library to do without")
@pytest.mark.parametrize("library", ["missing", "damaged"])
def test_without_its_library_the_page_takes_the_next_way(
    run_app: RunApp, view: View, tmp_path: Path, library: str
) -> None:
    if view.name != "extension":
        pytest.skip("only this one has the library")
    import pytron_native

    copy = tmp_path / "without" / "pytron_native"
    shutil.copytree(Path(pytron_native.__file__).parent, copy)
    file = copy / "webext" / "libpytronwebext.so"
    file.unlink()
    if library == "damaged":
        file.write_bytes(b"no library")
    python = "@app.expose\ndef back(data: bytes) -> bytes:\n    return data"
    page = """
    await pytron.ready;
    const sent = new Uint8Array(3_000_000).fill(7);
    const back = new Uint8Array(await pytron.back(sent));
    report([window.__pytron__.transport, back.length, back.at(-1)]);
    """
    paths = (str(copy.parent), os.environ.get("PYTHONPATH"))
    environment = {"PYTRON_TRANSPORT": "", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    run = run_app(page, python, environment=environment)
    assert run.reports == [["reply", 3_000_000, 7]]


PRIORITIES = """
import contextlib, os
from pathlib import Path
import psutil

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose
def later() -> list[int]:
    "How far each thread of WebKit's compiler comes after the page's own."
    [page] = [p for p in psutil.Process().children(recursive=True) if "WebProcess" in p.name()]
    own = os.getpriority(os.PRIO_PROCESS, page.pid)
    found = []
    for thread in Path("/proc", str(page.pid), "task").iterdir():
        with contextlib.suppress(OSError):  # it may just have ended
            if (thread / "comm").read_text().strip() == "JITWorker":
                found.append(os.getpriority(os.PRIO_PROCESS, int(thread.name)) - own)
    return found
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at threads as Linux does")
def test_page_and_python_go_before_the_compiler(run_app: RunApp, view: View) -> None:
    if view.transport != "extension":
        pytest.skip("the extension in the page's process sees to it")
    page = """
    // They come when there is something to compile, and are looked for a little later.
    let found = [];
    while (found.length === 0 || found.includes(0)) {
      await Promise.all(Array.from({ length: 500 }, (_, number) => pytron.add(number, 1)));
      found = await pytron.later();
    }
    report(found);
    """
    [found] = run_app(page, PRIORITIES, deadline_s=120).reports
    assert min(found) > 0
