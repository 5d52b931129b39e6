"""The native engine: windows of the system's own web view, in this process (`pytron-native`)."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from pytron import ahead, codec
from pytron.engine import (
    AssetRequest,
    Body,
    Capability,
    Engine,
    EngineOptions,
    FileBody,
    Frame,
    Happening,
    Incoming,
)
from pytron.engines.native.features import able
from pytron.errors import EngineError
from pytron.platforms import app_origin, native_remedy

if TYPE_CHECKING:
    from pytron_native import Host


def host_facts() -> dict[str, str | bool]:
    """The web view's version and what is known of this machine; opens no display.

    Raises:
        EngineError: the native host is not installed, or cannot be loaded.
    """
    try:
        import pytron_native
    except ImportError as error:
        raise EngineError(native_remedy(error)) from error
    return {"host": pytron_native.__version__, **pytron_native.facts()}


class NativeEngine(Engine):
    """Windows through tao and wry: WebKitGTK, WKWebView or WebView2."""

    name: ClassVar[str] = "native"
    origin = app_origin()
    is_here = True

    def __init__(self) -> None:
        self._host: Host | None = None

    def begin(self, options: EngineOptions) -> None:  # noqa: ARG002 - it is the same for all
        """Begin to load the system's web view."""
        ahead.begin()

    def start(self, options: EngineOptions) -> None:
        """Load the system's web view and start its process.

        Raises:
            EngineError: the web view or a display is missing; the message says what to install.
        """
        ahead.finish()  # an import that waits for the linker would let no other thread run
        try:
            import pytron_native
        except ImportError as error:
            raise EngineError(native_remedy(error)) from error
        try:
            self._host = pytron_native.Host(
                app_id=options.app_id,
                name=options.name,
                data_folder=options.data_folder,
                dev=options.dev,
            )
            self._host.prewarm()
        except pytron_native.HostError as error:
            raise EngineError(str(error), code=error.code) from error
        # Last: what it imports is imported beside all this.
        codec.accelerate(pytron_native.plain_json, pytron_native.is_deeper)

    @property
    def host(self) -> Host:
        """The host, once started."""
        if self._host is None:
            raise EngineError("the native engine has not been started")
        return self._host

    def turn(self) -> None:
        """Carry out what was ordered before `run`, and draw it."""
        self.host.turn()

    def run(self) -> int:
        """Turn the event loop; 130 when Ctrl-C ended it."""
        with _wakeups() as descriptor:
            try:
                return self.host.run(descriptor)
            except KeyboardInterrupt:
                return 128 + signal.SIGINT

    def quit(self, code: int = 0) -> None:
        """End `run`."""
        if self._host is not None:
            self._host.quit(code)

    def command(self, message: Mapping[str, object]) -> None:
        """Pass on a command."""
        self.host.command(codec.encode_plain(message))

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page."""
        return self.host.send(window, body, parts)

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        self.host.discard(window)

    def waiting(self, window: int) -> int:
        """Bytes queued for a page."""
        return self.host.waiting(window)

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes are queued for a page."""
        return self.host.drained(window, below, timeout_s)

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for pages and windows."""
        return [_incoming(item) for item in self.host.receive(timeout_s)]

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request; an iterator is streamed from this thread."""
        if isinstance(body, FileBody):
            self.host.answer_file(request, status, headers, body.path, body.offset, body.length)
        elif isinstance(body, Iterator):
            self._stream(request, status, headers, body)
        elif isinstance(body, AsyncIterator):
            raise EngineError("the kit reads asynchronous bodies before it answers")
        else:
            self.host.answer(request, status, headers, body)

    def _stream(
        self,
        request: int,
        status: int,
        headers: Sequence[tuple[str, str]],
        body: Iterator[bytes],
    ) -> None:
        import pytron_native

        length = next((int(v) for k, v in headers if k.lower() == "content-length"), -1)
        try:
            descriptor = self.host.answer_stream(request, status, headers, length)
        except pytron_native.HostError:
            self.host.answer(request, status, headers, b"".join(body))
            return
        try:
            with open(descriptor, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
                for piece in body:
                    view = memoryview(piece)
                    while view.nbytes:
                        view = view[pipe.write(view) or 0 :]
        except BrokenPipeError:
            pass  # the page has gone or does not want the rest
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""
        self.host.invoke(function)

    def can(self, feature: str) -> Capability:
        """What windows of this engine can do."""
        return Capability(*able(feature))


def _incoming(item: Any) -> Incoming:
    kind = item[0]
    if kind == "frame":
        return Frame(item[1], item[2], [memoryview(part) for part in item[3]])
    if kind == "asset":
        return AssetRequest(*item[1:])
    fields = codec.decode(item[1])
    return Happening(fields["kind"], fields.get("window", 0), fields)


@contextmanager
def _wakeups() -> Generator[int]:
    """A descriptor that becomes readable when a signal arrives, for the event loop to watch."""
    import socket  # only now: until the web view is there, modules of C wait for the linker

    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    previous = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield reader.fileno()
    finally:
        signal.set_wakeup_fd(previous)
        reader.close()
        writer.close()
