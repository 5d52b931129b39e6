"""The desk that services work at: how they reach the running app, ask, hear and wait."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from threading import Lock, RLock, Thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError, PytronError
from pytron.events import Event
from pytron.services.here import PROVIDERS

if TYPE_CHECKING:
    from pytron.dispatcher.workers import Task
    from pytron.runtime.runtime import Runtime
    from pytron.services import Services
    from pytron.services.service import Provider, Service
    from pytron.window import Window

R = TypeVar("R")
T = TypeVar("T", bound="Service")
Listener = Callable[[Mapping[str, Any]], object]
_log = logging.getLogger(__name__)

#: What is not up to the user is answered in this time, or never.
DEADLINE_S = 10.0
#: Methods and options of `Window` → what an engine is asked.
WINDOW_ASKS = {"carry": "files", "clear_data": "clear", "x": "move", "y": "move"}


class Desk:
    """One for each run of an app. Any thread may use it."""

    def __init__(self, app: Services) -> None:
        self.app = app
        self._lock = RLock()  # a service may need another
        self._services: dict[type[Any], Service] = {}
        self._providers: dict[str, Provider | None] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._untold: deque[tuple[str, Mapping[str, Any]]] = deque()
        #: What happened before the app ran: whoever told us does not wait for it.
        self._early: list[tuple[str, Mapping[str, Any]]] | None = []
        self._telling = Lock()
        self._closed = False

    # --- who is here ----------------------------------------------------------------------------

    def service(self, kind: type[T]) -> T:
        """The one service of a class; made at first use."""
        with self._lock:
            found = self._services.get(kind)
            if found is None:
                found = self._services[kind] = kind(self)
        return cast("T", found)

    def provider(self, service: str) -> Provider | None:
        """Who does this service here without the window host; None when nobody does."""
        with self._lock:
            if service not in self._providers:
                place = PROVIDERS.get(service)
                made: Provider | None = None
                if place is not None:
                    module, _, name = place.rpartition(".")
                    made = getattr(import_module(module), name)(self)
                self._providers[service] = made
            return self._providers[service]

    def runtime(self, what: str) -> Runtime:
        """The running app.

        Raises:
            ConfigError: it does not run.
        """
        return self.app.now(what)

    def label(self, number: object) -> str | None:
        """The label of the open window that hosts know by this number."""
        windows = self.runtime("windows").windows
        return next((window.label for window in windows if window.id == number), None)

    def shown(self, what: str, window: Window | None) -> Window:
        """The window that was named, else the first one.

        Raises:
            CallError: `closed`: none is open.
        """
        windows = [window] if window is not None else self.runtime(what).windows
        if not windows:
            raise CallError(
                f"{what} needs a window, and none is open; open one with app.open_window first",
                code="closed",
            )
        return windows[0]

    def close(self) -> None:
        """The app ends: whoever holds something gives it back."""
        with self._lock:
            self._closed = True
            ending = [*self._services.values(), *filter(None, self._providers.values())]
        for one in ending:
            try:
                one.close()
            except Exception:  # noqa: BLE001 - one that fails must not keep the others
                _log.exception("%s did not end well", type(one).__name__)

    # --- asking ---------------------------------------------------------------------------------

    def can(self, feature: str) -> Capability:
        """Whether something works on this machine now: a service's method, or a host's feature."""
        name, dot, method = feature.partition(".")
        provider = self.provider(name)
        said = provider.can(feature) if provider is not None else None
        if name in SERVICES:
            kind = SERVICES.find(name)
            if said is None:
                said = self.service(kind).can(feature)
            feature = f"{kind.wire or name}{dot}{kind.asks.get(method, method)}"
        elif name == "window":
            feature = f"{name}{dot}{WINDOW_ASKS.get(method, method)}"
        return self.runtime("can").engine.can(feature) if said is None else said

    def ask(
        self,
        name: str,
        window: Window | None,
        args: Mapping[str, object],
        *,
        patient: bool = False,
    ) -> Answer[Any]:
        """Ask the platform's provider or the window host. `patient`: it is up to the user."""
        number = None if window is None else window.id
        given = {key: value for key, value in args.items() if value is not None}
        provider = self.provider(name.partition(".")[0])
        if provider is not None:
            answer = provider.ask(name, number, given)
            if answer is not None:
                return answer
        runtime = self.runtime(name)
        possible = runtime.engine.can(name)
        if not possible:
            return Answer.failed(name, CallError(possible.reason, code="unsupported"))
        return runtime.ask(name, number, given, None if patient else DEADLINE_S)

    def run(self, what: str, work: Callable[[], R], *, timeout_s: float = DEADLINE_S) -> Answer[R]:
        """Do on a thread of its own what may take a while: it gets this long."""
        answer: Answer[R] = Answer(what)

        def target() -> None:
            try:
                answer.settle(work())
            except PytronError as error:
                answer.fail(error)
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                answer.fail(CallError(f"{what} failed: {error}", code="unsupported"))

        Thread(target=target, name=f"pytron-{what}", daemon=True).start()
        answer.expire(timeout_s)
        return answer

    # --- hearing --------------------------------------------------------------------------------

    def hear(self, name: str, listener: Listener) -> None:
        """Call this when something of this name happens; before the app's handlers hear of it."""
        with self._lock:
            self._listeners.setdefault(name, []).append(listener)

    def happened(self, fields: Mapping[str, Any]) -> Iterable[Task]:
        """The window host reports something."""
        name = str(fields.get("name"))
        first = name.partition(".")[0]
        service = _EVENTS_OF.get(first, first)
        if service in SERVICES:
            self.service(SERVICES.find(service))  # it must be there to hear of it
        data = {key: value for key, value in fields.items() if key not in ("kind", "name")}
        return [self._later(name, data)]

    def begin(self) -> None:
        """The app runs: it is told what happened while it started."""
        with self._lock:
            early, self._early = self._early, None
        for name, data in early or ():
            self.tell_soon(name, data)

    def tell_soon(self, name: str, data: Mapping[str, Any]) -> None:
        """Something happened, and this thread has other things to do."""
        with self._lock:
            if self._early is not None:
                self._early.append((name, data))
                return
        self.runtime(name).submit(self._later(name, data))

    def _later(self, name: str, data: Mapping[str, Any]) -> Task:
        self._untold.append((name, data))
        return _Telling(self._tell_next)

    def _tell_next(self) -> None:
        """Several workers do this at once, and what happened first must be told first."""
        with self._telling:
            self.tell(*self._untold.popleft())

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Something happened: services listen, then the app and its pages."""
        with self._lock:
            listeners = list(self._listeners.get(name, ()))
            if self._closed:
                return
        quiet = False
        for listener in listeners:
            quiet = listener(data) is False or quiet
        if not quiet:
            self.emit(name, data)

    def emit(self, name: str, data: Mapping[str, Any]) -> None:
        """Tell the app's handlers and its pages."""
        try:
            self.app.emit(name, dict(data))
        except PytronError as error:
            _log.warning("the event %r was not told: %s", name, error)

    def call(self, handler: Callable[..., Any], name: str, data: Any) -> None:
        """Call a handler of the app's with an event, where such handlers run."""
        self.runtime(name).deliver(handler, Event(name, data))


