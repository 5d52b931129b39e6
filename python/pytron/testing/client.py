"""Test an app without a window: a scripted page on the headless engine.

```python
from pytron.testing import TestClient
from myapp import app

def test_add() -> None:
    with TestClient(app) as page:
        assert page.call("add", 1, 2) == 3
```
"""

from __future__ import annotations

import json as jsonlib
import secrets
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from threading import Condition, Thread
from typing import Any, NamedTuple

from pytron import codec, protocol
from pytron.app import App
from pytron.engines.headless import HeadlessEngine
from pytron.errors import CallError, PytronError
from pytron.state import apply_ops
from pytron.testing.offering import Blob, Offers

__all__ = ["Blob", "Page", "RemoteError", "Response", "TestClient"]

_TIMEOUT_S = 10.0


class Response(NamedTuple):
    """What the app's origin answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return jsonlib.loads(self.body)


class RemoteError(PytronError):
    """What a page's `PytronError` is: an error as it came over the bridge.

    Attributes:
        name: the Python class that was raised.
        code: its code.
        data: its data.
        trace: the traceback, in development only.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(body["message"], code=body["code"], data=body.get("data"))
        self.name: str = body["name"]
        self.trace: str | None = body.get("trace")
        self.ref: str | None = body.get("ref")


class Page:
    """A page of one window, driven by a test. Every wait ends after `timeout_s`."""

    def __init__(self, engine: HeadlessEngine, window: int, *, timeout_s: float) -> None:
        self._engine = engine
        self._window = window
        self._timeout_s = timeout_s
        self._changed = Condition()
        self._serial = count(1)
        self._answers: dict[int, deque[Mapping[str, Any]]] = {}
        #: What has come of lists that calls give.
        self._lists: dict[int, list[Any]] = {}
        self._events: deque[tuple[str, Any]] = deque()
        self._scopes: dict[str, tuple[int, Any]] = {}
        self._session = ""
        self._greeted = False
        self._snapshots = 0
        self._gone = False
        self._page = engine.pages.get(window)
        #: Errors that belong to no call, such as a refused frame.
        self.faults: list[RemoteError] = []
        #: Files that it gave as arguments.
        self.offers = Offers()
        #: Progress reports, as (call id, value, total, note).
        self.progress: list[tuple[int, float, float | None, str | None]] = []
        self._reader = Thread(target=self._read, name="pytron-test-page", daemon=True)
        self._reader.start()

    def hello(self) -> None:
        """Open a new session, as a loaded or reloaded document does."""
        with self._changed:
            self._session = secrets.token_urlsafe(16)
            self._greeted = False
            self._scopes.clear()
        self.send({"kind": "hello", "version": 1, "session": self._session, "client": "test"})
        self._wait(lambda: self._greeted and len(self._scopes) == 2, "hello")

    def call(self, name: str, /, *arguments: Any, **named: Any) -> Any:
        """The result of an exposed function.

        Raises:
            RemoteError: it failed.
            TimeoutError: it did not answer in time.
        """
        return self.result(self.start(name, *arguments, **named))

    def start(self, name: str, /, *arguments: Any, **named: Any) -> int:
        """Send a call and go on; its id, for `result`, `items` or `cancel`."""
        if arguments and named:
            raise TypeError("give arguments by position or by name, not both")
        identity = next(self._serial)
        self._answers[identity] = deque()
        given, offers = self.offers.take(named or list(arguments))
        encoded = codec.encode(given, at=("args",))
        message: dict[str, Any] = {
            "kind": "call",
            "id": identity,
            "name": name,
            "args": codec.Raw(encoded.json),
        }
        if encoded.bin:
            message["bin"] = encoded.bin
        if offers:
            message["uploads"] = offers
        self.send(message, parts=encoded.parts)
        return identity

    def result(self, identity: int) -> Any:
        """Wait for the answer of a call that was started."""
        answer = self._next_answer(identity)
        if answer["kind"] == "result":
            del self._answers[identity]
            return answer["value"]
        if answer["kind"] == "error":
            del self._answers[identity]
            raise RemoteError(answer["error"])
        raise CallError("the function is a stream: use page.stream(…)", code="is_stream")

    def stream(self, name: str, /, *arguments: Any, **named: Any) -> Generator[Any]:
        """The items of an exposed generator; credit is given as they are taken."""
        return self.items(self.start(name, *arguments, **named))

    def items(self, identity: int) -> Generator[Any]:
        """The items of a stream that was started. Closing the iterator cancels the call."""
        try:
            while True:
                answer = self._next_answer(identity)
                if answer["kind"] == "end":
                    return
                if answer["kind"] == "error":
                    raise RemoteError(answer["error"])
                if answer["kind"] == "result":
                    raise CallError("the function is no stream", code="not_stream")
                yield answer["value"]
                self.send({"kind": "credit", "id": identity, "count": answer["cost"]})
        finally:
            self.cancel(identity)
            self._answers.pop(identity, None)

    def cancel(self, identity: int) -> None:
        """Cancel a call that was started."""
        self.send({"kind": "cancel", "id": identity})

    def emit(self, name: str, data: Any = None, *, to: str | None = None) -> None:
        """Emit an event to Python, or with `to` to another window."""
        message: dict[str, Any] = {"kind": "event", "name": name, "data": data}
        if to is not None:
            message["to"] = to
        self.send(message)

    def subscribe(self, name: str) -> None:
        """Ask for events of this name; a trailing `*` is a wildcard."""
        self.send({"kind": "subscribe", "name": name})

    def event(self) -> tuple[str, Any]:
        """Wait for the next event that was subscribed to: its name and data."""
        self._wait(lambda: bool(self._events), "an event")
        return self._events.popleft()

    @property
    def state(self) -> Any:
        """The app's state as the page has it now."""
        return self._scopes["app"][1]

    def scope(self, name: str) -> tuple[int, Any]:
        """Revision and value of `app` or `window` state."""
        return self._scopes[name]

    def wait_for_state(self, condition: Callable[[Any], bool]) -> Any:
        """Wait until the page's copy of the state meets a condition; the state."""
        self._wait(lambda: "app" in self._scopes and condition(self.state), "the state")
        return self.state

    def change(
        self, ops: Sequence[Mapping[str, Any]], *, scope: str = "app", base: int | None = None
    ) -> int:
        """Change the state as a page does; the new revision.

        Raises:
            RemoteError: `conflict` or `invalid_change`.
        """
        identity = next(self._serial)
        self._answers[identity] = deque()
        message: dict[str, Any] = {"kind": "change", "id": identity, "scope": scope, "ops": ops}
        if base is not None:
            message["base"] = base
        self.send(message)
        return int(self.result(identity))

    def get(
        self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Response:
        """Fetch a path of the app's origin."""
        found = self._engine.get(self._window, method, target, headers or {}, self._timeout_s)
        return Response(*found)

    def send(self, *messages: Mapping[str, Any], parts: Sequence[memoryview] = ()) -> None:
        """Send messages as one frame, exactly as given; `result` waits for calls among them."""
        for message in messages:
            if message.get("kind") in ("call", "change") and isinstance(message.get("id"), int):
                self._answers.setdefault(message["id"], deque())
        self.send_text(codec.encode_plain(list(messages)), parts)

    def send_text(self, text: bytes, parts: Sequence[memoryview] = ()) -> None:
        """Send a frame of any text: also what no client would send."""
        self._engine.frame(self._window, text, parts)

    def sync(self) -> None:
        """Wait until Python has taken up everything that was sent so far, as subscriptions."""
        with self._changed:
            seen = self._snapshots
        self.send({"kind": "sync", "scope": "window"})
        self._wait(lambda: self._snapshots > seen, "a snapshot")

    def wait_for_fault(self) -> RemoteError:
        """Wait for an error that belongs to no call."""
        self._wait(lambda: bool(self.faults), "an error")
        return self.faults.pop(0)

    def end(self) -> None:
        """Stop reading."""
        if self._page is not None:
            self._page.close()
        self._reader.join(self._timeout_s)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._gone or condition(), self._timeout_s)
            if not condition():
                why = "before the window closed" if self._gone else f"in {self._timeout_s:g} s"
                raise TimeoutError(f"{what} did not come {why}")

    def _next_answer(self, identity: int) -> Mapping[str, Any]:
        box = self._answers[identity]
        self._wait(lambda: bool(box), f"an answer to call {identity}")
        return box.popleft()

    def _read(self) -> None:
        page = self._page
        while page is not None and not (page.closed and not page.frames):
            for text, parts in page.take():
                with self._changed:
                    for message in codec.decode(text):
                        self._take(message, parts)
                    self._changed.notify_all()
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def _take(self, message: dict[str, Any], parts: Sequence[memoryview]) -> None:
        kind = message["kind"]
        if kind == "hello" and message["session"] == self._session:
            self._greeted = True
        elif self._greeted or kind == "error":  # what is for the page before this one is ignored
            self._take_own(kind, message, parts)

    def _take_own(self, kind: str, message: dict[str, Any], parts: Sequence[memoryview]) -> None:
        if "bin" in message:
            codec.place(message, message["bin"], parts)
        if kind == "item":
            places: list[dict[str, Any]] = message.get("bin", [])
            size = sum(parts[int(place["part"])].nbytes for place in places)
            message["cost"] = 1 + size // protocol.CREDIT_BYTES
        if kind == "elements":
            came = self._lists.setdefault(message["id"], [])
            if message["from"] != len(came):
                raise AssertionError(f"elements are missing after {len(came)}")
            came.extend(message["value"])
        elif kind in ("result", "item", "end") or (kind == "error" and "id" in message):
            came = self._lists.pop(message["id"], None)
            if "elements" in message:
                message["value"] = came
            box = self._answers.get(message["id"])
            if box is not None:
                box.append(message)
        elif kind == "pull":
            piece, binary = self.offers.piece(message)
            self.send(piece, parts=binary)
        elif kind == "error":
            self.faults.append(RemoteError(message["error"]))
        elif kind == "event":
            self._events.append((message["name"], message["data"]))
        elif kind == "progress":
            self.progress.append(
                (message["id"], message["value"], message.get("total"), message.get("note"))
            )
        elif kind == "snapshot":
            self._scopes[message["scope"]] = (message["revision"], message["value"])
            self._snapshots += 1
        elif kind == "patch":
            revision, value = self._scopes[message["scope"]]
            if message["revision"] != revision + 1:
                raise AssertionError(f"a patch is missing after revision {revision}")
            changed = apply_ops(value, message["ops"])
            self._scopes[message["scope"]] = (message["revision"], changed)


