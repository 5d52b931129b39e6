"""What a function raised in another process, so that it comes back as what it was.

An exception travels as its class and its `args`, and many of users' own cannot be made anew from
these: their `__init__` takes something else. Python's pool of processes then takes itself for
broken, and every call that it runs fails without the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytron.dispatcher.faults import own, told
from pytron.errors import PytronError


def run(function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Any:
    """Call the function; this is in the worker's process."""
    try:
        return function(*arguments, **keywords)
    except BaseException as error:
        if _comes_back(error):
            raise
        raise _Parcel(error) from error


def _comes_back(error: BaseException) -> bool:
    """Whether it is the same after its way through a pickle."""
    back = _copied(error)
    return type(back) is type(error) and told(back) == told(error)


def _copied(value: object) -> object:
    """The value as another process would have it; None where it cannot travel."""
    import pickle  # heavy, and only for this

    try:
        return pickle.loads(pickle.dumps(value))
    except Exception:  # noqa: BLE001 - users' own code runs here
        return None


class _Parcel(Exception):
    """Becomes, where it is unpacked, an exception of the same name, code, message and data."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(told(error))
        self._name = type(error).__name__
        self._known = isinstance(error, PytronError)
        self._code = own(error, "code")
        self._data = _copied(own(error, "data")) if self._known else None

    def __reduce__(self) -> tuple[Callable[..., BaseException], tuple[object, ...]]:
        code = self._code if isinstance(self._code, str) else None
        return _unpacked, (self._name, str(self), self._known, code, self._data)


def _unpacked(
    name: str, message: str, known: bool, code: str | None, data: object
) -> BaseException:
    kind: Any = type(name, (PytronError if known else Exception,), {})
    error = kind(message, data=data) if known else kind(message)
    if code is not None:
        error.code = code
    return error
