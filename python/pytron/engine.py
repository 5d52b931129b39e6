"""What an engine is: it passes messages between the kit and windows, and knows nothing else.

Source: spec/view.md, whose command and event names these are.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Final, NamedTuple

from pytron import ahead
from pytron.errors import EngineError
from pytron.packaged import HOST, is_packaged, is_the_app
from pytron.platforms import graphics_remedy

if TYPE_CHECKING:
    from pytron.hub import Hub

#: Says that an app behind a link is the first one there: no windows live on.
FIRST: Final = "PYTRON_FIRST"


#: Takes away the picture that is shown since before the app's own code; None where none is.
hide_early: Callable[[], None] | None = None


class Frame(NamedTuple):
    """What a page sent."""

    window: int
    text: bytes
    parts: Sequence[bytes | memoryview] = ()


class Happening(NamedTuple):
    """An event of a window, spec/view.md section 2."""

    kind: str
    window: int
    fields: Mapping[str, Any]


class AssetRequest(NamedTuple):
    """A page wants something from the app origin. `remote`: what is not marked so is not for it."""

    request: int
    window: int
    method: str
    target: str
    headers: Mapping[str, str]
    remote: bool = False


Incoming = Frame | Happening | AssetRequest


class FileBody(NamedTuple):
    """A slice of a file as the body of an answer."""

    path: str
    offset: int
    length: int

    def open(self) -> BinaryIO:
        """The file where the slice begins; whoever asks closes it.

        Raises:
            OSError: it cannot be read.
        """
        file = open(self.path, "rb")  # noqa: PTH123, SIM115 - a str from the kit
        file.seek(self.offset)
        return file


Body = bytes | bytearray | memoryview | FileBody | Iterator[bytes] | AsyncIterator[bytes]


class Capability(NamedTuple):
    """Whether the engine and platform can do something; false in a condition when not."""

    possible: bool
    reason: str

    def __bool__(self) -> bool:
        """Whether it is possible."""
        return self.possible


class EngineOptions(NamedTuple):
    """What an engine is started with."""

    app_id: str
    name: str
    data_folder: str | None
    dev: bool
    #: What pages may do with the machine, by the names of `pytron.config.PERMISSIONS`.
    permissions: tuple[str, ...] = ()


class Engine(ABC):
    """A way to show windows. `start` and `run` are for the main thread, the rest for any."""

    name: ClassVar[str]
    #: The one origin that the app's pages have.
    origin: str
    #: Whether the app's first window opens by itself; where visitors come, they are the windows.
    first_window: bool = True

    #: What this process shares with others that serve the same app; None where it is alone.
    hub: Hub | None = None

    #: Whether there are no windows at all, and tabs of browsers beside it are the app's pages.
    windowless: bool = False

    #: Whether the windows are this process's own.
    is_here: bool = False

    #: Whether `pytron dev` has the windows, and lets them outlive this process.
    kept: bool = False

    #: Windows that an earlier Python process had opened and that live on, with their `kept`.
    living: Sequence[tuple[int, Any]] = ()

    #: How many calls are under way; whoever runs the engine puts it there.
    pending: Callable[[], int] = staticmethod(lambda: 0)

    def begin(self, options: EngineOptions) -> None:  # noqa: B027 - most are ready at once
        """Begin what `start` waits for; it may be abandoned by `close`.

        Raises:
            EngineError: as `start`.
        """

    @abstractmethod
    def start(self, options: EngineOptions) -> None:
        """Get ready to open windows.

        Raises:
            EngineError: something is missing; the message names it and the remedy.
        """

    @abstractmethod
    def run(self) -> int:
        """Serve the windows until `quit`; the exit code."""

    @abstractmethod
    def quit(self, code: int = 0) -> None:
        """End `run`; every `receive` then gives an empty list."""

    @abstractmethod
    def command(self, message: Mapping[str, object]) -> None:
        """Pass on a command of spec/view.md section 1."""

    @abstractmethod
    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue comma-joined messages for a page; the bytes now waiting, -1 for no such window."""

    @abstractmethod
    def discard(self, window: int) -> None:
        """Forget what is queued for a page whose session has ended."""

    @abstractmethod
    def waiting(self, window: int) -> int:
        """Bytes queued for a page; -1 for no such window."""

    @abstractmethod
    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes are queued for a page, or it has gone; False at the time-out."""

    @abstractmethod
    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for what pages and windows sent; empty after `quit` or at the time-out."""

    @abstractmethod
    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request. An iterator is read to its end before this returns."""

    @abstractmethod
    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""

    def close(self) -> None:  # noqa: B027 - most engines have ended with `quit`
        """Wait until all that `start` began has ended, by force if it must be. Comes last."""

    def resume(self) -> None:  # noqa: B027 - only those with `living` windows have what waits
        """Let the pages of `living` windows be heard: whoever answers them is ready."""

    def turn(self) -> None:  # noqa: B027 - most engines carry out commands by themselves
        """Carry out what was ordered before `run`, as far as it must be seen. Main thread."""

    def can(self, feature: str) -> Capability:
        """Whether this engine on this machine can do something, such as `window.screenshot`."""
        return Capability(False, f"the {self.name} engine has no {feature}")


def load_engine(name: str, *, apart: bool | None = None, watched: bool = False) -> Engine:
    """An engine by its name: one of Pytron's own, or an entry point of group `pytron.engines`.

    Args:
        name: what it is called.
        apart: have its windows in another process, which `native` can also have in this one.
            By default only when this process was started with a link, or PYTRON_HOSTED says so.
        watched: with a second engine for the case that windows of `native` stay blank.

    Raises:
        EngineError: there is none of that name.
    """
    if apart is None:
        apart = bool(os.environ.get("PYTRON_LINK") or os.environ.get("PYTRON_HOSTED"))
    kept = bool(os.environ.get("PYTRON_LINK"))
    own = {("native", apart): "hosted", ("server", kept): "windowless"}.get((name, True), name)
    if own in _OWN:
        engine = engine_kind(own)()
        remedy = graphics_remedy() if watched and name == "native" else {}
        # A link leads to windows that are somebody else's, and outlive this process.
        if not remedy or kept:
            return engine
        return import_module("pytron.engines.native.rescue").RescuingEngine(engine, remedy)
    from importlib.metadata import entry_points  # slow, so only for engines of others

    for point in entry_points(group="pytron.engines"):
        if point.name == name:
            return point.load()()
    ours = {*_OWN} - _ELSEWHERE
    known = ", ".join(sorted(ours | {p.name for p in entry_points(group="pytron.engines")}))
    raise EngineError(f"no engine is called {name!r}; set PYTRON_ENGINE or engine= to: {known}")


def become_host() -> None:
    """Be the process of an app's windows, if this packaged program was started as one.

    Else its windows are its own: who holds the link to them can call what its pages may call, and
    read what they show.
    """
    if not is_packaged():
        return
    if os.environ.pop(HOST, None):
        raise SystemExit(import_module("pytron.engines.native.process").main())
    os.environ.pop("PYTRON_LINK", None)


def begins_early(name: str) -> bool:
    """Whether this engine's own start takes so long that it is worth to begin it beforehand."""
    if name == "native":
        return ahead.is_worth_it()
    return name == "chrome" and is_the_app() and not os.environ.get("PYTRON_LINK")


def engine_kind(name: str) -> type[Engine]:
    """The class of one of Pytron's own engines.

    Raises:
        EngineError: this is a package without it.
    """
    module, _, kind = _OWN[name].partition(":")
    try:
        found: type[Engine] = getattr(import_module(f"pytron.engines.{module}"), kind)
    except ModuleNotFoundError as error:
        if not is_packaged():
            raise
        raise EngineError(
            f"the engine {name} is not in this package; choose one that is, or package the app "
            f"again with it in `engines` of [tool.pytron.package]"
        ) from error
    return found


_OWN: Final = {
    "native": "native:NativeEngine",
    "hosted": "native.hosted:HostedEngine",
    "chrome": "chrome:ChromeEngine",
    "headless": "headless:HeadlessEngine",
    "server": "server:ServerEngine",
    "windowless": "windowless:WindowlessEngine",
}
#: What some of them are when their windows are elsewhere.
_ELSEWHERE: Final = frozenset({"hosted", "windowless"})
