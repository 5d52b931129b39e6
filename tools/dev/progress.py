"""What the person at the terminal sees: one line per step, alive while it runs."""

import shutil
import sys
import time

HEARTBEAT_S = 15.0  # without a terminal: a sign of life in the log, often enough for CI


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def duration(seconds: float) -> str:
    """A time for people: `3.4 s`, `4 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


class Line:
    """The line of one step: its name, its seconds, and what its program says just now."""

    def __init__(self, name: str, width: int = 24) -> None:
        self._label = f"  {name:<{width}}"
        self._begin = time.monotonic()
        self._live = sys.stdout.isatty()
        self._beat = self._begin
        self._last = ""
        if not self._live:
            say(f"{self._label} ...")

    @property
    def elapsed_s(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self._begin

    def note(self, text: str) -> None:
        """Remember the newest line of the step's output."""
        stripped = text.strip()
        if stripped:
            self._last = stripped

    def tick(self) -> None:
        """Show that it is alive."""
        now = time.monotonic()
        if self._live:
            self._draw(f"{self._label} {duration(self.elapsed_s):>9}  {self._last}")
        elif now - self._beat >= HEARTBEAT_S:
            self._beat = now
            say(f"{self._label} {duration(self.elapsed_s):>9}  {self._last[:100]}")

    def finish(self, verdict: str) -> None:
        """Leave the line as it shall stay."""
        text = f"{self._label} {duration(self.elapsed_s):>9}  {verdict}"
        if self._live:
            self._draw(text)
            say()
        else:
            say(text)

    def _draw(self, text: str) -> None:
        columns = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r" + text[:columns].ljust(columns))
        sys.stdout.flush()
