"""Records: dataclasses, attrs classes and structs, and their subclasses that report changes.

A tracked record is an instance of a subclass made on the fly, so it is an instance of the user's
class for `isinstance`, for its methods and, through `__class__`, for its `==` and `repr`. It is
filled field by field: `__init__` and `__post_init__` don't run a second time.
"""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from pytron.errors import StateError
from pytron.near import meant
from pytron.state.links import MISSING, Link, is_dict, is_list

_CACHE: Final[dict[type, Shape | None]] = {}


def shape_of(value: object) -> Shape | None:
    """Describe the class of a record (tracked or not); None for all other values."""
    kind = type(value)
    try:
        return _CACHE[kind]
    except KeyError:
        return shape_of_class(kind)


def shape_of_class(kind: type) -> Shape | None:
    """Describe a class of records; None for all other classes."""
    if kind not in _CACHE:
        _CACHE[kind] = _describe(kind)
    return _CACHE[kind]


def _describe(kind: Any) -> Shape | None:
    if hasattr(kind, "__dataclass_fields__"):
        import dataclasses  # heavy; whoever made such a class has imported it

        fields = dataclasses.fields(kind)
        shape = Shape(kind, [(field.name, field.name) for field in fields])
        for field in fields:
            if field.default is not dataclasses.MISSING:
                shape.defaults[field.name] = lambda value=field.default: value
            elif field.default_factory is not dataclasses.MISSING:
                shape.defaults[field.name] = field.default_factory
        return shape
    attrs = getattr(kind, "__attrs_attrs__", None)
    if attrs is not None:
        return Shape(kind, [(field.name, field.name) for field in attrs])
    if hasattr(kind, "__struct_config__"):
        return StructShape(kind)
    return None


class Shape:
    """The fields of one record class, under their names here and in pages.

    Attributes:
        base: the user's class.
        key_of: attribute name to the key that pages see.
        name_of: that key to the attribute name.
        defaults: attribute name to what makes its default, where that is known.
    """

    def __init__(self, base: type, names: Iterable[tuple[str, str]]) -> None:
        self.base = base
        self.key_of: dict[str, str] = dict(names)
        self.name_of: dict[str, str] = {key: name for name, key in self.key_of.items()}
        self.defaults: dict[str, Callable[[], object]] = {}
        self.tag: tuple[str, object] | None = None
        self.frozen = False
        #: The class has its own opinion about assignments (frozen, validators).
        self.custom = not isinstance(base.__setattr__, types.WrapperDescriptorType)
        self._tracked: type | None = None
        self._hints: dict[str, Any] | None = None

    def take(self, record: Any, key: str) -> Any:
        """Give the raw value of a field, MISSING when it was never set."""
        return getattr(record, self.name_of[key], MISSING)

    def put(self, record: Any, key: str, value: object) -> None:
        """Set a field and nothing else."""
        object.__setattr__(record, self.name_of[key], value)

    def items(self, record: Any) -> list[tuple[str, Any]]:
        """Give the fields that are set, under their keys."""
        try:
            return [(key, getattr(record, name)) for name, key in self.key_of.items()]
        except AttributeError:  # one was never set
            found = [(key, self.take(record, key)) for key in self.name_of]
            return [item for item in found if item[1] is not MISSING]

    def private(self, record: Any) -> dict[str, Any]:
        """Give what a record holds beside its fields (caches and the like)."""
        extra: dict[str, Any] = getattr(record, "__dict__", {})
        if extra.keys() <= self.key_of.keys():
            return {}
        return {n: v for n, v in extra.items() if n not in self.key_of and n != "__pytron__"}

    def blank(self, link: Link) -> Any:
        """Make a tracked record without any field."""
        if self._tracked is None:
            self._tracked = self._subclass()
        node: Any = object.__new__(cast("Any", self._tracked))
        object.__setattr__(node, "__pytron__", link)
        return node

    def rebuild(self, record: Any, convert: Callable[[Any], Any]) -> Any:
        """Make an untracked copy, each field passed through `convert`."""
        made: Any = object.__new__(cast("Any", self.base))
        for key, value in self.items(record):
            self.put(made, key, convert(value))
        getattr(made, "__dict__", {}).update(self.private(record))
        return made

    def hints(self) -> dict[str, Any]:
        """Give the annotation of each field, under its key.

        Raises:
            StateError: an annotation names something that isn't there.
        """
        if self._hints is None:
            try:
                found = typing.get_type_hints(self.base, include_extras=True)
            except NameError as error:
                raise StateError(
                    f"an annotation of {self.base.__qualname__} can't be resolved ({error}): "
                    "define the class and what it names at the top level of a module"
                ) from error
            self._hints = {key: found.get(name, Any) for name, key in self.key_of.items()}
        return self._hints

    def near(self, name: str) -> str:
        """Say what there is, for a message about a name that isn't."""
        return meant(name, self.key_of, f"its fields are {', '.join(self.key_of) or 'none'}")

    def _subclass(self) -> type:
        namespace = {"__slots__": ("__pytron__",), **_methods(self)}
        return self._make(lambda: type(self.base)(self.base.__name__, (self.base,), namespace))

    def _make(self, make: Callable[[], type]) -> type:
        try:
            made = make()
        except TypeError as error:
            raise StateError(
                f"{self.base.__qualname__} can't be tracked ({error}): "
                "use a dataclass that can have subclasses"
            ) from error
        made.__module__, made.__qualname__ = self.base.__module__, self.base.__qualname__
        _CACHE[made] = self
        return made


