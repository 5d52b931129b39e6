"""What the places of a typed state take: values that Python puts there are held to it.

What pages send is converted on the way (`changes`); Python's values are used as they are, so they
are only looked at.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from pytron.errors import StateError
from pytron.state.annotations import (
    COLLECTIONS,
    DICTS,
    UNCLEAR,
    is_required,
    keys_of,
    members,
    origin_of,
    required_keys,
    type_at,
)
from pytron.state.links import ROOT, Node, Path, Step, is_dict, is_list, trail_of
from pytron.state.records import Shape, shape_of
from pytron.state.values import SCALARS, plain

Convert = Callable[[Any, Any], Any]


class Wrong(NamedTuple):
    """Something that does not fit: where below the value that was looked at, and why."""

    path: Path
    why: str


#: A value of another kind altogether.
_OTHER: Final = Wrong([], "")

#: Says what does not fit about a value, or None.
Test = Callable[[Any], Wrong | None]

#: What fits beside a type itself, because pages can't tell the difference.
_ALSO: Final[dict[type, tuple[type, ...]]] = {float: (int,), bytes: (bytearray, memoryview)}


class Declared:
    """One annotation, ready to look at values.

    Attributes:
        hint: the annotation.
        exact: types whose values fit without a further look.
        is_open: it takes anything.
    """

    def __init__(self, hint: Any, declarations: Declarations) -> None:
        self.hint = hint
        self.exact: set[type] = set()
        self.is_open = False
        self._declarations = declarations
        self._tests: list[Test] = []
        kinds = members(hint)
        self._has_keys = any(map(typing.is_typeddict, kinds))
        self._inside: dict[object, Any] = {}
        for kind in kinds:
            self._add(kind)

    def wrong(self, value: Any) -> Wrong | None:
        """Say what does not fit about a value, or None."""
        if self.is_open or type(value) in self.exact:
            return None
        deepest = Wrong([], f"is declared as {_name(self.hint)}, not {_kind(value)}")
        for test in self._tests:
            found = test(value)
            if found is None:
                return None
            if found is not _OTHER:
                deepest = found
        return deepest

    def inside(self, node: Node, key: Step) -> Any:
        """The annotation of a place in a list or dict that stands here; None: anything goes.

        UNCLEAR when only the whole tells.
        """
        name = (is_list(node), key if self._has_keys else None)
        try:
            return self._inside[name]
        except KeyError:
            hint = type_at(self.hint, node, key)
            found = self._inside[name] = hint if hint is UNCLEAR else self._declarations.of(hint)
            return found

    def _add(self, hint: Any) -> None:
        origin = origin_of(hint)
        arguments = typing.get_args(hint)
        if hint is None or hint is type(None):
            self.exact.add(type(None))
        elif origin is typing.Annotated:
            self._tests.append(self._limited(hint))
        elif origin is Literal:
            wanted: list[tuple[type, object]] = [(type(value), value) for value in arguments]
            self._tests.append(lambda value: None if (type(value), value) in wanted else _OTHER)
        elif typing.is_typeddict(hint):
            self._tests.append(self._typed_dict(hint))
        elif origin is tuple:
            self._tests.append(self._tuple(arguments))
        elif origin in COLLECTIONS:
            kinds = (list,) if origin is list else (list, tuple)
            self._tests.append(self._items(kinds, arguments[:1]))
        elif origin in DICTS:
            self._tests.append(self._values(arguments[1:]))
        elif isinstance(origin, type) and origin not in (Any, object):
            self._add_class(origin)
        else:
            self.is_open = True

    def _add_class(self, kind: type) -> None:
        if kind in SCALARS:
            self.exact.update((kind, *_ALSO.get(kind, ())))

        def test(value: Any) -> Wrong | None:
            try:
                fits = isinstance(value, kind)
            except TypeError:  # a protocol that can't be asked
                return None
            # bool is no int here and a datetime no date: pages would see another type.
            if not fits or (type(value) in SCALARS and type(value) is not kind):
                return _OTHER
            shape = shape_of(value)
            return None if shape is None else self._declarations.wrong_field(shape, value)

        self._tests.append(test)

    def _items(self, kinds: tuple[type, ...], arguments: Sequence[Any]) -> Test:
        def test(value: Any) -> Wrong | None:
            if not isinstance(value, kinds):
                return _OTHER
            if not arguments:
                return None
            items = cast("Iterable[Any]", value)
            return _first_wrong(self._declarations.of(arguments[0]), enumerate(items))

        return test

    def _values(self, arguments: Sequence[Any]) -> Test:
        def test(value: Any) -> Wrong | None:
            if not is_dict(value):
                return _OTHER
            if not arguments:
                return None
            return _first_wrong(self._declarations.of(arguments[0]), value.items())

        return test

    def _tuple(self, arguments: Sequence[Any]) -> Test:
        def test(value: Any) -> Wrong | None:
            if not isinstance(value, tuple):
                return _OTHER
            items = cast("tuple[Any, ...]", value)
            kinds = arguments
            if len(kinds) == 2 and kinds[1] is Ellipsis:
                kinds = [kinds[0]] * len(items)
            if arguments and len(kinds) != len(items):
                return Wrong([], f"has {len(items)} items, and is declared to have {len(kinds)}")
            for at, (kind, item) in enumerate(zip(kinds, items, strict=False)):
                found = _first_wrong(self._declarations.of(kind), [(at, item)])
                if found is not None:
                    return found
            return None

        return test

    def _typed_dict(self, hint: Any) -> Test:
        def test(value: Any) -> Wrong | None:
            if not is_dict(value):
                return _OTHER
            hints = keys_of(hint)
            if hints is None:
                return None
            for key in required_keys(hint):
                if key not in value:
                    return Wrong([], f"has no {key!r}, which {_name(hint)} requires")
            for key, item in value.items():
                if key not in hints:
                    return Wrong([key], f"is no key of {_name(hint)}: it has {', '.join(hints)}")
                found = _first_wrong(self._declarations.of(hints[key]), [(key, item)])
                if found is not None:
                    return found
            return None

        return test

    def _limited(self, hint: Any) -> Test:
        def test(value: Any) -> Wrong | None:
            declared = self._declarations.of(typing.get_args(hint)[0])
            if declared is not None and (found := declared.wrong(value)) is not None:
                return found
            try:
                self._declarations.convert(plain(value), hint)
            except Exception as error:  # noqa: BLE001 - whatever a conversion says is the answer
                return Wrong([], f"is refused by its declaration ({error})")
            return None

        return test


class Declarations:
    """The annotations of all places of one state, each made ready once.

    Attributes:
        convert: gives a value as its annotation has it, or raises.
    """

    def __init__(self, root: Any, convert: Convert) -> None:
        self.convert = convert
        self._known: dict[Any, Declared | None] = {}
        self._fields: dict[Shape, dict[str, Declared | None]] = {}
        self._root = self.of(root)

    def of(self, hint: Any) -> Declared | None:
        """An annotation, ready; None for one that takes anything."""
        try:
            return self._known[hint]
        except KeyError:
            made = Declared(hint, self)
            found = self._known[hint] = None if made.is_open else made
            return found
        except TypeError:  # a hint that can't be a key: a limit with a list in it
            return Declared(hint, self)

    def check_root(self, root: Any) -> None:
        """Raise StateError unless the state begins as it is declared."""
        if self._root is not None and (found := self._root.wrong(root)) is not None:
            raise _error(found.path, found.why)

    def check(self, node: Node, key: Step, value: Any) -> None:
        """Raise StateError unless `value`, adopted already, may stand at `key` of a node."""
        shape = shape_of(node)
        declared: Any
        if shape is not None:
            declared = self.fields(shape).get(str(key))
        else:
            place = self._place(node)
            if place is None:
                return
            declared = place.inside(node, key)
            if declared is UNCLEAR:
                content: Any = dict(node) if is_dict(node) else list(node)
                content[key] = value
                self._check_whole(node, place, content)
                return
        if declared is None or type(value) in declared.exact:
            return
        if (found := declared.wrong(value)) is not None:
            raise _error([trail_of(node, key), *found.path], found.why)

    def check_splice(self, node: Node, start: int, stop: int, values: Sequence[Any]) -> None:
        """Raise StateError unless `values`, adopted already, may replace a range of a list."""
        place = self._place(node)
        if place is None:
            return
        declared = place.inside(node, 0)
        if declared is UNCLEAR:
            self._check_whole(node, place, [*node[:start], *values, *node[stop:]])
        elif declared is not None:
            found = _first_wrong(declared, enumerate(values, start))
            if found is not None:
                trail = trail_of(node, found.path[0])
                raise _error([trail, *found.path[1:]], found.why)

    def check_content(self, node: Node, content: Any) -> None:
        """Raise StateError unless a list or dict may have this content instead of its own."""
        place = self._place(node)
        if place is not None:
            self._check_whole(node, place, content)

    def check_removal(self, node: Node, key: str) -> None:
        """Raise StateError when a dict can't be without `key`."""
        place = self._place(node)
        if place is not None and is_required(place.hint, key):
            raise _error([trail_of(node, key)], "is required: set it instead")

    def fields(self, shape: Shape) -> dict[str, Declared | None]:
        """The annotations of a record's fields, by the keys that pages see."""
        found = self._fields.get(shape)
        if found is None:
            try:
                hints = shape.hints()
            except StateError:  # not to be resolved: pages are told so when they change something
                hints = {}
            found = self._fields[shape] = {key: self.of(hint) for key, hint in hints.items()}
        return found

    def wrong_field(self, shape: Shape, record: Any) -> Wrong | None:
        """Say what does not fit in a record, or None."""
        fields = self.fields(shape)
        for key, value in shape.items(record):
            declared = fields.get(key)
            if declared is None or type(value) in declared.exact:
                continue
            if (found := declared.wrong(value)) is not None:
                return Wrong([key, *found.path], found.why)
        return None

    def _place(self, node: Node) -> Declared | None:
        """The annotation of the place that a list or dict stands in; None: it may hold anything."""
        link = node.__pytron__
        parent = link.parent
        if parent is None:
            return self._root if link.key is ROOT else None
        shape = shape_of(parent)
        if shape is not None:
            return self.fields(shape).get(link.key)
        above = self._place(parent)
        found: Any = None if above is None else above.inside(parent, link.key)
        return None if found is UNCLEAR else found

    def _check_whole(self, node: Node, place: Declared, content: Any) -> None:
        if (found := place.wrong(content)) is not None:
            link = node.__pytron__
            trail = [] if link.parent is None else [trail_of(link.parent, link.key)]
            raise _error([*trail, *found.path], found.why)


def _first_wrong(declared: Declared | None, items: Iterable[tuple[Step, Any]]) -> Wrong | None:
    if declared is None:
        return None
    exact = declared.exact
    for key, item in items:
        if type(item) not in exact and (found := declared.wrong(item)) is not None:
            return Wrong([key, *found.path], found.why)
    return None


def _error(path: Sequence[object], why: str) -> StateError:
    where = repr(".".join(map(str, path))) if path else "the state"
    return StateError(f"{where} {why}")


def _name(hint: Any) -> str:
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__qualname__
    return str(hint).replace("typing.", "")


def _kind(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return str(value)
    if is_list(value) or is_dict(value):
        return "list" if is_list(value) else "dict"
    return value.__class__.__qualname__
