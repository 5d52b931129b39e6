"""An app proves that it works where it was put: `pytron package` starts it with `PYTRON_PROOF`.

The app runs as always, in its own window. Beside it a page of this module calls Python, and a
function in a child process. What was seen is written into the file that the variable names, step by
step, and then the app quits: who reads the file knows how far it came.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from pytron.dispatcher.functions import Function, Options
from pytron.errors import PytronError
from pytron.events import Event

if TYPE_CHECKING:
    from pytron.assets import Assets
    from pytron.runtime.runtime import Runtime

_log = logging.getLogger(__name__)

#: What must be seen, in this order.
STEPS: Final = ("loaded", "painted", "handshake", "call", "child")
_LABEL: Final = "pytron-proof"
_CALL: Final = "pytron-proof.call"
_CHILD: Final = "pytron-proof.child"
_LIMIT_S: Final = 60.0
_PAUSE_S: Final = 0.1

_SCRIPT: Final = f"""
import pytron from "/_pytron/client.js";
await pytron.ready;
await pytron.call("{_CALL}", ["handshake", null]);
await pytron.call("{_CALL}", ["call", null]);
try {{
  await pytron.call("{_CALL}", ["child", await pytron.call("{_CHILD}", [])]);
}} catch (error) {{
  await pytron.call("{_CALL}", ["problem", `child process: ${{error.message}}`]);
}}
"""
_PAGE: Final = '<!doctype html><title>proof</title><script type="module" src="{url}"></script>'


def is_painted(runtime: Runtime, window: int) -> bool:
    """Whether the page shows more than one colour, as a blank one does not.

    Of a window that is about to be shown, from behind a splash, there is no picture yet.
    """
    try:
        return int(runtime.query(window, "pixels").result(_LIMIT_S)["colours"]) > 1
    except PytronError as error:
        _log.debug("no picture of the page yet: %s", error)
        return False


def _child() -> int:
    """Runs in a process of its own."""
    return os.getpid()


class Proof:
    """Watches one run, and writes down what it saw."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[str, float] = {}
        self._problems: list[str] = []
        self._begun = monotonic()
        #: Calls, events and the watching thread note and write at the same time.
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._arrived = threading.Event()

    @property
    def functions(self) -> Mapping[str, Function]:
        """What the proof's page calls."""
        return {
            _CALL: Function(_CALL, self._heard, Options()),
            _CHILD: Function(_CHILD, _child, Options(executor="process")),
        }

    def begin(self, runtime: Runtime, assets: Assets) -> None:
        """Watch the app's first window, from a thread of its own; quit when all was seen."""
        window = runtime.window("main")
        for name in ("loaded", "failed", "crashed", "closed"):
            window.on(name, self._happened)
        self._write()
        args = [runtime, assets]
        threading.Thread(target=self._watch, args=args, name=_LABEL, daemon=True).start()

    def _happened(self, event: Event) -> None:
        if event.name == "loaded":
            self._note("loaded")
        elif event.name == "closed":
            self._ended.set()
        else:
            self._fail(f"the page {event.name}: {event.data}")

    def _watch(self, runtime: Runtime, assets: Assets) -> None:
        try:
            main = runtime.window("main").id
            self._wait("loaded", lambda: "loaded" in self._seen)
            self._wait("painted", lambda: is_painted(runtime, main))
            self._note("painted")
            script = assets.publish(_SCRIPT.encode(), "text/javascript")
            page = assets.publish(_PAGE.format(url=script).encode(), "text/html")
            runtime.open_window(_LABEL, page, {"title": "proof", "width": 320, "height": 200})
            self._wait("call", lambda: "child" in self._seen or bool(self._problems))
        except (PytronError, TimeoutError) as error:
            self._fail(str(error))
        self._write()
        runtime.engine.quit(0 if len(self._seen) == len(STEPS) else 1)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        while not condition():
            if self._problems or self._ended.is_set():
                raise TimeoutError(f"the app ended before this was seen: {what}")
            if monotonic() - self._begun > _LIMIT_S:
                raise TimeoutError(f"not seen in {_LIMIT_S:g} s: {what}")
            self._arrived.wait(_PAUSE_S)
            self._arrived.clear()

    def _heard(self, what: str, data: Any) -> None:
        if what == "problem":
            self._fail(str(data))
        else:
            self._note(what)

    def _note(self, what: str) -> None:
        with self._lock:
            self._seen.setdefault(what, monotonic() - self._begun)
        self._arrived.set()
        self._write()

    def _fail(self, problem: str) -> None:
        _log.error("proof: %s", problem)
        self._problems.append(problem)
        self._arrived.set()

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        with self._lock:
            report = {"seen": self._seen, "problems": self._problems}
            part.write_text(json.dumps(report), "utf-8")
            part.replace(self._path)
