"""Exposing an object: its marked methods, and nothing else."""

import pytron
from pytron import App

app = App("Instances")


class Journal:
    """An object with state of its own; only marked methods can be called."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @pytron.expose
    def write(self, line: str) -> int:
        """Called as `pytron.journal.write(…)`."""
        self._lines.append(line)
        return len(self._lines)

    def wipe(self) -> None:
        """Not marked: no page can reach it."""
        self._lines.clear()


app.expose(Journal())

if __name__ == "__main__":
    raise SystemExit(app.run())
