"""A window as the app's code sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar, overload

from pytron.dispatcher.event import check_window_event
from pytron.errors import CallError, ConfigError
from pytron.events import Handlers
from pytron.options import WindowOptions, to_wire

if TYPE_CHECKING:
    from pytron.answer import Answer

F = TypeVar("F", bound=Callable[..., Any])

#: What is longer is no paper but a mistake: 10 m.
_LONGEST_MM = 10_000
#: What pages have stored, by the names of `clear_data`.
_DATA = ("cookies", "storage", "cache")
#: Where the user has put a window, it stays when another Python process takes it over.
_THE_USER_S = frozenset(
    {"x", "y", "width", "height", "maximized", "minimized", "fullscreen", "visible"}
)
_FIXED_AFTER_OPENING = frozenset(
    {"transparent", "background", "allow", "remember", "spellcheck", "context_menu", "backdrop"}
)


class Bounds(TypedDict):
    """Where a window is and how large its page is, in logical pixels."""

    x: float
    y: float
    width: float
    height: float


class Host(Protocol):
    """What a window needs of the running app."""

    def is_open(self, window: int | None) -> bool:
        """Whether there is still a window of this number."""
        ...

    def command(self, message: Mapping[str, object]) -> None:
        """Send a command to the engine."""
        ...

    def query(self, window: int, what: str, **details: object) -> Answer[Any]:
        """Ask the engine something."""
        ...

    def emit_to(self, window: int, name: str, data: object) -> None:
        """Send an event to one page."""
        ...

    def ask_to_close(self, window: int) -> None:
        """Run the `closing` handlers, then close unless one prevents it."""
        ...

    def window_state(self, window: int) -> Any:
        """The state of window scope."""
        ...

    def navigate(self, window: int, url: str) -> None:
        """Load another page in a window."""
        ...

    def ask(
        self, name: str, window: int | None, args: Mapping[str, object], deadline_s: float | None
    ) -> Answer[Any]:
        """Ask the engine for a service."""
        ...


def _paper(
    landscape: bool, width_mm: float | None, height_mm: float | None, margin_mm: float | None
) -> dict[str, object]:
    """What a PDF is printed on, by the names of spec/view.md, section 8."""
    given = {"width": width_mm, "height": height_mm, "margin": margin_mm}
    sizes = {name: value for name, value in given.items() if value is not None}
    wrong: str | None = None
    if (width_mm is None) != (height_mm is None):
        wrong = "a paper has width_mm and height_mm; give both, or none for the usual one"
    elif not all(0 <= value < _LONGEST_MM for value in sizes.values()) or 0 in (
        width_mm,
        height_mm,
    ):
        told = ", ".join(f"{name}_mm={value:g}" for name, value in sizes.items())
        wrong = f"there is no such paper: {told}; give millimetres"
    elif width_mm and height_mm and 2 * (margin_mm or 0) >= min(width_mm, height_mm):
        wrong = f"margin_mm={margin_mm:g} on both sides leaves nothing of the paper; make it less"
    if wrong is not None:
        raise CallError(wrong, code="invalid_arguments")
    return {"landscape": landscape, **sizes}


class Window:
    """A window. Commands return at once; queries give an awaitable that also has `.result()`.

    Every method may be called from any thread. Once the window has closed, all of them but `close`
    raise a `CallError` with the code `closed`, queries when they are awaited.
    """

    def __init__(self, host: Host, identity: int, label: str, options: WindowOptions) -> None:
        self._host = host
        self._id = identity
        self._label = label
        self._options = dict(options)
        self.handlers = Handlers()

    @property
    def label(self) -> str:
        """Its name in the app; the first window is `main`."""
        return self._label

    @property
    def id(self) -> int:
        """Its number at the engine."""
        return self._id

    @property
    def state(self) -> Any:
        """State that this window's page and Python share, and no other window sees."""
        return self._host.window_state(self._id)

    @property
    def title(self) -> str:
        """The text in the title bar; assign to change it."""
        return str(self._options.get("title", ""))

    @title.setter
    def title(self, title: str) -> None:
        self.set(title=title)

    def set(self, **options: Any) -> None:
        """Change options of the open window: `window.set(width=800, always_on_top=True)`.

        Raises:
            ConfigError: no such option, or one that is fixed once the window is open.
        """
        fixed = _FIXED_AFTER_OPENING & options.keys()
        if fixed:
            raise ConfigError(
                f"{', '.join(sorted(fixed))} can only be given when a window is opened"
            )
        self._command("set", **to_wire(options))
        self._options.update(options)

    def become(self, options: WindowOptions) -> Window:
        """Take on what differs in these options: the code that opens the window has changed."""
        changed = {
            name: value
            for name, value in options.items()
            if name not in _FIXED_AFTER_OPENING | _THE_USER_S and self._options.get(name) != value
        }
        if changed:
            self.set(**changed)
        return self

    def resize(self, width: float, height: float) -> None:
        """Make the page this large."""
        self.set(width=width, height=height)

    def move(self, x: float, y: float) -> None:
        """Put the window's top left corner here. Platforms: not on Wayland."""
        self.set(x=x, y=y)

    def show(self) -> None:
        """Make it visible."""
        self.set(visible=True)

    def hide(self) -> None:
        """Make it invisible; its page goes on."""
        self.set(visible=False)

    def focus(self) -> None:
        """Bring it to the front and give it the keyboard."""
        self._command("focus")

    def minimize(self) -> None:
        """Put it away to the taskbar or dock."""
        self.set(minimized=True)

    def maximize(self) -> None:
        """Fill the work area of its screen."""
        self.set(maximized=True)

    def restore(self) -> None:
        """Leave the minimised, maximised and full screen states."""
        self.set(minimized=False, maximized=False, fullscreen=False)

    def fullscreen(self, on: bool = True) -> None:
        """Fill the whole screen, or leave that state."""
        self.set(fullscreen=on)

    def navigate(self, url: str) -> None:
        """Load another page of the app."""
        self._check_open()
        self._host.navigate(self._id, url)

    def reload(self) -> None:
        """Load the page anew: a new session, with the state replayed."""
        self._command("reload")

    def close(self, *, force: bool = False) -> None:
        """Close it, if no `closing` handler prevents that; with `force` at once."""
        if not force:
            self._host.ask_to_close(self._id)
        elif self._host.is_open(self._id):
            self._command("close")

    def emit(self, name: str, data: object = None) -> None:
        """Send an event to this window's page.

        Raises:
            CallError: as from `app.emit`; `closed`.
        """
        self._check_open()
        self._host.emit_to(self._id, name, data)

    @overload
    def on(self, name: str) -> Callable[[F], F]: ...
    @overload
    def on(self, name: str, handler: Callable[..., Any]) -> Callable[[], None]: ...
    def on(self, name: str, handler: Callable[..., Any] | None = None) -> Any:
        """Handle an event of this window: `@window.on("closing")`.

        Names: `opened`, `loaded`, `closing` (call `event.prevent()` to keep it open; the handler
        may be `async`), `closed`, `resized`, `moved`, `focused`, `state`, `theme`, `crashed`,
        `failed`, `blank`, `external`.

        Returns:
            The function that stops a handler that was given; else a decorator.

        Raises:
            ConfigError: no such event, or the handler is no function.
        """
        check_window_event(name)
        if handler is not None:
            return self.handlers.add(name, handler)

        def register(handler: F) -> F:
            self.handlers.add(name, handler)
            return handler

        return register

    def bounds(self) -> Answer[Bounds]:
        """Where it is and how large."""
        return self._host.query(self._id, "bounds")

    def status(self) -> Answer[dict[str, bool]]:
        """Whether it is `visible`, `focused`, `minimized`, `maximized`, `fullscreen`."""
        return self._host.query(self._id, "state")

    def url(self) -> Answer[str]:
        """The address of its page."""
        return self._host.query(self._id, "url")

    def screenshot(self, path: str | PathLike[str]) -> Answer[str]:
        """Save what the page shows as a PNG; the path."""
        file = str(Path(path).absolute())
        return self._host.query(self._id, "screenshot", path=file)

    def print(self) -> Answer[bool | None]:
        """Show the print dialog; whether the page was handed to a printer.

        Platforms: None on Windows, where WebView2 tells nobody what was done in its dialog.
        """
        return self._host.ask("window.print", self._id, {}, None)

    def pdf(
        self,
        path: str | PathLike[str],
        *,
        landscape: bool = False,
        width_mm: float | None = None,
        height_mm: float | None = None,
        margin_mm: float | None = None,
    ) -> Answer[None]:
        """Print the page into a PDF file; done once it is written.

        Args:
            path: the file; one that is there is replaced.
            landscape: the paper's longer side is its width.
            width_mm: the paper's, together with `height_mm`; without both the printer's usual.
            height_mm: see `width_mm`.
            margin_mm: what stays white on all four sides; by default what the engine takes.

        Raises:
            CallError: `invalid_arguments`: a paper that cannot be, such as one of one side.
        """
        paper = _paper(landscape, width_mm, height_mm, margin_mm)
        file = str(Path(path).absolute())
        return self._host.ask("window.pdf", self._id, {"path": file, **paper}, 60)

    def carry(self, paths: Sequence[str | PathLike[str]]) -> Answer[None]:
        """Begin a drag of files out of the window, under the button that the user holds.

        For a function that the page calls in `dragstart` or `pointermove`; done once it has begun.

        Raises:
            CallError: `invalid_arguments`: there are no such files; awaited, `unsupported`: no
                button is held, or the platform cannot.
        """
        if isinstance(paths, (str, PathLike)) or not paths:
            message = f"paths={paths!r} must be a list of paths"
            raise CallError(message, code="invalid_arguments")
        files = [str(Path(path).absolute()) for path in paths]
        missing = next((file for file in files if not Path(file).exists()), None)
        if missing is not None:
            raise CallError(f"{missing} does not exist", code="invalid_arguments")
        return self._host.ask("window.files", self._id, {"paths": files}, 10)

    def attention(self, on: bool = True) -> Answer[None]:
        """Ask the user to look at it, in the taskbar or dock."""
        return self._host.ask("window.attention", self._id, {"on": on}, 10)

    def clear_data(self, kinds: Sequence[str] = _DATA) -> Answer[None]:
        """Forget what pages have stored, in all windows of the app's profile.

        `storage` is what their scripts keep: local and session storage, IndexedDB, the Cache API
        and service workers. `cache` is what was loaded.

        Raises:
            CallError: `invalid_arguments`: another kind.
        """
        for kind in kinds:
            if kind not in _DATA:
                message = f"{kind!r} is none of {', '.join(_DATA)}; give a list of them"
                raise CallError(message, code="invalid_arguments")
        return self._host.ask("window.clear", self._id, {"kinds": list(kinds)}, 30)

    def _command(self, kind: str, **details: object) -> None:
        self._check_open()
        self._host.command({"kind": kind, "window": self._id, **details})

    def _check_open(self) -> None:
        if not self._host.is_open(self._id):
            raise CallError(
                f"the window {self._label!r} has closed: look in app.windows which are open",
                code="closed",
            )

    def __repr__(self) -> str:
        """Show its label."""
        return f"<Window {self._label!r}>"
