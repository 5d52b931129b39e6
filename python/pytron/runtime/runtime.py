"""One run of an app: its engine, its windows, and what passes between them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from threading import Lock
from typing import Any

from pytron import protocol
from pytron.answer import Answer
from pytron.config import foreign_origin, page_address
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.dispatch import Dispatcher
from pytron.dispatcher.event import WINDOW_PREFIX
from pytron.dispatcher.grants import check_grants, grants_of
from pytron.dispatcher.session import Session
from pytron.dispatcher.workers import Task, Workers
from pytron.engine import AssetRequest, Engine, Frame, Happening, Incoming
from pytron.errors import ConfigError
from pytron.events import Event, deliveries
from pytron.options import WindowOptions, to_wire
from pytron.runtime.arrivals import ROLE, Visits
from pytron.runtime.asset_requests import Answered, AssetTask
from pytron.runtime.emitter import Emitter
from pytron.runtime.loading import Loading
from pytron.runtime.outlived import Outlived
from pytron.runtime.parts import Parts
from pytron.runtime.queries import Queries, closed_answer
from pytron.runtime.recovery import Recovery
from pytron.runtime.shared_state import SharedState
from pytron.runtime.tasks import Preparation, Report
from pytron.window import Window

_log = logging.getLogger(__name__)
_page_log = logging.getLogger("pytron.page")

#: Threads that may run exposed functions at the same time.
WORKERS = 32
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class Runtime:
    """Runs an app's windows on an engine. It is the dispatcher's listener and the windows' host."""

    def __init__(self, parts: Parts, engine: Engine) -> None:
        self._parts = parts
        self.engine = engine
        self._workers: Workers[Incoming] = Workers(engine.receive, self._accept, limit=WORKERS)
        self._deadlines = Deadlines()
        self.dispatcher = Dispatcher(
            parts.functions,
            outlet=engine,
            listener=self,
            loop=parts.loop,
            executors=parts.executors,
            invoke=engine.invoke,
            submit=self._workers.submit,
            deadlines=self._deadlines,
            dev=parts.dev,
        )
        self._emitter = Emitter(
            self.dispatcher.sessions,
            parts.handlers,
            declared=parts.events,
            loop=parts.loop,
            submit=self._workers.submit,
            labels=lambda: {window.label for window in self.windows},
        )
        self._queries = Queries(engine, self._deadlines)
        self._shared = SharedState(parts.state, self._workers.submit, dev=parts.dev)
        self._windows: dict[int, Window] = {}
        self._outlived: dict[str, Outlived] = {}
        self._serial = count(1)
        self._lock = Lock()
        self._closing, self._guests = set[int](), set[int]()
        self._loading = Loading(
            self._deadlines,
            lambda event: self.submit(Report(self.happened_to, event)),
            lambda window: window in self._windows and window not in self.dispatcher.sessions,
        )
        self._recovery = Recovery(engine)
        self._visits = Visits(parts.functions, parts.events, first=parts.first, shared=parts.shared)
        engine.pending = self.dispatcher.pending
        self._workers.settle = self.dispatcher.settle

    # --- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take what pages send; make ready what calls will need."""
        if self.engine.hub is not None:
            self._shared.share(self.engine.hub)
            self._emitter.share(self.engine.hub)
        self._take_over()
        self._workers.start()
        self._workers.submit(Preparation(self._parts.functions.values()))

    def close(self, timeout_s: float) -> None:
        """End every call and thread. The engine has quit."""
        self.dispatcher.close()
        self._emitter.close()
        self._shared.close()
        self._deadlines.close(timeout_s)
        self._queries.give_up(None, "the app has ended")
        self._parts.loop.close(timeout_s)
        self._workers.close(timeout_s)

    # --- windows ------------------------------------------------------------------------------

    def open_window(
        self, label: str, url: str | None, options: WindowOptions, *, trust: bool = False
    ) -> Window:
        """Open a window, which may call functions as `label`.

        Raises:
            ConfigError: the label is taken, an option or a grant is none, or the page is foreign
                and not trusted.
        """
        wire = to_wire(options)
        check_grants(options.get("allow"), self._parts.functions)
        address = page_address(url, self.engine.origin)
        trusted = list(self._parts.trust)
        foreign = foreign_origin(address, (self.engine.origin, *trusted), trust=trust)
        trusted += [foreign] if foreign is not None else []
        is_foreign = foreign is not None
        if label in self._outlived:
            before = self._outlived.pop(label)
            self.dispatcher.grant(before.window.id, before.grants(options, foreign=is_foreign))
            return before.window.become(options)
        grants = grants_of(label, options.get("allow"), foreign=is_foreign)
        with self._lock:
            if any(window.label == label for window in self._windows.values()):
                raise ConfigError(
                    f"a window {label!r} is open already; app.window({label!r}) is it, or choose "
                    "another label"
                )
            identity = next(self._serial)
            window = Window(self, identity, label, options)
            self._windows[identity] = window
        self.dispatcher.open_window(identity, label, grants)
        wire["url"] = address
        if trusted:
            wire["trust"] = trusted
        self._loading.watch(identity, address)
        kept = {"label": label, "options": options, "foreign": is_foreign}
        self.engine.command({"kind": "open", "window": identity, "options": wire, "kept": kept})
        return window

    def _take_over(self) -> None:
        """Make the windows of an earlier Python process this one's; `open_window` finds them."""
        for identity, kept in self.engine.living:
            label, options = kept["label"], kept["options"]
            window = self._windows[identity] = Window(self, identity, label, options)
            self._outlived[label] = before = Outlived(window, foreign=kept["foreign"])
            self.dispatcher.open_window(identity, label, before.grants(options))
        self._serial = count(1 + max(self._windows, default=0))

    def _visited(self, fields: Mapping[str, Any]) -> None:
        """Give a page that came by itself a window."""
        visit = self._visits.admit(fields)
        title = self._parts.first.get("title", "")
        with self._lock:
            identity = next(self._serial)
            self._windows[identity] = Window(self, identity, visit.label, {"title": title})
            if visit.guest:
                self._guests.add(identity)
        self.dispatcher.open_window(
            identity, visit.label, visit.grants, role=ROLE, limits=visit.limits
        )
        self.engine.command(
            {"kind": "open", "window": identity, "options": {"visit": visit.number}}
        )

    def window(self, label: str) -> Window:
        """The open window of that label.

        Raises:
            ConfigError: there is none.
        """
        windows = {window.label: window for window in self.windows}
        if label not in windows:
            labels = ", ".join(map(repr, windows)) or "none"
            raise ConfigError(f"no window {label!r} is open; open are: {labels}")
        return windows[label]

    @property
    def windows(self) -> list[Window]:
        """All open windows, in the order they were opened."""
        with self._lock:
            return list(self._windows.values())

    def is_open(self, window: int | None) -> bool:
        """Whether there is still a window of this number."""
        with self._lock:
            return window is None or window in self._windows

    def command(self, message: Mapping[str, object]) -> None:
        """Send a command to the engine."""
        self.engine.command(message)

    def query(self, window: int, what: str, **details: object) -> Answer[Any]:
        """Ask the engine something about a window."""
        if self.is_open(window):
            return self._queries.ask(window, what, details)
        return closed_answer(f"window.{what}()")

    def ask(
        self, name: str, window: int | None, args: Mapping[str, object], deadline_s: float | None
    ) -> Answer[Any]:
        """Ask the engine for a service; spec/view.md section 8."""
        if self.is_open(window):
            return self._queries.serve(name, window, args, deadline_s)
        return closed_answer(name)

    def submit(self, *tasks: Task) -> None:
        """Run tasks of a service's own on the workers."""
        for task in tasks:
            self._workers.submit(task)

    def tell(self, event: Event) -> None:
        """Give an event to the app's own handlers."""
        self.submit(*self._emitter.deliveries(event))

    def deliver(self, handler: Callable[..., object], event: Event) -> None:
        """Call a handler with an event, where handlers run."""
        self.submit(*deliveries([handler], event, self._parts.loop))

    def window_state(self, window: int) -> Any:
        """The root of a window's own state."""
        return self._shared.window_state(window).root

    def navigate(self, window: int, url: str) -> None:
        """Load another page in a window.

        Raises:
            ConfigError: it is no address that a window can show.
        """
        address = page_address(url, self.engine.origin)
        self.engine.command({"kind": "navigate", "window": window, "url": address})

    def ask_to_close(self, window: int, data: Mapping[str, Any] | None = None) -> None:
        """Run the `closing` handlers, then close the window unless one prevents it."""
        self.submit(*self._closing_tasks(window, data))

    def _closing_tasks(self, identity: int, data: object = None) -> Sequence[Task]:
        with self._lock:
            window = self._windows.get(identity)
            if window is None or identity in self._closing:
                return []
            self._closing.add(identity)
        event = Event("closing", data, window.label)

        def decided() -> None:
            if event.prevented:
                with self._lock:
                    self._closing.discard(identity)
            else:  # until it has closed, nobody is asked again
                self.engine.command({"kind": "close", "window": identity})

        return self._tell(window, event, decided)

    def _tell(
        self, window: Window, event: Event, done: Callable[[], object] | None
    ) -> Sequence[Task]:
        """A task for each handler of a window's event; `done` comes after the last of them."""
        handlers = [
            *window.handlers.for_event(event.name),
            *self._parts.handlers.for_event(f"{WINDOW_PREFIX}{event.name}"),
        ]
        return deliveries(handlers, event, self._parts.loop, done)

    # --- events -------------------------------------------------------------------------------

    def emit(self, name: str, data: object) -> None:
        """Send an event to every page that wants it, and to Python's handlers."""
        self._emitter.emit(name, data)

    def emit_to(self, window: int, name: str, data: object) -> None:
        """Send an event to one page."""
        self._emitter.emit_to(window, name, data)

    def emit_async(self, name: str, data: object) -> Answer[None]:
        """Send an event, and give what can be awaited until the pages have room for it."""
        return self._emitter.emit_async(name, data)

    # --- the dispatcher's listener ------------------------------------------------------------

    def opened(self, session: Session) -> Task:
        """A page has said hello: it gets the state."""
        self._loading.done(session.window)  # it lives, even if a picture of it is slow
        session.owner = self._windows.get(session.window)
        return self._shared.join(session)

    def happened(self, session: Session, event: protocol.Event) -> Iterable[Task]:
        """A page has emitted an event: for Python, or for other windows."""
        return self._emitter.pass_on(session, event)

    def changed(
        self, session: Session, change: protocol.Change, ops: Sequence[Mapping[str, Any]]
    ) -> Task:
        """A page wants to change the state."""
        return self._shared.change(session, change, ops)

    def resync(self, session: Session, scope: str) -> Task:
        """A page has seen a gap."""
        return self._shared.resync(session, scope)

    def watched(self, session: Session, watch: protocol.Watch) -> None:
        """A page waits for something at a place of the state."""
        self._shared.check_path(session, watch)

    def subscribed(self, name: str) -> None:
        """A page listens to events of a name."""
        self._emitter.check_spelling(name)

    def logged(self, session: Session, log: protocol.Log) -> None:
        """A page has written to the log."""
        said = not log.stack or log.message in log.stack  # Chromium's stacks begin with it
        text = (log.stack or log.message) if said else f"{log.message}\n{log.stack}"
        _page_log.log(_LEVELS.get(log.level, 20), "[%s] %s", session.label, text[:20_000])

    # --- what the engine brings ---------------------------------------------------------------

    def _accept(self, item: Incoming) -> Iterable[Task]:
        if isinstance(item, Frame):
            return self.dispatcher.accept(item.window, item.text, item.parts)
        if isinstance(item, AssetRequest):
            return self.load(item, self.engine)
        return self.happened_to(item)

    def load(self, wanted: AssetRequest, whom: Answered) -> Iterable[Task]:
        """Answer a request for an asset, if that window may have it."""
        window = self._windows.get(wanted.window)
        label = window.label if window else ""
        if not self.dispatcher.may_load(wanted.window, wanted.target):
            refusal = f"window {label!r} may not load assets; open it with allow=['assets']"
            whom.answer(wanted.request, 403, [], refusal.encode())
            return []
        loop, submit = self._parts.loop, self._workers.submit
        return [AssetTask(wanted, label, self._parts.assets, whom, loop=loop, submit=submit)]

    def happened_to(self, event: Happening) -> Iterable[Task]:
        """Take up an event of a window."""
        if event.kind == "answer":
            self._queries.answered(event.fields)
            return []
        if event.kind == "log":
            level = _LEVELS.get(event.fields.get("level", ""), 20)
            _log.log(level, "%s", event.fields.get("message"))
            return []
        if event.kind == "service":
            return self._parts.service(event.fields)
        if event.kind == "closing":
            return self._closing_tasks(event.window)
        if event.kind == "visit":
            self._visited(event.fields)
            return []
        if event.kind in ("gone", "renewed"):
            self.dispatcher.end_session(event.window)
            self._queries.give_up(event.window, "the page has gone")
            return []
        if event.kind in ("loaded", "failed", "crashed", "closed"):
            self._loading.done(event.window)
        with self._lock:
            window, guest = self._windows.get(event.window), event.window in self._guests
            if event.kind == "closed":
                closed = self._windows.pop(event.window, None)
                self._outlived.pop(closed.label if closed else "", None)
                self._guests.discard(event.window)
                self._closing.discard(event.window)
            last = not guest and not self._windows.keys() - self._guests
        if window is None:
            return []
        if event.kind == "loaded" and self._parts.functions:
            self._loading.loaded(window.id, window.label, str(event.fields.get("url")))
        if event.kind == "closed":
            self.dispatcher.close_window(event.window)
            self._shared.drop_window(event.window)
            self._queries.give_up(event.window, "the window has closed")
            self._recovery.forget(event.window)
        elif event.kind == "crashed":
            self.dispatcher.end_session(event.window)
            self._recovery.died(window, str(event.fields.get("reason")))
        elif event.kind in ("failed", "refused", "blank"):
            reason = str(event.fields.get("message") or event.fields.get("reason"))
            _log.warning("window %r: %s: %s", window.label, event.kind, reason)
            if event.kind != "refused":
                self._recovery.failed(window, event.kind, reason)
        seen = Event(event.kind, event.fields, window.label)
        done = self.engine.quit if event.kind == "closed" and last else None
        if event.kind == "external" and event.fields.get("gesture", True):
            done = partial(self._open_external, window, seen)
        return self._tell(window, seen, done)

    def _open_external(self, window: Window, event: Event) -> None:
        if not event.prevented:
            self._parts.external(window, str(event.data["url"]))
