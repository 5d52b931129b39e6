"""Test an app: without a window by its bridge, or in its real windows as a user does.

```python
from pytron.testing import TestClient
from myapp import app

def test_add() -> None:
    with TestClient(app) as page:
        assert page.call("add", 1, 2) == 3
```

With pytest the fixture `app_window` is the first window of the app, on a real engine:

```python
def test_adds(app_window: DrivenWindow) -> None:
    app_window.by_label("First").fill("2")
    app_window.by_role("button", "Add").click()
    app_window.by_role("status").expect_text("3")
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytron.testing.client import Blob, Page, RemoteError, Response, TestClient

if TYPE_CHECKING:
    from pytron.testing.driver import DriveError, DrivenApp
    from pytron.testing.windows import DrivenWindow, Locator

__all__ = [
    "Blob",
    "DriveError",
    "DrivenApp",
    "DrivenWindow",
    "Locator",
    "Page",
    "RemoteError",
    "Response",
    "TestClient",
]


def __getattr__(name: str) -> Any:
    """What drives real windows, imported where it is used."""
    from importlib import import_module

    homes = {"DriveError": "driver", "DrivenApp": "driver"}
    if name in ("DrivenWindow", "Locator"):
        homes[name] = "windows"
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{homes[name]}"), name)
