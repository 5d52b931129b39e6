"""What each engine can do, asked of the engines themselves; writes docs/engines.md.

`PYTHONPATH=python:tests python -m e2e.engines` makes the page anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pytron.engine import load_engine
from pytron.options import FRAMED, PLACED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "engines.md"
ENGINES = ("native", "chrome", "server")
#: Beside the services of spec/view.md, section 8.
WINDOW = ("window", *sorted(FRAMED | PLACED), "window.spellcheck", "window.backdrop", "drop")
_HEAD = """# What each engine can do

Every engine runs the same app, page and bridge: calls, streams, progress, cancelling, binary, events, state, types, permission and assets are the same in all, and [one suite of tests](../tests/e2e/conftest.py) runs over all of them: the native engine with and without its direct line and with its windows in another process, Electron, Chromium, and the headless engine with pages that Node runs. What a window and the desktop offer differs. This table is made by asking each engine, on Linux under X11, as `app.can("window.screenshot")` does in your app; it says there why not. What needs no window (tray, notifications and others that are D-Bus on Linux) is offered with every engine and is not in it.

| feature | {engines} |
|---|{lines}|
"""


def features() -> list[str]:
    """The names that are asked for: windows, and what the specification lists as services."""
    text = (ROOT / "spec" / "view.md").read_text("utf-8")
    section = text.partition("\n## 8. Services\n")[2].partition("\n| event |")[0]
    found = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", section, re.MULTILINE)
    return [*WINDOW, *dict.fromkeys(name for name in found if name not in WINDOW)]


def page() -> str:
    """The page as it should be."""
    os.environ.setdefault("CUPS_SERVER", "localhost")  # the table is of a machine that prints
    engines = [load_engine(name) for name in ENGINES]
    rows = [
        (name, ["yes" if engine.can(name) else "–" for engine in engines]) for name in features()
    ]
    head = _HEAD.format(
        engines=" | ".join(f"`{name}`" for name in ENGINES), lines="---|" * len(ENGINES)
    ).replace("||\n", "|\n")
    listed = [f"| `{name}` | {' | '.join(cells)} |" for name, cells in rows if "yes" in cells]
    return head + "\n".join(listed) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
