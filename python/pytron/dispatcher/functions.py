"""Exposed functions: how they are marked, named and found."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, overload

from pytron.dispatcher.arguments import Arguments
from pytron.errors import CallError, ConfigError

T = TypeVar("T")

#: Names that the client itself uses, at any depth of a dotted name.
RESERVED: Final = frozenset(
    {"ready", "call", "on", "emit", "state", "subscribe", "update", "window", "services", "then",
     "toJSON"}
)  # fmt: skip
_MARK: Final = "__pytron_expose__"


@dataclass(frozen=True)
class Options:
    """What `expose` was told."""

    name: str | None = None
    windows: Sequence[str] | None = None
    timeout_s: float | None = None
    executor: str | None = None
    remote: bool = False


@dataclass(frozen=True, eq=False)
class Function:
    """An exposed function under its final name."""

    name: str
    target: Callable[..., Any]
    options: Options
    is_async: bool
    is_generator: bool
    arguments: Arguments = field(repr=False)

    @property
    def executor(self) -> str:
        """Where it runs."""
        return self.options.executor or ("loop" if self.is_async else "thread")


def _options(
    name: str | None,
    windows: Iterable[str] | None,
    timeout_s: float | None,
    executor: str | None,
    remote: bool,
) -> Options:
    """Checked options of `expose`."""
    if isinstance(windows, str):
        raise ConfigError(f'windows={windows!r} must be a list: windows=["{windows}"]')
    if timeout_s is not None and not timeout_s > 0:
        raise ConfigError(f"timeout_s={timeout_s!r} must be above 0; leave it out for no deadline")
    return Options(name, None if windows is None else tuple(windows), timeout_s, executor, remote)


class Api:
    """A group of functions and event handlers for `app.include`, so that files need no `app`.

    ```python
    notes = pytron.Api("notes")

    @notes.expose
    def rename(id: int, title: str) -> None: ...  # pytron.notes.rename(…) in the page
    ```
    """

    def __init__(self, namespace: str = "") -> None:
        """Start an empty group; its functions are called `namespace.name` in the page."""
        if namespace:
            _check_name(namespace)
        self.namespace = namespace
        self._functions: dict[str, Function] = {}
        self._handlers: list[tuple[str, Callable[..., Any]]] = []
        self._frozen = False

    @overload
    def expose(self, target: T, /) -> T: ...
    @overload
    def expose(
        self,
        *,
        name: str | None = None,
        windows: Iterable[str] | None = None,
        timeout_s: float | None = None,
        executor: str | None = None,
        remote: bool = False,
    ) -> Callable[[T], T]: ...
    @overload
    def expose(
        self,
        target: T,
        /,
        *,
        name: str | None = None,
        windows: Iterable[str] | None = None,
        timeout_s: float | None = None,
        executor: str | None = None,
        remote: bool = False,
    ) -> T: ...
    def expose(
        self,
        target: Any = None,
        /,
        *,
        name: str | None = None,
        windows: Iterable[str] | None = None,
        timeout_s: float | None = None,
        executor: str | None = None,
        remote: bool = False,
    ) -> Any:
        """Let pages call a function, a bound method, or the marked methods of an instance.

        Args:
            target: a function (`def`, `async def`, or a generator of either kind), a bound method,
                or an instance, whose methods marked by `@pytron.expose` form a namespace.
            name: its name in the page; the function's own by default. Dots make namespaces.
            windows: labels of the windows that may call it; all of the app's own by default.
            timeout_s: after this many seconds the caller gets `timeout`.
            executor: `thread` (default for `def`), `loop` (for `async def`), `main`, `process`, or
                a name from `App(executors=…)`.
            remote: whether `pytron serve` lets remote sessions call it.

        Returns:
            What it was given, unchanged.

        Raises:
            ConfigError: the name is taken, reserved or no identifier; or the app already runs.
        """
        options = _options(name, windows, timeout_s, executor, remote)

        def register(target: Any) -> Any:
            self._register(target, options)
            return target

        return register if target is None else register(target)

    def on(self, name: str) -> Callable[[T], T]:
        """Handle events of this name, from pages and from Python; a trailing `*` is a wildcard."""

        def register(handler: Any) -> Any:
            self._handlers.append((name, handler))
            return handler

        return register

    def include(self, api: Api) -> None:
        """Take in another group's functions and handlers, under its namespace."""
        for function in api._functions.values():
            self._add(function.name, function.target, function.options)
        for name, handler in api._handlers:
            self.on(name)(handler)

    @property
    def functions(self) -> Mapping[str, Function]:
        """The exposed functions by their names in the page."""
        return self._functions

    def _register(self, target: Any, options: Options) -> None:
        if inspect.isclass(target):
            raise ConfigError(
                f"cannot expose the class {target.__name__}: expose an instance, "
                f"app.expose({target.__name__}()), or mark its methods"
            )
        if not callable(target) or not hasattr(target, "__name__"):
            self._register_instance(target, options)
            return
        name = options.name or target.__name__
        self._add(f"{self.namespace}.{name}" if self.namespace else name, target, options)

    def _register_instance(self, instance: Any, options: Options) -> None:
        kind = type(instance)
        prefix = options.name or kind.__name__.lower()
        marked = [
            (attribute, mark)
            for attribute in dir(kind)
            if (mark := getattr(getattr(kind, attribute, None), _MARK, None)) is not None
        ]
        if not marked:
            raise ConfigError(
                f"{kind.__name__} has no method marked with @pytron.expose; mark those that pages "
                "may call"
            )
        for attribute, mark in marked:
            parts = [part for part in (self.namespace, prefix, mark.name or attribute) if part]
            merged = Options(
                name=None,
                windows=mark.windows if mark.windows is not None else options.windows,
                timeout_s=mark.timeout_s if mark.timeout_s is not None else options.timeout_s,
                executor=mark.executor or options.executor,
                remote=mark.remote or options.remote,
            )
            self._add(".".join(parts), getattr(instance, attribute), merged)

    def _add(self, name: str, target: Callable[..., Any], options: Options) -> None:
        if self._frozen:
            raise ConfigError(
                f"cannot expose {name!r}: the app already runs; expose it before run()"
            )
        _check_name(name)
        for other in self._functions:
            if other == name:
                raise ConfigError(f"{name!r} is exposed twice; give one of them name=…")
            if other.startswith(f"{name}.") or name.startswith(f"{other}."):
                raise ConfigError(
                    f"{name!r} and {other!r} collide: a name cannot be a function and a namespace"
                )
        is_generator = inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target)
        is_async = inspect.iscoroutinefunction(target) or inspect.isasyncgenfunction(target)
        if is_async and options.executor not in (None, "loop"):
            raise ConfigError(f"{name!r} is async def and runs on the loop; leave executor= out")
        self._functions[name] = Function(
            name, target, options, is_async, is_generator, Arguments(name, target)
        )


def expose(
    target: Any = None,
    /,
    *,
    name: str | None = None,
    windows: Iterable[str] | None = None,
    timeout_s: float | None = None,
    executor: str | None = None,
    remote: bool = False,
) -> Any:
    """Mark a method of a class, for `app.expose(instance)`. Options as in `App.expose`."""
    options = _options(name, windows, timeout_s, executor, remote)

    def mark(target: Any) -> Any:
        setattr(target, _MARK, options)
        return target

    return mark if target is None else mark(target)


def _check_name(name: str) -> None:
    for part in name.split("."):
        if part in RESERVED:
            raise ConfigError(f"{part!r} in {name!r} is reserved for the client; choose another")
        if not part.isidentifier() or part.startswith("_"):
            raise ConfigError(
                f"{name!r} is no name for a page: use identifiers without a leading underscore, "
                "joined by dots"
            )


def unknown(name: str, functions: Iterable[str]) -> CallError:
    """The error for a name that is not exposed, with near ones."""
    near = difflib.get_close_matches(name, list(functions), n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return CallError(
        f"no function is exposed as {name!r}{hint}" + ("" if near else "; mark it @app.expose"),
        code="unknown_function",
    )
