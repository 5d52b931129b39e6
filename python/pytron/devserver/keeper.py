"""The keeper: between the windows' process and the app's, which is started anew again and again.

Source: spec/view.md, section 7. To the host it is the kit, to each Python process it is the host.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pytron import link
from pytron.devserver.frames import HELLO, RESTART, fault
from pytron.devserver.hosting import WINDOWLESS, host_of
from pytron.devserver.sockets import Sockets
from pytron.engine import FIRST
from pytron.errors import EngineError, ProtocolError
from pytron.framing import Parcel, pack
from pytron.link import Channel, Child, Hub, Message, post
from pytron.linked import LinkedEngine

_log = logging.getLogger(__name__)

#: How long an app may take to end before it is started anew: its `on_stop` runs meanwhile.
END_TIMEOUT_S: Final = 1.5
#: Frames that wait for an app that is being started; more are forgotten, and pages begin anew.
_BUFFER_BYTES: Final = 64 << 20
_LOST: Final = 1


class Keeper:
    """Keeps windows alive while what serves them changes. All but `restart` is one thread's."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        output: Callable[[str], int | None] = lambda _: None,
        died: Callable[[Child], object] = lambda _: None,
        said: Callable[[Mapping[str, Any]], object] = lambda _: None,
        serves: Callable[[Mapping[str, Any]], object] = lambda _: None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """Describe what to start.

        Args:
            command: starts the app, which must run on an engine that is `LinkedEngine`.
            environment: its variables.
            output: gives the descriptor for what `app` and `window` write.
            died: given an app that has ended although nobody asked it to. Unless this calls
                `quit`, the windows stay, and `restart` starts the next one.
            said: given what a page wrote to its console.
            serves: told that an app takes calls, and later what its `serving` says, if it does.
            ended: told that an app has ended, whoever wanted it.
        """
        self._command = command
        self._environment = environment
        self._output = output
        self._died = died
        self._serving = serves
        self._ended = ended
        self._hub = Hub()
        self._app: Child | None = None
        self._host: Child | None = None
        self._engine: LinkedEngine | None = None  # has what the host shares with the apps
        self._ready: dict[str, Any] | None = None
        #: What engines said that cannot show windows here, by their names.
        self._refusals: dict[str, dict[str, Any]] = {}
        #: Windows whose page has not yet heard of the next app: what it says was for the last one.
        self._behind: set[int] = set()
        #: The app has been answered its `start`, and takes what comes.
        self._serves = False
        self._quits: int | None = None
        self._windows: dict[int, Any] = {}
        self._sockets = Sockets()
        #: The page was saved while no app could be told.
        self._is_page_new = False
        self._asked: dict[int, Parcel] = {}
        self._streaming: set[int] = set()
        self._frames: deque[Parcel] = deque()
        self._frames_bytes = 0
        self._fault: bytes | None = None
        self._ending_by: float | None = None
        self._orders: deque[Callable[[], object]] = deque()
        self._code: int | None = None
        #: What of an app's messages is for us.
        self._own: Mapping[str, Callable[[dict[str, Any]], object]] = {
            "start": self._welcome,
            "resume": lambda _: self._resume(),
            "serving": serves,
            "said": said,
            "quit": self._quitting,
        }

    # --- for other threads --------------------------------------------------------------------

    def order(self, function: Callable[[], object]) -> None:
        """Run a function on the keeper's thread soon."""
        self._orders.append(function)
        self._hub.ring()

    # --- on the keeper's thread ---------------------------------------------------------------

    def run(self) -> int:
        """Serve until the app quits, or `quit`; the exit code."""
        try:
            self.restart()
            while self._code is None:
                self._turn()
            return self._code
        finally:
            self._close()

    def quit(self, code: int) -> None:
        """End everything."""
        if self._code is None:
            self._code = code

    @property
    def has_windows(self) -> bool:
        """Whether any is open."""
        return bool(self._windows)

    def restart(self) -> None:
        """Start the app, once the one that runs has ended."""
        if self._app is None:
            self._start()
        elif self._ending_by is None:
            self._sockets.hold()
            post(self._app.channel, {"kind": "end"})
            self._ending_by = time.monotonic() + END_TIMEOUT_S

    def renew_page(self) -> None:
        """Let the app load its pages anew, or the next one if there is none."""
        self._is_page_new = self._app is None or not self._serves or self._ending_by is not None
        if self._app is not None and not self._is_page_new:
            post(self._app.channel, {"kind": "service", "name": "page.saved"})

    def show(self, message: str, trace: str) -> None:
        """Tell all pages why there is no app to answer them."""
        self._fault = fault(message, trace)
        for window in self._windows:
            self._tell(window, self._fault)

    def _turn(self) -> None:
        limit = None if self._ending_by is None else max(0.0, self._ending_by - time.monotonic())
        ready = self._hub.wait(limit)
        while self._orders:
            self._orders.popleft()()
        for channel in ready:
            if self._app is not None and channel is self._app.channel:
                self._read(channel, self._from_app, self._app_ended)
            elif self._host is not None and channel is self._host.channel:
                self._read(channel, self._from_host, self._host_ended)
        late = self._ending_by is not None and time.monotonic() >= self._ending_by
        if late and self._app is not None:
            self._app_ended()

    def _read(
        self,
        channel: Channel,
        take: Callable[[Message, Parcel], object],
        ended: Callable[[], object],
    ) -> None:
        try:
            parcels, more = channel.read()
            for parcel in parcels:
                take(link.opened(parcel), parcel)
        except ProtocolError as error:
            _log.error("%s", error)
            more = False
        if not more:
            ended()

    # --- the app ------------------------------------------------------------------------------

    def _start(self) -> None:
        environment = {**self._environment, FIRST: "" if self._ready else "1"}
        self._app = Child(
            self._command, environment, output=self._output("app"), ended=self._hub.ring
        )
        self._hub.add(self._app.channel)

    def _from_app(self, message: Message, parcel: Parcel) -> None:
        fields, kind = message.fields, message.kind
        own = self._own.get(kind)
        if own is not None:
            own(fields)
            return
        if kind == "open":
            self._windows[fields["window"]] = fields.get("kept")
        elif kind == "respond":
            self._asked.pop(fields["request"], None)
            if fields.get("stream"):
                self._streaming.add(fields["request"])
        elif kind == "chunk" and fields.get("end"):
            self._streaming.discard(fields["request"])
        if self._host is not None:
            self._host.channel.send(pack(parcel.text, parcel.parts))

    def _quitting(self, fields: dict[str, Any]) -> None:
        self._quits = fields["code"]  # also of one that fails: its exit code will tell

    def _welcome(self, start: dict[str, Any]) -> None:
        """Answer an app's `start`: the first one's by a host, the others' by what is known."""
        assert self._app is not None
        name = str(start["engine"])
        if name in self._refusals:  # so was an earlier app, which then tried its next engine
            post(self._app.channel, self._refusals[name])
            return
        if name == WINDOWLESS:
            self._ready = {"kind": "ready", "version": link.VERSION, "facts": {}}
        if self._ready is not None:
            self._greet()
        elif self._host is None:
            self._start_host(name, start)

    def _start_host(self, name: str, start: dict[str, Any]) -> None:
        try:
            self._engine, self._host = host_of(
                start, self._environment, self._output, self._hub.ring
            )
        except EngineError as error:
            self._refused(name, {"kind": "ready", "error": str(error), "code": error.code})
            return
        self._hub.add(self._host.channel)
        post(self._host.channel, {**start, **self._engine.details()})

    def _refused(self, name: str, fields: dict[str, Any]) -> None:
        """An engine cannot show windows here. The app may have another to try."""
        self._refusals[name] = fields
        if self._host is not None and self._engine is not None:
            self._hub.remove(self._host.channel)
            self._host.channel.close()
            self._host.end(END_TIMEOUT_S)
            self._engine.release()
            self._host = self._engine = None
        if self._app is not None:
            post(self._app.channel, fields)

    def _greet(self) -> None:
        """Give a new app the living windows."""
        assert self._app is not None
        windows = [{"window": number, "kept": kept} for number, kept in self._windows.items()]
        post(self._app.channel, {**(self._ready or {}), "windows": windows})
        if not windows:
            self._resume()

    def _resume(self) -> None:
        """Give the app what waited for it."""
        assert self._app is not None
        app = self._app.channel
        self._fault = None
        self._serve(app)
        for parcel in [*self._frames, *self._asked.values()]:
            app.send(pack(parcel.text, parcel.parts))
        self._forget_frames()
        if self._is_page_new:
            self.renew_page()

    def _serve(self, app: Channel) -> None:
        self._serves = True
        self._serving({})
        if self._ending_by is None:
            self._sockets.serve(app)

    def _app_ended(self) -> None:
        """The app's process has ended, or takes too long to."""
        app, self._app = self._app, None
        if app is None:
            return
        self._serves = False
        self._sockets.hold()
        self._ended()
        # Its link has ended, and it may still be writing what it keeps.
        wanted = self._ending_by is not None
        app.end(max(0.05, (self._ending_by or time.monotonic() + END_TIMEOUT_S) - time.monotonic()))
        self._ending_by = None
        app.channel.close()
        if self._host is not None:
            for request in self._streaming:  # a page must not take half a body for a whole one
                chunk = {"kind": "chunk", "request": request, "end": True, "failed": True}
                post(self._host.channel, chunk)
        self._streaming.clear()
        self._forget_frames()
        for window in self._windows:
            if window not in self._sockets:  # those see by themselves that it has ended
                self._begin_anew(window)
        if wanted:
            self._quits = None
            self._start()
        elif self._quits == app.code or app.code == 0:
            self.quit(app.code or 0)
        else:
            self._died(app)

    def _forget_frames(self) -> None:
        self._frames.clear()
        self._frames_bytes = 0

    # --- the windows --------------------------------------------------------------------------

    def _from_host(self, message: Message, parcel: Parcel) -> None:
        fields, kind = message.fields, message.kind
        app = self._app.channel if self._app is not None and self._serves else None
        if kind == "ready" and "error" in fields:
            assert self._engine is not None
            self._refused(self._engine.name, fields)
        elif kind == "ready":
            assert self._engine is not None
            facts: dict[str, Any] = {**(fields.get("facts") or {}), **self._engine.details()}
            self._ready = fields = {**fields, "facts": facts}
            if self._app is not None:
                post(self._app.channel, fields)
                self._serve(self._app.channel)
        elif kind == "port":
            self._take_socket(fields["window"])
        elif kind == "closing" and self._app is None:
            assert self._host is not None
            post(self._host.channel, {"kind": "close", "window": fields["window"]})
        elif kind == "frame" and self._is_late(fields["window"], parcel):
            pass
        elif kind == "frame" and app is None:
            self._keep_frame(parcel)
        else:
            if kind == "closed":
                self._closed(fields["window"])
            elif kind == "asset":
                self._asked[fields["request"]] = parcel
            if self._app is not None and (self._serves or kind != "asset"):
                self._app.channel.send(pack(parcel.text, parcel.parts))

    def _take_socket(self, window: int) -> None:
        assert self._host is not None
        self._sockets.take(window, self._host.channel.descriptors.popleft())
        if self._fault is not None:
            self._sockets.tell(window, self._fault)

    def _keep_frame(self, parcel: Parcel) -> None:
        self._frames_bytes += len(parcel.text) + sum(len(part) for part in parcel.parts)
        self._frames.append(parcel)
        if self._frames_bytes > _BUFFER_BYTES:
            self._forget_frames()
            for window in self._windows:
                if window not in self._sockets:
                    self._begin_anew(window)

    def _begin_anew(self, window: int) -> None:
        self._behind.add(window)
        self._tell(window, RESTART)

    def _is_late(self, window: int, parcel: Parcel) -> bool:
        """Whether a frame was meant for an app that has ended."""
        head = bytes(parcel.parts[0][: len(HELLO)]) if parcel.parts else b""
        if head == HELLO:
            self._behind.discard(window)
        return window in self._behind

    def _closed(self, window: int) -> None:
        self._windows.pop(window, None)
        self._behind.discard(window)
        self._sockets.drop(window)
        if not self._windows and self._app is None:
            self.quit(0)

    def _tell(self, window: int, text: bytes) -> None:
        """Send a page a frame past the app."""
        if window in self._sockets:
            self._sockets.tell(window, text)
        elif self._host is not None:
            post(self._host.channel, {"kind": "frame", "window": window}, [text])

    def _host_ended(self) -> None:
        host, self._host = self._host, None
        if host is None or self._code is not None:
            return
        host.wait(END_TIMEOUT_S)
        if self._ready is not None:
            _log.error("the windows have gone (%s), and the app ends", host.fate())
        self.quit(_LOST)

    def _close(self) -> None:
        for child, last in (
            (self._app, {"kind": "end"}),
            (self._host, {"kind": "quit", "code": self._code or 0}),
        ):
            if child is not None:
                post(child.channel, last)
                child.end(END_TIMEOUT_S)
                child.channel.close()
        self._sockets.close()
        self._hub.close()
        if self._engine is not None:
            self._engine.release()
