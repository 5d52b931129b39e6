"""Every process of every engine is killed while calls are under way.

Whichever it is: nothing stays behind, the app goes on or says why it ends, no call hangs, and what
an earlier call has kept is there in the next run. `PYTRON_KILLS=200` kills so often, at random, and
`PYTRON_KILLS_SEED=7` others; `dev.py test --all` does so.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from e2e.views import CHROME, NATIVE, SERVER, View

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="looks into /proc, and waits by pidfd"
)

DEADLINE_S = 90.0
#: How often each engine loses a process that is chosen at random, beside one of each kind.
KILLS = int(os.environ.get("PYTRON_KILLS", "2"))
SEED = int(os.environ.get("PYTRON_KILLS_SEED", "5"))
#: As the system ends a process: for want of memory, or for a fault of its own.
ENDS = (signal.SIGKILL, signal.SIGABRT)
VIEWS = (*(view for view in NATIVE if view.name in ("extension", "hosted")), *CHROME, SERVER)

APP = """
import asyncio, json, os, sys, threading
from pathlib import Path
from pytron import App

app = App("Kill", app_id="kill", state={"count": 0}, frontend="page",
          persist=str(Path(__file__).with_name("state.db")))
lines = threading.Lock()
waiting = set()

def say(*words):
    with lines:
        sys.stdout.write(json.dumps(words) + "\\n")
        sys.stdout.flush()

@app.on_start
def begin():
    say("begin", app.state.count)

@app.expose
def bump() -> int:
    with app.transaction():
        app.state.count += 1
        count = app.state.count
    app.flush()
    return count

@app.expose
def seen(page: str, count: int) -> None:
    say("seen", page, count, len(waiting))

@app.expose
async def wait(page: str) -> None:
    waiting.add(page)
    try:
        await asyncio.Event().wait()
    finally:
        waiting.discard(page)

@app.expose
async def ask() -> bool:
    if "PYTRON_TEST_ASK" not in os.environ:
        return False
    asked = app.dialogs.open_file(title="Which?")
    return asked is not None

if __name__ == "__main__":
    raise SystemExit(app.run())
