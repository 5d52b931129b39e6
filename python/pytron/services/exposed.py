"""Services as functions that pages call: `pytron.services.dialogs.open_file({ title })`.

The same names and types as in Python. What is keyword-only there is one object of options here, as
JavaScript has it; a window is always the one that calls.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

from pytron.context import current
from pytron.dispatcher.functions import Function, Options
from pytron.services.desk import SERVICES
from pytron.services.service import Service

if TYPE_CHECKING:
    from pytron.services import Services

_CAN = "services.can"
_WINDOW = "window"


class Capability(TypedDict):
    """Whether something works on this machine now.

    Attributes:
        possible: whether it does.
        reason: who does it, or why it does not work.
    """

    possible: bool
    reason: str


def functions_of(app: Services | None) -> Mapping[str, Function]:
    """Every function by its name in the page. Without an app they only tell their types."""
    found = {_CAN: Function(_CAN, _can(app), Options())}
    for service in SERVICES.names():
        kind = SERVICES.find(service)
        for method in kind.pages:
            name = f"services.{service}.{method}"
            found[name] = Function(name, _target(app, kind, method), Options())
    return found


def events_of_services() -> Mapping[str, type[Any]]:
    """The data of every event of theirs."""
    kinds = [SERVICES.find(service) for service in SERVICES.names()]
    return {name: data for kind in kinds for name, data in kind.events.items()}


def _can(app: Services | None) -> Callable[[str], Capability]:
    def can(feature: str) -> Capability:
        """Whether something works on this machine now, and why not: `can("tray.click")`."""
        assert app is not None
        possible, reason = app.can(feature)
        return {"possible": possible, "reason": reason}

    can.__qualname__ = can.__name__
    return can


def _target(app: Services | None, kind: type[Service], method: str) -> Callable[..., Any]:
    target = getattr(kind, method)
    signature = inspect.signature(target)
    hints = typing.get_type_hints(target, include_extras=True)
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    takes_window = any(p.name == _WINDOW for p in parameters)
    named = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != _WINDOW]
    plain = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    types: dict[str, Any] = {p.name: hints[p.name] for p in plain}
    if named:
        options = inspect.Parameter("options", inspect.Parameter.POSITIONAL_OR_KEYWORD, default={})
        words = "".join(word.capitalize() for word in method.split("_"))
        name = f"{kind.__name__}{words}Options"
        types["options"] = _options_type(name, named, hints, inspect.getdoc(target))
        plain.append(options)

    async def call(*args: Any, options: Mapping[str, Any] | None = None, **given: Any) -> Any:
        assert app is not None
        if named and len(args) == len(plain):
            options, args = args[-1], args[:-1]
        keywords: dict[str, Any] = {**given, **(options or {})}
        if takes_window:
            keywords[_WINDOW] = current().window
        return await getattr(app.service(kind), method)(*args, **keywords)

    described = cast("Any", call)
    described.__signature__ = signature.replace(
        parameters=plain, return_annotation=_value_of(hints["return"])
    )
    described.__annotations__ = {**types, "return": _value_of(hints["return"])}
    described.__doc__ = target.__doc__
    described.__module__ = target.__module__
    described.__qualname__ = described.__name__ = method
    return call


def _options_type(
    name: str, parameters: list[inspect.Parameter], hints: Mapping[str, Any], doc: str | None
) -> type[Any]:
    make: Any = TypedDict  # its members are known only here
    made: type[Any] = make(name, {p.name: hints[p.name] for p in parameters}, total=False)
    made.__module__ = __name__
    # What the method says of its arguments, where a reader of types looks for it.
    made.__doc__ = (doc or "").replace("Args:", "Attributes:")
    return made


def _value_of(answer: Any) -> Any:
    """`T` of an `Answer[T]`."""
    (value,) = typing.get_args(answer)
    return value
