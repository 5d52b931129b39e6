"""Python values → JSON and parts.

Source: spec/ipc.md, section 5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import PurePath
from typing import Any, Final, NamedTuple

import msgspec

from pytron.codec.binary import BINARY_TYPES, as_binary
from pytron.codec.depth import MAX_DEPTH, refuse_depth
from pytron.errors import CallError

#: The largest integer that a page can hold exactly (ECMA-262, Number.MAX_SAFE_INTEGER).
MAX_SAFE_INTEGER: Final = 2**53 - 1

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_DIGITS: Final = bytes(48 if 48 <= i <= 57 else 32 for i in range(256))

Path = tuple["str | int", ...]


class Encoded(NamedTuple):
    """A value as JSON, and the binary that stands beside it with the paths to it."""

    json: bytes
    parts: Sequence[memoryview] = ()
    bin: Sequence[Mapping[str, object]] = ()


class _Found(Exception):
    """There is binary in the value, so it needs the slow way."""


def _hook(value: object) -> object:
    """Turn what msgspec does not know into what it knows."""
    if isinstance(value, PurePath):
        return str(value)
    dump = getattr(value, "model_dump", None)  # pydantic, without importing it
    if callable(dump):
        return dump()
    if as_binary(value) is not None:
        raise _Found
    item = getattr(value, "item", None)  # a NumPy scalar
    if type(value).__module__ == "numpy" and callable(item):
        return item()
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__}")


_encoder = msgspec.json.Encoder(enc_hook=_hook, decimal_format="string", uuid_format="canonical")


def encode(value: object, *, at: Path = ("value",)) -> Encoded:
    """The value as JSON and parts; `at` is where it stands in its message.

    Raises:
        CallError: `encode_failed`, naming what has no wire form and where it stands.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return Encoded(_encoder.encode(value))
    try:
        if kind not in _SCALARS and _has_binary(value):
            return _encode_with_parts(value, at)
        try:
            text = _encoder.encode(value)
        except _Found:
            return _encode_with_parts(value, at)
    except (TypeError, ValueError, RecursionError, UnicodeEncodeError) as error:
        raise _refusal(value, at, error) from error
    if _lossy(text):
        problem = _find(value, at, _inexact)
        if problem is not None:
            raise _refusal(value, at, None)
    refuse_depth(text, CallError, "encode_failed")
    return Encoded(text)


def encode_plain(value: object) -> bytes:
    """JSON of a value that Pytron itself made."""
    return _encoder.encode(value)


def _lossy(text: bytes) -> bool:
    """Whether the JSON may hide an integer past 2^53 or a NaN: cheap, and errs to yes."""
    return b"null" in text or (
        len(text) >= 16 and text.translate(_DIGITS).find(b"0000000000000000") >= 0
    )


def _has_binary(value: object) -> bool:
    """Whether there may be bytes anywhere in the value; level by level, at C speed."""
    level: list[Any] = [value]
    seen = 0
    while level:
        types = set(map(type, level))
        below: list[Iterable[Any]] = []
        for kind in types:
            if kind in _SCALARS:
                continue
            if issubclass(kind, BINARY_TYPES):
                return True
            members = level if len(types) == 1 else [v for v in level if type(v) is kind]
            expanded = _expand(kind, members)
            if expanded is not None:
                below.append(expanded)
        level = list(chain.from_iterable(below))
        seen += 1
        if seen > MAX_DEPTH:
            raise RecursionError
    return False


def _expand(kind: type, members: list[Any]) -> Iterable[Any] | None:
    """What stands inside these values, all of one type; None when nothing can."""
    if issubclass(kind, dict):
        return chain.from_iterable(map(kind.values, members))
    if issubclass(kind, (list, tuple, set, frozenset)):
        return chain.from_iterable(members)
    fields = getattr(kind, "__struct_fields__", None)
    if fields is None:
        names = getattr(kind, "__dataclass_fields__", None) or [
            field.name for field in getattr(kind, "__attrs_attrs__", ())
        ]
        fields = tuple(names)
    if fields:
        return [getattr(member, name, None) for member in members for name in fields]
    return None


