"""`pytron.d.ts` for the length of `pytron dev`, where no plugin of a page server sees to it."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Final

from pytron.link import Child

#: Code that takes longer to be imported is not waited for.
_DEADLINE_S: Final = 60.0


class TypesFile:
    """Keeps the types of the page those of the Python that runs.

    A process of its own looks at the app's code a second time, so that the app need not wait.
    """

    def __init__(self, app: str, say: Callable[[str], object]) -> None:
        """Describe it; `with` gets it ready.

        Args:
            app: what `pytron types` is to be given.
            say: shows what came of it.
        """
        self._command = [sys.executable, "-m", "pytron", "types", "--renew", app]
        self._say = say
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._ends = False
        self._child: Child | None = None
        self._thread = threading.Thread(target=self._work, name="pytron-types", daemon=True)

    def __enter__(self) -> TypesFile:
        """Get ready."""
        self._thread.start()
        return self

    def renew(self) -> None:
        """Write it anew soon, where it is there already. From any thread."""
        self._asked.set()

    def _work(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            with tempfile.TemporaryFile() as output:
                child = self._begin(os.dup(output.fileno()))
                if child is None:
                    return
                child.wait(_DEADLINE_S)
                self._finish(child)
                output.seek(0)
                text = output.read().decode("utf-8", "replace").strip()
            if text and not self._ends:
                self._say(text)

    def _begin(self, output: int) -> Child | None:
        """Start the process, unless this is the end."""
        with self._lock:
            if self._ends:
                os.close(output)
                return None
            self._child = Child(self._command, os.environ, output=output)
            return self._child

    def __exit__(self, *_: object) -> None:
        """End it, and what it has started."""
        with self._lock:
            self._ends = True
            if self._child is not None:
                self._finish(self._child)
        self._asked.set()
        self._thread.join()

    @staticmethod
    def _finish(child: Child) -> None:
        child.channel.close()
        child.end(0)
