"""How a state came to be what it is: a beginning, and the patches since."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Final, NamedTuple, cast

from pytron import codec
from pytron.errors import StateError
from pytron.inspector.redaction import Rule
from pytron.state import Op, apply_ops

#: How many patches of each state can be gone back, and how many bytes of them.
KEPT: Final = 500
KEPT_BYTES: Final = 4 * 1024 * 1024
#: The history of a larger state is not kept: it would be held twice, and copied for each patch.
MOST_BYTES: Final = 8 * 1024 * 1024


class Step(NamedTuple):
    """A patch; `by` says who made it."""

    revision: int
    at: float
    by: str
    ops: list[dict[str, Any]]
    size: int


class History:
    """The history of one state, without its secrets."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._lock = Lock()
        self._revision = 0
        self._value: Any = None
        self._steps: deque[Step] = deque()
        self._size = 0
        self.too_large = False

    def begin(self, revision: int, value: Any, size: int) -> None:
        """The whole state as it is; what was before is forgotten."""
        with self._lock:
            self.too_large = size > MOST_BYTES
            self._revision = revision
            self._value = None if self.too_large else self._rule.whole(value)
            self._steps.clear()
            self._size = 0

    def add(self, revision: int, at: float, by: str, ops: Iterable[Mapping[str, Any]]) -> Step:
        """The patch that made `revision`; gives it as it may be shown."""
        shown = self._rule.ops(ops)
        step = Step(revision, round(at, 6), by, shown, len(codec.encode_plain(shown)))
        with self._lock:
            if not self.too_large:
                self._steps.append(step)
                self._size += step.size
                while len(self._steps) > KEPT or self._size > KEPT_BYTES:
                    self._fold()
        return step

    def _fold(self) -> None:
        oldest = self._steps.popleft()
        self._size -= oldest.size
        self._revision = oldest.revision
        try:
            self._value = apply_ops(self._value, cast("list[Op]", oldest.ops))
        except StateError:  # a patch is missing, so nothing before the next whole is known
            self.too_large = True
            self._value = None
            self._steps.clear()

    def shown(self, after: int) -> dict[str, Any]:
        """The steps after a revision; with the beginning, if that is not known to the page."""
        with self._lock:
            steps = [step._asdict() for step in self._steps if step.revision > after]
            if after >= self._revision and not self.too_large:
                return {"steps": steps}
            value = codec.Raw(codec.encode_plain(self._value))  # now: folding changes it in place
            base = {"revision": self._revision, "value": value}
            return {"base": base, "steps": steps, "toolarge": self.too_large}
