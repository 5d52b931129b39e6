"""Events that a slow page may miss, because the next one says it all."""

from dataclasses import dataclass

from pytron import App


@dataclass
class Position:
    """Where the machine is."""

    x: float
    y: float


app = App("Slow pages")
moved = app.event("moved", Position, slow="latest")
printed = app.event("printed", str, slow="drop_oldest", keep=200)
finished = app.event("finished", int)  # slow="wait": never lost


@app.expose
def drive(steps: int) -> int:
    """Report every step; give how many reports the pages did without."""
    for step in range(steps):
        moved.emit(Position(step, 0.5 * step))
        printed.emit(f"at step {step}")
    finished.emit(steps)
    return moved.missed + printed.missed


if __name__ == "__main__":
    raise SystemExit(app.run())
