"""The server engine: the app's windows are tabs of browsers."""

from __future__ import annotations

import logging
import queue
import selectors
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from threading import Event, Thread, current_thread, main_thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from pytron import protocol
from pytron.engine import Body, Capability, Engine, EngineOptions, Happening, Incoming
from pytron.errors import EngineError
from pytron.hub import Hub, LocalHub
from pytron.server.incoming import take_all
from pytron.server.lines import Lines
from pytron.server.listening import check_certificate, check_packages, listen
from pytron.server.metrics import Metrics
from pytron.server.options import ServerOptions, bracketed, origin_of
from pytron.server.pairing import Pairing, load_key

if TYPE_CHECKING:
    from pytron.server.process import Process

_log = logging.getLogger(__name__)

#: It takes a second; a machine may be busy.
_STARTED_S = 60.0
#: Waits are cut into pieces of this length: on Windows a lock can't be interrupted by Ctrl-C.
_TURN_S = 1.0
_COMMANDS = ("title", "navigate", "reload", "close", "status", "bounds", "url")
_FEATURES = frozenset({"window", *(f"window.{name}" for name in _COMMANDS)})


class ServerEngine(Engine):
    """Windows in browsers, over HTTP and WebSocket (Starlette, uvicorn).

    On its own it is an engine like the others: `PYTRON_ENGINE=server python app.py`. With
    `remote=True` in its options it is what `pytron serve` runs. `pytron.development.joined` puts
    it beside another engine.
    """

    name = "server"

    def __init__(
        self,
        options: ServerOptions | None = None,
        *,
        hub: Hub | None = None,
        guests: bool | None = None,
        on_demand: bool = False,
    ) -> None:
        """Describe a server; nothing listens before `start`.

        Args:
            options: by default from the environment, PYTRON_SERVER_….
            hub: what is shared with other processes; by default that of the options.
            guests: tabs are guests, and no windows that the app lives on for; by default in a
                remote deployment.
            on_demand: listen, but load the server only when the first connection comes: that
                takes a fifth of a second, which a restart in development should not wait for.
        """
        self.options = options or ServerOptions.of()
        self.metrics = Metrics()
        self.hub = hub or self.options.shared_hub()
        self.origin = ""
        self._guests = self.options.remote if guests is None else guests
        self.first_window = not self._guests
        self._incoming: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self._served = Event()
        self._on_demand = on_demand
        self._main: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._ended = Event()
        self._code = 0
        self._process: Process | None = None
        self._refused: set[str] = set()

    # --- life ---------------------------------------------------------------------------------

    def start(self, options: EngineOptions) -> None:
        """Begin to listen.

        Raises:
            EngineError: the extra is not installed, the port is taken, or the certificate unfit.
        """
        check_packages()
        if self.options.tls_cert:
            check_certificate(self.options.tls_cert, self.options.tls_key)
        listener = listen(self.options.host, self.options.port)
        port = listener.getsockname()[1]
        self.port = port
        self.origin = (
            origin_of(self.options.url)
            if self.options.url
            else origin_of(f"{self.options.scheme}://{bracketed(self.options.host)}:{port}")
        )
        file = self.options.key_file
        if not file and options.data_folder and not self.options.remote:
            file = f"{options.data_folder}/server.key"
        self._pairing = Pairing(load_key(file), self.hub or LocalHub())
        self._lines = Lines(
            self.options,
            self.metrics,
            guests=self._guests,
            deliver=self._deliver,
            post=self._post,
            hub=self.hub,
        )
        if self._on_demand:
            serve = partial(self._serve_when_asked, listener, port)
            Thread(target=serve, name="pytron-server", daemon=True).start()
        else:
            self._serve(listener, port)
        # Whoever comes through a proxy of development need not pair.
        if self._guests and not self.options.proxy_token:
            self._announce_next()

    def _serve_when_asked(self, listener: socket.socket, port: int) -> None:
        """Load the server when somebody connects, who waits in the listener's queue meanwhile."""
        with selectors.DefaultSelector() as asked:
            asked.register(listener, selectors.EVENT_READ)
            asked.select()
        if self._ended.is_set():
            listener.close()
            return
        try:
            self._serve(listener, port)
        except EngineError:
            _log.exception("browsers cannot be served")

    def _serve(self, listener: socket.socket, port: int) -> None:
        from pytron.server.process import Process  # heavy

        process = self._process = Process(
            self.options, listener, port,
            pairing=self._pairing, lines=self._lines, metrics=self.metrics,
            deliver=self._deliver, paired=self._pairing_used,
        )  # fmt: skip
        began = Event()
        self._thread = Thread(target=process.run, args=(began,), name="pytron-server", daemon=True)
        self._thread.start()
        if not began.wait(_STARTED_S):
            process.stop()
            raise EngineError(f"the server did not start within {_STARTED_S:g} s; try again")
        if process.failure is not None:
            raise EngineError(f"the server did not start: {process.failure}")
        self._served.set()
        if self._ended.is_set():
            process.stop()

    def run(self) -> int:
        """Do what is for the main thread, until `quit`; 130 when Ctrl-C ended it."""
        before: Any = None
        if current_thread() is main_thread():
            before = signal.signal(signal.SIGTERM, self._on_sigterm)
        try:
            while not self._ended.is_set():
                try:
                    function = self._main.get(timeout=_TURN_S)
                except queue.Empty:
                    continue
                if function is not None:
                    function()
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        finally:
            if before is not None:
                signal.signal(signal.SIGTERM, before)
        return self._code

    def _on_sigterm(self, *_: object) -> None:
        self._main.put(self._drain)

    def _drain(self) -> None:
        """End once what is under way has been answered, or after a while."""
        process = self._process
        if process is None or process.site.draining:
            self.quit(self._code)  # nobody has come yet, or asked a second time
            return
        process.site.draining = True
        Thread(target=self._wait_and_quit, name="pytron-drain", daemon=True).start()

    def _wait_and_quit(self) -> None:
        deadline = monotonic() + self.options.drain_s
        while self.pending() and monotonic() < deadline and not self._ended.wait(0.05):
            pass
        self.quit()

    def quit(self, code: int = 0) -> None:
        """End `run`, and every connection."""
        if not self._ended.is_set():
            self._code = code
            self._ended.set()
        self._main.put(None)
        self._deliver(None)
        self._served.set()
        if self._process is not None:
            self._process.stop()
        elif self._on_demand and self.origin:  # what waits for the first connection gets one
            with suppress(OSError):
                socket.create_connection((self.options.host, self.port), 1.0).close()

    def close(self) -> None:
        """Hear no more of other processes."""
        if self.hub is not None:
            self._lines.end()

    # --- windows ------------------------------------------------------------------------------

    def command(self, message: Mapping[str, object]) -> None:
        """Do what a window is told, as far as a tab can."""
        kind: Any = message["kind"]
        window: Any = message.get("window")
        if kind == "service":
            reason = f"a tab of a browser has no {message['name']}; use the native engine"
            refused = {"id": message["id"], "error": reason, "code": "unsupported"}
            self._deliver(Happening("answer", 0, refused))
            return
        if kind == "open":
            self._open(window, message["options"])
            return
        line = self._lines.find(window)
        if kind == "query":
            self._query(line, message)
        elif line is None:
            return
        elif kind == "close":
            self._tell(line, "close")
            self._lines.close(window)
            self._post(lambda: line.connection and line.connection.close(4004))
        elif kind == "set":
            self._set(line, message)
        elif kind == "navigate":
            line.page = self._path(str(message["url"]))
            self._tell(line, "navigate", line.page)
        elif kind in ("reload", "focus"):
            self._tell(line, kind)

    def _set(self, line: Any, message: Mapping[str, object]) -> None:
        if "title" in message:
            line.title = str(message["title"])
            self._tell(line, "title", line.title)
        for name in message.keys() - {"kind", "window", "title"} - self._refused:
            self._refused.add(name)  # once is enough: a page may ask at each click
            _log.warning("a tab of a browser has no %s, so nothing was done", name)

    def _open(self, window: int, options: Any) -> None:
        if self._guests and "visit" not in options:
            reason = "sessions of a server open their own windows, in their browser: window.open"
            self._deliver(Happening("failed", window, {"message": reason}))
            self._deliver(Happening("closed", window, {}))
            return
        page = self._path(str(options.get("url") or "/"))
        line = self._lines.open(window, options, page)
        line.title = options.get("title")
        self._deliver(Happening("opened", window, {}))
        if "visit" not in options:
            self._announce(window)

    def _path(self, url: str) -> str:
        return url.removeprefix(self.origin) or "/"

    def _tell(self, line: Any, what: str, value: str | None = None) -> None:
        message = {"kind": "command", "do": what, **({} if value is None else {"value": value})}
        self._post(lambda: line.connection and line.connection.command(message))

    def _query(self, line: Any, message: Mapping[str, object]) -> None:
        what = message["what"]
        if what in ("bounds", "state", "url") and line is not None and line.connection is not None:
            asked = {"kind": "query", "id": message["id"], "what": what}
            self._post(lambda: line.connection and line.connection.command(asked))
            return
        reason = (
            f"the server engine has no {what}; use the native engine"
            if what not in ("bounds", "state", "url")
            else "no tab shows this window now; open the address that the app printed"
        )
        self._deliver(Happening("answer", 0, {"id": message["id"], "error": reason}))

    # --- frames -------------------------------------------------------------------------------

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page. A remote page that does not read loses its session."""
        line = self._lines.find(window)
        if line is None:
            return -1
        waiting = line.put(body, parts)
        if waiting > protocol.QUEUE_BYTES and line.is_hopeless():
            self._lines.give_up(line)
            return 0
        return min(waiting, protocol.QUEUE_BYTES) if line.remote else waiting

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        line = self._lines.find(window)
        if line is not None:
            line.discard()

    def waiting(self, window: int) -> int:
        """Bytes that the page has not confirmed; of a remote one no more than may wait."""
        line = self._lines.find(window)
        if line is None:
            return -1
        return min(line.waiting(), protocol.QUEUE_BYTES) if line.remote else line.waiting()

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until a page has confirmed; nobody waits for a remote one."""
        line = self._lines.find(window)
        return line is None or line.remote or line.drained(below, timeout_s)

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for what tabs sent, and serve them meanwhile."""
        deadline = None if timeout_s is None else monotonic() + timeout_s
        while True:
            items = take_all(self._incoming, self._ended, 0)
            if items or self._ended.is_set():
                return items
            left_s = None if deadline is None else deadline - monotonic()
            if left_s is not None and left_s <= 0:
                return []
            self._serve_for(left_s)

    def _serve_for(self, timeout_s: float | None) -> None:
        """Run the server's loop until something has come; wait until it is there."""
        if not self._served.is_set():
            self._served.wait(timeout_s)
        elif self._process is not None and self._process.turns is not None:
            self._process.turns.run(timeout_s)

    def _deliver(self, item: Incoming | None) -> None:
        self._incoming.put(item)
        if self._process is not None and self._process.turns is not None:
            self._process.turns.wake()

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request."""
        if self._process is not None:
            self._process.exchange.answer(request, status, headers, body)

    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""
        self._main.put(function)

    def can(self, feature: str) -> Capability:
        """What a tab of a browser can do."""
        if feature in _FEATURES:
            return Capability(True, "the tab tells")
        return Capability(False, f"a tab of a browser has no {feature}")

    def _post(self, function: Callable[[], object]) -> None:
        """Run a function on the server's loop soon."""
        if self._process is not None and self._process.turns is not None:
            self._process.turns.post(function)

    # --- pairing ------------------------------------------------------------------------------

    def pairing_url(self, window: int = 0) -> str:
        """An address that pairs one browser, once, and shows it a window (0: a new one)."""
        return f"{self.origin}/_pytron/pair#{self._pairing.mint(window)}"

    def _pairing_used(self, good: bool) -> None:
        """An address was used; there has to be another for further browsers, or after a bad one."""
        if self.options.pairing and (self._guests or not good):
            self._announce_next()

    def _announce_next(self) -> None:
        if self._ended.is_set():
            return
        if self.options.pairing:
            _say(f"open this address once to pair a browser: {self.pairing_url()}")
        else:
            _say(f"everyone may open {self.origin}/")

    def _announce(self, window: int) -> None:
        """Show a window of the app to whoever sits before it."""
        address = self.pairing_url(window)
        _say(f"open this address once: {address}")
        wanted = self.options.browser
        if wanted if wanted is not None else sys.stderr is not None and sys.stderr.isatty():
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _say(line: str) -> None:
    """Speak to whoever started the app: there is no window that could."""
    if sys.stderr is not None:
        sys.stderr.write(f"pytron: {line}\n")
        sys.stderr.flush()
