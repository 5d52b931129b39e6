"""Exposed functions: how they are marked, named and found."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar, cast, overload

from pytron.dispatcher.arguments import Arguments, underlying
from pytron.dispatcher.backlog import Slow
from pytron.dispatcher.event import KEEP, TypedEvent, check_name
from pytron.errors import CallError, ConfigError
from pytron.near import meant

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

#: Names that the client itself uses, at any depth of a dotted name.
RESERVED: Final = frozenset(
    {"ready", "call", "on", "emit", "state", "subscribe", "update", "window", "services", "then",
     "toJSON"}
)  # fmt: skip
_MARK: Final = "__pytron_expose__"


class Options(NamedTuple):
    """What `expose` was told."""

    name: str | None = None
    windows: Sequence[str] | None = None
    timeout_s: float | None = None
    executor: str | None = None
    remote: bool = False


class Function:
    """An exposed function under its final name.

    Attributes:
        executor: where it runs.
        is_async: calling it gives something to await.
        is_generator: it answers with a stream.
        takes_place: it runs on a worker, of which there are only so many.
    """

    __slots__ = ("arguments", "executor", "is_async", "is_generator", "name", "options",
                 "takes_place", "target")  # fmt: skip

    def __init__(self, name: str, target: Callable[..., Any], options: Options) -> None:
        flags = code_flags(target)
        self.name = name
        self.target = target
        self.options = options
        self.is_async = bool(flags & (_COROUTINE | _ASYNC_GENERATOR))
        self.is_generator = bool(flags & (_GENERATOR | _ASYNC_GENERATOR))
        self.executor = options.executor or ("loop" if self.is_async else "thread")
        self.takes_place = self.executor == "thread"
        self.arguments = Arguments(name, target)


#: Flags of code objects (inspect.CO_…), without the weight of `inspect`.

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


def code_flags(target: object) -> int:
    """The flags of a function's code, seen through methods, partials and callable objects."""
    flags: int = getattr(getattr(underlying(target), "__code__", None), "co_flags", 0)
    return flags


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


