"""What a page may do with its own window: `pytron.services.windows`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError, PytronError
from pytron.services.service import Service
from pytron.window import Window

Edge = Literal["n", "ne", "e", "se", "s", "sw", "w", "nw"]


class Windows(Service):
    """Of the calling page's window in pages.

    Python has the same as methods of `Window`, except what is a frame's: `drag` and `resize`.
    """

    name: ClassVar[str] = "windows"
    wire: ClassVar[str] = "window"
    asks: ClassVar[Mapping[str, str]] = {
        "resize": "edge",
        "carry": "files",
        "clear_data": "clear",  # of `Window` only
    }
    pages: ClassVar[tuple[str, ...]] = (
        "drag", "resize", "toggle_maximized", "print", "pdf", "attention", "carry",
    )  # fmt: skip

    def can(self, feature: str) -> Capability | None:
        """Maximizing is a command of every window: whoever has a profile to clear shows frames."""
        if feature != "windows.toggle_maximized":
            return None
        return self._desk.runtime("can").engine.can("window.clear")

    def drag(self, *, window: Window | None = None) -> Answer[None]:
        """Let the user, who holds the button, move the window from here."""
        return self._ask("drag", window)

    def resize(self, edge: Edge, *, window: Window | None = None) -> Answer[None]:
        """Let the user, who holds the button, resize the window by this edge."""
        return self._ask("edge", window, edge=edge)

    def toggle_maximized(self, *, window: Window | None = None) -> Answer[None]:
        """Maximize the window, or restore it: what a double click on a title bar does."""
        what = "windows.toggle_maximized"
        try:
            chosen = self._desk.shown(what, window)
        except CallError as error:
            return Answer.failed(what, error)
        answer: Answer[None] = Answer(what)
        asked = chosen.status()

        def known() -> None:
            try:
                maximized = asked.result(0)["maximized"]
            except PytronError as error:
                answer.fail(error)
                return
            chosen.set(maximized=not maximized)
            answer.settle(None)

        asked.when_done(known)
        return answer

    def print(self, *, window: Window | None = None) -> Answer[bool | None]:
        """Show the print dialog; whether the page was handed to a printer, if the system tells."""
        return self._ask("print", window, patient=True)

    def pdf(
        self,
        path: Path,
        *,
        landscape: bool = False,
        width_mm: float | None = None,
        height_mm: float | None = None,
        margin_mm: float | None = None,
        window: Window | None = None,
    ) -> Answer[None]:
        """Print the page into a PDF file; done once it is written."""
        try:
            chosen = self._desk.shown("windows.pdf", window)
        except CallError as error:
            return Answer.failed("windows.pdf", error)
        return chosen.pdf(
            path,
            landscape=landscape,
            width_mm=width_mm,
            height_mm=height_mm,
            margin_mm=margin_mm,
        )

    def attention(self, on: bool = True, *, window: Window | None = None) -> Answer[None]:
        """Ask the user to look at the window, in the taskbar or dock."""
        return self._ask("attention", window, on=on)

    def carry(self, paths: Sequence[Path], *, window: Window | None = None) -> Answer[None]:
        """Begin a drag of files out of the window, under the button that the user holds."""
        try:
            chosen = self._desk.shown("windows.carry", window)
        except CallError as error:
            return Answer.failed("windows.carry", error)
        return chosen.carry(paths)
