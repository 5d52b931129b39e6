"""The app that is measured: `add`, as in the other benchmarks."""

import json
import os
import tempfile
from pathlib import Path

from pytron import App

from benchmarks.server.measure import PYTRON

folder = Path(tempfile.mkdtemp(prefix="pytron-bench-"))
(folder / "index.html").write_text(PYTRON, "utf-8")
app = App("Bench", frontend=folder, ephemeral=True)


@app.expose(remote=True)
def add(a: int, b: int) -> int:
    """The call that is measured."""
    return a + b


@app.expose(remote=True)
def sizes() -> list[int]:
    """How much to measure."""
    return json.loads(os.environ.get("BENCH_SIZES", "[100, 500, 2]"))


@app.expose(remote=True)
def report(value: object) -> None:
    """What the page has measured."""
    print("REPORT", json.dumps(value), flush=True)


if __name__ == "__main__":
    raise SystemExit(app.run())
