"""The app's side of a test that drives its real windows; `pytron.testing` is the other side.

It is there only when PYTRON_DRIVER names the test's address, and never in a frozen app.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Client, Connection
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from pytron import codec, protocol
from pytron.inspector.recorder import Recorder
from pytron.inspector.redaction import Preview, Rule
from pytron.inspector.tap import Tap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytron.answer import Answer
    from pytron.dispatcher.session import Session
    from pytron.runtime.runtime import Parts, Runtime

#: The address of the test and the key that proves that we are what it started.
ADDRESS: Final = "PYTRON_DRIVER"
KEY: Final = "PYTRON_DRIVER_KEY"


class _Everything(Rule):
    """A test's own values are no secrets to it."""

    def is_secret(self, name: str) -> bool:  # noqa: ARG002 - no name is
        return False

    def text(self, text: str, most: int = 100_000) -> str:
        return text[:most]

    def preview(
        self,
        raw: codec.Raw | bytes,
        *,
        hidden: bool = False,  # noqa: ARG002 - nothing is
        names: Sequence[str] = (),  # noqa: ARG002
    ) -> Preview:
        return Preview(codec.Raw(bytes(raw)), memoryview(raw).nbytes)


class Driven:
    """Takes a test's orders: for a page, which carries them out, or for the app itself."""

    def __init__(self, parts: Parts, runtime: Runtime) -> None:
        """Join the test that started this process."""
        self._parts = parts
        self._runtime = runtime
        self._lock = Lock()
        self._serial = count(1)
        #: Windows whose present page has the driver's part.
        self._ready: dict[int, str] = {}
        #: Orders that a page has: (order of the test, window).
        self._given: dict[int, tuple[int, int]] = {}
        #: Orders for a page that is not ready yet.
        self._early: list[tuple[int, str, dict[str, Any]]] = []
        #: Modules for a page to run, by their name.
        self.modules: dict[str, bytes] = {}
        self.recorder = Recorder(parts.functions, _Everything(), self._label_of)
        self._tap = Tap(parts, runtime, self.recorder.inbox, skips=lambda _: False)
        self._tap.open(self.recorder.histories["app"])
        runtime.dispatcher.tools["driver"] = self._heard
        self._test: Connection = Client(
            os.environ[ADDRESS], authkey=bytes.fromhex(os.environ.pop(KEY))
        )
        del os.environ[ADDRESS]  # processes that the app starts are none of the test's business
        self._orders: Mapping[str, Callable[[dict[str, Any]], object]] = {
            "windows": lambda _: [window.label for window in runtime.windows],
            "records": self._records,
            "state": lambda _: codec.Raw(codec.encode(parts.state.snapshot()[1]).json),
            "emit": lambda order: runtime.emit(order["name"], order["data"]),
            "reload": lambda order: runtime.window(order["window"]).reload(),
            "close": lambda order: runtime.window(order["window"]).close(),
            "quit": lambda _: runtime.engine.quit(),
        }
        Thread(target=self._read, name="pytron-driver", daemon=True).start()

    def close(self) -> None:
        """End, and let the test know by the end of the connection."""
        self._tap.close()
        self.recorder.close()
        self._test.close()

    # --- the test -------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            while True:
                self._take(codec.decode(self._test.recv_bytes()))
        except (EOFError, OSError):
            self._runtime.engine.quit()  # nobody drives any more

    def _take(self, order: dict[str, Any]) -> None:
        identity, what = order["id"], order["do"]
        try:
            if what == "page":
                self._give(identity, order["window"], order["order"])
            elif what == "screenshot":
                picture = self._runtime.window(order["window"]).screenshot(order["path"])
                picture.when_done(lambda: self._photographed(identity, picture))
            elif what == "records":  # it may wait, and others must not wait for it
                Thread(target=self._answer_by, args=(order,), daemon=True).start()
            else:
                self._answer(identity, self._orders[what](order))
        except Exception as error:  # noqa: BLE001 - the test must hear of whatever it is
            self._answer(identity, error=f"{error}")

    def _answer_by(self, order: dict[str, Any]) -> None:
        self._answer(order["id"], self._records(order))

    def _answer(self, identity: int, value: object = None, **more: object) -> None:
        text = codec.encode_plain({"id": identity, "value": value, **more})
        with self._lock, suppress(OSError):  # that the test has ended `_read` sees too
            self._test.send_bytes(text)

    def _photographed(self, identity: int, picture: Answer[Any]) -> None:
        try:
            self._answer(identity, picture.result(0))
        except Exception as error:  # noqa: BLE001 - the test must hear of whatever it is
            self._answer(identity, error=str(error))

    def _records(self, order: dict[str, Any]) -> dict[str, Any]:
        found = self.recorder.changed(order["after"], order["waitS"])
        return {"records": found.records, "version": found.version}

    # --- pages ----------------------------------------------------------------------------------

    def _give(self, identity: int, label: str, order: dict[str, Any]) -> None:
        window = next((w for w in self._runtime.windows if w.label == label), None)
        session = self._runtime.dispatcher.sessions.get(window.id) if window else None
        if session is None or self._ready.get(session.window) != session.id:
            with self._lock:
                self._early.append((identity, label, order))
            return
        serial = next(self._serial)
        with self._lock:
            self._given[serial] = (identity, session.window)
        if order["do"] == "run":
            name = f"run-{serial}"
            source = order.pop("source")
            self.modules[name] = f"export default (argument) => ({source}\n);".encode()
            order["address"] = f"{self._runtime.engine.origin}/_pytron/tools/{name}.js"
        session.send(protocol.tool("driver", {**order, "id": serial}))

    def _heard(self, session: Session, data: Any) -> None:
        if data.get("ready"):
            self._page_is_ready(session)
            return
        with self._lock:
            given = self._given.pop(data["id"], None)
        if given is None:
            return
        self.modules.pop(f"run-{data['id']}", None)
        if "error" in data:
            self._answer(given[0], error=data["error"])
        else:
            self._answer(given[0], data["value"])

    def _page_is_ready(self, session: Session) -> None:
        """A new page: what the old one had not answered is lost with it."""
        self._ready[session.window] = session.id
        with self._lock:
            lost = [serial for serial, given in self._given.items() if given[1] == session.window]
            gone = [self._given.pop(serial)[0] for serial in lost]
            early, self._early = self._early, []
        for identity in gone:
            self._answer(identity, gone=True)
        for identity, label, order in early:
            self._give(identity, label, order)

    def _label_of(self, identity: int) -> str | None:
        return next((w.label for w in self._runtime.windows if w.id == identity), None)