class TestClient(Page):
    """Runs an app without a window for the length of a `with` block, and is its first page."""

    __test__ = False  # pytest: this is no test class

    def __init__(
        self, app: App[Any], *, timeout_s: float = _TIMEOUT_S, persist: bool = False
    ) -> None:
        """Describe the run.

        Args:
            app: what is tested.
            timeout_s: how long a wait may take before it fails.
            persist: read and write the file of an app that keeps its state, which is the user's
                own; without it that file is left alone. `app.state` is the app's: what one test
                leaves in it the next one finds.
        """
        self.app = app
        self._persist = persist
        self.engine = HeadlessEngine()
        self._wait_s = timeout_s
        self._stack = ExitStack()
        self._pages: list[Page] = []

    def __enter__(self) -> TestClient:
        """Start the app and open its first page."""
        self._stack.enter_context(self.app.running_on(self.engine, persist=self._persist))
        try:
            Page.__init__(self, self.engine, self.app.window("main").id, timeout_s=self._wait_s)
            self._pages.append(self)
            self.hello()
        except BaseException:  # else the app would run on, and be in the way of every later test
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """End the app."""
        for page in self._pages:
            page.end()
        self._stack.close()

    def page(self, label: str, *, hello: bool = True) -> Page:
        """The page of another open window, by default with its session opened."""
        page = Page(self.engine, self.app.window(label).id, timeout_s=self._wait_s)
        self._pages.append(page)
        if hello:
            page.hello()
        return page
