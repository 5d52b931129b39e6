"""What a test does with a host: open pages, wait for what they send, answer."""

import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytron_native import Host

DEADLINE_S = 30.0

# Where the page has a direct line, parts do not travel over the app's origin.
over_the_origin = pytest.mark.skipif(
    os.environ.get("PYTRON_TRANSPORT") not in ("reply", "evaluate"),
    reason="parts travel inline; run with PYTRON_TRANSPORT=reply",
)

# A page that runs what it is told and sends back what came of it.
PAGE = """<!doctype html><meta charset="utf-8"><title>test</title>
<body style="background:#2a4d69;color:#fff"><h1>page</h1><script>
const port = __pytron__.open((text, inline) => {
  const [head, ...rest] = JSON.parse(text);
  const messages = head.kind === "head" ? rest : [head, ...rest];
  for (const message of messages) receive(message, head.parts ?? inline ?? []);
});
// A part is an ArrayBuffer where the transport has binary, else [id, size].
const load = async (part) =>
  Array.isArray(part) ? (await fetch("/_pytron/part/" + part[0])).arrayBuffer() : part;
const say = (message, parts) => port.send(JSON.stringify([message]), parts);
const seen = [];
async function receive(message, parts) {
  if (message.kind !== "do") { seen.push(message); return; }
  try {
    const run = new Function("parts", `return (async () => {${message.source}})()`);
    say({ kind: "done", value: await run(parts) ?? null });
  } catch (error) {
    say({ kind: "threw", value: String(error) });
  }
}
say({ kind: "hello" });
</script>"""


class Desk:
    """A host, the thread that receives from it, and the tests' way to wait."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {
            "/": ("text/html; charset=utf-8", PAGE.encode())
        }
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.items: list[tuple[Any, ...]] = []
        self._arrived = threading.Condition()
        self.host: Host
        # Answers a request itself and says so.
        self.answer: Callable[[int, str], bool] | None = None

    def run(
        self, scenario: Callable[["Desk"], None], *, prewarm: bool = False, **options: Any
    ) -> int:
        """Runs the scenario beside the loop; what it raises is raised here."""
        self.host = Host(app_id="dev.pytron.test", name="Test", **options)
        if prewarm:
            self.host.prewarm()
        raised: list[BaseException] = []

        def play() -> None:
            try:
                scenario(self)
            except BaseException as error:  # noqa: BLE001 - raised again on the main thread
                raised.append(error)
            self.host.quit()

        threads = [threading.Thread(target=play), threading.Thread(target=self._receive)]
        for thread in threads:
            thread.start()
        code = self.host.run()
        for thread in threads:
            thread.join()
        if raised:
            raise raised[0]
        return code

    def _receive(self) -> None:
        while items := self.host.receive():
            for item in items:
                if item[0] == "asset":
                    self._serve(item)
            with self._arrived:
                self.items += items
                self._arrived.notify_all()

    def _serve(self, item: tuple[Any, ...]) -> None:
        _, request, _, method, path, headers = item
        self.requests.append((method, path, headers))
        if self.answer and self.answer(request, path):
            return
        kind, body = self.files.get(path, ("text/plain", b"not here"))
        status = 200 if path in self.files else 404
        self.host.answer(request, status, [("content-type", kind)], body)

    # Waiting.

    def until(self, wanted: Callable[[tuple[Any, ...]], Any]) -> Any:
        """The first item that is wanted, which is then taken away; what `wanted` gave for it."""
        end = time.monotonic() + DEADLINE_S
        with self._arrived:
            while True:
                for index, item in enumerate(self.items):
                    found = wanted(item)
                    if found is not None and found is not False:
                        del self.items[index]
                        return found
                if not self._arrived.wait(end - time.monotonic()):
                    raise AssertionError(f"not in {DEADLINE_S} s; there was {self.items}")

    def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next event of this kind with these fields."""

        def wanted(item: tuple[Any, ...]) -> dict[str, Any] | None:
            if item[0] != "event":
                return None
            event = json.loads(item[1])
            fits = event["kind"] == kind and all(event.get(k) == v for k, v in fields.items())
            return event if fits else None

        return self.until(wanted)

    def frame(
        self, kind: str | tuple[str, ...], window: int = 1
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The next one-message frame of this kind, with its parts."""
        kinds = (kind,) if isinstance(kind, str) else kind

        def wanted(item: tuple[Any, ...]) -> tuple[dict[str, Any], list[bytes]] | None:
            if item[0] != "frame" or item[1] != window:
                return None
            message = json.loads(item[2])[0]
            return (message, item[3]) if message["kind"] in kinds else None

        return self.until(wanted)

    # Doing.

    def command(self, kind: str, **fields: Any) -> None:
        self.host.command(json.dumps({"kind": kind, **fields}).encode())

    def open(self, window: int = 1, path: str = "/", **options: Any) -> None:
        """Opens a window and waits until its page has said hello."""
        url = f"pytron://localhost{path}"
        self.command("open", window=window, options={"url": url, **options})
        self.frame("hello", window)

    def query(self, what: str, window: int = 1, **fields: Any) -> Any:
        number = time.monotonic_ns()
        self.command("query", id=number, window=window, what=what, **fields)
        answer = self.event("answer", id=number)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def do(self, source: str, window: int = 1, parts: list[Any] | None = None) -> Any:
        """Runs JavaScript in the page; what it returns."""
        message = json.dumps({"kind": "do", "source": source}).encode()
        self.host.send(window, message, parts or [])
        message, _ = self.frame(("done", "threw"), window)
        if message["kind"] == "threw":
            raise AssertionError(message["value"])
        return message["value"]
