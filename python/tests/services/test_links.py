"""Deep links that the system gives to the app that runs, as macOS does."""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from typing import Any

from pytron import App
from pytron.engine import Happening
from pytron.testing import TestClient


def test_what_the_system_asks_to_open_is_told_as_links_and_files(tmp_path: Path) -> None:
    app = App("Links")
    file = tmp_path / "a note ü.txt"
    file.touch()
    heard: Queue[tuple[str, Any]] = Queue()
    app.on("links.*", lambda event: heard.put((event.name, event.data)))
    with TestClient(app) as page:
        urls = ["notes:today?x=1", file.as_uri(), (tmp_path / "gone").as_uri()]
        page.engine.happen(Happening("service", 0, {"name": "links.asked", "urls": urls}))
        told = heard.get(timeout=60)
        page.engine.happen(Happening("service", 0, {"name": "links.asked", "urls": ["notes:b"]}))
        assert heard.get(timeout=60)[1] == {"urls": ["notes:b"], "paths": []}
    assert told == ("links.opened", {"urls": ["notes:today?x=1"], "paths": [str(file)]})
    assert heard.empty()