def _encode_with_parts(value: object, at: Path) -> Encoded:
    """The slow way: a copy of the tree as plain containers, with null where binary stood."""
    parts: list[memoryview] = []
    places: list[dict[str, object]] = []

    def lift(node: object, path: Path) -> object:
        if type(node) in _SCALARS:
            return node
        binary = as_binary(node)
        if binary is not None:
            place: dict[str, object] = {"at": path, "part": len(parts), "type": binary.type}
            if binary.shape is not None:
                place["shape"] = binary.shape
            parts.append(binary.data)
            places.append(place)
            return None
        if len(path) > MAX_DEPTH:
            raise RecursionError
        if isinstance(node, Mapping):
            return {key: lift(child, (*path, str(key))) for key, child in node.items()}
        if isinstance(node, (list, tuple, set, frozenset)):
            return [lift(child, (*path, i)) for i, child in enumerate(node)]
        plain = _plain_fields(node)
        return node if plain is None else lift(plain, path)

    lifted = lift(value, at)
    text = _encoder.encode(lifted)
    if _lossy(text) and _find(lifted, at, _inexact) is not None:
        raise _refusal(lifted, at, None)
    return Encoded(text, parts, places)


def _plain_fields(node: object) -> dict[str, object] | None:
    """The fields of a dataclass, Struct, attrs or pydantic object; None for anything else."""
    kind = type(node)
    names = (
        getattr(kind, "__struct_encode_fields__", None)
        or getattr(kind, "__dataclass_fields__", None)
        or [field.name for field in getattr(kind, "__attrs_attrs__", ())]
    )
    if names:
        attributes = getattr(kind, "__struct_fields__", names)
        return {
            name: getattr(node, attribute)
            for name, attribute in zip(names, attributes, strict=True)
        }
    dump = getattr(node, "model_dump", None)
    return dump() if callable(dump) else None


def _inexact(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return f"the integer {value} is past 2^53, which a page cannot hold exactly; send a str"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} has no form in JSON; send None or a str"
    return None


def _unknown(value: object) -> str | None:
    try:
        msgspec.to_builtins(value, enc_hook=_shallow)
    except (TypeError, ValueError, UnicodeEncodeError) as error:
        return f"{error}"
    return None


def _shallow(value: object) -> object:
    return None if as_binary(value) is not None else _hook(value)


def _find(
    value: object, at: Path, problem: Callable[[object], str | None]
) -> tuple[Path, str] | None:
    """Where in the value something is wrong: the first place, depth first."""
    stack: list[tuple[Path, object]] = [(at, value)]
    while stack:
        path, node = stack.pop()
        if len(path) > MAX_DEPTH:
            return path, "it is nested too deeply, or contains itself"
        if isinstance(node, Mapping):
            stack.extend(((*path, str(k)), v) for k, v in reversed(list(node.items())))
        elif isinstance(node, (list, tuple, set, frozenset)):
            stack.extend(((*path, i), v) for i, v in reversed(list(enumerate(node))))
        else:
            fields = None if type(node) in _SCALARS else _plain_fields(node)
            if fields is not None:
                stack.append((path, fields))
                continue
            found = problem(node)
            if found is not None:
                return path, found
    return None


def _refusal(value: object, at: Path, error: Exception | None) -> CallError:
    """The error that names what could not be encoded, and where."""
    found = _find(value, at, _inexact) or _find(value, at, _unknown)
    if found is None and isinstance(error, RecursionError):
        found = at, "it is nested too deeply, or contains itself"
    path, reason = found or (at, str(error))
    if re.fullmatch(r"[\w.<>]+", reason):
        reason = f"{reason} has no form in JSON; return plain data, a dataclass or bytes"
    shown = path if len(path) <= 12 else (*path[:12], "…")
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in shown)
    return CallError(f"cannot send {place.lstrip('.')}: {reason}", code="encode_failed")
