"""Windows that stay blank are opened anew, in a process in which the processor draws them.

Where graphics fail, WebKit's page runs and its window shows nothing, or its process dies before the
page has loaded. What it draws with is decided once for a process, so the second try is in a second
one: the app goes on in this one, and its pages load again, as after a reload. What fails there too
is for the kit, which shows an error page. What helped is remembered: the next start of the app
opens its windows in such a process at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pytron.engine import Body, Capability, Engine, EngineOptions, Frame, Happening, Incoming
from pytron.engines.native.remembered import Remembered
from pytron.errors import EngineError
from pytron.platforms import app_origin

if TYPE_CHECKING:
    from pytron.engines.native.hosted import HostedEngine

_log = logging.getLogger(__name__)

#: Requests of the second engine are told from those of the first by this.
_APART: Final = 1 << 48
#: Services that leave something behind, which the second engine is told again.
_STANDING: Final = ("menu.set", "menu.update", "shortcuts.register", "clipboard.watch")


class RescuingEngine(Engine):
    """The native engine, with a second one for the case that the first shows nothing."""

    name: ClassVar[str] = "native"
    origin = app_origin()

    def __init__(self, first: Engine, remedy: Mapping[str, str]) -> None:
        """Watch over an engine.

        Args:
            first: the native engine, in this process or not.
            remedy: the environment in which the second is started.
        """
        self._first = first
        self._second: HostedEngine | None = None
        self._current = first
        self._remedy = remedy
        self._lock = Lock()
        self._quits = False
        self._tried = False
        #: How each window would be opened now, and what stands beside the windows.
        self._windows: dict[int, dict[str, Any]] = {}
        self._standing: dict[tuple[object, ...], Mapping[str, Any]] = {}
        self._alive: set[int] = set()

    @property
    def is_here(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the windows are this process's own now."""
        return self._current.is_here

    @property
    def facts(self) -> dict[str, Any]:
        """What the host says of itself, where it is a process of its own."""
        return getattr(self._current, "facts", {})

    # --- life ---------------------------------------------------------------------------------

    def begin(self, options: EngineOptions) -> None:
        """Begin what the first waits for."""
        self._first.begin(options)

    def start(self, options: EngineOptions) -> None:
        """Start the first, or at once the one that has helped before."""
        self._options = options
        self._memory = Remembered(options)
        remedy = {
            name: value for name, value in self._memory.remedy().items() if name in self._remedy
        }
        if remedy:
            engine = _hosted(remedy)
            try:
                engine.start(options)
            except EngineError as error:
                _log.warning("windows cannot be opened as the last time: %s", error)
                self._memory.forget()
            else:
                self._first = self._current = engine
                self._tried = True
                return
        self._first.start(options)

    def run(self) -> int:
        """Serve the windows of either until `quit`."""
        code = self._first.run()
        second = self._second
        # The loop of this process goes on without windows; that of a host ends with its host.
        if second is None or self._first.is_here or self._quits:
            return code
        return second.run()

    def quit(self, code: int = 0) -> None:
        """End both."""
        with self._lock:
            self._quits = True
            second = self._second
        if second is not None:
            second.quit(code)
        self._first.quit(code)

    def close(self) -> None:
        """Wait for the end of both."""
        if self._second is not None:
            self._second.close()
        self._first.close()

    def turn(self) -> None:
        """Carry out what was ordered before `run`."""
        self._first.turn()

    def resume(self) -> None:
        """Let the pages of living windows be heard."""
        self._current.resume()

    # --- down ---------------------------------------------------------------------------------

    def command(self, message: Mapping[str, object]) -> None:
        """Pass on a command, and remember what the second engine would have to know."""
        with self._lock:
            if self._second is None:
                self._note(message)
            self._current.command(message)

    def _note(self, message: Mapping[str, Any]) -> None:
        kind, window = message["kind"], message.get("window")
        if kind == "open":
            self._windows[message["window"]] = {**message, "options": dict(message["options"])}
        elif kind == "service":
            self._note_service(message)
        elif window not in self._windows:
            return
        elif kind == "set":
            changed = {
                key: value for key, value in message.items() if key not in ("kind", "window")
            }
            self._windows[window]["options"].update(changed)
        elif kind == "navigate":
            self._windows[window]["options"]["url"] = message["url"]

    def _note_service(self, message: Mapping[str, Any]) -> None:
        """Keep the last message about each thing, in the order of these last ones.

        An app that changes its menu all day must not fill the memory by it.
        """
        name, args = message["name"], message["args"]
        if name == "shortcuts.unregister":
            given_back = ("shortcuts.register", args.get("id"))
            for about in [about for about in self._standing if about[:2] == given_back]:
                del self._standing[about]
        elif name in _STANDING:
            # An update names only what changes: another with other fields does not replace it.
            about = (name, args.get("id"), message.get("window"), *sorted(args))
            self._standing.pop(about, None)
            self._standing[about] = message

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page."""
        return self._current.send(window, body, parts)

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        self._current.discard(window)

    def waiting(self, window: int) -> int:
        """Bytes queued for a page."""
        return self._current.waiting(window)

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes are queued for a page."""
        return self._current.drained(window, below, timeout_s)

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request of either."""
        if request >= _APART and self._second is not None:
            self._second.answer(request - _APART, status, headers, body)
        else:
            self._first.answer(request, status, headers, body)

    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""
        engine = self._current if not self._first.is_here else self._first
        engine.invoke(function)

    def can(self, feature: str) -> Capability:
        """What windows of this engine can do."""
        return self._current.can(feature)

    # --- up -----------------------------------------------------------------------------------

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for pages and windows; a blank one is seen to here."""
        engine = self._current
        items = engine.receive(timeout_s)
        if self._tried:
            for item in items:
                if isinstance(item, Happening):
                    self._learn(item)
        if engine is self._second:
            return [_of_second(item) for item in items]
        for item in items:
            if isinstance(item, Frame):
                self._alive.add(item.window)
            elif isinstance(item, Happening) and self._is_failure(item) and self._rescue(item):
                return [Happening("renewed", window, {}) for window in self._windows]
        return items

    def _is_failure(self, event: Happening) -> bool:
        if event.kind == "closed":
            self._windows.pop(event.window, None)
            self._alive.discard(event.window)
        elif event.kind == "loaded":
            self._alive.add(event.window)
        return event.kind == "blank" or (
            event.kind == "crashed" and event.window not in self._alive
        )

    def _learn(self, event: Happening) -> None:
        """See whether the remedy helps, with which the windows are open now."""
        if event.kind == "loaded" and self._second is not None:
            self._memory.keep(self._remedy)
        elif event.kind == "blank":
            self._memory.forget()

    def _rescue(self, event: Happening) -> bool:
        """Open all windows in a second engine; whether that was possible."""
        if self._tried:
            return False
        self._tried = True
        words = " ".join(f"{name}={value}" for name, value in self._remedy.items())
        second = _hosted(self._remedy)
        try:
            second.start(self._options)
        except EngineError as error:
            _log.warning("the windows cannot be opened anew with %s: %s", words, error)
            return False
        _log.warning(
            "window %d stays blank (%s); the windows are opened anew with %s. To begin so, set "
            "these variables; `pytron doctor` says what is known of this machine",
            event.window,
            event.fields.get("reason"),
            words,
        )
        with self._lock:
            if self._quits:
                second.close()
                return False
            self._move_to(second)
        return True

    def _move_to(self, second: HostedEngine) -> None:
        for message in self._standing.values():
            if message["name"] == "shortcuts.register":
                self._first.command({**message, "name": "shortcuts.unregister"})
        for window, message in self._windows.items():
            self._first.command({"kind": "close", "window": window})
            second.command(message)
        for message in self._standing.values():
            second.command(message)
        self._second = self._current = second
        if not self._first.is_here:
            self._first.quit()


def _hosted(remedy: Mapping[str, str]) -> HostedEngine:
    # Most starts need none of what a second process does: 16 ms of imports.
    from pytron.engines.native.hosted import HostedEngine

    return HostedEngine(remedy)


def _of_second(item: Incoming) -> Incoming:
    if isinstance(item, (Frame, Happening)):
        return item
    return item._replace(request=item.request + _APART)