class _Telling:
    """Something that happened, as a task for a worker."""

    in_order = False
    takes_place = False

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def run(self) -> None:
        self._tell()


class _Catalogue:
    """The services by their names; each is imported when it is asked for."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes

    def __contains__(self, name: str) -> bool:
        return name in self._classes

    def names(self) -> list[str]:
        """All of them."""
        return list(self._classes)

    def find(self, name: str) -> type[Service]:
        """The class of a service."""
        module, _, kind = self._classes[name].rpartition(".")
        place = import_module(f"pytron.services.{module or name}")
        found: type[Service] = getattr(place, kind)
        return found


#: Name, which is its module if none stands there → class.
SERVICES = _Catalogue(
    {
        "autostart": "Autostart",
        "badge": "Badge",
        "clipboard": "Clipboard",
        "dialogs": "Dialogs",
        "downloads": "Downloads",
        "drops": "Drops",
        "folders": "Folders",
        "instance": "Instance",
        "links": "Links",
        "menus": "Menus",
        "notifications": "Notifications",
        "opener": "Opener",
        "secrets": "Secrets",
        "shortcuts": "Shortcuts",
        "system": "System",
        "tray": "Tray",
        "windows": "frames.Windows",
    }
)
#: Events whose names begin otherwise than their service.
_EVENTS_OF = {"menu": "menus", "download": "downloads", "drop": "drops"}
