"""An app → its contract."""

from __future__ import annotations

import builtins
import collections.abc
import functools
import inspect
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

from pytron import codec
from pytron.app import App
from pytron.dispatcher.functions import Function as Exposed
from pytron.errors import CallError, ConfigError, PytronError
from pytron.services.exposed import events_of_services, functions_of
from pytron.typegen import docstrings, hints
from pytron.typegen.contract import (
    Contract,
    Event,
    Failure,
    Function,
    Named,
    OneWay,
    Parameter,
    State,
    Type,
    accepted_inside,
    inside,
)
from pytron.typegen.reading import Reader

_KINDS: Final = inspect.Parameter
_STREAMS: Final = frozenset(
    {collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator,
     collections.abc.AsyncIterator, collections.abc.AsyncIterable,
     collections.abc.AsyncGenerator}
)  # fmt: skip
_By = Literal["both", "position", "name", "rest"]
_BY: Final[Mapping[Any, _By]] = {
    _KINDS.POSITIONAL_ONLY: "position",
    _KINDS.POSITIONAL_OR_KEYWORD: "both",
    _KINDS.KEYWORD_ONLY: "name",
    _KINDS.VAR_POSITIONAL: "rest",
}


def describe(app: App[Any]) -> Contract:
    """All that a page can know of an app that is put together and does not run.

    Raises:
        ConfigError: an annotation cannot be resolved, or something has no form between Python and
            a page; every such place is named.
    """
    return _contract(app.name, app.functions, _declared_events(app), app)


def describe_services() -> Contract:
    """What pages can call of the desktop's services and hear from them, the same in every app."""
    return _contract("services", functions_of(None), events_of_services(), None)


def _contract(
    name: str, exposed: Mapping[str, Exposed], declared: Mapping[str, Any], app: App[Any] | None
) -> Contract:
    reader = Reader()
    functions = [_function(reader, exposed[name]) for name in sorted(exposed)]
    events = [
        Event(name, _checked(reader, f"the event {name!r}", kind), _event_doc(kind))
        for name, kind in sorted(declared.items())
    ]
    state = None if app is None else _state(reader, app)
    for function in functions:
        for parameter in function.parameters:
            place = f"{function.name}(), argument {parameter.name}"
            _refuse_one_way(reader, place, parameter.type)
    problems = list(dict.fromkeys(reader.problems))
    if problems:
        raise ConfigError("\n".join(problems))
    types = {name: reader.types[name] for name in sorted(reader.types)}
    return Contract(name, functions, events, state, types)


def _declared_events(app: App[Any]) -> Mapping[str, Any]:
    return {name: event.kind for name, event in app.events.items()}


def _event_doc(kind: Any) -> str:
    return docstrings.parse(hints.own_docstring(kind)).text if isinstance(kind, type) else ""


def _checked(reader: Reader, place: str, kind: Any) -> Type:
    """Read a type that pages may send, and see whether it can be decoded at run time."""
    reader.place = place
    try:
        codec.decoder(kind)
    except TypeError as error:
        reader.problems.append(f"{place}: {error}")
    return reader.read(kind)


def _state(reader: Reader, app: App[Any]) -> State | None:
    if app.state_type is None:
        return None
    kind = _checked(reader, "the state", app.state_type)
    initial = hints.plain(app.state)
    return State(kind, None if initial is hints.UNTOLD else initial)


def _function(reader: Reader, exposed: Exposed) -> Function:
    target = _written(exposed.target)
    doc = docstrings.parse(inspect.getdoc(target))
    found = exposed.arguments.types
    try:
        exposed.arguments.prepare()
    except ConfigError as error:
        reader.problems.append(str(error))
    except RecursionError:
        reader.problems.append(
            f"{exposed.name}(): a `type` statement that refers to itself cannot come from a page; "
            "make it a dataclass"
        )
    except CallError:
        pass  # arguments that can only be given by name
    parameters = [
        _parameter(reader, exposed.name, parameter, found[parameter.name], doc)
        for parameter in inspect.signature(exposed.target).parameters.values()
        if parameter.kind is not _KINDS.VAR_KEYWORD
    ]
    reader.place = f"{exposed.name}(), its result"
    result = found["return"]
    if exposed.is_generator:
        result = _item_of(result)
    return Function(
        name=exposed.name,
        doc=doc.text,
        parameters=tuple(parameters),
        result=reader.read(result),
        stream=exposed.is_generator,
        returns=doc.returns,
        raises=tuple(_failures(target, doc.raises)),
    )


def _written(target: Any) -> Any:
    """The function that somebody wrote, inside decorators, partials and callable objects."""
    target = inspect.unwrap(target)
    while isinstance(target, functools.partial):
        target = inspect.unwrap(cast("functools.partial[Any]", target).func)
    return target if inspect.isroutine(target) else type(target).__call__


def _item_of(hint: Any) -> Any:
    """The type of what a generator yields: of `Iterator[int]`, int."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    return arguments[0] if origin in _STREAMS and arguments else Any


def _parameter(
    reader: Reader, function: str, parameter: inspect.Parameter, hint: Any, doc: docstrings.Doc
) -> Parameter:
    reader.place = f"{function}(), argument {parameter.name}"
    description, limits = hints.annotated(hint)
    by = _BY[parameter.kind]
    default = hints.UNTOLD if parameter.default is _KINDS.empty else hints.plain(parameter.default)
    return Parameter(
        name=parameter.name,
        type=reader.read(hint),
        by=by,
        required=parameter.default is _KINDS.empty and by != "rest",
        doc=doc.args.get(parameter.name) or description,
        limits=limits,
        default=None if default is hints.UNTOLD else default,
        has_default=default is not hints.UNTOLD,
    )


def _failures(target: Any, raises: Sequence[tuple[str, str]]) -> Iterator[Failure]:
    """The errors that a docstring declares, with the codes that pages will see."""
    scope: Mapping[str, Any] = getattr(getattr(target, "__func__", target), "__globals__", {})
    for name, text in raises:
        error = _look_up(name, scope)
        yield Failure(name.rpartition(".")[2], _code_of(error), text)


def _look_up(name: str, scope: Mapping[str, Any]) -> Any:
    first, *rest = name.split(".")
    found: Any = scope.get(first) or getattr(builtins, first, None)
    for part in rest:
        found = getattr(found, part, None)
    return found


def _code_of(error: Any) -> str:
    is_own = PytronError in getattr(error, "__mro__", ())
    code = getattr(error, "default_code" if is_own else "code", None)
    return code if isinstance(code, str) else "exception"


def _refuse_one_way(reader: Reader, place: str, type: Type) -> None:
    """Note what a page is to send and Python could not take."""
    seen: set[str] = set()

    def look(type: Type, place: str) -> None:
        if isinstance(type, OneWay):
            reader.problems.append(
                f"{place}: {type.python} can go to a page, but not come from one; annotate it with "
                "a plain type, such as dict, list, str or float"
            )
            return
        for inner in inside(type):
            look(inner, place)
        if isinstance(type, Named) and type.id not in seen:
            seen.add(type.id)
            declared = reader.types[type.id]
            for inner in accepted_inside(declared):
                look(inner, f"{place}, in {declared.name}")

    look(type, place)
