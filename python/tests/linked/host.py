"""A host for tests: the other end of a link, in a process of its own, that does as it is told.

Its windows are dictionaries. A page is driven by the test, with commands of kind `test`.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from typing import Any

from pytron import link
from pytron.errors import ProtocolError
from pytron.link import Hub, post


class Host:
    """Speaks the host's side of spec/view.md, section 7."""

    def __init__(self) -> None:
        channel = link.taken()
        assert channel is not None
        self.link = channel
        self.hub = Hub()
        self.hub.add(channel)
        self.windows: dict[int, Any] = {}
        self.bodies: dict[int, list[bytes]] = {}
        self.ports: list[socket.socket] = []
        self.reads = True

    def serve(self) -> int:
        """Serve until `quit` or the end of the link."""
        while True:
            self.hub.wait()
            found, more = link.messages(self.link)
            for message in found:
                code = self.take(message.fields, message.parts)
                if code is not None:
                    return code
            if not more:
                return 0

    def take(self, fields: dict[str, Any], parts: list[Any]) -> int | None:
        """Do one thing; the exit code at the end."""
        kind, window = fields["kind"], fields.get("window")
        if kind == "start":
            self.start(fields)
        elif kind == "open":
            self.windows[fields["window"]] = fields["options"]
            self.up("opened", window=window)
        elif kind == "close":
            self.windows.pop(fields["window"], None)
            self.up("closed", window=window)
        elif kind == "frame":
            self.up("frame", list(parts), window=window)  # an echo
            if self.reads:
                self.up("read", window=window, count=1)
        elif kind == "respond":
            self.respond(fields, parts)
        elif kind == "chunk":
            self.chunk(fields, parts)
        elif kind == "query":
            self.up("answer", id=fields["id"], value=fields["what"])
        elif kind == "test":
            self.told(fields)
        elif kind == "quit":
            return fields["code"] if "hang" not in sys.argv else threading.Event().wait() or 0
        return None

    def start(self, fields: dict[str, Any]) -> None:
        """Be ready, or what the command line says instead."""
        if "refuse" in sys.argv:
            self.up("ready", error="no screen here; buy one", code="unsupported")
        elif "die" in sys.argv:
            os._exit(7)
        elif "old" in sys.argv:
            self.up("ready", version=99, facts={})
        elif "mad" in sys.argv:
            self.link.send([b"\xff" * 8])
        else:
            self.up("ready", version=1, facts={"pid": os.getpid(), "start": fields}, windows=[])

    def told(self, fields: dict[str, Any]) -> None:
        """Do what the test wants from the host."""
        what = fields["what"]
        if what == "asset":
            self.bodies[fields["id"]] = []
            asked = {"request": fields["id"], "window": fields["window"], "method": "GET"}
            post(self.link, {"kind": "asset", "target": fields["target"], "headers": {}, **asked})
        elif what == "drop":
            self.up("drop", request=fields["id"])
        elif what == "credit":
            self.up("credit", request=fields["id"], count=fields["count"])
        elif what == "deaf":
            self.reads = False
        elif what == "read":
            self.up("read", window=fields["window"], count=fields["count"])
        elif what == "port":
            self.port(fields["window"])
        elif what == "leave":
            self.up("closed", window=fields["window"])
            self.ports.pop().shutdown(socket.SHUT_RDWR)
        elif what == "mad":
            self.link.send([b"\xff" * 8])
        elif what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)

    def respond(self, fields: dict[str, Any], parts: list[Any]) -> None:
        """Tell the test what was answered."""
        if fields.get("stream"):
            self.bodies[fields["request"]] = []
            return
        told = {key: value for key, value in fields.items() if key != "kind"}
        self.up("responded", [bytes(part) for part in parts], **told)

    def chunk(self, fields: dict[str, Any], parts: list[Any]) -> None:
        """Collect a body; at its end tell the test."""
        pieces = self.bodies[fields["request"]]
        pieces.extend(bytes(part) for part in parts)
        if fields.get("end"):
            self.up("responded", [b"".join(pieces)], request=fields["request"], pieces=len(pieces))
        else:
            self.up("got", request=fields["request"], pieces=len(pieces))

    def port(self, window: int) -> None:
        """Give the kit a socket; what comes over it goes back twice."""
        ours, theirs = socket.socketpair()
        post(self.link, {"kind": "port", "window": window}, descriptor=theirs.fileno())
        theirs.close()
        self.ports.append(ours)
        channel = link.Channel(ours)
        hub = Hub()
        hub.add(channel)

        def echo() -> None:
            more = True
            while more:
                hub.wait()
                try:
                    parcels, more = channel.read()
                except ProtocolError:
                    return
                for parcel in parcels:
                    channel.send(link.pack(parcel.text * 2, parcel.parts))

        threading.Thread(target=echo, daemon=True).start()

    def up(self, kind: str, parts: list[Any] | None = None, **fields: Any) -> None:
        """Send a message up."""
        post(self.link, {**fields, "kind": kind}, parts or [])


if __name__ == "__main__":
    raise SystemExit(Host().serve())
