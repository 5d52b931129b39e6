"""The inspector: what passes between pages and Python, on a page of the app itself.

In development only. Nothing of it is imported, recorded or served before somebody opens it.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from pytron.dispatcher.dispatch import EPOCH
from pytron.inspector.recorder import Recorder
from pytron.inspector.redaction import Rule
from pytron.inspector.serving import Serving
from pytron.inspector.tap import Tap

if TYPE_CHECKING:
    from pytron.runtime.runtime import Parts, Runtime
    from pytron.window import Window

#: The window of the inspector; what happens in it is not recorded.
LABEL: Final = "pytron.inspector"
PATH: Final = "/_pytron/inspect/"


class Inspector:
    """Records one run of an app, and shows it."""

    def __init__(
        self, name: str, parts: Parts, runtime: Runtime, secret_words: Iterable[str] = ()
    ) -> None:
        """Begin to record, and to serve the page.

        Args:
            name: the app's.
            parts: what the app is made of.
            runtime: the run.
            secret_words: names with one of these in them are secret, beside Pytron's own list.
        """
        self._name = name
        self._parts = parts
        self._runtime = runtime
        self._lock = Lock()
        self._skipped: dict[int, bool] = {}
        #: How the pages of windows are joined, as they told.
        self.transports: dict[int, str] = {}
        self.recorder = Recorder(parts.functions, Rule(secret_words), self._label_of)
        self._tap = Tap(parts, runtime, self.recorder.inbox, skips=self._skips)
        self._tap.open(self.recorder.histories["app"])
        parts.assets.own["inspect"] = Serving(self.recorder, self.facts).answer
        self._stop = parts.handlers.add("window.closed", self._closed)

    def close(self) -> None:
        """Stop recording and serving."""
        self._stop()
        self._tap.close()
        self._parts.assets.own.pop("inspect", None)
        self.recorder.close()

    def toggle(self) -> None:
        """Open the inspector's window; close it if it is open."""
        with self._lock:
            window = self._window()
            if window is not None:
                self._shut(window)
                return
            title = f"Inspector: {self._name}"
            self._runtime.open_window(
                LABEL, PATH, {"title": title, "width": 1180, "height": 760}, trust=False
            )

    def facts(self) -> dict[str, Any]:
        """What is so now: versions, windows and their sessions."""
        runtime = self._runtime
        sessions = runtime.dispatcher.sessions
        windows: list[dict[str, Any]] = []
        for window in runtime.windows:
            if window.label == LABEL:
                continue
            shown: dict[str, Any] = {"label": window.label, "title": window.title}
            session = sessions.get(window.id)
            if session is not None:
                shown |= {
                    "session": session.id[:8],
                    "transport": self.transports.get(window.id),
                    "calls": len(session.calls),
                    "subscriptions": sorted(session.patterns),
                    "waiting": max(0, runtime.engine.waiting(window.id)),
                    "restricted": session.grants is not None,
                }
            windows.append(shown)
        return {
            "name": self._name,
            "engine": runtime.engine.name,
            "epoch": EPOCH,
            "pytron": sys.modules["pytron"].__version__,
            "python": platform.python_version(),
            "functions": len(self._parts.functions),
            "windows": windows,
        }

    def _window(self) -> Window | None:
        return next((w for w in self._runtime.windows if w.label == LABEL), None)

    def _label_of(self, identity: int) -> str | None:
        label = next((w.label for w in self._runtime.windows if w.id == identity), None)
        return None if label == LABEL else label

    def _skips(self, identity: int) -> bool:
        known = self._skipped.get(identity)
        if known is None:
            label = next((w.label for w in self._runtime.windows if w.id == identity), None)
            if label is None:
                return False
            known = self._skipped[identity] = label == LABEL
        return known

    def _closed(self, event: Any) -> None:
        """An app ends with its last window; the inspector's must not keep it alive."""
        window = self._window()
        if window is not None and event.window != LABEL and len(self._runtime.windows) == 1:
            self._shut(window)

    def _shut(self, window: Window) -> None:
        """Close it without asking the app's handlers of `closing`."""
        self._runtime.command({"kind": "close", "window": window.id})
