"""The app: what is exposed, shared and shown, wired together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from pytron import bundled
from pytron.assets import Assets
from pytron.config import Origin, choose, is_child, is_dev, slug, trusted_origin
from pytron.dispatcher.executors import check_names
from pytron.dispatcher.functions import Api
from pytron.dispatcher.grants import check_grants
from pytron.engine import Engine
from pytron.events import Handlers, plain
from pytron.options import WindowOptions, to_wire
from pytron.persistence import Persistence, passing_place, place_of
from pytron.running import Plan, Runner
from pytron.runtime.app_state import app_state, type_of
from pytron.services import Services
from pytron.window import Window

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Executor

    from typing_extensions import Unpack  # for type checkers only: no dependency at run time

    from pytron.runtime.runtime import Runtime

S = TypeVar("S")
F = TypeVar("F", bound=Callable[..., Any])


class AppOptions(WindowOptions, total=False):
    """What an `App` can be given, beside its name and state."""

    frontend: str | Path | None
    engine: str | Sequence[str] | None
    app_id: str | None
    trust: bool
    ephemeral: bool
    single_instance: bool
    permissions: Sequence[str]
    persist: bool | str | Path
    executors: Mapping[str, int | Executor] | None
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None
    csp: str | bool | None
    shared: bool
    splash: str | Path | None


class App(Api, Services, Generic[S]):
    """A desktop app: Python functions, a web page that calls them, and state that both see.

    ```python
    app = App("Notes", frontend="frontend/dist", width=900, height=600)

    @app.expose
    def add(a: int, b: int) -> int:
        return a + b

    if __name__ == "__main__":
        raise SystemExit(app.run())
    ```
    """

    @overload
    def __init__(self: App[Any], name: str = ..., **options: Unpack[AppOptions]) -> None: ...
    @overload
    def __init__(
        self, name: str = ..., *, state: type[S], **options: Unpack[AppOptions]
    ) -> None: ...
    @overload
    def __init__(self, name: str = ..., *, state: S, **options: Unpack[AppOptions]) -> None: ...
    def __init__(
        self,
        name: str = "Pytron",
        *,
        state: Any = None,
        frontend: str | Path | None = None,
        engine: str | Sequence[str] | None = None,
        app_id: str | None = None,
        trust: bool = False,
        ephemeral: bool = False,
        single_instance: bool = False,
        permissions: Sequence[str] | None = None,
        persist: bool | str | Path = False,
        executors: Mapping[str, int | Executor] | None = None,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
        csp: str | bool | None = None,
        shared: bool = False,
        splash: str | Path | None = None,
        **window: Any,
    ) -> None:
        """Describe an app; nothing opens before `run`.

        Args:
            name: shown to the user, and the first window's title.
            state: a dataclass, or an instance of one, that gives `app.state` its shape; without it
                `app.state` takes any plain data.
            frontend: a folder with index.html, one HTML file, or a URL. Relative paths start at
                the file that makes the `App`.
            engine: `native` (default), `chrome`, `server`, `headless`, or an installed one; several
                are tried in order. PYTRON_ENGINE wins.
            app_id: names the app to the system and its data folder; made from `name` by default.
            trust: give the pages of a `frontend` URL the bridge even if it is not on loopback.
            single_instance: a second start hands its arguments to the first one and ends.
            ephemeral: keep no cookies or storage of pages between runs.
            permissions: what pages may do with the machine, such as `camera`. Platforms: the
                chrome engine; the native one refuses all of it.
            persist: keep `app.state` between runs, in a file of the app's data folder or in this.
            executors: places where functions can run, by name: a number of threads, or any
                `concurrent.futures.Executor`.
            loop_factory: makes the asyncio loop for `async def`.
            shared: sessions of `pytron serve` see and change `app.state`; by default each has only
                its window's own.
            splash: a PNG that is shown at once, in the middle of the screen, until the first
                window's page can be seen; what `on_start` does happens behind it. Platforms: the
                native and the chrome engine.
            csp: a Content-Security-Policy for HTML instead of the one made for the app; False
                for none.
            window: options of the first window, as for `open_window`.

        Raises:
            ConfigError: an option is unknown or does not fit.
        """
        super().__init__()
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        self._origin = Origin.of_frame(frame)
        self.name = name
        self.id = app_id or slug(name)
        self.single_instance = single_instance
        to_wire(window)  # an unknown option is an error here, where it was written
        self._window_options = cast("WindowOptions", {"title": name, **window})
        check_names(executors or {})
        #: The class that `app.state` has the shape of; None for an untyped state.
        self.state_type = type_of(state)
        self._state = app_state(state, is_child=is_child())
        place, passing = place_of(persist, self.id), passing_place()
        self._persistence = Persistence(self._state, self.state_type, place, passing=passing)
        self._events = Handlers()
        self._start: list[Callable[[], object]] = []
        self._stop: list[Callable[[], object]] = []
        self._csp = csp
        self._trusted: list[str] = []
        self._url: str | None = None
        #: The picture that is shown until the first page can be seen, as it was given.
        self.splash = splash
        self._place_frontend(frontend, trust=trust)
        self._runner = Runner(
            Plan(
                name=name,
                id=self.id,
                origin=self._origin,
                api=self,
                services=self,
                freezing=self._freezing,
                handlers=self._events,
                state=self._state,
                assets=self.assets,
                persistence=self._persistence,
                start=self._start,
                stop=self._stop,
                engine=engine,
                ephemeral=ephemeral,
                single_instance=single_instance,
                permissions=permissions,
                executors=dict(executors or {}),
                loop_factory=loop_factory,
                trust=self._trusted,
                url=self._url,
                window=self._window_options,
                shared=shared,
                splash=splash,
            )
        )
        if frame.f_globals.get("__name__") == "__main__":
            self._runner.hasten()

    def _place_frontend(self, frontend: str | Path | None, *, trust: bool) -> None:
        chosen = choose("frontend", frontend, self._origin, None)
        folder: Path | None = None
        if isinstance(chosen, str) and "://" in chosen:
            self._trusted = [trusted_origin(chosen, trust=trust)]
            self._url = chosen
        elif chosen is not None:
            folder = self._origin.place(chosen)
        #: The folder or HTML file of the pages; None for a URL, or when there is none.
        self.frontend = folder
        #: Everything the app's pages can load (VAP).
        self.assets = Assets(folder, client=bundled.client, csp=self._csp, dev=is_dev())

    @property
    def folder(self) -> Path:
        """Where the app's relative paths start."""
        return self._origin.folder

    # --- what users add -----------------------------------------------------------------------

    @overload
    def on(self, name: str) -> Callable[[F], F]: ...
    @overload
    def on(self, name: str, handler: Callable[..., Any]) -> Callable[[], None]: ...
    def on(self, name: str, handler: Callable[..., Any] | None = None) -> Any:
        """Handle events of this name, from pages and from Python: `@app.on("saved")`.

        A trailing `*` matches any ending. Events of windows are called `window.closing`,
        `window.closed` and so on. The handler gets an `Event`; it may be `async`.

        Returns:
            The function that stops a handler that was given; else a decorator.
        """
        return super().on(name) if handler is None else self._events.add(name, handler)

    def _handle(self, name: str, handler: Callable[..., Any]) -> None:
        self._events.add(name, handler)

    def check(self) -> None:
        """Look at what can be wrong in an app that does not run; `pytron types` does it.

        Raises:
            ConfigError: `allow` of the first window grants what does not exist.
        """
        check_grants(self._window_options.get("allow"), self.with_services(self.functions))

    def asset(self, pattern: str, *, remote: bool = False) -> Callable[[F], F]:
        """Serve a path of the app's origin from a function: `@app.asset("thumb/{id}")`.

        With `remote` sessions of `pytron serve` may load it too.
        """
        return self.assets.route(pattern, remote=remote)

    def on_start(self, function: F) -> F:
        """Run this before the first window opens. On the main thread; it may use `app.state`.

        Raises:
            ConfigError: it is a coroutine function, which nobody would wait for.
        """
        self._start.append(plain(function, "on_start", "window.opened"))
        return function

    def on_stop(self, function: F) -> F:
        """Run this after the last window has closed.

        Raises:
            ConfigError: it is a coroutine function, which nobody would wait for.
        """
        self._stop.append(plain(function, "on_stop", "window.closing"))
        return function

    # --- state and events ---------------------------------------------------------------------

    @property
    def state(self) -> S:
        """State that Python and every window see. Change it in place; pages follow."""
        return cast("S", self._state.root)

    def transaction(self) -> AbstractContextManager[Any]:
        """Make several changes one: no other thread sees or loses anything in between.

        `with app.transaction(): app.state.count += 1`.
        """
        return self._state.transaction()

    def flush(self) -> None:
        """Wait until the disk has all changes so far, before somebody is told that it has.

        Raises:
            ConfigError: the app does not run, or has no `persist=`.
            StateError: they cannot be written; it is tried again.
        """
        self._runner.now("flush")
        self._persistence.flush()

    def migrate(self, version: int) -> Callable[[F], F]:
        """Bring kept state of this version to the next: `@app.migrate(1)`.

        The function takes the whole as plain data and returns it as the next version has it.
        """
        return self._persistence.migrations.add(version)

    def subscribe(self, path: str, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call back with the new value whenever `app.state` at this path changes.

        Returns:
            A function that stops it.

        Raises:
            StateError: nothing can ever be at this path.
            ConfigError: the callback is no function.
        """
        return self._state.subscribe(path, callback)

    def emit(self, name: str, data: object = None) -> None:
        """Send an event to all windows and to Python's own handlers.

        Nothing is lost: where a page does not read, a worker thread waits for it.

        Raises:
            CallError: `backpressure`: a page has not read for long, or this is the main thread or
                a loop, which must not wait; `encode_failed`.
        """
        self._runner.now("emit").emit(name, data)

    async def emit_async(self, name: str, data: object = None) -> None:
        """The same from a loop: it waits for pages that do not read, and the loop goes on."""
        await self._runner.now("emit_async").emit_async(name, data)

    def send_event(self, name: str, data: object, to: str | None) -> None:
        """Emit an event to all windows, or to one. For declared events."""
        (self if to is None else self.window(to)).emit(name, data)

    # --- windows ------------------------------------------------------------------------------

    def open_window(
        self,
        label: str,
        *,
        url: str | None = None,
        trust: bool = False,
        **options: Unpack[WindowOptions],
    ) -> Window:
        """Open a window that shows `url`, a path of the app (by default its first page).

        With `trust` it may be a foreign page, which may do nothing but what `allow` grants.

        Raises:
            ConfigError: the label is taken, an option does not fit, or a foreign page is not
                trusted.
        """
        runtime = self._runner.now("open_window")
        merged = self.remembered(label, cast("WindowOptions", {"title": self.name, **options}))
        return runtime.open_window(label, url or self._url, merged, trust=trust)

    def window(self, label: str = "main") -> Window:
        """The open window of that label.

        Raises:
            ConfigError: there is none.
        """
        return self._runner.now("window").window(label)

    @property
    def windows(self) -> list[Window]:
        """The open windows."""
        return self._runner.runtime.windows if self._runner.runtime else []

    def now(self, what: str) -> Runtime:
        """The run of this app, for services."""
        return self._runner.now(what)

    # --- running ------------------------------------------------------------------------------

    def run(self) -> int:
        """Open the first window and serve until the last has closed. On the main thread.

        Returns:
            The exit code: 0, what `quit` was given, or 130 after Ctrl-C.

        Raises:
            ConfigError: not on the main thread, in a child process, or running already.
            EngineError: the engine is missing something; the message says what to install.
            AssetError: the frontend is not there.
        """
        return self._runner.run(self)

    async def run_async(self) -> int:
        """The same on a loop of yours: `await app.run_async()`.

        The windows live in a process of their own, the loop goes on, and `async def` functions
        run on it. Cancelling it ends the app. It blocks the loop for a moment at its start and end.
        """
        return await self._runner.run_async(self)

    def running(self) -> AbstractContextManager[Window]:
        """Run for the length of a `with` block, for prompts, notebooks and scripts.

        ```python
        with app.running() as window:
            window.title = "Hello"
        ```

        The windows live in a process of their own. `executor="main"` means a thread of Pytron's.
        """
        return self._runner.running(self)

    def quit(self, code: int = 0) -> None:
        """End the app from any thread: `run` returns the code."""
        self._runner.now("quit").engine.quit(code)

    def running_on(
        self, engine: Engine, *, persist: bool = True
    ) -> AbstractContextManager[Runtime]:
        """Run on a given engine for the length of a `with` block. For engines and tests."""
        return self._runner.running_on(engine, persist=persist)
