"""`pytron dev`: the app starts anew at every save, under windows that live on."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from pytron.devserver.contract import TypesFile
from pytron.devserver.faults import fault_of, syntax_fault
from pytron.devserver.keeper import Keeper
from pytron.devserver.pages import PageServer, Sources
from pytron.devserver.record import Record
from pytron.devserver.saves import CODE, Saves, forget_compiled, wanted
from pytron.devserver.terminal import Terminal
from pytron.errors import ToolMissing
from pytron.failures import Failure
from pytron.link import Child

__all__ = ["Plan", "develop"]

_INTERRUPTED = 128 + signal.SIGINT
#: Where the app has the inspector's page.
INSPECTOR: Final = "/_pytron/inspect/"
#: Whose lines the terminal shows.
LABELS: Final = ("app", "page", "window", "vite", "next")
#: What serves tabs of browsers.
_SERVING = ("starlette", "uvicorn", "websockets")


class Plan(NamedTuple):
    """What is to be developed.

    Attributes:
        app: what `pytron run` is given.
        folder: what is watched: the app's.
        arguments: the app's own.
        sources: the page's npm project, if Vite or Next.js is to serve it.
        page: the page's folder, where it is shown as it is: it is watched, too.
        only: show only what these write.
        level: the least of what pages write to their consoles: debug, info, warning or error.
        inspect: open the inspector with the app.
    """

    app: str
    folder: Path
    arguments: Sequence[str] = ()
    sources: Sources | None = None
    page: Path | None = None
    only: Collection[str] = ()
    level: str = "info"
    inspect: bool = False


def develop(plan: Plan) -> int:
    """Run the app and start it anew at every save, until it quits; its exit code."""
    return Session(plan).run()


class Session:
    """One `pytron dev`. Whatever it starts ends with it, however it ends."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._terminal = Terminal(LABELS, plan.only, level=plan.level)
        self._stop = threading.Event()
        self._saves = Saves()
        #: Vite shows errors over the page itself.
        self._has_overlay = False
        #: Where Vite does not write `pytron.d.ts` itself.
        self._types: TypesFile | None = None
        #: Where people open the page, when tabs are all the windows there are; told once.
        self._address: str | None = None
        #: Where a tab shows the inspector, as soon as it was told.
        self._inspector: str | None = None

    def run(self) -> int:
        """Serve until the app quits; Ctrl-C gives 130."""
        with ExitStack() as ends:
            before = signal.signal(signal.SIGTERM, _interrupt)
            ends.callback(signal.signal, signal.SIGTERM, before)
            try:
                return self._run(ends)
            except KeyboardInterrupt:
                return _INTERRUPTED

    def _run(self, ends: ExitStack) -> int:
        plan = self._plan
        # In memory where there is a tmpfs; what the app keeps by itself goes its own way.
        spare = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="pytron-dev-")))
        self._record = ends.enter_context(Record(plan.folder, plan.app, spare))
        variables = self._variables = self._variables_in(spare)
        pages: PageServer | None = None
        if plan.sources is not None:
            server = PageServer(plan.sources, self._terminal, self._record.place)
            pages = ends.enter_context(server)
            variables["PYTRON_FRONTEND"] = pages.url()
            self._has_overlay = pages.has_plugin
        if pages is None or not pages.has_plugin:
            self._types = ends.enter_context(TypesFile(plan.app, self._terminal.say))
        if variables.get("PYTRON_FRONTEND") and self._serves_tabs():
            variables["PYTRON_TABS"] = "1"
        self._keeper = Keeper(
            [sys.executable, "-m", "pytron", "run", "--dev", plan.app, *plan.arguments],
            variables,
            output=self._terminal.pipe,
            died=self._died,
            said=self._terminal.said,
            serves=self._serves,
            ended=self._record.has_ended,
        )
        if pages is not None:
            end = partial(self._pages_died, pages.title)
            pages.watch(lambda fate: self._keeper.order(lambda: end(fate)))
        watcher = threading.Thread(target=self._watch, name="pytron-watch", daemon=True)
        watcher.start()
        ends.callback(watcher.join, 5.0)
        ends.callback(self._stop.set)
        self._terminal.say(f"{plan.app} starts anew at every save; Ctrl-C ends it")
        return self._keeper.run()

    def _serves_tabs(self) -> bool:
        missing = [name for name in _SERVING if find_spec(name) is None]
        if missing:
            remedy = f"pip install {' '.join(_SERVING)}"
            self._terminal.say(f"only the app's window reaches it, no browser's tab: {remedy}")
        return not missing

    def _serves(self, fields: Mapping[str, Any]) -> None:
        """An app takes calls, and says where tabs of browsers reach it, if they do."""
        self._record.serves(fields)
        if self._types is not None and not fields:  # once for each app; tabs are told of later
            self._types.renew()
        if self._plan.inspect and "url" in fields:
            self._tell_inspector(str(fields["url"]))
        if "pair" not in fields:
            return
        # The next one must be where the tabs are that this one has.
        self._variables["PYTRON_SERVER_PORT"] = str(urlsplit(str(fields["url"])).port)
        if self._address is None:
            self._address = self._variables.get("PYTRON_FRONTEND") or str(fields["pair"])
            self._terminal.say(f"open the page in a browser: {self._address}")
            if sys.stdout.isatty():
                webbrowser.open(self._address)

    def _tell_inspector(self, url: str) -> None:
        """Say where a tab shows the inspector; once, unless it has moved."""
        page = self._variables.get("PYTRON_FRONTEND") or url
        address = urljoin(page, INSPECTOR)
        if address != self._inspector:
            self._inspector = address
            self._terminal.say(f"the inspector in a browser: {address}")

    def _variables_in(self, spare: Path) -> dict[str, str]:
        variables: Mapping[str, str] = {
            "PYTRON_SERVER_KEY_FILE": str(spare / "server.key"),
            **os.environ,
            "PYTRON_DEV": "1",
            "PYTRON_STATE": str(spare / "state.db"),
            "PYTHONUNBUFFERED": "1",
            **({"PYTRON_INSPECT": "1"} if self._plan.inspect else {}),
        }
        return {**variables, **({"FORCE_COLOR": "1"} if self._terminal.colourful else {})}

    def _watch(self) -> None:
        import watchfiles

        folder, page = self._plan.folder, self._plan.page
        is_apart = page is not None and page.is_dir() and not page.is_relative_to(folder)
        # The folders are watched by the system's own means; nothing polls.
        seen = watchfiles.watch(
            folder,
            *((page,) if page is not None and is_apart else ()),
            watch_filter=wanted(page),
            stop_event=self._stop,
            debounce=100,
            step=20,
            rust_timeout=1000,
            raise_interrupt=False,
        )
        for changes in seen:
            paths = sorted({Path(path) for _, path in changes})
            self._keeper.order(lambda paths=paths: self._saved(paths))

    def _saved(self, told: Iterable[Path]) -> None:
        paths = self._saves.of(told)
        code = [path for path in paths if path.suffix in CODE]
        if len(code) < len(paths):
            self._keeper.renew_page()
        if code:
            self._code_saved(code)

    def _code_saved(self, paths: Sequence[Path]) -> None:
        fault = syntax_fault(paths)
        if fault is not None:
            self._terminal.say(fault.trace)
            self._show(fault)
            return
        names = ", ".join(os.path.relpath(path, self._plan.folder) for path in paths)
        self._terminal.say(f"{names} was saved; the app starts anew")
        forget_compiled(paths)
        self._keeper.restart()

    def _died(self, app: Child) -> None:
        fault = fault_of(self._terminal.tail("app"), app.fate())
        if self._keeper.has_windows or fault.file is not None:
            self._show(fault)
        else:  # it is not its code: no display, a missing engine; it has said so itself
            self._keeper.quit(app.code or 1)

    def _show(self, fault: Failure) -> None:
        self._terminal.say(f"{fault.sentence}; save the file without the error to go on")
        self._record.fails(fault)
        if not self._has_overlay:
            self._keeper.show(fault.sentence, fault.trace)

    def _pages_died(self, title: str, fate: str) -> None:
        self._terminal.say(f"{title} has ended ({fate}), so this ends too; start it again")
        self._keeper.quit(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def check_watching() -> None:
    """Refuse to begin what would not see a save.

    Raises:
        ToolMissing: watchfiles is not installed.
    """
    if find_spec("watchfiles") is None:
        raise ToolMissing("watchfiles is missing, which sees saves: pip install watchfiles")
