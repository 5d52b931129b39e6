"""A `pytron dev` in a folder of its own, as tests see it."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from e2e.views import USUAL, View

DEADLINE_S = 60


class Development:
    """A `pytron dev` that runs for the length of a `with` block."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str],
        *words: str,
        view: View = USUAL,
        **variables: str,
    ):
        """Write the files, and start it with these words and environment variables."""
        self.folder = folder
        self._ends = ExitStack()
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        given = self._ends.enter_context(view.surroundings())
        command = [sys.executable, "-m", "pytron", "dev", str(folder / "app.py"), *words]
        self.process = subprocess.Popen(
            view.command(command, folder),
            env={
                **os.environ,
                **view.environment,
                **given,
                "NO_AT_BRIDGE": "1",
                "NO_COLOR": "1",
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def __enter__(self) -> Development:
        """It runs."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, if it has not ended by itself."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._ends.close()

    def line(self, *parts: str) -> str:
        """Wait for a line with all of these in it."""
        seen: list[str] = []
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"it did not come: {parts}\n" + "\n".join(seen)
            seen.append(line)
            if all(part in line for part in parts):
                return line

    def ready(self) -> str:
        """Wait until its page and its types are there; the line with the page's answer."""
        found: dict[str, str] = {}
        while len(found) < 2:
            line = self.line("")
            for part in ("page: main answer first", "types written"):
                if part in line:
                    found[part] = line
        return found["page: main answer first"]

    def vite(self) -> str:
        """Where Vite serves the page."""
        text = (self.folder / ".pytron" / "vite.json").read_text("utf-8")
        return json.loads(text)["url"]

    def change(self, old: str, new: str, name: str = "app.py") -> None:
        """Save a file, whole at once as editors do."""
        file = self.folder / name
        beside = file.with_suffix(".new")
        beside.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        beside.replace(file)

    def children(self) -> dict[int, str]:
        """The processes that it has started, and theirs, with their command lines."""
        found: dict[int, str] = {}
        parents = [self.process.pid]
        while parents:
            parent = parents.pop()
            for task in Path(f"/proc/{parent}/task").iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                    for number in map(int, (task / "children").read_text().split()):
                        words = Path(f"/proc/{number}/cmdline").read_bytes()
                        found[number] = words.replace(b"\0", b" ").decode()
                        parents.append(number)
        return found

    def child(self, part: str) -> int:
        """The one process that it has started with this in its command line."""
        (number,) = [number for number, words in self.children().items() if part in words]
        return number

    @contextmanager
    def watched(self) -> Generator[Callable[[], bool]]:
        """Watch all that it has started; what it gives waits for their end."""
        children = {number: os.pidfd_open(number) for number in self.children()}
        assert len(children) >= 3

        def ended() -> bool:
            return all(select.select([one], [], [], DEADLINE_S)[0] for one in children.values())

        try:
            yield ended
        finally:
            for one in children.values():
                os.close(one)