def is_async(target: object) -> bool:
    """Whether calling it gives something to await."""
    return bool(code_flags(target) & _COROUTINE)


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
        self._declared: dict[str, TypedEvent[Any]] = {}
        self._frozen = False
        self._parents: list[Api] = []

    @overload
    def expose(
        self,
        target: None = None,
        /,
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

    def on(self, name: str) -> Callable[[F], F]:
        """Handle events of this name, from pages and from Python; a trailing `*` is a wildcard."""
        check_name(name)

        def register(handler: F) -> F:
            self._handle(name, handler)
            return handler

        return register

    @overload
    def event(
        self, name: str, *, slow: Slow = ..., keep: int = ..., remote: bool = ...
    ) -> TypedEvent[None]: ...
    @overload
    def event(
        self, name: str, kind: type[T], *, slow: Slow = ..., keep: int = ..., remote: bool = ...
    ) -> TypedEvent[T]: ...
    @overload
    def event(
        self, name: str, kind: Any, *, slow: Slow = ..., keep: int = ..., remote: bool = ...
    ) -> TypedEvent[Any]: ...
    def event(
        self,
        name: str,
        kind: Any = None,
        *,
        slow: Slow = "wait",
        keep: int = KEEP,
        remote: bool = False,
    ) -> TypedEvent[Any]:
        """Declare an event and the type of its data, which is checked: `app.event("saved", Saved)`.

        Args:
            name: its name, in Python and in pages.
            kind: the type of its data; left out for an event without data, `Any` for any.
            slow: what becomes of it when a page does not read: `wait` makes the sender wait (and
                loses nothing), `latest` lets only the newest wait for the page, `drop_oldest` up
                to `keep`. Listeners are told how many they missed.
            keep: see `drop_oldest`.
            remote: sessions of `pytron serve` may send it, and hear it when all do.

        Raises:
            ConfigError: it is declared already, or an option is wrong.
        """
        made: TypedEvent[Any] = TypedEvent(self, name, kind, slow=slow, keep=keep, remote=remote)
        self._declare(made)
        return made

    @property
    def events(self) -> Mapping[str, TypedEvent[Any]]:
        """The declared events by their names."""
        return self._declared

    def send_event(self, name: str, data: object, to: str | None) -> None:
        """Emit an event in the running app, for the events that are declared here.

        Raises:
            ConfigError: no app includes this group, or the app does not run.
        """
        if not self._parents:
            raise ConfigError(f"{name!r} cannot be emitted: no app includes the group it is in")
        for parent in self._parents:
            parent.send_event(name, data, to)

    def _declare(self, event: TypedEvent[Any]) -> None:
        if self._declared.get(event.name, event) is not event:
            raise ConfigError(f"the event {event.name!r} is declared twice; declare it once")
        for parent in self._parents:
            parent._declare(event)
        self._declared[event.name] = event

    def include(self, api: Api) -> None:
        """Take in another group's functions and handlers, also those that it gets later.

        Raises:
            ConfigError: a name of it is taken.
        """
        for function in api._functions.values():
            self._add(self._qualified(function.name), function.target, function.options)
        for name, handler in api._handlers:
            self._handle(name, handler)
        for event in api._declared.values():
            self._declare(event)
        api._parents.append(self)

    def _qualified(self, name: str) -> str:
        return f"{self.namespace}.{name}" if self.namespace else name

    def _handle(self, name: str, handler: Callable[..., Any]) -> None:
        self._handlers.append((name, handler))
        for parent in self._parents:
            parent._handle(name, handler)

    @property
    def functions(self) -> Mapping[str, Function]:
        """The exposed functions by their names in the page."""
        return self._functions

    def _register(self, target: Any, options: Options) -> None:
        if isinstance(target, type):
            raise ConfigError(
                f"cannot expose the class {target.__name__}: expose an instance, "
                f"app.expose({target.__name__}()), or mark its methods"
            )
        marked = [] if hasattr(target, "__name__") else _marked(cast("Any", type(target)))
        if marked:
            self._register_instance(target, marked, options)
            return
        name = options.name or getattr(target, "__name__", None)
        if not callable(target) or name is None:
            raise ConfigError(
                f"{type(target).__name__} has no method marked with @pytron.expose; mark those "
                "that pages may call"
                + ("; or give name=… to expose the object itself" if callable(target) else "")
            )
        self._add(self._qualified(name), target, options)

    def _register_instance(
        self, instance: object, marked: Iterable[tuple[str, Options]], options: Options
    ) -> None:
        prefix = options.name or type(instance).__name__.lower()
        for attribute, mark in marked:
            merged = Options(
                name=None,
                windows=mark.windows if mark.windows is not None else options.windows,
                timeout_s=mark.timeout_s if mark.timeout_s is not None else options.timeout_s,
                executor=mark.executor or options.executor,
                remote=mark.remote or options.remote,
            )
            name = self._qualified(f"{prefix}.{mark.name or attribute}")
            self._add(name, getattr(instance, attribute), merged)

    @contextmanager
    def _freezing(self) -> Generator[None]:
        """Let nothing be exposed any more for the length of a `with` block: the app runs."""
        self._frozen = True
        try:
            yield
        finally:
            self._frozen = False

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
        function = Function(name, target, options)
        if function.is_async and function.executor != "loop":
            raise ConfigError(f"{name!r} is async def and runs on the loop; leave executor= out")
        for parent in self._parents:
            parent._add(parent._qualified(name), target, options)
        self._functions[name] = function


def _marked(kind: type[Any]) -> list[tuple[str, Options]]:
    """Names and options of the methods that are marked with `@pytron.expose`."""
    found: list[tuple[str, Options]] = []
    for attribute in dir(kind):
        mark = getattr(getattr(kind, attribute, None), _MARK, None)
        if isinstance(mark, Options):
            found.append((attribute, mark))
    return found


@overload
def expose(
    target: None = None,
    /,
    *,
    name: str | None = None,
    windows: Iterable[str] | None = None,
    timeout_s: float | None = None,
    executor: str | None = None,
    remote: bool = False,
) -> Callable[[T], T]: ...
@overload
def expose(target: T, /) -> T: ...
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
        try:
            setattr(getattr(target, "__func__", target), _MARK, options)  # also of a staticmethod
        except AttributeError as error:  # a property, for one
            raise ConfigError(
                f"a {type(target).__name__} cannot be marked with @pytron.expose: mark a method"
            ) from error
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
    hint = meant(name, functions, "mark it @app.expose")
    return CallError(f"no function is exposed as {name!r}; {hint}", code="unknown_function")
