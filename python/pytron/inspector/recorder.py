"""What passes between pages and Python becomes records: calls with their ends, events, changes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from pytron import codec
from pytron.codec import UNSET
from pytron.dispatcher.functions import Function
from pytron.errors import StateError
from pytron.inspector.history import History
from pytron.inspector.messages import Fault, Message, fault_of, read
from pytron.inspector.records import Changed, Records
from pytron.inspector.redaction import Preview, Rule
from pytron.inspector.seen import (
    Began,
    Emitted,
    FrameDown,
    FrameUp,
    Happened,
    Inbox,
    Logged,
    Patched,
    Seen,
)
from pytron.protocol import INITIAL_CREDITS

#: Items of a stream of which a preview is kept.
_ITEMS_SHOWN: Final = 20
#: Calls that are followed to their end; a page that leaves more open than this loses the oldest.
_MOST_OPEN: Final = 20_000
_EMPTY: Final = codec.Raw(b"null")
#: In a traceback, the step through the tap: without an inspector it would not be there.
_OWN_FRAME: Final = re.compile(
    r"^  File \"[^\"\n]*inspector.tap\.py\".*\n(?:    .*\n)*", re.MULTILINE
)


class Recorder:
    """Reads what the tap notes. Everything that is shown has passed the rule of redaction."""

    def __init__(
        self, functions: Mapping[str, Function], rule: Rule, label: Callable[[int], str | None]
    ) -> None:
        """Begin to read.

        Args:
            functions: the exposed ones, for the names of their parameters.
            rule: what must not be shown.
            label: the label of a window, None for windows that are not recorded.
        """
        self.records = Records()
        self.rule = rule
        self.inbox = Inbox(self._read)
        self.histories: dict[str, History] = {"app": History(rule)}
        self._functions = functions
        self._names: dict[str, Sequence[str]] = {}
        self._label = label
        self._labels: dict[int, str] = {}
        self._open: dict[tuple[int, int], dict[str, Any]] = {}
        #: What has come of lists that open calls give.
        self._lists: dict[tuple[int, int], bytearray] = {}
        self._sessions: dict[int, str] = {}
        self._lock = Lock()

    def changed(self, after: int, wait_s: float = 0.0) -> Changed:
        """Records that are new or have changed since a version."""
        return self.records.after(after, wait_s=wait_s)

    def close(self) -> None:
        """End the thread, and let those go that wait for records."""
        self.records.close()
        self.inbox.close(1.0)

    # --- notes, on the recorder's thread --------------------------------------------------------

    def _read(self, note: Seen) -> None:
        try:
            if isinstance(note, FrameUp):
                self._frame(note, note.text, self._up)
            elif isinstance(note, FrameDown):
                self._frame(note, b"[" + note.body + b"]", self._down)
            elif isinstance(note, Began):
                self._began(note)
            else:
                self._other(note)
        except (ValueError, TypeError, KeyError, StateError) as error:
            # A record that cannot be made must not cost those after it.
            self.records.add("fault", note.at, message=f"not recorded: {error!r}")

    def _frame(
        self,
        note: FrameUp | FrameDown,
        text: bytes,
        take: Callable[[FrameUp | FrameDown, str, Message], None],
    ) -> None:
        label = self._labels.get(note.window) or self._label(note.window)
        if label is None:
            return
        self._labels[note.window] = label
        for message, size in read(text):
            if message is None:
                way = "up" if isinstance(note, FrameUp) else "down"
                said = f"a malformed message of {size} bytes"
                self.records.add("fault", note.at, window=label, way=way, message=said)
            else:
                take(note, label, message)

    def _up(self, note: FrameUp | FrameDown, label: str, message: Message) -> None:
        kind = message.kind
        if kind == "call":
            self._call(note, label, message)
        elif kind == "event":
            self._event(note.at, "up", label, message, note.sizes)
        elif kind == "change":
            shown = self._shown_ops(message)
            fields = {"scope": message.scope, "ops": shown.json, "argsize": shown.size}
            record = self.records.add(
                "change", note.at, window=label, id=message.id, status="waiting",
                base=message.base, **fields,
            )  # fmt: skip
            self._follow(note.window, message.id, record)
        elif kind == "credit":
            record = self._open.get((note.window, message.id))
            if record is not None and "credits" in record:
                self.records.update(record, credits=record["credits"] + message.count)
        elif kind == "cancel":
            self._finish(note, message.id, status="cancelled")
        elif kind == "hello":
            self._hello(note, label, message)
        elif kind in ("subscribe", "unsubscribe"):
            self.records.add("window", note.at, window=label, what=kind, name=message.name)
        # A page's log is in Python's log, and what tools say is nobody's business.

    def _down(self, note: FrameUp | FrameDown, label: str, message: Message) -> None:
        kind = message.kind
        if kind == "elements":
            self._elements(note, message)
        elif kind == "result":
            shown = self._value_of(note.window, message)
            parts = _binary(message, note.sizes)
            fields: dict[str, Any] = {
                "value": shown.json,
                "valuesize": shown.size,
                "valueparts": parts,
            }
            self._finish(note, message.id, status="done", **fields)
        elif kind == "error":
            self._failed(note, label, message)
        elif kind == "item":
            self._item(note, message)
        elif kind == "end":
            self._finish(note, message.id, status="done")
        elif kind == "progress":
            record = self._open.get((note.window, message.id))
            if record is not None:
                value = codec.decode(message.value) if message.value is not UNSET else 0
                told = {"value": value, "total": message.total, "note": message.note}
                self.records.update(record, progress=told)
        elif kind == "event":
            self._event(note.at, "down", label, message, note.sizes)
        elif kind in ("snapshot", "patch") and message.scope == "window":
            self._window_state(note.at, label, message)

    def _call(self, note: FrameUp | FrameDown, label: str, message: Message) -> None:
        hidden = self.rule.is_secret(message.name)
        args = _EMPTY if message.args is UNSET else message.args
        shown = self.rule.preview(args, hidden=hidden, names=self._parameters(message.name))
        function = self._functions.get(message.name)
        record = self.records.add(
            "call", note.at, window=label, session=self._sessions.get(note.window, ""),
            id=message.id, name=message.name, args=shown.json, argsize=shown.size,
            argparts=_binary(message, note.sizes), status="waiting",
            executor=function.executor if function else None, timeout=message.timeout,
            stack=message.stack if isinstance(message.stack, str) else None,
        )  # fmt: skip
        self._follow(note.window, message.id, record)

    def _follow(self, window: int, identity: int, record: dict[str, Any]) -> None:
        if len(self._open) >= _MOST_OPEN:
            self._forget(next(iter(self._open)))
        self._open[window, identity] = record

    def _began(self, note: Began) -> None:
        record = self._open.get((note.window, note.id))
        if record is not None and record["status"] == "waiting":
            self.records.update(record, status="running", queue=_ms(note.at - record["at"]))

    def _item(self, note: FrameUp | FrameDown, message: Message) -> None:
        record = self._open.get((note.window, message.id))
        if record is None:
            return
        shown = self._value_of(note.window, message)
        count = record.get("items", 0) + 1
        last = [*record.get("last", []), {"at": round(note.at, 6), "value": shown.json}]
        self.records.update(
            record, status="streaming", items=count, last=last[-_ITEMS_SHOWN:],
            credits=record.get("credits", INITIAL_CREDITS) - 1,
            valuesize=record.get("valuesize", 0) + shown.size,
        )  # fmt: skip

    def _elements(self, note: FrameUp | FrameDown, message: Message) -> None:
        """A piece of the list that a call gives: all of them are one value."""
        key = note.window, message.id
        if key in self._open and message.value is not UNSET:
            came = self._lists.get(key)
            if came is None:
                self._lists[key] = bytearray(message.value)
            else:
                came[-1:] = b","
                came += memoryview(message.value)[1:]

    def _value_of(self, window: int, message: Message) -> Preview:
        record = self._open.get((window, message.id))
        hidden = record is not None and self.rule.is_secret(record.get("name", ""))
        raw = _EMPTY if message.value is UNSET else message.value
        if message.elements:
            raw = bytes(self._lists.get((window, message.id), raw))
        return self.rule.preview(raw, hidden=hidden)

    def _failed(self, note: FrameUp | FrameDown, label: str, message: Message) -> None:
        fault = Fault() if message.error is UNSET else fault_of(message.error)
        shown: dict[str, Any] = {
            "name": fault.name,
            "code": fault.code,
            "message": self.rule.text(fault.message),
            "ref": fault.ref,
            "trace": fault.trace and _OWN_FRAME.sub("", fault.trace),
        }
        if fault.data is not UNSET:
            shown["data"] = self.rule.preview(fault.data).json
        if message.id and (note.window, message.id) in self._open:
            status = "cancelled" if fault.code == "cancelled" else "error"
            self._finish(note, message.id, status=status, error=shown)
        else:
            said = shown["message"]
            self.records.add("fault", note.at, window=label, way="down", message=said, error=shown)

    def _finish(self, note: FrameUp | FrameDown, identity: int, **fields: Any) -> None:
        record = self._forget((note.window, identity))
        if record is not None:
            self.records.update(record, took=_ms(note.at - record["at"]), **fields)

    def _forget(self, key: tuple[int, int]) -> dict[str, Any] | None:
        """The record of a call that is followed no more."""
        self._lists.pop(key, None)
        return self._open.pop(key, None)

    def _event(
        self, at: float, way: str, label: str | None, message: Message, sizes: Sequence[int]
    ) -> None:
        raw = _EMPTY if message.data is UNSET else message.data
        shown = self.rule.preview(raw, hidden=self.rule.is_secret(message.name))
        self.records.add(
            "event", at, way=way, window=label, name=message.name, to=message.to,
            data=shown.json, datasize=shown.size, dataparts=_binary(message, sizes),
        )  # fmt: skip

    def _hello(self, note: FrameUp | FrameDown, label: str, message: Message) -> None:
        self._sessions[note.window] = message.session
        for identity in [key[1] for key in self._open if key[0] == note.window]:
            self._finish(note, identity, status="cancelled")
        self.records.add(
            "window", note.at, window=label, what="hello", session=message.session[:8],
            client=message.client, protocol=message.version,
        )  # fmt: skip

    # --- state ----------------------------------------------------------------------------------

    def _shown_ops(self, message: Message) -> Preview:
        if message.ops is UNSET:
            return Preview(_EMPTY, 0)
        ops = codec.encode_plain(self.rule.ops(codec.decode(message.ops)))
        shown = self.rule.preview(ops)
        return Preview(shown.json, memoryview(message.ops).nbytes)

    def _window_state(self, at: float, label: str, message: Message) -> None:
        scope = f"window:{label}"
        history = self.histories.get(scope)
        if history is None:
            history = self.histories[scope] = History(self.rule)
        if message.kind == "snapshot" and message.value is not UNSET:
            size = memoryview(message.value).nbytes
            history.begin(message.revision, codec.decode(message.value), size)
        elif message.ops is not UNSET:
            by = f"the page of {label}" if message.id else "Python"
            self._patch(at, scope, message.revision, codec.decode(message.ops), by)

    def _patch(self, at: float, scope: str, revision: int, ops: Any, by: str) -> None:
        step = self.histories[scope].add(revision, at, by, ops)
        shown = self.rule.preview(codec.encode_plain(step.ops))
        self.records.add(
            "state", at, scope=scope, revision=revision, by=by, ops=shown.json, size=step.size,
        )  # fmt: skip

    # --- all else -------------------------------------------------------------------------------

    def _other(self, note: Patched | Happened | Emitted | Logged | Seen) -> None:
        if isinstance(note, Patched):
            self._patch(note.at, "app", note.revision, codec.decode(note.ops), note.by)
        elif isinstance(note, Emitted):
            message = Message("event", name=note.name, data=codec.Raw(note.data))
            self._event(note.at, "python", None, message, ())
        elif isinstance(note, Logged):
            text = self.rule.text(note.text)
            self.records.add("log", note.at, level=note.level, logger=note.logger, message=text)
        elif isinstance(note, Happened):
            label = self._labels.get(note.window) or self._label(note.window)
            if label is None:
                return
            self._labels[note.window] = label
            told = {key: self._told(value) for key, value in note.fields.items()}
            fields = self.rule.preview(codec.encode_plain(told)).json
            self.records.add(
                "window", note.at, window=label, what=note.kind, command=note.command, fields=fields
            )
            if note.kind == "closed":
                self._labels.pop(note.window, None)
                self._sessions.pop(note.window, None)

    def _told(self, value: Any) -> Any:
        return self.rule.text(value) if isinstance(value, str) else value

    def _parameters(self, name: str) -> Sequence[str]:
        names = self._names.get(name)
        if names is None:
            function = self._functions.get(name)
            try:
                found = inspect.signature(function.target).parameters if function else ()
            except (TypeError, ValueError):
                found = ()
            names = self._names[name] = tuple(found)
        return names


def _binary(message: Message, sizes: Sequence[int]) -> list[int] | None:
    """How many parts belong to a message, and their bytes together; None without any."""
    if message.bin is UNSET:
        return None
    own = [sizes[place.part] for place in message.bin if 0 <= place.part < len(sizes)]
    return [len(own), sum(own)] if own else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
