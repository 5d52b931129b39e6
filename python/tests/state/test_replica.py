"""Whatever Python does to a state, its ops do the same to a plain copy."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pytron.state import Patch, State, apply_ops, plain
from pytron.state.links import path_of
from pytron.state.subscriptions import value_at

KEYS = st.sampled_from(["a", "b", "c", "items", ""])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", 0.0, -0.0, 0.5])


@dataclass
class Note:
    text: str = ""
    tags: list[Any] = field(default_factory=list[Any])
    more: dict[str, Any] = field(default_factory=dict[str, Any])


NOTES = st.builds(
    Note,
    st.text(max_size=2, alphabet="xy"),
    st.lists(LEAVES, max_size=2),
    st.dictionaries(KEYS, LEAVES, max_size=2),
)
VALUES = st.recursive(
    LEAVES | NOTES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
INDEXES = st.integers(-5, 5)
SLICES = st.builds(
    slice, st.none() | INDEXES, st.none() | INDEXES, st.sampled_from([None, 1, 2, 3, -1, -2])
)


def containers(value: Any) -> list[Any]:
    """All nodes at and below `value`."""
    found = [value] if isinstance(value, list | dict | Note) else []
    if isinstance(value, Note):
        children: list[Any] = [value.tags, value.more]
    elif isinstance(value, dict):
        children = list(value.values())
    else:
        children = value if isinstance(value, list) else []
    return found + [node for child in children for node in containers(child)]


class Replica(RuleBasedStateMachine):
    """A state, a mirror that changes as the state should, and a copy that follows the patches."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State[dict[str, Any]]("app", {"list": [], "dict": {}})
        self.node: Any = self.state.root
        self.mirror: Any = copy.deepcopy(self.node)
        self.copy: Any = plain(self.node)
        self.revision = 0
        self.state.listen(self.follow)
        self.transaction: Any = None
        self.before: Any = None
        self.held: list[Any] = []

    def follow(self, patch: Patch) -> None:
        assert patch.revision == self.revision + 1
        self.revision = patch.revision
        self.copy = apply_ops(self.copy, patch.ops)

    def pick(self, data: Any, kind: type) -> tuple[Any, Any]:
        """Choose one node, with its twin in the mirror."""
        nodes, twins = containers(self.node), containers(self.mirror)
        pairs = [pair for pair in zip(nodes, twins, strict=True) if isinstance(pair[0], kind)]
        return data.draw(st.sampled_from(pairs)) if pairs else (None, None)

    def both(self, pair: tuple[Any, Any], act: Any) -> None:
        """Do the same to a node and its twin: it works for both or for neither."""
        node, twin = pair
        if node is None:
            return
        if len(plain_text(self.mirror)) > 3000:
            act = lambda target: target.clear() if not isinstance(target, Note) else None  # noqa: E731
        expected, expected_error = outcome(act, twin)
        result, error = outcome(act, node)
        assert error is expected_error
        assert result is node or result == expected

    @rule(data=st.data(), value=VALUES, index=INDEXES)
    def change_list(self, data: Any, value: Any, index: int) -> None:
        def setitem(items: Any) -> None:
            items[index] = copy.deepcopy(value)

        def delitem(items: Any) -> None:
            del items[index]

        def repeat(items: Any) -> None:
            items *= index % 3
            if items is twin:  # a plain list now holds things twice; in the state they are copies
                items[:] = [copy.deepcopy(item) for item in items]

        acts = [
            setitem,
            delitem,
            lambda items: items.append(copy.deepcopy(value)),
            lambda items: items.insert(index, copy.deepcopy(value)),
            lambda items: items.pop(index),
            lambda items: items.remove(value),
            lambda items: items.reverse(),
            lambda items: items.sort(key=plain_text),
            lambda items: items.clear(),
            repeat,
        ]
        node, twin = self.pick(data, list)
        self.both((node, twin), data.draw(st.sampled_from(acts)))

    @rule(data=st.data(), values=st.lists(VALUES, max_size=3), part=SLICES)
    def change_slice(self, data: Any, values: list[Any], part: slice) -> None:
        def setslice(items: Any) -> None:
            items[part] = copy.deepcopy(values)

        def delslice(items: Any) -> None:
            del items[part]

        acts = [
            setslice,
            delslice,
            lambda items: items.extend(copy.deepcopy(values)),
            lambda items: items.__iadd__(copy.deepcopy(values)),
        ]
        self.both(self.pick(data, list), data.draw(st.sampled_from(acts)))

    @rule(data=st.data(), key=KEYS, value=VALUES)
    def change_dict(self, data: Any, key: str, value: Any) -> None:
        def setitem(target: Any) -> None:
            target[key] = copy.deepcopy(value)

        def delitem(target: Any) -> None:
            del target[key]

        acts = [
            setitem,
            delitem,
            lambda target: target.pop(key),
            lambda target: target.pop(key, 1),
            lambda target: target.popitem(),
            lambda target: target.setdefault(key, copy.deepcopy(value)),
            lambda target: target.update({key: copy.deepcopy(value), "z": 1}),
            lambda target: target.__ior__({"y": copy.deepcopy(value)}),
        ]
        self.both(self.pick(data, dict), data.draw(st.sampled_from(acts)))

    @rule(data=st.data(), text=st.sampled_from(["", "p", "q"]), value=VALUES)
    def change_note(self, data: Any, text: str, value: Any) -> None:
        def set_tags(note: Any) -> None:
            note.tags = [copy.deepcopy(value)]

        def add_tags(note: Any) -> None:
            note.tags += [copy.deepcopy(value)]

        def del_tags(note: Any) -> None:
            del note.tags
            if not hasattr(note, "tags"):  # a plain dataclass has no default to go back to
                note.tags = []

        acts = [lambda note: setattr(note, "text", text), set_tags, add_tags, del_tags]
        self.both(self.pick(data, Note), data.draw(st.sampled_from(acts)))

    @rule(data=st.data())
    def swap_items(self, data: Any) -> None:
        def swap(items: Any) -> None:
            items[0], items[-1] = items[-1], items[0]

        node, twin = self.pick(data, list)
        if node:
            swap(node)
            twin[0], twin[-1] = copy.deepcopy(twin[-1]), copy.deepcopy(twin[0])

    @rule(data=st.data())
    def move_into_another_place(self, data: Any) -> None:
        (node, twin), (target, target_twin) = self.pick(data, object), self.pick(data, list)
        if target is not None and len(plain_text(self.mirror)) < 3000 and depth(self.mirror) < 30:
            target.append(node)
            target_twin.append(copy.deepcopy(twin))

    @rule(data=st.data())
    def take_out_and_change(self, data: Any) -> None:
        node, twin = self.pick(data, list)
        if node:
            gone = node.pop()
            twin.pop()
            if isinstance(gone, list):
                gone.append(1)
            self.held.append(gone)

    @precondition(lambda self: self.transaction is None)
    @rule()
    def begin(self) -> None:
        self.before = copy.deepcopy(self.mirror), self.revision
        self.transaction = self.state.transaction()
        self.transaction.__enter__()

    @precondition(lambda self: self.transaction is not None)
    @rule()
    def commit(self) -> None:
        self.transaction.__exit__(None, None, None)
        assert self.revision <= self.before[1] + 1
        self.transaction = None

    @precondition(lambda self: self.transaction is not None)
    @rule()
    def roll_back(self) -> None:
        error = RuntimeError("undo")
        assert not self.transaction.__exit__(RuntimeError, error, None)
        self.mirror = self.before[0]
        assert self.revision == self.before[1]
        self.transaction = None

    @precondition(lambda self: self.transaction is not None)
    @rule(data=st.data(), value=VALUES)
    def inner_roll_back(self, data: Any, value: Any) -> None:
        keep = copy.deepcopy(self.mirror)
        try:
            with self.state.transaction():
                self.change_list(data, value, 0)
                self.change_dict(data, "a", value)
                raise RuntimeError("undo")
        except RuntimeError:
            self.mirror = keep

    @invariant()
    def every_node_knows_its_place(self) -> None:
        for node in containers(self.node):
            path = path_of(node)
            assert path is not None
            assert value_at(self.node, [str(step) for step in path]) is node

    @invariant()
    def same_as_the_mirror(self) -> None:
        assert exact(self.node) == exact(self.mirror)

    @invariant()
    def snapshot_is_what_pages_have(self) -> None:
        revision, value = self.state.snapshot()
        assert revision == self.revision
        assert exact(value) == exact(self.copy)

    @invariant()
    def copy_follows(self) -> None:
        if self.transaction is None:
            assert exact(plain(self.node)) == exact(self.copy)

    def teardown(self) -> None:
        if self.transaction is not None:
            self.transaction.__exit__(None, None, None)
        assert exact(plain(self.node)) == exact(self.copy)


def depth(value: Any) -> int:
    """How many levels of containers there are."""
    value = plain(value)
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inside), default=0) if isinstance(value, list | dict) else 0


def outcome(act: Any, target: Any) -> tuple[Any, type[Exception] | None]:
    """What came of an act, or the error that it raised."""
    try:
        return act(target), None
    except (IndexError, KeyError, ValueError, TypeError) as error:
        return None, type(error)


def plain_text(value: Any) -> str:
    return repr(plain(value))


def exact(value: Any) -> Any:
    """Make True and 1, 0.0 and -0.0, a note and its dict differ; the order of keys counts too."""
    if isinstance(value, list):
        return ["list", *map(exact, value)]
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, Note):
        return ("note", exact(value.text), exact(value.tags), exact(value.more))
    return type(value).__name__, repr(value)


TestReplica = Replica.TestCase
TestReplica.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
