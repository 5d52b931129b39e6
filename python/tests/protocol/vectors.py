"""The vectors that all languages share, read where they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parents[3] / "spec"


def cases(name: str, folder: str = "ipc") -> list[Any]:
    """The cases of a file, each with its name as the test's id."""
    import pytest

    found: list[dict[str, Any]] = json.loads((SPEC / folder / f"{name}.json").read_text("utf-8"))[
        "cases"
    ]
    assert len(found) >= 10
    assert len({case["name"] for case in found}) == len(found)
    return [pytest.param(case, id=case["name"]) for case in found]


def compact(message: object) -> bytes:
    """The normal text of a message."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
