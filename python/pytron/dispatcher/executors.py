"""Other places where functions run: the main thread, processes, and executors of the user's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytron.errors import CallError, ConfigError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from pytron.dispatcher.call import Call

Work = Callable[["Call", Sequence[Any], "dict[str, Any]"], None]
Done = Callable[["Call", object], None]

#: Names that mean a place of Pytron's own.
OWN = frozenset({"thread", "loop", "main", "process"})


class Executors:
    """The named executors of an app. Each is made at its first use."""

    def __init__(
        self,
        named: Mapping[str, int | Executor],
        *,
        invoke: Callable[[Callable[[], object]], None],
        failed: Callable[[Call, BaseException], None],
    ) -> None:
        for name, executor in named.items():
            if name in OWN:
                raise ConfigError(f"the executor name {name!r} is Pytron's own; choose another")
            if isinstance(executor, int) and executor < 1:
                raise ConfigError(f"executor {name!r} needs at least one thread, got {executor}")
        self._named = dict(named)
        self._made: dict[str, Executor] = {}
        self._own: set[str] = set()
        self._invoke = invoke
        self._failed = failed
        self._lock = Lock()

    def check(self, name: str, function: str) -> None:
        """Refuse an executor that does not exist.

        Raises:
            ConfigError: no such executor; lists those there are.
        """
        if name not in OWN and name not in self._named:
            known = ", ".join(sorted(OWN | set(self._named)))
            raise ConfigError(
                f"{function!r} wants the executor {name!r}, but there are only: {known}; "
                f"add it with App(executors={{{name!r}: 4}})"
            )

    def submit(
        self,
        name: str,
        call: Call,
        arguments: Sequence[Any],
        keywords: dict[str, Any],
        *,
        work: Work,
        done: Done,
    ) -> None:
        """Run a call there, and answer it."""
        if name == "main":
            self._invoke(lambda: work(call, arguments, keywords))
            return
        executor = self._executor(name)
        if name in self._own and name != "process":  # our threads: context and streams work there
            future: Future[Any] = executor.submit(work, call, arguments, keywords)
            call.stop = future.cancel
            return
        if call.function.is_generator:
            raise CallError(
                f"{call.function.name} is a generator, which the executor {name!r} cannot run; "
                "leave executor= out",
                code="unsupported",
            )
        try:
            future = executor.submit(call.function.target, *arguments, **keywords)
        except RuntimeError as error:  # broken by a killed worker, or shut down
            self._forget(name, executor)
            raise CallError(
                f"the executor {name!r} cannot take work: {error}", code="busy"
            ) from error
        call.stop = future.cancel
        future.add_done_callback(lambda future: self._finished(name, executor, call, future, done))

    def _finished(
        self, name: str, executor: Executor, call: Call, future: Future[Any], done: Done
    ) -> None:
        if future.cancelled():
            self._failed(call, CallError("cancelled before it began", code="cancelled"))
            return
        error = future.exception()
        if error is None:
            done(call, future.result())
            return
        if type(error).__name__ in ("BrokenProcessPool", "BrokenExecutor", "KilledWorker"):
            self._forget(name, executor)
            error = CallError(
                f"a worker of the executor {name!r} died while it ran {call.function.name}; "
                "the next call gets a new one",
                code="exception",
            )
        self._failed(call, error)

    def _forget(self, name: str, executor: Executor) -> None:
        """Drop a broken executor of our own, so that the next call makes a new one."""
        with self._lock:
            if name in self._own and self._made.get(name) is executor:
                del self._made[name]
                executor.shutdown(wait=False)

    def _executor(self, name: str) -> Executor:
        with self._lock:
            made = self._made.get(name)
            if made is not None:
                return made
            wanted = self._named.get(name)
            if name == "process":
                made = _process_pool()
                self._own.add(name)
            elif isinstance(wanted, int):
                from concurrent.futures import ThreadPoolExecutor  # only where used

                made = ThreadPoolExecutor(wanted, thread_name_prefix=f"pytron-{name}")
                self._own.add(name)
            elif wanted is not None:
                made = wanted
            else:
                raise ConfigError(f"no executor is called {name!r}")
            self._made[name] = made
            return made

    def close(self) -> None:
        """Shut down those of our own; the user's are the user's."""
        with self._lock:
            for name in self._own:
                made = self._made.pop(name, None)
                if made is not None:
                    made.shutdown(wait=False, cancel_futures=True)


def _process_pool() -> Executor:
    """Processes that are spawned: forking a process with threads and a window is not safe."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        raise CallError(
            'executor="process" needs an app that is a file: a process cannot import what was '
            "typed into a prompt",
            code="unsupported",
        )
    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
