"""The demo proves itself: the page works its own controls, and this prints what came of it."""

import logging
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pytron import Api, App, Event, PytronError

from . import samples
from .model import Shared
from .store import Store

DEADLINE_S = 60.0
_FILES = 2000
_PICTURE_S = 10.0


@dataclass
class Plan:
    """What the page is to import while it checks itself."""

    folder: str
    files: int


@dataclass
class Outcome:
    """What came of one step of the check."""

    ok: bool
    what: str
    detail: str


@dataclass
class Steps:
    """How many steps the page has tried."""

    steps: int


@dataclass
class Seen:
    """What a page says it shows."""

    theme: str
    title: str
    notes: str
    pictures: list[int]
    recent: str


events = Api()
checked = events.event("check", Outcome)
done = events.event("check-done", Steps)
# From page to page: what the other window shows, and what it is to press.
events.event("check-seen", Seen)
events.event("check-press", str)


def made_folder() -> Path:
    """A new folder for the notes of one check."""
    return Path(tempfile.mkdtemp(prefix="folio-check-"))


class Check:
    """One run of the app that ends by itself: with exit code 0 if all went well, else 1."""

    def __init__(self, app: App[Shared], store: Store, folder: Path, picture: Path) -> None:
        """Prepare notes and files, and listen to what the page reports."""
        self._app, self._picture = app, picture
        self._began = time.monotonic()
        self._passed = self._failed = 0
        # The page makes calls fail on purpose: their tracebacks go to a file, not to the terminal.
        self._log = folder / "check.log"
        logging.basicConfig(filename=self._log, encoding="utf-8")
        self.plan = Plan(str(folder / "inbox"), _FILES)
        store.add(samples.drafts())
        samples.write_files(folder / "inbox", _FILES)
        checked.on(self._report)
        done.on(self._finish)

    def run(self) -> int:
        """Run the app until the page is done, or until the deadline."""
        late = threading.Timer(DEADLINE_S, self._give_up)
        late.daemon = True
        late.start()
        try:
            code = self._app.run()
        except PytronError as error:
            print(f"FAILED: the app did not run: {error}", flush=True)
            return 1
        finally:
            late.cancel()
        if code == 0 and not self._passed:
            print("FAILED: the window closed before the page had reported anything", flush=True)
            return 1
        return code

    def _report(self, event: Event[Outcome]) -> None:
        outcome = event.data
        if outcome.ok:
            self._passed += 1
        else:
            self._failed += 1
        word = "ok" if outcome.ok else "FAILED"
        print(f"{word}: {outcome.what}: {outcome.detail}", flush=True)

    def _finish(self, event: Event[Steps]) -> None:
        try:
            for window in self._app.windows:
                path = self._picture
                if window.label != "main":
                    path = path.with_name(f"{path.stem}-{window.label}{path.suffix}")
                path.parent.mkdir(parents=True, exist_ok=True)
                window.screenshot(str(path)).result(_PICTURE_S)
                print(f"ok: screenshot of {window.label}: {path.stat().st_size} bytes", flush=True)
        except (PytronError, OSError, TimeoutError) as error:
            self._failed += 1
            print(f"FAILED: screenshot: {error}", flush=True)
        took_s = time.monotonic() - self._began
        print(f"{self._passed} checks passed, {self._failed} failed in {took_s:.1f} s", flush=True)
        failed = self._failed or event.data.steps != self._passed
        if failed:
            print(f"the app's log: {self._log}", flush=True)
        self._app.quit(1 if failed else 0)

    def _give_up(self) -> None:
        done = f"{self._passed} checks had passed" if self._passed else "the page said nothing"
        print(
            f"FAILED: the page was not done after {DEADLINE_S:.0f} s ({done}): "
            f"the app's log may say why: {self._log}",
            flush=True,
        )
        self._app.quit(1)
