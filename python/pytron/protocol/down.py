"""Messages to a page, ready to be sent.

Source: spec/ipc.md, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pytron import codec
from pytron.codec import Encoded, encoding
from pytron.errors import ProtocolError
from pytron.protocol.limits import LIMITS, MAX_PARTS_BYTES, VERSION

#: How events of a name begin; more than this are made up as the app goes.
_heads: dict[str, bytes] = {}
_MOST_HEADS: Final = 1000


def _bin(encoded: Encoded) -> bytes:
    """Where the binary stands.

    Raises:
        ProtocolError: `too_large`: no way to the page takes so much of it in one message.
    """
    if not encoded.bin:
        return b""
    count, most = len(encoded.parts), LIMITS["parts"]
    if count > most:
        raise ProtocolError(
            f"cannot send {count:,} binary values in one message, which takes {most:,}: join "
            "them, or yield them one by one",
            code="too_large",
        )
    largest = max((part.nbytes for part in encoded.parts), default=0)
    if largest > MAX_PARTS_BYTES:
        raise ProtocolError(
            f"cannot send {largest:,} bytes as one value, which may have {MAX_PARTS_BYTES:,}: "
            "yield them in pieces, or publish a file (app.assets.publish)",
            code="too_large",
        )
    return b',"bin":' + codec.encode_plain(encoded.bin)


def result(identity: int, value: Encoded) -> bytes:
    """A call succeeded."""
    return b'{"kind":"result","id":%d,"value":%b%b}' % (identity, value.json, _bin(value))


def plain_result(identity: int, value: object) -> bytes | None:
    """The same at once, where the value can be written in one piece; else None."""
    return encoding.written(value, b'{"kind":"result","id":%d,"value":' % identity, b"}")


def elements(identity: int, start: int, value: list[Any] | tuple[Any, ...]) -> bytes:
    """Elements, from `start` on, of the list that a call gives.

    Raises:
        CallError: there is binary in them, or what is refused.
    """
    head = b'{"kind":"elements","id":%d,"from":%d,"value":' % (identity, start)
    quick = encoding.written(value, head, b"}")
    return b"%b%b}" % (head, codec.encode_elements(value)) if quick is None else quick


def listed(identity: int, count: int) -> bytes:
    """A call succeeded, and gave the list of so many elements that has come."""
    return b'{"kind":"result","id":%d,"elements":%d}' % (identity, count)


def item(identity: int, value: Encoded) -> bytes:
    """An item of a stream."""
    return b'{"kind":"item","id":%d,"value":%b%b}' % (identity, value.json, _bin(value))


def end(identity: int) -> bytes:
    """A stream is over."""
    return b'{"kind":"end","id":%d}' % identity


def error(identity: int | None, body: Mapping[str, object]) -> bytes:
    """A call, a change or a whole frame failed."""
    text = codec.encode_plain(body)
    if identity is None:
        return b'{"kind":"error","error":%b}' % text
    return b'{"kind":"error","id":%d,"error":%b}' % (identity, text)


def progress(identity: int, value: float, total: float | None, note: str | None) -> bytes:
    """How far a call is."""
    message: dict[str, object] = {"kind": "progress", "id": identity, "value": value}
    if total is not None:
        message["total"] = total
    if note is not None:
        message["note"] = note
    return codec.encode_plain(message)


def pull(upload: int, offset: int, size: int) -> bytes:
    """Asks for a piece of an upload."""
    return b'{"kind":"pull","id":%d,"offset":%d,"size":%d}' % (upload, offset, size)


def event(name: str, data: Encoded, missed: int = 0) -> bytes:
    """An event, and how many of its name before it were left out."""
    count = b',"missed":%d' % missed if missed else b""
    return b'{"kind":"event","name":%b,"data":%b%b%b}' % (
        codec.encode_plain(name), data.json, count, _bin(data),
    )  # fmt: skip


def plain_event(name: str, data: object) -> bytes | None:
    """The same at once, where the data is plain and a native module is there; else None."""
    head = _heads.get(name)
    if head is None:
        head = b'{"kind":"event","name":%b,"data":' % codec.encode_plain(name)
        if len(_heads) >= _MOST_HEADS:
            _heads.clear()
        _heads[name] = head
    return encoding.written(data, head, b"}")


def snapshot(scope: str, revision: int, value: Encoded) -> bytes:
    """The whole state of a scope."""
    return b'{"kind":"snapshot","scope":"%b","revision":%d,"value":%b%b}' % (
        scope.encode(), revision, value.json, _bin(value),
    )  # fmt: skip


def patch(scope: str, revision: int, ops: Encoded, *, change: int | None = None) -> bytes:
    """What made revision `revision` of a scope from the one before.

    With `change`, the id of the receiver's own `change` that this is.
    """
    own = b"" if change is None else b'"id":%d,' % change
    return b'{"kind":"patch","scope":"%b","revision":%d,%b"ops":%b%b}' % (
        scope.encode(), revision, own, ops.json, _bin(ops),
    )  # fmt: skip


def hello(
    *,
    session: str,
    epoch: str,
    window: str,
    dev: bool,
    limits: Mapping[str, int] = LIMITS,
    tools: Iterable[str] = (),
) -> bytes:
    """The session is open; `tools` are those of development that have a part in the page."""
    message: dict[str, object] = {
        "kind": "hello",
        "version": VERSION,
        "session": session,
        "epoch": epoch,
        "window": window,
        "dev": dev,
        "limits": limits,
    }
    if names := list(tools):
        message["tools"] = names
    return codec.encode_plain(message)


def tool(name: str, data: object) -> bytes:
    """From the kit's part of a development tool to the page's."""
    return codec.encode_plain({"kind": "tool", "name": name, "data": data})
