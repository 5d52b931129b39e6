"""Other places where functions run: the main thread, processes, and executors of the user's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytron.dispatcher import raised
from pytron.dispatcher.arguments import underlying
from pytron.errors import CallError, ConfigError
from pytron.packaged import is_packaged

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from pytron.dispatcher.call import Call
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.pool import Pool

#: Names that mean a place of Pytron's own.
OWN = frozenset({"thread", "loop", "main", "process"})
_BROKEN = ("BrokenProcessPool", "BrokenThreadPool", "BrokenExecutor", "KilledWorker")


class Executors:
    """The named executors of an app. Each is made at its first use."""

    def __init__(
        self,
        named: Mapping[str, int | Executor],
        *,
        invoke: Callable[[Callable[[], object]], None],
        done: Callable[[Call, object], None],
        failed: Callable[[Call, BaseException], None],
    ) -> None:
        check_names(named)
        self._named = dict(named)
        self._pools: dict[str, Pool] = {}
        self._processes: Executor | None = None
        self._invoke = invoke
        self._done = done
        self._failed = failed
        self._lock = Lock()

    def check(self, function: Function) -> None:
        """Refuse an executor that does not exist, or that can never run the function.

        Raises:
            ConfigError: no such executor, with those there are; or no process can import it.
        """
        name = function.executor
        if name not in OWN and name not in self._named:
            known = ", ".join(sorted(OWN | set(self._named)))
            raise ConfigError(
                f"{function.name!r} wants the executor {name!r}, but there are only: {known}; "
                f"add it with App(executors={{{name!r}: 4}})"
            )
        if name == "process" and "<" in getattr(underlying(function.target), "__qualname__", ""):
            raise ConfigError(
                f"{function.name!r} is to run in another process, which cannot import what is "
                "made inside a function; move it to the top of its module, as a def"
            )

    def runs_here(self, name: str) -> bool:
        """Whether it is a thread of this process, so that `run` can use it."""
        return name == "main" or isinstance(self._named.get(name), int)

    def run(self, name: str, function: Callable[[], object]) -> None:
        """Run a function on the main thread, or on a pool of the app's."""
        if name == "main":
            self._invoke(function)
            return
        with self._lock:
            pool = self._pools.get(name)
            if pool is None:
                from pytron.dispatcher.pool import Pool

                size = self._named[name]
                assert isinstance(size, int)
                pool = self._pools[name] = Pool(name, size)
        pool.submit(function)

    def submit(
        self, name: str, call: Call, arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> None:
        """Run a call in a process or on the user's executor, and answer it."""
        if call.function.is_generator:
            raise CallError(
                f"{call.function.name} is a generator, which the executor {name!r} cannot run; "
                "leave executor= out",
                code="unsupported",
            )
        future = self._submitted(name, call, arguments, keywords)
        future.add_done_callback(lambda future: self._finished(name, call, future))
        call.end_by(future.cancel)

    def _submitted(
        self, name: str, call: Call, arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> Future[Any]:
        executor = self._executor(name)
        target = call.function.target
        # What the user's own executor is given is the function itself.
        work = (target,) if name in self._named else (raised.run, target)
        try:
            return executor.submit(*work, *arguments, **keywords)
        except RuntimeError as error:  # broken by a killed worker, or shut down
            if self._forget(executor):
                return self._executor(name).submit(*work, *arguments, **keywords)
            raise CallError(
                f"the executor {name!r} cannot take work: {error}", code="busy"
            ) from error

    def _finished(self, name: str, call: Call, future: Future[Any]) -> None:
        if future.cancelled():
            self._failed(call, CallError("cancelled before it began", code="cancelled"))
            return
        error = future.exception()
        if error is None:
            self._done(call, future.result())
            return
        if type(error).__name__ in _BROKEN:
            error = CallError(
                f"a worker of the executor {name!r} died while it ran {call.function.name}; "
                "the next call gets a new one",
                code="worker_died",
            )
        self._failed(call, error)

    def _forget(self, executor: Executor) -> bool:
        """Drop our pool of processes if it is broken, so that the next call makes a new one."""
        with self._lock:
            if self._processes is not executor:
                return False
            self._processes = None
        executor.shutdown(wait=False)
        return True

    def _executor(self, name: str) -> Executor:
        named = self._named.get(name)
        if named is not None and not isinstance(named, int):
            return named
        with self._lock:
            if self._processes is None:
                self._processes = _process_pool()
            return self._processes

    def close(self, timeout_s: float) -> None:
        """Shut down those of our own; the user's are the user's."""
        with self._lock:
            pools, self._pools = self._pools, {}
            processes, self._processes = self._processes, None
        for pool in pools.values():
            pool.close(timeout_s)
        if processes is not None:
            _end_processes(processes, timeout_s)


def check_names(named: Mapping[str, object]) -> None:
    """Refuse executors with a name of Pytron's own, or without threads.

    Raises:
        ConfigError: names it.
    """
    for name, executor in named.items():
        if name in OWN:
            raise ConfigError(f"the executor name {name!r} is Pytron's own; choose another")
        if isinstance(executor, int) and executor < 1:
            raise ConfigError(f"executor {name!r} needs at least one thread, got {executor}")
        if not isinstance(executor, int) and not callable(getattr(executor, "submit", None)):
            raise ConfigError(
                f"executor {name!r} is a {type(executor).__name__}; give a number of threads or a "
                "concurrent.futures.Executor"
            )


def _process_pool() -> Executor:
    """Processes that are spawned: forking a process with threads and a window is not safe."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    main = sys.modules["__main__"]
    if not hasattr(main, "__file__") and not is_packaged():
        raise CallError(
            'executor="process" needs an app that is a file: a process cannot import what was '
            "typed into a prompt",
            code="unsupported",
        )
    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))


def _end_processes(executor: Executor, timeout_s: float) -> None:
    """End the processes, by force those that still work when the time is over."""
    from threading import Thread

    # Only 3.14 has a public name for them (ProcessPoolExecutor.kill_workers).
    known: dict[int, Any] = getattr(executor, "_processes", None) or {}
    processes = list(known.values())
    ending = Thread(
        target=executor.shutdown,
        kwargs={"wait": True, "cancel_futures": True},
        name="pytron-processes",
        daemon=True,
    )
    ending.start()
    ending.join(timeout_s)
    if ending.is_alive():
        for process in processes:
            process.kill()
        ending.join(timeout_s)


def serve_frozen_child() -> None:
    """Become a worker, if this frozen program was started as one; then it does not return."""
    if is_packaged() and any("multiprocessing" in word for word in sys.argv):
        import multiprocessing

        multiprocessing.freeze_support()
