"""One connection to a message bus: calls, signals, and objects of our own, on a thread of its own.

Source: <https://dbus.freedesktop.org/doc/dbus-specification.html>, spoken by jeepney.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Protocol

from pytron.errors import CallError

_log = logging.getLogger(__name__)
_TIMEOUT_S = 5.0
_DBUS = "org.freedesktop.DBus"
_NO_BUS = "log in to a desktop session, or run it under dbus-run-session"
Signal = Callable[[Sequence[Any]], object]


class Object(Protocol):
    """Something of ours that others call."""

    xml: str
    """What introspection says."""

    def call(
        self, interface: str, member: str, body: Sequence[Any]
    ) -> tuple[str, Sequence[Any]] | None:
        """Signature and values of the answer; None for an unknown method."""
        ...

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        """Signature and value by name; None for an unknown interface."""
        ...


class Bus:
    """A bus that is connected to at first use, and again when it has gone and come back."""

    def __init__(self, which: str = "SESSION") -> None:
        self._which = which
        self._lock = Lock()
        self._connection: Any = None
        self._closed = False
        self._replies: dict[int, Future[Any]] = {}
        self._signals: list[tuple[Mapping[str, str], Signal]] = []
        self._objects: dict[str, Object] = {}

    # --- asking ---------------------------------------------------------------------------------

    def call(
        self,
        name: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: Sequence[Any] = (),
        timeout_s: float = _TIMEOUT_S,
    ) -> Sequence[Any]:
        """What a method of another program gives. Waits: never on the main thread.

        Raises:
            CallError: `unsupported`: there is no bus, nobody has that name, or it refused;
                `timeout`: it did not answer.
        """
        wire = _jeepney()
        address = wire.DBusAddress(path, bus_name=name, interface=interface)
        message = wire.new_method_call(address, member, signature or None, tuple(body))
        connection = self._connected()
        serial: int = next(connection.outgoing_serial)
        reply: Future[Any] = Future()
        self._replies[serial] = reply
        try:
            connection.send(message, serial=serial)
            answer: Any = reply.result(timeout_s)
        except LateError as error:
            text = f"{name} did not answer {member} in {timeout_s:g} s"
            raise CallError(text, code="timeout") from error
        except OSError as error:
            raise CallError(f"the message bus has gone: {error}", code="unsupported") from error
        finally:
            self._replies.pop(serial, None)
        return self._body(answer, name, member)

    def _body(self, answer: Any, name: str, member: str) -> Sequence[Any]:
        from jeepney import HeaderFields, MessageType

        if answer.header.message_type is MessageType.error:
            kind = str(answer.header.fields.get(HeaderFields.error_name, ""))
            text = answer.body[0] if answer.body else kind
            raise CallError(
                f"{name} refused {member}: {text}", code="unsupported", data={"error": kind}
            )
        found: Sequence[Any] = answer.body
        return found

    def has(self, name: str) -> bool:
        """Whether a program has this name now, or would be started for it."""
        if self.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "NameHasOwner", "s", (name,))[0]:
            return True
        names = self.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "ListActivatableNames")[0]
        return name in names

    def owner(self, name: str) -> str:
        """The connection that has this name now; empty when none has."""
        try:
            found = self.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "GetNameOwner", "s", (name,))
        except CallError:
            return ""
        return str(found[0])

    def get(self, name: str, path: str, interface: str, prop: str) -> Any:
        """The value of a property."""
        body = self.call(
            name, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, prop)
        )
        return body[0][1]

    @property
    def unique_name(self) -> str:
        """Our own name on this bus."""
        name: str = self._connected().unique_name
        return name

    # --- hearing and being asked ----------------------------------------------------------------

    def listen(self, listener: Signal, **match: str) -> None:
        """Call this with the values of every such signal: `interface`, `member`, `path`."""
        self._signals.append((match, listener))
        self._match("AddMatch", match)

    def forget(self, listener: Signal) -> None:
        """Call it no more."""
        for match, known in list(self._signals):
            if known is listener:
                self._signals.remove((match, known))
                self._match("RemoveMatch", match)

    def _match(self, member: str, match: Mapping[str, str]) -> None:
        rule = ",".join(f"{key}='{value}'" for key, value in {"type": "signal", **match}.items())
        self.call(_DBUS, "/org/freedesktop/DBus", _DBUS, member, "s", (rule,))

    def own(self, name: str) -> None:
        """Take a name.

        Raises:
            CallError: `unsupported`: another program has it.
        """
        answer = self.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "RequestName", "su", (name, 4))
        if answer[0] not in (1, 4):
            raise CallError(f"another program has the name {name}", code="unsupported")

    def export(self, path: str, thing: Object) -> None:
        """Let others call it."""
        self._objects[path] = thing

    def emit(
        self, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> None:
        """Send a signal."""
        wire = _jeepney()
        emitter = wire.DBusAddress(path, interface=interface)
        self._connected().send(wire.new_signal(emitter, member, signature or None, tuple(body)))

    def close(self) -> None:
        """Leave the bus for good: a worker that is late must not come back to it."""
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
            if connection is not None:  # its thread closes it, and not before it has this lock
                connection.interrupt()

    # --- the connection -------------------------------------------------------------------------

    def _connected(self) -> Any:
        with self._lock:
            if self._closed:
                raise CallError("the app ends, and has left the message bus", code="closed")
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def _connect(self) -> Any:
        from jeepney.io.threading import open_dbus_connection

        address = self._address()
        try:
            connection: Any = open_dbus_connection(address, auth_timeout=_TIMEOUT_S)
        except Exception as error:
            which = self._which.lower()
            raise CallError(
                f"the {which} bus cannot be reached ({error}); {_NO_BUS}", code="unsupported"
            ) from error
        Thread(target=self._read, args=[connection], name="pytron-bus", daemon=True).start()
        return connection

    def _address(self) -> str:
        if self._which != "SESSION":
            return self._which
        if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            return os.environ["DBUS_SESSION_BUS_ADDRESS"]
        socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "bus"
        if socket.exists():
            return f"unix:path={socket}"
        raise CallError(f"there is no session bus; {_NO_BUS}", code="unsupported")

    def _read(self, connection: Any) -> None:
        from jeepney.io.threading import ReceiveStopped

        try:
            while True:
                self._take(connection, connection.receive())
        except ReceiveStopped:
            pass
        except Exception as error:  # noqa: BLE001 - the bus has gone, however it went
            _log.info("the message bus has gone: %s", error)
        with self._lock:
            if self._connection is connection:
                self._connection = None
        connection.close()
        for reply in list(self._replies.values()):
            if not reply.done():
                reply.set_exception(OSError("the connection was closed"))

    def _take(self, connection: Any, message: Any) -> None:
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        kind = message.header.message_type
        if kind in (MessageType.method_return, MessageType.error):
            reply = self._replies.get(fields.get(HeaderFields.reply_serial, 0))
            if reply is not None and not reply.done():
                reply.set_result(message)
        elif kind is MessageType.signal:
            found = {
                "interface": fields.get(HeaderFields.interface),
                "member": fields.get(HeaderFields.member),
                "path": fields.get(HeaderFields.path),
            }
            for match, listener in list(self._signals):
                if all(found.get(key) == value for key, value in match.items() if key in found):
                    self._tell(listener, message.body)
        elif kind is MessageType.method_call:
            connection.send(self._answer(message))

    def _tell(self, listener: Signal, body: Sequence[Any]) -> None:
        try:
            listener(body)
        except Exception:  # noqa: BLE001 - the others must hear of the next signal
            _log.exception("a listener of the bus failed")

    def _answer(self, message: Any) -> Any:
        from jeepney import HeaderFields

        wire = _jeepney()
        fields = message.header.fields
        path, member = fields.get(HeaderFields.path), fields.get(HeaderFields.member)
        interface = fields.get(HeaderFields.interface, "")
        thing = self._objects.get(path)
        try:
            answer = None if thing is None else _call(thing, interface, member, message.body)
        except Exception as error:  # noqa: BLE001 - whoever called is told
            _log.exception("%s of %s failed", member, path)
            return wire.new_error(message, "org.freedesktop.DBus.Error.Failed", "s", (str(error),))
        if answer is None:
            unknown = "org.freedesktop.DBus.Error.UnknownMethod"
            return wire.new_error(message, unknown, "s", (f"{path} has no {interface}.{member}",))
        signature, body = answer
        return wire.new_method_return(message, signature or None, tuple(body))


def _jeepney() -> Any:
    """The library, whose functions have no types."""
    import jeepney

    return jeepney


def _call(
    thing: Object, interface: str, member: str, body: Sequence[Any]
) -> tuple[str, Sequence[Any]] | None:
    if interface == "org.freedesktop.DBus.Introspectable":
        return "s", (thing.xml,)
    if interface == "org.freedesktop.DBus.Peer":
        return "", ()
    if interface == "org.freedesktop.DBus.Properties":
        known = thing.properties(body[0])
        if known is None:
            return None
        if member == "GetAll":
            return "a{sv}", (dict(known),)
        found = known.get(body[1]) if member == "Get" else None
        return None if found is None else ("v", (found,))
    return thing.call(interface, member, body)
