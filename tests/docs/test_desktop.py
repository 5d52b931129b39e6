"""The snippets of the pages about the desktop's services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from docs.test_docs import load
from pytron.testing import TestClient


def test_dialogs_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = load("dialogs").app
    note = tmp_path / "a.txt"
    note.write_text("hello", "utf-8")
    with TestClient(app) as page:
        page.engine.services["dialogs.open"] = lambda _: [str(note)]
        assert page.call("open_note") == "hello"
        asked: list[Mapping[str, Any]] = []

        def keep(args: Mapping[str, Any]) -> int:
            asked.append(args)
            return 2

        page.engine.services["dialogs.message"] = keep
        assert page.call("discard", str(note)) is False
        assert asked[0]["buttons"] == ["Discard", "Show it", "Keep"]
        trashed: list[Path] = []
        monkeypatch.setattr("pytron.services.opener._trash", trashed.append)
        page.engine.services["dialogs.message"] = lambda _: 0
        assert page.call("discard", str(note)) is True
        assert trashed == [note]
