"""Changes that are written together, with those that say the same thing made one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from pytron.state import Op

#: Values without anything inside: what replaced one of them had no path below its own.
_SINGLE: Final = frozenset({str, int, float, bool, type(None)})


class Batch:
    """Collects the ops of whole patches, in order. It copies what it changes: ops are shared.

    Merged are what loops make: setting the same place again, and adding to the end of a list.
    """

    def __init__(self) -> None:
        self.ops: list[Op] = []
        #: Sets that may still take a new value: since then nothing has moved or had an inside.
        self._sets: dict[tuple[object, ...], Any] = {}

    def extend(self, ops: Iterable[Op]) -> None:
        """Add the ops of a patch."""
        for op in ops:
            self._add(op)

    def _add(self, op: Op) -> None:
        if op["op"] == "set" and type(op["value"]) in _SINGLE:
            path = tuple(op["path"])
            earlier = self._sets.get(path)
            if earlier is not None:
                earlier["value"] = op["value"]
                return
            op = self._sets[path] = cast("Op", dict(op))
        else:
            self._sets.clear()
            if op["op"] == "splice":
                last = self.ops[-1] if self.ops else None
                if last is not None and last["op"] == "splice" and not op["remove"]:
                    added = last["insert"]
                    at_end = op["index"] == last["index"] + len(added)
                    if at_end and op["path"] == last["path"]:
                        added.extend(op["insert"])
                        return
                op = {**op, "insert": list(op["insert"])}
        self.ops.append(op)
