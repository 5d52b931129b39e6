"""The app of the chrome engine's benchmark."""

from pytron import App

app = App("Benchmark", frontend="page", width=500, height=400, ephemeral=True)
_DATA = bytes(range(256)) * (1 << 17)


@app.expose
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


@app.expose
def big(size: int) -> bytes:
    """Bytes that are there already."""
    return _DATA if size == len(_DATA) else _DATA[:size]


@app.expose
def size(data: bytes) -> int:
    """How much came."""
    return len(data)


@app.expose
def report(text: str) -> None:
    """Tell the benchmark."""
    print(f"@@report {text}", flush=True)


@app.expose
def finish() -> None:
    """End."""
    app.quit()


if __name__ == "__main__":
    raise SystemExit(app.run())
