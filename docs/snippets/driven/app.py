"""An app that is tested in its real window."""

from pytron import App

app = App("Till", frontend="page", width=420, height=300, ephemeral=True)


@app.expose
def add(a: float, b: float) -> float:
    return a + b


if __name__ == "__main__":
    raise SystemExit(app.run())
