"""`pytron package`: what users can install, proved to start on their machines."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from pytron.packager.pipeline import Position

_TICK_S: Final = 0.2
_WIDTH: Final = 20
_MOST: Final = 0.95


class _Quiet:
    """Says nothing: the result is for a program."""

    def begin(self, step: str, at: Position) -> None: ...
    def heard(self, line: str) -> None: ...
    def note(self, text: str) -> None: ...
    def end(self, step: str, seconds: float) -> None: ...


class _Lines:
    """Says what goes on, a line for each step."""

    def begin(self, step: str, at: Position) -> None:
        click.echo(f"[{at.number}/{at.count}] {step} ...")

    def heard(self, line: str) -> None: ...

    def note(self, text: str) -> None:
        click.echo(f"  {text}")

    def end(self, step: str, seconds: float) -> None:
        click.echo(f"{step}: done in {seconds:.1f} s")


class Bar:
    """The same on a terminal: the step that runs is a line that moves."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._step = self._line = ""
        self._at: Position | None = None
        self._begun = 0.0
        self._stop: Event | None = None

    def begin(self, step: str, at: Position) -> None:
        """The line begins to move."""
        self._step, self._at, self._line, self._begun = step, at, "", monotonic()
        self._stop = Event()
        Thread(target=self._move, args=[self._stop], daemon=True).start()

    def heard(self, line: str) -> None:
        """The line ends with this."""
        self._line = line

    def note(self, text: str) -> None:
        """Stands above the line."""
        with self._lock:
            self._clear()
            click.echo(f"  {text}")

    def end(self, step: str, seconds: float) -> None:
        """The line stays, with its time."""
        self.close()
        click.echo(f"✓ {step}  {click.style(f'{seconds:.1f} s', dim=True)}")

    def close(self) -> None:
        """Take the moving line away."""
        if self._stop is not None:
            self._stop.set()
            with self._lock:
                self._clear()

    def _move(self, stop: Event) -> None:
        while not stop.wait(_TICK_S):
            with self._lock:
                if not stop.is_set():
                    self._clear()
                    click.echo(self.text()[: shutil.get_terminal_size().columns - 1], nl=False)

    def text(self) -> str:
        """The line: how far the build is, what runs, since when, and what it said last."""
        at, seconds = self._at, monotonic() - self._begun
        if at is None:
            return ""
        # A step's own part is guessed by the last build, and never said to be whole before it is.
        part = min(seconds / at.usual_s, _MOST) if at.usual_s else 0.0
        filled = int((at.number - 1 + part) / at.count * _WIDTH)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        return f"{bar} {at.number}/{at.count} {self._step}  {seconds:.0f} s  {self._line}"

    @staticmethod
    def _clear() -> None:
        click.echo("\r\033[2K", nl=False)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where results go; dist by default.")
@click.option("--one-file", is_flag=True, default=None, help="One program that unpacks itself.")
@click.option("--nuitka", is_flag=True, help="Compile with Nuitka instead of PyInstaller.")
@click.option("--shield", is_flag=True, help="Seal code and data; they are opened in memory.")
@click.option("--no-build", is_flag=True, help="Take the page as it was built before.")
@click.option("--no-prove", is_flag=True, help="Do not start what was built.")
@click.option("--installer", "installers", multiple=True, help="Also an installer: deb, nsis, dmg.")
@click.option("--report", is_flag=True, help="Explain every megabyte, as a table and a page.")
@click.option("--sign", is_flag=True, help="Sign programs and installers.")
@click.option("--sign-dry-run", is_flag=True, help="Only show how they would be signed.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.argument("app", required=False)
def command(
    out: Path | None,
    one_file: bool | None,
    app: str | None,
    as_json: bool,
    no_build: bool,
    no_prove: bool,
    **wishes: Any,
) -> int:
    """Package an app: freeze it, and prove that the result starts elsewhere.

    APP is a file, a folder, or module:name; by default what [tool.pytron] names, or app.py here.
    """
    from pytron.discovery import locate
    from pytron.packager.pipeline import Build, run
    from pytron.packager.settings import product_of
    from pytron.packager.steps import Wishes, steps_for

    product = product_of(locate(app), one_file=one_file)
    place = (out or product.folder / "dist").resolve()
    work = product.folder / "build" / "pytron" / product.slug
    steps = steps_for(product, Wishes(build=not no_build, prove=not no_prove, **wishes))
    voice = _Quiet() if as_json else Bar() if sys.stdout.isatty() else _Lines()
    build = Build(product, work, place, voice)
    try:
        run(build, steps)
    finally:
        if isinstance(voice, Bar):
            voice.close()
    results: dict[str, Any] = {kind: str(path) for kind, path in build.results.items()}
    if as_json:
        click.echo(json.dumps({"results": results, "facts": build.facts}, indent=2))
        return 0
    for kind, path in results.items():
        click.echo(f"{kind}: {path}")
    return 0
