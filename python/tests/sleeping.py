"""A page that reads only when it is told to."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from pytron import App, CallError
from pytron.engines.headless import HeadlessEngine, HeadlessPage

AppOf = App[Any]
BIG = "x" * 3000


class Asleep:
    """A page that has said hello and subscribed to `big`, and then reads only when told."""

    def __init__(self, app: AppOf, engine: HeadlessEngine, label: str = "main") -> None:
        self.engine = engine
        self.window = app.window(label).id
        self.page: HeadlessPage = engine.pages[self.window]
        self.seen: list[dict[str, Any]] = []
        self.send(
            {"kind": "hello", "version": 1, "session": label.ljust(20, "-"), "client": ""},
            {"kind": "subscribe", "name": "big"},
        )
        self.read_until("snapshot", 2)

    def send(self, *messages: dict[str, Any]) -> None:
        self.engine.frame(self.window, json.dumps(messages).encode())

    def send_binary(self, message: dict[str, Any], part: bytes) -> None:
        self.engine.frame(self.window, json.dumps([message]).encode(), [memoryview(part)])

    def read_until(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Read until so many messages of a kind have come; all that have come."""
        found = len([m for m in self.seen if m["kind"] == kind])
        while found < count:
            frames = self.page.take(10)
            assert frames, f"no {kind} came"
            for text, _ in frames:
                self.seen += json.loads(text)
            found = len([m for m in self.seen if m["kind"] == kind])
        taken, self.seen = self.seen, []
        return taken

    def fill(self, app: AppOf) -> None:
        """Let events wait until no more have room. On the main thread, which is told so."""
        while True:
            try:
                app.emit("big", BIG)
            except CallError:
                return


@contextmanager
def asleep(app: AppOf) -> Generator[Asleep]:
    engine = HeadlessEngine()
    with app.running_on(engine):
        yield Asleep(app, engine)
