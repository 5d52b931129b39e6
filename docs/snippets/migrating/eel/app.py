import random

from pytron import App

app = App("Dice", frontend="page", width=420, height=260)


@app.expose
def roll(sides: int) -> int:
    result = random.randint(1, sides)
    app.emit("rolled", {"sides": sides, "result": result})
    return result


if __name__ == "__main__":
    raise SystemExit(app.run())
