"""The native window host: tao's event loop, wry's views, and the page's transport."""

from collections.abc import Callable, Sequence
from typing import Literal, final

from typing_extensions import Self  # in a stub it is always there

__version__: str

class HostError(Exception):
    """The host could not do it; the message has the remedy. Source: spec/ipc.md, section 8."""

    code: str

# What `receive` gives, in the order it happened.
Frame = tuple[Literal["frame"], int, bytes, list[bytes]]  # window, JSON without its head, parts
Event = tuple[Literal["event"], bytes]  # JSON, spec/view.md section 2
Port = tuple[Literal["port"], int, int]  # window, the kit's end of its page's socket
Request = tuple[
    Literal["asset"], int, int, str, str, dict[str, str]
]  # request, window, method, path?query, headers

@final
class Host:
    """The windows of this process.

    Create and run it on the main thread; the rest is for any thread.
    """

    def __new__(
        cls,
        *,
        app_id: str,
        name: str,
        data_folder: str | None = None,  # None: nothing is kept
        dev: bool = False,
        hand_over: bool = False,  # give pages' sockets away: `Port` below
    ) -> Self: ...
    def prewarm(self) -> None:
        """Start the web process for the first window now. Main thread, before `run`. Optional."""
    def turn(self) -> None:
        """Carry out what was ordered, and let it be drawn. Main thread, before `run`. Optional."""
    def run(self, wakeup_fd: int = ...) -> int:
        """Turn the event loop until `quit`; the exit code. May be called again afterwards.

        When `wakeup_fd` (signal.set_wakeup_fd; default: none) becomes readable, Python's signal
        handlers run on this thread; what they raise is raised from here.
        """
    def quit(self, code: int = 0) -> None:
        """End `run`; all windows close and `receive` gives what is left, then empty lists."""
    def command(self, message: bytes) -> None:
        """One command of spec/view.md section 1. Raises HostError for malformed ones."""
    def send(self, window: int, body: bytes, parts: Sequence[object] = ...) -> int:
        """Queue comma-joined messages for the window's page; the number of bytes now waiting.

        With `parts` (bytes-like) the body becomes a frame of its own. An unknown window is ignored
        and gives -1: it may just have closed.
        """
    def waiting(self, window: int) -> int:
        """Bytes queued for the page and not yet read by it; -1 for an unknown window."""
    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes are queued for the page, or it has gone; False at the time-out.

        With the GIL released; not for the main thread, which may have to make the room.
        """
    def discard(self, window: int) -> None:
        """Forget what is queued for the window's page: its session has ended."""
    def receive(self, timeout_s: float | None = None) -> list[Frame | Event | Request | Port]:
        """Wait for what pages and windows sent, with the GIL released; all that is there.

        Several threads may wait; each item is given to one of them. Empty after `quit` or at the
        time-out.
        """
    def answer(
        self,
        request: int,
        status: int,
        headers: Sequence[tuple[str, str]],
        body: object = None,  # bytes-like, kept alive and not copied
    ) -> None:
        """Answer an asset request. Unknown requests (the page has gone) are ignored."""
    def answer_file(
        self,
        request: int,
        status: int,
        headers: Sequence[tuple[str, str]],
        path: str,
        offset: int,
        length: int,
    ) -> None:
        """Answer an asset request with a slice of a file."""
    def answer_stream(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], length: int = ...
    ) -> int:
        """Answer with a stream: a file descriptor to write to and close; EPIPE when the page left.

        `length` is the whole body's, by default unknown.

        Platforms: Linux and macOS. On Windows the host raises HostError `unsupported` and the kit
        sends the whole body.
        """
    def invoke(self, function: Callable[[], object]) -> None:
        """Run a Python function on the main thread soon. What it raises is logged."""

def can(feature: str) -> tuple[bool, str] | None:
    """Whether a service works on this machine, and why; None for a name that is none."""

def facts() -> dict[str, str | bool]:
    """Engine version and the hazards found on this machine: never opens a display."""

def hide_splash() -> None:
    """Take away what `show_splash` has shown, if it is still there. Main thread."""

def is_deeper(text: bytes, most: int) -> bool:
    """Whether JSON is nested deeper than this; what is no JSON gets some answer."""

def plain_json(value: object, head: bytes, tail: bytes) -> bytes | None:
    """The JSON of plain data: dict with str keys, list, tuple, str, int, float, bool and None.

    It stands between `head` and `tail`. None when anything else is in it (a subclass too), or
    anything that must not be sent: NaN, an integer past 2^53, half a surrogate pair, more than 128
    levels.
    """

def show_splash(picture: bytes) -> None:
    """Show a PNG at once, before there is a Host. Main thread.

    The host's `splash.show` of the same picture leaves it, its `splash.hide` takes it away.

    Raises:
        HostError: there is no display, or it is no picture.
    """