"""

PAGE = """<!doctype html><meta charset="utf-8"><title>kill</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.ready;
const page = String(Math.random());
pytron.wait(page).catch(() => {});
await pytron.ask();
for (;;) {
  try { await pytron.seen(page, await pytron.bump()); } catch { /* cut off: the next will tell */ }
  await new Promise((done) => setTimeout(done, 5));
}
</script>"""


class Running:
    """An app and all processes below it."""

    def __init__(self, view: View, folder: Path, variables: dict[str, str]) -> None:
        command = view.command([sys.executable, str(folder / "app.py")], folder)
        self._log = (folder / "log").open("a+")
        self._app = subprocess.Popen(
            command,
            env={**os.environ, "NO_AT_BRIDGE": "1", **view.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert self._app.stdout is not None
        self._out = self._app.stdout
        self._rest = b""
        self._all: dict[int, int] = {}
        #: The last count that a page has been answered.
        self.count = 0
        #: What was killed last.
        self.lost = ""
        #: The page that has spoken last, and how many calls of pages wait.
        self.page = ""
        self.waiting = 0

    @property
    def root(self) -> int:
        """The app itself."""
        return self._app.pid

    def said(self) -> list[Any] | None:
        """The next line that it writes; None when it has ended."""
        deadline = time.monotonic() + DEADLINE_S
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._out], [], [], left)[0]:
                pytest.fail(f"nothing is said after the end of {self.lost!r}\n{self.log()}")
            data = os.read(self._out.fileno(), 65536)
            if not data:
                return None
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        told = json.loads(line)
        if told[0] == "seen":
            _, self.page, self.count, self.waiting = told
        return told

    def beats(self, count: int) -> bool:
        """Wait for so many answers to a page; False when the app ends instead."""
        return all(self.said() is not None for _ in range(count))

    def processes(self) -> list[int]:
        """All that lives, the app first. None of them is forgotten from now on."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[int(entry.name)] = int(fields[1])
        found = [self.root]
        for pid in found:
            found += sorted(child for child, parent in parents.items() if parent == pid)
        for pid in found:
            if pid not in self._all:
                with suppress(ProcessLookupError):
                    self._all[pid] = os.pidfd_open(pid)
        return found

    def kill(self, pid: int, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process, which may have gone."""
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            self.lost = line.decode()[:200]
            os.kill(pid, number)

    def is_gone(self, pid: int) -> bool:
        """Whether a process has ended, or does within a moment."""
        return bool(select.select([self._all[pid]], [], [], 0.2)[0])

    def ended(self) -> int:
        """Wait until nothing of it is there; the app's exit code."""
        code = self._app.wait(DEADLINE_S)
        deadline = time.monotonic() + DEADLINE_S
        for pid, handle in self._all.items():
            left = max(0.0, deadline - time.monotonic())
            gone, _, _ = select.select([handle], [], [], left)
            name = "" if gone else Path(f"/proc/{pid}/cmdline").read_text()
            assert gone, f"process {pid} outlives the app: {name}\n{self.log()}"
        return code

    def log(self) -> str:
        """What it and earlier runs in its folder have written."""
        self._log.flush()
        return Path(self._log.name).read_text("utf-8", "replace")

    def close(self) -> None:
        """Leave nothing, however the test ended."""
        self._app.kill()
        self._app.wait()
        while self._all:
            _, handle = self._all.popitem()
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        self._out.close()
        self._log.close()


Start = Callable[..., Running]


@pytest.fixture(params=VIEWS, ids=[view.name for view in VIEWS])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts the app; what an earlier run has been answered must still be there."""
    folder = tmp_path / "app"
    (folder / "page").mkdir(parents=True)
    (folder / "page" / "index.html").write_text(PAGE)
    (folder / "app.py").write_text(APP)
    view: View = request.param
    runs: list[Running] = []
    with ExitStack() as ends:
        variables = dict(ends.enter_context(view.surroundings()))

        def begin(**more: str) -> Running:
            running = Running(view, folder, {**variables, **more})
            ends.callback(running.close)
            begun = running.said()
            assert begun is not None, running.log()
            assert begun[1] >= (runs[-1].count if runs else 0), "what a call had kept is lost"
            assert running.beats(3), running.log()
            runs[:] = [running]
            return running

        yield begin


def lose(running: Running, victim: int, rng: random.Random, number: int = signal.SIGKILL) -> None:
    """Kill one process in the midst of calls, and see how the app takes it."""
    assert running.beats(rng.randrange(5))
    page = running.page
    running.kill(victim, number)
    if victim == running.root:
        while running.said() is not None:
            pass
        assert running.ended() == -number
        return
    # Ten answers later it lives; a page that has died is another one then.
    if running.beats(10):
        assert running.waiting <= (1 if running.page == page else 2), running.log()
        running.processes()  # those that took the place of others, too
        running.kill(running.root)
        while running.said() is not None:
            pass
        running.ended()
    else:
        assert running.ended() == 1
        assert "has gone" in running.log()


def is_host(pid: int) -> bool:
    """Whether a process below the app is that of its windows, if none before it was."""
    name = Path(f"/proc/{pid}/comm").read_text().strip()
    return name != "sh" and "WebKit" not in name


def test_each_process_may_be_killed_at_any_time(start: Start) -> None:
    rng = random.Random(SEED)
    running = start()
    count = len(running.processes())
    lose(running, running.root, rng)
    for place in range(1, count):
        running = start()
        alive = running.processes()
        lose(running, alive[min(place, len(alive) - 1)], rng)
    start()  # nothing of the last run is lost either


def test_processes_are_killed_at_random(start: Start) -> None:
    rng = random.Random(SEED)
    for _ in range(KILLS):
        running = start()
        lose(running, rng.choice(running.processes()), rng, rng.choice(ENDS))
        running.close()
    start()


def test_windows_that_crash_end_the_app_with_the_reason(start: Start) -> None:
    running = start()
    host = next((pid for pid in running.processes()[1:] if is_host(pid)), None)
    if host is None:
        pytest.skip("its windows are in the app's own process, or in a browser of the user's")
    # JavaScriptCore has a handler for it, which lets a fault happen again: then it is the end.
    while not running.is_gone(host):
        running.kill(host, signal.SIGSEGV)
    while running.said() is not None:
        pass
    assert running.ended() == 1
    assert "SIGSEGV" in running.log()


def test_a_process_that_is_stopped_does_not_outlive_the_app(start: Start) -> None:
    running = start()
    for pid in running.processes()[1:]:
        # `sh` is what ends them, or lets them go on so that they do.
        if Path(f"/proc/{pid}/comm").read_text().strip() != "sh":
            running.kill(pid, signal.SIGSTOP)
    running.kill(running.root)
    running.ended()


@pytest.mark.parametrize("who", ["app", "windows"])
def test_a_dialog_is_open_when_a_process_dies(start: Start, who: str) -> None:
    running = start(PYTRON_TEST_ASK="1")
    app, *others = running.processes()
    # In one process with the app, its windows die with it.
    hosts = [pid for pid in others if is_host(pid)]
    running.kill(hosts[0] if who == "windows" and hosts else app)
    while running.said() is not None:
        pass
    running.ended()
