"""Python values → JSON and parts.

Source: spec/ipc.md, section 5.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple, cast

import msgspec

from pytron.codec import depth
from pytron.codec.binary import BINARY_TYPES, Binary, as_binary
from pytron.codec.depth import MAX_DEPTH, refuse_depth
from pytron.codec.scan import (
    MAX_SAFE_INTEGER,
    SCALARS,
    fields_of,
    has_binary,
    is_inexact,
    key_problem,
    leaf_problem,
    written_key,
)
from pytron.errors import CallError

_DIGITS: Final = bytes(48 if 48 <= i <= 57 else 32 for i in range(256))
#: Subclasses of these, which msgspec does not know, and how they become the type itself.
_BASES: Final[Mapping[type, Callable[[Any], object]]] = {
    str: str.__str__, int: int.__int__, float: float.__float__,
}  # fmt: skip
#: Values of these types are never NaN, whatever stands beside them.
_NEVER_NAN: Final = frozenset({str, int, bool, type(None), dict, list, tuple})
_LONG: Final = b"0" * len(str(MAX_SAFE_INTEGER))

Path = tuple["str | int", ...]


class Encoded(NamedTuple):
    """A value as JSON, and the binary that stands beside it with the paths to it."""

    json: bytes
    parts: Sequence[memoryview] = ()
    bin: Sequence[Mapping[str, object]] = ()


class _Found(Exception):
    """There is binary in the value, so it needs the slow way."""


def _hook(value: object) -> object:
    """Turn what msgspec does not know into what it knows.

    Raises:
        _Found: there is binary in it.
        TypeError: it has no form in JSON.
        ValueError: JSON or a page would change it.
    """
    if as_binary(value) is not None:
        raise _Found
    known = _known(value)
    if has_binary(known, set()):
        raise _Found
    if is_inexact(known):
        raise ValueError("a number that JSON or a page would change")
    return known


def _known(value: object) -> object:
    """The value as something that msgspec knows; binary stays as it is."""
    if isinstance(value, PurePath):
        return str(value)
    for base, plain in _BASES.items():
        if isinstance(value, base):
            return plain(cast("Any", value))
    if not isinstance(value, type):
        dump = getattr(value, "model_dump", None)  # pydantic, without importing it
        if callable(dump):
            return dump()
        if isinstance(value, Mapping):
            return dict(cast("Mapping[object, object]", value))
        if type(value).__module__ == "numpy":
            return _known_scalar(value)
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__}")


def _known_scalar(value: Any) -> object:
    """A number, text or time of NumPy as Python has it."""
    item: object = value.item()
    kind = value.dtype.kind
    if kind in "biuf" and type(item) in SCALARS:
        return item
    if kind in "mM" and isinstance(item, (datetime.date, datetime.timedelta)):
        return item
    raise TypeError(f"a {value.dtype} of NumPy: convert it to a type of Python first")


Quick = Callable[[object, bytes, bytes], "bytes | None"]
_encoder = msgspec.json.Encoder(enc_hook=_hook, decimal_format="string", uuid_format="canonical")


def _scalar(value: object, head: bytes, tail: bytes) -> bytes | None:
    """Stands where no native module does it, for what most answers are."""
    if type(value) not in SCALARS or leaf_problem(value) is not None:
        return None
    return head + _encoder.encode(value) + tail


#: The JSON of plain data in one piece with what stands around it; None where `encode` must.
written: Quick = _scalar


def accelerate(quick: Quick, is_deeper: depth.Deeper) -> None:
    """Let a native module write plain data, and look how deep JSON is.

    Between a head and a tail it must write the same JSON as `encode`, or give None, also for all
    that `encode` refuses: that is encoded here.
    """
    global written
    written = quick
    depth.accelerate(is_deeper)


def encode(value: object, *, at: Path = ("value",)) -> Encoded:
    """The value as JSON and parts; `at` is where it stands in its message.

    Raises:
        CallError: `encode_failed`, naming what has no wire form and where it stands.
    """
    quick = written(value, b"", b"")
    if quick is not None:
        return Encoded(quick)
    if type(value) in SCALARS:
        problem = leaf_problem(value)
        if problem is not None:
            raise _refused(at, problem)
    seen: set[type] = set()
    try:
        if has_binary(value, seen):
            return _encode_with_parts(value, at)
        try:
            text = _encoder.encode(value)
        except _Found:
            return _encode_with_parts(value, at)
        if _may_be_inexact(text, seen) and is_inexact(value):
            raise _refusal(value, at, None)
    except (TypeError, ValueError, RecursionError) as error:
        raise _refusal(value, at, error) from error
    refuse_depth(text, CallError, "encode_failed")
    return Encoded(text)


def encode_plain(value: object) -> bytes:
    """JSON of a value that Pytron itself made."""
    return _encoder.encode(value)


def _may_be_inexact(text: bytes, seen: set[type]) -> bool:
    """Whether the JSON may hide an integer past 2^53 or a NaN: cheap, and errs to yes."""
    if b"null" in text and not seen <= _NEVER_NAN:
        return True
    return len(text) >= len(_LONG) and _LONG in text.translate(_DIGITS)


def _encode_with_parts(value: object, at: Path) -> Encoded:
    """The slow way: a copy of the tree as plain containers, with null where binary stood."""
    arrays: dict[int, Binary] = {}

    def known(node: object) -> object:
        binary = as_binary(node)
        if binary is None:
            return _known(node)
        arrays[id(binary.data)] = binary
        return binary.data

    parts: list[memoryview] = []
    places: list[dict[str, object]] = []

    def lift(node: object, path: Path) -> object:
        if isinstance(node, dict):
            mapping = cast("dict[str, object]", node)
            return {key: lift(child, (*path, key)) for key, child in mapping.items()}
        if isinstance(node, (list, tuple)):
            items = cast("Sequence[object]", node)
            return [lift(child, (*path, i)) for i, child in enumerate(items)]
        binary = arrays.get(id(node)) or as_binary(node)
        if binary is None:
            return node
        entry: dict[str, object] = {"at": path, "part": len(parts), "type": binary.type}
        if binary.shape is not None:
            entry["shape"] = binary.shape
        parts.append(binary.data)
        places.append(entry)
        return None

    tree = msgspec.to_builtins(value, builtin_types=BINARY_TYPES, str_keys=True, enc_hook=known)
    lifted = lift(tree, at)
    text = _encoder.encode(lifted)
    if is_inexact(lifted):
        raise _refusal(value, at, None)
    refuse_depth(text, CallError, "encode_failed")
    return Encoded(text, parts, places)


def _fields(node: object) -> dict[str, object] | None:
    """The fields of a dataclass, Struct, attrs or pydantic object; None for anything else."""
    kind = type(node)
    names = fields_of(kind)
    if names:
        return {name: getattr(node, name, None) for name in names}
    dump = None if isinstance(node, type) else getattr(node, "model_dump", None)
    return cast("dict[str, object]", dump()) if callable(dump) else None


def _unknown(value: object) -> str | None:
    try:
        msgspec.to_builtins(value, enc_hook=_shallow)
    except (TypeError, ValueError) as error:
        return str(error)
    return None


def _shallow(value: object) -> object:
    if as_binary(value) is not None:
        return None
    known = _known(value)
    problem = leaf_problem(known)
    if problem is not None:
        raise ValueError(problem)
    return known


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
            mapping = cast("Mapping[object, object]", node)
            found = key_problem(mapping)
            if found is not None:
                return path, found
            stack.extend(
                ((*path, written_key(k) or ""), v) for k, v in reversed(list(mapping.items()))
            )
        elif isinstance(node, (list, tuple, set, frozenset)):
            items = list(cast("Iterable[object]", node))
            stack.extend(((*path, i), v) for i, v in reversed(list(enumerate(items))))
        else:
            fields = None if type(node) in SCALARS else _fields(node)
            if fields is not None:
                stack.append((path, fields))
                continue
            found = problem(node)
            if found is not None:
                return path, found
    return None


def _refusal(value: object, at: Path, error: Exception | None) -> CallError:
    """The error that names what could not be encoded, and where."""
    found = _find(value, at, leaf_problem) or _find(value, at, _unknown)
    if found is None and isinstance(error, RecursionError):
        found = at, "it is nested too deeply, or contains itself"
    path, reason = found or (at, str(error))
    if re.fullmatch(r"[\w.<>]+", reason):
        reason = f"{reason} has no form in JSON; return plain data, a dataclass or bytes"
    return _refused(path, reason)


def _refused(path: Path, reason: str) -> CallError:
    shown = path if len(path) <= 12 else (*path[:12], "…")
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in shown)
    return CallError(f"cannot send {place.lstrip('.')}: {reason}", code="encode_failed")
