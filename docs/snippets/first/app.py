from pytron import App

app = App("First", frontend="page", width=420, height=300)


@app.expose
def add(a: float, b: float) -> float:
    return a + b


if __name__ == "__main__":
    raise SystemExit(app.run())
