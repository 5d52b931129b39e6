"""The ops of an open transaction, with those that say the same thing made one."""

from __future__ import annotations

from typing import Any, cast

from pytron.state.ops import Op


class Pending:
    """Collects ops in order.

    Two kinds are merged, which is what loops inside a transaction make: setting the same path
    again, and adding to the end of what was just added to a list.
    """

    def __init__(self) -> None:
        self._ops: list[Op] = []
        #: Ops below this belong to an outer transaction: they must survive a roll-back.
        self._floor = 0
        #: Sets whose value may still be replaced: nothing since then could have looked at it.
        self._sets: dict[tuple[object, ...], Op] = {}

    def add(self, op: Op, inner: bool) -> None:
        """Add an op; `inner` says that what it replaces may have had paths inside."""
        if op["op"] == "set":
            self._add_set(op, inner)
            return
        self._sets.clear()
        if op["op"] == "splice" and len(self._ops) > self._floor:
            last = self._ops[-1]
            if last["op"] == "splice" and last["path"] == op["path"] and not op["remove"]:
                added = last["insert"]
                if op["index"] == last["index"] + len(added):
                    added.extend(op["insert"])
                    return
        self._ops.append(op)

    def _add_set(self, op: Op, inner: bool) -> None:
        path = tuple(op["path"])
        earlier = self._sets.get(path)
        if earlier is not None and not inner:
            cast("Any", earlier)["value"] = cast("Any", op)["value"]
            return
        if inner:
            self._sets.clear()
        else:
            for size in range(len(path)):
                self._sets.pop(path[:size], None)
        self._sets[path] = op
        self._ops.append(op)

    def begin(self) -> int:
        """Begin an inner transaction; give what `drop` and `end` want."""
        floor, self._floor = self._floor, len(self._ops)
        self._sets.clear()
        return floor

    def drop(self) -> None:
        """Forget the ops of the innermost transaction."""
        del self._ops[self._floor :]
        self._sets.clear()

    def end(self, floor: int) -> None:
        """Return to the outer transaction."""
        self._floor = floor

    def take(self) -> list[Op]:
        """Give all ops, and begin anew."""
        ops, self._ops, self._floor = self._ops, [], 0
        self._sets.clear()
        return ops
