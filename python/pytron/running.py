"""Running an app: from what its author described to an engine, windows, and the end of both."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Any, NamedTuple

from pytron import config, early, inspection
from pytron import engine as engines
from pytron.config import check_permissions, choose, is_child, is_dev
from pytron.dispatcher.executors import serve_frozen_child
from pytron.dispatcher.turns import quick_turns
from pytron.engine import Engine, EngineOptions, become_host, begins_early, load_engine
from pytron.errors import ConfigError, EngineError, PytronError
from pytron.platforms import apps_folder
from pytron.twin import check_imported_once

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator

    from pytron.assets import Assets
    from pytron.config import Origin
    from pytron.dispatcher.functions import Api
    from pytron.events import Handlers
    from pytron.options import WindowOptions
    from pytron.persistence import Persistence
    from pytron.proof import Proof
    from pytron.runtime.parts import Parts
    from pytron.runtime.runtime import Runtime
    from pytron.runtime.splash import Splash
    from pytron.services import Services
    from pytron.state import State
    from pytron.window import Window

#: How long the end of an app waits for what still runs.
_END_TIMEOUT_S = 3.0
_INTERRUPTED = 128 + 2
#: A second run in one process begins where the first ended; two at once cannot be.
_running: Plan | None = None


class Plan(NamedTuple):
    """What is to be run: everything that an `App` was given and told."""

    name: str
    id: str
    origin: Origin
    api: Api
    services: Services
    freezing: Callable[[], AbstractContextManager[None]]
    handlers: Handlers
    state: State[Any]
    assets: Assets
    persistence: Persistence
    start: Sequence[Callable[[], object]]
    stop: Sequence[Callable[[], object]]
    engine: str | Sequence[str] | None
    ephemeral: bool
    single_instance: bool
    permissions: Sequence[str] | None
    executors: Mapping[str, Any]
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None
    trust: Sequence[str]
    url: str | None
    window: WindowOptions
    shared: bool
    splash: str | Path | None


class Runner:
    """Runs one app, as often as is asked, one run at a time."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        #: What runs now.
        self.runtime: Runtime | None = None
        #: An engine that has begun to start, by its name.
        self._begun: tuple[str, Engine] | None = None

    def hasten(self) -> None:
        """Begin to start an engine that is slow to be there; the program goes on meanwhile.

        For an app that the program itself makes. Whatever is wrong is told by the run.
        """
        if inspection.is_looking() or is_child() or self._plan.single_instance:
            return
        with suppress(PytronError):
            name, *_ = self._engine_names()
            if not begins_early(name):
                return
            engine = load_engine(name, watched=True)
            engine.begin(self._engine_options())
            self._begun = name, engine
            atexit.register(self._abandon)
            if not engine.is_here:  # beside its start this costs no time
                _import_runtime()

    def _abandon(self) -> None:
        """End what was begun for nothing."""
        if self._begun is not None:
            _, engine = self._begun
            self._begun = None
            engine.close()

    def _engine(self, name: str, apart: bool | None) -> Engine:
        if self._begun is not None and self._begun[0] == name:
            _, engine = self._begun
            # An app beside something else has its windows in another process.
            if not (apart and engine.is_here):
                self._begun = None
                return engine
        self._abandon()
        return load_engine(name, apart=apart, watched=True)

    def run(self, app: object) -> int:
        """Open the first window and serve until the last has closed; the exit code."""
        serve_frozen_child()
        become_host()
        inspection.stop(app)
        check_imported_once(app, "run")
        _check_thread()
        plan = self._plan
        if plan.single_instance and not plan.services.instance.claim():
            return 0
        proof = _proof()
        try:
            with self._recording(), self.running_on(None, proof=proof) as runtime:
                if proof is not None:
                    proof.begin(runtime, self._plan.assets)
                return runtime.engine.run()
        except KeyboardInterrupt:  # while it started or ended: the engine takes those in between
            return _INTERRUPTED

    async def run_async(self, app: object) -> int:
        """The same on a loop that goes on meanwhile, and that `async def` functions run on."""
        import asyncio

        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()

        def end(code: int) -> None:
            if not ended.done():
                ended.set_result(code)

        def told(code: int) -> None:
            with suppress(RuntimeError):  # the loop was closed under us
                loop.call_soon_threadsafe(end, code)

        with self._beside(app, "run_async", told, loop):
            return await ended

    @contextmanager
    def running(self, app: object) -> Generator[Window]:
        """Run beside the code in a `with` block, and end with it; the first window."""
        with self._beside(app, "running", lambda _: None) as runtime:
            yield runtime.window("main")

    @contextmanager
    def _beside(
        self,
        app: object,
        what: str,
        ended: Callable[[int], object],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> Generator[Runtime]:
        """Run without the main thread: windows in another process, their events on a thread."""
        inspection.stop(app)
        check_imported_once(app, what)
        with self._recording(), self.running_on(None, loop=loop, apart=True) as runtime:
            run = runtime.engine.run
            Thread(target=lambda: ended(run()), name="pytron-main", daemon=True).start()
            yield runtime

    def _engine_names(self) -> list[str]:
        """The engines that may show the app, the one to be tried first before the others."""
        chosen = choose("engine", self._plan.engine, self._plan.origin, "native")
        names: Iterable[object] = chosen.split(",") if isinstance(chosen, str) else chosen
        found = [str(name).strip() for name in names]
        if not all(found) or not found:
            raise ConfigError(
                f"engine={chosen!r} names no engine; give one, or a list to be tried in order"
            )
        return found

    def _first_that_starts(self, options: EngineOptions, apart: bool | None) -> Engine:
        name, *others = self._engine_names()
        while True:
            try:
                engine = self._engine(name, apart)
                if config.has_tabs() or engine.windowless:
                    from pytron.development.tabs import with_tabs  # only in development

                    engine = with_tabs(engine, self._plan.assets.patterns)
                engine.begin(options)
                if engine.is_here:  # the window system takes its time, and lets Python go on
                    Thread(target=self._get_ready, name="pytron-readying", daemon=True).start()
                else:  # what other processes start beside this costs no time
                    self._plan.assets.prepare()
                engine.start(options)
            except EngineError as error:
                if not others:
                    raise
                import logging  # heavy, and not needed to start

                logging.getLogger(__name__).warning(
                    "engine %s: %s; %s is tried instead", name, error, others[0]
                )
                name = others.pop(0)
            else:
                return engine

    def _get_ready(self) -> None:
        """Have what the run and its first page need, before they wait for it."""
        _import_runtime()
        self._plan.assets.prepare()

    def _recording(self) -> AbstractContextManager[object]:
        from pytron import blackbox  # for a run, not for the import

        plan = self._plan
        settings = partial(getattr, plan.origin, "settings")  # read only for a report
        return blackbox.recording(
            plan.id, ",".join(self._engine_names()), settings, keep=not plan.ephemeral
        )

    @contextmanager
    def running_on(
        self,
        engine: Engine | None,
        *,
        persist: bool = True,
        proof: Proof | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        apart: bool | None = None,
    ) -> Generator[Runtime]:
        """Run on an engine for the length of a `with` block; by default on those of the app."""
        global _running
        plan = self._plan
        if _running is not None:
            raise ConfigError(f"{_running.name!r} is running already; a process runs one app")
        plan.assets.check()
        _running = plan
        with ExitStack() as ends:
            ends.callback(_ended)
            ends.enter_context(quick_turns())
            if engine is None:
                engine = self._first_that_starts(self._engine_options(), apart)
            else:
                self._abandon()
                engine.start(self._engine_options())
            early.abandon()  # nobody has taken it
            if loop is not None:  # here this is what the main thread turns
                engine.invoke = loop.call_soon_threadsafe  # pyright: ignore[reportAttributeAccessIssue]
            from pytron.development.tools import Development
            from pytron.runtime.runtime import Runtime

            parts = self._parts(proof, loop)
            runtime = self.runtime = Runtime(parts, engine)
            tools = Development(plan.name, parts, runtime, self._secret_words)
            ends.enter_context(plan.freezing())
            splash: Splash | None = None
            try:
                _check_sharing(engine, plan.persistence)
                runtime.start()
                if persist:
                    plan.persistence.open()
                splash = self._splash(runtime)
                for function in plan.start:
                    function()
                if engine.first_window:
                    first = plan.services.remembered("main", plan.window)
                    if splash is not None:
                        first = splash.hidden(first)
                    window = runtime.open_window("main", plan.url, first)
                    if splash is not None:
                        splash.wait_for(window)
                engine.resume()
                plan.services.begin_services()
                yield runtime
            finally:
                if splash is not None:
                    splash.end()
                engine.quit()
                tools.close()
                runtime.close(_END_TIMEOUT_S)
                plan.services.end_services()
                engine.close()
                self.runtime = None
                ends.close()  # whatever is run at the end may run another app
                with ExitStack() as stops:
                    stops.callback(plan.persistence.close)  # last: what they change is kept
                    for function in reversed(plan.stop):
                        stops.callback(function)  # all of them, also after one that fails

    def now(self, what: str) -> Runtime:
        """What runs now.

        Raises:
            ConfigError: nothing does.
        """
        if self.runtime is None:
            raise ConfigError(
                f"app.{what} needs the running app: use it in an exposed function, a handler or "
                "on_start"
            )
        return self.runtime

    def _parts(self, proof: Proof | None, loop: asyncio.AbstractEventLoop | None) -> Parts:
        from pytron.dispatcher.loop import Loop
        from pytron.runtime.parts import Parts

        plan = self._plan
        return Parts(
            functions=plan.services.with_services(
                {**plan.api.functions, **(proof.functions if proof else {})}
            ),
            handlers=plan.handlers,
            events=plan.api.events,
            state=plan.state,
            assets=plan.assets,
            loop=Loop(plan.loop_factory, loop),
            executors=plan.executors,
            dev=is_dev(),
            trust=plan.trust,
            service=plan.services.service_event,
            external=plan.services.open_external,
            first=plan.window,
            shared=plan.shared,
        )

    def _splash(self, runtime: Runtime) -> Splash | None:
        """The picture until the first page can be seen, if the app has one and it can be shown."""
        plan = self._plan
        picture = choose("splash", plan.splash, plan.origin, None)
        engine = runtime.engine
        shows = bool(picture and not engine.living and engine.can("splash.show"))
        stays = shows and engine.is_here
        if engines.hide_early is not None and not stays:
            engines.hide_early()  # what shows the picture now is another process, or nothing
        if not shows:
            return None
        from pytron.runtime.splash import Splash  # most apps are there at once

        return Splash(runtime, plan.origin.folder / picture)

    def _secret_words(self) -> list[str]:
        return [str(word) for word in self._plan.origin.settings.get("redact", ())]

    def _engine_options(self) -> EngineOptions:
        plan = self._plan
        folder: str | None = None
        if not plan.ephemeral:
            folder = str(apps_folder() / plan.id / "pages")
        permissions = choose("permissions", plan.permissions, plan.origin, ())
        return EngineOptions(plan.id, plan.name, folder, is_dev(), check_permissions(permissions))


def _import_runtime() -> None:
    with suppress(ImportError):  # who uses it says what is missing
        for name in ("pytron.development.tools", "pytron.runtime.runtime"):
            import_module(name)


def _ended() -> None:
    global _running
    _running = None


def _proof() -> Proof | None:
    """The proof that this run is to give; None in every ordinary run."""
    path = os.environ.get(config.PROOF)
    if not path:
        return None
    from pytron.proof import Proof  # only when a package is tried

    return Proof(Path(path))


def _check_sharing(engine: Engine, persistence: Persistence) -> None:
    if engine.hub is not None and persistence.keeps:
        raise ConfigError(
            "persist= keeps the state of one process in a file; where processes share a hub, the "
            "hub has it: leave persist= out"
        )


def _check_thread() -> None:
    if current_thread() is not main_thread():
        raise EngineError(
            "app.run() must be called on the main thread, which windows belong to; run the "
            "rest of your program in another thread instead"
        )