class StructShape(Shape):
    """A struct of msgspec, known by its attributes: only the codec may import that library."""

    def __init__(self, base: Any) -> None:
        super().__init__(base, zip(base.__struct_fields__, base.__struct_encode_fields__))  # noqa: B905
        config = base.__struct_config__
        if config.array_like:
            raise StateError(f"{base.__qualname__} is array_like: the state needs field names")
        self.frozen = bool(config.frozen)
        self.custom = self.custom or self.frozen
        if config.tag is not None:
            self.tag = (config.tag_field, config.tag)
        self._members = {key: getattr(base, name) for name, key in self.key_of.items()}

    def put(self, record: Any, key: str, value: object) -> None:
        """Set a field and nothing else: structs take no `object.__setattr__`."""
        self._members[key].__set__(record, value)

    def blank(self, link: Link) -> Any:
        """Make a tracked struct whose fields are still None."""
        if self._tracked is None:
            self._tracked = self._subclass()
        node = self._tracked(**dict.fromkeys(self.key_of))
        node.__dict__["__pytron__"] = link
        return node

    def rebuild(self, record: Any, convert: Callable[[Any], Any]) -> Any:
        """Make an untracked copy, each field passed through `convert`."""
        return self.base(**{self.name_of[k]: convert(v) for k, v in self.items(record)})

    def _subclass(self) -> type:
        def post_init(_: object) -> None:
            """Do nothing: the fields come later."""

        def same(self: Any, other: object) -> object:
            shape = cast("Shape", shape_of(self))
            if shape_of(other) is not shape:
                return NotImplemented
            return dict(shape.items(self)) == dict(shape.items(other))

        namespace: dict[str, object] = {"__post_init__": post_init, "__eq__": same}
        namespace.update(__pytron__=None, **_methods(self))
        make: Any = type(self.base)
        return self._make(lambda: make(self.base.__name__, (self.base,), namespace, dict=True))


def _methods(shape: Shape) -> dict[str, object]:
    """Make what the tracked subclass of one record class overrides."""
    base: Any = shape.base
    key_of = shape.key_of

    def set_attribute(self: Any, name: str, value: object) -> None:
        key = key_of.get(name)
        if key is None:
            _set_other(shape, self, name, value)
        elif shape.custom:
            _set_by_class(shape, self, key, name, value)
        else:
            self.__pytron__.tree.assign(self, key, value)

    def delete_attribute(self: Any, name: str) -> None:
        if name not in key_of:
            base.__delattr__(self, name)
        elif name in shape.defaults:
            setattr(self, name, shape.defaults[name]())
        else:
            raise AttributeError(
                f"{name!r} of {base.__qualname__} has no default to go back to: set it instead"
            )

    def copied(self: Any, _memo: object = None) -> Any:
        return untracked(self)

    def reduced(self: Any, _protocol: object) -> tuple[Any, ...]:
        return as_is, (untracked(self),)

    return {
        "__class__": property(lambda _: base),
        "__setattr__": set_attribute,
        "__delattr__": delete_attribute,
        "__copy__": copied,
        "__deepcopy__": copied,
        "__reduce_ex__": reduced,
    }


def untracked(value: Any) -> Any:
    """Give a deep copy of a tracked value that has its types but reports no changes."""
    if is_list(value):
        return [untracked(item) for item in value]
    if is_dict(value):
        return {key: untracked(item) for key, item in value.items()}
    shape = shape_of(value)
    if shape is not None:
        return shape.rebuild(value, untracked)
    # A view of the state can't be written to, and `copy` can't handle it.
    return value if type(value) is memoryview else copy.copy(value)


def as_is(value: Any) -> Any:
    """Give the argument: what unpickling a tracked value ends with."""
    return value


def _set_other(shape: Shape, record: Any, name: str, value: object) -> None:
    """Set what is no field: a property, or a private attribute, which isn't shared."""
    base: Any = shape.base
    if name.startswith("_") or hasattr(getattr(base, name, None), "__set__"):
        base.__setattr__(record, name, value)
        return
    raise AttributeError(f"{base.__qualname__} has no field {name!r}: {shape.near(name)}")


def _set_by_class(shape: Shape, record: Any, key: str, name: str, value: object) -> None:
    """Let the user's class see, change or refuse the value before it is assigned."""
    base: Any = shape.base
    tree: Any = record.__pytron__.tree
    with tree.guard:
        old = shape.take(record, key)
        base.__setattr__(record, name, value)
        new = shape.take(record, key)
        if old is not MISSING:
            shape.put(record, key, old)
        tree.assign(record, key, new)
